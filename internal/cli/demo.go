package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/augmentedos/graph/internal/config"
	"github.com/augmentedos/graph/internal/demo"
	"github.com/jackc/pgx/v5/pgxpool"
)

type demoCommand struct {
	Scale int `help:"Also add this many thousand runs with about eight tasks and five events each, for measurements." placeholder:"N"`
}

// Run loads the demo world, moved so that its present is now, unless it is
// there, and multiplies its runs when told.
func (c demoCommand) Run(s *session) error {
	return s.withPool(func(db *openDatabase) error {
		if err := s.loadWorld(db.pools.Primary); err != nil || c.Scale <= 0 {
			return err
		}
		begin := time.Now()
		progress, wipe := s.progress()
		err := demo.Scale(s.ctx, db.pools.Primary, c.Scale, progress)
		wipe()
		if err == nil {
			fmt.Fprintf(s.out, "The database has %d000 more runs. Took %s.\n", c.Scale, time.Since(begin).Round(time.Second))
		}
		return err
	})
}

// loadWorld loads the demo world. One that is there stays where it is in time.
func (s *session) loadWorld(pool *pgxpool.Pool) error {
	now := time.Now()
	switch present, err := demo.Present(s.ctx, pool); {
	case err == nil:
		now = present
	case !errors.Is(err, demo.ErrNoWorld):
		return err
	}
	progress, wipe := s.progress()
	report, err := demo.Load(s.ctx, pool, demo.Options{Now: now, Progress: progress})
	wipe()
	if report != nil {
		err = firstError(err, report.WriteText(s.out, 10))
	}
	return err
}

// fillEmpty loads the demo world into a database that holds no definition:
// the embedded one unless AOS_DEMO says otherwise, one in DATABASE_URL only when
// it says so.
func (s *session) fillEmpty(db *database, pool *pgxpool.Pool) error {
	if s.config.Demo == config.DemoOff || (s.config.Demo == config.DemoAuto && !db.embedded) {
		return nil
	}
	var filled bool
	if err := pool.QueryRow(s.ctx, "/* demo.is_filled */ select exists (select from workflow_definitions)").Scan(&filled); err != nil {
		return fmt.Errorf("looking whether the database is empty: %w", err)
	}
	if filled {
		return nil
	}
	done := s.step("Demo world")
	if _, err := demo.Load(s.ctx, pool, demo.Options{Now: time.Now()}); err != nil {
		return err
	}
	done()
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
