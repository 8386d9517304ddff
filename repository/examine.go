package repository

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Symptom is one thing that an examination of the database found: what it is
// about, and what about it.
type Symptom struct {
	Subject string
	Detail  string
}

// MostSymptoms bounds what one examination answers; who has that many mends
// them in rounds.
const MostSymptoms = 100

// The examinations that need nothing but the database. Each answers a subject
// and a detail.
const (
	// ExtensionsMissing names the extensions that the schema needs.
	ExtensionsMissing = `/* examine.extensions */
select needed, '' from unnest(array['pgcrypto', 'uuid-ossp', 'pg_trgm', 'ltree']) needed
where not exists (select from pg_extension where extname = needed)`

	// TriggersLost takes tables, names and whether each fires always.
	TriggersLost = `/* examine.triggers */
select e.tbl || '.' || e.name, coalesce(case t.tgenabled when 'D' then 'disabled' when 'R' then 'on in replication sessions only'
  when 'O' then 'off in replication sessions' end, 'missing')
from unnest($1::text[], $2::text[], $3::boolean[]) as e(tbl, name, always)
left join pg_trigger t on t.tgrelid = to_regclass(e.tbl) and t.tgname = e.name and not t.tgisinternal
where t.oid is null or (t.tgenabled <> 'A' and (e.always or t.tgenabled <> 'O'))
union all
select c.tgrelid::regclass || '.' || c.tgname, 'disabled'
from pg_trigger c join pg_trigger p on p.oid = c.tgparentid
where c.tgenabled = 'D' and p.tgenabled <> 'D' and p.tgname like 'aos\_%'
order by 1`

	// IndexesLost takes tables and names.
	IndexesLost = `/* examine.indexes */
select e.tbl || '.' || e.name, case when i.indexrelid is null then 'missing' else 'invalid' end
from unnest($1::text[], $2::text[]) as e(tbl, name)
left join pg_index i on i.indexrelid = to_regclass(e.name)
where i.indexrelid is null or not i.indisvalid
union all
select i.indrelid::regclass || '.' || i.indexrelid::regclass, 'invalid'
from pg_index i join pg_class c on c.oid = i.indrelid
where not i.indisvalid and c.relnamespace = current_schema()::regnamespace and i.indexrelid::regclass::text <> all ($2::text[])
order by 1`

	// PartitionRunway takes an interval and tells which tables have partitions
	// for less than that, and until when.
	PartitionRunway = `/* examine.partitions */
select table_name, to_char(covered_until, 'YYYY-MM-DD') from aos_partition_runway()
where covered_until < now() + $1::text::interval order by 1`

	// PartitionsDetached names tables that were partitions of ours.
	PartitionsDetached = `/* examine.detached_partitions */
select c.relname, p.name
from unnest(array['event_instances_y', 'task_instances_y', 'change_log_y']) as p(name)
join pg_class c on c.relname ~ ('^' || p.name || '[0-9]{4}[mw][0-9]{2}$') and c.relkind = 'r' and not c.relispartition
  and c.relnamespace = current_schema()::regnamespace
order by 1`

	// SequencesCached names sequences that hand out numbers in blocks: the order
	// of the change log would not be the order of locks any more.
	SequencesCached = `/* examine.sequences */
select seqrelid::regclass::text, seqcache::text from pg_sequence where seqrelid = to_regclass('change_log_seq_seq') and seqcache <> 1`

	// LedgerOfAnother tells that the change ledger was written in another
	// cluster or database, as after restoring a dump.
	LedgerOfAnother = `/* examine.ledger */
select 'change_ledger', n::text from change_ledger l
where n = (select max(n) from change_ledger)
  and generation <> md5((select system_identifier from pg_control_system())::text
    || (select oid from pg_database where datname = current_database())::text)::uuid`

	// TransactionsLeftOpen are sessions that hold back live updates and VACUUM.
	TransactionsLeftOpen = `/* examine.transactions */
select pid::text, coalesce(nullif(application_name, ''), usename, 'somebody') || ', ' || state || ', since ' || to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and xact_start < now() - interval '1 hour'
order by xact_start limit 10`

	// Unlimited answers a row when no statement_timeout applies to this role.
	Unlimited = `/* examine.statement_timeout */
select current_user::text, current_setting('statement_timeout') where current_setting('statement_timeout') in ('0', '0ms')`
)

