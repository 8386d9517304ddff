package migrations_test

import (
	"errors"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/migrations"
)

var quiet = slog.New(slog.DiscardHandler)

func TestUpBringsAnEmptyDatabaseToTheNewestSchemaOnce(t *testing.T) {
	t.Parallel()
	url := testdb.EmptyURL(t)
	before, err := migrations.Status(t.Context(), url)
	require.NoError(t, err)
	assert.Zero(t, before.Version)
	assert.NotEmpty(t, before.Pending)

	failed := make(chan error, 2)
	for range 2 { // two servers start at once
		go func() { failed <- migrations.Up(t.Context(), url, quiet) }()
	}
	require.NoError(t, errors.Join(<-failed, <-failed))
	after, err := migrations.Status(t.Context(), url)
	require.NoError(t, err)
	assert.True(t, after.Current())
	assert.Equal(t, after.Newest, after.Version)

	// The next release was here: its schema is left alone.
	connect(t, url).exec(`insert into aos_schema_version (version_id, is_applied) values ($1, true)`, after.Newest+1)
	require.NoError(t, migrations.Up(t.Context(), url, quiet))
	ahead, err := migrations.Status(t.Context(), url)
	require.NoError(t, err)
	assert.True(t, ahead.Ahead() && ahead.Current())
}

func TestTablesOfOthersAreRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	url := testdb.EmptyURL(t)
	d := connect(t, url)
	d.exec(`create table task_instances (id int)`)
	d.exec(`create view event_sequences as select 1 as one`)
	err := migrations.Up(t.Context(), url, quiet)
	require.Equal(t, fault.Conflict, fault.CodeOf(err))
	assert.ErrorContains(t, err, "event_sequences, task_instances")
	assert.Equal(t, int64(2), one[int64](d, `select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')`))
}

func TestASchemaOfItsOwnHoldsEverything(t *testing.T) {
	t.Parallel()
	base := testdb.EmptyURL(t)
	d := connect(t, base)
	d.exec(`create schema "Graph"`)
	d.exec(`create table public.task_instances (id int)`) // somebody else's, in another schema
	url := withSetting(t, base, "search_path", `"Graph", public`)
	require.NoError(t, migrations.Up(t.Context(), url, quiet))
	ours := connect(t, url)
	ours.world()
	ours.advance()
	assert.Zero(t, one[int64](d, `select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'task_instances'`))
	// A writer that never heard of our search_path writes with a qualified name.
	d.exec(`update "Graph".workflow_instances set status = 'RUNNING'`)
	d.exec(`insert into "Graph".event_instances (pattern, source) values ('a.b', '{"type":"workflow","id":"x"}')`)
	assert.Equal(t, int64(19), one[int64](d, `select count(*) from "Graph".change_log`))
	assert.Equal(t, int64(1), one[int64](d, `select "Graph".change_ledger_advance() - 1`))
	assert.Equal(t, 2, one[int](d, `select "Graph".aos_create_partitions(now() + interval '3 months')`))
}

func TestARoleThatOwnsNothingButTheDatabaseCanMigrate(t *testing.T) {
	t.Parallel()
	admin := testdb.EmptyURL(t)
	d := connect(t, admin)
	role := "aos_test_owner_" + one[string](d, `select right(current_database(), 16)`)
	writer := role + "_writer"
	for _, name := range []string{role, writer} {
		d.exec(`create role ` + name + ` login password 'x'`)
		t.Cleanup(func() {
			conn, err := pgx.Connect(t.Context(), admin)
			if err == nil {
				_, _ = conn.Exec(t.Context(), `drop owned by `+name+` cascade`)
				_, _ = conn.Exec(t.Context(), `drop role `+name)
				_ = conn.Close(t.Context())
			}
		})
	}
	as := func(name string) string {
		u, err := url.Parse(admin)
		require.NoError(t, err)
		u.User = url.UserPassword(name, "x")
		return u.String()
	}
	d.exec(`revoke create on schema public from public`) // as it is since PostgreSQL 15
	err := migrations.Up(t.Context(), as(role), quiet)
	if fault.CodeOf(err) == fault.Internal {
		t.Skipf("the test server does not let the role in: %v", err)
	}
	require.Equal(t, fault.Forbidden, fault.CodeOf(err), "says which right is missing: %v", err)
	d.exec(`grant create on schema public to ` + role)
	require.Equal(t, fault.Forbidden, fault.CodeOf(migrations.Up(t.Context(), as(role), quiet)))
	d.exec(`do $$ begin execute format('grant create on database %I to ` + role + `', current_database()); end $$`)
	require.NoError(t, migrations.Up(t.Context(), as(role), quiet))
	owner := connect(t, as(role))
	owner.world()
	assert.NotZero(t, owner.advance(), "no superuser is needed to move the ledger")

	require.NoError(t, migrations.LimitStatements(t.Context(), as(role), 17*time.Second))
	assert.Equal(t, "17s", one[string](connect(t, as(role)), `show statement_timeout`))

	// A server may run as a role that cannot change the schema, and still prepare next month.
	owner.exec(`grant select, insert, update, delete on all tables in schema public to ` + writer)
	server := connect(t, as(writer))
	server.exec(`insert into workflow_instances (status) values ('CREATED')`)
	assert.NotZero(t, server.advance())
	assert.Equal(t, 2, one[int](server, `select aos_create_partitions(now() + interval '3 months')`))
	assert.Equal(t, "42501", server.fails(`create table mine (id int)`).Code)
}

func TestPlannersTrustIndexesUnlessSomebodyChoseOtherwise(t *testing.T) {
	t.Parallel()
	url := testdb.EmptyURL(t)
	set := func(value string) {
		connect(t, url).exec(`do $$ begin execute format('alter database %I ` + value + `', current_database()); end $$`)
	}
	set("reset random_page_cost")
	require.NoError(t, migrations.Up(t.Context(), url, quiet))
	assert.Equal(t, migrations.RandomPageCost, one[string](connect(t, url), `show random_page_cost`))
	set("set random_page_cost = 2")
	require.NoError(t, migrations.Up(t.Context(), url, quiet))
	assert.Equal(t, "2", one[string](connect(t, url), `show random_page_cost`))
}

func withSetting(t *testing.T, base, name, value string) string {
	t.Helper()
	u, err := url.Parse(base)
	require.NoError(t, err)
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}
