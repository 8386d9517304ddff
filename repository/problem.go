package repository

import (
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
)

// Problems are what the documents of a row, a pointer to the entity's struct,
// break: the schema of their column, and the rules that no schema expresses.
func (d *Descriptor) Problems(row any) []*model.Problem {
	var out []*model.Problem
	for _, column := range d.row.columns {
		doc, ok := d.Value(row, column).(scalar.JSON)
		if !ok || doc == nil || !jsonschema.Has(d.Table, column) {
			continue
		}
		for _, v := range jsonschema.Validate(d.Table, column, doc) {
			out = append(out, &model.Problem{
				Severity: model.ProblemSeverityError, Code: strings.ToUpper(v.Keyword), Path: "/" + column + v.Path, Message: v.Message,
			})
		}
	}
	return out
}
