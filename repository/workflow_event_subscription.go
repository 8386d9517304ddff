package repository

import "github.com/augmentedos/graph/internal/model"

// WorkflowEventSubscriptions are running instances that wait for events.
var WorkflowEventSubscriptions = Define[model.WorkflowEventSubscription](Descriptor{
	Name:  "WorkflowEventSubscription",
	Table: "workflow_event_subscriptions",
	Where: model.WorkflowEventSubscriptionWhere{},
	Key:   "subscription_id",
	Orders: Orders{
		"CREATED_AT_DESC": Desc(),
		"CREATED_AT_ASC":  Asc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
	},
	Computed: Computed{
		"allowedActions": {"status"},
		"history":        {"id"},
	},
	Relations: map[string]Relation{
		"workflowInstance": One("workflow_instance_id", "workflow_instances"),
		"fulfilledBy":      One("fulfilled_by_event_id", "event_instances"),
	},
})
