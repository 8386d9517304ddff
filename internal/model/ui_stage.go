package model

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/expression"
)

// Stage is what the conditions of components are held against: a task, the
// workflow it belongs to, who looks at it, and the state of the form as far as
// the client told it. A nil Stage is a component that nobody looks at yet, with
// conditions that hold for nobody.
type Stage struct {
	condition, visible expression.Env
	told               bool // the client told the state of the form
}

// NewStage sets the stage for a task. Workflow may be nil; user has id and
// roles; state is what the client has in its form, nil when it did not say.
func NewStage(task *TaskInstance, workflow *WorkflowInstance, user map[string]any, state scalar.JSON) *Stage {
	roots := map[string]any{"user": user, "task": task.scope(), "uiState": scopeOf(state)}
	if workflow != nil {
		roots["workflow"] = workflow.scope()
	} else {
		roots["data"] = scopeOf(task.Input) // without variables, the data are what the task works on
	}
	return &Stage{expression.UICondition.Env(roots), expression.Visibility.Env(roots), !isNull(state)}
}

// scopeOf reads a document as an expression sees it; none reads as missing.
func scopeOf(doc scalar.JSON) any {
	value, err := expression.Decode(doc)
	if err != nil || isNull(doc) {
		return expression.Undefined{}
	}
	return value
}

// scope is the task as expressions see it.
func (t *TaskInstance) scope() map[string]any {
	scope := map[string]any{
		"id": t.TaskInstanceID, "status": string(t.Status), "type": string(t.Type), "priority": string(t.Priority),
		"stepId": t.StepID, "assigneeType": string(t.AssigneeType), "retryCount": float64(t.RetryCount),
		"input": scopeOf(t.Input), "output": scopeOf(t.Output), "draftOutput": scopeOf(t.DraftOutput), "error": scopeOf(t.ErrorJSON),
	}
	for name, text := range map[string]*string{"assignee": t.Assignee, "reference": t.TaskReference} {
		if text != nil {
			scope[name] = *text
		}
	}
	return scope
}

// scope is the execution of a workflow as expressions see it.
func (w *WorkflowInstance) scope() map[string]any {
	return map[string]any{
		"id": w.InstanceID, "status": string(w.Status), "input": scopeOf(w.Input), "output": scopeOf(w.Output),
		"state": scopeOf(w.StateJSON), "error": scopeOf(w.ErrorJSON), "cancellation": scopeOf(w.CancellationJSON),
	}
}

// Choose holds the conditions of uses against the stage and sorts them: the
// highest priority first, then as they are stored. The first whose condition is
// met is the one to show.
func (s *Stage) Choose(ctx context.Context, uses []*UIComponentUse) {
	for _, use := range uses {
		met, problem := s.holds(ctx, use.Condition, s.condition)
		use.ConditionMet, use.stage = &met, s
		if problem != "" {
			use.ConditionProblem = &problem
		}
	}
	slices.SortStableFunc(uses, func(a, b *UIComponentUse) int { return cmp.Compare(b.Priority, a.Priority) })
}

// holds evaluates a condition; none, or an empty one, always holds. One that
// cannot be evaluated does not hold, and problem says why.
func (s *Stage) holds(ctx context.Context, condition *string, env expression.Env) (met bool, problem string) {
	if condition == nil || strings.TrimSpace(*condition) == "" {
		return true, ""
	}
	program, err := expression.Parse(*condition)
	if err == nil {
		met, err = program.Condition(ctx, env)
	}
	if err != nil {
		return false, err.Error()
	}
	return met, ""
}

// shows tells whether something with this visibleIf is shown: nil without a
// stage, and where it depends on a form the client said nothing of.
func (s *Stage) shows(ctx context.Context, visibleIf *string) *bool {
	if s == nil {
		return nil
	}
	if visibleIf != nil && !s.told {
		if program, err := expression.Parse(*visibleIf); err == nil && program.DependsOnClient() {
			return nil
		}
	}
	shown, _ := s.holds(ctx, visibleIf, s.visible)
	return &shown
}

// On is the component as it is shown on a stage.
func (u *UIComponent) On(s *Stage) *UIComponent {
	if u == nil || s == nil {
		return u
	}
	shown := *u
	shown.stage = s
	return &shown
}

// Alongside are components that are shown on the stage of u.
func (u *UIComponent) Alongside(components []*UIComponent) []*UIComponent {
	shown := make([]*UIComponent, len(components))
	for i, c := range components {
		shown[i] = c.On(u.stage)
	}
	return shown
}

// Shown is the component that a use shows, on the use's stage.
func (use *UIComponentUse) Shown(component *UIComponent) *UIComponent { return component.On(use.stage) }

// Shown is the component in an area, on the stage of the layout.
func (a *UIArea) Shown(component *UIComponent) *UIComponent { return component.On(a.stage) }

// Shown is the single component of a layout, on the layout's stage.
func (l *UILayout) Shown(component *UIComponent) *UIComponent { return component.On(l.stage) }

// Visible tells whether the field is shown.
func (f *UIField) Visible(ctx context.Context) *bool { return f.stage.shows(ctx, f.VisibleIf) }

// Visible tells whether the area is shown.
func (a *UIArea) Visible(ctx context.Context) *bool { return a.stage.shows(ctx, a.VisibleIf) }

// Visible tells whether the button is shown.
func (a *UIAction) Visible(ctx context.Context) *bool { return a.stage.shows(ctx, a.VisibleIf) }

// TaskUI is what the person who does a task is shown.
type TaskUI struct {
	Components []*UIComponentUse
}

// First is the use that is shown, nil when no condition is met.
func (ui *TaskUI) First() *UIComponentUse {
	for _, use := range ui.Components {
		if *use.ConditionMet {
			return use
		}
	}
	return nil
}
