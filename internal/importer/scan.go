package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// scan reads every row once, before anything is written: a reference may lead
// to a row that comes later, and partitions must exist first.
func (r *run) scan(ctx context.Context) error {
	var timeless []func()
	for _, t := range tables {
		report := r.report.table(t.name)
		err := r.bundle.each(t.name, func(row raw) error {
			report.Read++
			if report.Read%10_000 == 0 {
				r.options.Progress(Progress{Phase: "reading", Table: t.name, Done: report.Read})
			}
			x := identify(t, row, time.Time{})
			if !x.timed {
				timeless = append(timeless, func() {
					x := identify(t, row, r.earliest)
					r.scanned(t, x)
					r.scanItems(t, row, x)
				})
				return ctx.Err()
			}
			if r.earliest.IsZero() || x.at.Before(r.earliest) {
				r.earliest = x.at
			}
			r.scanned(t, x)
			r.scanItems(t, row, x)
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	if r.earliest.IsZero() {
		r.earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for _, add := range timeless {
		add()
	}
	return r.scanLog(ctx)
}

func (r *run) scanned(t *table, x identity) {
	r.ids.add(t.name, x.source, x.id)
	if t.partitioned() {
		r.needs(t.name, x.at)
	}
	// Events are referred to by event_id as well; one that is or contains a UUID
	// is a name, not the id of a row.
	if t.name == "event_instances" && strings.Count(x.label, "-") >= 4 {
		r.ids.names[x.label] = true
	}
}

func (r *run) needs(table string, at time.Time) {
	if at.Year() < 2000 || at.Year() > 2099 {
		return
	}
	if r.months[table] == nil {
		r.months[table] = map[time.Time]bool{}
	}
	r.months[table][time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)] = true
}

// scanItems looks at waiting events, of which some may be known from the queue
// alone.
func (r *run) scanItems(t *table, row raw, x identity) {
	if t.name != "event_queue_state" {
		return
	}
	var items []map[string]json.RawMessage
	if json.Unmarshal(row.columns["events"], &items) != nil {
		return
	}
	for _, columns := range items {
		at, ok := timeOfColumn(raw{columns: columns}, "timestamp")
		if !ok {
			at = x.at
		}
		r.needs("event_instances", at)
	}
}

// adopt gives rows whose business key is stored already the id they have there.
// Without it, a bundle written twice by a system that makes new ids each time
// would be refused.
func (r *run) adopt(ctx context.Context) error {
	for _, t := range tables {
		if !r.bundle.has(t.name) {
			continue
		}
		var empty bool
		if err := r.tx.QueryRow(ctx, sqlEmpty(t.name)).Scan(&empty); err != nil {
			return fmt.Errorf("import: %s: %w", t.name, err)
		}
		if empty {
			continue
		}
		if err := r.adoptTable(ctx, t); err != nil {
			return fmt.Errorf("import: ids of %s: %w", t.name, err)
		}
	}
	return nil
}

func (r *run) adoptTable(ctx context.Context, t *table) error {
	create, find := sqlKeys(t)
	if _, err := r.tx.Exec(ctx, create); err != nil {
		return err
	}
	columns := append([]string{"source", "id"}, t.key...)
	err := copyRows(ctx, r.tx.Conn(), sqlCopy("aos_import_keys_"+t.name, columns), func(write func(...cell) error) error {
		return r.bundle.each(t.name, func(row raw) error {
			x := identify(t, row, r.earliest)
			cells := []cell{{text: clean(x.source)}, {text: x.id.String()}}
			for _, name := range t.key {
				text := keyText(t, row, name)
				if p, ok := t.parents[name]; ok {
					if id, ok := r.ids.of(p.table, text); ok {
						text = id.String()
					}
				}
				cells = append(cells, cell{text: clean(text), null: text == ""})
			}
			return write(cells...)
		})
	})
	if err != nil {
		return err
	}
	rows, err := r.tx.Query(ctx, find)
	if err != nil {
		return err
	}
	var source string
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&source, &id}, func() error {
		if _, ok := r.ids.of(t.name, source); ok {
			r.ids.byTable[t.name].set(source, id)
		}
		return nil
	})
	return err
}

// clean takes out what no text in PostgreSQL can hold; such a row is refused
// when it is read.
func clean(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
}
