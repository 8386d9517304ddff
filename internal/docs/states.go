package main

import (
	"fmt"
	"strings"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/vektah/gqlparser/v2/ast"
)

// state is a status and where it may go, in the spelling of the graph.
type state struct {
	name string
	next []string
}

// machine is the life of a row.
type machine struct {
	enum   string // the GraphQL enum, whose values are described
	states []state
}

// states are the state tables of the model, by table.
func states() map[string]machine {
	return map[string]machine{
		"workflow_instances":           machineOf("WorkflowInstanceStatus", model.WorkflowInstanceTransitions),
		"workflow_event_subscriptions": machineOf("WorkflowEventSubscriptionStatus", model.WorkflowEventSubscriptionTransitions),
		"task_instances":               machineOf("TaskInstanceStatus", model.TaskInstanceTransitions),
		"event_sequences":              machineOf("EventSequenceStatus", model.EventSequenceTransitions),
		"event_queue_state":            machineOf("EventQueueStatus", model.EventQueueTransitions),
		"dead_letter_queue":            machineOf("DeadLetterStatus", model.DeadLetterTransitions),
		"integration_instances":        machineOf("IntegrationState", model.IntegrationTransitions),
		"test_runs":                    machineOf("TestRunStatus", model.TestRunTransitions),
	}
}

func machineOf[S model.Enum](enum string, transitions model.Transitions[S]) machine {
	m := machine{enum: enum}
	var zero S
	for _, stored := range zero.Values() {
		s := state{name: model.SpellEnum(stored)}
		for _, to := range transitions[S(stored)] {
			s.next = append(s.next, model.SpellEnum(string(to)))
		}
		m.states = append(m.states, s)
	}
	return m
}

// table shows each status with its meaning and its ways on.
func (m machine) table(schema *ast.Schema) string {
	var b strings.Builder
	b.WriteString("| Status | May become | Meaning |\n| --- | --- | --- |\n")
	for _, s := range m.states {
		next := "final"
		if len(s.next) > 0 {
			next = backticked(s.next)
		}
		meaning := ""
		if v := schema.Types[m.enum].EnumValues.ForName(s.name); v != nil {
			meaning = v.Description
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.name, next, cell(meaning))
	}
	return b.String()
}

func (m machine) diagram() string {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	for _, s := range m.states {
		if len(s.next) == 0 {
			fmt.Fprintf(&b, "  %s --> [*]\n", s.name)
		}
		for _, to := range s.next {
			fmt.Fprintf(&b, "  %s --> %s\n", s.name, to)
		}
	}
	b.WriteString("```\n")
	return b.String()
}

func statesPage(schema *ast.Schema) string {
	var b strings.Builder
	b.WriteString("# States\n\n<!-- written by `make docs` -->\n\nWhat each status means and what it may become. A step that is not here is refused with `ILLEGAL_TRANSITION`,\nwhich lists the steps that are.\n\n")
	fmt.Fprintf(&b, "## Definitions\n\n%s\n\n| Status | Meaning |\n| --- | --- |\n", schema.Types["DefinitionStatus"].Description)
	for _, v := range schema.Types["DefinitionStatus"].EnumValues {
		fmt.Fprintf(&b, "| `%s` | %s |\n", v.Name, cell(v.Description))
	}
	all := states()
	for _, d := range repository.All {
		if m, ok := all[d.Table]; ok {
			fmt.Fprintf(&b, "\n## %s\n\n`%s` of [%s](schemas/%s.md).\n\n%s\n%s", d.Name, m.enum, d.Table, d.Table, m.table(schema), m.diagram())
		}
	}
	return b.String()
}
