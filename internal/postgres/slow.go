package postgres

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// slowStatements logs statements that took longer than a threshold, under the
// name in their leading comment. It never sees their parameters.
type slowStatements struct {
	threshold time.Duration
	log       *slog.Logger
}

type statementKey struct{}

// statement is what is remembered between the start and the end of one.
type statement struct {
	sql   string
	begin time.Time
}

func (s *slowStatements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, statementKey{}, statement{sql: data.SQL, begin: time.Now()})
}

func (s *slowStatements) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if started, ok := ctx.Value(statementKey{}).(statement); ok {
		s.report(ctx, started.sql, time.Since(started.begin), data.CommandTag.RowsAffected(), data.Err)
	}
}

func (s *slowStatements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery measures a statement of a batch from when its turn came.
func (s *slowStatements) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	if !data.ReadStartTime.IsZero() {
		s.report(ctx, data.SQL, time.Since(data.ReadStartTime), data.CommandTag.RowsAffected(), data.Err)
	}
}

func (s *slowStatements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (s *slowStatements) report(ctx context.Context, sql string, took time.Duration, rows int64, err error) {
	if took < s.threshold {
		return
	}
	attrs := []slog.Attr{
		slog.String("statement", StatementName(sql)),
		slog.Duration("took", took.Round(time.Microsecond)),
		slog.Int64("rows", rows),
	}
	if err != nil {
		// The text of a database error may repeat values.
		attrs = append(attrs, slog.Bool("failed", true))
	}
	s.log.LogAttrs(ctx, slog.LevelWarn, "slow statement", attrs...)
}

// StatementName is the name in a statement's leading comment (/* name */ or
// -- name), else the beginning of its text.
func StatementName(sql string) string {
	sql = strings.TrimSpace(sql)
	if rest, ok := strings.CutPrefix(sql, "/*"); ok {
		name, _, _ := strings.Cut(rest, "*/")
		return strings.TrimSpace(name)
	}
	if rest, ok := strings.CutPrefix(sql, "--"); ok {
		name, _, _ := strings.Cut(rest, "\n")
		return strings.TrimSpace(name)
	}
	words := strings.Join(strings.Fields(sql), " ")
	if len(words) > 60 {
		words = strings.ToValidUTF8(words[:60], "") + "…"
	}
	return words
}
