package importer

import (
	"fmt"
	"strings"
)

// This file is the SQL of the importer. Rows are copied into a staging table
// without rules, mended there as a set, and moved into their table in chunks.
// Parameters are values; what is written into the text are names of tables and
// columns out of the catalogue.

const sqlColumns = `/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum`

const sqlPrepare = `/* import.prepare */
select set_config('aos.bypass', 'on', true), set_config('aos.actor', $1, true), set_config('aos.reason', $2, true),
  set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true), set_config('timezone', 'UTC', true)`

// sqlSettle leaves a transaction that goes on as it was found.
const sqlSettle = "/* import.settle */ select set_config('aos.bypass', 'off', true)"

const sqlEnsurePartition = `/* import.partition */ select aos_ensure_partition($1, $2)`

const sqlCreatePartitions = `/* import.partitions_ahead */ select aos_create_partitions()`

func stage(t *table) string { return "aos_import_" + t.name }

// sqlStage makes the staging table: the columns of the table without rules.
// present has a bit for each column the row brought.
func sqlStage(t *table, columns []column) string {
	var b strings.Builder
	fmt.Fprintf(&b, "/* import.stage */ create temp table %s (n bigint, row_source text, row_label text, is_new boolean not null default true, updated boolean not null default false, present bigint", stage(t))
	for _, c := range columns {
		fmt.Fprintf(&b, ", %s %s", c.name, c.kind)
	}
	return b.String() + ") on commit drop"
}

// sqlStageExact makes the staging table of a file whose rows are taken as they
// are.
func sqlStageExact(name string, columns []column) string {
	var b strings.Builder
	fmt.Fprintf(&b, "/* import.stage_exact */ create temp table aos_import_%s (n bigint", name)
	for _, c := range columns {
		fmt.Fprintf(&b, ", %s %s", c.name, c.kind)
	}
	return b.String() + ") on commit drop"
}

func sqlCopy(into string, columns []string) string {
	return fmt.Sprintf("copy %s (%s) from stdin", into, strings.Join(columns, ", "))
}

func sqlStaged(t *table) []string {
	s := stage(t)
	return []string{
		fmt.Sprintf("/* import.stage_index */ create index on %s (n)", s),
		fmt.Sprintf("/* import.stage_analyze */ analyze %s", s),
		fmt.Sprintf("/* import.known */ update %s s set is_new = false from %s t where t.id = s.id", s, t.name),
	}
}

// sqlTwice takes out rows that go where an earlier row of the bundle goes.
func sqlTwice(t *table) string {
	return fmt.Sprintf(`/* import.twice */
delete from %[1]s s using (select id, min(n) as first from %[1]s group by id having count(*) > 1) d
where s.id = d.id and s.n > d.first returning s.n, s.row_source, coalesce(s.row_label, ''), s.id::text`, stage(t))
}

// sqlOrphans clears (or, where the column must be filled, deletes) foreign keys
// that lead to no row, neither stored nor in this bundle.
func sqlOrphans(t *table, c column, p parent) string {
	missing := fmt.Sprintf("s.%[1]s is not null and not exists (select from %[2]s p where p.id = s.%[1]s)", c.name, p.keys())
	if p.table == t.name {
		missing += fmt.Sprintf(" and not exists (select from %s o where o.id = s.%s)", stage(t), c.name)
	}
	if c.notNull {
		return fmt.Sprintf("/* import.orphans */ delete from %s s where %s returning s.n, s.row_source, coalesce(s.row_label, ''), s.%s::text", stage(t), missing, c.name)
	}
	return fmt.Sprintf(`/* import.orphans */
with orphan as (select s.n, s.%[2]s as lost from %[1]s s where %[3]s)
update %[1]s s set %[2]s = null from orphan o where o.n = s.n returning s.n, s.row_source, coalesce(s.row_label, ''), o.lost::text`, stage(t), c.name, missing)
}

// sqlStatuses completes the staged rows with the status of stored ones that did
// not bring any, so that the next statements see what each row will be.
func sqlStatuses(t *table, bit int64) string {
	return fmt.Sprintf("/* import.statuses */ update %s s set status = t.status from %s t where not s.is_new and t.id = s.id and s.present & %d = 0", stage(t), t.name, bit)
}

