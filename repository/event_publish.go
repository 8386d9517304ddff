package repository

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/model"
	"github.com/georgysavva/scany/v2/pgxscan"
	"github.com/google/uuid"
)

// EventContracts finds what events are published under: for every pattern the
// version beside it, or the active one where that is empty. Where none is
// active the newest other version is found, so that the caller can say so; nil
// is a pattern nobody knows.
func (s *Store) EventContracts(ctx context.Context, patterns, versions []string) ([]*model.EventDefinition, error) {
	const name = "event_definitions.contracts"
	columns := selection{columns: []string{"id", "event_id", "pattern", "payload_schema", "source_types", "status", "version"}}
	sql := "/* " + name + " */ select distinct on (k.key) k.key as parent_key, " + columns.nested() + `
from unnest($1::text[], $2::text[]) with ordinality as k(pattern, version, key)
join event_definitions t on t.pattern = k.pattern and (k.version = '' or t.version = k.version)
order by k.key, t.status, t.version_sort desc` // active comes first by the alphabet
	found := make([]*model.EventDefinition, len(patterns))
	err := scanEach(ctx, s, name, sql, args{patterns, versions}, func(r keyed[model.EventDefinition]) {
		found[r.ParentKey.(int64)-1] = &r.Row
	})
	return found, err
}

// QueueIntake is a queue as who puts events into it sees it. Depth is counted
// to a little over the most that the queue may hold.
type QueueIntake struct {
	Row   model.EventQueue `db:"row"`
	Depth int              `db:"depth"`
}

// QueueIntake finds a queue and counts what is in it; nil when there is none.
func (s *Store) QueueIntake(ctx context.Context, queueID string, atMost int) (*QueueIntake, error) {
	const name = "event_queue_state.intake"
	columns := selection{columns: []string{"id", "queue_id", "status", "config"}}
	rows, err := s.DB.Query(ctx, "/* "+name+" */ select "+columns.nested()+`,
  (select count(*) from (select from event_queue_entries e where e.queue_id = t.id limit greatest($2::int, aos_queue_depth(t.config))) x) as depth
from event_queue_state t where t.queue_id = $1`, queueID, atMost)
	if err != nil {
		return nil, readError(name, err)
	}
	var found []*QueueIntake
	if err := pgxscan.ScanAll(&found, rows); err != nil || len(found) == 0 {
		return nil, readError(name, err)
	}
	return found[0], nil
}

// OpenQueue creates a queue that is not there yet.
func (tx *Tx) OpenQueue(ctx context.Context, queueID, title string) error {
	_, err := tx.Exec(ctx, "event_queue_state.open",
		"insert into event_queue_state (queue_id, name) values ($1, $2) on conflict do nothing", queueID, title)
	return err
}

// Publication is an event as somebody asks to have it recorded. The zero value
// of what is optional means that the sender did not say.
type Publication struct {
	Event     model.EventInstance // as it is to be stored
	Version   string
	Source    string
	Metadata  string
	Timestamp *time.Time
}

// columns takes publications apart into the arrays of a statement.
type publicationColumns struct {
	ids, definitions                                       []uuid.UUID
	created, timestamps                                    []time.Time
	eventIDs, patterns, versions, sources, payloads, metas []string
}

func columnsOf(list []*Publication) (c publicationColumns) {
	for _, p := range list {
		e := &p.Event
		c.ids, c.definitions = append(c.ids, e.UUID), append(c.definitions, *e.EventDefinitionID)
		c.created, c.timestamps = append(c.created, e.CreatedAt), append(c.timestamps, e.Timestamp)
		c.eventIDs, c.patterns, c.versions = append(c.eventIDs, e.EventID), append(c.patterns, e.Pattern), append(c.versions, e.Version)
		c.sources, c.payloads = append(c.sources, string(e.SourceJSON)), append(c.payloads, string(e.Payload))
		c.metas = append(c.metas, string(e.MetadataJSON))
	}
	return c
}

// ClaimEvents takes the business keys of new events. Those whose key was free
// are in the answer; a key that another transaction is about to take is waited
// for.
func (tx *Tx) ClaimEvents(ctx context.Context, list []*Publication) (map[uuid.UUID]bool, error) {
	const name = "event_instance_keys.claim"
	c := columnsOf(list)
	claimed := map[uuid.UUID]bool{}
	err := scanEach(ctx, tx.Store, name, "/* "+name+` */
insert into event_instance_keys (event_id, id, created_at)
select * from unnest($1::text[], $2::uuid[], $3::timestamptz[]) as k(event_id, id, created_at) order by 1
on conflict do nothing returning id`, args{c.eventIDs, c.ids, c.created}, func(r struct{ ID uuid.UUID }) { claimed[r.ID] = true })
	return claimed, err
}

// RecordEvents stores events whose keys were claimed and puts them into a
// queue.
func (tx *Tx) RecordEvents(ctx context.Context, queue uuid.UUID, list []*Publication) error {
	c := columnsOf(list)
	if _, err := tx.Exec(ctx, "event_instances.record", `
insert into event_instances (id, created_at, event_id, event_definition_id, pattern, version, source, timestamp, payload, metadata)
select id, created_at, event_id, definition, pattern, version, source::jsonb, happened, payload::jsonb, metadata::jsonb
from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::text[])
  as e(id, created_at, event_id, definition, pattern, version, source, happened, payload, metadata)`,
		c.ids, c.created, c.eventIDs, c.definitions, c.patterns, c.versions, c.sources, c.timestamps, c.payloads, c.metas); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "event_queue_entries.enqueue",
		"insert into event_queue_entries (queue_id, event_id) select $1, unnest($2::text[])", queue, c.eventIDs)
	return err
}

// EarlierEvent is the event that has a key already. ID is nil once it is
// archived; Same tells whether a publication says what it says.
type EarlierEvent struct {
	Position int64 `db:"n"`
	ID       *uuid.UUID
	Same     bool
}

// EarlierEvents finds the events that publications would publish again, by
// their position in the list.
func (s *Store) EarlierEvents(ctx context.Context, list []*Publication) (map[int]EarlierEvent, error) {
	const name = "event_instances.earlier"
	c := columnsOf(list)
	var versions, sources, metas []string
	var timestamps []*time.Time
	for _, p := range list {
		versions, sources = append(versions, p.Version), append(sources, p.Source)
		metas, timestamps = append(metas, p.Metadata), append(timestamps, p.Timestamp)
	}
	found := map[int]EarlierEvent{}
	err := scanEach(ctx, s, name, "/* "+name+` */
select k.n, t.id, coalesce(t.pattern = k.pattern and t.version = coalesce(nullif(k.version, ''), t.version) and t.payload = k.payload::jsonb
  and t.source = coalesce(nullif(k.source, '')::jsonb, t.source) and t.timestamp = coalesce(k.happened, t.timestamp)
  and t.metadata @> coalesce(nullif(k.metadata, ''), '{}')::jsonb, true) as same
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[]) with ordinality
  as k(event_id, pattern, version, payload, source, happened, metadata, n)
join event_instance_keys x on x.event_id = k.event_id left join event_instances t on t.id = x.id`,
		args{c.eventIDs, c.patterns, versions, c.payloads, sources, timestamps, metas},
		func(e EarlierEvent) { found[int(e.Position-1)] = e })
	return found, err
}
