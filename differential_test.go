package main_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	sdl "github.com/augmentedos/graph/graph/schema"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// TestBothPathsAnswerWhateverIsAskedWithTheSameBytes walks the schema at random
// and compares the compiled path with the general one.
// AOS_TEST_SEED repeats a walk, AOS_TEST_QUERIES makes it longer.
func TestBothPathsAnswerWhateverIsAskedWithTheSameBytes(t *testing.T) {
	t.Parallel()
	seed, queries := number("AOS_TEST_SEED", rand.IntN(1_000_000)), number("AOS_TEST_QUERIES", 40)
	t.Logf("AOS_TEST_SEED=%d", seed)
	w := newWorldWaiting(t, 0)
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "schema", Input: sdl.Text()})
	walk := walker{schema, rand.New(rand.NewPCG(uint64(seed), 0))}
	answered := 0
	for range queries {
		query := walk.query()
		answer, _ := w.run(t, query, nil, false)
		require.Empty(t, w.recorder.refused, "the compiled path wrote a statement that PostgreSQL does not take, and the general one answered: %s", query)
		general, _ := w.run(t, query, nil, true)
		if strings.Contains(string(general), `"errors"`) {
			require.Contains(t, string(answer), `"errors"`, query)
			continue
		}
		answered++
		require.Equal(t, string(general), string(answer), query)
	}
	require.Greater(t, answered, queries/2, "most of what is asked has an answer")
}

// Two fields may show one column, one of them by the compiled path and the other
// by the executor. In a list that tells its place a refused statement would also
// end the transaction that the general path needs.
func TestAColumnThatTwoFieldsShowIsReadOnce(t *testing.T) {
	t.Parallel()
	w := newWorldWaiting(t, 0)
	const query = `{ taskInstances(first: 3) { endPosition nodes { workflowInstance { variables stateJson error { message } errorJson } } }
		eventInstances(first: 3) { nodes { queue { config { batchSize } configJson } } } }`
	answer, _ := w.run(t, query, nil, false)
	require.NotContains(t, string(answer), `"errors"`)
	require.Empty(t, w.recorder.refused)
}

// A version alone names no row: it must not find just any.
func TestALookUpTakesExactlyOneKeyOnBothPaths(t *testing.T) {
	t.Parallel()
	w := newWorldWaiting(t, 0)
	for _, query := range []string{
		`{ workflowDefinition(version: "1.0.0") { id } }`,
		`{ workflowDefinition { id } }`,
		`{ workflowDefinition(id: "wfd_00000000000000000000000000", version: "1.0.0") { id } }`,
		`{ workflowInstance(id: "wfi_00000000000000000000000000", instanceId: "x") { id } }`,
	} {
		answer, _ := w.run(t, query, nil, false)
		general, _ := w.run(t, query, nil, true)
		require.Equal(t, string(general), string(answer), query)
		require.Contains(t, string(answer), `"code":"BAD_USER_INPUT"`, query)
	}
}

func number(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return otherwise
}

// walker writes random queries.
type walker struct {
	schema *ast.Schema
	chance *rand.Rand
}

func (w walker) query() string {
	d := repository.All[w.chance.IntN(len(repository.All))]
	root := strings.ToLower(d.Name[:1]) + d.Name[1:] + "s"
	if field := w.schema.Query.Fields.ForName(root); field == nil {
		root = "uiComponents" // the one name with two capitals
	}
	return "{ " + w.field(w.schema.Query.Fields.ForName(root), 3) + " }"
}

// field writes a field with some arguments and, below it, a selection that is
// depth entities deep.
func (w walker) field(f *ast.FieldDefinition, depth int) string {
	text := f.Name
	if w.chance.IntN(4) == 0 {
		text = "a" + strconv.Itoa(w.chance.IntN(1000)) + ": " + text
	}
	if strings.HasSuffix(f.Type.Name(), "Connection") {
		text += fmt.Sprintf("(%s: %d%s)", []string{"first", "last"}[w.chance.IntN(2)], 1+w.chance.IntN(4), w.order(f))
	}
	return text + w.selection(w.schema.Types[f.Type.Name()], depth)
}

func (w walker) order(f *ast.FieldDefinition) string {
	by := f.Arguments.ForName("orderBy")
	if by == nil || w.chance.IntN(2) == 0 {
		return ""
	}
	values := w.schema.Types[by.Type.Name()].EnumValues
	return ", orderBy: " + values[w.chance.IntN(len(values))].Name
}

func (w walker) selection(def *ast.Definition, depth int) string {
	switch def.Kind {
	case ast.Scalar, ast.Enum:
		return ""
	case ast.Interface, ast.Union:
		return " { __typename }"
	}
	var fields []string
	for _, f := range def.Fields {
		if w.wanted(def, f, depth) {
			fields = append(fields, w.field(f, depth-entities(f)))
		}
	}
	if len(fields) == 0 {
		fields = []string{"__typename"}
	}
	return " { " + strings.Join(fields, " ") + " }"
}

// wanted leaves out what tells the time of the request, and thins out the rest.
func (w walker) wanted(def *ast.Definition, f *ast.FieldDefinition, depth int) bool {
	if strings.HasPrefix(f.Name, "__") || f.Name == "endPosition" || f.Name == "overdue" || entities(f) > depth {
		return false
	}
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil {
			return false
		}
	}
	switch {
	case strings.HasSuffix(def.Name, "Connection"), strings.HasSuffix(def.Name, "Edge"):
		return w.chance.IntN(3) > 0
	case entities(f) > 0:
		return w.chance.IntN(4) == 0
	}
	return w.chance.IntN(3) == 0
}

// entities is how many entities a field goes down: one for rows and for parts
// of documents, which may lead anywhere.
func entities(f *ast.FieldDefinition) int {
	name := f.Type.Name()
	if strings.HasSuffix(name, "Edge") || f.Name == "nodes" || f.Name == "node" || name == "PageInfo" {
		return 0
	}
	if repository.ByName(strings.TrimSuffix(name, "Connection")) != nil || f.Type.Elem != nil {
		return 1
	}
	return 0
}
