package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// plan is a workflow definition as far as a run is led through it: branches are
// walked one after the other, and conditions are not asked but drawn.
type plan struct {
	steps map[string]*step
}

type step struct {
	ID      string `json:"stepId"`
	Type    string `json:"type"`
	TaskID  string `json:"taskId"`
	Pattern string `json:"eventPattern"`
	Next    []struct {
		Step string `json:"nextStepId"`
	} `json:"next"`
	Choices []struct {
		Step string `json:"nextStep"`
	} `json:"choices"`
	Default  string `json:"default"`
	Branches []struct {
		Steps []*step `json:"steps"`
	} `json:"parallelBranches"`

	ways []string
}

// plan reads a version once; it does not change any more.
func (s *Simulator) plan(ctx context.Context, definition uuid.UUID) (*plan, error) {
	if p := s.plans[definition]; p != nil {
		return p, nil
	}
	found, err := repository.ByKeys(ctx, s.Writer.Store, repository.WorkflowDefinitions, repository.Relation{}, []string{"steps"}, []any{definition})
	if err != nil || found[definition] == nil {
		return nil, err
	}
	p, err := newPlan(found[definition])
	if err == nil {
		s.plans[definition] = p
	}
	return p, err
}

func newPlan(definition *model.WorkflowDefinition) (*plan, error) {
	var steps []*step
	if err := json.Unmarshal(definition.StepsJSON, &steps); err != nil {
		return nil, fmt.Errorf("steps of a workflow: %w", err)
	}
	p := &plan{steps: map[string]*step{}}
	p.add(steps, "")
	return p, nil
}

// add takes steps in, those of branches included. after is where a list of
// steps leads in the end.
func (p *plan) add(steps []*step, after string) {
	for i, st := range steps {
		p.steps[st.ID] = st
		for _, n := range st.Next {
			st.ways = append(st.ways, n.Step)
		}
		for _, c := range st.Choices {
			st.ways = append(st.ways, c.Step)
		}
		if st.Default != "" {
			st.ways = append([]string{st.Default}, st.ways...)
		}
		if len(st.ways) == 0 && st.Type != "END" && after != "" {
			st.ways = []string{after}
			if i+1 < len(steps) {
				st.ways = []string{steps[i+1].ID}
			}
		}
		for b := len(st.Branches) - 1; b >= 0; b-- { // the last branch leads on, each other one to the next
			if len(st.Branches[b].Steps) > 0 && len(st.ways) > 0 {
				p.add(st.Branches[b].Steps, st.ways[0])
				st.ways = []string{st.Branches[b].Steps[0].ID}
			}
		}
	}
}

// onward draws the step after st: mostly the first way, as most things go well.
// Empty where the run ends.
func (st *step) onward() string {
	switch {
	case st.Type == "END" || len(st.ways) == 0:
		return ""
	case len(st.ways) > 1 && rand.IntN(100) < 15:
		return st.ways[1+rand.IntN(len(st.ways)-1)]
	}
	return st.ways[0]
}

// passes is true for a step at which nobody has anything to do.
func (st *step) passes() bool { return st.TaskID == "" && st.Pattern == "" }
