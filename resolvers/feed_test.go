package resolvers_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/watch"
	"github.com/augmentedos/graph/repository"
	"github.com/augmentedos/graph/resolvers"
	"github.com/stretchr/testify/require"
)

// listener is an office whose changes can be subscribed to.
type listener struct {
	*office
	ctx context.Context
}

func newListener(t *testing.T) *listener {
	t.Helper()
	o := newOffice(t)
	store, quiet := repository.NewStore(o.db), slog.New(slog.DiscardHandler)
	feed := live.New(o.db, quiet)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	done := make(chan struct{})
	go func() { defer close(done); feed.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	o.exec = executor.New(generated.NewExecutableSchema(generated.Config{Resolvers: &resolvers.Resolver{
		Live: &watch.Source{Feed: feed, Store: store, DB: o.db, Log: quiet},
	}}))
	o.exec.Use(loader.Responses{Store: store, DB: o.db})
	return &listener{o, ctx}
}

// subscribe starts a subscription; each call of next waits for its next event,
// which is empty after the last.
func (l *listener) subscribe(query string, variables map[string]any) (next func() string) {
	l.t.Helper()
	ctx := graphql.StartOperationTrace(l.ctx)
	op, errs := l.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: variables})
	require.Empty(l.t, errs)
	handler, ctx := l.exec.DispatchOperation(ctx, op)
	return func() string {
		response := handler(ctx)
		if response == nil {
			return ""
		}
		require.Empty(l.t, response.Errors)
		return string(response.Data)
	}
}

func TestALiveListShowsItsRowsWithWhatTheyLeadTo(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	first := l.task("ASSIGNED")
	next := l.subscribe(`subscription { taskInbox(where: {assignee: {eq: "ann"}, status: {eq: ASSIGNED}}) {
		snapshot truncated left nodes { id status definition { name } }
	} }`, nil)
	require.JSONEq(t, `{"taskInbox": {"snapshot": true, "truncated": false, "left": [], "nodes": [
		{"id": "`+first+`", "status": "ASSIGNED", "definition": {"name": "Decide"}}]}}`, next())
	second := l.task("ASSIGNED")
	require.JSONEq(t, `{"taskInbox": {"snapshot": false, "truncated": false, "left": [], "nodes": [
		{"id": "`+second+`", "status": "ASSIGNED", "definition": {"name": "Decide"}}]}}`, next())
	l.must(`update task_instances set assignee = 'bob' where assignee = 'ann'`)
	var event struct{ TaskInbox struct{ Left []string } }
	require.NoError(t, json.Unmarshal([]byte(next()), &event))
	require.ElementsMatch(t, []string{first, second}, event.TaskInbox.Left)
}

func TestARunIsShownAfresh(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	run := l.run("RUNNING")
	next := l.subscribe(`subscription($id: ID!) { workflowRun(id: $id) {
		run { status steps { stepId status } } changes { kind oldStatus newStatus terminal } resync
	} }`, map[string]any{"id": run})
	require.JSONEq(t, `{"workflowRun": {"run": {"status": "RUNNING", "steps": [{"stepId": "decide", "status": "NOT_STARTED"}]}, "changes": [], "resync": null}}`, next())
	l.must(`update workflow_instances set status = 'COMPLETED', completed_at = now()`)
	require.JSONEq(t, `{"workflowRun": {"run": {"status": "COMPLETED", "steps": [{"stepId": "decide", "status": "NOT_STARTED"}]},
		"changes": [{"kind": "WORKFLOW_INSTANCE", "oldStatus": "RUNNING", "newStatus": "COMPLETED", "terminal": true}], "resync": null}}`, next())
	require.Empty(t, next(), "it completes")
}

func TestAFeedBeginsWithWhatThereIs(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	task := l.task("ASSIGNED")
	next := l.subscribe(`subscription { statusFeed(filter: {kinds: [TASK_INSTANCE]}, snapshot: true, mode: LATEST) {
		__typename cursor
		... on FeedSnapshot { objects { id kind status node { ... on TaskInstance { stepId } } } }
		... on FeedChanges { changes { id newStatus node { ... on TaskInstance { status } } } }
	} }`, nil)
	require.JSONEq(t, `{"statusFeed": {"__typename": "FeedSnapshot", "cursor": null, "objects": [
		{"id": "`+task+`", "kind": "TASK_INSTANCE", "status": "ASSIGNED", "node": {"stepId": "decide"}}]}}`, next())
	require.Contains(t, next(), `"FeedCaughtUp"`)
	l.must(`update task_instances set status = 'RUNNING'`)
	require.Contains(t, next(), `"newStatus":"RUNNING","node":{"status":"RUNNING"}`)
}

func TestDashboardsGetTheirNumbers(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	l.task("ASSIGNED")
	l.run("RUNNING")
	next := l.subscribe(`subscription { statsLive(everyMs: 500) { workflowInstances { status count } taskInstances { status count } deadLetters { status count } queueDepth } }`, nil)
	require.JSONEq(t, `{"statsLive": {"workflowInstances": [{"status": "RUNNING", "count": 1}], "taskInstances": [{"status": "ASSIGNED", "count": 1}], "deadLetters": [], "queueDepth": 0}}`, next())
	l.must(`update workflow_instances set status = 'FAILED'`)
	require.JSONEq(t, `{"statsLive": {"workflowInstances": [{"status": "FAILED", "count": 1}], "taskInstances": [{"status": "ASSIGNED", "count": 1}], "deadLetters": [], "queueDepth": 0}}`, next())
}

func TestArgumentsOutOfRangeAreRefused(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	for _, query := range []string{
		`subscription { taskInbox(first: 101) { left } }`, `subscription { statsLive(everyMs: 10) { queueDepth } }`,
		`subscription { statusFeed(heartbeatSeconds: 0) { cursor } }`, `subscription { workflowRun(id: "tki_x") { cursor } }`,
		`subscription { statusFeed(after: "nonsense") { cursor } }`,
	} {
		ctx := graphql.StartOperationTrace(l.ctx)
		op, errs := l.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
		require.Empty(t, errs)
		handler, ctx := l.exec.DispatchOperation(ctx, op)
		require.NotEmpty(t, handler(ctx).Errors, query)
	}
}
