package routing_test

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// counter counts the statements that carry a name.
type counter struct{ n atomic.Int64 }

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if strings.HasPrefix(data.SQL, "/*") {
		c.n.Add(1)
	}
	return ctx
}

func (*counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestAnEventTakesTheSameStatementsForOneInstanceAndForMany(t *testing.T) {
	t.Parallel()
	const many = 300
	statements := func(pattern string, instances int) int64 {
		h := newHouse(t)
		h.trigger("cancel", "CANCEL", "order.withdrawn", "event.payload.by == 'case'", "", "'case'")
		e := h.publish(event(pattern, "e", `{"orderId": "o", "by": "case"}`))[0].Event
		h.must(`insert into workflow_instances (workflow_definition_id, status, input, correlation_id, instance_id)
			select $1, 'WAITING_FOR_EVENT', jsonb_build_object('order', 'o'), 'case', 'i' || n from generate_series(1, $2) n`, fulfilID, instances)
		h.must(`insert into workflow_event_subscriptions (workflow_instance_id, event_pattern, filter_condition, wait_step_id)
			select id, 'order.*', 'event.payload.orderId == workflow.input.order && event.pattern == ''order.paid''', 'pay' from workflow_instances`)
		var c counter
		config := h.db.Config()
		config.ConnConfig.Tracer = &c
		db, err := pgxpool.NewWithConfig(t.Context(), config)
		require.NoError(t, err)
		t.Cleanup(db.Close)
		router := routing.NewRouter(&repository.Writer{Store: repository.NewStore(db), DB: db}, slog.New(slog.DiscardHandler))
		report, err := router.Replay(t.Context(), e.UUID, "r")
		require.NoError(t, err)
		require.Equal(t, instances, report.Resumed+report.Cancelled)
		return c.n.Load()
	}
	for _, pattern := range []string{"order.paid", "order.withdrawn"} {
		require.Equal(t, statements(pattern, 1), statements(pattern, many), pattern)
	}
}
