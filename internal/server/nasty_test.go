package server_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestMain(m *testing.M) { testdb.Main(m) }

var nastyAll = flag.Bool("nasty.all", false, "put every nasty value in every place, not a few")

var schema = generated.NewExecutableSchema(generated.Config{}).Schema()

// nasty are values nobody should send, as JSON.
var nasty = []string{
	`"a\u0000b"`, `"\ud800"`, `"\udfff\ud800"`, "\"\xff\xfe\"", `""`, `"   "`, `"'; drop table workflow_instances; --"`, `"%_\\"`, `"\u202e\ufeff"`,
	`"` + strings.Repeat("x", 20_000) + `"`, `1e400`, `99999999999999999999999999`, `-2147483649`, `2147483648`, `-1`, `0`, `1.5`, `-0`,
	`true`, `null`, `[]`, `[null]`, `[[[]]]`, `{}`, `{"": {"\u0000": 1}}`, `{"a": 1e999}`, `{"a": "\u0000"}`, `{"a": "\ud800"}`,
	strings.Repeat(`[`, 50) + strings.Repeat(`]`, 50), strings.Repeat(`{"a":`, 55) + `1` + strings.Repeat(`}`, 55),
	`"9999-99-99T00:00:00Z"`, `"0000-01-01T00:00:00Z"`, `"P999999999999Y"`, `"-PT1H"`, `"1.0"`, `"99999999999.0.0"`, `"wfi_zzzzzzzzzzzzzzzzzzzzzzzzzz"`, `"__proto__"`,
}

// monstrous are bodies that no server should read to the end.
var monstrous = map[string]string{
	"300 KB of text":     `"` + strings.Repeat("x", 300<<10) + `"`,
	"a depth of 9000":    strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000),
	"100,000 members":    `[` + strings.Repeat(`0,`, 100_000) + `0]`,
	"a text without end": `"x`,
}

// door is the front door of a filled server.
type door struct {
	*testing.T
	db      *pgxpool.Pool
	handler http.Handler
	ids     map[string]string // type -> the id of one of its rows
}

func newDoor(t *testing.T) *door {
	d := &door{T: t, db: testdb.New(t), ids: map[string]string{}}
	_, err := demo.Load(t.Context(), d.db, demo.Options{})
	require.NoError(t, err)
	keys, err := credential.KeyFile(t.TempDir())
	require.NoError(t, err)
	d.handler, err = server.Handler(server.Parts{Primary: d.db, Operations: os.DirFS("../../testdata/operations"), Keys: keys})
	require.NoError(t, err)
	for _, e := range repository.All {
		var id uuid.UUID
		require.NoError(t, d.db.QueryRow(t.Context(), "select id from "+e.Table+" order by id limit 1").Scan(&id))
		d.ids[e.Name] = nodeid.Encode(e.Prefix(), id)
	}
	return d
}

// subject is the id of a row that a mutation can be about.
func (d *door) subject(mutation *ast.FieldDefinition) string {
	for _, f := range schema.Types[mutation.Type.Name()].Fields {
		if id, ok := d.ids[f.Type.Name()]; ok {
			return id
		}
	}
	return d.ids["WorkflowDefinition"]
}

// valid is a value that a type takes, with no field that may be left out.
func (d *door) valid(of *ast.Type, subject string) any {
	if of.Elem != nil {
		return []any{d.valid(of.Elem, subject)}
	}
	def := schema.Types[of.Name()]
	switch def.Kind {
	case ast.Enum:
		return def.EnumValues[0].Name
	case ast.InputObject:
		object := map[string]any{}
		for _, f := range def.Fields {
			if f.Type.NonNull && f.DefaultValue == nil {
				object[f.Name] = d.valid(f.Type, subject)
			}
		}
		return object
	}
	switch def.Name {
	case "ID":
		return subject
	case "Int", "Float":
		return 1
	case "Boolean":
		return true
	case "JSON":
		return map[string]any{}
	case "DateTime":
		return "2026-01-01T00:00:00Z"
	case "Duration":
		return "PT1H"
	case "SemVer":
		return "1.0.0"
	}
	return "x"
}

// places are the ways to every value in an input, lists by their first element.
func places(of *ast.Type, depth int) [][]string {
	all := [][]string{{}}
	if depth == 0 {
		return all
	}
	if of.Elem != nil {
		for _, below := range places(of.Elem, depth-1) {
			all = append(all, append([]string{"0"}, below...))
		}
		return all
	}
	def := schema.Types[of.Name()]
	if def.Kind != ast.InputObject {
		return all
	}
	for _, f := range def.Fields {
		for _, below := range places(f.Type, depth-1) {
			all = append(all, append([]string{f.Name}, below...))
		}
	}
	return all
}

// put is a valid value with something else at a place.
func (d *door) put(of *ast.Type, subject string, place []string, value json.RawMessage) any {
	if len(place) == 0 {
		return value
	}
	if of.Elem != nil {
		return []any{d.put(of.Elem, subject, place[1:], value)}
	}
	object := d.valid(of, subject).(map[string]any)
	field := schema.Types[of.Name()].Fields.ForName(place[0])
	object[place[0]] = d.put(field.Type, subject, place[1:], value)
	return object
}

