package routing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/expression"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// Decider decides what listeners make of events. It reads and changes nothing:
// routing does what it decides, explaining shows it.
type Decider struct {
	expressions *expression.Cache
}

// NewDecider makes a Decider that remembers the expressions it has parsed.
func NewDecider() *Decider {
	const remembered = 4096
	return &Decider{expressions: expression.NewCache(remembered)}
}

// happening is an event together with what expressions see of it.
type happening struct {
	*model.EventInstance
	seen   any // the root "event"
	replay bool
	trace  bool // keep what conditions came to
}

func happened(e *model.EventInstance) (*happening, error) {
	seen := map[string]any{"id": e.EventID, "eventId": e.EventID, "pattern": e.Pattern, "version": e.Version, "timestamp": e.Timestamp.UTC().Format("2006-01-02T15:04:05.999999Z07:00")}
	for key, doc := range map[string]scalar.JSON{"payload": e.Payload, "metadata": e.MetadataJSON, "source": e.SourceJSON} {
		value, err := expression.Decode(doc)
		if err != nil {
			return nil, fmt.Errorf("%s of event %s: %w", key, e.EventID, err)
		}
		seen[key] = value
	}
	return &happening{EventInstance: e, seen: seen}, nil
}

func (h *happening) env() expression.Env {
	return expression.Trigger.Env(map[string]any{"event": h.seen})
}

// verdict is what one listener makes of an event. Failure is why it cannot do
// what it would; routing makes a dead letter of it.
type verdict struct {
	model.RoutingVerdict
	failure    error
	reason     string // of a cancellation
	compensate bool
}

func (v *verdict) is(outcome model.RoutingOutcome, format string, args ...any) *verdict {
	v.Outcome, v.Reason = outcome, fmt.Sprintf(format, args...)
	return v
}

// trigger decides about a trigger whose pattern matches. started is the instance
// it started because of this event before, if it did.
func (d *Decider) trigger(ctx context.Context, h *happening, l *repository.Listener, started *model.WorkflowInstance) *verdict {
	v := d.fires(ctx, h, l)
	if started != nil {
		v.failure, v.Instances = nil, []*model.WorkflowInstance{started}
		v.is(model.RoutingOutcomeAlreadyStarted, "It has started %s because of this event; an event starts one instance per trigger.", started.InstanceID)
	}
	return v
}

// fires decides about a trigger as if the event were new.
func (d *Decider) fires(ctx context.Context, h *happening, l *repository.Listener) *verdict {
	t, w := &l.Trigger, &l.Definition
	v := &verdict{RoutingVerdict: model.RoutingVerdict{Trigger: t, Definition: w, EventPattern: t.EventPattern, EventCondition: t.EventCondition}}
	switch {
	case w.Status != model.DefinitionActive:
		return v.is(model.RoutingOutcomeVersionNotActive, "Version %s of %s is %s; only the active version listens.", w.Version, w.WorkflowID, w.Status)
	case !t.Enabled:
		return v.is(model.RoutingOutcomeDisabled, "The trigger is switched off.")
	}
	if !d.holds(ctx, h, v, t.EventCondition, h.env()) {
		return v
	}
	v.CorrelationID = d.correlation(ctx, h, t.CorrelationKey)
	if t.TriggerType == model.TriggerCancel {
		if v.CorrelationID == nil {
			return v.is(model.RoutingOutcomeNoCorrelation, "The event has no correlation id by which instances could be found.")
		}
		v.reason, v.compensate = "trigger "+t.TriggerID, true
		return v.is(model.RoutingOutcomeCancels, "It cancels the open instances of %s with correlation id %s.", w.WorkflowID, *v.CorrelationID)
	}
	return d.start(ctx, h, v, t)
}

// start decides about a trigger that wants to start an instance.
func (d *Decider) start(ctx context.Context, h *happening, v *verdict, t *model.WorkflowEventTrigger) *verdict {
	input, err := d.input(ctx, h, t.InputMapping)
	if err != nil {
		v.failure = err
		return v.is(model.RoutingOutcomeInputInvalid, "The input cannot be made: %s", err)
	}
	v.Input = input
	if v.failure = instance.CheckInput(v.Definition, input); v.failure != nil {
		return v.is(model.RoutingOutcomeInputInvalid, "The input breaks the schema of version %s: %s.", v.Definition.Version, v.failure)
	}
	return v.is(model.RoutingOutcomeStarts, "It starts an instance of version %s.", v.Definition.Version)
}

// input is what a mapping makes of the event; without one, the event itself.
func (d *Decider) input(ctx context.Context, h *happening, mapping scalar.JSON) (scalar.JSON, error) {
	if len(mapping) == 0 || string(mapping) == "null" {
		return json.Marshal(map[string]any{"eventId": h.EventID, "eventPattern": h.Pattern, "eventPayload": h.Payload})
	}
	document, err := d.expressions.Mapping(mapping)
	if err != nil {
		return nil, mappingFault(err)
	}
	value, err := document.Eval(ctx, h.env())
	if err != nil {
		return nil, mappingFault(err)
	}
	return json.Marshal(value)
}

