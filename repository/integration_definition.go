package repository

import "github.com/augmentedos/graph/internal/model"

// IntegrationDefinitions are the catalogue of external systems, one row per
// version.
var IntegrationDefinitions = Define[model.IntegrationDefinition](Descriptor{
	Name:   "IntegrationDefinition",
	Table:  "integration_definitions",
	Where:  model.IntegrationDefinitionWhere{},
	Key:    "integration_id",
	Orders: definitionOrders("integration_id"),
	Computed: definitionFields("integration_id", Computed{
		"methods":          {"methods"},
		"oauth2Config":     {"oauth2_config"},
		"oauth2ConfigJson": {"oauth2_config"},
		"aiConfig":         {"ai_config"},
		"problems":         {"methods", "config_schema", "auth_type", "type", "oauth2_config", "ai_config"},
	}),
	Relations: map[string]Relation{
		"instances":       Many("integration_instances", "integration_definition_id"),
		"taskDefinitions": whereUsed(TaskIntegrations, "integration_id"),
		"uiComponents":    whereUsed(UIComponentIntegrations, "integration_id"),
		"versions":        Via("integration_id", "integration_definitions", "t.integration_id = k.key"),
	},
})
