package definition_test

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

func TestASaveOfEachKindKeepsWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for prefix, input := range complete("k") {
		input.Common().Description = some("first")
		row := d.save(prefix, input)
		id := row.ID()
		change := complete("k")[prefix]
		*change.Common() = model.DefinitionSave{ID: &id, Name: some("Other")}
		changed := d.save(prefix, change)
		require.Equal(t, id, changed.ID())
		after := d.one(`select name || ' ' || description || ' ' || revision from `+tables[prefix]+` where id = $1`, of(row).ID)
		require.Equal(t, "Other first 2", after, prefix)
	}
}

func TestNullClearsWhatMayBeEmptyAndIsRefusedElsewhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	input := complete("k")["tkd"].(*model.TaskDefinitionSaveInput)
	input.Timeout, input.Metadata = some(5), doc(`{"tags": ["a"]}`)
	id := d.save("tkd", input).ID()
	d.save("tkd", &model.TaskDefinitionSaveInput{DefinitionSave: model.DefinitionSave{ID: &id}, Timeout: graphql.OmittableOf[*int](nil), Metadata: graphql.OmittableOf[scalar.JSON](nil)})
	require.Equal(t, "true", d.one(`select (timeout is null and metadata is null)::text from task_definitions`))
	_, err := d.Save(d.ctx(), "tkd", &model.TaskDefinitionSaveInput{
		DefinitionSave: model.DefinitionSave{ID: &id, Name: graphql.OmittableOf[*string](nil)}, InputSchema: graphql.OmittableOf[scalar.JSON](nil),
	}, false)
	require.ElementsMatch(t, []string{"VALIDATION_FAILED /name", "VALIDATION_FAILED /inputSchema"}, faults(err))
}

func TestEverythingWrongIsToldAtOnceAtItsPlace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for prefix, c := range map[string]struct {
		input model.SaveInput
		want  []string
	}{
		"wfd": {&model.WorkflowDefinitionSaveInput{InputSchema: doc(`{"type": 5}`), ExecutionLog: doc(`[]`), Steps: doc(`[{"stepId": "a", "onFailure": {"nextStepId": "x"}}]`)},
			[]string{"/name", "/inputSchema/type", "/executionLog", "/steps/0/onFailure/nextStepId"}},
		"tkd": {&model.TaskDefinitionSaveInput{RetryPolicy: doc(`{"maxRetries": -1, "retryInterval": 1, "backoffMultiplier": 1}`)}, []string{"/name", "/type", "/executionConfig", "/retryPolicy/maxRetries"}},
		"evd": {&model.EventDefinitionSaveInput{Pattern: some("a.*"), PayloadSchema: doc(`{"$ref": "http://elsewhere"}`)}, []string{"/name", "/pattern", "/payloadSchema/$ref"}},
		"ind": {&model.IntegrationDefinitionSaveInput{Methods: doc(`[{"id": "a", "name": "A", "inputSchema": {}, "outputSchema": {}}, {"id": "a", "name": "B", "inputSchema": {}, "outputSchema": {}}]`)},
			[]string{"/name", "/authType", "/methods/1/id"}},
		"uic": {&model.UIComponentSaveInput{Fields: doc(`[{"fieldKey": "a", "label": "A", "type": "colour"}]`)}, []string{"/name", "/componentType", "/fields/0/type"}},
		"tsd": {&model.TestDefinitionSaveInput{Cases: doc(`[{"caseId": "a", "input": {}}, {"caseId": "a", "input": {}}]`), Tags: doc(`{}`)}, []string{"/name", "/type", "/targetId", "/cases/1/caseId", "/tags"}},
	} {
		_, err := d.Save(d.ctx(), prefix, c.input, false)
		var paths []string
		for _, f := range fault.ListOf(err) {
			paths = append(paths, f.Path)
		}
		for _, want := range c.want {
			require.Contains(t, paths, want, prefix)
		}
		require.Equal(t, "0", d.one(`select count(*)::text from `+tables[prefix]), "nothing is half written")
	}
}

func TestTextsAndKeysHaveBounds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	long := strings.Repeat("ä", 256)
	input := complete(long)["uic"].(*model.UIComponentSaveInput)
	input.Name, input.Title, input.Description = some(long), some(long), some(strings.Repeat(long, 100))
	_, err := d.Save(d.ctx(), "uic", input, false)
	require.ElementsMatch(t, []string{"VALIDATION_FAILED /componentId", "VALIDATION_FAILED /name", "VALIDATION_FAILED /title"}, faults(err))
	for _, key := range []string{"", " ", "a\x1fb"} {
		_, err := d.Save(d.ctx(), "uic", complete(key)["uic"], false)
		require.Equal(t, []string{"VALIDATION_FAILED /componentId"}, faults(err))
	}
}

