package cli

import (
	"fmt"
	"time"

	"github.com/augmentedos/graph/internal/config"
	"github.com/augmentedos/graph/internal/demo"
	"github.com/jackc/pgx/v5/pgxpool"
)

type demoCommand struct{}

// Run loads the demo world, moved so that its present is now.
func (demoCommand) Run(s *session) error {
	return s.withPool(func(db *openDatabase) error {
		progress, wipe := s.progress()
		report, err := demo.Load(s.ctx, db.pools.Primary, demo.Options{Now: time.Now(), Progress: progress})
		wipe()
		if report != nil {
			err = firstError(err, report.WriteText(s.out, 10))
		}
		return err
	})
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
