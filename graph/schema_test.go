package graph_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
)

const sdl = `
scalar DateTime
scalar Cursor
scalar JSON
directive @oneOf on INPUT_OBJECT
interface Node { id: ID! }
enum Status { ACTIVE FAILED }
enum Failure { FAULT INTERNAL PANIC TIMEOUT UNAVAILABLE REFUSED CANCELLED NULLS }
input WorkflowWhere { status: Status names: [String!] after: DateTime size: Int not: WorkflowWhere doc: JSON }
input Rename { id: ID! name: String! note: String }
type PageInfo { hasNextPage: Boolean! endCursor: Cursor }
type Step { stepId: String! next: [Step!]! task: Task }
type Workflow implements Node {
  id: ID! name: String! status: Status! steps: [Step!]!
  tasks(first: Int, last: Int, after: Cursor): TaskConnection!
}
type Task implements Node { id: ID! name: String! workflow: Workflow! }
type WorkflowConnection { edges: [WorkflowEdge!]! nodes: [Workflow!]! pageInfo: PageInfo! totalCount: Int! }
type WorkflowEdge { cursor: Cursor! node: Workflow! }
type TaskConnection { edges: [TaskEdge!]! nodes: [Task!]! pageInfo: PageInfo! }
type TaskEdge { cursor: Cursor! node: Task! }
type Query {
  hello(name: String, n: Int, id: ID, ok: Boolean, at: DateTime, times: Int! = 1): String
  workflow(id: ID!): Workflow
  workflows(first: Int, last: Int, after: Cursor, where: WorkflowWhere): WorkflowConnection!
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  feed(batches: Int! = 100): [Workflow]
  log(first: Int): Log
  fail(how: Failure!): String
  wait(ms: Int!): String
}
type Log { entries: [LogEntry!]! pageInfo: PageInfo! }
type LogEntry { at: String node: Node }
type Mutation { rename(input: Rename!): Workflow }
type Subscription { ticks(n: Int!): Workflow }
`

// world is an executable schema that makes up rows: every string is "x", every
// page has as many rows as were asked for. It runs operations as generated code
// would, through the same hooks of gqlgen.
type world struct{ schema *ast.Schema }

func newWorld() *world {
	return &world{schema: gqlparser.MustLoadSchema(&ast.Source{Input: sdl})}
}

func (w *world) Schema() *ast.Schema { return w.schema }

func (w *world) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (w *world) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	root := map[ast.Operation]*ast.Definition{
		ast.Query: w.schema.Query, ast.Mutation: w.schema.Mutation, ast.Subscription: w.schema.Subscription,
	}[op.Operation.Operation]
	left := 1
	if op.Operation.Operation == ast.Subscription {
		left = 3
	}
	return func(ctx context.Context) *graphql.Response {
		if left == 0 {
			return nil
		}
		left--
		var b bytes.Buffer
		w.object(ctx, root, op.Operation.SelectionSet, true).MarshalGQL(&b)
		return &graphql.Response{Data: b.Bytes()}
	}
}

func (w *world) object(ctx context.Context, def *ast.Definition, set ast.SelectionSet, root bool) graphql.Marshaler {
	op := graphql.GetOperationContext(ctx)
	fields := graphql.CollectFields(op, set, append([]string{def.Name}, def.Interfaces...))
	values := make([]graphql.Marshaler, len(fields))
	for i, f := range fields {
		ctx := graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: def.Name, Field: f})
		resolve := func(ctx context.Context) graphql.Marshaler { return w.field(ctx, f) }
		if root {
			values[i] = op.RootResolverMiddleware(ctx, resolve)
		} else {
			values[i] = resolve(ctx)
		}
	}
	return graphql.WriterFunc(func(out io.Writer) {
		_, _ = io.WriteString(out, "{")
		for i, f := range fields {
			if i > 0 {
				_, _ = io.WriteString(out, ",")
			}
			_, _ = fmt.Fprintf(out, "%q:", f.Alias)
			values[i].MarshalGQL(out)
		}
		_, _ = io.WriteString(out, "}")
	})
}

