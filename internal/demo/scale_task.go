package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// trouble is a way in which a task fails.
type trouble struct{ code, category, message string }

type runError struct {
	Message   string    `json:"message"`
	Category  string    `json:"category"`
	Code      string    `json:"code"`
	Step      string    `json:"failedStepId,omitempty"`
	Retriable bool      `json:"retriable"`
	Timestamp time.Time `json:"timestamp"`
}

type taskError struct {
	Code      string    `json:"code"`
	Message   string    `json:"message"`
	Timestamp time.Time `json:"timestamp"`
}

type execution struct {
	Start       time.Time  `json:"start_time"`
	End         *time.Time `json:"end_time,omitempty"`
	Duration    int64      `json:"duration,omitempty"`
	Environment string     `json:"execution_environment"`
	CompletedBy string     `json:"completedBy,omitempty"`
	Context     struct {
		Correlation string `json:"correlationId"`
		Subject     string `json:"subject"`
		Part        int    `json:"part,omitempty"`
	} `json:"businessContext"`
}

// work is a step with a task. A step may take several tasks, when it is done in
// parts, which is also how Scale comes to its numbers.
func (r *run) work(step *step, t *task) {
	parts := int(r.tasks)
	if r.chance.Float64() < r.tasks-float64(parts) {
		parts++
	}
	for part := 1; part <= parts; part++ {
		row := r.newTask(step, t, part, parts)
		r.perform(step, t, &row, part == parts)
		r.rows.tasks = append(r.rows.tasks, row)
		if row.status == "COMPLETED" && r.chance.Float64() < r.told {
			r.event(fmt.Sprintf("%s-%d-done", step.ID, part), "task.instance.completed", r.at, marshal(map[string]string{"stepId": step.ID}), source{"task", row.id.String(), step.ID})
		}
		if row.status != "COMPLETED" {
			return
		}
	}
}

func (r *run) newTask(step *step, t *task, part, parts int) taskRow {
	row := taskRow{
		id: r.id(r.at), definition: t.ID, instance: r.instance.id, workflow: r.workflow.ID, step: step.ID, kind: t.Type, executor: t.Executor,
		key: fmt.Sprintf("task-%s-%s-%d-%d", r.instance.key, step.ID, r.walked, part), assigneeType: "USER", status: "RUNNING", reference: r.subject,
		priority: priorities[popular(r.chance, len(priorities))], input: r.instance.input, retry: t.Retry, created: r.at, updated: r.at, revision: 2,
	}
	if parts > 1 {
		row.reference = fmt.Sprintf("%s, %d of %d", r.subject, part, parts)
	}
	if t.Type == "MANUAL" {
		row.status, row.assignee = "ASSIGNED", &colleagues[popular(r.chance, len(colleagues))]
		if t.Hours > 0 {
			due := r.at.Add(time.Duration(t.Hours * float64(time.Hour)))
			row.due = &due
		}
	}
	return row
}

// perform decides how a task ends, and with it the step when it is the last.
func (r *run) perform(step *step, t *task, row *taskRow, last bool) {
	e := execution{Start: r.at, Environment: "house"}
	e.Context.Correlation, e.Context.Subject = r.instance.correlation, r.subject
	takes := r.between(80*time.Millisecond, 9*time.Second)
	if t.Type == "MANUAL" {
		takes = r.longly(3 * time.Hour)
	}
	bad := r.chance.IntN(1000)
	switch {
	case bad < 9 && r.at.Add(takes).Before(r.now): // it fails, or nobody comes
		r.at = r.at.Add(takes)
		row.status, row.updated = "FAILED", r.at
		what := troubles[r.chance.IntN(len(troubles))]
		if t.Type == "MANUAL" {
			row.status, what = "TIMED_OUT", trouble{"TIMEOUT", "TIMEOUT", "nobody took the task in time"}
		}
		row.err, row.retries = marshal(taskError{what.code, what.message, r.at}), retriesOf(row)
		r.fail(step.ID, what)
	case bad < 13 && t.Type == "MANUAL": // it is forgotten
		r.open(row)
	case !r.complete(step.ID, takes, r.output(t)):
		if r.instance.status == "CANCELLED" {
			row.status, row.updated = "CANCELLED", r.at
		} else if t.Type == "MANUAL" {
			r.open(row)
		}
	default:
		end := r.at
		row.status, row.updated, row.output, row.revision = "COMPLETED", end, r.steps[step.ID].Output, 3
		e.End, e.Duration = &end, takes.Milliseconds()
		if row.assignee != nil {
			e.CompletedBy = *row.assignee
		}
		if !last {
			begun := r.steps[step.ID].StartedAt
			r.steps[step.ID] = stepState{Status: "RUNNING", StartedAt: begun, Attempts: 1}
		}
	}
	row.execution = marshal(e)
}

