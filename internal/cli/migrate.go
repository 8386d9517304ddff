package cli

import (
	"fmt"
	"time"

	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/migrations"
)

type migrateCommand struct {
	Status           bool          `help:"Only say where the database stands."`
	StatementTimeout time.Duration `help:"Make this the statement_timeout of the role in this database, such as 30s. Not set: leave it." placeholder:"30s"`
}

// Run migrates, or reports.
func (c migrateCommand) Run(s *session) error {
	db, err := s.findDatabase()
	if err != nil {
		return err
	}
	defer db.stop()
	if !c.Status {
		if err := s.migrate(db); err != nil {
			return err
		}
	}
	if c.StatementTimeout > 0 && !c.Status {
		if err := migrations.LimitStatements(s.ctx, s.migrationURL(db), c.StatementTimeout); err != nil {
			return err
		}
	}
	state, err := migrations.Status(s.ctx, s.migrationURL(db))
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "The database is at migration %d; this release has %d; %d to apply.\n", state.Version, state.Newest, len(state.Pending))
	return nil
}

type postgresCommand struct {
	Install installCommand `cmd:"" help:"Get PostgreSQL binaries for this machine."`
	Find    findCommand    `cmd:"" help:"Say which binaries would be used."`
}

type installCommand struct {
	Major int `help:"Major version." default:"18" enum:"14,15,16,17,18"`
}

// Run installs the binaries.
func (c installCommand) Run(s *session) error {
	found, err := postgres.Install(s.ctx, s.out, c.Major)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "PostgreSQL %s is in %s\n", found.Version, found.Dir)
	return nil
}

type findCommand struct{}

// Run looks for binaries; it fails when there are none, which scripts use.
func (findCommand) Run(s *session) error {
	found, err := postgres.Find(s.ctx, s.config.Database.PostgresBin, 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "PostgreSQL %s is in %s\n", found.Version, found.Dir)
	return nil
}
