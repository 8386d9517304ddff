package main_test

import (
	"context"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

// The conformance tests walk descriptors, catalogue and schema side by side, so
// that whatever was forgotten in one of them fails by itself.

var schema = generated.NewExecutableSchema(generated.Config{}).Schema()

// unexposed are the columns no struct holds, each with its reason.
var unexposed = map[string]string{
	"credentials": "secret: written, never read",
	"sys_period":  "history: read through asOf",
}

type column struct {
	Name     string
	Type     string
	Nullable bool
}

func TestEveryTableHasADescriptorThatMatchesTheCatalogue(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, d := range repository.All {
		t.Run(d.Table, func(t *testing.T) {
			columns := columnsOf(t, db, d.Table)
			require.NotEmpty(t, columns, "the table exists")
			for _, c := range columns {
				held := slices.Contains(d.Columns(), c.Name)
				if !held {
					require.True(t, unexposed[c.Name] != "" || generatedHelper(c.Name), "column %s is neither held nor excluded with a reason", c.Name)
					continue
				}
				goType := d.ColumnType(c.Name)
				pointer := goType.Kind() == reflect.Pointer || goType.Kind() == reflect.Slice
				if c.Nullable {
					require.True(t, pointer, "%s may be null, %s cannot hold that", c.Name, goType)
				} else {
					require.True(t, goType.Kind() != reflect.Pointer, "%s is never null, so its field needs no pointer", c.Name)
				}
			}
			for _, name := range d.Columns() {
				require.True(t, slices.ContainsFunc(columns, func(c column) bool { return c.Name == name }), "the table has a column %s", name)
			}
		})
	}
}

// generatedHelper columns exist for indexes and matching only.
// The feed and bundles name entities by lists of their own, which no descriptor fills.
func TestEveryEntityIsInTheFeedAndInBundles(t *testing.T) {
	t.Parallel()
	for i, d := range repository.All {
		require.Greater(t, len(model.ChangedKinds), i+1, "model.ChangedKinds has %s, number %d of the capture triggers", d.Name, i+1)
		require.Equal(t, model.SpellEnum(snake(d.Name)), string(model.ChangedKinds[i+1]))
		require.Contains(t, importer.Tables(), d.Table, "internal/importer/tables.go")
	}
}

var hump = regexp.MustCompile(`([a-z])([A-Z])|([A-Z]+)([A-Z][a-z])`)

func snake(name string) string { return hump.ReplaceAllString(name, "${1}${3}_${2}${4}") }

func generatedHelper(name string) bool {
	return strings.HasPrefix(name, "pattern_") || strings.HasSuffix(name, "_sort") || strings.HasSuffix(name, "_rank")
}

func TestEveryFieldOfAnEntityIsAColumnAComputationOrARelation(t *testing.T) {
	t.Parallel()
	for _, d := range repository.All {
		def := schema.Types[d.Name]
		require.NotNil(t, def, "type %s", d.Name)
		for _, f := range def.Fields {
			_, ok := d.FieldColumns(f.Name)
			require.True(t, ok, "%s.%s: name its columns in Computed, or its edge in Relations", d.Name, f.Name)
		}
		for name := range d.Relations {
			require.NotNil(t, def.Fields.ForName(name), "%s has a relation %s that the schema does not show", d.Name, name)
			require.NotNil(t, repository.ByTable(d.Relations[name].Table), "%s.%s leads to a known table", d.Name, name)
		}
		for name, columns := range d.Computed {
			for _, c := range columns {
				require.Contains(t, d.Columns(), c, "%s.%s is computed from a column", d.Name, name)
			}
		}
	}
}

func TestOrdersAreTheEnumAndHaveAnIndex(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, d := range repository.All {
		enum := schema.Types[d.Name+"Order"]
		if d.Versioned() {
			enum = schema.Types["DefinitionOrder"]
		}
		if enum == nil {
			require.Empty(t, d.Orders, "%s has orders nobody can ask for", d.Name)
			continue
		}
		indexes := indexesOf(t, db, d.Table)
		for _, v := range enum.EnumValues {
			order, ok := d.Orders[v.Name]
			require.True(t, ok, "%s has no order %s", d.Name, v.Name)
			require.True(t, served(indexes, order.Columns), "%s.%s: no index begins with %v", d.Table, v.Name, order.Columns)
		}
		require.Len(t, d.Orders, len(enum.EnumValues), "%s: every order is in the enum", d.Name)
	}
}

func TestEveryFilterIsAColumn(t *testing.T) {
	t.Parallel()
	for _, d := range repository.All {
		if d.Where == nil {
			continue
		}
		input := schema.Types[d.Name+"Where"]
		require.NotNil(t, input, d.Name)
		where := reflect.TypeOf(d.Where)
		require.Equal(t, len(input.Fields), where.NumField(), "%sWhere and its struct have the same fields", d.Name)
		for i := range where.NumField() {
			for _, c := range strings.Split(where.Field(i).Tag.Get("sql"), ",") {
				if where.Field(i).Name != "AnyOf" {
					require.NotEmpty(t, c, "%sWhere.%s names its column", d.Name, where.Field(i).Name)
				}
			}
		}
	}
}

func TestEverythingInTheSchemaIsDescribed(t *testing.T) {
	t.Parallel()
	for name, def := range schema.Types {
		if def.BuiltIn {
			continue
		}
		require.NotEmpty(t, def.Description, "type %s", name)
		if def.Kind == ast.Enum {
			for _, v := range def.EnumValues {
				require.NotEmpty(t, v.Description, "%s.%s", name, v.Name)
			}
		}
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			require.NotEmpty(t, f.Description, "%s.%s", name, f.Name)
			for _, a := range f.Arguments {
				require.NotEmpty(t, a.Description, "%s.%s(%s:)", name, f.Name, a.Name)
			}
		}
	}
}

