package repository

import "github.com/augmentedos/graph/internal/model"

// WorkflowInstances are the executions of workflows.
var WorkflowInstances = Define[model.WorkflowInstance](Descriptor{
	Name:  "WorkflowInstance",
	Table: "workflow_instances",
	Where: model.WorkflowInstanceWhere{},
	Key:   "instance_id",
	Orders: Orders{
		"CREATED_AT_DESC":   Desc("created_at"),
		"CREATED_AT_ASC":    Asc("created_at"),
		"UPDATED_AT_DESC":   Desc("updated_at"),
		"STARTED_AT_DESC":   Desc("started_sort"),
		"COMPLETED_AT_DESC": Desc("completed_sort"),
	},
	Computed: Computed{
		"allowedActions":    {"input", "revision", "status", "workflow_definition_id"},
		"nextStatuses":      {"status"},
		"phase":             {"status"},
		"terminal":          {"status"},
		"durationMs":        {"started_at", "completed_at"},
		"variables":         {"state"},
		"steps":             stepColumns,
		"progress":          stepColumns,
		"waitingFor":        {"state", "status"},
		"error":             {"error"},
		"cancellation":      {"cancellation"},
		"compensationState": {"compensation_state"},
		"history":           {"id"},
	},
	Relations: map[string]Relation{
		"definition":       One("workflow_definition_id", "workflow_definitions"),
		"tasks":            Many("task_instances", "workflow_instance_id"),
		"trigger":          One("trigger_id", "workflow_event_triggers"),
		"triggerEvent":     One("trigger_event_id", "event_instances"),
		"events":           Via("id", "event_instances", publishedBy("workflow", "wfi", "workflow_instances", "instance_id")),
		"correlatedEvents": Via("correlation_id", "event_instances", "t.correlation_id = k.key"),
		"relatedInstances": correlated,
		"subscriptions":    Many("workflow_event_subscriptions", "workflow_instance_id"),
		"parent":           One("parent_instance_id", "workflow_instances"),
		"children":         Many("workflow_instances", "parent_instance_id"),
	},
})

// correlated are the other instances of the same business case.
var correlated = Relation{
	Table: "workflow_instances", Column: "id", Equal: "correlation_id",
	On: "t.correlation_id = (select s.correlation_id from workflow_instances s where s.id = k.key) and t.id <> k.key",
}

// stepColumns are what the steps of an instance are made from, together with
// the definition.
var stepColumns = []string{"current_step_id", "error", "state", "status", "workflow_definition_id"}

// TasksOfStep is the edge from a step of an instance to the executions of its
// task. The key is the instance's UUID, a slash and the step's name.
var TasksOfStep = Via("", "task_instances", "t.workflow_instance_id = left(k.key, 36)::uuid and t.step_id = substr(k.key, 38)")
