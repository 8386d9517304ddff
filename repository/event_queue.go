package repository

import "github.com/augmentedos/graph/internal/model"

// EventQueues are the processing queues.
var EventQueues = Define[model.EventQueue](Descriptor{
	Name:  "EventQueue",
	Table: "event_queue_state",
	Where: model.EventQueueWhere{},
	Key:   "queue_id",
	Orders: Orders{
		"CREATED_AT_ASC":  Asc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
	},
	Computed: Computed{
		"allowedActions": {"status"},
		"nextStatuses":   {"status"},
		"config":         {"config"},
		"metrics":        {"queue_metrics"},
		"depth":          {"id"},
		"entries":        {"id"},
		"history":        {"id"},
	},
	Relations: map[string]Relation{
		"checkpoint": Via("checkpoint_id", "event_instances", eventByKey),
	},
})

// EventQueueEntries are the events in queues. They are no nodes: an entry is
// gone as soon as its event is processed. Their one order puts what is being
// processed before what waits.
var EventQueueEntries = Define[model.EventQueueEntry](Descriptor{
	Name:   "EventQueueEntry",
	Table:  "event_queue_entries",
	Orders: Orders{"NEXT": Asc("status", "available_at")},
	Computed: Computed{
		"processing": {"status"},
		"event":      {"event_id"},
	},
})

// EntriesOfQueue is the edge from a queue to what is in it.
var EntriesOfQueue = Many("event_queue_entries", "queue_id")
