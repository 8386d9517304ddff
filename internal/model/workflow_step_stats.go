package model

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// WorkflowStepStats is how one step of a version went in its executions.
type WorkflowStepStats struct {
	Step                                WorkflowStep
	Reached, Completed, Failed, Retries int
	Next                                []*StatsGroup

	waits, durations []float64 // milliseconds
	due, onTime      int
}

// StepID is the name of the step.
func (s *WorkflowStepStats) StepID() string { return s.Step.base().StepID }

// DurationMs is how long the step took where it completed.
func (s *WorkflowStepStats) DurationMs() *DurationStats { return distribution(s.durations) }

// WaitMs is how long nobody worked on it.
func (s *WorkflowStepStats) WaitMs() *DurationStats { return distribution(s.waits) }

// OnTimeRate is the part of its tasks that ended before they were due.
func (s *WorkflowStepStats) OnTimeRate() *float64 { return rate(s.onTime, s.due) }

// distribution describes some durations, the shortest first.
func distribution(ms []float64) *DurationStats {
	if len(ms) == 0 {
		return &DurationStats{}
	}
	sum := 0.0
	for _, one := range ms {
		sum += one
	}
	atMost := func(part float64) *float64 { return &ms[int(math.Ceil(part*float64(len(ms))))-1] }
	mean := sum / float64(len(ms))
	return &DurationStats{Count: len(ms), Avg: &mean, P50: atMost(0.5), P95: atMost(0.95), Max: atMost(1)}
}

// MeasureSteps tells how the steps of a definition went in some of its
// executions and tasks, in the order of the document. Of a run its status, times
// and the states of its steps are looked at.
func MeasureSteps(definition *WorkflowDefinition, runs []*WorkflowInstance, tasks []*TaskInstance) []*WorkflowStepStats {
	outline := NewOutline(definition)
	index := outline.read()
	m := stepMeter{steps: map[string]*WorkflowStepStats{}, ways: map[[2]string]*StatsGroup{}}
	out := []*WorkflowStepStats{}
	for _, step := range index.all {
		if m.steps[step.StepID] == nil {
			m.steps[step.StepID] = &WorkflowStepStats{Step: index.byID[step.StepID], Next: []*StatsGroup{}}
			out = append(out, m.steps[step.StepID])
			m.addWays(step, index.byID[step.StepID])
		}
	}
	for _, r := range runs {
		m.run(readRun(r, outline))
	}
	for _, t := range tasks {
		m.task(t)
	}
	for _, s := range out {
		slices.Sort(s.waits)
		slices.Sort(s.durations)
	}
	return out
}

// stepMeter adds up what became of the steps of a definition.
type stepMeter struct {
	steps map[string]*WorkflowStepStats
	ways  map[[2]string]*StatsGroup // from a step to a step
}

// addWays notes where a step may lead: as planned, after a failure, after a
// time-out.
func (m stepMeter) addWays(step *Step, kind WorkflowStep) {
	var ahead []string
	for _, way := range step.Next {
		ahead = append(ahead, way.StepID)
	}
	if f := step.OnFailure(); f != nil {
		ahead = append(ahead, textOr(f.NextStepID, ""), textOr(f.HandlerStepID, ""))
		for _, route := range f.Routes {
			ahead = append(ahead, route.StepID)
		}
	}
	if wait, ok := kind.(*EventWaitStep); ok {
		ahead = append(ahead, textOr(wait.TimeoutHandlerStepID(), ""))
	}
	for _, id := range ahead {
		way := [2]string{step.StepID, id}
		if id != "" && m.ways[way] == nil {
			m.ways[way] = &StatsGroup{Key: &id}
			m.steps[step.StepID].Next = append(m.steps[step.StepID].Next, m.ways[way])
		}
	}
}

func (m stepMeter) run(r run) {
	became := map[string]*WorkflowInstanceStep{}
	for id, stats := range m.steps {
		step := r.step(definedStep{id: id})
		if step.Status == StepNotStarted || step.Status == StepSkipped {
			continue
		}
		became[id] = step
		stats.add(step)
	}
	for id, step := range became {
		if way := m.ways[[2]string{m.before(id, step.StartedAt, became), id}]; way != nil {
			way.Count++
		}
	}
}

// before is the step that led to another: of those with a way to it the one that
// ended last before it began.
func (m stepMeter) before(id string, began *time.Time, became map[string]*WorkflowInstanceStep) (from string) {
	var latest time.Time
	for way := range m.ways {
		step := became[way[0]]
		if way[1] != id || step == nil || began == nil {
			continue
		}
		end := latestOf(step)
		if end == nil || end.After(*began) {
			continue
		}
		if order := end.Compare(latest); from == "" || cmp.Or(order, cmp.Compare(way[0], from)) > 0 {
			from, latest = way[0], *end
		}
	}
	return from
}

// latestOf is when a step was over. Of one that failed only its start is known.
func latestOf(s *WorkflowInstanceStep) *time.Time {
	if s.CompletedAt == nil && s.Status == StepFailed {
		return s.StartedAt
	}
	return s.CompletedAt
}

func (s *WorkflowStepStats) add(step *WorkflowInstanceStep) {
	s.Reached++
	s.Retries += max(step.Attempts-1, 0)
	switch step.Status {
	case StepCompleted:
		s.Completed++
	case StepFailed:
		s.Failed++
	}
	took := step.DurationMs()
	if took == nil || step.Status != StepCompleted {
		return
	}
	s.durations = append(s.durations, float64(*took))
	if _, waits := s.Step.(*EventWaitStep); waits {
		s.waits = append(s.waits, float64(*took))
	}
}

// task adds the time until somebody began, and whether the end was in time.
func (m stepMeter) task(t *TaskInstance) {
	s := m.steps[t.StepID]
	if s == nil {
		return
	}
	facts := t.ExecutionMetadata()
	if waited := between(&t.CreatedAt, facts.StartTime); waited != nil && *waited >= 0 {
		s.waits = append(s.waits, float64(*waited))
	}
	if t.DueAt == nil || t.Status != TaskInstanceCompleted {
		return
	}
	s.due++
	if end := cmp.Or(facts.CompletedAt, facts.EndTime, &t.UpdatedAt); !end.After(*t.DueAt) {
		s.onTime++
	}
}

// Slowest are the n steps that took longest by the half of their executions.
func Slowest(steps []*WorkflowStepStats, n int) []*WorkflowStepStats {
	median := func(s *WorkflowStepStats) float64 {
		if p50 := s.DurationMs().P50; p50 != nil {
			return *p50
		}
		return -1
	}
	sorted := slices.SortedStableFunc(slices.Values(steps), func(a, b *WorkflowStepStats) int { return cmp.Compare(median(b), median(a)) })
	return sorted[:min(n, len(sorted))]
}
