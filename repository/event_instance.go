package repository

import "github.com/augmentedos/graph/internal/model"

// EventInstances are what happened, partitioned by month.
var EventInstances = Define[model.EventInstance](Descriptor{
	Name:        "EventInstance",
	Table:       "event_instances",
	Where:       model.EventInstanceWhere{},
	Key:         "event_id",
	Partitioned: true,
	Orders: Orders{
		"CREATED_AT_DESC": Desc(),
		"CREATED_AT_ASC":  Asc(),
		"TIMESTAMP_DESC":  Desc("timestamp"),
		"TIMESTAMP_ASC":   Asc("timestamp"),
	},
	Computed: Computed{
		"source":    {"source"},
		"metadata":  {"metadata"},
		"sequences": {"event_id"},
	},
	Relations: map[string]Relation{
		"definition":             One("event_definition_id", "event_definitions"),
		"causedBy":               Via("causation_id", "event_instances", eventByKey),
		"effects":                Via("event_id", "event_instances", "t.causation_id = k.key"),
		"queue":                  Via("event_id", "event_queue_state", "t.id = (select e.queue_id from event_queue_entries e where e.event_id = k.key limit 1)"),
		"deadLetters":            Via("event_id", "dead_letter_queue", "t.event_id = k.key"),
		"startedInstances":       Many("workflow_instances", "trigger_event_id"),
		"fulfilledSubscriptions": Many("workflow_event_subscriptions", "fulfilled_by_event_id"),
	},
})

// eventByKey finds an event by its business key through the table of keys: it
// tells the id and so the one partition to look into.
const eventByKey = "t.id = (select x.id from event_instance_keys x where x.event_id = k.key)"

// EventByKey leads from a document or a part that names an event to the event.
var EventByKey = Via("event_id", "event_instances", eventByKey)

// publishedBy selects the events whose source is the instance k.key of a table.
// A source is written by anybody, so it may name the instance by UUID, by the
// id of the API or by the business key.
func publishedBy(sourceType, prefix, table, key string) string {
	return "t.source_type = '" + sourceType + "' and t.source_id = any ((select array[k.key::text, aos_typeid('" + prefix +
		"', k.key), s." + key + "] from " + table + " s where s.id = k.key)::text[])"
}
