package repository

import "github.com/augmentedos/graph/internal/model"

// WorkflowDefinitions is the template of every process, one row per version.
var WorkflowDefinitions = Define[model.WorkflowDefinition](Descriptor{
	Name:  "WorkflowDefinition",
	Table: "workflow_definitions",
	Where: model.WorkflowDefinitionWhere{},
	Key:   "workflow_id",
	Orders: Orders{
		"NAME_ASC":        Asc("name"),
		"CREATED_AT_DESC": Desc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
	},
	Relations: map[string]Relation{
		"instances": Many("workflow_instances", "workflow_definition_id"),
	},
})