// Server is what a database says of itself.
type Server struct {
	Version  string
	Major    int
	Database string
	Encoding string
	Standby  bool
}

// Server asks the database what it is.
func (s *Store) Server(ctx context.Context) (Server, error) {
	rows, err := s.DB.Query(ctx, `/* examine.server */
select current_setting('server_version'), current_setting('server_version_num')::int / 10000, current_database()::text,
  current_setting('server_encoding'), pg_is_in_recovery()`)
	if err != nil {
		return Server{}, readError("examine.server", err)
	}
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Server])
	return found, readError("examine.server", err)
}

// Examine runs one of the examinations.
func (s *Store) Examine(ctx context.Context, sql string, args ...any) ([]Symptom, error) {
	rows, err := s.DB.Query(ctx, sql, args...)
	if err != nil {
		return nil, readError("examine", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Symptom])
	return found, readError("examine", err)
}

// HistoryGaps finds rows whose past does not join: an entry is missing between
// two others, or the row was written after its period began. quiet are tables
// some of whose columns move without an entry.
func (s *Store) HistoryGaps(ctx context.Context, table string, quiet bool) ([]Symptom, error) {
	written := "false"
	if !quiet {
		written = "t.updated_at > lower(t.sys_period)"
	}
	return s.Examine(ctx, `/* examine.history_gaps */
select t.id::text, case when `+written+` then 'changed at ' || t.updated_at || ' without an entry in its history'
  else 'an entry is missing before ' || lower(t.sys_period) end
from `+table+` t
where `+written+` or exists (
  select from (
    select upper(h.sys_period) as ends, lead(lower(h.sys_period), 1, lower(t.sys_period)) over (order by lower(h.sys_period)) as begins
    from `+table+`_history h where h.id = t.id) p
  where p.ends <> p.begins)
order by t.id limit $1`, MostSymptoms)
}

// UnloggedChanges finds rows whose revision is not the one the change log knows
// last: they were changed while capture was off.
func (s *Store) UnloggedChanges(ctx context.Context, table string) ([]Symptom, error) {
	return s.Examine(ctx, `/* examine.unlogged_changes */
select t.id::text, 'revision ' || t.revision || ', the change log knows ' || l.revision
from `+table+` t cross join lateral (
  select c.revision from change_log c where c.entity_id = t.id and c.revision is not null order by c.seq desc limit 1) l
where l.revision < t.revision
order by t.id limit $1`, MostSymptoms)
}

// UnresolvedReferences finds places in active definitions that lead nowhere.
func (s *Store) UnresolvedReferences(ctx context.Context, r ReferenceTable) ([]Symptom, error) {
	source, target := byTable[r.Source], byTable[r.Target]
	return s.Examine(ctx, `/* examine.unresolved_references */
select t.`+source.Key+` || ' ' || t.version || ' ' || r.path, '`+target.Name+` "' || r.target_business_id || '"' || coalesce(' ' || r.target_version, '')
from `+string(r.Name)+` r join `+r.Source+` t on t.id = r.source_id
where t.status = 'active' and (`+resolved(target)+`) is null
order by 1 limit $1`, MostSymptoms)
}

// StoredReferences reads what the reference tables hold of some definitions,
// each as Place.Path, business id and version, by source.
func (s *Store) StoredReferences(ctx context.Context, table string, ids []uuid.UUID) (map[uuid.UUID][]string, error) {
	found := map[uuid.UUID][]string{}
	var branches []string
	for _, r := range ReferenceTablesOf(table) {
		branches = append(branches, "select source_id, concat_ws(' ', '"+string(r.Name)+"', path, target_business_id, target_version) from "+
			string(r.Name)+" where source_id = any ($1::uuid[])")
	}
	rows, err := s.DB.Query(ctx, "/* "+table+".stored_references */ "+strings.Join(branches, "\nunion all\n"), ids)
	if err != nil {
		return nil, readError(table+".stored_references", err)
	}
	var id uuid.UUID
	var text string
	_, err = pgx.ForEachRow(rows, []any{&id, &text}, func() error {
		found[id] = append(found[id], text)
		return nil
	})
	return found, readError(table+".stored_references", err)
}

