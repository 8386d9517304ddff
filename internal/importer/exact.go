package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5/pgconn"
)

// This file restores what an export wrote beside the 17 tables: rows that are
// taken as they are, without mending, once the tables they belong to are in.

// restoreKeys brings the keys of events whose rows are gone; instances that
// such an event started still refer to it.
func (r *run) restoreKeys(ctx context.Context) error {
	return r.restore(ctx, keysFile, fmt.Sprintf(`/* import.keys_of_events */
insert into %[1]s (event_id, id, created_at) select s.event_id, s.id, coalesce(s.created_at, now()) from aos_import_%[1]s s order by s.n on conflict do nothing`, keysFile))
}

// restoreRest brings pins, histories and the change log.
func (r *run) restoreRest(ctx context.Context) error {
	for _, kind := range repository.ReferenceTables {
		if !r.bundle.has(kind.Source) {
			continue
		}
		// A definition that was there before keeps the pins it has.
		err := r.restore(ctx, string(kind.Name), fmt.Sprintf(`/* import.pins */
update %[1]s r set target_id = s.target_id, pinned = s.pinned from aos_import_%[1]s s join aos_import_%[2]s w on w.id = s.source_id and w.is_new
where r.source_id = s.source_id and r.path = s.path and r.target_business_id = s.target_business_id
  and (s.target_id is null or exists (select from %[3]s t where t.id = s.target_id))`, kind.Name, kind.Source, kind.Target))
		if err != nil {
			return err
		}
	}
	for _, table := range versioned {
		history := historyOf(table)
		if !r.bundle.has(history) {
			continue
		}
		columns, err := catalogue(ctx, r.tx.Conn(), history)
		if err != nil {
			return err
		}
		err = r.restore(ctx, history, fmt.Sprintf(`/* import.history */
insert into %[1]s (%[2]s) select %[2]s from aos_import_%[1]s s
where not exists (select from %[1]s h where h.id = s.id and lower(h.sys_period) = lower(s.sys_period)) order by s.n`, history, list(columns)))
		if err != nil {
			return err
		}
	}
	return r.restoreLog(ctx)
}

// restoreLog brings the change log into a database that has none, in place of
// what this import wrote into it about the same rows. Two logs are not mixed:
// the numbers of both are in the hands of readers.
func (r *run) restoreLog(ctx context.Context) error {
	if !r.bundle.has(logFile) {
		return nil
	}
	var occupied bool
	if err := r.tx.QueryRow(ctx, "/* import.log_occupied */ select exists (select from change_log where xid <> pg_current_xact_id())").Scan(&occupied); err != nil {
		return fmt.Errorf("import: change log: %w", err)
	}
	if occupied {
		return r.compareLog(ctx)
	}
	columns, err := catalogue(ctx, r.tx.Conn(), logFile)
	if err != nil {
		return err
	}
	var all, unnumbered []column
	for _, c := range columns {
		if c.name != "xid" {
			all = append(all, c)
		}
		if c.name != "xid" && c.name != "seq" {
			unnumbered = append(unnumbered, c)
		}
	}
	return r.restore(ctx, logFile, fmt.Sprintf(`/* import.log */
insert into change_log (%[1]s) overriding system value select %[1]s from aos_import_change_log s order by s.n`, list(all)),
		"/* import.log_number */ select setval(pg_get_serial_sequence('change_log', 'seq'), (select max(seq) from change_log))",
		fmt.Sprintf(`/* import.log_others */
insert into change_log (%[1]s) select %[1]s from aos_import_captured c
where not exists (select from aos_import_change_log s where s.entity_id = c.entity_id and s.kind = c.kind) order by c.seq`, list(unnumbered)))
}

// compareLog tells that a bundle's log stays out, unless it is this very log.
func (r *run) compareLog(ctx context.Context) error {
	if err := r.stageExact(ctx, logFile); err != nil {
		return err
	}
	report := r.report.table(logFile)
	err := r.tx.QueryRow(ctx, `/* import.log_known */
select count(*) from aos_import_change_log s join change_log c on c.seq = s.seq and c.at = s.at and c.entity_id is not distinct from s.entity_id`).Scan(&report.Unchanged)
	if err != nil {
		return fmt.Errorf("import: change log: %w", err)
	}
	if report.Unchanged < report.Read {
		r.note(Entry{Table: logFile, Row: -1, Kind: LeftOut, Code: LogOccupied, Message: "the database has a change log of its own, and two are not mixed"})
	}
	return nil
}

