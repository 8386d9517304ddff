package model_test

import (
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/stretchr/testify/require"
)

// measuredSteps ask, wait for an answer, and either book or end; a failed
// question goes to a person.
const measuredSteps = `[
	{"stepId": "ask", "type": "TASK", "taskId": "t", "next": [{"nextStepId": "wait"}], "onFailure": {"action": "continue", "handlerStepId": "person"}},
	{"stepId": "person", "type": "TASK", "taskId": "t", "next": [{"nextStepId": "wait"}]},
	{"stepId": "wait", "type": "EVENT_WAIT", "eventPattern": "a.b", "next": [{"nextStepId": "book", "condition": "x"}, {"nextStepId": "end"}]},
	{"stepId": "book", "type": "TASK", "taskId": "t", "next": [{"nextStepId": "end"}]},
	{"stepId": "end", "type": "END"}]`

func runWith(steps string) *model.WorkflowInstance {
	return &model.WorkflowInstance{Status: model.WorkflowInstanceRunning, StateJSON: scalar.JSON(`{"steps": {` + steps + `}}`)}
}

func done(id, from, to, more string) string {
	return `"` + id + `": {"status": "COMPLETED", "startedAt": "2026-01-01T` + from + `:00Z", "completedAt": "2026-01-01T` + to + `:00Z"` + more + `}`
}

func TestStepsAreMeasuredWhereTheirRunsWent(t *testing.T) {
	t.Parallel()
	runs := []*model.WorkflowInstance{
		runWith(done("ask", "08:00", "08:01", `, "attempts": 3`) + "," + done("wait", "08:01", "08:11", "") + "," + done("book", "08:11", "08:12", "") + "," + done("end", "08:12", "08:12", "")),
		runWith(done("ask", "08:00", "08:03", "") + "," + done("wait", "08:03", "08:33", "") + "," + done("end", "08:33", "08:33", "")),
		runWith(`"ask": {"status": "FAILED", "startedAt": "2026-01-01T08:00:00Z"},` + done("person", "08:05", "08:06", "") + `, "wait": {"status": "WAITING", "startedAt": "2026-01-01T08:06:00Z"}`),
		runWith(`"ask": {"status": "SKIPPED"}`),
	}
	steps := model.MeasureSteps(&model.WorkflowDefinition{StepsJSON: scalar.JSON(measuredSteps)}, runs, nil)
	require.Len(t, steps, 5)
	ask, person, wait, book := steps[0], steps[1], steps[2], steps[3]
	require.Equal(t, "ask", ask.StepID())
	require.Equal(t, []int{3, 2, 1, 2}, []int{ask.Reached, ask.Completed, ask.Failed, ask.Retries})
	require.Equal(t, map[string]int64{"wait": 2, "person": 1}, waysOn(ask))
	require.Equal(t, map[string]int64{"wait": 1}, waysOn(person), "the wait began after the person, not after the question")
	require.Equal(t, map[string]int64{"book": 1, "end": 1}, waysOn(wait))
	require.Equal(t, map[string]int64{"end": 1}, waysOn(book))
	require.Equal(t, minutes(10), *wait.WaitMs().P50)
	require.Equal(t, minutes(30), *wait.WaitMs().P95)
	require.Equal(t, minutes(2), *ask.DurationMs().Avg)
	require.Equal(t, &model.DurationStats{}, book.WaitMs(), "nothing is known")
	slowest := model.Slowest(steps, 2)
	require.Equal(t, []string{"wait", "ask"}, []string{slowest[0].StepID(), slowest[1].StepID()})
}

func TestWaitsAndDueTimesComeFromTheTasks(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	task := func(status model.TaskInstanceStatus, facts string, due time.Duration) *model.TaskInstance {
		task := &model.TaskInstance{StepID: "ask", Status: status, ExecutionMetadataJSON: scalar.JSON(facts)}
		task.CreatedAt, task.UpdatedAt = created, created.Add(time.Hour)
		if due > 0 {
			at := created.Add(due)
			task.DueAt = &at
		}
		return task
	}
	steps := model.MeasureSteps(&model.WorkflowDefinition{StepsJSON: scalar.JSON(measuredSteps)}, nil, []*model.TaskInstance{
		task(model.TaskInstanceCompleted, `{"start_time": "2026-01-01T08:10:00Z", "completedAt": "2026-01-01T08:20:00Z"}`, 20*time.Minute),
		task(model.TaskInstanceCompleted, `{"start_time": "2026-01-01T08:20:00Z"}`, 59*time.Minute),
		task(model.TaskInstanceRunning, `{"start_time": "2026-01-01T08:30:00Z"}`, time.Minute),
		task(model.TaskInstancePending, `{}`, 0),
	})
	require.Equal(t, 3, steps[0].WaitMs().Count)
	require.Equal(t, minutes(20), *steps[0].WaitMs().P50)
	require.InDelta(t, 0.5, *steps[0].OnTimeRate(), 0)
	require.Nil(t, steps[1].OnTimeRate())
}

func waysOn(s *model.WorkflowStepStats) map[string]int64 {
	out := map[string]int64{}
	for _, way := range s.Next {
		out[*way.Key] = way.Count
	}
	return out
}

func minutes(n int) float64 { return float64(n) * 60_000 }
