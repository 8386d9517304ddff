package doctor

import (
	"context"
	"reflect"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// batch is how many rows are read at a time.
const batch = 1000

// walk visits all rows of an entity in the order of their ids, with the given
// columns; without columns only the ids.
func (p *patient) walk(ctx context.Context, d *repository.Descriptor, columns []string, visit func(ids []uuid.UUID, rows map[any]model.Node) error) error {
	total, err := p.store.EstimatedRows(ctx, d.Table)
	if err != nil {
		return err
	}
	var last uuid.UUID
	for done := 0; ; {
		ids, err := p.store.NextIDs(ctx, d.Table, last, batch)
		if err != nil || len(ids) == 0 {
			return err
		}
		var rows map[any]model.Node
		if columns != nil {
			if rows, err = d.Nodes(ctx, p.store, columns, keys(ids)); err != nil {
				return err
			}
		}
		if err := visit(ids, rows); err != nil {
			return err
		}
		last = ids[len(ids)-1]
		done += len(ids)
		p.Progress(importer.Progress{Phase: "reading", Table: d.Table, Done: done, Total: max(total, done)})
	}
}

func keys(ids []uuid.UUID) []any {
	all := make([]any, len(ids))
	for i, id := range ids {
		all[i] = id
	}
	return all
}

// documents holds every document against the schema of its column and, for
// definitions, against the rules that no schema expresses.
func documents(ctx context.Context, p *patient) ([]Finding, error) {
	var found []Finding
	for _, d := range repository.All {
		columns := documentColumns(d)
		if len(columns) == 0 {
			continue
		}
		if d.Versioned() {
			columns = d.Columns()
		}
		tally := tally{table: d.Table, known: map[string]*kind{}}
		err := p.walk(ctx, d, columns, func(ids []uuid.UUID, rows map[any]model.Node) error {
			for _, id := range ids {
				if row := rows[id]; row != nil { // else deleted since its id was read
					tally.add(id, diagnose(d, row))
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		found = append(found, tally.findings()...)
	}
	return found, nil
}

// diagnose is what is wrong with the documents of a row. A draft may be
// unfinished, and a warning about a definition is not one about the database.
func diagnose(d *repository.Descriptor, row model.Node) []Finding {
	var found []Finding
	for _, v := range d.Violations(row) {
		found = append(found, Finding{Error, v.Code, v.Path, v.Message, "Save the row through the API, or mend the document in the database."})
	}
	for _, m := range d.Mistakes(row, !isDraft(row)) {
		f := Finding{Info, m.Code, m.Path, m.Message, "Look at `problems` of the definition."}
		if _, ok := row.(model.Definition); !ok {
			f.Remedy = "Mend the document in the database."
		}
		if m.Severity == model.ProblemSeverityError && !isDraft(row) {
			f.Severity = Warning
		}
		found = append(found, f)
	}
	return found
}

func isDraft(row model.Node) bool {
	definition, ok := row.(model.Definition)
	if !ok {
		return false
	}
	_, status := definition.DefinitionVersion()
	return status == model.DefinitionDraft
}

// documentColumns are what the checks of a row read: its documents, and of
// definitions and triggers the whole row, which is looked at together.
func documentColumns(d *repository.Descriptor) []string {
	if d.Versioned() || d == repository.WorkflowEventTriggers.Descriptor {
		return d.Columns()
	}
	var columns []string
	for _, c := range d.Columns() {
		if d.ColumnType(c) == reflect.TypeFor[scalar.JSON]() && jsonschema.Has(d.Table, c) {
			columns = append(columns, c)
		}
	}
	return columns
}

// each is how many rows with the same problem in the same place are told.
const each = 3

// tally collects the problems of a table's rows.
type tally struct {
	table string
	kinds []*kind // in the order of their first row
	known map[string]*kind
}

// kind is one problem in one place of a document, in any row.
type kind struct {
	found []Finding // the first rows
	more  int
}

// add takes findings whose subjects are places in the documents of a row.
func (t *tally) add(id uuid.UUID, findings []Finding) {
	for _, f := range findings {
		key := f.Code + place(f.Subject)
		k := t.known[key]
		if k == nil {
			k = &kind{}
			t.known[key], t.kinds = k, append(t.kinds, k)
		}
		if len(k.found) == each {
			k.more++
			continue
		}
		f.Subject = t.table + " " + id.String() + " " + f.Subject
		k.found = append(k.found, f)
	}
}

func (t *tally) findings() []Finding {
	var all []Finding
	for _, k := range t.kinds {
		all = append(all, k.found...)
		if k.more > 0 {
			all = append(all, others(k.found[0], k.more, false))
		}
	}
	return all
}

// place is a path without the positions in lists.
func place(path string) string {
	out := make([]byte, 0, len(path))
	for i := range len(path) {
		if c := path[i]; c < '0' || c > '9' {
			out = append(out, c)
		}
	}
	return string(out)
}

// softReferences looks for what names a row that is not here.
func softReferences(ctx context.Context, p *patient) ([]Finding, error) {
	var found []Finding
	for _, r := range repository.SoftReferences {
		var broken []repository.Symptom
		err := p.walk(ctx, repository.ByTable(r.Table), nil, func(ids []uuid.UUID, _ map[any]model.Node) error {
			if len(broken) >= repository.MostSymptoms {
				return nil
			}
			more, err := p.store.BrokenSoftReferences(ctx, r, ids[0], ids[len(ids)-1])
			broken = append(broken, more...)
			return err
		})
		if err != nil {
			return nil, err
		}
		found = append(found, told(broken, func(s repository.Symptom) Finding { return dangling(r, s) })...)
	}
	return found, nil
}

func dangling(r repository.SoftReference, s repository.Symptom) Finding {
	if r.Foreign {
		return Finding{Info, r.Code, r.Table + " " + s.Subject, r.Says, "Normal when it came from outside or was archived."}
	}
	return Finding{Warning, r.Code, r.Table + " " + s.Subject, r.Says, "Write what it names, or correct the name."}
}
