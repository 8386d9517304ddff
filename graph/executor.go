package graph

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
)

// Executor runs operations for every transport: it refuses what is too large,
// gives queries and mutations their time limit and each answer its loaders, and
// keeps a bug in any of it from ending the process. It is what gqlgen calls a
// GraphExecutor; its own one, below, runs the generated code.
type Executor struct {
	inner     *executor.Executor
	facts     *facts
	documents *documents
	limits    Limits
	present   *presenter
	loaders   func(context.Context) context.Context
	observe   func(context.Context, Outcome)
}

var _ graphql.GraphExecutor = (*Executor)(nil)

func newExecutor(es graphql.ExecutableSchema, o Options) *Executor {
	f := newFacts(es.Schema())
	e := &Executor{
		inner: executor.New(es), facts: f, limits: o.Limits,
		present: &presenter{log: o.Log}, loaders: o.WithLoaders, observe: o.Observe,
	}
	e.documents = newDocuments(f, &e.limits, o.Development)
	e.inner.SetQueryCache(parsed{})
	e.inner.SetErrorPresenter(e.present.present)
	e.inner.SetRecoverFunc(recovered)
	e.inner.AroundResponses(e.aroundResponse)
	for _, extension := range o.Extensions {
		e.inner.Use(extension)
	}
	e.inner.AroundRootFields(idempotent)
	if o.RootField != nil {
		e.inner.AroundRootFields(o.RootField)
	}
	return e
}

// CreateOperationContext decides whether an operation is run: its document is
// understood, valid and within the limits, its variables fit, its cost is
// bearable.
func (e *Executor) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (op *graphql.OperationContext, errs gqlerror.List) {
	op = &graphql.OperationContext{RawQuery: params.Query, OperationName: params.OperationName}
	defer func() {
		if r := recover(); r != nil {
			errs = gqlerror.List{gqlerror.Wrap(recovered(ctx, r))}
		}
	}()
	doc, errs := e.documents.load(params.Query)
	if len(errs) > 0 {
		return op, errs
	}
	definition := doc.Operations.ForName(params.OperationName)
	if definition == nil {
		return op, gqlerror.List{gqlerror.Wrap(noOperation(params.OperationName))}
	}
	if refusal := nobody(auth.From(ctx)); refusal != nil {
		return op, gqlerror.List{gqlerror.Wrap(refusal)}
	}
	if errs := checkAllowed(auth.From(ctx), definition); len(errs) > 0 {
		return op, errs
	}
	if faults := checkVariables(e.facts.schema, definition, params.Variables, e.limits.Errors); len(faults) > 0 {
		for _, f := range faults {
			errs = append(errs, gqlerror.WrapPath(nil, f))
		}
		return op, errs
	}
	ctx = graphql.StartOperationTrace(withParsed(ctx, doc))
	op, errs = e.inner.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return op, errs
	}
	op.DisableIntrospection = false
	if err := oneStream(op); err != nil {
		return op, gqlerror.List{gqlerror.Wrap(err)}
	}
	if err := checkCost(e.facts, &e.limits, definition, op.Variables); err != nil {
		return op, gqlerror.List{gqlerror.Wrap(err)}
	}
	return op, nil
}

// oneStream refuses a subscription to none or to several streams: the rule that
// validates it knows neither aliases nor @skip.
func oneStream(op *graphql.OperationContext) error {
	if op.Operation.Operation != ast.Subscription {
		return nil
	}
	if n := len(graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})); n != 1 {
		return fault.Errorf(fault.BadUserInput, "A subscription is to exactly one stream, not to %d.", n).
			Hint("Send an operation for each stream.")
	}
	return nil
}

func noOperation(name string) *fault.Fault {
	if name == "" {
		return fault.Errorf(fault.BadUserInput, "This document has several operations, and operationName says none of them.").
			Hint("Name the operation to run in operationName.")
	}
	return fault.Errorf(fault.BadUserInput, "This document has no operation with the given operationName.")
}

