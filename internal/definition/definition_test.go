package definition_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// desk is a database in which somebody writes definitions.
type desk struct {
	*definition.Definitions
	t  *testing.T
	db *pgxpool.Pool
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := testdb.New(t)
	return &desk{&definition.Definitions{Writer: &repository.Writer{Store: repository.NewStore(db), DB: db}}, t, db}
}

func (d *desk) ctx() context.Context { return d.t.Context() }

func doc(text string) graphql.Omittable[scalar.JSON] { return graphql.OmittableOf(scalar.JSON(text)) }

func some[T any](v T) graphql.Omittable[*T] { return graphql.OmittableOf(&v) }

func named(name string) model.DefinitionSave { return model.DefinitionSave{Name: some(name)} }

// complete are inputs of all kinds that may become active, by the prefix of
// their ids. Their business key is key.
func complete(key string) map[string]model.SaveInput {
	return map[string]model.SaveInput{
		"wfd": &model.WorkflowDefinitionSaveInput{DefinitionSave: named("W"), WorkflowID: &key, Steps: doc(`[{"stepId": "a", "type": "END"}]`)},
		"tkd": &model.TaskDefinitionSaveInput{DefinitionSave: named("T"), TaskID: &key, Type: some(model.TaskType("AUTOMATED")), ExecutionConfig: doc(`{"executor": "x"}`)},
		"evd": &model.EventDefinitionSaveInput{DefinitionSave: named("E"), EventID: &key, Pattern: some("thing." + key)},
		"ind": &model.IntegrationDefinitionSaveInput{DefinitionSave: named("I"), IntegrationID: &key, AuthType: some(model.IntegrationAuthType("apikey"))},
		"uic": &model.UIComponentSaveInput{DefinitionSave: named("U"), ComponentID: &key, ComponentType: some(model.UIComponentType("Display"))},
		"tsd": &model.TestDefinitionSaveInput{DefinitionSave: named("S"), TestID: &key, Type: some(model.TestsTask), TargetID: some("tested"),
			Cases: doc(`[{"caseId": "one", "input": {}}]`)},
	}
}

// save writes a draft that must be accepted.
func (d *desk) save(prefix string, input model.SaveInput) model.Definition {
	d.t.Helper()
	out, err := d.Save(d.ctx(), prefix, input, false)
	require.NoError(d.t, err)
	require.NotNil(d.t, out.Definition)
	return out.Definition
}

// active writes a version and publishes it.
func (d *desk) active(prefix string, input model.SaveInput) model.Definition {
	d.t.Helper()
	out, err := d.Activate(d.ctx(), definition.Activation{Target: of(d.save(prefix, input))})
	require.NoError(d.t, err, "%s", said(out.Problems))
	return out.Definition
}

// of is the version as a target.
func of(row model.Definition) definition.Target {
	prefix, id, err := nodeid.Decode(row.ID())
	if err != nil {
		panic(err)
	}
	return definition.Target{Prefix: prefix, ID: id, Path: "/id"}
}

func status(row model.Definition) model.DefinitionStatus { _, s := row.DefinitionVersion(); return s }

func number(row model.Definition) string { n, _ := row.DefinitionVersion(); return n }

func said(problems []*model.Problem) string {
	text := ""
	for _, p := range problems {
		text += fmt.Sprintf("%s %s %s %s\n", p.Severity, p.Code, p.Path, p.Message)
	}
	return text
}

// faults are the codes and places of what was refused.
func faults(err error) (out []string) {
	for _, f := range fault.ListOf(err) {
		out = append(out, string(f.Code)+" "+f.Path)
	}
	return out
}

func (d *desk) must(sql string, args ...any) {
	d.t.Helper()
	_, err := d.db.Exec(d.ctx(), sql, args...)
	require.NoError(d.t, err)
}

func (d *desk) one(sql string, args ...any) (found string) {
	d.t.Helper()
	require.NoError(d.t, d.db.QueryRow(d.ctx(), sql, args...).Scan(&found))
	return found
}

func (d *desk) reload(prefix string, id uuid.UUID) model.Node {
	d.t.Helper()
	entity := repository.ByPrefix(prefix)
	found, err := entity.Nodes(d.ctx(), d.Writer.Store, entity.Columns(), []any{id})
	require.NoError(d.t, err)
	return found[id]
}

func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func graphqlList[T any](list ...T) graphql.Omittable[[]T] { return graphql.OmittableOf(list) }
