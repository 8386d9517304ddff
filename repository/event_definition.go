package repository

import (
	"strings"

	"github.com/augmentedos/graph/internal/model"
)

// EventDefinitions are the contracts of event types, one row per version.
var EventDefinitions = Define[model.EventDefinition](Descriptor{
	Name:   "EventDefinition",
	Table:  "event_definitions",
	Where:  model.EventDefinitionWhere{},
	Key:    "event_id",
	Orders: definitionOrders("event_id"),
	Computed: definitionFields("event_id", Computed{
		"sourceTypes": {"source_types"},
		"examples":    {"examples"},
		"uiMetadata":  {"ui_metadata"},
		"problems":    {"event_id", "pattern", "source_types", "payload_schema", "examples", "ui_metadata"},
	}),
	Relations: map[string]Relation{
		"triggers":            Via("pattern", "workflow_event_triggers", strings.Join(meets("t", "k.key"), " and ")),
		"instances":           Many("event_instances", "event_definition_id"),
		"workflowDefinitions": Via("pattern", "workflow_definitions", "t.id in (select w.workflow_definition_id from workflow_event_triggers w where "+strings.Join(meets("w", "k.key"), " and ")+")"),
		"versions":            Via("event_id", "event_definitions", "t.event_id = k.key"),
	},
})