// restore stages a file and runs statements over it; the first one's rows are
// the inserted ones. A file whose rows break a rule is refused as a whole.
func (r *run) restore(ctx context.Context, name string, statements ...string) error {
	if !r.bundle.has(name) {
		return nil
	}
	if err := r.stageExact(ctx, name); err != nil {
		return err
	}
	report := r.report.table(name)
	sub, err := r.tx.Begin(ctx)
	if err != nil {
		return fmt.Errorf("import: %s: %w", name, err)
	}
	if name == logFile {
		// Everything in the log is this transaction's; nobody has seen it yet.
		if _, err := sub.Exec(ctx, "/* import.log_captured */ create temp table aos_import_captured on commit drop as select * from change_log"); err != nil {
			return fmt.Errorf("import: %s: %w", name, err)
		}
		if _, err := sub.Exec(ctx, "/* import.log_clear */ delete from change_log"); err != nil {
			return fmt.Errorf("import: %s: %w", name, err)
		}
	}
	for i, sql := range statements {
		tag, err := sub.Exec(ctx, sql)
		var pg *pgconn.PgError
		if errors.As(err, &pg) && aboutRow(pg) {
			report.Refused = report.Read
			r.note(Entry{Table: name, Row: -1, Kind: Refused, Code: RuleBroken, Message: "the database refuses the rows: " + pg.Message})
			return sub.Rollback(ctx)
		}
		if err != nil {
			return fmt.Errorf("import: %s: %w", name, err)
		}
		if i == 0 {
			report.Inserted = int(tag.RowsAffected())
			report.Unchanged = report.Read - report.Refused - report.Inserted
		}
	}
	return sub.Commit(ctx)
}

// stageExact copies the rows of a file as they are; only ids that the import
// remade are followed.
func (r *run) stageExact(ctx context.Context, name string) error {
	columns, err := catalogue(ctx, r.tx.Conn(), name)
	if err != nil {
		return err
	}
	if _, err := r.tx.Exec(ctx, sqlStageExact(name, columns)); err != nil {
		return fmt.Errorf("import: staging %s: %w", name, err)
	}
	report := r.report.table(name)
	err = copyRows(ctx, r.tx.Conn(), sqlCopy("aos_import_"+name, append([]string{"n"}, names(columns)...)), func(write func(...cell) error) error {
		return r.bundle.each(name, func(one raw) error {
			report.Read++
			cells, entry := r.exactRow(name, columns, one)
			if entry != nil {
				report.Refused++
				r.note(*entry)
				return nil
			}
			return write(cells...)
		})
	})
	if err != nil {
		return fmt.Errorf("import: reading %s: %w", name, err)
	}
	return nil
}

func (r *run) exactRow(name string, columns []column, one raw) ([]cell, *Entry) {
	refused := func(path, message string) *Entry {
		return &Entry{Table: name, Row: one.n, ID: plainText(one.columns["id"]), Kind: Refused, Code: WrongType, Path: path, Message: message}
	}
	if one.bad != "" {
		return nil, refused("", one.bad)
	}
	if text, followed := r.ids.follow(string(one.digest), true); followed != nil {
		one.columns = nil
		if err := json.Unmarshal([]byte(text), &one.columns); err != nil {
			return nil, refused("", "a row is an object whose keys are columns")
		}
	}
	cells := []cell{{text: fmt.Sprint(one.n)}}
	for _, c := range columns {
		if c.generated || !one.has(c.name) {
			if c.notNull && c.fallback == "" && c.name != "seq" {
				return nil, refused("/"+c.name, "the value is required")
			}
			cells = append(cells, cell{null: true})
			continue
		}
		text, _, err := c.convert(one.columns[c.name])
		if err != nil {
			return nil, refused("/"+c.name, plainReason(err))
		}
		cells = append(cells, cell{text: text})
	}
	return cells, nil
}

// scanLog finds the weeks of the log, whose partitions must exist.
func (r *run) scanLog(ctx context.Context) error {
	return r.bundle.each(logFile, func(one raw) error {
		if at, ok := timeOfColumn(one, "at"); ok && at.Year() >= 2000 && at.Year() <= 2099 {
			monday := at.AddDate(0, 0, -(int(at.Weekday())+6)%7)
			if r.months[logFile] == nil {
				r.months[logFile] = map[time.Time]bool{}
			}
			r.months[logFile][time.Date(monday.Year(), monday.Month(), monday.Day(), 0, 0, 0, 0, time.UTC)] = true
		}
		return ctx.Err()
	})
}
