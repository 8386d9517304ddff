package repository

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/jackc/pgx/v5"
)

// costLimit is the planner's cost beyond which a list is refused: about five
// thousand scattered pages for one page of rows.
const costLimit = 25_000

// catalogue knows the columns of every index, read from the database once: the
// truth about which filter and order belong together.
type catalogue struct {
	once    sync.Mutex
	byTable map[string][]index
}

type index struct {
	columns []string
	notNull string // a partial index over rows where this column has a value
}

func (c *catalogue) load(ctx context.Context, db DB) error {
	c.once.Lock()
	defer c.once.Unlock()
	if c.byTable != nil {
		return nil
	}
	const name = "catalogue.indexes"
	rows, err := db.Query(ctx, `/* catalogue.indexes */
select i.indrelid::regclass::text, coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
  array(select coalesce(a.attname, '') from unnest(i.indkey::int[]) with ordinality k(attnum, place)
    left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum order by place)::text[]
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
where m.amname = 'btree' and i.indisvalid and i.indrelid in (select oid from pg_class where relnamespace = current_schema()::regnamespace)`)
	if err != nil {
		return readError(name, err)
	}
	found := map[string][]index{}
	var table, predicate string
	var columns []string
	_, err = pgx.ForEachRow(rows, []any{&table, &predicate, &columns}, func() error {
		column, partial := strings.CutSuffix(strings.Trim(predicate, "()"), " IS NOT NULL")
		if predicate == "" || partial {
			found[table] = append(found[table], index{slices.Clone(columns), strings.TrimSpace(column)})
		}
		return nil
	})
	if err != nil {
		return readError(name, err)
	}
	c.byTable = found
	return nil
}

// served is true when one index holds the rows of sel in their order, so that a
// page costs a page whatever the values are.
func (s *Store) served(sel selection) bool {
	if sel.where.empty() {
		return true
	}
	if sel.where.others > 0 {
		return false
	}
	equal := sel.where.equal
	if foreign, ok := strings.CutPrefix(sel.on, "t."); ok {
		if column, ok := strings.CutSuffix(foreign, " = k.key"); ok {
			equal = append(slices.Clone(equal), column)
		}
	}
	return slices.ContainsFunc(s.indexes.byTable[sel.from.Table], func(i index) bool {
		return i.serves(equal, sel.order.Columns)
	})
}

func (i index) serves(equal, order []string) bool {
	n := len(equal)
	if len(i.columns) < n+len(order) || (i.notNull != "" && !slices.Contains(equal, i.notNull)) {
		return false
	}
	for _, column := range i.columns[:n] {
		if !slices.Contains(equal, column) {
			return false
		}
	}
	return slices.Equal(i.columns[n:n+len(order)], order)
}

// refuseBroad asks the planner about a list that no index holds in order and
// refuses it when it would read far more than it returns.
func (s *Store) refuseBroad(ctx context.Context, sel selection, a args) error {
	if sel.where.empty() {
		return nil
	}
	if err := s.indexes.load(ctx, s.DB); err != nil {
		return err
	}
	if s.served(sel) {
		return nil
	}
	expected, err := s.estimate(ctx, sel.name+".plan", sel.sql(), a)
	if err != nil || expected.Cost <= costLimit {
		return err
	}
	return fault.Errorf(fault.QueryTooBroad, "this filter would read far more rows than it returns").At("/where").
		Hint("add a filter on a status, a definition or a time range, or use another orderBy").
		With("estimatedCost", int(expected.Cost))
}
