package cli

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/augmentedos/graph/internal/config"
	"github.com/lmittmann/tint"
)

// newLogger writes for a person on a terminal and for a machine elsewhere.
func newLogger(c config.Log, w io.Writer) *slog.Logger {
	if c.Format == "json" || (c.Format == "auto" && !isTerminal(w)) {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: c.Level}))
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{Level: c.Level, TimeFormat: time.TimeOnly, NoColor: !isTerminal(w)}))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
