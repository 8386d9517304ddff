package definition

import (
	"encoding/json"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// History turns what was recorded of a definition, newest first, into entries
// that say how each differs from the one before it. The last record is only
// there to be compared with, when there are more than first.
func History[T any](d *repository.Descriptor, records []repository.Revision[T], first int) ([]*model.DefinitionRevision, error) {
	out := []*model.DefinitionRevision{}
	for i := range records[:min(first, len(records))] {
		r := &records[i]
		said := Content{&r.Row, r.Triggers}
		content, err := said.document(d, d.Content())
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(content)
		if err != nil {
			return nil, err
		}
		entry := &model.DefinitionRevision{
			Revision: d.Value(&r.Row, "revision").(int), Status: d.Value(&r.Row, "status").(model.DefinitionStatus),
			At: r.At, Until: r.Until, By: r.By, Reason: r.Why, Changes: []*model.DefinitionChange{}, Content: text,
		}
		if i+1 < len(records) {
			before := Content{&records[i+1].Row, records[i+1].Triggers}
			if entry.Changes, err = Diff(d, before, said, d.Recorded()); err != nil {
				return nil, err
			}
		}
		out = append(out, entry)
	}
	return out, nil
}
