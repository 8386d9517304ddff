package main_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

// manyRows adds 120 runs after those of the demo world, each with two tasks and
// the event that started it, and 120 workflows with steps and references. All
// rows of one kind are equal, so a longer page has nothing but more rows in it.
var manyRows = []string{
	`select aos_ensure_partition(t, '2026-12-01') from unnest(array['event_instances', 'task_instances']) t`,
	`insert into event_instances (id, event_id, event_definition_id, pattern, source, metadata, timestamp, created_at)
		select aos_uuid_v7(at), 'many-event-' || n, e.event_definition_id, e.pattern, jsonb_build_object('type', 'workflow', 'id', 'many-' || n), '{}', at, at
		from generate_series(1, 120) n, lateral (select timestamptz '2026-12-01' + n * interval '1 second' as at) t,
			(select * from event_instances where event_definition_id is not null order by id limit 1) e`,
	`insert into workflow_instances (id, instance_id, workflow_definition_id, status, current_step_id, input, state, started_at, created_at, trigger_event_id)
		select aos_uuid_v7(at), 'many-' || n, w.workflow_definition_id, w.status, w.current_step_id, w.input, w.state, at, at, k.id
		from generate_series(1, 120) n, lateral (select timestamptz '2026-12-01' + n * interval '1 second' as at) t,
			event_instance_keys k, workflow_instances w
		where k.event_id = 'many-event-' || n and w.instance_id = 'clinic_intake-3'`,
	`insert into task_instances (id, task_definition_id, workflow_instance_id, workflow_definition_id, step_id, status, type, created_at)
		select aos_uuid_v7(w.created_at), t.task_definition_id, w.id, w.workflow_definition_id, t.step_id, t.status, t.type, w.created_at
		from workflow_instances w, generate_series(1, 2),
			(select * from task_instances where step_id = 'triage' and workflow_definition_id is not null order by id limit 1) t
		where w.instance_id like 'many-%'`,
	`insert into workflow_definitions (id, workflow_id, name, version, status, steps, input_schema, created_at)
		select aos_uuid_v7(at), 'many_' || n, 'Many', '1.0.0', 'active', w.steps, w.input_schema, at
		from generate_series(1, 120) n, lateral (select timestamptz '2026-12-01' + n * interval '1 second' as at) t,
			(select * from workflow_definitions where workflow_id = 'clinic_intake' and status = 'active') w`,
	`insert into workflow_task_references (source_id, path, target_business_id, target_version, target_id, pinned)
		select m.id, r.path, r.target_business_id, r.target_version, r.target_id, r.pinned
		from workflow_definitions m, workflow_definitions w join workflow_task_references r on r.source_id = w.id
		where m.workflow_id like 'many\_%' and w.workflow_id = 'clinic_intake' and w.status = 'active'`,
}

func newWorldWithManyRows(t testing.TB) *world {
	w := newWorldWaiting(t, 60*time.Millisecond) // a hundred rows on a busy machine
	for _, sql := range manyRows {
		_, err := w.pool.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	_, err := w.pool.Exec(t.Context(), "analyze")
	require.NoError(t, err)
	return w
}

func TestTheNumberOfStatementsDependsOnTheDepthAndNeverOnTheRows(t *testing.T) {
	t.Parallel()
	w := newWorldWithManyRows(t)
	for name, query := range map[string]string{
		"runs with their tasks, steps and events": `query($n: Int!) { workflowInstances(first: $n) { totalCount nodes { id status
			definition { name steps { stepId } } tasks(first: 3) { totalCount nodes { id definition { name type } } }
			steps { stepId status definition { type } tasks(first: 2) { nodes { id } } }
			events(first: 3) { nodes { id pattern definition { name } } } triggerEvent { eventId } } } }`,
		"runs with their tasks": `query($n: Int!) { workflowInstances(first: $n) { nodes { id status
			definition { name } tasks(first: 3) { nodes { id definition { name type } } } } } }`,
		"events with what they started": `query($n: Int!) { eventInstances(first: $n) { nodes { id pattern definition { name }
			startedInstances(first: 2) { nodes { id tasks(first: 3) { nodes { id stepId } } } } } } }`,
		"workflows with everything their steps lead to": `query($n: Int!) { workflowDefinitions(orderBy: CREATED_AT_DESC, first: $n) { nodes { id name
			steps { stepId task { taskId uiComponents { priority component { componentId title fields { fieldKey } } } } }
			instances(first: 2) { nodes { id } } versions(first: 2) { nodes { version } } } } }`,
		"workflows and how their steps went": `query($n: Int!) { workflowDefinitions(orderBy: CREATED_AT_DESC, first: $n) { nodes { id
			stats { started durationMs { p95 } steps { stepId step { name } reached waitMs { p50 } next { key count } } slowest: steps(slowest: 1) { stepId } } } } }`,
	} {
		for _, general := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, general %t", name, general), func(t *testing.T) {
				one := w.statements(t, query, 1, general)
				require.Greater(t, len(one), 2)
				for _, n := range []int{10, 100} {
					many := w.statements(t, query, n, general)
					for again := 0; again < 3 && len(many) != len(one); again++ {
						many = w.statements(t, query, n, general) // a machine that stood still may have left a sibling behind
					}
					require.Equal(t, names(one), names(many), "first: %d", n)
				}
			})
		}
	}
}

