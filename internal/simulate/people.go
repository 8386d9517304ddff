package simulate

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

// How often things go wrong, out of a hundred.
const (
	integrationsFail = 12
	peopleFail       = 2
	retried          = 65
)

// work makes the next move of an open task in the name of whoever does it.
func (s *Simulator) work(ctx context.Context, task *model.TaskInstance) error {
	target := instance.Target{ID: task.UUID, Expected: &task.Revision}
	if task.Type == "MANUAL" {
		return s.byPerson(ctx, task, target)
	}
	switch {
	case task.Status == model.TaskInstancePending:
		_, err := s.tasks.Start(ctx, target)
		return err
	case rand.IntN(100) < integrationsFail:
		return s.failed(ctx, task, target)
	}
	return s.done(ctx, task, target)
}

func (s *Simulator) byPerson(ctx context.Context, task *model.TaskInstance, target instance.Target) error {
	who := people[rand.IntN(len(people))]
	if task.AssigneeType == model.AssigneeUser && task.Assignee != nil {
		who = *task.Assignee
	}
	roles := append([]string{}, engine.Roles...)
	if task.Assignee != nil {
		roles = append(roles, *task.Assignee)
	}
	ctx = auth.With(ctx, auth.Identity{Name: who, Roles: roles})
	var err error
	switch {
	case task.Status == model.TaskInstancePending || task.AssigneeType != model.AssigneeUser:
		_, err = s.tasks.Claim(ctx, target)
	case task.Status == model.TaskInstanceAssigned:
		_, err = s.tasks.Start(ctx, target)
	case rand.IntN(100) < peopleFail:
		return s.failed(ctx, task, target)
	default:
		return s.done(ctx, task, target)
	}
	return err
}

// done completes a task with an output its definition asks for.
func (s *Simulator) done(ctx context.Context, task *model.TaskInstance, target instance.Target) error {
	found, err := repository.ByKeys(ctx, s.Writer.Store, repository.TaskDefinitions, repository.Relation{}, []string{"output_schema"}, []any{task.TaskDefinitionID})
	if err != nil {
		return err
	}
	output := scalar.JSON("{}")
	if definition := found[task.TaskDefinitionID]; definition != nil {
		output = fill(definition.OutputSchema)
	}
	_, err = s.tasks.Complete(ctx, target, output)
	return err
}

// failed ends a task with one of the usual troubles; some leave a dead letter.
func (s *Simulator) failed(ctx context.Context, task *model.TaskInstance, target instance.Target) error {
	trouble := troubles[rand.IntN(len(troubles))]
	doc, err := json.Marshal(map[string]any{"code": trouble.code, "message": trouble.message})
	if err != nil {
		return err
	}
	if _, err := s.tasks.Fail(ctx, target, doc); err != nil || rand.IntN(2) == 0 {
		return err
	}
	return s.letter(ctx, task, trouble)
}

// afterFailure tries a failed task again, and gives the run up when that was
// done before.
func (s *Simulator) afterFailure(ctx context.Context, run *model.WorkflowInstance, task *model.TaskInstance) error {
	if task.RetryCount < 3 && task.Status != model.TaskInstanceCancelled && rand.IntN(100) < retried {
		_, err := s.tasks.Retry(ctx, instance.Target{ID: task.UUID, Expected: &task.Revision, Reason: "tried again"})
		return err
	}
	message := "The task was given up"
	if cause := task.Error(); cause != nil {
		message = cause.Message
	}
	return s.change(ctx, run, "step "+task.StepID+" failed", func(l *lead) error {
		l.fail(message)
		return nil
	})
}

// resolve closes a dead letter that has waited for a while.
func (s *Simulator) resolve(ctx context.Context) error {
	rows, err := repository.List(ctx, s.Writer.Store, repository.DeadLetters, repository.ListQuery{
		Name: "simulated", Columns: []string{"id"}, Order: "CREATED_AT_ASC", Page: page.Request{Size: 1}, Where: lettersWhere(model.DeadLetterPending),
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	ctx = auth.With(ctx, operator)
	if rand.IntN(4) == 0 {
		_, err = s.operations.Discard(ctx, instance.Target{ID: rows[0].UUID, Reason: "nobody needs it any more"})
	} else {
		_, err = s.operations.Resolve(ctx, instance.Target{ID: rows[0].UUID, Reason: "delivered by hand"})
	}
	return err
}

func lettersWhere(statuses ...model.DeadLetterStatus) *model.DeadLetterWhere {
	key := prefix
	return &model.DeadLetterWhere{EntryID: &model.StringFilter{Prefix: &key}, Status: &model.DeadLetterStatusFilter{In: statuses}}
}

// roleOf is the role whose inbox a task goes to.
func roleOf(definition *model.TaskDefinition) string {
	var rules struct{ Role string }
	if json.Unmarshal(definition.ExecutionConfig().AssignmentRules, &rules) != nil || rules.Role == "" {
		return "office"
	}
	return rules.Role
}

// fill makes up a document that satisfies a plain schema: each property by its
// type and name.
func fill(schema scalar.JSON) scalar.JSON {
	var s struct {
		Properties map[string]struct {
			Type   string `json:"type"`
			Format string `json:"format"`
			Enum   []any  `json:"enum"`
		} `json:"properties"`
	}
	if json.Unmarshal(schema, &s) != nil {
		return scalar.JSON("{}")
	}
	doc := map[string]any{}
	for name, p := range s.Properties {
		switch {
		case len(p.Enum) > 0:
			doc[name] = p.Enum[0]
		case p.Format == "date":
			doc[name] = time.Now().AddDate(0, 0, rand.IntN(14)).Format(time.DateOnly)
		case p.Type == "boolean":
			doc[name] = true
		case p.Type == "integer" || p.Type == "number":
			doc[name] = 1 + rand.IntN(240)
		case p.Type == "string":
			doc[name] = word(name)
		}
	}
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err) // plain values are always JSON
	}
	return text
}
