package repository

import "github.com/augmentedos/graph/internal/model"

// EventSequences are groups of events processed in order.
var EventSequences = Define[model.EventSequence](Descriptor{
	Name:  "EventSequence",
	Table: "event_sequences",
	Where: model.EventSequenceWhere{},
	Key:   "sequence_id",
	Orders: Orders{
		"CREATED_AT_DESC":   Desc(),
		"UPDATED_AT_DESC":   Desc("updated_at"),
		"COMPLETED_AT_DESC": Desc("completed_sort"),
	},
	Computed: Computed{
		"rollbackStrategy": {"rollback_strategy"},
		"items":            {"id"},
		"history":          {"id"},
	},
})

// EventSequenceItems are the events of sequences. They are no nodes: an item
// is part of its sequence.
var EventSequenceItems = Define[model.EventSequenceItem](Descriptor{
	Name:   "EventSequenceItem",
	Table:  "event_sequence_events",
	Orders: Orders{"IN_ORDER": Asc("position")},
	Computed: Computed{
		"event":    {"event_id"},
		"sequence": {"sequence_id"},
	},
})

// The edges to the items, from either side.
var (
	ItemsOfSequence = Many("event_sequence_events", "sequence_id")
	ItemsOfEvent    = Via("event_id", "event_sequence_events", "t.event_id = k.key")
)
