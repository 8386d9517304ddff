package migrations_test

import (
	"sort"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// core are the tables of the architecture in the order of the documentation:
// the n-th has kind n in the change log.
var core = []string{
	"workflow_definitions", "workflow_instances", "workflow_event_triggers", "workflow_event_subscriptions",
	"task_definitions", "task_instances",
	"event_definitions", "event_instances", "event_sequences", "event_queue_state", "dead_letter_queue",
	"integration_definitions", "integration_instances",
	"ui_components",
	"test_definitions", "test_runs", "test_case_results",
}

// versioned are the tables that keep their past.
var versioned = []string{
	"workflow_definitions", "task_definitions", "event_definitions", "integration_definitions", "ui_components",
	"test_definitions", "workflow_event_triggers", "integration_instances",
}

// documents are the JSONB columns of the core tables; each has a schema
// jsonschema/schemas/<table>.<column>.schema.json.
var documents = []string{
	"dead_letter_queue.error_context", "dead_letter_queue.original_event", "dead_letter_queue.retry_history",
	"event_definitions.examples", "event_definitions.payload_schema", "event_definitions.source_types", "event_definitions.ui_metadata",
	"event_instances.metadata", "event_instances.payload", "event_instances.source",
	"event_queue_state.config", "event_queue_state.queue_metrics",
	"event_sequences.metadata", "event_sequences.rollback_strategy",
	"integration_definitions.ai_config", "integration_definitions.config_schema", "integration_definitions.methods", "integration_definitions.oauth2_config",
	"integration_instances.config", "integration_instances.credentials_meta", "integration_instances.status",
	"task_definitions.execution_config", "task_definitions.input_schema", "task_definitions.metadata", "task_definitions.output_schema",
	"task_definitions.retry_policy", "task_definitions.ui_components",
	"task_instances.draft_output", "task_instances.error", "task_instances.execution_metadata", "task_instances.input", "task_instances.output", "task_instances.retry_policy",
	"test_case_results.assertions", "test_case_results.error", "test_case_results.input", "test_case_results.output",
	"test_definitions.cases", "test_definitions.shared_mocks", "test_definitions.tags",
	"ui_components.actions", "ui_components.custom_props", "ui_components.fields", "ui_components.layout",
	"workflow_definitions.cancellation_triggers", "workflow_definitions.compensation_steps", "workflow_definitions.execution_log",
	"workflow_definitions.input_schema", "workflow_definitions.metadata", "workflow_definitions.output_schema", "workflow_definitions.steps", "workflow_definitions.ui_components",
	"workflow_event_triggers.input_mapping",
	"workflow_instances.cancellation", "workflow_instances.compensation_state", "workflow_instances.error", "workflow_instances.input", "workflow_instances.output", "workflow_instances.state",
}

func TestTheCatalogueKeepsWhatTheArchitecturePromises(t *testing.T) {
	t.Parallel()
	d := migrated(t)

	t.Run("all 17 tables have id, created_at and updated_at", func(t *testing.T) {
		for _, table := range core {
			got := all[string](d, `
				select attname || ' ' || format_type(atttypid, atttypmod) from pg_attribute
				where attrelid = $1::text::regclass and attname in ('id', 'created_at', 'updated_at') and attnotnull and atthasdef order by 1`, table)
			assert.Equal(t, []string{"created_at timestamp with time zone", "id uuid", "updated_at timestamp with time zone"}, got, table)
			key := one[string](d, `select pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::text::regclass and contype = 'p'`, table)
			assert.Equal(t, "PRIMARY KEY (id)", key, table)
		}
	})

	t.Run("a table whose rows change has a revision", func(t *testing.T) {
		for _, table := range core {
			has := one[bool](d, `select exists (select from pg_attribute where attrelid = $1::text::regclass and attname = 'revision')`, table)
			assert.Equal(t, table != "event_instances" && table != "test_case_results", has, table)
		}
	})

	t.Run("every foreign key is the front of an index", func(t *testing.T) {
		naked := all[string](d, `
			select conrelid::regclass || '.' || conname from pg_constraint c
			where contype = 'f' and connamespace = current_schema()::regnamespace and not exists (
			  select from pg_index i
			  where i.indrelid = c.conrelid and i.indisvalid
			    and (i.indkey::int2[])[0:array_length(c.conkey, 1) - 1] @> c.conkey
			    and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\(\w+ IS NOT NULL\)$'))`)
		assert.Empty(t, naked)
	})

	t.Run("every status column is checked", func(t *testing.T) {
		free := all[string](d, `
			select c.relname || '.' || attname from pg_class c join pg_attribute a on attrelid = c.oid
			where relkind in ('r', 'p') and not relispartition and relnamespace = current_schema()::regnamespace
			  and attname in ('status', 'state', 'type', 'priority', 'trigger_type', 'environment', 'component_type', 'auth_type', 'context_type', 'assignee_type', 'resolution_strategy')
			  and atttypid in ('varchar'::regtype, 'text'::regtype) and relname !~ '_history$' and not exists (
			    select from pg_constraint where conrelid = c.oid and contype = 'c' and conkey = array[attnum])`)
		assert.Empty(t, free)
	})

	t.Run("every JSONB column is on the list of schemas", func(t *testing.T) {
		got := all[string](d, `
			select c.relname || '.' || attname from pg_class c join pg_attribute a on attrelid = c.oid
			where relname = any ($1) and atttypid = 'jsonb'::regtype and not attisdropped and attgenerated = ''`, core)
		sort.Strings(got)
		assert.Equal(t, documents, got)
	})

	t.Run("every enumeration is text with a check, every time has a zone", func(t *testing.T) {
		odd := all[string](d, `
			select c.relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) from pg_class c join pg_attribute a on attrelid = c.oid
			where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace and attnum > 0 and relname <> 'aos_schema_version'
			  and (atttypid in ('timestamp'::regtype, 'date'::regtype, 'char'::regtype, 'json'::regtype) or exists (select from pg_type where oid = atttypid and typtype = 'e'))`)
		assert.Empty(t, odd)
	})

	t.Run("the versioned tables keep every column but credentials", func(t *testing.T) {
		kept := all[string](d, `select relname::text from pg_class where relname like '%\_history' and relkind = 'r' and relnamespace = current_schema()::regnamespace`)
		var want []string
		for _, table := range versioned {
			want = append(want, table+"_history")
			missing := all[string](d, `
				select name from unnest(aos_columns($1::text::regclass)) as name except select unnest(aos_columns($2::text::regclass))`, table, table+"_history")
			if table == "integration_instances" {
				assert.Equal(t, []string{"credentials"}, missing)
			} else {
				assert.Empty(t, missing, table)
			}
			assert.True(t, one[bool](d, `select exists (select from pg_trigger where tgrelid = $1::text::regclass and tgname = 'aos_10_history')`, table), table)
		}
		assert.ElementsMatch(t, want, kept)
	})

	t.Run("every core table is captured, always, on every partition", func(t *testing.T) {
		for _, table := range core {
			want := []string{"aos_50_captured_delete", "aos_50_captured_insert", "aos_50_captured_truncate", "aos_50_captured_update"}
			if table == "event_instances" {
				want = []string{"aos_50_captured_insert", "aos_50_captured_truncate"}
			}
			got := all[string](d, `select tgname::text from pg_trigger where tgrelid = $1::text::regclass and tgname like 'aos\_50%' and tgenabled = 'A' order by 1`, table)
			assert.Equal(t, want, got, table)
		}
		d.exec("truncate " + strings.Join(core, ", ") + " cascade")
		for i, table := range core {
			assert.Equal(t, int64(1), one[int64](d, `select count(*) from change_log where kind = $1 and entity_id is null and what = 6`, i+1), table)
		}
		sleeping := all[string](d, `
			select tgrelid::regclass || ' ' || tgname from pg_trigger join pg_class c on c.oid = tgrelid
			where tgname like 'aos\_50%' and tgenabled <> 'A'
			union all
			select c.oid::regclass::text from pg_class c join pg_inherits on inhrelid = c.oid
			where inhparent in ('event_instances'::regclass, 'task_instances'::regclass)
			  and not exists (select from pg_trigger where tgrelid = c.oid and tgname = 'aos_50_captured_insert')`)
		assert.Empty(t, sleeping)
	})

	t.Run("what generated columns, checks and indexes call survives a dump", func(t *testing.T) {
		// A body that is text is looked up again at restore, under an empty search_path.
		fragile := all[string](d, `
			select distinct p.oid::regprocedure::text from pg_depend
			join pg_proc p on p.oid = refobjid and refclassid = 'pg_proc'::regclass
			where classid in ('pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_class'::regclass)
			  and pronamespace = current_schema()::regnamespace and prosqlbody is null
			  and prolang in (select oid from pg_language where lanname in ('sql', 'plpgsql'))`)
		assert.Empty(t, fragile)
	})

	t.Run("an index that begins like another one has a reason", func(t *testing.T) {
		// Same columns in the same order with nothing added is always a mistake.
		twins := all[string](d, `
			select a.indexrelid::regclass || ' = ' || b.indexrelid::regclass from pg_index a join pg_index b
			  on a.indrelid = b.indrelid and a.indexrelid < b.indexrelid and a.indkey = b.indkey and a.indclass = b.indclass
			  and coalesce(pg_get_expr(a.indpred, a.indrelid), '') = coalesce(pg_get_expr(b.indpred, b.indrelid), '')
			join pg_class c on c.oid = a.indrelid where c.relnamespace = current_schema()::regnamespace`)
		assert.Empty(t, twins)
	})
}

func TestEveryIndexHasAReaderInTheReadme(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	readme := readFile(t, "README.md")
	rows, err := d.conn.Query(t.Context(), `
		select c.relname::text, i.relname::text from pg_index x join pg_class i on i.oid = indexrelid join pg_class c on c.oid = indrelid
		where i.relnamespace = current_schema()::regnamespace and not i.relispartition and not indisprimary and c.relname <> 'aos_schema_version'`)
	require.NoError(t, err)
	var table, index string
	_, err = pgx.ForEachRow(rows, []any{&table, &index}, func() error {
		rule := "`…" + strings.TrimPrefix(index, table) + "`"
		if strings.HasSuffix(index, "_key") {
			rule = "`…_key`"
		}
		assert.True(t, strings.Contains(readme, "`"+index+"`") || strings.Contains(readme, rule), "%s has no reader in migrations/README.md", index)
		return nil
	})
	require.NoError(t, err)
}