// request writes a mutation with one argument spoilt.
func (d *door) request(m *ast.FieldDefinition, spoilt *ast.ArgumentDefinition, place []string, value string) []byte {
	const mark = `"◊"`
	subject, variables := d.subject(m), map[string]any{}
	var head, call []string
	for _, a := range m.Arguments {
		if a != spoilt && !a.Type.NonNull {
			continue
		}
		head, call = append(head, "$"+a.Name+": "+a.Type.String()), append(call, a.Name+": $"+a.Name)
		variables[a.Name] = d.valid(a.Type, subject)
		if a == spoilt {
			variables[a.Name] = d.put(a.Type, subject, place, json.RawMessage(mark))
		}
	}
	selection := "{ __typename }"
	if schema.Types[m.Type.Name()].Fields.ForName("userErrors") != nil {
		selection = "{ userErrors { code message path } }"
	}
	body, err := json.Marshal(map[string]any{
		"query":     fmt.Sprintf("mutation(%s) { it: %s(%s) %s }", strings.Join(head, ", "), m.Name, strings.Join(call, ", "), selection),
		"variables": variables,
	})
	require.NoError(d, err)
	return bytes.Replace(body, []byte(mark), []byte(value), 1)
}

// verdict is what a request came to.
type verdict struct {
	refused bool
	wrong   string // what should not have happened
}

func (d *door) send(body []byte) verdict {
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	response := httptest.NewRecorder()
	d.handler.ServeHTTP(response, request)
	var answer struct {
		Data *struct {
			It *struct {
				UserErrors []struct{ Code, Message string }
			}
		}
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if response.Code >= 500 {
		return verdict{wrong: fmt.Sprintf("status %d: %s", response.Code, response.Body)}
	}
	if err := json.Unmarshal(response.Body.Bytes(), &answer); err != nil {
		return verdict{wrong: "no JSON: " + response.Body.String()}
	}
	for _, e := range answer.Errors {
		if e.Extensions.Code == "" || e.Extensions.Code == "INTERNAL" || e.Extensions.Code == "UNAVAILABLE" || e.Message == "" {
			return verdict{wrong: response.Body.String()}
		}
	}
	v := verdict{refused: len(answer.Errors) > 0}
	if answer.Data != nil && answer.Data.It != nil {
		for _, e := range answer.Data.It.UserErrors {
			v.refused = true
			if e.Code == "" || e.Message == "" {
				v.wrong = response.Body.String()
			}
		}
	}
	if response.Body.Len() > 64<<10 {
		v.wrong = fmt.Sprintf("an answer of %d bytes", response.Body.Len())
	}
	return v
}

// tables are all of the database, those of the job queue among them.
func (d *door) tables() (names []string) {
	rows, err := d.db.Query(d.Context(), `select c.oid::regclass::text from pg_class c
where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace in (current_schema()::regnamespace, to_regnamespace('river')) order by 1`)
	require.NoError(d, err)
	names, err = pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(d, err)
	return names
}

// state names the version of every row of every table: it is another one after
// any write that was committed.
func (d *door) state(tables []string) (state string) {
	var each []string
	for _, name := range tables {
		each = append(each, "select '"+name+" ' || count(*) || ' ' || coalesce(sum(hashtextextended(tableoid || ' ' || xmin || ' ' || ctid::text, 0)), 0) as t from "+name)
	}
	require.NoError(d, d.db.QueryRow(d.Context(), "select string_agg(t, e'\\n') from ("+strings.Join(each, "\nunion all\n")+") s").Scan(&state))
	return state
}

// TestNastyInputIsRefusedClearlyAndWritesNothing puts nasty values into every
// place of every mutation, and compares the database after each that was refused
// with what it was before. All of them in all places:
//
//	go test ./internal/server -run Nasty -nasty.all
func TestNastyInputIsRefusedClearlyAndWritesNothing(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	seed := rand.Uint64()
	t.Logf("values from seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	sent, refused, depth := 0, 0, 3
	tables := d.tables()
	before := d.state(tables)
	if *nastyAll {
		depth = 4
	}
	for _, m := range schema.Mutation.Fields {
		if strings.HasPrefix(m.Name, "__") {
			continue
		}
		for _, a := range m.Arguments {
			for _, place := range places(a.Type, depth) {
				for _, value := range d.choose(random) {
					v := d.send(d.request(m, a, place, value))
					if v.wrong != "" {
						t.Errorf("%s(%s: …/%s = %.60s): %.600s", m.Name, a.Name, strings.Join(place, "/"), value, v.wrong)
					}
					sent++
					if !v.refused {
						before = d.state(tables)
						continue
					}
					refused++
					require.Equal(t, before, d.state(tables), "%s(%s: …/%s = %.60s) was refused, and yet something was written", m.Name, a.Name, strings.Join(place, "/"), value)
				}
			}
			for name, value := range monstrous {
				v := d.send(d.request(m, a, nil, value))
				require.Empty(t, v.wrong, "%s: %s", m.Name, name)
				require.True(t, v.refused, "%s: %s", m.Name, name)
				require.Equal(t, before, d.state(tables), "%s: %s", m.Name, name)
			}
		}
	}
	t.Logf("%d requests, %d refused", sent, refused)
}

func (*door) choose(random *rand.Rand) []string {
	if *nastyAll {
		return nasty
	}
	chosen := slices.Clone(nasty)
	random.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	return append(chosen[:2], `[]`) // an empty list once broke every filter
}
