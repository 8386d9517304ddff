package repository

import (
	"context"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// ReferenceTable is a model.ReferenceTable together with the tables at both of
// its ends.
type ReferenceTable struct {
	Name           model.ReferenceTable
	Source, Target string // tables
}

// The reference tables, one row per place in a document that names a definition.
var (
	WorkflowTasks           = ReferenceTable{model.WorkflowTasks, "workflow_definitions", "task_definitions"}
	WorkflowUIComponents    = ReferenceTable{model.WorkflowUIComponents, "workflow_definitions", "ui_components"}
	TaskUIComponents        = ReferenceTable{model.TaskUIComponents, "task_definitions", "ui_components"}
	TaskIntegrations        = ReferenceTable{model.TaskIntegrations, "task_definitions", "integration_definitions"}
	UIComponentIntegrations = ReferenceTable{model.UIComponentIntegrations, "ui_components", "integration_definitions"}
	UIComponentChildren     = ReferenceTable{model.UIComponentChildren, "ui_components", "ui_components"}
)

// ReferenceTables are all reference tables.
var ReferenceTables = []ReferenceTable{
	WorkflowTasks, WorkflowUIComponents, TaskUIComponents, TaskIntegrations, UIComponentIntegrations, UIComponentChildren,
}

// TargetOf is the table that a reference table leads to.
func TargetOf(name model.ReferenceTable) string {
	for _, r := range ReferenceTables {
		if r.Name == name {
			return r.Target
		}
	}
	return ""
}

// ReferencesBetween is the reference table from one entity's documents to
// another entity, false when they name none.
func ReferencesBetween(source, target *Descriptor) (model.ReferenceTable, bool) {
	for _, r := range ReferenceTables {
		if r.Source == source.Table && r.Target == target.Table {
			return r.Name, true
		}
	}
	return "", false
}

// whereUsed is the edge from a definition to those whose documents name it by
// business id, whichever version of it they mean.
func whereUsed(r ReferenceTable, key string) Relation {
	return Via(key, r.Source, "t.id in (select r.source_id from "+string(r.Name)+" r where r.target_business_id = k.key)")
}

// resolved is the id a reference row r leads to: its pin, or what the business
// id means right now. A draft's target_id is only a hint, since another version
// may have become active after it was written.
func resolved(target *Descriptor) string {
	return `case when r.pinned then r.target_id else (
    select v.id from ` + target.Table + ` v
    where v.` + target.Key + ` = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end`
}

// referenced is a target and the place that leads to it.
type referenced[T any] struct {
	SourceID uuid.UUID `db:"source_id"`
	Path     string    `db:"path"`
	Row      T         `db:"row"`
}

// target is such a target of whichever entity.
type target struct {
	source uuid.UUID
	path   string
	row    model.Node
}

func scanTargets[T any](ctx context.Context, s *Store, name, sql string, a args, each func(target)) error {
	return scanEach(ctx, s, name, sql, a, func(r referenced[T]) { each(target{r.SourceID, r.Path, any(&r.Row).(model.Node)}) })
}

// Referenced reads what documents name: for each source id the targets by path.
// One statement serves all places of all sources; a place whose reference leads
// nowhere is absent.
func (s *Store) Referenced(ctx context.Context, d *Descriptor, table model.ReferenceTable, columns []string, sources []uuid.UUID) (map[any]map[string]model.Node, error) {
	sel := selection{columns: withColumn(columns, "id")}
	name := string(table) + ".by_source"
	sql := "/* " + name + " */ select r.source_id, r.path, " + sel.nested() + `
from unnest($1::uuid[]) as k(key)
join ` + string(table) + ` r on r.source_id = k.key
join ` + d.Table + ` t on t.id = ` + resolved(d)
	found := make(map[any]map[string]model.Node, len(sources))
	err := d.targets(ctx, s, name, sql, args{sources}, func(t target) {
		if found[t.source] == nil {
			found[t.source] = map[string]model.Node{}
		}
		found[t.source][t.path] = t.row
	})
	return found, err
}

// ReferencedOnce reads for each source id the targets it names, each once, by
// name.
func (s *Store) ReferencedOnce(ctx context.Context, d *Descriptor, table model.ReferenceTable, columns []string, sources []uuid.UUID) (map[any][]model.Node, error) {
	sel := selection{columns: withColumn(columns, "id")}
	name := string(table) + ".targets"
	sql := "/* " + name + " */ select x.source_id, '' as path, " + sel.nested() + `
from (
  select distinct r.source_id, ` + resolved(d) + ` as target_id
  from ` + string(table) + ` r
  where r.source_id = any($1::uuid[])) x
join ` + d.Table + ` t on t.id = x.target_id
order by t.name, t.id`
	found := make(map[any][]model.Node, len(sources))
	err := d.targets(ctx, s, name, sql, args{sources}, func(t target) { found[t.source] = append(found[t.source], t.row) })
	return found, err
}
