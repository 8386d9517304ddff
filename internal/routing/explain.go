package routing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// How much an explanation shows.
const (
	shownListeners = 50
	shownInstances = 20
	shownNear      = 3
)

// Explain says what a stored event would set off now, and why; nil when there
// is no such event.
func (d *Decider) Explain(ctx context.Context, s *repository.Store, key any, draft *model.TriggerDraftInput) (*model.TriggerExplanation, error) {
	relation := repository.Relation{}
	if _, isName := key.(string); isName {
		relation = repository.EventByKey
	}
	found, err := repository.ByKeys(ctx, s, repository.EventInstances, relation, repository.EventInstances.Columns(), []any{key})
	if err != nil || found[key] == nil {
		return nil, err
	}
	x := &model.TriggerExplanation{Event: found[key]}
	if id := found[key].EventDefinitionID; id != nil {
		contracts, err := repository.ByKeys(ctx, s, repository.EventDefinitions, repository.Relation{}, repository.EventDefinitions.Columns(), []any{*id})
		if err != nil {
			return nil, err
		}
		x.Definition = contracts[*id]
	}
	return x, d.explain(ctx, s, found[key], draft, x)
}

// ExplainSample says what an event would set off if it were published.
func (d *Decider) ExplainSample(ctx context.Context, s *repository.Store, sample *model.EventInput, draft *model.TriggerDraftInput) (*model.TriggerExplanation, error) {
	a := &arrival{input: sample}
	refused := a.read(ctx, s.Now())
	version := ""
	if sample.Version != nil {
		version = *sample.Version
	}
	contracts, err := s.EventContracts(ctx, []string{sample.Pattern}, []string{version})
	if err != nil {
		return nil, err
	}
	refused = all(refused, a.under(contracts[0]))
	x := &model.TriggerExplanation{Problems: append(problemsOf(refused), a.outcome.Problems...)}
	if contracts[0] != nil {
		full, err := repository.ByKeys(ctx, s, repository.EventDefinitions, repository.Relation{}, repository.EventDefinitions.Columns(), []any{contracts[0].UUID})
		if err != nil {
			return nil, err
		}
		x.Definition = full[contracts[0].UUID]
	}
	return x, d.explain(ctx, s, &a.publication.Event, draft, x)
}

// problemsOf are faults as a list that is shown.
func problemsOf(err error) []*model.Problem {
	var list fault.List
	var f *fault.Fault
	switch {
	case errors.As(err, &list):
	case errors.As(err, &f):
		list = fault.List{f}
	}
	problems := make([]*model.Problem, len(list))
	for i, f := range list {
		problems[i] = &model.Problem{Severity: model.ProblemSeverityError, Code: string(f.Code), Path: f.Path, Message: f.Message}
	}
	return problems
}

// explain collects the verdicts of all who are asked when an event of this name
// is routed, and of some who would be if they were switched on or the name were
// another.
func (d *Decider) explain(ctx context.Context, s *repository.Store, e *model.EventInstance, draft *model.TriggerDraftInput, x *model.TriggerExplanation) error {
	h, err := happened(e)
	if err != nil {
		return fault.Wrap(err, fault.Validation, "the event cannot be read").At("/sample")
	}
	h.trace, x.Pattern, x.CorrelationID, x.Complete = true, e.Pattern, e.CorrelationID, true
	tried := ""
	if draft != nil {
		if err := d.explainDraft(ctx, s, h, draft, x); err != nil {
			return err
		}
		tried = "The trigger that is tried: " + strings.TrimSuffix(x.Verdicts[0].Reason, ".") + ". All in all: "
	}
	for _, part := range []func(context.Context, *repository.Store, *happening, *model.TriggerExplanation) error{
		d.explainTriggers, d.explainCancellers, d.explainWaits, d.explainNear,
	} {
		if err := part(ctx, s, h, x); err != nil {
			return err
		}
	}
	x.Summary = tried + summary(x)
	return whole(ctx, s, x)
}

