package demo

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	tasksPerRun  = 8.0
	eventsPerRun = 5.0
	longestWalk  = 24 // steps, because a run may be sent back
)

// simulator makes up runs of the workflows of the catalogue.
type simulator struct {
	*catalogue
	now   time.Time
	tasks float64 // tasks for each step that has one
	told  float64 // how many of them an event tells of
}

// newSimulator tries some runs to learn how long they are, so that there are
// about as many tasks and events as wanted whatever the definitions are.
func newSimulator(c *catalogue, now time.Time) *simulator {
	s := &simulator{catalogue: c, now: now, tasks: 1, told: 1}
	const tries = 2000
	var tried rows
	for number := range tries {
		s.simulate(&tried, map[string]*instanceRow{}, number, now.Add(-scaleWindow/tries*time.Duration(number)))
	}
	s.tasks = max(tasksPerRun*tries/float64(len(tried.tasks)), 1)
	others := float64(len(tried.events) - len(tried.tasks))
	s.told = min(max((eventsPerRun*tries-others)/(tasksPerRun*tries), 0), 1)
	return s
}

// run is one execution while it is made up.
type run struct {
	*simulator
	rows     *rows
	chance   *rand.Rand
	number   int
	workflow *workflow
	instance instanceRow
	subject  string // what it is about, in the words of a screen
	at       time.Time
	steps    map[string]stepState
	cause    string // the event that brought the run here
	walked   int
	events   int
	waiting  *waitingFor
}

type stepState struct {
	Status      string          `json:"status"`
	StartedAt   *time.Time      `json:"startedAt,omitempty"`
	CompletedAt *time.Time      `json:"completedAt,omitempty"`
	Attempts    int             `json:"attempts,omitempty"`
	Output      json.RawMessage `json:"output,omitempty"`
	Error       *runError       `json:"error,omitempty"`
}

type waitingFor struct {
	EventPattern string    `json:"eventPattern"`
	Since        time.Time `json:"since"`
}

type runState struct {
	Variables   json.RawMessage      `json:"variables"`
	CurrentStep string               `json:"currentStepId,omitempty"`
	CurrentWait string               `json:"currentWaitStep,omitempty"`
	Waiting     *waitingFor          `json:"waitingForEvent,omitempty"`
	Steps       map[string]stepState `json:"steps"`
}

// simulate makes the run with this number. The number alone decides what
// happens in it, so the same number is the same run.
func (s *simulator) simulate(into *rows, failed map[string]*instanceRow, number int, start time.Time) {
	r := &run{simulator: s, rows: into, number: number, at: start, steps: map[string]stepState{}, chance: rand.New(rand.NewPCG(scaleSeed, uint64(number)<<8|2))}
	r.workflow = s.version(s.workflows[popular(r.chance, len(s.workflows))], start)
	w := r.workflow
	r.instance = instanceRow{
		id: r.id(start), key: fmt.Sprintf("%s-%06d", w.Key, number+1), status: "RUNNING", definition: w.ID, trigger: w.Start,
		correlation: fmt.Sprintf("%s-%06d", strings.ToUpper(w.Key[:3]), number+1), created: start, revision: 1,
	}
	r.instance.input, r.subject = r.subjects()
	requested := r.event("requested", w.Requested, start, r.instance.input, source{"external", "web-desk", "Web desk"})
	r.cause, r.instance.triggerEvent = requested.key, requested.id
	if before := failed[w.Key]; before != nil && r.chance.IntN(3) == 0 {
		r.instance.parent = &before.id
		delete(failed, w.Key)
	}
	begun := start.Add(r.between(time.Second, 20*time.Second))
	if r.chance.IntN(400) == 0 || begun.After(s.now) {
		r.instance.status = "CREATED"
	} else {
		r.at, r.instance.started = begun, &begun
		r.walk(w.Steps[0].ID)
	}
	r.close()
	if r.instance.status == "FAILED" {
		kept := r.instance
		failed[w.Key] = &kept
	}
}

// walk follows the steps until the run ends or its present is reached.
func (r *run) walk(id string) {
	for r.instance.status == "RUNNING" {
		step := r.workflow.byStep[id]
		if step == nil {
			r.finish("COMPLETED")
			return
		}
		r.instance.step = id
		r.do(step)
		if r.instance.status != "RUNNING" || r.stopped() {
			return
		}
		if len(step.Next) == 0 || step.Type == "END" {
			r.finish("COMPLETED")
			return
		}
		id = r.onward(step.Next)
	}
}