func (w *world) field(ctx context.Context, f graphql.CollectedField) (m graphql.Marshaler) {
	defer func() {
		if r := recover(); r != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, r))
			m = graphql.Null
		}
	}()
	args := f.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	switch f.Name {
	case "__typename":
		return scalar.MarshalString(f.ObjectDefinition.Name)
	case "__schema", "__type":
		return graphql.Null
	case "hello":
		if _, err := scalar.UnmarshalInt(args["n"]); args["n"] != nil && err != nil {
			ctx = graphql.WithPathContext(ctx, graphql.NewPathWithField("n"))
			graphql.AddError(ctx, err)
			return graphql.Null
		}
		name, _ := args["name"].(string)
		return scalar.MarshalString("hello " + name)
	case "fail":
		return w.fail(ctx, args["how"].(string))
	case "wait":
		n, _ := strconv.Atoi(fmt.Sprint(args["ms"]))
		select {
		case <-time.After(time.Duration(n) * time.Millisecond):
		case <-ctx.Done():
			graphql.AddError(ctx, ctx.Err())
			return graphql.Null
		}
		return scalar.MarshalString("done")
	}
	return w.value(ctx, f, f.Definition.Type, args)
}

func (w *world) fail(ctx context.Context, how string) graphql.Marshaler {
	var err error
	switch how {
	case "FAULT":
		err = fault.Errorf(fault.Conflict, "Someone was first.").Hint("Read again.").At("/input/name").With("currentRevision", 7)
	case "INTERNAL":
		err = errors.New(`ERROR: relation "secret_table" does not exist (SQLSTATE 42P01)`)
	case "PANIC":
		panic("secret panic")
	case "TIMEOUT":
		err = fmt.Errorf("list: %w", context.DeadlineExceeded)
	case "UNAVAILABLE":
		err = fmt.Errorf("list: %w", &net.OpError{Op: "dial", Err: errors.New("secret address")})
	case "REFUSED":
		err = fmt.Errorf("list: %w", &pgconn.PgError{Code: "57P01", Message: "secret text"})
	case "CANCELLED":
		err = &pgconn.PgError{Code: "57014", Message: "secret text"}
	case "NULLS":
		for range 100 {
			graphql.AddError(ctx, errors.New("secret cause"))
		}
		return graphql.Null
	}
	graphql.AddError(ctx, err)
	return graphql.Null
}

func (w *world) value(ctx context.Context, f graphql.CollectedField, typ *ast.Type, args map[string]any) graphql.Marshaler {
	if typ.Elem != nil {
		return w.list(ctx, f, typ.Elem, w.length(ctx, f))
	}
	def := w.schema.Types[typ.NamedType]
	switch def.Kind {
	case ast.Object:
		fc := graphql.GetFieldContext(ctx)
		fc.Args = args
		return w.object(ctx, def, f.Selections, false)
	case ast.Interface:
		return w.object(ctx, w.schema.Types["Workflow"], f.Selections, false)
	case ast.Enum:
		return scalar.MarshalString(def.EnumValues[0].Name)
	}
	switch def.Name {
	case "Int":
		return scalar.MarshalInt(1)
	case "Boolean":
		return scalar.MarshalBoolean(true)
	}
	return scalar.MarshalString("x")
}

func (w *world) list(ctx context.Context, f graphql.CollectedField, elem *ast.Type, n int) graphql.Marshaler {
	rows := make(graphql.Array, n)
	for i := range rows {
		if ctx.Err() != nil {
			rows[i] = graphql.Null
			continue
		}
		ctx := graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i})
		rows[i] = w.value(ctx, f, elem, nil)
	}
	return rows
}

// length is the size of the page that the connection above was asked for.
func (w *world) length(ctx context.Context, f graphql.CollectedField) int {
	if f.Name != "edges" && f.Name != "nodes" {
		return 2
	}
	for fc := graphql.GetFieldContext(ctx); fc != nil; fc = fc.Parent {
		for _, name := range []string{"first", "last"} {
			if v, ok := fc.Args[name]; ok && v != nil {
				n, _ := scalar.UnmarshalInt(v)
				return max(n, 0)
			}
		}
		if fc.Args != nil {
			return 10
		}
	}
	return 10
}
