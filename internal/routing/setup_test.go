package routing_test

import (
	"testing"

	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// house is a database with an event type and a workflow that listens to it.
type house struct {
	*testing.T
	db        *pgxpool.Pool
	writer    *repository.Writer
	publisher *routing.Publisher
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := testdb.New(t)
	writer := &repository.Writer{Store: repository.NewStore(db), DB: db}
	h := &house{t, db, writer, &routing.Publisher{Writer: writer}}
	h.must(`insert into event_definitions (event_id, name, pattern, version, source_types, payload_schema, status) values
		('order.placed.v1', 'Order placed', 'order.placed', '1.0.0', '["external", "system"]', '{"type": "object", "required": ["orderId"], "properties": {"orderId": {"type": "string"}, "amount": {"type": "integer"}}}', 'draft'),
		('order.placed.v1', 'Order placed', 'order.placed', '0.9.0', '[]', '{"type": "object"}', 'draft'),
		('order.placed.v1', 'Order placed', 'order.placed', '2.0.0', '[]', '{"type": "object"}', 'draft'),
		('order.withdrawn.v1', 'Order withdrawn', 'order.withdrawn', '1.0.0', '[]', '{"type": "object"}', 'draft'),
		('order.paid.v1', 'Order paid', 'order.paid', '1.0.0', '[]', '{"type": "object"}', 'draft'),
		('fax.v1', 'Fax', 'fax.received', '1.0.0', '[]', '{"type": "object"}', 'draft')`)
	h.must(`update event_definitions set status = 'active' where version = '1.0.0'`)
	h.must(`update event_definitions set status = 'deprecated' where version = '0.9.0' or event_id = 'fax.v1'`)
	return h
}

func (h *house) must(sql string, args ...any) {
	h.Helper()
	_, err := h.db.Exec(h.Context(), sql, args...)
	require.NoError(h, err, sql)
}

// count answers the one number of a statement.
func (h *house) count(sql string, args ...any) (n int) {
	h.Helper()
	require.NoError(h, h.db.QueryRow(h.Context(), sql, args...).Scan(&n), sql)
	return n
}