// sqlDemoteStaged and sqlDemoteStored leave one active version per business key:
// the highest one of the bundle and the database together.
func sqlDemoteStaged(t *table, bit int64) string {
	return fmt.Sprintf(`/* import.demote_staged */
update %[1]s s set status = 'deprecated', present = s.present | %[4]d
where s.status = 'active' and aos_version_valid(s.version) and (
  exists (select from %[1]s o where o.%[3]s = s.%[3]s and o.status = 'active' and o.id <> s.id
          and aos_version_valid(o.version) and aos_version_sort(o.version) > aos_version_sort(s.version))
  or exists (select from %[2]s o where o.%[3]s = s.%[3]s and o.status = 'active' and o.id <> s.id
             and o.version_sort > aos_version_sort(s.version) and not exists (select from %[1]s n where n.id = o.id)))
returning s.n, s.row_source, coalesce(s.row_label, ''), 'active'`, stage(t), t.name, t.key[0], bit)
}

func sqlDemoteStored(t *table) string {
	return fmt.Sprintf(`/* import.demote_stored */
update %[2]s o set status = 'deprecated' from %[1]s s
where o.status = 'active' and o.%[3]s = s.%[3]s and o.id <> s.id and s.status = 'active' and not exists (select from %[1]s n where n.id = o.id)
returning -1::bigint, o.id::text, o.%[3]s || ' ' || o.version, 'active'`, stage(t), t.name, t.key[0])
}

// sqlKeepDerived completes stored rows with what an earlier import derived: a
// bundle that still does not say it takes nothing away.
func sqlKeepDerived(t *table, derived ...string) string {
	set := make([]string, len(derived))
	for i, c := range derived {
		set[i] = fmt.Sprintf("%[1]s = coalesce(s.%[1]s, t.%[1]s)", c)
	}
	return fmt.Sprintf("/* import.keep_derived */ update %s s set %s from %s t where not s.is_new and t.id = s.id", stage(t), strings.Join(set, ", "), t.name)
}

// sqlEventDefinitions finds the contract of events that name none.
const sqlEventDefinitions = `/* import.event_definitions */
update aos_import_event_instances s set event_definition_id = (
  select d.id from event_definitions d where d.pattern = s.pattern and d.version = coalesce(s.version, '1.0.0')
  order by d.status = 'active' desc, d.id limit 1)
where s.event_definition_id is null and s.is_new`

const sqlEventsWithoutDefinition = `/* import.events_without_definition */
select s.n, s.row_source, coalesce(s.row_label, ''), s.pattern || ' ' || coalesce(s.version, '1.0.0')
from aos_import_event_instances s where s.event_definition_id is null and s.is_new order by s.n`

// sqlTaskDefinitions finds the task of a step for task instances that lost it.
const sqlTaskDefinitions = `/* import.task_definitions */
update aos_import_task_instances s set task_definition_id = f.id
from (
  select x.n, d.id from aos_import_task_instances x
  join workflow_definitions w
    on w.id = coalesce(x.workflow_definition_id, (select i.workflow_definition_id from workflow_instances i where i.id = x.workflow_instance_id))
  join task_definitions d on d.status = 'active'
    and d.task_id = jsonb_path_query_first(w.steps, '$.** ? (@.stepId == $step).taskId', jsonb_build_object('step', x.step_id)) #>> '{}'
  where x.task_definition_id is null and x.step_id is not null) f
where f.n = s.n
returning s.n, s.row_source, coalesce(s.row_label, ''), f.id::text`

const sqlTaskTypes = `/* import.task_types */
update aos_import_task_instances s set type = d.type from task_definitions d
where s.type is null and d.id = s.task_definition_id returning s.n, s.row_source, coalesce(s.row_label, ''), d.type::text`

func sqlMissing(t *table, column string) string {
	return fmt.Sprintf("/* import.missing */ delete from %[1]s s where s.%[2]s is null returning s.n, s.row_source, coalesce(s.row_label, ''), null::text", stage(t), column)
}