func (w *world) statements(t *testing.T, query string, first int, general bool) []string {
	variables, err := json.Marshal(map[string]any{"n": first})
	require.NoError(t, err)
	answer, statements := w.run(t, query, variables, general)
	require.NotContains(t, string(answer), `"errors"`)
	var rows struct {
		Data map[string]struct{ Nodes []any }
	}
	require.NoError(t, json.Unmarshal(answer, &rows))
	for _, list := range rows.Data {
		require.Len(t, list.Nodes, first)
	}
	return statements
}

var comment = regexp.MustCompile(`^/\* (\S+) \*/`)

func names(statements []string) []string {
	out := make([]string, len(statements))
	for i, s := range statements {
		out[i] = comment.FindString(s)
	}
	slices.Sort(out)
	return out
}

var selected = regexp.MustCompile(`\bt\.(\w+)`)

// selectedColumns are the columns in the select list of a statement on a list.
func selectedColumns(statement string) []string {
	list, _, _ := strings.Cut(statement, "\n  from ")
	var columns []string
	for _, match := range selected.FindAllStringSubmatch(list, -1) {
		columns = append(columns, match[1])
	}
	return columns
}

func TestOnlyWhatIsSelectedIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, d := range repository.All {
		list := listField(d)
		order := d.Orders[defaultOrder(t, list)]
		always := append([]string{"id"}, order.Columns...)
		for _, general := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, general %t", list.Name, general), func(t *testing.T) {
				require.ElementsMatch(t, unique(always), w.columnsRead(t, list.Name, "id", general))
				for _, field := range schema.Types[d.Name].Fields {
					column, ok := d.Column(field.Name)
					if !ok || len(field.Arguments) > 0 || isComposite(field.Type) {
						continue
					}
					require.ElementsMatch(t, unique(append(slices.Clone(always), column)), w.columnsRead(t, list.Name, field.Name, general), field.Name)
				}
			})
		}
	}
}

// TestDocumentsAreReadOnlyForTheirFields names the columns that make a list
// slow when nobody asked for them.
func TestDocumentsAreReadOnlyForTheirFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	documents := map[string][]string{}
	rows, err := w.pool.Query(t.Context(), `select c.relname::text, a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
		where a.atttypid in ('jsonb'::regtype, 'bytea'::regtype) and c.relnamespace = current_schema()::regnamespace and a.attnum > 0`)
	require.NoError(t, err)
	for rows.Next() {
		var table, column string
		require.NoError(t, rows.Scan(&table, &column))
		documents[table] = append(documents[table], column)
	}
	require.NoError(t, rows.Err())
	for _, d := range repository.All {
		var plain []string
		for _, field := range schema.Types[d.Name].Fields {
			column, ok := d.Column(field.Name)
			if ok && len(field.Arguments) == 0 && !isComposite(field.Type) && !slices.Contains(documents[d.Table], column) {
				plain = append(plain, field.Name)
			}
		}
		for _, general := range []bool{false, true} {
			read := w.columnsRead(t, listField(d).Name, strings.Join(plain, " "), general)
			for _, document := range documents[d.Table] {
				require.NotContains(t, read, document, "%s, general %t", d.Table, general)
			}
		}
	}
}

func (w *world) columnsRead(t *testing.T, list, fields string, general bool) []string {
	answer, statements := w.run(t, "{"+list+"(first: 1) { nodes { "+fields+" } } }", nil, general)
	require.NotContains(t, string(answer), `"errors"`)
	require.Len(t, statements, 1, "%v", statements)
	return selectedColumns(statements[0])
}

// listField is the field of Query that lists an entity.
func listField(d *repository.Descriptor) *ast.FieldDefinition {
	for _, field := range schema.Query.Fields {
		if field.Type.Name() == d.Name+"Connection" {
			return field
		}
	}
	panic("no list of " + d.Name)
}

func defaultOrder(t *testing.T, list *ast.FieldDefinition) string {
	argument := list.Arguments.ForName("orderBy")
	require.NotNil(t, argument.DefaultValue, list.Name)
	return argument.DefaultValue.Raw
}

func isComposite(t *ast.Type) bool {
	def := schema.Types[t.Name()]
	return def.Kind != ast.Scalar && def.Kind != ast.Enum || !unicode.IsUpper(rune(t.Name()[0]))
}

func unique(columns []string) []string {
	columns = slices.Clone(columns)
	slices.Sort(columns)
	return slices.Compact(columns)
}
