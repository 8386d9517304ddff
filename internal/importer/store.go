package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// chunk is how many rows move at once. A chunk with a bad row is halved until
// the row is found, so it should be neither tiny nor huge.
const chunk = 5000

// store brings the rows of one table into the database.
func (r *run) store(ctx context.Context, t *table) error {
	columns := stored(r.columns[t.name])
	if _, err := r.tx.Exec(ctx, sqlStage(t, columns)); err != nil {
		return fmt.Errorf("import: staging %s: %w", t.name, err)
	}
	if err := r.fill(ctx, t, columns); err != nil {
		return fmt.Errorf("import: reading %s: %w", t.name, err)
	}
	for _, step := range []func(context.Context, *table, []column) error{r.settleIDs, r.orphans, r.resolve, r.versions, r.update, r.insert, r.items} {
		if err := step(ctx, t, columns); err != nil {
			return fmt.Errorf("import: storing %s: %w", t.name, err)
		}
	}
	if !t.definition {
		return nil
	}
	if err := r.writeReferences(ctx, t); err != nil {
		return fmt.Errorf("import: references of %s: %w", t.name, err)
	}
	return nil
}

// stored are the columns a row may set.
func stored(columns []column) []column {
	return slices.DeleteFunc(slices.Clone(columns), func(c column) bool { return c.generated })
}

// fill copies the readable rows into the staging table.
func (r *run) fill(ctx context.Context, t *table, columns []column) error {
	report := r.report.table(t.name)
	rd := &reader{table: t, columns: r.columns[t.name], ids: r.ids, first: r.earliest, seal: r.options.Seal, note: r.note}
	sql := sqlCopy(stage(t), append([]string{"n", "row_source", "row_label", "present"}, names(columns)...))
	err := copyRows(ctx, r.tx.Conn(), sql, func(write func(...cell) error) error {
		return r.bundle.each(t.name, func(one raw) error {
			if one.n%10_000 == 0 {
				r.options.Progress(Progress{Phase: "checking", Table: t.name, Done: one.n, Total: report.Read})
			}
			row := rd.read(one)
			if row == nil {
				report.Refused++
				return nil
			}
			return write(row.cells(columns)...)
		})
	})
	return err
}

// cells is the row as a line of the staging table.
func (row *row) cells(columns []column) []cell {
	cells := []cell{
		{text: fmt.Sprint(row.n)}, {text: clean(row.source)}, {text: clean(row.label), null: row.label == ""}, {},
	}
	var present int64
	for i, c := range columns {
		value, given := row.values[c.name]
		if given && !value.onlyNew && (!value.null || !c.notNull) {
			present |= 1 << i
		}
		value.null = value.null || !given
		cells = append(cells, value)
	}
	cells[3].text = fmt.Sprint(present)
	return cells
}

// hit is a staged row a statement answered.
type hit struct {
	n                    int
	source, label, value string
}

// hits runs a statement and answers the rows it hit in the order of the bundle,
// whatever order the planner took them in.
func (r *run) hits(ctx context.Context, sql string, args ...any) ([]hit, error) {
	rows, err := r.tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h hit, err error) {
		var value *string
		err = row.Scan(&h.n, &h.source, &h.label, &value)
		if value != nil {
			h.value = *value
		}
		return h, err
	})
	slices.SortStableFunc(found, func(a, b hit) int { return a.n - b.n })
	return found, err
}

// entry is an Entry about a staged row.
func (h hit) entry(t *table, kind Kind, code Code, path, message string) Entry {
	e := Entry{Table: t.name, Row: h.n, ID: h.source, Key: h.label, Kind: kind, Code: code, Path: path, Message: message}
	if h.value != "" {
		e.From = quote(h.value)
	}
	return e
}

