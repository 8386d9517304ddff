package repository

import "github.com/augmentedos/graph/internal/model"

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
		"triggers":            Via("pattern", "workflow_event_triggers", "t.id in (select w.id from "+triggersOfPattern+")"),
		"instances":           Many("event_instances", "event_definition_id"),
		"workflowDefinitions": Via("pattern", "workflow_definitions", "t.id in (select w.workflow_definition_id from "+triggersOfPattern+")"),
		"versions":            Via("event_id", "event_definitions", "t.event_id = k.key"),
	},
})

// triggersOfPattern are the triggers w that an event published under k.key
// meets. The candidates find them by index, the query decides.
const triggersOfPattern = `aos_trigger_candidates(k.key) c
  join workflow_event_triggers w on w.pattern_kind = c.kind and w.pattern_key = c.key
  where (select aos_pattern_path(k.key)) ~ w.pattern_query`
