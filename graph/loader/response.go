package loader

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"
)

// Responses is the gqlgen extension that gives each response its loaders. A
// response that tells its place in the change feed reads everything in one
// REPEATABLE READ transaction, so that the place is exactly where the rows are.
type Responses struct {
	Store  *repository.Store
	DB     repository.Beginner
	Reader func(context.Context) repository.DB // where a query may read instead of Store; nil: there
	Wait   time.Duration                       // of a batch for its siblings; 0 = Wait
}

var _ interface {
	graphql.HandlerExtension
	graphql.ResponseInterceptor
} = Responses{}

// ExtensionName implements graphql.HandlerExtension.
func (Responses) ExtensionName() string { return "Loaders" }

// Validate implements graphql.HandlerExtension.
func (Responses) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptResponse implements graphql.ResponseInterceptor.
func (r Responses) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	op := graphql.GetOperationContext(ctx)
	if op.Operation == nil || op.Operation.Operation != ast.Query {
		return next(with(ctx, r.Store, cmp.Or(r.Wait, Wait)))
	}
	if !tellsPosition(op.Doc) {
		return next(with(ctx, r.reading(ctx), cmp.Or(r.Wait, Wait)))
	}
	tx, err := r.DB.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return graphql.ErrorResponse(ctx, "the database cannot be reached right now")
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	return next(with(ctx, r.Store.On(&oneAtATime{db: tx}), cmp.Or(r.Wait, Wait)))
}

// reading is the store of a query whose place in the feed nobody asked for.
func (r Responses) reading(ctx context.Context) *repository.Store {
	if r.Reader == nil {
		return r.Store
	}
	return r.Store.On(r.Reader(ctx))
}

// tellsPosition is true when any part of the document selects endPosition.
func tellsPosition(doc *ast.QueryDocument) bool {
	for _, o := range doc.Operations {
		if selects(o.SelectionSet, "endPosition") {
			return true
		}
	}
	for _, f := range doc.Fragments {
		if selects(f.SelectionSet, "endPosition") {
			return true
		}
	}
	return false
}

func selects(set ast.SelectionSet, name string) bool {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if s.Name == name || selects(s.SelectionSet, name) {
				return true
			}
		case *ast.InlineFragment:
			if selects(s.SelectionSet, name) {
				return true
			}
		}
	}
	return false
}

// oneAtATime lets concurrent loaders share the single connection of a
// transaction: a statement waits until the rows of the one before are read.
type oneAtATime struct {
	mu sync.Mutex
	db repository.DB
}

func (o *oneAtATime) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	o.mu.Lock()
	rows, err := o.db.Query(ctx, sql, args...)
	if err != nil {
		o.mu.Unlock()
		return nil, err
	}
	return &unlockingRows{Rows: rows, unlock: sync.OnceFunc(o.mu.Unlock)}, nil
}

func (o *oneAtATime) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	o.mu.Lock()
	return &unlockingBatch{BatchResults: o.db.SendBatch(ctx, b), unlock: sync.OnceFunc(o.mu.Unlock)}
}

type unlockingRows struct {
	pgx.Rows
	unlock func()
}

func (r *unlockingRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.unlock()
	return false
}

func (r *unlockingRows) Close() { r.Rows.Close(); r.unlock() }

type unlockingBatch struct {
	pgx.BatchResults
	unlock func()
}

func (b *unlockingBatch) Close() error { defer b.unlock(); return b.BatchResults.Close() }
