package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/augmentedos/graph/migrations"
	"github.com/jackc/pgx/v5"
)

// catalogue is what the migrated database says about itself.
type catalogue struct {
	tables     map[string]*table
	extensions []dependent
	readers    map[string]string // an index, or "…" and its suffix: who reads it
}

type table struct {
	name       string
	columns    []column
	keys       []constraint
	incoming   []constraint
	indexes    []index
	partition  string
	hasHistory bool
	notes      string // why it is built so, from its migration
}

type column struct {
	Name      string
	Type      string
	Nullable  bool
	Default   string
	Generated bool
}

type constraint struct {
	Table, Name, Kind, Definition string
}

type index struct{ Name, Definition string }

// dependent is an object that needs an extension.
type dependent struct{ Extension, Object string }

// readCatalogue migrates a database of its own and reads it.
func readCatalogue(ctx context.Context, server string) (_ *catalogue, err error) {
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, admin.Close(ctx)) }()
	name := fmt.Sprintf("aos_docs_%d", os.Getpid())
	if _, err := admin.Exec(ctx, "create database "+name); err != nil {
		return nil, err
	}
	defer func() {
		_, dropErr := admin.Exec(ctx, "drop database "+name+" with (force)")
		err = errors.Join(err, dropErr)
	}()
	own, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	own.Path = "/" + name
	if err := migrations.Up(ctx, own.String(), slog.New(slog.NewTextHandler(io.Discard, nil))); err != nil {
		return nil, err
	}
	db, err := pgx.Connect(ctx, own.String())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()
	return query(ctx, db)
}

func query(ctx context.Context, db *pgx.Conn) (*catalogue, error) {
	c := &catalogue{tables: map[string]*table{}}
	notes, err := migrationNotes()
	if err != nil {
		return nil, err
	}
	if c.readers, err = indexReaders(); err != nil {
		return nil, err
	}
	names, err := rows[struct{ Name string }](ctx, db, `
		select relname::text as name from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition`)
	if err != nil {
		return nil, err
	}
	exists := map[string]bool{}
	for _, n := range names {
		exists[n.Name] = true
	}
	for name := range exists {
		t := &table{name: name, hasHistory: exists[name+"_history"], notes: notes[name]}
		if t.columns, err = rows[column](ctx, db, columnsSQL, name); err != nil {
			return nil, err
		}
		if t.keys, err = rows[constraint](ctx, db, constraintsSQL+"c.conrelid = $1::text::regclass order by array_position('{p,u,f,c}', c.contype), c.conname", name); err != nil {
			return nil, err
		}
		if t.incoming, err = rows[constraint](ctx, db, constraintsSQL+"c.confrelid = $1::text::regclass order by c.conrelid::regclass::text, c.conname", name); err != nil {
			return nil, err
		}
		if t.indexes, err = rows[index](ctx, db, indexesSQL, name); err != nil {
			return nil, err
		}
		if err := db.QueryRow(ctx, "select coalesce(pg_get_partkeydef($1::text::regclass), '')", name).Scan(&t.partition); err != nil {
			return nil, err
		}
		c.tables[name] = t
	}
	c.extensions, err = rows[dependent](ctx, db, extensionsSQL)
	return c, err
}

func rows[T any](ctx context.Context, db *pgx.Conn, sql string, args ...any) ([]T, error) {
	result, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(result, pgx.RowToStructByName[T])
}

const columnsSQL = `
select attname::text as name, format_type(atttypid, atttypmod) as type, not attnotnull as nullable,
  coalesce(pg_get_expr(adbin, adrelid), '') as default, attgenerated <> '' as generated
from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
where attrelid = $1::text::regclass and attnum > 0 and not attisdropped order by attnum`

// constraintsSQL leaves out NOT NULL, which newer servers list as constraints,
// and what partitions inherit.
const constraintsSQL = `
select c.conrelid::regclass::text as table, c.conname::text as name, c.contype::text as kind, pg_get_constraintdef(c.oid) as definition
from pg_constraint c join pg_class r on r.oid = c.conrelid
where c.contype in ('p', 'u', 'f', 'c') and c.conparentid = 0 and not r.relispartition and `

const indexesSQL = `
select i.relname::text as name, regexp_replace(pg_get_indexdef(i.oid), '^CREATE (UNIQUE )?INDEX \S+ ON (ONLY )?\S+ USING ', '\1') as definition
from pg_index join pg_class i on i.oid = indexrelid
where indrelid = $1::text::regclass order by indisprimary desc, indisunique desc, i.relname`

// extensionsSQL finds columns and indexes that need a type or an operator
// class of an extension. Partitions repeat their table.
const extensionsSQL = `
select distinct e.extname::text as extension,
  case when x.indexrelid is not null then 'index ' || c.relname else 'column ' || c.relname || '.' || a.attname end as object
from pg_depend d
join pg_depend o on o.classid = d.refclassid and o.objid = d.refobjid and o.deptype = 'e' and o.refclassid = 'pg_extension'::regclass
join pg_extension e on e.oid = o.refobjid
join pg_class c on c.oid = d.objid and d.classid = 'pg_class'::regclass
left join pg_index x on x.indexrelid = c.oid
left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and a.attnum > 0
where not c.relispartition and c.relkind in ('r', 'p', 'i', 'I') and (x.indexrelid is not null or a.attname is not null)
order by 1, 2`

// migrationNotes maps a table to the head of the migration that makes it.
func migrationNotes() (map[string]string, error) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		return nil, err
	}
	notes := map[string]string{}
	creates := regexp.MustCompile(`(?m)^create table (\w+) \(`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		head, _, _ := strings.Cut(string(text), "\n-- +goose Up")
		head, _, _ = strings.Cut(head, "\n-- Locks:")
		var lines []string
		for line := range strings.SplitSeq(head, "\n") {
			lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(line, "--"), " "))
		}
		for _, match := range creates.FindAllStringSubmatch(string(text), -1) {
			notes[match[1]] = strings.TrimSpace(strings.Join(lines, "\n"))
		}
	}
	return notes, nil
}

// indexReaders reads the table of indexes in migrations/README.md.
func indexReaders() (map[string]string, error) {
	text, err := os.ReadFile("migrations/README.md")
	if err != nil {
		return nil, err
	}
	readers := map[string]string{}
	name := regexp.MustCompile("`([^`]+)`")
	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 2 || !strings.HasPrefix(line, "| ") {
			continue
		}
		for _, match := range name.FindAllStringSubmatch(cells[0], -1) {
			readers[match[1]] = cells[1]
		}
	}
	return readers, nil
}
