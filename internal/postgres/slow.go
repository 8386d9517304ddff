package postgres

import (
	"context"
	"log/slog"
	"slices"
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
type batchKey struct{}

// statement is what is remembered between the start and the end of one.
type statement struct {
	sql   string
	begin time.Time
}

// batch is the same for statements that were sent together.
type batch struct {
	queued *pgx.Batch
	begin  time.Time
}

func (s *slowStatements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, statementKey{}, statement{sql: data.SQL, begin: time.Now()})
}

func (s *slowStatements) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if started, ok := ctx.Value(statementKey{}).(statement); ok {
		s.report(ctx, started.sql, time.Since(started.begin), data.CommandTag.RowsAffected(), data.Err)
	}
}

func (s *slowStatements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	return context.WithValue(ctx, batchKey{}, batch{queued: data.Batch, begin: time.Now()})
}

// TraceBatchQuery measures nothing: PostgreSQL sends the answers of a pipeline
// when its buffer is full or all are ready, so the time that a slow statement
// takes shows up in front of the first one.
func (s *slowStatements) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (s *slowStatements) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	if started, ok := ctx.Value(batchKey{}).(batch); ok {
		if took := time.Since(started.begin); took >= s.threshold {
			s.write(ctx, started.name(), took, -1, data.Err)
		}
	}
}

// name lists the statements of the batch, each once.
func (b batch) name() string {
	var names []string
	for _, query := range b.queued.QueuedQueries {
		if name := StatementName(query.SQL); !slices.Contains(names, name) {
			names = append(names, name)
		}
		if len(names) == 5 {
			names = append(names, "…")
			break
		}
	}
	return strings.Join(names, ", ")
}

func (s *slowStatements) report(ctx context.Context, sql string, took time.Duration, rows int64, err error) {
	if took >= s.threshold {
		s.write(ctx, StatementName(sql), took, rows, err)
	}
}

func (s *slowStatements) write(ctx context.Context, name string, took time.Duration, rows int64, err error) {
	attrs := []slog.Attr{slog.String("statement", name), slog.Duration("took", took.Round(time.Microsecond))}
	if rows >= 0 {
		attrs = append(attrs, slog.Int64("rows", rows))
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
