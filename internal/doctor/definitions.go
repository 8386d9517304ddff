package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/migrations"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// quietTables have columns that move without an entry in the history.
var quietTables = []string{"integration_instances"}

// history looks for changes that went past the triggers.
func history(ctx context.Context, p *patient) ([]Finding, error) {
	var found []Finding
	for _, t := range migrations.Triggers() {
		if t.Name != "aos_10_history" {
			continue
		}
		gaps, err := p.store.HistoryGaps(ctx, t.Table, slices.Contains(quietTables, t.Table))
		if err != nil {
			return nil, err
		}
		found = append(found, told(gaps, func(s repository.Symptom) Finding {
			return Finding{Warning, "HISTORY_GAP", t.Table + " " + s.Subject, s.Detail, "What it was before cannot be brought back. Write definitions through the API or import, which keep their history."}
		})...)
		unlogged, err := p.store.UnloggedChanges(ctx, t.Table)
		if err != nil {
			return nil, err
		}
		found = append(found, told(unlogged, func(s repository.Symptom) Finding {
			return Finding{Warning, "UNCAPTURED_CHANGE", t.Table + " " + s.Subject, "it was changed while capture was off: " + s.Detail, "Caches and subscribers missed it: restart the servers, and see that the triggers are on."}
		})...)
	}
	return found, nil
}

// references holds the reference tables against the documents they are derived
// from, and looks for active versions with places that lead nowhere.
func references(ctx context.Context, p *patient) ([]Finding, error) {
	var found []Finding
	for _, r := range repository.ReferenceTables {
		unresolved, err := p.store.UnresolvedReferences(ctx, r)
		if err != nil {
			return nil, err
		}
		found = append(found, told(unresolved, func(s repository.Symptom) Finding {
			return Finding{Warning, "UNRESOLVED_REFERENCE", r.Source + " " + s.Subject, "an active version names the " + s.Detail + ", which is not there", "Save and activate what it names, or a new version that names something else."}
		})...)
	}
	for _, d := range repository.All {
		if len(repository.ReferenceTablesOf(d.Table)) == 0 {
			continue
		}
		var stale []repository.Symptom
		err := p.walk(ctx, d, d.Columns(), func(ids []uuid.UUID, rows map[any]model.Node) error {
			stored, err := p.store.StoredReferences(ctx, d.Table, ids)
			for _, id := range ids {
				if difference := outOfStep(rows[id], stored[id]); difference != "" {
					stale = append(stale, repository.Symptom{Subject: id.String(), Detail: difference})
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		found = append(found, told(stale, func(s repository.Symptom) Finding {
			return Finding{Error, "REFERENCES_OUT_OF_STEP", d.Table + " " + s.Subject, s.Detail, "Save the draft again; for a version that left draft, export the database and import the bundle into it, which derives all references anew."}
		})...)
	}
	return found, nil
}

// outOfStep says how what is stored differs from what the documents name, ""
// when it does not.
func outOfStep(row model.Node, stored []string) string {
	definition, ok := row.(model.Referrer)
	if !ok {
		return "" // deleted since its id was read
	}
	var written []string
	for _, r := range definition.References() {
		text := strings.Join([]string{string(r.Table), r.Path, r.BusinessID}, " ")
		if r.Version != nil {
			text += " " + *r.Version
		}
		written = append(written, text)
	}
	lost, extra := without(written, stored), without(stored, written)
	switch {
	case len(lost) > 0:
		return "its documents name what the reference table does not: " + lost[0]
	case len(extra) > 0:
		return "the reference table names what its documents do not: " + extra[0]
	}
	return ""
}

func without(all, known []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return slices.Contains(known, one) })
}

// ids tells of definitions whose id says nothing of their age: they were
// written past the API. Runtime tables refuse such ids where it matters.
func ids(ctx context.Context, p *patient) ([]Finding, error) {
	var found []Finding
	for _, d := range repository.All {
		if !d.Versioned() {
			continue
		}
		foreign := 0
		err := p.walk(ctx, d, nil, func(ids []uuid.UUID, _ map[any]model.Node) error {
			for _, id := range ids {
				if id.Version() != 7 {
					foreign++
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if foreign > 0 {
			found = append(found, Finding{Info, "FOREIGN_IDS", d.Table, fmt.Sprintf("%d rows have an id that is not made from their time, so they were written past the API", foreign), "They work. `augmentedos import` would give them ids that sort by age."})
		}
	}
	return found, nil
}