// stopped tells whether the step at hand is where the run is now.
func (r *run) stopped() bool {
	state := r.steps[r.instance.step]
	return state.Status != "COMPLETED"
}

// onward chooses a way. The first condition holds mostly, and a run that was
// sent back often does not go back again.
func (r *run) onward(ways []onward) string {
	r.walked++
	for i, way := range ways {
		if way.Condition == "" || i == len(ways)-1 || r.chance.IntN(100) < 80 {
			if _, again := r.steps[way.Step]; again && r.walked > longestWalk/2 && i < len(ways)-1 {
				continue
			}
			if r.walked > longestWalk {
				return ways[len(ways)-1].Step
			}
			return way.Step
		}
	}
	return ways[len(ways)-1].Step
}

// do is what happens at a step.
func (r *run) do(step *step) {
	begun := r.at
	r.steps[step.ID] = stepState{Status: "RUNNING", StartedAt: &begun, Attempts: 1}
	switch {
	case step.EventPattern != "":
		r.await(step)
	case len(step.Branches) > 0:
		r.parallel(step)
	case step.Task != "" && r.catalogue.tasks[step.Task] != nil:
		r.work(step, r.catalogue.tasks[step.Task])
	case step.Type == "HUMAN_TASK":
		r.complete(step.ID, r.longly(6*time.Hour), nil)
	default:
		r.complete(step.ID, time.Millisecond, nil)
	}
}

// complete ends a step after some time, unless the present comes first or the
// run is cancelled in between.
func (r *run) complete(id string, after time.Duration, output json.RawMessage) bool {
	end := r.at.Add(after)
	if end.After(r.now) {
		return false
	}
	if after > time.Minute && r.chance.IntN(70) == 0 {
		r.at = r.at.Add(after / 2)
		r.cancel(id)
		return false
	}
	r.at = end
	r.steps[id] = stepState{Status: "COMPLETED", StartedAt: r.steps[id].StartedAt, CompletedAt: &end, Attempts: 1, Output: output}
	r.instance.revision++
	return true
}

func (r *run) parallel(step *step) {
	begun, latest := r.at, r.at
	for _, branch := range step.Branches {
		r.at = begun
		for i := range branch.Steps {
			inner := &branch.Steps[i]
			r.do(inner)
			if r.instance.status != "RUNNING" {
				return
			}
			if r.steps[inner.ID].Status != "COMPLETED" {
				latest = r.now.Add(time.Hour) // the others go on, the join waits
				break
			}
		}
		if r.at.After(latest) {
			latest = r.at
		}
	}
	r.at = begun
	r.complete(step.ID, latest.Sub(begun), nil)
}

// await is a wait for an event: it comes, it does not come yet, or never.
func (r *run) await(step *step) {
	limit := r.at.Add(14 * 24 * time.Hour)
	wait := waitRow{id: r.id(r.at), instance: r.instance.id, key: fmt.Sprintf("wait-%s-%s-%d", r.instance.key, step.ID, r.walked),
		pattern: step.EventPattern, status: "active", step: step.ID, created: r.at, updated: r.at, timeout: &limit}
	since := r.at
	if r.chance.IntN(25) != 0 && r.complete(step.ID, r.longly(20*time.Hour), nil) {
		fulfilled := r.event(step.ID, strings.ReplaceAll(step.EventPattern, "*", "arrived"), r.at, r.instance.input, source{"external", "web-desk", "Web desk"})
		wait.status, wait.fulfilled, wait.by, wait.updated = "fulfilled", &fulfilled.at, &fulfilled.id, fulfilled.at
		r.cause = fulfilled.key
	} else if r.instance.status == "CANCELLED" {
		wait.status, wait.updated = "cancelled", r.at
	} else if limit.Before(r.now) {
		r.at = limit
		wait.status, wait.updated = "expired", limit
		r.fail(step.ID, trouble{"WAIT_TIMEOUT", "TIMEOUT", "nothing came within two weeks"})
	} else {
		state := r.steps[step.ID]
		state.Status = "WAITING"
		r.steps[step.ID] = state
		r.instance.status = "WAITING_FOR_EVENT"
		r.waiting = &waitingFor{step.EventPattern, since}
	}
	r.rows.waits = append(r.rows.waits, wait)
}