func (r *run) settleIDs(ctx context.Context, t *table, _ []column) error {
	for _, sql := range sqlStaged(t) {
		if _, err := r.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	twice, err := r.hits(ctx, sqlTwice(t))
	for _, h := range twice {
		r.report.table(t.name).Refused++
		r.note(h.entry(t, Refused, Duplicate, "/id", "an earlier row of the bundle is this row"))
	}
	return err
}

// orphans deals with foreign keys that lead nowhere.
func (r *run) orphans(ctx context.Context, t *table, columns []column) error {
	for _, c := range columns {
		p, ok := t.parents[c.name]
		if !ok {
			continue
		}
		lost, err := r.hits(ctx, sqlOrphans(t, c, p))
		if err != nil {
			return err
		}
		for _, h := range lost {
			if c.notNull {
				r.report.table(t.name).Refused++
				r.note(h.entry(t, Refused, ParentMissing, "/"+c.name, "there is no such row of "+p.table+", or it was refused"))
			} else {
				r.note(h.entry(t, LeftOut, ParentMissing, "/"+c.name, "there is no such row of "+p.table+", or it was refused; the row is kept without it"))
			}
		}
	}
	return nil
}

// resolve finds what a row did not tell but other rows do.
func (r *run) resolve(ctx context.Context, t *table, _ []column) error {
	switch t.name {
	case "event_instances":
		if _, err := r.tx.Exec(ctx, sqlKeepDerived(t, "event_definition_id")); err != nil {
			return err
		}
		if _, err := r.tx.Exec(ctx, sqlEventDefinitions); err != nil {
			return err
		}
		unknown, err := r.hits(ctx, sqlEventsWithoutDefinition)
		for _, h := range unknown {
			r.note(h.entry(t, Kept, ReferenceDangling, "/event_definition_id", "no event definition has this pattern and version"))
		}
		return err
	case "task_instances":
		if _, err := r.tx.Exec(ctx, sqlKeepDerived(t, "task_definition_id", "type")); err != nil {
			return err
		}
		for _, derived := range []struct{ column, sql, message string }{
			{"task_definition_id", sqlTaskDefinitions, "follows from the step of the workflow"},
			{"type", sqlTaskTypes, "follows from the task definition"},
		} {
			found, err := r.hits(ctx, derived.sql)
			if err != nil {
				return err
			}
			for _, h := range found {
				e := h.entry(t, Changed, Resolved, "/"+derived.column, derived.message)
				e.From, e.To = nil, e.From
				r.note(e)
			}
			missing, err := r.hits(ctx, sqlMissing(t, derived.column))
			if err != nil {
				return err
			}
			for _, h := range missing {
				r.report.table(t.name).Refused++
				r.note(h.entry(t, Refused, ValueMissing, "/"+derived.column, "the value is required and does not follow from the step"))
			}
		}
	}
	return nil
}

// versions leaves one active version of each definition.
func (r *run) versions(ctx context.Context, t *table, columns []column) error {
	if !t.definition {
		return nil
	}
	bit := int64(1) << slices.IndexFunc(columns, func(c column) bool { return c.name == "status" })
	if _, err := r.tx.Exec(ctx, sqlStatuses(t, bit)); err != nil {
		return err
	}
	for _, sql := range []string{sqlDemoteStaged(t, bit), sqlDemoteStored(t)} {
		demoted, err := r.hits(ctx, sql)
		if err != nil {
			return err
		}
		for _, h := range demoted {
			e := h.entry(t, Changed, StatusAdjusted, "/status", "a higher version is active, and only one can be")
			e.To = quote("deprecated")
			r.note(e)
		}
	}
	return nil
}

func (r *run) update(ctx context.Context, t *table, columns []column) error {
	var existing, first, last int
	if err := r.tx.QueryRow(ctx, sqlExisting(t)).Scan(&existing, &first, &last); err != nil || existing == 0 {
		return err
	}
	phases := []string{phaseAny}
	if t.definition {
		phases = []string{phaseRetire, phaseActive}
	}
	report := r.report.table(t.name)
	refused := report.Refused
	for _, phase := range phases {
		n, err := r.move(ctx, t, sqlUpdate(t, columns, phase), first, last+1)
		if err != nil {
			return err
		}
		report.Updated += n
	}
	report.Unchanged = existing - report.Updated - (report.Refused - refused)
	return nil
}

// insert moves the new rows. A workflow instance waits for its parent, so its
// table may take several rounds.
func (r *run) insert(ctx context.Context, t *table, columns []column) error {
	report := r.report.table(t.name)
	for {
		n, err := r.move(ctx, t, sqlInsert(t, columns), 0, report.Read)
		report.Inserted += n
		if err != nil || t.name != "workflow_instances" {
			return err
		}
		if _, err := r.tx.Exec(ctx, sqlInserted(t)); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		waiting, err := r.hits(ctx, sqlParentless)
		if err != nil || len(waiting) == 0 {
			return err
		}
		for _, h := range waiting {
			r.note(h.entry(t, LeftOut, ParentMissing, "/parent_instance_id", "the parent was refused or is its own descendant; the row is kept without it"))
		}
	}
}

func (r *run) items(ctx context.Context, t *table, _ []column) error { return r.storeItems(ctx, t) }

// move runs a statement over the staged rows first to last-1 in chunks.
func (r *run) move(ctx context.Context, t *table, sql string, first, last int) (int, error) {
	moved := 0
	for from := first; from < last; from += chunk {
		n, err := r.range_(ctx, t, sql, from, min(from+chunk, last))
		if err != nil {
			return moved, err
		}
		moved += n
		r.options.Progress(Progress{Phase: "storing", Table: t.name, Done: min(from+chunk, last), Total: last})
	}
	return moved, nil
}

// range_ runs a statement over some staged rows. When the database refuses one,
// it is found by halving, told and taken out.
func (r *run) range_(ctx context.Context, t *table, sql string, first, last int) (int, error) {
	sub, err := r.tx.Begin(ctx)
	if err != nil {
		return 0, err
	}
	tag, err := sub.Exec(ctx, sql, first, last)
	if err == nil {
		return int(tag.RowsAffected()), sub.Commit(ctx)
	}
	if rollback := sub.Rollback(ctx); rollback != nil {
		return 0, errors.Join(err, rollback)
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || !aboutRow(pg) {
		return 0, err
	}
	if last-first == 1 {
		return 0, r.reject(ctx, t, first, pg)
	}
	middle := first + (last-first)/2
	left, err := r.range_(ctx, t, sql, first, middle)
	if err != nil {
		return left, err
	}
	right, err := r.range_(ctx, t, sql, middle, last)
	return left + right, err
}

// aboutRow tells a refusal of a row from a failure of the database: classes 22
// (data) and 23 (constraints).
func aboutRow(pg *pgconn.PgError) bool { return pg.Code[:2] == "22" || pg.Code[:2] == "23" }

func isLockTimeout(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "55P03"
}
