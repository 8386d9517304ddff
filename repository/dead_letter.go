package repository

import "github.com/augmentedos/graph/internal/model"

// DeadLetters are deliveries that failed for good.
var DeadLetters = Define[model.DeadLetter](Descriptor{
	Name:  "DeadLetter",
	Table: "dead_letter_queue",
	Where: model.DeadLetterWhere{},
	Key:   "entry_id",
	Orders: Orders{
		"CREATED_AT_DESC": Desc("created_at"),
		"CREATED_AT_ASC":  Asc("created_at"),
		"UPDATED_AT_DESC": Desc("updated_at"),
	},
	Computed: Computed{
		"allowedActions": {"status", "subscriber_id"},
		"nextStatuses":   {"status"},
		"originalEvent":  {"original_event", "event_id"},
		"retryHistory":   {"retry_history"},
		"transient":      {"error_type", "error_code"},
		"subscriber":     {"subscriber_id"},
		"history":        {"id"},
	},
	Relations: map[string]Relation{
		"event": Via("event_id", "event_instances", eventByKey),
	},
})