// DispatchOperation starts an operation. The handler it returns gives a query or
// mutation its time limit; a subscription lasts as long as its transport
// wants.
func (e *Executor) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	if op.Operation.Operation == ast.Subscription {
		if e.loaders != nil {
			ctx = e.loaders(ctx) // for the resolver that opens the stream
		}
		return e.inner.DispatchOperation(ctx, op)
	}
	started := time.Now()
	next, ctx := e.inner.DispatchOperation(ctx, op)
	return func(ctx context.Context) *graphql.Response {
		ctx, cancel := context.WithTimeout(ctx, e.limits.Timeout)
		defer cancel()
		response := e.guarded(ctx, next)
		e.report(ctx, op, response, time.Since(started))
		return response
	}, ctx
}

// guarded runs next. A panic outside a resolver, and a context that ended
// before the operation began, become answers like any other failure.
func (e *Executor) guarded(ctx context.Context, next graphql.ResponseHandler) (response *graphql.Response) {
	defer func() {
		if r := recover(); r != nil {
			response = e.refusal(ctx, gqlerror.List{gqlerror.Wrap(recovered(ctx, r))})
		}
	}()
	if response = next(ctx); response == nil {
		err := ctx.Err()
		if err == nil {
			err = errors.New("the executor gave no response")
		}
		response = e.refusal(ctx, gqlerror.List{gqlerror.Wrap(err)})
	}
	return response
}

// DispatchError is the answer to a request that was not run.
func (e *Executor) DispatchError(ctx context.Context, errs gqlerror.List) *graphql.Response {
	response := e.refusal(ctx, errs)
	if e.observe != nil {
		e.observe(ctx, Outcome{Codes: codesOf(response.Errors)})
	}
	return response
}

func (e *Executor) refusal(ctx context.Context, errs gqlerror.List) *graphql.Response {
	omitted := len(errs) - e.limits.Errors
	if omitted > 0 {
		errs = errs[:e.limits.Errors]
	}
	response := &graphql.Response{Errors: make(gqlerror.List, 0, len(errs))}
	for _, err := range errs {
		response.Errors = append(response.Errors, e.present.present(ctx, err))
	}
	sayOmitted(response, omitted)
	return response
}

// aroundResponse gives one answer its own loaders and bounds its errors.
func (e *Executor) aroundResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	if e.loaders != nil {
		ctx = e.loaders(ctx)
	}
	response := next(withTally(ctx, e.limits.Errors))
	if response == nil {
		return nil
	}
	if omitted := len(response.Errors) - e.limits.Errors; omitted > 0 {
		response.Errors = response.Errors[:e.limits.Errors]
		sayOmitted(response, omitted)
	}
	return response
}

func sayOmitted(response *graphql.Response, n int) {
	if n <= 0 {
		return
	}
	if response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	response.Extensions["errorsOmitted"] = n
}

func (e *Executor) report(ctx context.Context, op *graphql.OperationContext, response *graphql.Response, took time.Duration) {
	if e.observe == nil {
		return
	}
	e.observe(ctx, Outcome{
		Name: op.Operation.Name, Kind: string(op.Operation.Operation), Duration: took,
		Codes: codesOf(response.Errors), Bytes: len(response.Data),
	})
}

func codesOf(errs gqlerror.List) []string {
	var codes []string
	for _, err := range errs {
		code, _ := err.Extensions["code"].(string)
		codes = append(codes, code)
	}
	return codes
}

type contextKey int

const (
	parsedKey contextKey = iota
	tallyKey
	connKey
)

// parsed hands the document that documents.load made to gqlgen's executor,
// which would otherwise parse without our limits.
type parsed struct{}

func withParsed(ctx context.Context, doc *ast.QueryDocument) context.Context {
	return context.WithValue(ctx, parsedKey, doc)
}

func (parsed) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc, ok := ctx.Value(parsedKey).(*ast.QueryDocument)
	return doc, ok
}

func (parsed) Add(context.Context, string, *ast.QueryDocument) {}
