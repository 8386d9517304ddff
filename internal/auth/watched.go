package auth

import (
	"cmp"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookEvery is how soon a changed file is noticed.
const lookEvery = time.Second

// watched is what stands in a file, read again when somebody asks for it after
// the file changed. While a file cannot be read, what stood there before holds:
// a file that is just being written must not lock everybody out.
type watched[T any] struct {
	path string
	read func(path string) (T, error)
	log  *slog.Logger

	mu    sync.Mutex
	value T
	seen  os.FileInfo // of the file when it was read, or refused; nil when it was gone
	next  time.Time   // when to look again
}

func watch[T any](path string, log *slog.Logger, read func(string) (T, error)) (*watched[T], error) {
	w := &watched[T]{path: path, read: read, log: cmp.Or(log, slog.Default())}
	var err error
	w.seen, _ = os.Stat(path) // before it is read: what changes in between is noticed
	w.value, err = read(path)
	return w, err
}

// now is what stands in the file, at most lookEvery ago.
func (w *watched[T]) now() T {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := time.Now(); now.After(w.next) {
		w.next = now.Add(lookEvery)
		w.look()
	}
	return w.value
}

// look reads the file again if it changed.
func (w *watched[T]) look() {
	info, err := os.Stat(w.path)
	if err == nil && w.seen != nil && os.SameFile(info, w.seen) && info.ModTime().Equal(w.seen.ModTime()) && info.Size() == w.seen.Size() {
		return
	}
	if err != nil && w.seen == nil {
		return // told already
	}
	w.seen = info
	value, err := w.read(w.path)
	if err != nil {
		w.log.Error("who may enter is not read again; what was read before holds", "file", w.path, "error", err)
		return
	}
	w.value = value
	w.log.Info("who may enter was read again", "file", w.path)
}
