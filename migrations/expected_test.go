package migrations_test

import (
	"testing"

	"github.com/augmentedos/graph/migrations"
	"github.com/stretchr/testify/assert"
)

func TestWhatADatabaseShouldHaveIsReadFromTheMigrations(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	var triggers, indexes []string
	for _, trigger := range migrations.Triggers() {
		triggers = append(triggers, trigger.Table+"."+trigger.Name+map[bool]string{true: " A", false: " O"}[trigger.Always])
	}
	assert.ElementsMatch(t, triggers, all[string](d, `
		select tgrelid::regclass || '.' || tgname || ' ' || tgenabled::text from pg_trigger
		where tgname like 'aos\_%' and not tgisinternal and tgparentid = 0`))
	for _, index := range migrations.Indexes() {
		indexes = append(indexes, index.Table+" "+index.Name)
	}
	assert.ElementsMatch(t, indexes, all[string](d, `
		select i.indrelid::regclass || ' ' || c.relname from pg_index i
		join pg_class c on c.oid = i.indexrelid and not c.relispartition and c.relnamespace = current_schema()::regnamespace
		where not exists (select from pg_constraint where conindid = i.indexrelid)`))
}

// TestALostTriggerOrIndexIsMadeAgainByItsStatement follows the remedy of `doctor`.
func TestALostTriggerOrIndexIsMadeAgainByItsStatement(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	for _, trigger := range migrations.Triggers() {
		d.exec("drop trigger " + trigger.Name + " on " + trigger.Table)
		d.exec(trigger.Statement)
		assert.True(t, one[bool](d, "select exists (select from pg_trigger where tgrelid = $1::text::regclass and tgname = $2)", trigger.Table, trigger.Name), trigger.Name)
	}
	for _, index := range migrations.Indexes() {
		d.exec("drop index " + index.Name)
		d.exec(index.Statement)
		assert.True(t, one[bool](d, "select to_regclass($1) is not null", index.Name), index.Name)
	}
}
