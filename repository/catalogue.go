package repository

import (
	"context"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// catalogue knows the indexes of every table and how large it is, read from the
// database: the truth about which filter and order belong together.
type catalogue struct {
	mu       sync.Mutex
	read     time.Time
	tables   map[string]*table
	pageCost float64 // of a page out of order, as the planner reckons
}

type table struct {
	pages   int64 // of all partitions, without what is stored out of line
	indexes []index
	found   []string // columns with an index that finds content: GIN or GiST
}

type index struct {
	columns []string
	unique  bool
	partial bool
	notNull string // a partial index over rows where this column has a value
	null    string // or over rows where it has none
}

// catalogueAge is how long sizes are believed; indexes change with a release.
const catalogueAge = 10 * time.Minute

// load reads the catalogue unless it was read a short while ago.
func (c *catalogue) load(ctx context.Context, db DB) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tables != nil && time.Since(c.read) < catalogueAge {
		return nil
	}
	tables, pageCost, err := readSizes(ctx, db)
	if err != nil {
		return err
	}
	if err := readIndexes(ctx, db, tables); err != nil {
		return err
	}
	c.tables, c.pageCost, c.read = tables, pageCost, time.Now()
	return nil
}

func readSizes(ctx context.Context, db DB) (tables map[string]*table, pageCost float64, _ error) {
	const name = "catalogue.sizes"
	rows, err := db.Query(ctx, `/* catalogue.sizes */
select c.relname::text, coalesce((select sum(pg_relation_size(p.relid)) from pg_partition_tree(c.oid) p), pg_relation_size(c.oid))::bigint / current_setting('block_size')::int,
  current_setting('random_page_cost')::float8
from pg_class c
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`)
	if err != nil {
		return nil, 0, readError(name, err)
	}
	tables = map[string]*table{}
	var of string
	var pages int64
	_, err = pgx.ForEachRow(rows, []any{&of, &pages, &pageCost}, func() error {
		tables[of] = &table{pages: pages}
		return nil
	})
	return tables, pageCost, readError(name, err)
}

// nullness is a predicate of a partial index that a filter can be seen to meet.
var nullness = regexp.MustCompile(`^\((\w+) IS (NOT )?NULL\)$`)

func readIndexes(ctx context.Context, db DB, tables map[string]*table) error {
	const name = "catalogue.indexes"
	rows, err := db.Query(ctx, `/* catalogue.indexes */
select i.indrelid::regclass::text, m.amname::text, i.indisunique, coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
  array(select coalesce(a.attname, '') from unnest(i.indkey::int[]) with ordinality k(attnum, place)
    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where place <= i.indnkeyatts order by place)::text[]
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
where i.indisvalid and i.indrelid in (select oid from pg_class where relnamespace = current_schema()::regnamespace)`)
	if err != nil {
		return readError(name, err)
	}
	var of, method, predicate string
	var i index
	_, err = pgx.ForEachRow(rows, []any{&of, &method, &i.unique, &predicate, &i.columns}, func() error {
		if t := tables[of]; t != nil {
			t.add(method, predicate, i)
		}
		return nil
	})
	return readError(name, err)
}

func (t *table) add(method, predicate string, i index) {
	i.columns, i.partial = slices.Clone(i.columns), predicate != ""
	if method != "btree" {
		t.found = append(t.found, i.columns...)
		return
	}
	if match := nullness.FindStringSubmatch(predicate); match != nil {
		if match[2] == "" {
			i.null = match[1]
		} else {
			i.notNull = match[1]
		}
	}
	t.indexes = append(t.indexes, i)
}
