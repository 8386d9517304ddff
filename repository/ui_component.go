package repository

import "github.com/augmentedos/graph/internal/model"

// UIComponents are the declarative pieces of user interface, one row per
// version.
var UIComponents = Define[model.UIComponent](Descriptor{
	Name:   "UIComponent",
	Table:  "ui_components",
	Where:  model.UIComponentWhere{},
	Key:    "component_id",
	Orders: definitionOrders("component_id"),
	Computed: definitionFields("component_id", Computed{
		"fields":       {"fields"},
		"layout":       {"layout"},
		"actions":      {"actions"},
		"customProps":  {"custom_props"},
		"integrations": {"custom_props", "fields"},
		"children":     {"id"},
		"problems":     {"component_type", "fields", "layout", "actions", "custom_props", "display_template"},
	}),
	Relations: map[string]Relation{
		"parents":             whereUsed(UIComponentChildren, "component_id"),
		"taskDefinitions":     whereUsed(TaskUIComponents, "component_id"),
		"workflowDefinitions": whereUsed(WorkflowUIComponents, "component_id"),
		"versions":            Via("component_id", "ui_components", "t.component_id = k.key"),
	},
})