// NextIDs reads ids of a table in their order, for walks over all rows.
func (s *Store) NextIDs(ctx context.Context, table string, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	name := table + ".walk"
	rows, err := s.DB.Query(ctx, "/* "+name+" */ select t.id from "+table+" t where t.id > $1 order by t.id limit $2", after, limit)
	if err != nil {
		return nil, readError(name, err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, readError(name, err)
}

// EstimatedRows is what the planner thinks a table holds, for progress.
func (s *Store) EstimatedRows(ctx context.Context, table string) (int, error) {
	name := table + ".estimate"
	rows, err := s.DB.Query(ctx, "/* "+name+` */ select coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
from pg_class c where c.relkind = 'r' and (c.oid = to_regclass($1) or c.oid in (select inhrelid from pg_inherits where inhparent = to_regclass($1)))`, table)
	if err != nil {
		return 0, readError(name, err)
	}
	n, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
	return n, readError(name, err)
}

// SoftReference is a place that names something without a foreign key, because
// it may come from outside or be gone. Broken is the condition on a row t.
type SoftReference struct {
	Table, Code, Broken string
	Says                string // continues a sentence that begins with the row
	Foreign             bool   // what is named may well be somewhere else
}

// SoftReferences are what a foreign key cannot hold together.
var SoftReferences = []SoftReference{
	{"workflow_instances", "UNKNOWN_STEP", "t.current_step_id is not null and exists (select from workflow_definitions d where d.id = t.workflow_definition_id and not " + hasStep("t.current_step_id") + ")",
		"stands at a step that its definition does not have", false},
	{"task_instances", "UNKNOWN_STEP", "exists (select from workflow_definitions d where d.id = t.workflow_definition_id and not " + hasStep("t.step_id") + ")",
		"belongs to a step that its workflow definition does not have", false},
	{"event_instances", "UNKNOWN_CAUSE", "t.causation_id is not null and not exists (select from event_instance_keys k where k.event_id = t.causation_id)",
		"names a causing event that is not here", true},
	{"dead_letter_queue", "UNKNOWN_EVENT", "not exists (select from event_instance_keys k where k.event_id = t.event_id)",
		"is about an event that is not here", true},
	{"test_definitions", "UNKNOWN_TARGET", `case t.type
  when 'task' then not exists (select from task_definitions d where d.task_id = t.target_id and (t.target_version is null or d.version = t.target_version))
  when 'workflow' then not exists (select from workflow_definitions d where d.workflow_id = t.target_id and (t.target_version is null or d.version = t.target_version))
  else false end`, "tests a definition that is not here", false},
	{"workflow_event_triggers", "UNKNOWN_EVENT", "t.enabled and not exists (select from event_definitions d where d.pattern_path ~ t.pattern_query)",
		"waits for events that no definition describes", false},
}

// hasStep is true when the definition d has a step of this name, in a parallel
// branch or among the compensations, too.
func hasStep(name string) string {
	return "jsonb_path_exists(jsonb_build_array(d.steps, d.compensation_steps), '$.**.stepId ? (@ == $s)', jsonb_build_object('s', " + name + "))"
}

// BrokenSoftReferences finds the rows with ids from first to last that break r.
func (s *Store) BrokenSoftReferences(ctx context.Context, r SoftReference, first, last uuid.UUID) ([]Symptom, error) {
	return s.Examine(ctx, "/* "+r.Table+".soft_references */ select t.id::text, '' from "+r.Table+" t where t.id between $1 and $2 and ("+r.Broken+") order by t.id limit $3",
		first, last, MostSymptoms)
}
