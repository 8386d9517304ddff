package graph

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/augmentedos/graph/internal/fault"
)

// maxMessage bounds what an error says: some messages quote the request.
const maxMessage = 500

// presenter turns errors into answers. It shows what was made to be shown, that
// is faults and the errors of the GraphQL parser and validator, and nothing
// else: every other error goes to the log whole and to the client as an id.
type presenter struct {
	log *slog.Logger
}

// present is a graphql.ErrorPresenterFunc.
func (p *presenter) present(ctx context.Context, err error) *gqlerror.Error {
	if !tallied(ctx) {
		// Above the number of errors that are shown: not worth words or a log
		// line, but gqlgen must know which field failed.
		return &gqlerror.Error{Path: graphql.GetPath(ctx)}
	}
	var shown gqlerror.Error
	var found *gqlerror.Error
	if errors.As(err, &found) {
		shown.Path, shown.Locations = found.Path, found.Locations
	}
	if shown.Path == nil {
		shown.Path = graphql.GetPath(ctx)
	}
	if field := graphql.GetFieldContext(ctx); len(shown.Locations) == 0 && field != nil && field.Field.Field != nil && field.Field.Position != nil {
		at := field.Field.Position
		shown.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	f := p.explain(ctx, err, found)
	shown.Message = shorten(f.Message)
	shown.Extensions = extensions(f)
	if at := inputPath(ctx, &shown); at != "" && f.Path == "" {
		shown.Extensions["path"] = shorten(at)
	}
	return &shown
}

// tally counts the errors of one answer. A page of 100 rows that all fail the
// same way is one incident, not a hundred log entries.
type tally struct{ left atomic.Int64 }

func withTally(ctx context.Context, most int) context.Context {
	t := &tally{}
	t.left.Store(int64(most))
	return context.WithValue(ctx, tallyKey, t)
}

// tallied says whether there is room for one more error in the answer.
func tallied(ctx context.Context) bool {
	t, ok := ctx.Value(tallyKey).(*tally)
	return !ok || t.left.Add(-1) >= 0
}

// explain finds what may be said about err.
func (p *presenter) explain(ctx context.Context, err error, found *gqlerror.Error) *fault.Fault {
	if f := asFault(err); f != nil && f.Code != fault.Internal {
		return f
	}
	if f := known(err); f != nil {
		if f.Code == fault.Unavailable {
			p.log.WarnContext(ctx, "database unavailable", "error", err)
		}
		return f
	}
	if found != nil && found.Err == nil {
		if code, ok := found.Extensions["code"].(string); ok && (code == string(parseFailed) || code == string(validationFailed)) {
			return fault.Errorf(fault.Code(code), "%s", found.Message).Hint("%s", remedyFor(fault.Code(code)))
		}
	}
	return p.internal(ctx, err)
}

func remedyFor(code fault.Code) string {
	if code == parseFailed {
		return "Correct the syntax at the place shown."
	}
	return "Compare the document with the schema, at /schema.graphql or in the explorer."
}

// internal logs err and answers with the id of the log entry.
func (p *presenter) internal(ctx context.Context, err error) *fault.Fault {
	id := newErrorID()
	attrs := []any{"id", id, "error", err}
	if path := graphql.GetPath(ctx); len(path) > 0 {
		attrs = append(attrs, "path", path.String())
	}
	if graphql.HasOperationContext(ctx) {
		if op := graphql.GetOperationContext(ctx).Operation; op != nil {
			attrs = append(attrs, "operation", op.Name)
		}
	}
	var crash *panicError
	if errors.As(err, &crash) {
		attrs = append(attrs, "stack", crash.stack)
	}
	p.log.ErrorContext(ctx, "internal error", attrs...)
	return fault.Errorf(fault.Internal, "Something went wrong on our side.").
		Hint("Try again; if it happens again, report the id %s.", id).With("id", id)
}

func newErrorID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}

func asFault(err error) *fault.Fault {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// known recognises the few foreign errors that mean something to a user.
func known(err error) *fault.Fault {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return knownState(pg.Code)
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return timeout()
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return unavailable()
	}
	return nil
}

// knownState recognises PostgreSQL's error classes; details stay in the log.
func knownState(state string) *fault.Fault {
	switch {
	case state == "57014", state == "55P03": // statement_timeout, lock_timeout
		return timeout()
	case state == "40001", state == "40P01": // serialization failure, deadlock
		return fault.Errorf(fault.Conflict, "Another writer was changing the same rows.").Hint("Try again.")
	case strings.HasPrefix(state, "08"), strings.HasPrefix(state, "57P"), strings.HasPrefix(state, "53"), state == "25006":
		return unavailable()
	}
	return nil
}

func timeout() *fault.Fault {
	return fault.Errorf(fault.Timeout, "The operation took too long and was stopped.").
		Hint("Ask for less at once: smaller pages, fewer nested lists, a narrower filter.")
}

func unavailable() *fault.Fault {
	return fault.Errorf(fault.Unavailable, "The database cannot be reached right now.").
		Hint("Try again in a few seconds.")
}

// extensions is the machine-readable part of an error.
func extensions(f *fault.Fault) map[string]any {
	ext := make(map[string]any, len(f.Details)+3)
	for k, v := range f.Details {
		ext[k] = v
	}
	ext["code"] = string(f.Code)
	if advice := f.Advice(); advice != "" {
		ext["remedy"] = shorten(advice)
	}
	if f.Path != "" {
		ext["path"] = shorten(f.Path)
	}
	return ext
}

// inputPath splits a path that leads into the arguments of a field, as gqlgen
// makes them: the field stays in path, where clients look for null, and the
// rest becomes a JSON Pointer.
func inputPath(ctx context.Context, e *gqlerror.Error) string {
	field := graphql.GetFieldContext(ctx)
	if field == nil {
		return ""
	}
	whole := field.Path()
	if len(e.Path) <= len(whole) {
		return ""
	}
	rest := e.Path[len(whole):]
	e.Path = whole
	steps := make([]string, len(rest))
	for i, step := range rest {
		switch step := step.(type) {
		case ast.PathName:
			steps[i] = string(step)
		case ast.PathIndex:
			steps[i] = strconv.Itoa(int(step))
		}
	}
	return pointer(steps)
}

// shorten cuts a text at a character boundary.
func shorten(s string) string {
	if len(s) <= maxMessage {
		return s
	}
	return strings.ToValidUTF8(s[:maxMessage], "") + "…"
}
