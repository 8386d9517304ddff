package repository

import "github.com/augmentedos/graph/internal/model"

// WorkflowInstances are the executions of workflows.
var WorkflowInstances = Define[model.WorkflowInstance](Descriptor{
	Name:  "WorkflowInstance",
	Table: "workflow_instances",
	Where: model.WorkflowInstanceWhere{},
	Key:   "instance_id",
	Orders: Orders{
		"CREATED_AT_DESC": Desc(),
		"CREATED_AT_ASC":  Asc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
	},
	Computed: Computed{
		"phase":    {"status"},
		"terminal": {"status"},
	},
	Relations: map[string]Relation{
		"definition": One("workflow_definition_id", "workflow_definitions"),
		"tasks":      Many("task_instances", "workflow_instance_id"),
		"parent":     One("parent_instance_id", "workflow_instances"),
		"children":   Many("workflow_instances", "parent_instance_id"),
	},
})
