package cli

import (
	"context"
	"fmt"

	"github.com/augmentedos/graph/internal/config"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/simulate"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5/pgxpool"
)

type simulateCommand struct {
	Rate float64 `help:"Moves per second, up to 200." default:"5"`
}

// Run moves the demo world until it is stopped, beside any server that runs.
func (c simulateCommand) Run(s *session) error {
	return s.withPool(func(db *openDatabase) error {
		there, err := demoWorldIsThere(s.ctx, db.pools.Primary)
		if err != nil {
			return err
		}
		if !there {
			return fault.Errorf(fault.NotFound, "the demo world is not in this database").Hint("`augmentedos demo` loads it")
		}
		fmt.Fprintf(s.out, "The demo world moves %g times a second. Stop with Ctrl-C.\n", c.Rate)
		return s.simulator(db.pools.Primary, c.Rate).Run(s.ctx)
	})
}

func (s *session) simulator(pool *pgxpool.Pool, rate float64) *simulate.Simulator {
	return &simulate.Simulator{Writer: &repository.Writer{Store: repository.NewStore(pool), DB: pool}, Log: s.log, Rate: rate}
}

// keepMoving simulates work in the demo world of the embedded database, and
// nowhere else unless asked. It ends with the session.
func (s *session) keepMoving(db *database, pool *pgxpool.Pool) error {
	if s.config.Simulate == 0 || !db.embedded || s.config.Demo == config.DemoOff {
		return nil
	}
	there, err := demoWorldIsThere(s.ctx, pool)
	if err != nil || !there {
		return err
	}
	go func() {
		if err := s.simulator(pool, s.config.Simulate).Run(s.ctx); err != nil {
			s.log.Error("the simulation does not run", "error", err)
		}
	}()
	return nil
}

// demoWorldIsThere tells whether all workflows of the demo world are: one of
// them alone may be somebody else's.
func demoWorldIsThere(ctx context.Context, pool *pgxpool.Pool) (there bool, err error) {
	err = pool.QueryRow(ctx, "/* demo.is_there */ select count(distinct workflow_id) = cardinality($1::text[]) from workflow_definitions where workflow_id = any($1) and status = 'active'",
		simulate.Workflows()).Scan(&there)
	if err != nil {
		return false, fmt.Errorf("looking for the demo world: %w", err)
	}
	return there, nil
}