func TestADraftWithoutAKeyGetsOneAndVersionsCountUp(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	input := complete("k")["ind"].(*model.IntegrationDefinitionSaveInput)
	input.IntegrationID = nil
	row := d.save("ind", input)
	require.Equal(t, row.ID(), d.one(`select integration_id from integration_definitions`))
	require.Equal(t, "1.0.0", number(row))
	key := row.ID()
	for _, want := range []string{"1.0.1", "1.0.2"} {
		again := complete(key)["ind"]
		require.Equal(t, want, number(d.save("ind", again)))
	}
	taken := complete(key)["ind"]
	version := "1.0.1"
	taken.Common().Version = &version
	_, err := d.Save(d.ctx(), "ind", taken, false)
	require.Equal(t, []string{"CONFLICT /version"}, faults(err))
}

func TestASaveOfANewDraftExpectsNothingAndKeepsItsKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	input := complete("k")["tkd"]
	one := 1
	input.Common().ExpectedRevision = &one
	_, err := d.Save(d.ctx(), "tkd", input, false)
	require.Equal(t, []string{"BAD_USER_INPUT /expectedRevision"}, faults(err))
	row := d.save("tkd", complete("k")["tkd"])
	id := row.ID()
	other := complete("other")["tkd"]
	other.Common().ID = &id
	_, err = d.Save(d.ctx(), "tkd", other, false)
	require.Equal(t, []string{"VALIDATION_FAILED /taskId"}, faults(err))
	_, err = d.Save(d.ctx(), "evd", &model.EventDefinitionSaveInput{DefinitionSave: model.DefinitionSave{ID: &id}}, false)
	require.Equal(t, []string{"BAD_USER_INPUT /id"}, faults(err), "the id of a task names no event")
}

func TestADryRunWritesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for prefix, input := range complete("k") {
		out, err := d.Save(d.ctx(), prefix, input, true)
		require.NoError(t, err)
		require.Equal(t, "1.0.0", number(out.Definition))
		require.Equal(t, "0", d.one(`select count(*)::text from `+tables[prefix]))
	}
	require.Equal(t, "0", d.one(`select count(*)::text from change_log`))
}

func TestOlderFormsAreStoredInThePresentOneAndSo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	out, err := d.Save(d.ctx(), "wfd", workflow(`[{"stepId": "a", "taskId": "x", "branches": []}, {"stepId": "b", "eventPattern": "x.y", "timeout": 1500}]`), false)
	require.NoError(t, err)
	require.Contains(t, said(out.Problems), "INFO LEGACY_SHAPE /steps/1/timeout")
	require.JSONEq(t, `"PT1.5S"`, d.one(`select steps->1->'timeout' from workflow_definitions`))
}

func TestAWorkflowIsSavedWithItsTestsOrNotAtAll(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	input := workflow(`[{"stepId": "a", "type": "END"}]`)
	input.Tests = []*model.TestDefinitionSaveInput{
		{DefinitionSave: named("Good"), Cases: doc(`[{"caseId": "a", "input": {}}]`)},
		{DefinitionSave: named("Bad"), Cases: doc(`[{"caseId": 5}]`)},
	}
	_, err := d.Save(d.ctx(), "wfd", input, false)
	require.Contains(t, faults(err), "VALIDATION_FAILED /tests/1/cases/0/caseId")
	require.Equal(t, "0 0", d.one(`select (select count(*) from workflow_definitions) || ' ' || (select count(*) from test_definitions)`))
	input.Tests[1].Cases = doc(`[{"caseId": "b", "input": {}}]`)
	d.save("wfd", input)
	require.Equal(t, "workflow shop, workflow shop", d.one(`select string_agg(type || ' ' || target_id, ', ') from test_definitions`))
	input.Tests[0].TargetID = some("other")
	_, err = d.Save(d.ctx(), "wfd", input, false)
	require.Equal(t, []string{"BAD_USER_INPUT /tests/0"}, faults(err))
}

func TestASaveSetsEveryColumnOfTheContent(t *testing.T) {
	t.Parallel()
	for prefix, input := range complete("k") {
		d := repository.ByPrefix(prefix)
		columns := []string{d.Key}
		for _, c := range model.SavedColumns(input) {
			columns = append(columns, c.Column)
		}
		require.ElementsMatch(t, d.Content(), columns, d.Name)
	}
}