func (r *run) finish(status string) {
	at := r.at
	r.instance.status, r.instance.completed, r.instance.step = status, &at, ""
	r.instance.revision++
	if status == "COMPLETED" {
		r.instance.output = marshal(map[string]string{"result": "done"})
		r.event("completed", "workflow.instance.completed", at, json.RawMessage("{}"), source{"workflow", r.instance.id.String(), r.workflow.Key})
	}
}

func (r *run) fail(id string, t trouble) {
	at := r.at
	err := &runError{Message: t.message, Category: t.category, Code: t.code, Step: id, Retriable: t.category != "BUSINESS", Timestamp: at}
	state := r.steps[id]
	state.Status, state.Error = "FAILED", err
	r.steps[id] = state
	r.instance.err, r.instance.status, r.instance.completed = marshal(err), "FAILED", &at
	r.instance.revision++
	r.event("failed", "workflow.instance.failed", at, marshal(map[string]string{"code": t.code}), source{"workflow", r.instance.id.String(), r.workflow.Key})
}

func (r *run) cancel(id string) {
	at := r.at
	state := r.steps[id]
	state.Status = "CANCELLED"
	r.steps[id] = state
	r.instance.status, r.instance.completed = "CANCELLED", &at
	r.instance.revision++
	c := map[string]any{"reason": "withdrawn by the customer", "requestedBy": "web-desk", "requestedAt": at, "source": "USER", "shouldCompensate": false}
	if r.workflow.Withdrawn != "" {
		e := r.event("withdrawn", r.workflow.Withdrawn, at, json.RawMessage(`{"reason":"changed plans"}`), source{"external", "web-desk", "Web desk"})
		c["source"], c["eventId"] = "EVENT", e.key
	}
	r.instance.cancellation = marshal(c)
}

// close writes down where the run is.
func (r *run) close() {
	state := runState{Variables: r.instance.input, CurrentStep: r.instance.step, Waiting: r.waiting, Steps: r.steps}
	if r.waiting != nil {
		state.CurrentWait = r.instance.step
	}
	r.instance.state, r.instance.updated = marshal(state), r.at
	r.rows.instances = append(r.rows.instances, r.instance)
}

type source struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

type eventMetadata struct {
	Correlation string    `json:"correlationId"`
	Causation   string    `json:"causationId,omitempty"`
	ReceivedAt  time.Time `json:"receivedAt"`
}

func (r *run) event(what, pattern string, at time.Time, payload json.RawMessage, from source) *eventRow {
	id := r.id(at)
	r.events++
	r.rows.events = append(r.rows.events, eventRow{
		id: id, key: fmt.Sprintf("evt-%s-%s-%d", r.instance.key, what, r.events), pattern: pattern, definition: r.catalogue.events[pattern].ID, at: at, payload: payload,
		source: marshal(from), metadata: marshal(eventMetadata{r.instance.correlation, r.cause, at}),
	})
	return &r.rows.events[len(r.rows.events)-1]
}

// id is a UUID of version 7 for a time.
func (r *run) id(at time.Time) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|0x7000|r.chance.Uint64()&0x0fff)
	binary.BigEndian.PutUint64(id[8:], r.chance.Uint64()&0x3fff_ffff_ffff_ffff|0x8000_0000_0000_0000)
	return id
}

func (r *run) between(least, most time.Duration) time.Duration {
	return (least + time.Duration(r.chance.Int64N(int64(most-least)))).Truncate(time.Millisecond)
}

// longly is a time that people take: mostly near the middle, sometimes days.
func (r *run) longly(middle time.Duration) time.Duration {
	return time.Duration(float64(middle) * math.Exp(r.chance.NormFloat64())).Truncate(time.Millisecond)
}

// popular chooses a place of many: the first half is taken twice as often.
func popular(chance *rand.Rand, of int) int {
	return min(chance.IntN(of), chance.IntN(of)+chance.IntN(2)*of)
}

func marshal(value any) json.RawMessage {
	document, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("demo: %v", err)) // only our own types are written
	}
	return document
}
