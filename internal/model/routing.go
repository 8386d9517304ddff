package model

import (
	"encoding/json"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/expression"
)

// RoutingVerdict is what one listener makes of an event: a trigger, an entry of
// a version's cancellation triggers, or a wait.
type RoutingVerdict struct {
	Outcome        RoutingOutcome
	Reason         string
	Trigger        *WorkflowEventTrigger
	Subscription   *WorkflowEventSubscription
	Definition     *WorkflowDefinition // the version that listens; nil of a wait
	EventPattern   string
	EventCondition *string
	Trace          []*ConditionStep
	Input          scalar.JSON
	Problems       []*Problem
	CorrelationID  *string
	Instances      []*WorkflowInstance
}

// ConditionStep is what one part of a condition came to. Parts of a part follow
// it one level deeper.
type ConditionStep struct {
	Depth   int
	Text    string
	Value   scalar.JSON
	Holds   bool
	Missing bool
	Skipped bool
	Note    *string
}

// ConditionSteps writes an explanation as a list, each part before its own
// parts.
func ConditionSteps(t *expression.Trace) []*ConditionStep { return conditionSteps(nil, t, 0) }

func conditionSteps(list []*ConditionStep, t *expression.Trace, depth int) []*ConditionStep {
	value, err := json.Marshal(t.Value)
	if err != nil {
		value = []byte("null") // numbers that are none have no JSON
	}
	step := &ConditionStep{Depth: depth, Text: t.Text, Value: value, Holds: t.Holds, Missing: t.Missing, Skipped: t.Skipped}
	for _, note := range []string{t.Note, t.Error} {
		if note != "" {
			step.Note = &note
		}
	}
	list = append(list, step)
	for _, child := range t.Children {
		list = conditionSteps(list, child, depth+1)
	}
	return list
}

// TriggerExplainInput names a stored event, or tells one that has not happened.
type TriggerExplainInput struct {
	ID      *string
	EventID *string
	Sample  *EventInput
	Trigger *TriggerDraftInput
}

// TriggerDraftInput is a trigger as it might be stored.
type TriggerDraftInput struct {
	WorkflowID     string
	Version        *string
	TriggerType    WorkflowEventTriggerType
	EventPattern   string
	EventCondition *string
	InputMapping   scalar.JSON
	CorrelationKey *string
}

// TriggerExplanation is what an event sets off, and why.
type TriggerExplanation struct {
	Summary       string
	Pattern       string
	CorrelationID *string
	Event         *EventInstance
	Definition    *EventDefinition
	Problems      []*Problem
	Verdicts      []*RoutingVerdict
	Complete      bool
}
