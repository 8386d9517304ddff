package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
	gql "github.com/vektah/gqlparser/v2/ast"
)

// What somebody sees first: names, descriptions, shapes and sizes.

func TestDescriptionsSayMoreThanTheName(t *testing.T) {
	t.Parallel()
	for name, def := range schema.Types {
		if def.BuiltIn {
			continue
		}
		requireHelps(t, def.Description, name)
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			requireHelps(t, f.Description, name, f.Name)
			for _, a := range f.Arguments {
				requireHelps(t, a.Description, f.Name, a.Name)
			}
		}
		for _, v := range def.EnumValues {
			requireHelps(t, v.Description, name, v.Name)
		}
	}
}

// graphql-js cannot print an object as the default of a scalar, and with it the
// explorer's editor and many code generators stumble over the whole schema.
func TestNoScalarHasAnObjectAsItsDefault(t *testing.T) {
	t.Parallel()
	check := func(at string, of *gql.Type, value *gql.Value) {
		if value != nil && value.Kind == gql.ObjectValue {
			require.Equal(t, gql.InputObject, schema.Types[of.Name()].Kind, at)
		}
	}
	for name, def := range schema.Types {
		for _, f := range def.Fields {
			check(name+"."+f.Name, f.Type, f.DefaultValue)
			for _, a := range f.Arguments {
				check(name+"."+f.Name+"."+a.Name, a.Type, a.DefaultValue)
			}
		}
	}
}

// fillers are words that say nothing by themselves.
var fillers = strings.Fields("a an the of its this that is are be for to in on by or and with as it field value type input object list all any one")

var word = regexp.MustCompile(`[A-Za-z]+`)

// requireHelps fails when a description has no word that is not in the names.
func requireHelps(t *testing.T, description string, names ...string) {
	t.Helper()
	known := slices.Clone(fillers)
	for _, name := range names {
		known = append(known, wordsOf(name)...)
	}
	for _, w := range word.FindAllString(description, -1) {
		if w = strings.ToLower(w); !slices.Contains(known, w) && !slices.Contains(known, strings.TrimSuffix(w, "s")) && !slices.Contains(known, w+"s") {
			return
		}
	}
	t.Errorf("only repeats the name: %s: %q", strings.Join(names, "."), description)
}

// wordsOf parts a name such as workflowInstanceID or WORKFLOW_INSTANCE.
func wordsOf(name string) (words []string) {
	var current []rune
	end := func() {
		if len(current) > 0 {
			words = append(words, strings.ToLower(string(current)))
		}
		current = nil
	}
	letters := []rune(name)
	for i, r := range letters {
		switch {
		case r == '_':
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && unicode.IsLower(letters[i-1]):
			end()
		}
		current = append(current, r)
	}
	end()
	return words
}

func TestListsHoldNoNullsAndAreNeverNull(t *testing.T) {
	t.Parallel()
	for name, def := range schema.Types {
		if def.BuiltIn || (def.Kind != gql.Object && def.Kind != gql.Interface) {
			continue
		}
		for _, f := range def.Fields {
			if f.Type.Elem == nil || strings.HasPrefix(f.Name, "__") || (name == "Query" && f.Name == "nodes") {
				continue
			}
			require.True(t, f.Type.Elem.NonNull, "%s.%s: %s", name, f.Name, f.Type)
			if name != "Query" && name != "Subscription" {
				require.True(t, f.Type.NonNull || saysNull(f), "%s.%s: %s", name, f.Name, f.Type)
			}
		}
	}
}

// saysNull is true for a list whose absence has a meaning of its own.
func saysNull(f *gql.FieldDefinition) bool {
	return strings.Contains(strings.ToLower(f.Description), "null")
}

