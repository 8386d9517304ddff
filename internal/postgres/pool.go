package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/multitracer"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/augmentedos/graph/internal/fault"
)

// Config says how to reach the database and how to watch it.
type Config struct {
	URL         string   // queries; may lead through PgBouncer in transaction mode
	DirectURL   string   // LISTEN, migrations and session locks; "" = URL
	ReplicaURLs []string // reads that may be a moment old

	// ExecMode is how statements are sent: cache_statement (also "") wants a
	// direct connection or PgBouncer 1.21 and newer, cache_describe works
	// behind older ones, exec and simple_protocol behind anything. pgx's
	// describe_exec is left out on purpose: behind a transaction pooler it mixes
	// up the statements of two clients.
	ExecMode string
	MaxConns int32 // of each of the primary and replica pools; 0 = 16

	SlowStatement time.Duration   // statements that take longer are logged; 0 = none
	Tracer        pgx.QueryTracer // such as otelpgx's; may implement pgx's other tracers too
	Log           *slog.Logger    // nil = silent
}

// Pools are the ways to the database. Primary is for everything that writes or
// must see the newest rows, Direct for what belongs to a session.
type Pools struct {
	Primary  *pgxpool.Pool
	Direct   *pgxpool.Pool
	Replicas []*pgxpool.Pool

	next  atomic.Uint32
	rests []atomic.Int64 // of each replica: until when it is left alone, in Unix nanoseconds
	log   *slog.Logger
}

// directConns is enough for a listener, the ledger's tail, jobs and a migrator.
const directConns = 6

// Open connects to the primary and checks that it answers. A replica that does
// not is reported and left to recover: reads go to the primary until then.
func Open(ctx context.Context, cfg Config) (*Pools, error) {
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	mode, err := execMode(cfg.ExecMode)
	if err != nil {
		return nil, err
	}
	maxConns := cfg.MaxConns
	if maxConns <= 0 {
		maxConns = 16
	}
	tracer := cfg.tracer(log)
	pools := &Pools{log: log, rests: make([]atomic.Int64, len(cfg.ReplicaURLs))}
	if pools.Primary, err = newPool(ctx, "DATABASE_URL", cfg.URL, mode, maxConns, tracer); err != nil {
		return nil, err
	}
	directURL, directMode := cfg.DirectURL, pgx.QueryExecModeCacheStatement
	if directURL == "" {
		directURL, directMode = cfg.URL, mode
	}
	pools.Direct, err = newPool(ctx, "DATABASE_DIRECT_URL", directURL, directMode, directConns, tracer)
	if err != nil {
		pools.Close()
		return nil, err
	}
	for _, url := range cfg.ReplicaURLs {
		replica, err := newPool(ctx, "DATABASE_REPLICA_URLS", url, mode, maxConns, tracer)
		if err != nil {
			pools.Close()
			return nil, err
		}
		pools.Replicas = append(pools.Replicas, replica)
	}
	if err := pools.check(ctx); err != nil {
		pools.Close()
		return nil, err
	}
	if mode == pgx.QueryExecModeCacheStatement {
		if err := refuseMixing(ctx, cfg.URL); err != nil {
			pools.Close()
			return nil, err
		}
	}
	return pools, nil
}

// Close waits until every connection is given back.
func (p *Pools) Close() {
	for _, pool := range append([]*pgxpool.Pool{p.Primary, p.Direct}, p.Replicas...) {
		if pool != nil {
			pool.Close()
		}
	}
}

func (p *Pools) check(ctx context.Context) error {
	for _, named := range []struct {
		variable string
		pool     *pgxpool.Pool
	}{{"DATABASE_URL", p.Primary}, {"DATABASE_DIRECT_URL", p.Direct}} {
		if err := named.pool.Ping(ctx); err != nil {
			return silent(named.variable, named.pool.Config().ConnConfig, err)
		}
	}
	for _, replica := range p.Replicas {
		if err := replica.Ping(ctx); err != nil {
			p.log.Warn("a read replica does not answer; reads go to the primary", "host", replica.Config().ConnConfig.Host, "err", err)
		}
	}
	return nil
}

// Reach says whether the database that a variable names answers.
func Reach(ctx context.Context, variable, url string) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fault.Wrap(err, fault.BadUserInput, variable+" is no address of a database.").
			Hint("Write it as postgres://user:password@host:5432/database.")
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return silent(variable, config, err)
	}
	return conn.Close(ctx)
}

func silent(variable string, config *pgx.ConnConfig, err error) error {
	message := fmt.Sprintf("The database %s on %s does not answer: %s.", config.Database, config.Host, plainCause(err))
	return fault.Wrap(err, fault.Unavailable, message).Hint("Check that it runs and that %s is right.", variable)
}

// plainCause is the innermost error: pgx's own message repeats the address and
// the user in front of it. Of several tries the last one counts.
func plainCause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if tries, ok := err.(interface{ Unwrap() []error }); ok && len(tries.Unwrap()) > 0 { //nolint:errorlint // one step at a time
			inner = tries.Unwrap()[len(tries.Unwrap())-1]
		}
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

func newPool(ctx context.Context, variable, url string, mode pgx.QueryExecMode, maxConns int32, tracer pgx.QueryTracer) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The cause holds the URL, hence the password: it is dropped.
		return nil, fault.Errorf(fault.BadUserInput, "%s is not a PostgreSQL connection string.", variable).
			Hint("Write it as postgres://user:password@host:5432/database.")
	}
	config.MaxConns = maxConns
	config.MaxConnLifetimeJitter = config.MaxConnLifetime / 10
	config.ConnConfig.DefaultQueryExecMode = mode
	config.ConnConfig.Tracer = tracer
	// PgBouncer refuses most start-up parameters (statement_timeout among
	// them) and tracks this one. Time limits are a setting of the role instead.
	if _, ok := config.ConnConfig.RuntimeParams["application_name"]; !ok {
		config.ConnConfig.RuntimeParams["application_name"] = role
	}
	config.AfterConnect = knowTypes
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening a pool for %s: %w", variable, err)
	}
	return pool, nil
}

// knowTypes tells a connection how our keys are written. Where statements are
// sent without being described first, nothing else says it.
func knowTypes(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterDefaultPgType(uuid.UUID{}, "uuid")
	conn.TypeMap().RegisterDefaultPgType([]uuid.UUID{}, "_uuid")
	return nil
}

// ExecModes are the accepted values of Config.ExecMode.
var ExecModes = [...]string{"cache_statement", "cache_describe", "exec", "simple_protocol"}

func execMode(name string) (pgx.QueryExecMode, error) {
	switch name {
	case "", "cache_statement":
		return pgx.QueryExecModeCacheStatement, nil
	case "cache_describe":
		return pgx.QueryExecModeCacheDescribe, nil
	case "exec":
		return pgx.QueryExecModeExec, nil
	case "simple_protocol":
		return pgx.QueryExecModeSimpleProtocol, nil
	default:
		return 0, fault.Errorf(fault.BadUserInput, "%q is not a way to send statements.", name).
			Hint("Use one of %v.", ExecModes)
	}
}

func (cfg Config) tracer(log *slog.Logger) pgx.QueryTracer {
	var tracers []pgx.QueryTracer
	if cfg.Tracer != nil {
		tracers = append(tracers, cfg.Tracer)
	}
	if cfg.SlowStatement > 0 {
		tracers = append(tracers, &slowStatements{threshold: cfg.SlowStatement, log: log})
	}
	switch len(tracers) {
	case 0:
		return nil
	case 1:
		return tracers[0]
	default:
		return multitracer.New(tracers...)
	}
}