// mappingFault makes what is wrong with a mapping point at the trigger.
func mappingFault(err error) error {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.At("/inputMapping" + f.Path)
	}
	return err
}

// correlation is the value of the key, or the event's own correlation id where
// there is no key or it leads nowhere.
func (d *Decider) correlation(ctx context.Context, h *happening, key *string) *string {
	const longest = 255 // of the column
	if key != nil && *key != "" {
		program, err := d.expressions.Parse(*key)
		if err == nil {
			text, present, err := program.Text(ctx, h.env())
			if err == nil && present && text != "" && len([]rune(text)) <= longest {
				return &text
			}
		}
	}
	return h.CorrelationID
}

// holds evaluates a condition. What cannot be read or computed does not hold.
func (d *Decider) holds(ctx context.Context, h *happening, v *verdict, condition *string, env expression.Env) bool {
	text := ""
	if condition != nil {
		text = *condition
	}
	program, err := d.expressions.Parse(text)
	if err != nil {
		v.is(model.RoutingOutcomeConditionFailed, "The condition cannot be read: %s", err)
		return false
	}
	if h.trace && text != "" {
		v.Trace = model.ConditionSteps(program.Explain(ctx, env))
	}
	holds, err := program.Condition(ctx, env)
	switch {
	case err != nil:
		v.is(model.RoutingOutcomeConditionFailed, "The condition could not be computed: %s", err)
	case !holds:
		v.is(model.RoutingOutcomeConditionFalse, "The condition does not hold: %s", text)
	}
	return holds
}

// canceller decides whether an entry of a version's cancellation triggers
// concerns an open instance. Without a condition it concerns those of the
// event's business case.
func (d *Decider) canceller(ctx context.Context, h *happening, c *repository.Canceller, run *model.WorkflowInstance) *verdict {
	var entry model.CancellationTrigger
	_ = json.Unmarshal(c.Entry, &entry) // one that nobody can read has no condition and concerns its own business case
	v := &verdict{RoutingVerdict: model.RoutingVerdict{
		Definition: &c.Definition, EventPattern: entry.EventPattern, EventCondition: entry.EventCondition, Instances: []*model.WorkflowInstance{run},
	}}
	if entry.EventCondition == nil || *entry.EventCondition == "" {
		if h.CorrelationID == nil || run.CorrelationID == nil || *h.CorrelationID != *run.CorrelationID {
			return v.is(model.RoutingOutcomeNoCorrelation, "%s belongs to another business case.", run.InstanceID)
		}
	} else if !d.holds(ctx, h, v, entry.EventCondition, h.with(run, expression.Cancellation)) {
		return v
	}
	v.reason, v.compensate = "event "+h.Pattern, entry.ShouldCompensate()
	if entry.Reason != nil {
		v.reason = *entry.Reason
	}
	return v.is(model.RoutingOutcomeCancels, "It cancels %s.", run.InstanceID)
}

// wait decides whether an event ends a wait whose pattern it matches.
func (d *Decider) wait(ctx context.Context, h *happening, w *repository.Waiter) *verdict {
	v := &verdict{RoutingVerdict: model.RoutingVerdict{
		Subscription: &w.Wait, EventPattern: w.Wait.EventPattern, EventCondition: w.Wait.FilterCondition, Instances: []*model.WorkflowInstance{&w.Run},
	}}
	switch {
	case w.Run.Terminal():
		return v.is(model.RoutingOutcomeInstanceEnded, "%s is %s.", w.Run.InstanceID, w.Run.Status)
	case !h.replay && h.UUID != uuid.Nil && w.Wait.CreatedAt.Truncate(time.Millisecond).After(h.CreatedAt):
		return v.is(model.RoutingOutcomeTooEarly, "The event came in before the wait began; a replay would count.")
	}
	if !d.holds(ctx, h, v, w.Wait.FilterCondition, h.with(&w.Run, expression.SubscriptionFilter)) {
		return v
	}
	return v.is(model.RoutingOutcomeResumes, "It ends the wait of %s at step %s.", w.Run.InstanceID, w.Wait.WaitStepID)
}

// with is what a condition sees that compares the event with an instance.
func (h *happening) with(run *model.WorkflowInstance, place expression.Place) expression.Env {
	workflow := map[string]any{"id": run.InstanceID, "status": string(run.Status)}
	for key, doc := range map[string]scalar.JSON{"input": run.Input, "state": run.StateJSON, "cancellation": run.CancellationJSON} {
		if value, err := expression.Decode(doc); err == nil && len(doc) > 0 {
			workflow[key] = value
		}
	}
	if run.CorrelationID != nil {
		workflow["correlationId"] = *run.CorrelationID
	}
	return place.Env(map[string]any{"event": h.seen, "workflow": workflow})
}
