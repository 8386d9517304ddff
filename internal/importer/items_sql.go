package importer

import (
	"fmt"
	"strings"
)

func stageOfItems(t *table) string { return "aos_import_items_" + t.name }

func sqlStageItems(t *table) string {
	return fmt.Sprintf("/* import.stage_items */ create temp table %s (n bigint, place integer, id uuid, event_id text, %s) on commit drop",
		stageOfItems(t), strings.Join(itemColumns[t.name], ", "))
}

func sqlCopyItems(t *table) string {
	columns := []string{"n", "place", "id", "event_id"}
	for _, c := range itemColumns[t.name] {
		columns = append(columns, strings.SplitN(c, " ", 2)[0])
	}
	return sqlCopy(stageOfItems(t), columns)
}

// itemTelling takes items out, or makes what they need, and answers whom to tell.
type itemTelling struct {
	sql     string
	kind    Kind
	code    Code
	message string
}

func itemTellings(t *table) []itemTelling {
	items := stageOfItems(t)
	twice := itemTelling{fmt.Sprintf(`/* import.items_twice */
with gone as (
  delete from %[1]s i using %[1]s o where o.n = i.n and o.event_id = i.event_id and o.place < i.place returning i.n, i.place, i.event_id)
select s.n, s.row_source, coalesce(s.row_label, ''), g.event_id from (select distinct n, place, event_id from gone) g join %[2]s s on s.n = g.n order by g.n, g.place`, items, stage(t)),
		LeftOut, Duplicate, "the event is listed twice; its first place stays"}
	if t.name != "event_queue_state" {
		return []itemTelling{twice}
	}
	return []itemTelling{twice, {`/* import.items_flawed */
with gone as (
  delete from aos_import_items_event_queue_state i
  where i.place >= 0 and (i.flaw is not null or not aos_pattern_concrete(i.pattern) or length(i.version) > 50)
    and not exists (select from event_instance_keys k where k.event_id = i.event_id)
  returning i.n, i.place, i.event_id, coalesce(i.flaw, 'its pattern is not concrete') as flaw)
select s.n, s.row_source, coalesce(s.row_label, ''), g.event_id || ': ' || g.flaw from gone g join aos_import_event_queue_state s on s.n = g.n order by g.n, g.place`,
		LeftOut, Invalid, "the event is known from this queue alone and cannot be stored as it is"}, {`/* import.items_made */
with made as (
  insert into event_instances (id, event_id, event_definition_id, pattern, version, source, "timestamp", payload, metadata, created_at, updated_at)
  select distinct on (i.event_id) i.made, i.event_id,
    (select d.id from event_definitions d where d.pattern = i.pattern and d.version = i.version order by d.status = 'active' desc, d.id limit 1),
    i.pattern, i.version, i.source, i."timestamp", i.payload, i.metadata, i."timestamp", i."timestamp"
  from aos_import_items_event_queue_state i join aos_import_event_queue_state s on s.n = i.n
  where i.place >= 0 and not exists (select from event_instance_keys k where k.event_id = i.event_id)
  order by i.event_id, i.n, i.place
  returning event_id)
select distinct on (i.event_id) s.n, s.row_source, coalesce(s.row_label, ''), i.event_id
from made m join aos_import_items_event_queue_state i on i.event_id = m.event_id join aos_import_event_queue_state s on s.n = i.n order by i.event_id, i.n`,
		Changed, EventMade, "the event was known from this queue alone and became a row of event_instances"}}
}

// sqlStoreItems makes the rows say what the arrays say, and notes whose array
// said something new.
func sqlStoreItems(t *table) []string {
	items, rows, touched := stageOfItems(t), stage(t), "aos_import_touched_"+t.name
	given := fmt.Sprintf("exists (select from %s m where m.n = s.n and m.place = -1)", items)
	statements := []string{
		fmt.Sprintf("/* import.items_touched */ create temp table %s (id uuid) on commit drop", touched),
		fmt.Sprintf("/* import.items_index */ create index on %s (n, event_id)", items),
	}
	if t.name == "event_sequences" {
		return append(statements, fmt.Sprintf(`/* import.items_gone */
with gone as (
  delete from event_sequence_events e using %[2]s s
  where e.sequence_id = s.id and %[3]s and not exists (select from %[1]s i where i.n = s.n and i.event_id = e.event_id)
  returning e.sequence_id)
insert into %[4]s select sequence_id from gone`, items, rows, given, touched), fmt.Sprintf(`/* import.items */
with stored as (
  insert into event_sequence_events as e (id, sequence_id, event_id, position, required, status, processing_timestamp, created_at, updated_at)
  select i.id, s.id, i.event_id, i.position, i.required, i.status, i.processing_timestamp, s.created_at, s.created_at
  from %[1]s i join %[2]s s on s.n = i.n where i.place >= 0 order by i.n, i.place
  on conflict (sequence_id, event_id) do update
    set position = excluded.position, required = excluded.required, status = excluded.status, processing_timestamp = excluded.processing_timestamp
    where row(e.position, e.required, e.status, e.processing_timestamp)
      is distinct from row(excluded.position, excluded.required, excluded.status, excluded.processing_timestamp)
  returning e.sequence_id)
insert into %[3]s select sequence_id from stored`, items, rows, touched))
	}
	// What a worker holds is not taken from its hands.
	return append(statements, fmt.Sprintf(`/* import.items_gone */
with gone as (
  delete from event_queue_entries e using %[2]s s
  where e.queue_id = s.id and e.status = 'waiting' and %[3]s and not exists (select from %[1]s i where i.n = s.n and i.event_id = e.event_id)
  returning e.queue_id)
insert into %[4]s select queue_id from gone`, items, rows, given, touched), fmt.Sprintf(`/* import.items */
with stored as (
  insert into event_queue_entries as e (id, queue_id, event_id, attempts, available_at, last_error, last_error_at, created_at, updated_at)
  select i.id, s.id, i.event_id, i.attempts, i.available_at, i.last_error, i.last_error_at, i.available_at, i.available_at
  from %[1]s i join %[2]s s on s.n = i.n where i.place >= 0 and not exists (
    select from event_queue_entries o where o.queue_id = s.id and o.event_id = i.event_id
      and (o.status <> 'waiting' or row(o.attempts, o.last_error, o.last_error_at) is not distinct from row(i.attempts, i.last_error, i.last_error_at)
        and (not i.planned or o.available_at = i.available_at)))
  order by i.n, i.place
  on conflict (queue_id, event_id) do update
    set attempts = excluded.attempts, available_at = excluded.available_at, last_error = excluded.last_error, last_error_at = excluded.last_error_at
  returning e.queue_id)
insert into %[3]s select queue_id from stored`, items, rows, touched))
}

// sqlTouchedByItems counts the stored rows of which nothing but items changed.
func sqlTouchedByItems(t *table) string {
	return fmt.Sprintf("/* import.items_count */ select count(distinct s.id) from %s s join aos_import_touched_%s o on o.id = s.id where not s.is_new and not s.updated",
		stage(t), t.name)
}
