package bulk

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	bundleTimeout = time.Hour // of one import or export
	maxExport     = 512 << 20 // bytes, compressed
	partSize      = 1 << 20   // bytes of an export in one row
	maxFailures   = 10_000    // refused rows that are told one by one
	exportFile    = "export.tar.gz"
)

// errElsewhere tells that another process works on the same bundle: this job was
// taken for stuck too early.
var errElsewhere = errors.New("another server works on it")

// bundles are what a worker needs for imports and exports besides.
type bundles struct {
	pool    *pgxpool.Pool
	options RunOptions
}

// move does an import or an export in one piece. What its sender can mend ends
// it as its only failure; everything else is tried again.
func (w *worker) move(ctx context.Context, o *model.BulkOperation) error {
	var options Options
	if err := json.Unmarshal(o.Options, &options); err != nil {
		return fmt.Errorf("options of %s: %w", o.ID(), err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := w.bring
	if o.Kind == model.BulkExportBundle {
		work = w.export
	}
	err := work(ctx, o, options, w.progress(ctx, o, cancel))
	switch {
	case errors.Is(context.Cause(ctx), errStopped), errors.Is(err, errStopped):
		return nil
	case err == nil || ctx.Err() != nil:
		return err
	case mendable(err):
		return w.fail(ctx, o, err)
	}
	return err
}

func mendable(err error) bool {
	switch fault.CodeOf(err) {
	case fault.BadUserInput, fault.Validation, fault.NotFound:
		return true
	}
	return false
}

// fail ends an operation that cannot begin.
func (w *worker) fail(ctx context.Context, o *model.BulkOperation, cause error) error {
	return w.writer.Do(ctx, o.Reason, func(ctx context.Context, tx *repository.Tx) error {
		return w.finish(ctx, tx, o.UUID, 0, 1, []string{string(fault.CodeOf(cause))}, []string{cause.Error()})
	})
}

// finish ends an operation with the rows that were refused.
func (w *worker) finish(ctx context.Context, tx *repository.Tx, id uuid.UUID, done, failed int, codes, messages []string) error {
	running, err := tx.FinishOperation(ctx, id, done, failed)
	if err != nil {
		return err
	}
	if !running {
		return errStopped
	}
	return tx.RefuseRows(ctx, id, codes, messages)
}

// progress counts rows once a second, and stops the work of an operation that
// was paused or cancelled.
func (w *worker) progress(ctx context.Context, o *model.BulkOperation, stop context.CancelCauseFunc) func(importer.Progress) {
	finished, current, told := 0, importer.Progress{}, time.Time{}
	return func(p importer.Progress) {
		if p.Phase == "reading" {
			return // what is read is not yet moved
		}
		if p.Table != current.Table {
			finished += current.Done
		}
		current = p
		if time.Since(told) < time.Second {
			return
		}
		told = time.Now()
		err := w.writer.Do(ctx, "", func(ctx context.Context, tx *repository.Tx) error {
			running, err := tx.CountRows(ctx, o.UUID, finished+p.Done, 0)
			if err == nil && !running {
				stop(errStopped)
			}
			return err
		})
		if err != nil && ctx.Err() == nil {
			w.log.WarnContext(ctx, "the progress of a bulk operation is not told", "operation", o.ID(), "error", err)
		}
	}
}

// bring imports a bundle. The rows, the end of the operation and what was
// refused are one transaction.
func (w *worker) bring(ctx context.Context, o *model.BulkOperation, options Options, progress func(importer.Progress)) error {
	archive, err := w.writer.Store.BundlePart(ctx, o.UUID, importFile, 1)
	if err != nil {
		return err
	}
	files, done, err := openFiles(w.options.ImportDir, options.Folder, archive)
	if err != nil {
		return err
	}
	defer done()
	return w.writer.Do(ctx, o.Reason, func(ctx context.Context, tx *repository.Tx) error {
		if alone, err := tx.LockOperation(ctx, o.UUID); err != nil || !alone {
			return errors.Join(err, errElsewhere)
		}
		report, err := importer.ImportWithin(ctx, w.pool, tx.Raw(), files, importer.Options{
			KeepGoing: true, Actor: o.RequestedBy, Reason: o.Reason, MaxRows: o.AtMost, Progress: progress, Seal: w.options.Seal,
		})
		if err != nil {
			return err
		}
		codes, messages := refusedRows(report)
		if err := tx.ForgetBundle(ctx, o.UUID); err != nil {
			return err
		}
		return w.finish(ctx, tx, o.UUID, report.Read()-report.Refused(), report.Refused(), codes, messages)
	})
}

// refusedRows tell why rows were not stored.
func refusedRows(report *importer.Report) (codes, messages []string) {
	for _, e := range report.Entries {
		if e.Kind == importer.Refused && len(codes) < maxFailures {
			codes = append(codes, string(e.Code))
			messages = append(messages, fmt.Sprintf("%s row %d %s: %s %s", e.Table, e.Row, e.Key, e.Path, e.Message))
		}
	}
	return codes, messages
}

// export writes a bundle and keeps it as one compressed file.
func (w *worker) export(ctx context.Context, o *model.BulkOperation, options Options, progress func(importer.Progress)) error {
	dir, err := os.MkdirTemp("", "aos-export-")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer os.RemoveAll(dir)
	report, err := importer.Export(ctx, w.pool, dir, importer.ExportOptions{Full: options.Full, Progress: progress})
	if err != nil {
		return err
	}
	rows := 0
	for _, file := range report.Files {
		rows += file.Rows
	}
	return w.writer.Do(ctx, o.Reason, func(ctx context.Context, tx *repository.Tx) error {
		if err := w.finish(ctx, tx, o.UUID, rows, 0, nil, nil); err != nil { // first: it keeps others out
			return err
		}
		parts := &partWriter{ctx: ctx, tx: tx, operation: o.UUID}
		return errors.Join(pack(parts, dir), parts.Close())
	})
}

// pack writes the files of a folder as a compressed archive.
func pack(w io.Writer, dir string) error {
	compressed := gzip.NewWriter(w)
	archive := tar.NewWriter(compressed)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	for _, entry := range entries {
		if err := packFile(archive, filepath.Join(dir, entry.Name())); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	return errors.Join(archive.Close(), compressed.Close())
}

func packFile(archive *tar.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Name: info.Name(), Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	_, err = io.Copy(archive, file)
	return err
}

// partWriter keeps what is written to it in rows of partSize.
type partWriter struct {
	ctx       context.Context //nolint:containedctx // io.Writer has no place for it
	tx        *repository.Tx
	operation uuid.UUID
	buffer    []byte
	parts     int
}

func (p *partWriter) Write(text []byte) (int, error) {
	p.buffer = append(p.buffer, text...)
	for len(p.buffer) >= partSize {
		if err := p.flush(p.buffer[:partSize]); err != nil {
			return 0, err
		}
		p.buffer = append(p.buffer[:0], p.buffer[partSize:]...)
	}
	return len(text), nil
}

func (p *partWriter) flush(text []byte) error {
	if p.parts++; p.parts > maxExport/partSize {
		return fault.Errorf(fault.Validation, "the export is larger than %d MiB", maxExport>>20).Hint("write it with augmentedos export")
	}
	return p.tx.SaveBundlePart(p.ctx, p.operation, exportFile, p.parts, text)
}

// Close keeps the rest.
func (p *partWriter) Close() error {
	if len(p.buffer) == 0 {
		return nil
	}
	return p.flush(p.buffer)
}

// ReadExport writes the bundle of a finished export to what open answers, which
// is asked once it is known that there is one; a NotFound fault when there is
// none.
func (s *Service) ReadExport(ctx context.Context, id uuid.UUID, open func() io.Writer) error {
	store := s.writer.Store
	found, err := repository.ByKeys(ctx, store, repository.BulkOperations, repository.Relation{}, repository.BulkOperations.Columns(), []any{id})
	if err != nil {
		return err
	}
	if o := found[id]; o == nil || o.Download(store.Now()) == nil {
		return fault.Errorf(fault.NotFound, "There is no such export, it is not ready, or it was forgotten.").Hint("`download` of a bulk operation tells what can be fetched.")
	}
	var w io.Writer
	for part := 1; ; part++ {
		text, err := store.BundlePart(ctx, id, exportFile, part)
		if err != nil || text == nil {
			return err
		}
		if w == nil {
			w = open()
		}
		if _, err := w.Write(text); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
}