// sqlUpdate brings stored rows up to date, and touches none that is: a row that
// only has another updated_at is the same row.
func sqlUpdate(t *table, columns []column, phase string) string {
	var set, now, then []string
	for i, c := range columns {
		if c.name == "id" || c.name == "created_at" || c.name == "sys_period" {
			continue
		}
		value := fmt.Sprintf("case when s.present & %d <> 0 then s.%s else t.%[2]s end", int64(1)<<i, c.name)
		set = append(set, c.name+" = "+value)
		if c.name != "updated_at" && c.name != "revision" {
			now, then = append(now, "t."+c.name), append(then, value)
		}
	}
	return fmt.Sprintf(`/* import.update */
with done as (
  update %s t set %s from %s s where not s.is_new and t.id = s.id and s.n >= $1 and s.n < $2%s and row(%s) is distinct from row(%s) returning s.n)
update %[3]s s set updated = true from done d where d.n = s.n`,
		t.name, strings.Join(set, ", "), stage(t), phase, strings.Join(now, ", "), strings.Join(then, ", "))
}

// The order in which versions change keeps "one active" true at every moment.
const (
	phaseAny    = ""
	phaseRetire = " and s.status is distinct from 'active'"
	phaseActive = " and s.status = 'active'"
)

func sqlInsert(t *table, columns []column) string {
	var names, values []string
	for _, c := range columns {
		names = append(names, c.name)
		if c.fallback != "" {
			values = append(values, fmt.Sprintf("coalesce(s.%s, %s)", c.name, c.fallback))
		} else {
			values = append(values, "s."+c.name)
		}
	}
	round := ""
	if t.name == "workflow_instances" {
		round = " and (s.parent_instance_id is null or exists (select from workflow_instances p where p.id = s.parent_instance_id))"
	}
	return fmt.Sprintf("/* import.insert */ insert into %s (%s) select %s from %s s where s.is_new and s.n >= $1 and s.n < $2%s order by s.id",
		t.name, strings.Join(names, ", "), strings.Join(values, ", "), stage(t), round)
}

// sqlInserted marks rows of earlier rounds, so that the next one leaves them.
func sqlInserted(t *table) string {
	return fmt.Sprintf("/* import.inserted */ update %s s set is_new = false from %s t where s.is_new and t.id = s.id", stage(t), t.name)
}

// sqlKeys finds stored rows with the business key of a row of the bundle.
func sqlKeys(t *table) (create, find string) {
	create = "/* import.keys */ create temp table aos_import_keys_" + t.name + " (source text, id uuid"
	on := make([]string, len(t.key))
	for i, name := range t.key {
		create += ", " + name + " text"
		on[i] = fmt.Sprintf("t.%[1]s::text = k.%[1]s", name)
	}
	find = fmt.Sprintf("/* import.adopt */ select k.source, t.id from aos_import_keys_%[1]s k join %[1]s t on %[2]s where t.id <> k.id", t.name, strings.Join(on, " and "))
	return create + ") on commit drop", find
}

func sqlEmpty(name string) string {
	return fmt.Sprintf("/* import.empty */ select not exists (select from %s)", name)
}

func names(columns []column) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.name
	}
	return all
}

func list(columns []column) string { return strings.Join(names(columns), ", ") }

func sqlExisting(t *table) string {
	return fmt.Sprintf("/* import.existing */ select count(*), coalesce(min(n), 0), coalesce(max(n), 0) from %s where not is_new", stage(t))
}

// sqlReject takes a row out and shows the value of a column, "" for none.
func sqlReject(t *table, column string) string {
	value := "null"
	if column != "" {
		value = "s." + column
	}
	return fmt.Sprintf("/* import.reject */ delete from %s s where s.n = $1 returning s.n, s.row_source, coalesce(s.row_label, ''), left(%s::text, 200)", stage(t), value)
}

// sqlRule describes a constraint: its condition, and the columns it is about.
const sqlRule = `/* import.rule */
select pg_get_constraintdef(c.oid), array(select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k order by k)
from pg_constraint c where c.conrelid = to_regclass($1) and c.conname = $2
union all
select pg_get_indexdef(i.indexrelid), array(select a.attname::text from unnest(i.indkey) k join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k)
from pg_index i where i.indrelid = to_regclass($1) and i.indexrelid = to_regclass($2)
limit 1`

// sqlParentless frees the instances that still wait for a parent.
const sqlParentless = `/* import.parentless */
with waiting as (select n, parent_instance_id as lost from aos_import_workflow_instances where is_new)
update aos_import_workflow_instances s set parent_instance_id = null from waiting w where w.n = s.n
returning s.n, s.row_source, coalesce(s.row_label, ''), w.lost::text`
