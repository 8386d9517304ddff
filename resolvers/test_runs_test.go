package resolvers_test

import (
	"testing"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/stretchr/testify/require"
)

const aTestID = "018f0000-0000-7000-8000-0000000000c1"

// testRun is a run of a test with one case, which came to outcome unless that
// is empty; then the test has no cases.
func (o *office) testRun(status, outcome string) string {
	o.must(`insert into test_definitions (id, test_id, name, version, type, target_id, cases) values ($1, 'loans', 'Loans', '1.0.0', 'workflow', 'loan',
		case when $2 = '' then '[]' else '[{"caseId": "small", "input": {}}, {"caseId": "large", "input": {}}]'::jsonb end) on conflict do nothing`, aTestID, outcome)
	id := o.insert("tsr", `insert into test_runs (run_id, test_definition_id, status, completed_at) values ('', $1, lower($2), case when $2 <> 'RUNNING' then now() end)`, aTestID, status)
	if outcome != "" {
		_, uid, err := nodeid.Decode(id)
		require.NoError(o.t, err)
		o.must(`insert into test_case_results (test_run_id, case_id, status) values ($1, 'small', $2), ($1, 'large', 'passed')`, uid, outcome)
	}
	return id
}

func TestARunTakesResultsOfItsCasesAndEndsAsTheySay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.testRun("PASSED", "passed")
	o.must(`update test_definitions set status = 'active'`)
	ran := func(verb, input string) payload {
		got, errs := o.change(ann, "testRun"+verb, "testRun", input)
		require.Empty(t, errs, input)
		return got
	}
	require.Equal(t, "/environment", ran("Start", `testId: "loans", environment: "moon"`).UserErrors[0].Path)
	require.Equal(t, "NotFoundError", ran("Start", `testId: "nothing"`).UserErrors[0].Type)
	require.Equal(t, "ValidationError", ran("Start", ``).UserErrors[0].Type)
	require.Equal(t, "/id", ran("Start", `id: "nonsense"`).UserErrors[0].Path)
	begun := ran("Start", `testId: "loans", environment: "ci", runId: "nightly-1", reason: "nightly"`)
	require.Empty(t, begun.UserErrors)
	require.Equal(t, "RUNNING", begun.Row.Status)
	require.Equal(t, "ConflictError", ran("Start", `testId: "loans", runId: "nightly-1"`).UserErrors[0].Type)
	id := `id: "` + begun.Row.ID + `"`

	for results, path := range map[string]string{
		``:                                 "/results",
		`{caseId: "huge", status: PASSED}`: "/results/0/caseId",
		`{caseId: "small", status: PASSED}, {caseId: "small", status: FAILED}`: "/results/1/caseId",
		`{caseId: "small", status: PASSED, durationMs: -1}`:                    "/results/0/durationMs",
		`{caseId: "small", status: ERROR, error: {code: "x"}}`:                 "/results/0/error/message",
		`{caseId: "small", status: FAILED, assertions: [{type: "equals"}]}`:    "/results/0/assertions/0/passed",
		`{caseId: "small", status: PASSED, input: 5}`:                          "/results/0/input",
	} {
		got := ran("RecordResults", id+`, results: [`+results+`]`)
		require.Nil(t, got.Row, results)
		require.Equal(t, path, got.UserErrors[0].Path, results)
	}
	require.Empty(t, ran("RecordResults", id+`, expectedRevision: 1, results: [{caseId: "large", status: FAILED, durationMs: 12, output: "x",
		input: {a: 1}, assertions: [{type: "equals", path: "$.a", expected: 1, actual: "x", passed: false}]}]`).UserErrors)
	again := ran("RecordResults", id+`, results: [{caseId: "small", status: PASSED}, {caseId: "large", status: PASSED}]`)
	require.Equal(t, "ConflictError /results/1/caseId", again.UserErrors[0].Type+" "+again.UserErrors[0].Path, "a result is written once")

	unfinished := ran("Finish", id)
	require.Equal(t, "ValidationError", unfinished.UserErrors[0].Type, "the batch was refused whole, so small has no result")
	require.Equal(t, "/status", ran("Finish", id+`, status: PASSED`).UserErrors[0].Path)
	require.Empty(t, ran("RecordResults", id+`, results: [{caseId: "small", status: SKIPPED}]`).UserErrors)
	ended := ran("Finish", id)
	require.Empty(t, ended.UserErrors)
	require.Equal(t, "FAILED", ended.Row.Status)
	require.Equal(t, "ConflictError", ran("RecordResults", id+`, results: [{caseId: "small", status: PASSED}]`).UserErrors[0].Type)

	var data struct {
		TestRun struct {
			TriggeredBy string
			CompletedAt *string
			CaseResults struct {
				Nodes []struct{ CaseID, Status string }
			}
		}
	}
	require.Empty(t, o.send(ann, `{ testRun(runId: "nightly-1") { triggeredBy completedAt caseResults { nodes { caseId status } } } }`, &data))
	require.Equal(t, "ann", data.TestRun.TriggeredBy)
	require.NotNil(t, data.TestRun.CompletedAt)
	require.Equal(t, []struct{ CaseID, Status string }{{"large", "FAILED"}, {"small", "SKIPPED"}}, data.TestRun.CaseResults.Nodes)
}

func TestACaseThatCouldNotBeTriedMakesTheRunAnError(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for outcome, status := range map[string]string{"passed": "PASSED", "skipped": "PASSED", "failed": "FAILED", "timeout": "FAILED", "error": "ERROR"} {
		got, errs := o.change(ann, "testRunFinish", "testRun", `id: "`+o.testRun("RUNNING", outcome)+`"`)
		require.Empty(t, errs)
		require.Equal(t, status, got.Row.Status, outcome)
	}
}
