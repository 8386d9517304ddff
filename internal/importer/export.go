package importer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ExportOptions say what an export holds beside the rows of the 17 tables.
type ExportOptions struct {
	Full        bool // the change log and what definitions looked like before, too
	Credentials bool // the encrypted credentials, too; the key that opens them is never part of it
	Progress    func(Progress)
}

// ExportReport tells what an export wrote.
type ExportReport struct {
	Files   []ExportedFile
	LeftOut []string // what has no place in a bundle, for a person
	Took    time.Duration
}

// ExportedFile is one file of an export.
type ExportedFile struct {
	Table string
	Rows  int
}

// Export writes the database as a bundle that Import reads: one file per table,
// one row per line, everything in an order and a form that depend on the rows
// alone. Exporting, importing into an empty database and exporting again gives
// the same bytes. All files show one instant; nothing is held in memory but the
// row at hand. The files appear together at the end.
func Export(ctx context.Context, db *pgxpool.Pool, dir string, o ExportOptions) (*ExportReport, error) {
	started := time.Now()
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if err := prepareFolder(dir, o); err != nil {
		return nil, err
	}
	conn, err := db.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	defer conn.Release()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("export: begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := tx.Exec(ctx, sqlExportSettings); err != nil {
		return nil, fmt.Errorf("export: settings: %w", err)
	}
	e := &exporter{options: o, dir: dir, tx: tx, report: &ExportReport{}}
	defer e.discard()
	if err := e.writeAll(ctx); err != nil {
		return nil, err
	}
	if err := e.publish(); err != nil {
		return nil, err
	}
	e.report.Took = time.Since(started)
	return e.report, nil
}

// prepareFolder makes the folder. One that holds more of an earlier export than
// this one would write over is refused: the rest would not fit to it.
func prepareFolder(dir string, o ExportOptions) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Wrap(err, fault.BadUserInput, "the folder for the export cannot be made: "+err.Error())
	}
	if o.Full {
		return nil
	}
	for _, name := range extraFiles() {
		if _, err := os.Stat(filepath.Join(dir, name+".json")); err == nil && !derivable(name) {
			return fault.Errorf(fault.Conflict, "%s holds %s.json of an earlier full export, which would not fit to the new files", dir, name).
				Hint("choose another folder, remove that file, or export with --full again")
		}
	}
	return nil
}

// derivable files are written by every export.
func derivable(name string) bool {
	if name == keysFile {
		return true
	}
	for _, r := range repository.ReferenceTables {
		if string(r.Name) == name {
			return true
		}
	}
	return false
}

// exporter is one export.
type exporter struct {
	options ExportOptions
	dir     string
	tx      pgx.Tx
	report  *ExportReport
	written []writtenFile
}

// writtenFile waits under another name until all are complete.
type writtenFile struct{ temporary, final string }

func (e *exporter) writeAll(ctx context.Context) error {
	for _, t := range tables {
		columns, err := catalogue(ctx, e.tx.Conn(), t.name)
		if err != nil {
			return err
		}
		if err := e.write(ctx, t.name, e.chosen(t.name, columns), sqlExportItems[t.name], "", "t.id"); err != nil {
			return err
		}
	}
	for _, kind := range repository.ReferenceTables {
		if err := e.whole(ctx, string(kind.Name), "", "t.source_id, t.path"); err != nil {
			return err
		}
	}
	if err := e.whole(ctx, keysFile, "where not exists (select from event_instances v where v.id = t.id)", "t.id"); err != nil {
		return err
	}
	if err := e.archived(ctx); err != nil || !e.options.Full {
		return err
	}
	for _, table := range versioned {
		if err := e.whole(ctx, historyOf(table), "", "t.id, lower(t.sys_period)"); err != nil {
			return err
		}
	}
	return e.whole(ctx, logFile, "", "t.seq")
}

// chosen are the columns that an export of a table shows.
func (e *exporter) chosen(table string, columns []column) []column {
	var chosen []column
	for _, c := range columns {
		secret := table == "integration_instances" && (c.name == "credentials" || c.name == "credentials_meta")
		switch {
		case c.generated, c.name == "xid": // the database makes them again
		case secret && !e.options.Credentials: // a description of what is not there would be a lie
		case c.name == "sys_period" && isVersioned(table) && !e.options.Full: // a period without the ones before it
		default:
			chosen = append(chosen, c)
		}
	}
	return chosen
}

// whole writes a table beside the 17 as it is.
func (e *exporter) whole(ctx context.Context, table, where, order string) error {
	columns, err := catalogue(ctx, e.tx.Conn(), table)
	if err != nil {
		return err
	}
	return e.write(ctx, table, e.chosen(table, columns), "", where, order)
}

// archived tells about waiting events whose row is gone with its partition: a
// bundle describes waiting events whole.
func (e *exporter) archived(ctx context.Context) error {
	var n int
	if err := e.tx.QueryRow(ctx, sqlArchivedEntries).Scan(&n); err != nil {
		return fmt.Errorf("export: waiting events: %w", err)
	}
	if n > 0 {
		e.report.LeftOut = append(e.report.LeftOut, fmt.Sprintf("%d waiting events of queues, because the events themselves are archived", n))
	}
	return nil
}

// publish gives the files their names.
func (e *exporter) publish() error {
	for len(e.written) > 0 {
		if err := os.Rename(e.written[0].temporary, e.written[0].final); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		e.written = e.written[1:]
	}
	return nil
}

// discard removes what was not published.
func (e *exporter) discard() {
	for _, file := range e.written {
		_ = os.Remove(file.temporary) // the failure that led here is told
	}
}

// write writes one table.
func (e *exporter) write(ctx context.Context, table string, columns []column, items, where, order string) error {
	file, err := os.CreateTemp(e.dir, "."+table+".*.tmp")
	if err != nil {
		return fault.Wrap(err, fault.BadUserInput, "the export cannot be written: "+err.Error())
	}
	e.written = append(e.written, writtenFile{file.Name(), filepath.Join(e.dir, table+".json")})
	rows, err := e.rows(ctx, file, table, columns, sqlExport(table, columns, items, where, order))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("export: %s: %w", table, err)
	}
	e.report.Files = append(e.report.Files, ExportedFile{table, rows})
	return nil
}
