package migrations_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
)

func (d db) plan(sql string) string {
	d.t.Helper()
	return strings.Join(all[string](d, "explain (analyze, costs off, timing off, summary off) "+sql), "\n")
}

func TestALookUpByIdReadsOnePartition(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	d.exec(`select aos_create_partitions(since => now() - interval '4 months')`)
	d.exec(`insert into task_instances (id, created_at, task_definition_id, step_id, type)
		select aos_uuid_v7(at), at, $1, 's', 'MANUAL' from generate_series(now() - interval '2 months', now() - interval '1 second', interval '20 minutes') as at`, w.task)
	d.exec(`analyze task_instances`)
	d.exec(`set plan_cache_mode = force_generic_plan`)
	d.exec(`prepare one(uuid) as select status from task_instances where id = $1`)
	plan := d.plan(`execute one('` + w.taskInstance.String() + `')`)
	assert.Equal(t, 1, strings.Count(plan, " on task_instances_y"), plan)
	assert.Contains(t, plan, "Subplans Removed", plan)

	// The form of the loaders: a join prunes for each id, where id = any($1) would not.
	d.exec(`prepare many(uuid[]) as select t.status from unnest($1) as wanted(id) join task_instances t on t.id = wanted.id`)
	plan = d.plan(`execute many('{` + w.taskInstance.String() + `}')`)
	executed := 0
	for _, line := range strings.Split(plan, "\n") {
		if strings.Contains(line, " on task_instances_") && !strings.Contains(line, "never executed") {
			executed++
		}
	}
	assert.Equal(t, 1, executed, plan)

	// "Created since" is a bound of the id.
	plan = d.plan(`select count(*) from task_instances where id >= aos_uuid_floor(now() - interval '1 minute') and id < aos_uuid_floor(now() + interval '1 minute')`)
	assert.LessOrEqual(t, strings.Count(plan, " on task_instances_y"), 2, plan)
}

func TestTheNewestRowsAreReadWithoutOpeningOlderPartitions(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	d.exec(`select aos_create_partitions(since => now() - interval '4 months')`)
	d.exec(`insert into task_instances (id, created_at, task_definition_id, step_id, type)
		select aos_uuid_v7(at), at, $1, 's', 'MANUAL' from generate_series(now() - interval '3 months', now() - interval '1 second', interval '1 hour') as at`, w.task)
	d.exec(`analyze task_instances`)
	plan := d.plan(`select id from task_instances order by id desc limit 20`)
	assert.NotContains(t, plan, "Sort")
	assert.Contains(t, plan, "never executed")
}

func TestAnIdThatCannotBePlacedIsRefusedWithAHint(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	hinted := 0
	for range 20 {
		refused := d.fails(`insert into event_instances (id, pattern) values ($1, 'a.b')`, uuid.New())
		assert.Equal(t, "23514", refused.Code)
		if strings.Contains(refused.Hint, "aos_uuid_v7") {
			hinted++
		}
	}
	assert.Greater(t, hinted, 10, "nearly all random ids lie behind the year 2100")
	refused := d.fails(`insert into task_instances (created_at, task_definition_id, step_id, type) values ('2026-01-01Z', $1, 's', 'MANUAL')`, w.task)
	assert.Equal(t, "task_instances_id_made_from_created_at", refused.ConstraintName)
	assert.Equal(t, "event_instances_recorded_after_it_happened",
		d.fails(`insert into event_instances (pattern, timestamp) values ('a.b', now() + interval '2 days')`).ConstraintName)
}

func TestPartitionsAreMadeAheadAndForThePast(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	until := func(table string) time.Time {
		return one[time.Time](d, `select covered_until from aos_partition_runway() where table_name = $1`, table)
	}
	assert.True(t, until("event_instances").After(time.Now().AddDate(0, 1, 0)), "a young database lasts a month by itself")
	assert.True(t, until("change_log").After(time.Now().AddDate(0, 0, 49)))
	assert.Positive(t, one[int](d, `select aos_create_partitions()`))
	assert.True(t, until("event_instances").After(time.Now().AddDate(0, 5, 0)))
	assert.Zero(t, one[int](d, `select aos_create_partitions()`), "nothing to do")
	assert.Equal(t, 16, one[int](d, `select aos_create_partitions(now() + interval '14 months')`))
	assert.True(t, until("task_instances").After(time.Now().AddDate(1, 1, 0)))

	old := time.Date(2019, 2, 28, 23, 59, 59, 0, time.UTC)
	insert := `insert into event_instances (id, created_at, timestamp, pattern) values (aos_uuid_v7($1::timestamptz), $1, $1, 'a.b')`
	assert.Equal(t, "23514", d.fails(insert, old).Code)
	d.exec(`set timezone = 'Pacific/Kiritimati'`) // months are those of UTC wherever the session is
	assert.True(t, one[bool](d, `select aos_ensure_partition('event_instances', $1)`, old))
	assert.False(t, one[bool](d, `select aos_ensure_partition('event_instances', $1)`, old))
	d.exec(insert, old)
	assert.Equal(t, "event_instances_y2019m02", one[string](d, `select tableoid::regclass::text from event_instances where created_at = $1`, old))
	assert.Equal(t, "22023", d.fails(`select aos_ensure_partition('workflow_instances', now())`).Code)
	assert.Equal(t, "22023", d.fails(`select aos_ensure_partition('event_instances', '1999-12-31Z')`).Code)
}

func TestAnOldPartitionCanBeDetached(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	partition := one[string](d, `select tableoid::regclass::text from event_instances where id = $1`, w.eventInstance)
	d.exec(`alter table event_instances detach partition ` + partition)
	d.exec(`drop table ` + partition)
	assert.Equal(t, w.eventInstance, uuid.UUID(one[[16]byte](d, `select trigger_event_id from workflow_instances where id = $1`, w.instance)))
	assert.Equal(t, "23505", func() string {
		d.exec(`select aos_create_partitions()`)
		return d.fails(`insert into event_instances (event_id, pattern) values ('e1', 'a.b')`).Code
	}(), "and its events are still not accepted twice")
}
