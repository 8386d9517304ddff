package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/augmentedos/graph/jsonschema"
	"github.com/google/uuid"
)

// Bundles carry the items of a sequence and the events that wait in a queue as
// an array of its row; the database keeps each as a row of its own. When a row
// brings the array, it is the whole truth: what it does not list goes away.

// itemColumns are those of the staging table of items, by the table of the rows
// they came with.
var itemColumns = map[string][]string{
	"event_sequences":   {"position integer", "required boolean", "status text", "processing_timestamp timestamptz"},
	"event_queue_state": {"attempts integer", "available_at timestamptz", "planned boolean", "last_error text", "last_error_at timestamptz", "made uuid", "flaw text", "pattern text", "version text", "source jsonb", "\"timestamp\" timestamptz", "payload jsonb", "metadata jsonb"},
}

// deliveryFacts are the keys of a waiting event's metadata that belong to the
// queue and not to the event.
var deliveryFacts = []string{"retryCount", "lastError", "lastErrorTime", "processingStartTime", "availableAt"}

// storeItems brings the arrays of a sequence or a queue into their rows.
func (r *run) storeItems(ctx context.Context, t *table) error {
	if t.items() == "" {
		return nil
	}
	if err := r.stageItems(ctx, t); err != nil {
		return err
	}
	for _, told := range itemTellings(t) {
		found, err := r.hits(ctx, told.sql)
		if err != nil {
			return err
		}
		for _, h := range found {
			r.note(h.entry(t, told.kind, told.code, "/"+t.items(), told.message))
		}
	}
	for _, sql := range sqlStoreItems(t) {
		if _, err := r.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	var touched int
	if err := r.tx.QueryRow(ctx, sqlTouchedByItems(t)).Scan(&touched); err != nil {
		return err
	}
	report := r.report.table(t.name)
	report.Updated += touched
	report.Unchanged -= touched
	return nil
}

// stageItems reads the bundle's rows once more: the connection could not take
// the items while it took the rows, and keeping them all would take memory.
func (r *run) stageItems(ctx context.Context, t *table) error {
	if _, err := r.tx.Exec(ctx, sqlStageItems(t)); err != nil {
		return err
	}
	rd := &reader{table: t, columns: r.columns[t.name], ids: r.ids, first: r.earliest, note: func(Entry) {}}
	cells := sequenceItem
	if t.name == "event_queue_state" {
		cells = queueItem
	}
	return copyRows(ctx, r.tx.Conn(), sqlCopyItems(t), func(write func(...cell) error) error {
		return r.bundle.each(t.name, func(one raw) error {
			row := rd.read(one)
			if row == nil || row.items == nil {
				return nil
			}
			// The row without an event says that the array was there.
			marker := slices.Repeat([]cell{{null: true}}, len(itemColumns[t.name])+4)
			marker[0], marker[1] = cell{text: fmt.Sprint(row.n)}, cell{text: "-1"}
			if err := write(marker...); err != nil {
				return err
			}
			for i, item := range row.items {
				if err := write(cells(row, i, item)...); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func sequenceItem(row *row, i int, doc json.RawMessage) []cell {
	item := raw{}
	_ = json.Unmarshal(doc, &item.columns) // the schema says that it is an object
	event := item.text("eventId")
	order, _ := whole(doc, "order") // the row was refused if there is none
	cells := []cell{
		{text: fmt.Sprint(row.n)}, {text: fmt.Sprint(i)}, {text: mintItem("event_sequence_events", row.id, event, i, row.at).String()}, {text: event},
		{text: order}, {text: "true"}, {text: "pending"}, {null: true},
	}
	if string(item.columns["required"]) == "false" {
		cells[5].text = "false"
	}
	if status := item.text("status"); status != "" {
		cells[6].text = status
	}
	if at, ok := timeOfColumn(item, "processingTimestamp"); ok {
		cells[7] = cell{text: at.Format(time.RFC3339Nano)}
	}
	return cells
}

// queueItem is a waiting event; its own columns are there for the case that
// nobody knows it otherwise.
func queueItem(row *row, i int, doc json.RawMessage) []cell {
	item, facts := raw{}, raw{columns: map[string]json.RawMessage{}}
	_ = json.Unmarshal(doc, &item.columns) // the schema says that it is an object
	_ = json.Unmarshal(item.columns["metadata"], &facts.columns)
	event := item.text("eventId")
	happened, ok := timeOfColumn(item, "timestamp")
	if !ok {
		happened = row.at
	}
	available, planned := timeOfColumn(facts, "availableAt")
	if !planned {
		available = happened
	}
	attempts, _ := whole(doc, "metadata", "retryCount")
	if attempts == "" {
		attempts = "0"
	}
	cells := []cell{
		{text: fmt.Sprint(row.n)}, {text: fmt.Sprint(i)}, {text: mintItem("event_queue_entries", row.id, event, i, available).String()}, {text: event},
		{text: attempts}, {text: available.Format(time.RFC3339Nano)}, {text: fmt.Sprint(planned)},
		{text: facts.text("lastError"), null: !facts.has("lastError")}, {null: true},
	}
	if at, ok := timeOfColumn(facts, "lastErrorTime"); ok {
		cells[8] = cell{text: at.Format(time.RFC3339Nano)}
	}
	return append(cells, unknownEvent(row, item, facts, event, happened)...)
}

// unknownEvent is the row of an event that is known from its queue alone.
func unknownEvent(row *row, item, facts raw, event string, at time.Time) []cell {
	for _, key := range deliveryFacts {
		delete(facts.columns, key)
	}
	documents := map[string]json.RawMessage{"source": item.columns["source"], "payload": item.columns["payload"]}
	if !item.has("source") {
		documents["source"] = json.RawMessage(`{"type":"queue","id":` + string(quote(row.label)) + `}`)
	}
	if !item.has("payload") {
		documents["payload"] = json.RawMessage(`{}`)
	}
	documents["metadata"], _ = json.Marshal(facts.columns)
	flaw := ""
	for _, column := range []string{"source", "payload", "metadata"} {
		if found := jsonschema.Validate("event_instances", column, documents[column]); len(found) > 0 && flaw == "" {
			flaw = column + found[0].Path + " " + found[0].Message
		}
	}
	if at.Year() < 2000 || at.Year() > 2099 {
		flaw = "its timestamp is outside of the years 2000 to 2099"
	}
	version := item.text("version")
	if version == "" {
		version = firstVersion
	}
	return []cell{
		{text: mint("event_instances", "queued:"+event, at).String()}, {text: flaw, null: flaw == ""}, {text: item.text("pattern")}, {text: version},
		{text: string(documents["source"])}, {text: at.Format(time.RFC3339Nano)}, {text: string(documents["payload"])}, {text: string(documents["metadata"])},
	}
}

// mintItem is mint with the place in the array in the bits after the time, so
// that items made together sort as they were listed.
func mintItem(table string, parent uuid.UUID, event string, place int, at time.Time) uuid.UUID {
	id := mint(table, parent.String()+event, at)
	id[6] = 0x70 | byte(place>>22)&0x0f
	id[7] = byte(place >> 14)
	id[8] = 0x80 | byte(place>>8)&0x3f
	id[9] = byte(place)
	return id
}
