package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/augmentedos/graph/internal/fault"
)

// probes is how often two connections are compared. A pooler hands out the
// connection that came back last, so the first probe usually tells; others may
// be using it at the same time.
const probes = 5

// RefusePooler is an error when connections to url share sessions, as behind a
// pooler in transaction mode. Whoever needs a session of its own asks before.
// Nothing else is an error: a database that does not answer is met again.
func RefusePooler(ctx context.Context, url, purpose string) error {
	shared := false
	err := withTwo(ctx, url, func(a, b *pgx.Conn) error {
		for range probes {
			first, err := backend(ctx, a)
			if err != nil {
				return err
			}
			second, err := backend(ctx, b)
			if err != nil {
				return err
			}
			shared = shared || first == second
		}
		return nil
	})
	if err != nil || !shared {
		return nil //nolint:nilerr // see above
	}
	return fault.Errorf(fault.Unavailable, "The connection leads through a pooler in transaction mode, and %s needs a session of its own.", purpose).
		Hint("Set DATABASE_DIRECT_URL to the same database around the pooler.")
}

func backend(ctx context.Context, conn *pgx.Conn) (pid int32, err error) {
	err = conn.QueryRow(ctx, "/* pooler.backend */ select pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&pid)
	return pid, err
}

// refuseMixing is an error when a pooler gives one client the prepared
// statements of another. Statements would then fail now and then, under load,
// with errors that name nothing a reader knows.
func refuseMixing(ctx context.Context, url string) error {
	mixed := false
	err := withTwo(ctx, url, func(a, b *pgx.Conn) error {
		for range probes {
			name := "aos_probe_" + uuid.NewString()
			if _, err := a.PgConn().Prepare(ctx, name, "/* pooler.probe */ select 1", nil); err != nil {
				return err
			}
			_, err := b.PgConn().Prepare(ctx, name, "/* pooler.probe */ select 1", nil)
			var refused *pgconn.PgError
			if errors.As(err, &refused) && refused.Code == "42P05" { // duplicate_prepared_statement
				mixed = true
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && mixed {
		return fault.Errorf(fault.Unavailable, "The pooler in DATABASE_URL mixes up the prepared statements of its clients.").
			Hint("Set AOS_DATABASE_EXEC_MODE=cache_describe, or use PgBouncer 1.21 or newer with max_prepared_statements above 0.")
	}
	return err
}

// withTwo runs work with two connections of their own.
func withTwo(ctx context.Context, url string, work func(a, b *pgx.Conn) error) error {
	var conns [2]*pgx.Conn
	for i := range conns {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return fmt.Errorf("looking for a pooler: %w", err)
		}
		defer conn.Close(context.WithoutCancel(ctx))
		conns[i] = conn
	}
	return work(conns[0], conns[1])
}