func TestNotNullIsAnExclamationMark(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, d := range repository.All {
		nullable := map[string]bool{}
		for _, c := range columnsOf(t, db, d.Table) {
			nullable[c.Name] = c.Nullable
		}
		for _, f := range schema.Types[d.Name].Fields {
			column, ok := d.Column(f.Name)
			if !ok || column == "id" {
				continue
			}
			require.Equal(t, !nullable[column], f.Type.NonNull, "%s.%s shows %s.%s", d.Name, f.Name, d.Table, column)
		}
	}
}

// TestADocumentIsTypedWhereItsShapeIsKnown wants a typed field beside each raw
// document that a field shows under the name of its column.
func TestADocumentIsTypedWhereItsShapeIsKnown(t *testing.T) {
	t.Parallel()
	for name, def := range schema.Types {
		for _, f := range def.Fields {
			typed, raw := strings.CutSuffix(f.Name, "Json")
			if !raw || def.Kind != gql.Object {
				continue
			}
			if name == "WorkflowInstance" && typed == "state" {
				continue // shown as variables, steps, progress and waitingFor
			}
			sibling := def.Fields.ForName(typed)
			require.NotNil(t, sibling, "%s.%s is raw and has no typed %s beside it", name, f.Name, typed)
			require.NotEqual(t, "JSON", sibling.Type.Name(), "%s.%s", name, typed)
		}
	}
}

func TestLookUpsTakeExactlyOneKeyAndSaySo(t *testing.T) {
	t.Parallel()
	for _, f := range schema.Query.Fields {
		d := repository.ByName(f.Type.Name())
		if d == nil {
			continue
		}
		require.NotNil(t, f.Arguments.ForName("id"), f.Name)
		require.False(t, f.Type.NonNull, "%s answers null when there is nothing", f.Name)
		if len(f.Arguments) > 1 {
			require.Regexp(t, `(?i)exactly one|one of|either|instead of`, f.Description+f.Arguments.ForName("id").Description, f.Name)
		}
	}
}

func TestEveryCodeIsExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("docs/errors.md")
	require.NoError(t, err)
	for _, code := range []fault.Code{
		fault.BadUserInput, fault.Validation, fault.NotFound, fault.Conflict, fault.IllegalTransition, fault.QueryTooBroad,
		fault.QueryTooComplex, fault.QueueFull, fault.Unauthenticated, fault.Forbidden, fault.Timeout, fault.Unavailable, fault.Internal,
	} {
		require.Contains(t, string(text), string(code))
	}
}

// TestAnEntityIsFoundByItsName looks for the files that a glob of the entity's
// name should find.
func TestAnEntityIsFoundByItsName(t *testing.T) {
	t.Parallel()
	for _, d := range repository.All {
		name := fileName(d.Name)
		for _, path := range []string{"graph/schema/" + name + ".graphqls", "internal/model/" + name + ".go", "repository/" + name + ".go", "resolvers/" + name + ".resolvers.go"} {
			_, err := os.Stat(path)
			require.NoError(t, err)
		}
		_, err := os.Stat("docs/schemas/" + d.Table + ".md")
		require.NoError(t, err)
	}
}

func fileName(typeName string) string {
	if rest, ok := strings.CutPrefix(typeName, "UI"); ok { // the one name with two capitals
		return "ui_" + strings.ToLower(rest)
	}
	return strings.Join(wordsOf(typeName), "_")
}

func TestFilesThatPeopleReadAreShort(t *testing.T) {
	t.Parallel()
	for pattern, limit := range map[string]int{
		"README.md": 250, "graph/schema/*.graphqls": 500, "migrations/*.sql": 500, "jsonschema/schemas/*.json": 500, "Makefile": 150,
	} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, path := range files {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.LessOrEqual(t, strings.Count(string(text), "\n"), limit, path)
		}
	}
}

// TestAResolverIsASentence counts the statements of resolver methods.
func TestAResolverIsASentence(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("resolvers/*.resolvers.go")
	require.NoError(t, err)
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			if method, ok := declaration.(*ast.FuncDecl); ok {
				require.LessOrEqual(t, len(method.Body.List), 3, "%s: %s", path, method.Name.Name)
			}
		}
	}
}
