package repository

import "github.com/augmentedos/graph/internal/model"

// TaskInstances are the executions of tasks, partitioned by month.
var TaskInstances = Define[model.TaskInstance](Descriptor{
	Name:        "TaskInstance",
	Table:       "task_instances",
	Where:       model.TaskInstanceWhere{},
	Key:         "task_instance_id",
	Partitioned: true,
	Orders: Orders{
		"CREATED_AT_DESC": Desc(),
		"CREATED_AT_ASC":  Asc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
		"PRIORITY":        Asc("priority_rank", "due_sort"),
		"DUE_AT_ASC":      Asc("due_sort"),
	},
	Computed: Computed{
		"allowedActions":    {"assignee", "assignee_type", "revision", "status", "type", "workflow_instance_id"},
		"retryPolicy":       {"retry_policy"},
		"step":              {"step_id", "workflow_definition_id"},
		"nextSteps":         {"step_id", "workflow_definition_id"},
		"nextStatuses":      {"status"},
		"phase":             {"status"},
		"terminal":          {"status"},
		"error":             {"error"},
		"executionMetadata": {"execution_metadata"},
		"inputSummary":      {"input"},
		"history":           {"id"},
		"overdue":           {"due_at", "status"},
		"ui": {"assignee", "assignee_type", "draft_output", "error", "input", "output", "priority", "retry_count", "status", "step_id",
			"task_definition_id", "task_instance_id", "task_reference", "type", "workflow_definition_id", "workflow_instance_id"},
		"integrationInstance": {"assignee", "assignee_type", "input", "task_definition_id"},
	},
	Relations: map[string]Relation{
		"definition":         One("task_definition_id", "task_definitions"),
		"events":             Via("id", "event_instances", publishedBy("task", "tki", "task_instances", "task_instance_id")),
		"workflowInstance":   One("workflow_instance_id", "workflow_instances"),
		"workflowDefinition": One("workflow_definition_id", "workflow_definitions"),
	},
})
