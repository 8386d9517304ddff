package importer

import (
	"context"
	"fmt"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// referenceColumns are the documents in which definitions name others, and the
// table to look in again when it has new rows.
var referenceColumns = map[string][]string{
	"workflow_definitions": {"steps", "compensation_steps", "ui_components"},
	"task_definitions":     {"execution_config", "ui_components"},
	"ui_components":        {"fields", "custom_props", "layout"},
}

// writeReferences derives the reference tables from what is stored now: a
// bundle may have brought some columns of a definition only.
func (r *run) writeReferences(ctx context.Context, t *table) error {
	columns := referenceColumns[t.name]
	if columns != nil {
		sources, err := r.referenceSources(ctx, t, columns)
		if err != nil {
			return err
		}
		if err := repository.WriteReferences(ctx, r.tx, t.name, sources...); err != nil {
			return err
		}
		if err := r.dangling(ctx, t); err != nil {
			return err
		}
	}
	return repository.ResolveReferences(ctx, r.tx, t.name)
}

func (r *run) referenceSources(ctx context.Context, t *table, columns []string) ([]repository.ReferenceSource, error) {
	rows, err := r.tx.Query(ctx, fmt.Sprintf("/* import.documents */ select t.id, t.status, %s from %s t join %s s on s.id = t.id order by t.id",
		"t."+strings.Join(columns, ", t."), t.name, stage(t)))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (repository.ReferenceSource, error) {
		var id uuid.UUID
		var status string
		documents := make([]scalar.JSON, len(columns))
		targets := []any{&id, &status}
		for i := range documents {
			targets = append(targets, &documents[i])
		}
		if err := row.Scan(targets...); err != nil {
			return repository.ReferenceSource{}, err
		}
		return repository.ReferenceSource{ID: id, Pin: status != "draft", References: referrer(t.name, id, documents).References()}, nil
	})
}

// referrer is the definition with these documents, which are in the order of
// referenceColumns.
func referrer(table string, id uuid.UUID, documents []scalar.JSON) model.Referrer {
	record := model.Record{UUID: id}
	switch table {
	case "workflow_definitions":
		return &model.WorkflowDefinition{Record: record, StepsJSON: documents[0], CompensationStepsJSON: documents[1], UIComponentsJSON: documents[2]}
	case "task_definitions":
		return &model.TaskDefinition{Record: record, ExecutionConfigJSON: documents[0], UIComponentsJSON: documents[1]}
	default:
		return &model.UIComponent{Record: record, FieldsJSON: documents[0], CustomPropsJSON: documents[1], LayoutJSON: documents[2]}
	}
}

// dangling tells which references of the imported rows lead nowhere. They are
// kept: what they name may be imported later.
func (r *run) dangling(ctx context.Context, t *table) error {
	for _, kind := range repository.ReferenceTablesOf(t.name) {
		rows, err := r.tx.Query(ctx, fmt.Sprintf(`/* import.dangling */
select s.n, s.row_source, coalesce(s.row_label, ''), r.path, r.target_business_id || coalesce(' ' || r.target_version, '')
from %s r join %s s on s.id = r.source_id where r.target_id is null order by s.n, r.path`, string(kind.Name), stage(t)))
		if err != nil {
			return err
		}
		var h hit
		var path string
		_, err = pgx.ForEachRow(rows, []any{&h.n, &h.source, &h.label, &path, &h.value}, func() error {
			r.note(h.entry(t, Kept, ReferenceDangling, path, "there is no active row of "+kind.Target+" with this key"))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
