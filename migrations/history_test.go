package migrations_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

const pastNames = `select name from workflow_definitions_history where id = $1 order by lower(sys_period)`

func TestHistoryKeepsWhatOthersCouldSee(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	created := one[time.Time](d, `select lower(sys_period) from workflow_definitions where id = $1`, w.definition)
	d.exec(`update workflow_definitions set name = 'Second' where id = $1`, w.definition)
	d.exec(`update workflow_definitions set name = 'Second' where id = $1`, w.definition) // changes nothing
	d.exec(`update workflow_definitions set status = 'active' where id = $1`, w.definition)
	assert.Equal(t, []string{"Order", "Second"}, all[string](d, pastNames, w.definition))
	assert.Equal(t, []int{1, 2}, all[int](d, `select revision from workflow_definitions_history where id = $1 order by lower(sys_period)`, w.definition))

	const asOf = `
		select name from (
		  select name, sys_period from workflow_definitions where id = $1
		  union all
		  select name, sys_period from workflow_definitions_history where id = $1) as versions
		where sys_period @> $2::timestamptz`
	assert.Equal(t, "Order", one[string](d, asOf, w.definition, created))
	assert.Equal(t, "Second", one[string](d, asOf, w.definition, time.Now().Add(time.Minute)))
	gaps := one[int64](d, `
		select count(*) from (
		  select upper(sys_period) as ends, lead(lower(sys_period)) over (order by lower(sys_period)) as begins
		  from (select sys_period from workflow_definitions where id = $1 union all select sys_period from workflow_definitions_history where id = $1) as p) as pairs
		where begins is not null and ends <> begins`, w.definition)
	assert.Zero(t, gaps, "one period begins where the other ends")
}

func TestARowRewrittenInItsTransactionHasNoHistory(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	d.exec(`begin`)
	d.exec(`update workflow_definitions set name = 'A' where id = $1`, w.definition)
	d.exec(`update workflow_definitions set name = 'B' where id = $1`, w.definition)
	d.exec(`savepoint s`)
	d.exec(`update workflow_definitions set name = 'C' where id = $1`, w.definition)
	d.exec(`update workflow_definitions set name = 'D' where id = $1`, w.definition)
	d.exec(`commit`)
	assert.Equal(t, []string{"Order"}, all[string](d, pastNames, w.definition))
	d.exec(`begin`)
	id := d.id(`insert into workflow_definitions (name) values ('passing') returning id`)
	d.exec(`delete from workflow_definitions where id = $1`, id)
	d.exec(`commit`)
	assert.Empty(t, all[string](d, pastNames, id))
}

func TestAnEarlierTransactionThatWritesLaterDoesNotInvertThePeriod(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	early, late := d, d.another()
	early.exec(`begin`)
	one[time.Time](early, `select now()`)
	late.exec(`update workflow_definitions set name = 'late' where id = $1`, w.definition)
	early.exec(`update workflow_definitions set name = 'early' where id = $1`, w.definition)
	early.exec(`update workflow_definitions set name = 'again' where id = $1`, w.definition)
	early.exec(`commit`)
	assert.Equal(t, []string{"Order", "late"}, all[string](d, pastNames, w.definition))
	assert.Zero(t, one[int64](d, `select count(*) from workflow_definitions_history where isempty(sys_period)`))
}

func TestADeletedRowStaysInHistory(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	d.exec(`delete from test_case_results`)
	d.exec(`delete from test_runs`)
	d.exec(`delete from test_definitions where id = $1`, w.test)
	assert.Equal(t, []string{"t"}, all[string](d, `select test_id from test_definitions_history where id = $1 and not upper_inf(sys_period)`, w.test))
}

func TestHistoryOfAConnectionHoldsNeitherSecretsNorHealth(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	d.exec(`update integration_instances set credentials = '\xc0ffee' where id = $1`, w.connection)
	d.exec(`update integration_instances set status = '{"state":"active"}', last_used_at = now() where id = $1`, w.connection)
	assert.Zero(t, one[int64](d, `select count(*) from integration_instances_history`))
	assert.Equal(t, []byte{0xc0, 0xff, 0xee}, one[[]byte](d, `select credentials from integration_instances where id = $1`, w.connection), "a change that leaves no history is a change")
	d.exec(`update integration_instances set config = '{"tenant_id":"7"}' where id = $1`, w.connection)
	assert.Equal(t, int64(1), one[int64](d, `select count(*) from integration_instances_history where status ->> 'state' = 'active'`))
	assert.NotContains(t, one[string](d, `select to_jsonb(h)::text from integration_instances_history h`), "c0ffee")
}

func TestAColumnAddedLaterJoinsTheHistory(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	d.exec(`alter table ui_components add column theme text`)
	d.exec(`select aos_install_row_triggers('ui_components', 'component_id', 'uic', frozen => true)`)
	d.exec(`select aos_install_history('ui_components')`)
	assert.Equal(t, 2, one[int](d, `update ui_components set theme = 'dark' where id = $1 returning revision`, w.component))
	d.exec(`update ui_components set theme = 'light' where id = $1`, w.component)
	assert.Equal(t, []string{"", "dark"}, all[string](d, `select coalesce(theme, '') from ui_components_history where id = $1 order by lower(sys_period)`, w.component))
}
