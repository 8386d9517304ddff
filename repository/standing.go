package repository

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// Standing is where an object of any kind stands.
type Standing struct {
	Kind   int       `db:"kind"` // place in All, from 1, as in the change log
	ID     uuid.UUID `db:"id"`
	Status *string   `db:"status"` // as it is stored; nil for an event
}

// StandingQuery selects objects by what the change log says of their changes;
// the zero value selects all.
type StandingQuery struct {
	Kinds              []int
	IDs                []uuid.UUID
	WorkflowInstanceID *uuid.UUID
	DefinitionID       *uuid.UUID
	Statuses           []string // upper case
	Terminal           bool
}

// maxStandings bounds a snapshot of objects.
const maxStandings = 10_000

// Standings reads where the objects that match stand, of all kinds in one
// statement. More than maxStandings, or a filter no index serves, is refused.
func (s *Store) Standings(ctx context.Context, q StandingQuery) ([]Standing, error) {
	const name = "objects.standing"
	var a args
	limit := fmt.Sprintf(" limit %d", maxStandings+1)
	var parts []string
	for i, d := range All {
		if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, i+1) {
			continue
		}
		if part, ok := d.standing(i+1, q, &a); ok {
			parts = append(parts, "("+part+limit+")")
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	sql := "select o.kind, o.id, o.status from (" + strings.Join(parts, " union all ") + ") o" + limit
	expected, err := s.estimate(ctx, name+".plan", sql, a)
	if err != nil {
		return nil, err
	}
	if expected.Cost > costLimit {
		return nil, broadSnapshot("this filter would read far more rows than it returns")
	}
	var found []Standing
	err = scanEach(ctx, s, name, "/* "+name+" */ "+sql, a, func(row Standing) { found = append(found, row) })
	if len(found) > maxStandings {
		return nil, broadSnapshot(fmt.Sprintf("more than %d objects match", maxStandings))
	}
	return found, err
}

func broadSnapshot(message string) *fault.Fault {
	return fault.Errorf(fault.QueryTooBroad, "%s", message).At("/filter").
		Hint("select by kinds, a run or a definition, or start without a snapshot")
}

// standing is the part of the statement that reads one kind; ok is false where
// no object of the kind can match.
func (d *Descriptor) standing(kind int, q StandingQuery, a *args) (sql string, ok bool) {
	status, words := d.statusColumn()
	from := d.Table + " t"
	var terms []string
	if len(q.IDs) > 0 {
		from = "unnest(" + a.add(q.IDs, "uuid[]") + ") as k(id) join " + d.Table + " t on t.id = k.id"
	}
	if q.WorkflowInstanceID != nil {
		on := d.ofRun()
		if on == "" {
			return "", false
		}
		terms = append(terms, strings.ReplaceAll(on, "k.key", a.add(*q.WorkflowInstanceID, "uuid")))
	}
	if q.DefinitionID != nil {
		column := d.definitionColumn()
		if column == "" {
			return "", false
		}
		terms = append(terms, "t."+column+" = "+a.add(*q.DefinitionID, "uuid"))
	}
	if len(q.Statuses) > 0 || q.Terminal {
		if words = wantedStatuses(kind, words, q); len(words) == 0 {
			return "", false
		}
		terms = append(terms, status+" = any("+a.add(words, "text[]")+")")
	}
	return fmt.Sprintf("select %d as kind, t.id, %s::text as status from %s%s", kind, status, from, whereClause(terms)), true
}

// statusColumn is the expression behind the status of a kind and the words it
// may hold, as the capture triggers see it.
func (d *Descriptor) statusColumn() (sql string, words []string) {
	for _, column := range []string{"state", "status"} {
		if t := d.row.types[column]; t != nil && isEnum(t) {
			return "t." + column, reflect.Zero(t).Interface().(interface{ Values() []string }).Values()
		}
	}
	if d.row.has("enabled") {
		return "case when t.enabled then 'enabled' else 'disabled' end", []string{"enabled", "disabled"}
	}
	return "null", nil
}

func wantedStatuses(kind int, words []string, q StandingQuery) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool {
		spelled := model.SpellEnum(word)
		return len(q.Statuses) > 0 && !slices.Contains(q.Statuses, spelled) ||
			q.Terminal && !model.Ended(model.ChangedKinds[kind], spelled)
	})
}

// ofRun is the condition under which a row belongs to the workflow instance
// k.key; empty for what belongs to none.
func (d *Descriptor) ofRun() string {
	switch {
	case d == WorkflowInstances.Descriptor:
		return "t.id = k.key"
	case d == EventInstances.Descriptor:
		return WorkflowInstances.Relations["events"].On
	case d.row.has("workflow_instance_id"):
		return "t.workflow_instance_id = k.key"
	}
	return ""
}

// definitionColumn holds the version an object belongs to; empty where it
// belongs to none.
func (d *Descriptor) definitionColumn() string {
	if d.Versioned() {
		return "id"
	}
	for _, field := range []string{"definition", "workflowDefinition"} {
		if r, ok := d.Relations[field]; ok {
			return r.Column
		}
	}
	return ""
}

// Matching reads those of the rows with these ids that a filter selects, in one
// statement.
func Matching[T any](ctx context.Context, s *Store, e Entity[T], columns []string, where any, ids []uuid.UUID) (map[uuid.UUID]*T, error) {
	var a args
	sel := selection{name: e.Table + ".matching", from: e.Descriptor, columns: withColumn(columns, "id"), on: "t.id = k.key", limit: 1}
	sel.keys.array = a.add(ids, "uuid[]")
	condition, err := compiler{args: &a, now: s.Now()}.compile(e.Descriptor, where)
	if err != nil {
		return nil, err
	}
	sel.where = condition
	found := make(map[uuid.UUID]*T, len(ids))
	err = scanKeyed(ctx, s, sel, a, func(key any, row *T) { found[key.(uuid.UUID)] = row })
	return found, err
}

// QueueDepth is the number of events in all queues.
func (s *Store) QueueDepth(ctx context.Context) (int64, error) {
	const name = "event_queue_entries.depth"
	return queryOne[int64](ctx, s, name, "/* "+name+" */ select count(*) from event_queue_entries", nil)
}
