// Package importer brings bundles into the database and writes them out again.
// A bundle is a folder with one <table>.json per table, each an array of row
// objects whose keys are columns. Bundles come from other installations and
// from older systems: ids of any kind, missing columns, former shapes of
// documents, contradicting rows. The importer mends what has one meaning, keeps
// what is merely odd, refuses what would break a rule, and tells each of it.
package importer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Options say how to import. The zero value imports all or nothing.
type Options struct {
	KeepGoing  bool          // store the valid rows although others are refused
	DryRun     bool          // do everything and undo it
	Shift      time.Duration // move every time by this, as if the bundle had been written later
	Actor      string        // who the change log names; "import" when empty
	Reason     string        // why, for the change log; "import" when empty
	MaxEntries int           // how many entries the report keeps; 100,000 when 0
	MaxRows    int           // a bundle with more is refused; any number when 0
	Progress   func(Progress)

	// Seal encrypts credentials that a bundle holds in clear. Without it they
	// are left out. meta is what may be known about them.
	Seal func(plaintext []byte) (message, meta []byte, err error)
}

// Progress is where an import, an export or a load stands.
type Progress struct {
	Phase string // reading, storing, checking, writing
	Table string
	Done  int
	Total int // 0 when it is not known
}

// ErrRefused is what Import returns when rows were refused and so nothing was
// stored. The report has the rows.
var ErrRefused = fault.Errorf(fault.Validation, "some rows cannot be imported, so nothing was").
	Hint("see the report; mend the rows, or import the others with --keep-going")

// Import brings the bundle in a folder into the database, in one transaction.
// The report is there also with ErrRefused.
func Import(ctx context.Context, db *pgxpool.Pool, dir string, o Options) (*Report, error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, fault.Errorf(fault.BadUserInput, "%s is not a folder", dir).
			Hint("give a folder with one <table>.json per table, as export writes it")
	}
	return ImportFS(ctx, db, os.DirFS(dir), o)
}

// ImportFS is Import for a bundle that is not on disk.
func ImportFS(ctx context.Context, db *pgxpool.Pool, files fs.FS, o Options) (*Report, error) {
	return ImportWithin(ctx, db, db, files, o)
}

// Beginner starts transactions, or savepoints within one.
type Beginner interface {
	Begin(ctx context.Context) (pgx.Tx, error)
}

// ImportWithin is ImportFS as a part of what begins in; when that is a
// transaction, the import happens if it commits.
func ImportWithin(ctx context.Context, db *pgxpool.Pool, in Beginner, files fs.FS, o Options) (*Report, error) {
	started := time.Now()
	b, err := openBundle(files, o.Shift)
	if err != nil {
		return nil, err
	}
	r := newRun(b, o)
	if err := db.AcquireFunc(ctx, func(conn *pgxpool.Conn) error { return r.prepare(ctx, conn.Conn()) }); err != nil {
		return nil, err
	}
	err = r.transaction(ctx, in)
	r.report.Took = time.Since(started)
	if err != nil && !errors.Is(err, ErrRefused) {
		return nil, err
	}
	return r.report, err
}

// run is one import.
type run struct {
	options  Options
	bundle   *bundle
	report   *Report
	ids      *ids
	columns  map[string][]column
	counts   map[string]int // rows per table
	months   map[string]map[time.Time]bool
	earliest time.Time
	tx       pgx.Tx
}

func newRun(b *bundle, o Options) *run {
	if o.MaxEntries == 0 {
		o.MaxEntries = 100_000
	}
	if o.Actor == "" {
		o.Actor = "import"
	}
	if o.Reason == "" {
		o.Reason = "import"
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	return &run{
		options: o, bundle: b, report: &Report{Files: b.other}, ids: newIDs(),
		columns: map[string][]column{}, counts: map[string]int{}, months: map[string]map[time.Time]bool{},
	}
}

func (r *run) note(e Entry) { r.report.add(r.options.MaxEntries, e) }

// prepare reads the bundle once for its ids and times, and makes the partitions
// that its rows need. They are made outside of the import's transaction, which
// would hold their locks for minutes; an empty partition harms nobody.
func (r *run) prepare(ctx context.Context, conn *pgx.Conn) error {
	for _, t := range tables {
		columns, err := catalogue(ctx, conn, t.name)
		if err != nil {
			return err
		}
		r.columns[t.name] = columns
	}
	if err := r.scan(ctx); err != nil {
		return err
	}
	if n := r.report.Read(); r.options.MaxRows > 0 && n > r.options.MaxRows {
		return fault.Errorf(fault.Validation, "the bundle has %d rows, and %d are allowed", n, r.options.MaxRows).With("count", n)
	}
	if _, err := conn.Exec(ctx, sqlCreatePartitions); err != nil {
		return fmt.Errorf("import: partitions: %w", err)
	}
	for table, months := range r.months {
		for month := range months {
			if err := ensurePartition(ctx, conn, table, month); err != nil {
				return err
			}
		}
	}
	return nil
}

func ensurePartition(ctx context.Context, conn *pgx.Conn, table string, month time.Time) error {
	for attempt := 1; ; attempt++ {
		_, err := conn.Exec(ctx, sqlEnsurePartition, table, month)
		if err == nil {
			return nil
		}
		if !isLockTimeout(err) || attempt == 5 {
			return fmt.Errorf("import: partition of %s for %s: %w", table, month.Format("2006-01"), err)
		}
	}
}

func catalogue(ctx context.Context, conn *pgx.Conn, table string) ([]column, error) {
	rows, err := conn.Query(ctx, sqlColumns, table)
	if err != nil {
		return nil, fmt.Errorf("import: columns of %s: %w", table, err)
	}
	columns, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c column, err error) {
		return c, row.Scan(&c.name, &c.kind, &c.length, &c.notNull, &c.fallback, &c.generated)
	})
	if err != nil {
		return nil, fmt.Errorf("import: columns of %s: %w", table, err)
	}
	if len(columns) == 0 {
		return nil, fault.Errorf(fault.Unavailable, "the database has no table %s", table).Hint("run augmentedos migrate first")
	}
	return columns, nil
}

// transaction stores everything, or nothing.
func (r *run) transaction(ctx context.Context, in Beginner) error {
	tx, err := in.Begin(ctx)
	if err != nil {
		return fmt.Errorf("import: begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	r.tx = tx
	if _, err := tx.Exec(ctx, sqlPrepare, r.options.Actor, r.options.Reason); err != nil {
		return fmt.Errorf("import: settings: %w", err)
	}
	if err := r.adopt(ctx); err != nil {
		return err
	}
	r.ids.settle()
	for _, t := range tables {
		if t.name == "workflow_instances" {
			if err := r.restoreKeys(ctx); err != nil {
				return err
			}
		}
		if !r.bundle.has(t.name) {
			continue
		}
		if err := r.store(ctx, t); err != nil {
			return err
		}
	}
	if err := r.restoreRest(ctx); err != nil {
		return err
	}
	if err := r.contradict(ctx); err != nil {
		return err
	}
	if r.report.Refused() > 0 && !r.options.KeepGoing {
		return ErrRefused
	}
	if r.options.DryRun {
		return nil
	}
	if _, err := tx.Exec(ctx, sqlSettle); err != nil {
		return fmt.Errorf("import: settings: %w", err)
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("import: commit: %w", err)
	}
	r.report.Applied = true
	return nil
}
