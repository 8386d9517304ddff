package repository

import (
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/model"
	"github.com/stretchr/testify/require"
)

// FuzzAFilterNeverWritesAValueIntoTheStatement compiles filters on whatever
// strangers send: what is accepted gives the same statement for every value.
func FuzzAFilterNeverWritesAValueIntoTheStatement(f *testing.F) {
	for _, text := range []string{"", "abc", "a.b.*", "permit.#", "'; drop table x; --", "$1", "%_\\", "\x00", "\xff", "*/ select 1 /*", "a.{1,2}.b", "!x|y", "ünï"} {
		f.Add(text)
	}
	wheres := map[*Descriptor]func(text *string, list []string) any{
		TaskInstances.Descriptor: func(text *string, list []string) any {
			return &model.TaskInstanceWhere{
				Assignee: &model.StringFilter{Eq: text, NotIn: list}, StepID: &model.StringFilter{Prefix: text},
				AnyOf: []*model.TaskInstanceWhere{{TaskReference: &model.StringFilter{Contains: text}}},
			}
		},
		WorkflowInstances.Descriptor: func(text *string, list []string) any {
			return &model.WorkflowInstanceWhere{CorrelationID: &model.StringFilter{In: list}, Definition: &model.WorkflowDefinitionWhere{WorkflowID: &model.StringFilter{Eq: text}}}
		},
		EventInstances.Descriptor: func(text *string, _ []string) any {
			return &model.EventInstanceWhere{Pattern: &model.EventPatternFilter{Matches: text}}
		},
	}
	statement := func(d *Descriptor, text string) (string, bool) {
		var a args
		c, err := compiler{args: &a, now: time.Unix(0, 0)}.compile(d, wheres[d](&text, []string{text, "b"}))
		if err != nil {
			return "", false
		}
		return selection{name: "fuzz", from: d, columns: []string{"id"}, where: c}.sql(), true
	}
	f.Fuzz(func(t *testing.T, text string) {
		for d := range wheres {
			want, ok := statement(d, "abc")
			require.True(t, ok)
			if got, accepted := statement(d, text); accepted {
				require.Equal(t, want, got)
			}
		}
	})
}