func TestTheSchemaStaysWithinItsBudget(t *testing.T) {
	t.Parallel()
	types := 0
	for name, def := range schema.Types {
		if !def.BuiltIn && !strings.HasPrefix(name, "__") {
			types++
		}
	}
	require.LessOrEqual(t, types, 330, "types, of which some hundred are pages, filters and orders of the 17 lists")
	require.LessOrEqual(t, publicFields(schema.Query), 47, "query fields")
	require.LessOrEqual(t, publicFields(schema.Mutation), 40, "mutations")
	require.LessOrEqual(t, publicFields(schema.Subscription), 6, "subscriptions")
}

func publicFields(def *ast.Definition) (n int) {
	if def == nil {
		return 0
	}
	for _, f := range def.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			n++
		}
	}
	return n
}

func served(indexes [][]string, columns []string) bool {
	return slices.ContainsFunc(indexes, func(index []string) bool {
		return len(index) >= len(columns) && slices.Equal(index[:len(columns)], columns)
	})
}

func columnsOf(t *testing.T, db *pgxpool.Pool, table string) []column {
	rows, err := db.Query(context.Background(), `
select attname, format_type(atttypid, atttypmod), not attnotnull
from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`, table)
	require.NoError(t, err)
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	require.NoError(t, err)
	return columns
}

// indexesOf lists the columns of every complete index of a table.
func indexesOf(t *testing.T, db *pgxpool.Pool, table string) [][]string {
	rows, err := db.Query(context.Background(), `
select array(select coalesce(a.attname, '') from unnest(i.indkey) with ordinality k(attnum, ord)
	left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum order by ord)::text[]
from pg_index i where i.indrelid = $1::regclass and i.indpred is null`, table)
	require.NoError(t, err)
	indexes, err := pgx.CollectRows(rows, pgx.RowTo[[]string])
	require.NoError(t, err)
	return indexes
}