// open is how a task looks that people have not done yet.
func (r *run) open(row *taskRow) {
	state := r.steps[row.step]
	state.Status, state.CompletedAt, state.Output = "RUNNING", nil, nil
	r.steps[row.step] = state
	switch r.chance.IntN(10) {
	case 0, 1, 2:
		t := r.catalogue.tasks[r.workflow.byStep[row.step].Task]
		row.status, row.executor, row.assignee, row.revision = "PENDING", "unassigned", nil, 1
		if t.Role != "" {
			row.assignee, row.assigneeType = &t.Role, "ROLE"
		}
	case 3:
		row.status, row.draft = "RUNNING", json.RawMessage(`{"reason":"asked for a second photograph"}`)
	}
}

func (r *run) output(t *task) json.RawMessage {
	output := map[string]any{}
	for _, field := range t.Outputs {
		switch {
		case len(field.choices) > 0:
			output[field.name] = field.choices[popular(r.chance, len(field.choices))]
		case field.kind == "boolean":
			output[field.name] = r.chance.IntN(10) > 0
		case field.kind == "integer", field.kind == "number":
			output[field.name] = 1 + r.chance.IntN(60)
		case field.kind == "date":
			output[field.name] = r.at.Add(time.Duration(r.chance.IntN(300)) * time.Hour).Format(time.DateOnly)
		default:
			output[field.name] = r.word(field.name)
		}
	}
	return marshal(output)
}

func retriesOf(row *taskRow) int {
	if len(row.retry) == 0 {
		return 0
	}
	return 3
}

// subjects makes the input of a run after the example of the event that starts
// it, and says what the run is about.
func (r *run) subjects() (json.RawMessage, string) {
	example := r.catalogue.events[r.workflow.Requested].Example
	input, subject := map[string]any{}, ""
	for _, name := range sortedKeys(example) {
		switch value := example[name].(type) {
		case string:
			input[name] = r.word(name)
			if subject == "" || len(name) < 5 {
				subject = fmt.Sprint(input[name])
			}
		case float64:
			input[name] = 1 + r.chance.IntN(int(value)*2+1)
		default:
			input[name] = value
		}
	}
	if subject == "" {
		subject = r.word("name")
	}
	return marshal(input), subject
}

// word is something to write into a field, by the name of the field.
func (r *run) word(field string) string {
	switch field {
	case "title", "piece", "article", "course", "instrument", "articles", "item":
		return pick(r.chance, colours) + " " + pick(r.chance, things)
	case "address", "place", "street":
		return fmt.Sprintf("%s %d", pick(r.chance, streets), 1+r.chance.IntN(80))
	case "email", "contact", "to":
		return fmt.Sprintf("%s%d@mail.example", pick(r.chance, mailNames), r.chance.IntN(900))
	case "name", "customer", "reader", "pupil", "borrower", "tenant", "signed", "signer", "guest", "owner":
		return pick(r.chance, firstNames) + " " + pick(r.chance, lastNames)
	case "slot", "start", "at":
		return r.at.Add(time.Duration(r.chance.IntN(200)) * time.Hour).UTC().Format("2006-01-02T15:04")
	case "reference":
		return r.instance.correlation
	}
	if strings.HasSuffix(field, "Id") {
		return fmt.Sprintf("%s-%06d", strings.ToUpper(field[:1]), r.chance.IntN(1_000_000))
	}
	return pick(r.chance, remarks)
}

func pick(chance *rand.Rand, of []string) string { return of[chance.IntN(len(of))] }
