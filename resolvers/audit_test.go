package resolvers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type audit struct {
	AuditLog struct {
		Entries []struct {
			ID, Kind string
			Change   struct{ What, From, To, By, Reason string }
			Node     *struct{ ID string }
		}
		PageInfo struct {
			HasNextPage bool
			EndCursor   string
		}
	}
}

// audited reads the log with some arguments.
func (o *office) audited(arguments string) (a audit) {
	o.t.Helper()
	require.Empty(o.t, o.send(ann, `{ auditLog`+arguments+` { entries { id kind change { what from to by reason } node { id } } pageInfo { hasNextPage endCursor } } }`, &a))
	return a
}

func (a audit) lines() (lines []string) {
	for _, e := range a.AuditLog.Entries {
		lines = append(lines, fmt.Sprintf("%s %s %s>%s %s: %s", e.Kind, e.Change.What, e.Change.From, e.Change.To, e.Change.By, e.Change.Reason))
	}
	return lines
}

func TestTheAuditLogTellsWhoChangedWhatAndWhy(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	task := o.task("PENDING")
	connection := o.connection("ACTIVE")
	_, errs := o.change(ann, "taskInstanceClaim", "taskInstance", `id: "`+task+`", reason: "my case"`)
	require.Empty(t, errs)
	require.Empty(t, o.connected("SetCredentials", `id: "`+connection+`", credentials: {apikey: {key: "x"}}, reason: "new contract"`).UserErrors)
	require.Empty(t, o.connected("Delete", `id: "`+connection+`", reason: "not needed"`).UserErrors)
	all := o.audited(`(first: 3)`)
	require.Equal(t, []string{
		"INTEGRATION_INSTANCE DELETED ACTIVE> ann: not needed",
		"INTEGRATION_INSTANCE DEFINITION ACTIVE>ACTIVE ann: new contract",
		"TASK_INSTANCE STATUS PENDING>ASSIGNED ann: my case",
	}, all.lines())
	require.Nil(t, all.AuditLog.Entries[0].Node, "it is gone")
	require.Equal(t, task, all.AuditLog.Entries[2].Node.ID)
	require.True(t, all.AuditLog.PageInfo.HasNextPage)

	require.Equal(t, []string{"TASK_INSTANCE STATUS PENDING>ASSIGNED ann: my case"}, o.audited(`(where: {kinds: [TASK_INSTANCE], what: [STATUS]})`).lines())
	require.Len(t, o.audited(`(where: {by: ["ann"]})`).lines(), 3)
	require.Len(t, o.audited(`(where: {id: "`+connection+`"})`).lines(), 3, "also of an object that is gone")
	require.Empty(t, o.audited(`(where: {at: {lt: "2000-01-01T00:00:00Z"}})`).lines())
	require.NotEmpty(t, o.audited(`(where: {at: {ago: "PT1H"}, by: ["ann"]})`).lines())
	require.Empty(t, o.audited(`(where: {by: []})`).lines())
	for arguments, says := range map[string]string{`(first: 101)`: "between 0 and 100", `(after: "nonsense")`: "not one of ours", `(where: {id: "nonsense"})`: "id"} {
		var a audit
		errs := o.send(ann, `{ auditLog`+arguments+` { entries { id } } }`, &a)
		require.NotEmpty(t, errs, arguments)
		require.Contains(t, strings.Join(errs, " "), says)
	}
}

func TestTheAuditLogIsReadToItsEndInBoundedPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.must(`insert into change_log (what, kind, entity_id, actor, at) select 1, 6, gen_random_uuid(), case when n in (1, 20500) then 'rare' end, now() - interval '1 hour' + n * interval '1 millisecond' from generate_series(1, 20500) n`)
	seen, pages, after := map[string]int{}, 0, ""
	for {
		arguments := `(first: 100, where: {by: ["rare"]}` + after + `)`
		page := o.audited(arguments)
		for _, e := range page.AuditLog.Entries {
			seen[e.ID]++
		}
		pages++
		if !page.AuditLog.PageInfo.HasNextPage {
			break
		}
		after = `, after: "` + page.AuditLog.PageInfo.EndCursor + `"`
	}
	require.Len(t, seen, 2)
	require.Equal(t, 3, pages)

	seen, after = map[string]int{}, ""
	for range 30 {
		page := o.audited(`(first: 50` + after + `)`)
		for _, e := range page.AuditLog.Entries {
			change := e.ID + e.Change.What + e.Change.To
			seen[change]++
			require.Equal(t, 1, seen[change])
		}
		after = `, after: "` + page.AuditLog.PageInfo.EndCursor + `"`
	}
	require.Len(t, seen, 1500)
}
