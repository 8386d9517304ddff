package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const contract = `
type Query { task(id: ID, first: Int! = 20): Task  tasks(where: TaskWhere): [Task!]! }
interface Node { id: ID! }
type Task implements Node { id: ID!  name: String  status: Status! }
type Note { text: String! }
union Any = Task | Note
enum Status { OPEN DONE }
input TaskWhere { name: String  status: Status! }
`

func TestAChangeIsToldByWhatItDoesToClients(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ old, new, want string }{
		"a field goes":                     {"name: String  status: Status! }\ntype Note", "status: Status! }\ntype Note", "breaking  Task.name is gone"},
		"a type goes":                      {"union Any = Task | Note", "union Any = Task", "breaking  Any no longer may be Note"},
		"an enum value goes":               {"OPEN DONE", "OPEN", "breaking  Status.DONE is gone"},
		"an enum value comes":              {"OPEN DONE", "OPEN DONE LATE", "additive  Status.LATE"},
		"an argument goes":                 {"id: ID, ", "", "breaking  Query.task(id:) is gone"},
		"a required argument comes":        {"id: ID, ", "id: ID, key: String!, ", "breaking  Query.task(key:) is new and required"},
		"an optional argument comes":       {"id: ID, ", "id: ID, key: String, ", "additive  Query.task(key:)"},
		"a default changes":                {"= 20", "= 10", "breaking  Query.task(first:) has another default"},
		"a promise is dropped":             {"[Task!]!", "[Task!]", "breaking  Query.tasks was [Task!]!, is [Task!]"},
		"a promise is added":               {"name: String  status: Status! }\ntype Note", "name: String!  status: Status! }\ntype Note", "additive  Task.name was String, is String!"},
		"an input demands more":            {"{ name: String  status", "{ name: String!  status", "breaking  TaskWhere.name was String, is String!"},
		"an input gets an optional field":  {"{ name: String  status", "{ name: String  note: String  status", "additive  TaskWhere.note"},
		"an input gets a required field":   {"{ name: String  status", "{ name: String  note: String!  status", "breaking  TaskWhere.note is new and required"},
		"a type becomes another":           {"text: String!", "text: Int!", "breaking  Note.text was String!, is Int!"},
		"an interface is no longer served": {"Task implements Node", "Task", "breaking  Task no longer implements Node"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, contract, x.old)
			before, err := load("before", contract)
			require.NoError(t, err)
			after, err := load("after", strings.Replace(contract, x.old, x.new, 1))
			require.NoError(t, err)
			var told []string
			for _, c := range compare(before, after) {
				told = append(told, c.String())
			}
			require.Equal(t, x.want, strings.Join(told, "\n"))
		})
	}
}
