package repository

import "github.com/augmentedos/graph/internal/model"

// WorkflowEventTriggers bind event patterns to versions of workflows.
var WorkflowEventTriggers = Define[model.WorkflowEventTrigger](Descriptor{
	Name:  "WorkflowEventTrigger",
	Table: "workflow_event_triggers",
	Where: model.WorkflowEventTriggerWhere{},
	Key:   "trigger_id",
	Orders: Orders{
		"PRIORITY":        Asc("priority"),
		"CREATED_AT_DESC": Desc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
	},
	Computed: Computed{
		"history": {"id"},
	},
	Relations: map[string]Relation{
		"eventDefinitions":   Via("event_pattern", "event_definitions", "t.pattern_path ~ (select aos_pattern_query(k.key))"),
		"workflowDefinition": One("workflow_definition_id", "workflow_definitions"),
		"startedInstances":   Many("workflow_instances", "trigger_id"),
	},
})