// whole reads the definitions and instances of the verdicts with all their
// columns: routing needs some only, and who is shown a verdict may ask for any.
func whole(ctx context.Context, s *repository.Store, x *model.TriggerExplanation) error {
	var definitions []**model.WorkflowDefinition
	var instances []**model.WorkflowInstance
	for _, v := range x.Verdicts {
		if v.Definition != nil {
			definitions = append(definitions, &v.Definition)
		}
		for i := range v.Instances {
			instances = append(instances, &v.Instances[i])
		}
	}
	if err := replace(ctx, s, repository.WorkflowDefinitions, definitions, func(d *model.WorkflowDefinition) uuid.UUID { return d.UUID }); err != nil {
		return err
	}
	return replace(ctx, s, repository.WorkflowInstances, instances, func(i *model.WorkflowInstance) uuid.UUID { return i.UUID })
}

// replace reads the rows at some places anew, whole, in one statement.
func replace[T any](ctx context.Context, s *repository.Store, e repository.Entity[T], places []**T, id func(*T) uuid.UUID) error {
	var keys []any
	for _, place := range places {
		if key := any(id(*place)); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	rows, err := repository.ByKeys(ctx, s, e, repository.Relation{}, e.Columns(), keys)
	if err != nil {
		return err
	}
	for _, place := range places {
		if row := rows[id(*place)]; row != nil {
			*place = row
		}
	}
	return nil
}

func add(x *model.TriggerExplanation, v *verdict) {
	if len(v.Instances) > shownInstances {
		v.Instances = v.Instances[:shownInstances]
	}
	v.Problems = problemsOf(v.failure)
	x.Verdicts = append(x.Verdicts, &v.RoutingVerdict)
}

func (d *Decider) explainTriggers(ctx context.Context, s *repository.Store, h *happening, x *model.TriggerExplanation) error {
	listeners, err := s.AllListeners(ctx, h.Pattern, shownListeners)
	if err != nil {
		return err
	}
	started, err := s.StartedBy(ctx, h.UUID)
	if err != nil {
		return err
	}
	x.Complete = x.Complete && len(listeners) < shownListeners
	for _, l := range listeners {
		v := d.trigger(ctx, h, l, started[l.Trigger.UUID])
		if err := victims(ctx, s, h, v); err != nil {
			return err
		}
		add(x, v)
	}
	return nil
}

// victims finds what a trigger would cancel.
func victims(ctx context.Context, s *repository.Store, h *happening, v *verdict) (err error) {
	if v.Outcome != model.RoutingOutcomeCancels {
		return nil
	}
	if v.Instances, err = s.CorrelatedRuns(ctx, v.Definition.WorkflowID, *v.CorrelationID, h.UUID, shownInstances+1); err == nil && len(v.Instances) == 0 {
		v.is(model.RoutingOutcomeNothingToCancel, "No open instance of %s has correlation id %s.", v.Definition.WorkflowID, *v.CorrelationID)
	}
	return err
}

// explainDraft decides about a trigger that is not stored as if it were, and
// its version active.
func (d *Decider) explainDraft(ctx context.Context, s *repository.Store, h *happening, draft *model.TriggerDraftInput, x *model.TriggerExplanation) error {
	version := ""
	if draft.Version != nil {
		version = *draft.Version
	}
	workflow, err := repository.ByBusinessKey(ctx, s, repository.WorkflowDefinitions, repository.WorkflowDefinitions.Columns(), draft.WorkflowID, version)
	if err != nil {
		return err
	}
	if workflow == nil {
		return fault.Errorf(fault.NotFound, "workflow %q has no such version", draft.WorkflowID).At("/input/trigger/workflowId").
			Hint("name a version, or activate one")
	}
	valid, matches, err := s.PatternMeets(ctx, draft.EventPattern, h.Pattern)
	if err != nil {
		return err
	}
	l := &repository.Listener{Definition: *workflow, Trigger: model.WorkflowEventTrigger{
		TriggerID: "this one", Enabled: true, TriggerType: draft.TriggerType, EventPattern: draft.EventPattern, EventCondition: draft.EventCondition,
		InputMapping: draft.InputMapping, CorrelationKey: draft.CorrelationKey,
	}}
	l.Definition.Status = model.DefinitionActive
	v := &verdict{RoutingVerdict: model.RoutingVerdict{EventPattern: draft.EventPattern, EventCondition: draft.EventCondition}}
	switch {
	case !valid:
		v.is(model.RoutingOutcomePatternDiffers, "%q is not a pattern: write segments with dots between them, * for one, .* at the end for one or more, ** for any number.", draft.EventPattern)
	case !matches:
		v.is(model.RoutingOutcomePatternDiffers, "%s does not match %s.", h.Pattern, draft.EventPattern)
	default:
		v = d.fires(ctx, h, l)
		if err := victims(ctx, s, h, v); err != nil {
			return err
		}
	}
	v.Trigger, v.Definition = nil, workflow
	add(x, v)
	return nil
}

func (d *Decider) explainCancellers(ctx context.Context, s *repository.Store, h *happening, x *model.TriggerExplanation) error {
	cancellers, err := s.Cancellers(ctx, h.Pattern)
	if err != nil {
		return err
	}
	for _, c := range cancellers {
		runs, err := s.OpenRuns(ctx, c.Definition.UUID, h.UUID, uuid.Nil, shownInstances+1)
		if err != nil {
			return err
		}
		x.Complete = x.Complete && len(runs) <= shownInstances
		for _, run := range runs[:min(len(runs), shownInstances)] {
			add(x, d.canceller(ctx, h, c, run))
		}
	}
	return nil
}

func (d *Decider) explainWaits(ctx context.Context, s *repository.Store, h *happening, x *model.TriggerExplanation) error {
	waiters, err := s.Waiters(ctx, h.Pattern, nil, uuid.Nil, shownListeners+1)
	if err != nil {
		return err
	}
	x.Complete = x.Complete && len(waiters) <= shownListeners
	for _, w := range waiters[:min(len(waiters), shownListeners)] {
		add(x, d.wait(ctx, h, w))
	}
	return nil
}

// explainNear guesses what was meant when nothing that may fire listens.
func (d *Decider) explainNear(ctx context.Context, s *repository.Store, h *happening, x *model.TriggerExplanation) error {
	for _, v := range x.Verdicts {
		if v.Outcome != model.RoutingOutcomeDisabled && v.Outcome != model.RoutingOutcomeVersionNotActive {
			return nil
		}
	}
	near, err := s.NearListeners(ctx, h.Pattern, shownNear)
	if err != nil {
		return err
	}
	for _, l := range near {
		v := &verdict{RoutingVerdict: model.RoutingVerdict{
			Trigger: &l.Trigger, Definition: &l.Definition, EventPattern: l.Trigger.EventPattern, EventCondition: l.Trigger.EventCondition,
		}}
		add(x, v.is(model.RoutingOutcomePatternDiffers, "It listens to %s, which %s does not match.", l.Trigger.EventPattern, h.Pattern))
	}
	return nil
}

// summary says it in a sentence.
func summary(x *model.TriggerExplanation) string {
	counts := map[model.RoutingOutcome]int{}
	cancelled := map[uuid.UUID]bool{} // by whichever of its triggers
	for _, v := range x.Verdicts {
		counts[v.Outcome]++
		if v.Outcome == model.RoutingOutcomeCancels {
			for _, run := range v.Instances {
				cancelled[run.UUID] = true
			}
		}
	}
	var does []string
	for _, part := range []struct {
		n              int
		singular, many string
	}{
		{counts[model.RoutingOutcomeStarts], "starts an instance", "starts %d instances"},
		{len(cancelled), "cancels an instance", "cancels %d instances"},
		{counts[model.RoutingOutcomeResumes], "ends a wait", "ends %d waits"},
	} {
		switch {
		case part.n == 1:
			does = append(does, part.singular)
		case part.n > 1:
			does = append(does, fmt.Sprintf(part.many, part.n))
		}
	}
	if len(does) > 0 {
		return "The event " + strings.Join(does, " and ") + "."
	}
	for _, v := range x.Verdicts {
		switch v.Outcome {
		case model.RoutingOutcomePatternDiffers:
		case model.RoutingOutcomeAlreadyStarted:
			return "Nothing more happens. " + v.Reason
		default:
			return "Nothing happens. " + v.Reason
		}
	}
	if len(x.Verdicts) > 0 {
		return fmt.Sprintf("Nothing happens: nothing listens to %s. Was %s meant?", x.Pattern, x.Verdicts[0].EventPattern)
	}
	return fmt.Sprintf("Nothing happens: nothing listens to %s.", x.Pattern)
}
