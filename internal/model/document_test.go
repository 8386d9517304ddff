package model_test

import (
	"fmt"
	"testing"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/stretchr/testify/require"
)

// odd are values that no document should have in a place, and that some have.
var odd = []string{
	`null`, `true`, `0`, `-1e300`, `1.5`, `""`, `"text"`, `"2026-13-45"`, `[]`, `[null]`, `[1, "a", {}]`, `{}`, `{"a": null}`, ``, `{`,
}

func TestNoDocumentIsTooOddToBeRead(t *testing.T) {
	t.Parallel()
	for _, shape := range []string{
		`%s`, `{"steps": %s}`, `{"steps": {"a": %s}}`, `{"steps": {"a": {"status": %s, "attempts": %[1]s, "error": %[1]s, "startedAt": %[1]s}}}`,
		`{"waitingForEvent": %s}`, `{"variables": %s, "stepOutputs": %[1]s, "currentWaitStep": %[1]s}`,
		`[%s]`, `[{"stepId": %s}]`, `[{"stepId": "a", "branches": %s}]`, `[{"stepId": "a", "parallelBranches": [{"steps": %s}]}]`,
		`{"message": %s, "code": %[1]s, "details": %[1]s, "timestamp": %[1]s}`, `{"plan": %s, "failed": %[1]s, "status": %[1]s}`,
		`{"failed": [%s]}`, `{"duration": %s, "escalation": %[1]s, "start_time": %[1]s}`, `{"type": %s, "id": %[1]s}`,
		`{"context": %s, "tags": %[1]s, "retryCount": %[1]s, "lastError": %[1]s, "replay": %[1]s}`,
		`{"compensating_events": %s, "max_retries": %[1]s}`, `{"maxQueueDepth": %s, "totalProcessed": %[1]s}`,
	} {
		for _, value := range odd {
			doc := scalar.JSON(fmt.Sprintf(shape, value))
			require.NotPanics(t, func() { readEverything(doc) }, "%s", doc)
		}
	}
}

// readEverything reads doc in the place of every document of the runtime side.
func readEverything(doc scalar.JSON) {
	for _, status := range model.WorkflowInstanceRunning.Values() {
		w := &model.WorkflowInstance{
			Status: model.WorkflowInstanceStatus(status), StateJSON: doc, ErrorJSON: doc, CancellationJSON: doc, CompensationStateJSON: doc,
		}
		_, _, _, _, _ = w.Variables(), w.WaitingFor(), w.Error(), w.Cancellation(), w.CompensationState()
		model.Progress(model.InstanceSteps(w, model.NewOutline(&model.WorkflowDefinition{StepsJSON: doc})))
	}
	task := &model.TaskInstance{Input: doc, ErrorJSON: doc, ExecutionMetadataJSON: doc}
	_, _, _ = task.InputSummary(), task.Error(), task.ExecutionMetadata()
	event := &model.EventInstance{SourceJSON: doc, MetadataJSON: doc}
	_, _ = event.Source(), event.Metadata()
	(&model.EventSequence{RollbackStrategyJSON: doc}).RollbackStrategy()
	queue := &model.EventQueue{ConfigJSON: doc, MetricsJSON: doc}
	_, _ = queue.Config(), queue.Metrics()
	letter := &model.DeadLetter{OriginalEventJSON: doc, RetryHistoryJSON: doc}
	_, _ = letter.OriginalEvent(), letter.RetryHistory()
	result := &model.TestCaseResult{ErrorJSON: doc, AssertionsJSON: doc}
	_, _ = result.Error(), result.Assertions()
}

func TestACardNeedsNoMoreThanALine(t *testing.T) {
	t.Parallel()
	long := `{"text": "äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü äöü", "z": 1}`
	summary := (&model.TaskInstance{Input: scalar.JSON(long)}).InputSummary()
	require.Len(t, []rune(summary), 121, "cut between characters, with an ellipsis")
	require.Empty(t, (&model.TaskInstance{Input: scalar.JSON(`{"list": [1], "none": null, "empty": ""}`)}).InputSummary())
}
