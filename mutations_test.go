package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

const mutationsFolder = "testdata/mutations"

// TestMutations runs operations that change things. Each file has a demo world
// of its own, in which its operations happen one after the other; the golden
// answer is an object of their answers by name. A variable has the value of the
// field or alias of its name that was answered last: `draft: id` in one
// operation is $draft in the next. What differs from run to run is written as a
// placeholder: "<wfd 1>" is the first new id of its kind, "<now>" a time during
// the test.
func TestMutations(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(mutationsFolder + "/*.graphql")
	require.NoError(t, err)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".graphql"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			doc, problem := parser.ParseQuery(&ast.Source{Input: string(text)})
			require.NoError(t, problem)
			world := newWorld(t)
			stable := newScrubber(t, world)
			answered := map[string]any{}
			var answers, statements bytes.Buffer
			for i, op := range doc.Operations {
				answer, sent := world.post(t, world.compiled, map[string]any{"query": alone(doc, op), "variables": variablesOf(op, answered)})
				require.NotContains(t, string(answer), `"errors"`, op.Name)
				remember(answered, answer)
				fmt.Fprintf(&answers, "%s%q: %s", map[bool]string{true: "{", false: ","}[i == 0], op.Name, answer)
				fmt.Fprintf(&statements, "-- %s\n\n%s\n\n", op.Name, strings.Join(sent, "\n\n"))
			}
			base := strings.TrimSuffix(file, ".graphql")
			golden(t, base+".json", indented(t, []byte(stable.scrub(answers.String()+"}"))))
			golden(t, base+".sql", append(bytes.TrimSpace(statements.Bytes()), '\n'))
		})
	}
}

// TestEachMutationHasGoldensOfSuccessAndFailure reads the goldens: each mutation
// was done in one of them and refused in another one, and none shows a secret
// that was sent.
func TestEachMutationHasGoldensOfSuccessAndFailure(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(mutationsFolder + "/*.graphql")
	require.NoError(t, err)
	done, refused := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		doc, problem := parser.ParseQuery(&ast.Source{Input: string(text)})
		require.NoError(t, problem)
		answers := answersIn(t, strings.TrimSuffix(file, ".graphql")+".json")
		for _, op := range doc.Operations {
			for _, s := range op.SelectionSet {
				field := s.(*ast.Field)
				dry := field.Arguments.ForName("dryRun")
				if failed := answers[op.Name].Data[field.Alias].UserErrors; len(failed) > 0 {
					refused[field.Name] = true
				} else if op.Operation == ast.Mutation && dry == nil {
					done[field.Name] = true
				}
			}
		}
	}
	for _, m := range schema.Mutation.Fields {
		require.True(t, done[m.Name], "a golden in which %s is done", m.Name)
		require.True(t, refused[m.Name], "a golden in which %s is refused", m.Name)
	}
}

type goldenAnswer struct {
	Data map[string]struct{ UserErrors []any }
}

// answersIn are the answers in a golden file by operation.
func answersIn(t *testing.T, file string) (answers map[string]goldenAnswer) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	statements, err := os.ReadFile(strings.TrimSuffix(file, ".json") + ".sql")
	require.NoError(t, err)
	require.NotContains(t, string(text)+string(statements), "golden-secret")
	var raw map[string]struct{ Data map[string]json.RawMessage }
	require.NoError(t, json.Unmarshal(text, &raw))
	answers = map[string]goldenAnswer{}
	for op, answer := range raw {
		answers[op] = goldenAnswer{Data: map[string]struct{ UserErrors []any }{}}
		for field, value := range answer.Data {
			var payload struct{ UserErrors []any }
			_ = json.Unmarshal(value, &payload) // a list is no payload
			answers[op].Data[field] = payload
		}
	}
	return answers
}

// alone is an operation with the fragments it uses, as a client would send it.
func alone(doc *ast.QueryDocument, op *ast.OperationDefinition) string {
	var text strings.Builder
	write := formatter.NewFormatter(&text)
	write.FormatQueryDocument(&ast.QueryDocument{Operations: ast.OperationList{op}})
	for _, f := range doc.Fragments {
		if regexp.MustCompile(`\.\.\. ?` + f.Name + `\b`).MatchString(text.String()) {
			write.FormatQueryDocument(&ast.QueryDocument{Fragments: ast.FragmentDefinitionList{f}})
		}
	}
	return text.String()
}

func variablesOf(op *ast.OperationDefinition, answered map[string]any) map[string]any {
	variables := map[string]any{}
	for _, v := range op.VariableDefinitions {
		if value, ok := answered[v.Variable]; ok {
			variables[v.Variable] = value
		}
	}
	return variables
}

// remember notes every value of an answer under the name it was asked by.
func remember(answered map[string]any, answer []byte) {
	var doc any
	if json.Unmarshal(answer, &doc) == nil {
		note(answered, doc)
	}
}

func note(answered map[string]any, value any) {
	switch value := value.(type) {
	case []any:
		for _, one := range value {
			note(answered, one)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			answered[name] = value[name]
			note(answered, value[name])
		}
	}
}

// scrubber replaces ids that were not there at first, and times since then.
type scrubber struct {
	known map[uuid.UUID]bool
	since time.Time
	names map[uuid.UUID]string
	count map[string]int
}

func newScrubber(t *testing.T, w *world) *scrubber {
	s := &scrubber{known: map[uuid.UUID]bool{}, since: time.Now().Add(-time.Minute), names: map[uuid.UUID]string{}, count: map[string]int{}}
	for _, d := range repository.All {
		rows, err := w.pool.Query(t.Context(), "select id from "+d.Table)
		require.NoError(t, err)
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		require.NoError(t, err)
		for _, id := range ids {
			s.known[id] = true
		}
	}
	return s
}

var (
	globalIDs = regexp.MustCompile(`\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b`)
	moments   = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z`)
)

func (s *scrubber) scrub(text string) string {
	text = globalIDs.ReplaceAllStringFunc(text, func(id string) string {
		prefix, uid, err := nodeid.Decode(id)
		if err != nil || s.known[uid] {
			return id
		}
		if s.names[uid] == "" {
			s.count[prefix]++
			s.names[uid] = fmt.Sprintf("<%s %d>", prefix, s.count[prefix])
		}
		return s.names[uid]
	})
	return moments.ReplaceAllStringFunc(text, func(moment string) string {
		at, err := time.Parse(time.RFC3339Nano, moment)
		if err != nil || at.Before(s.since) || at.After(time.Now().Add(time.Minute)) {
			return moment
		}
		return "<now>"
	})
}
