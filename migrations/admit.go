package migrations

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/augmentedos/graph/internal/fault"
)

// OldestMajor is the first PostgreSQL with functions whose bodies survive a dump.
const OldestMajor = 14

// open prepares sessions for changing the schema.
func open(url string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fault.Wrap(err, fault.BadUserInput, "The database URL cannot be read.").
			Hint("It looks like postgres://user:password@host:5432/database.")
	}
	return stdlib.OpenDB(*config, stdlib.OptionAfterConnect(prepare)), nil
}

// prepare sets the limits of a session and pins its search_path: our schema,
// then where the extensions live, temporary tables last. Functions of the
// migrations keep exactly this path (SET search_path FROM CURRENT), so they do
// the same for every caller.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, fmt.Sprintf(`
		select set_config('lock_timeout', '%d', false), set_config('statement_timeout', '%d', false),
		  set_config('client_min_messages', 'warning', false),
		  set_config('search_path', concat_ws(', ', quote_ident(current_schema()),
		    (select string_agg(distinct quote_ident(nspname), ', ')
		     from pg_extension join pg_namespace n on n.oid = extnamespace
		     where extname in ('pgcrypto', 'uuid-ossp', 'pg_trgm', 'ltree') and nspname <> current_schema()), 'pg_temp'), false)`,
		lockTimeout.Milliseconds(), statementTimeout.Milliseconds()))
	return err
}

// admit refuses what a migration would fail on later and less clearly, or worse,
// half understand: an old server, missing rights, tables of somebody else.
func admit(ctx context.Context, db *sql.DB) error {
	var (
		major                         int
		schema                        sql.NullString
		inSchema, inDatabase, standby bool
		known                         bool
	)
	err := db.QueryRowContext(ctx, `
		select current_setting('server_version_num')::int / 10000, current_schema(),
		  coalesce(has_schema_privilege(current_schema(), 'create'), false),
		  has_database_privilege(current_database(), 'create'), pg_is_in_recovery(), to_regclass($1) is not null`,
		versionTable).Scan(&major, &schema, &inSchema, &inDatabase, &standby, &known)
	switch {
	case err != nil:
		return fmt.Errorf("looking at the database: %w", err)
	case major < OldestMajor:
		return fault.Errorf(fault.Unavailable, "The server is PostgreSQL %d, the schema needs %d or later.", major, OldestMajor)
	case standby:
		return fault.Errorf(fault.Unavailable, "The database is a standby and cannot be migrated.").
			Hint("Point DATABASE_DIRECT_URL at the primary.")
	case !schema.Valid:
		return fault.Errorf(fault.Unavailable, "No schema of the search_path exists.").
			Hint("Create one, or take search_path out of the database URL to use public.")
	case !inSchema:
		return fault.Errorf(fault.Forbidden, "This role may not create tables in the schema %q.", schema.String).
			Hint("As its owner: grant create on schema %s to the role that migrates.", pgx.Identifier{schema.String}.Sanitize())
	case known:
		return nil
	}
	if err := refuseForeign(ctx, db, schema.String); err != nil {
		return err
	}
	return admitExtensions(ctx, db, inDatabase)
}

// created finds the tables in the text of the migrations, so that the list of
// names cannot fall behind.
var created = regexp.MustCompile(`(?m)^create table (\w+)`)

func refuseForeign(ctx context.Context, db *sql.DB, schema string) error {
	files, err := FS.ReadDir(".")
	if err != nil {
		return err
	}
	var ours []string
	for _, file := range files {
		text, err := FS.ReadFile(file.Name())
		if err != nil {
			return err
		}
		for _, match := range created.FindAllSubmatch(text, -1) {
			ours = append(ours, string(match[1]))
		}
	}
	var foreign sql.NullString
	err = db.QueryRowContext(ctx, `
		select string_agg(relname, ', ' order by relname) from pg_class
		where relnamespace = $1::regnamespace and relname = any (string_to_array($2, ','))`,
		pgx.Identifier{schema}.Sanitize(), strings.Join(ours, ",")).Scan(&foreign)
	if err != nil {
		return fmt.Errorf("looking for tables of others: %w", err)
	}
	if !foreign.Valid {
		return nil
	}
	return fault.Errorf(fault.Conflict, "The schema %q already has tables under our names that we did not make: %s.", schema, foreign.String).
		Hint("Use an empty database, or a schema of its own (?search_path=name in the URL), and bring the rows over with `augmentedos import`. Nothing was changed.")
}

// admitExtensions names the extensions that are neither there nor can be made.
func admitExtensions(ctx context.Context, db *sql.DB, mayCreate bool) error {
	var absent, missing sql.NullString
	err := db.QueryRowContext(ctx, `
		select string_agg(needed, ', ') filter (where a.name is null), string_agg(needed, ', ') filter (where a.installed_version is null)
		from unnest(array['pgcrypto', 'uuid-ossp', 'pg_trgm', 'ltree']) as needed
		left join pg_available_extensions a on a.name = needed`).Scan(&absent, &missing)
	if err != nil {
		return fmt.Errorf("looking for extensions: %w", err)
	}
	if absent.Valid {
		return fault.Errorf(fault.Unavailable, "The server has no extension %s.", absent.String).
			Hint("Install PostgreSQL's contrib modules (package postgresql-contrib on most systems).")
	}
	if missing.Valid && !mayCreate {
		return fault.Errorf(fault.Forbidden, "This role may not create the extensions %s in the database.", missing.String).
			Hint("As the database's owner: create extension for each of them, or grant create on database to the role that migrates.")
	}
	return nil
}

// LimitStatements makes limit the statement_timeout of the migrating role's new
// sessions in this database. It is a role setting because poolers refuse it as
// a connection parameter, and applied only when the operator asks for it.
func LimitStatements(ctx context.Context, url string, limit time.Duration) error {
	db, err := open(url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, fmt.Sprintf(`
		do $$ begin
		  execute format('alter role current_user in database %%I set statement_timeout = %d', current_database());
		end $$`, limit.Milliseconds()))
	if err != nil {
		return fmt.Errorf("setting the role's statement_timeout: %w", err)
	}
	return nil
}

// RandomPageCost is what planners on our databases reckon for a page out of
// order, where 1 is one in order. By PostgreSQL's 4, made for disks that turn,
// a page of rows that lies scattered behind the right index looks dearer than
// half a table behind the wrong one.
const RandomPageCost = "1.1"

// trustIndexes sets RandomPageCost for the database's new sessions, unless
// somebody chose a value. A role that does not own the database leaves it: what
// is read stays right, and may be slower.
func trustIndexes(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `
		do $$ begin
		  if (select source from pg_settings where name = 'random_page_cost') = 'default' then
		    execute format('alter database %I set random_page_cost = `+RandomPageCost+`', current_database());
		  end if;
		exception when insufficient_privilege then
		  raise notice 'only the owner of the database can set its random_page_cost';
		end $$`)
	if err != nil {
		return fmt.Errorf("setting the database's random_page_cost: %w", err)
	}
	return nil
}
