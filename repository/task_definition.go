package repository

import "github.com/augmentedos/graph/internal/model"

// TaskDefinitions are the reusable units of work, one row per version.
var TaskDefinitions = Define[model.TaskDefinition](Descriptor{
	Name:   "TaskDefinition",
	Table:  "task_definitions",
	Where:  model.TaskDefinitionWhere{},
	Key:    "task_id",
	Orders: definitionOrders("task_id"),
	Computed: definitionFields("task_id", Computed{
		"retryPolicy":         {"retry_policy"},
		"executionConfig":     {"execution_config"},
		"integration":         {"execution_config"},
		"integrationInstance": {"execution_config"},
		"uiComponents":        {"ui_components"},
		"tags":                {"metadata"},
		"category":            {"metadata"},
		"problems":            {"type", "input_schema", "output_schema", "retry_policy", "execution_config", "ui_components", "metadata"},
	}),
	Relations: map[string]Relation{
		"workflowDefinitions": whereUsed(WorkflowTasks, "task_id"),
		"instances":           Many("task_instances", "task_definition_id"),
		"tests":               Via("task_id", "test_definitions", "t.type = 'task' and t.target_id = k.key"),
		"versions":            Via("task_id", "task_definitions", "t.task_id = k.key"),
	},
})
