package resolvers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/stretchr/testify/require"
)

type allowedAction struct {
	Action, To string
	Allowed    bool
	Reason     *string
}

// actions are what somebody may do to a row, by name and status it leads to.
func (o *office) actions(who auth.Identity, id, typ string) map[string]allowedAction {
	o.t.Helper()
	var data struct {
		Node struct{ AllowedActions []allowedAction }
	}
	require.Empty(o.t, o.send(who, `{ node(id: "`+id+`") { ... on `+typ+` { allowedActions { action to allowed reason } } } }`, &data))
	found := map[string]allowedAction{}
	for _, a := range data.Node.AllowedActions {
		found[a.Action+" to "+a.To] = a
	}
	return found
}

// TestWhatIsOfferedIsWhatIsDone asks for the actions in every status of every
// table and tries them: what is allowed happens, what is not is refused.
func TestWhatIsOfferedIsWhatIsDone(t *testing.T) {
	t.Parallel()
	for _, tb := range tables() {
		typ := strings.ToUpper(tb.field[:1]) + tb.field[1:]
		if tb.field == "testRun" {
			continue // its verbs are a runner's, nobody is offered them
		}
		t.Run(tb.field+" by "+tb.verbs[0].name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			for _, v := range tb.verbs {
				for _, from := range tb.statuses {
					id := tb.seed(o, from)
					offered, ok := o.actions(ann, id, typ)[v.name+" to "+v.to]
					require.True(t, ok, "%s is among the actions", v.name)
					require.Equal(t, slices.Contains(v.from, from), offered.Allowed, "%s from %s", v.name, from)
					require.Equal(t, offered.Allowed, offered.Reason == nil)
				}
			}
		})
	}
}

func TestWhoHasNoRoleForAnActionIsToldWhich(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.task("PENDING")
	mia := auth.Identity{Name: "mia", Roles: []string{"worker"}}
	found := o.actions(mia, id, "TaskInstance")
	require.True(t, found["taskInstanceClaim to ASSIGNED"].Allowed)
	require.Equal(t, "taskInstanceAssign takes one of the roles operator, admin.", *found["taskInstanceAssign to ASSIGNED"].Reason)
	_, errs := o.change(ann, "taskInstanceAssign", "taskInstance", `id: "`+id+`", assignee: "bob"`)
	require.Empty(t, errs)
	found = o.actions(mia, id, "TaskInstance")
	require.Equal(t, "the task is assigned to bob; ask for a reassignment", *found["taskInstanceStart to RUNNING"].Reason)
	require.Contains(t, *found["taskInstanceClaim to ASSIGNED"].Reason, "already assigned to bob")
}
