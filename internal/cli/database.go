package cli

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/migrations"
)

// database is the PostgreSQL a command works on.
type database struct {
	url      string
	embedded bool
	stop     func()
	server   *postgres.Server // the embedded one, when this process launched it
}

// findDatabase finds the database: the one in DATABASE_URL, else the embedded
// one, which is launched unless a running server already has it open.
func (s *session) findDatabase() (*database, error) {
	if !s.config.Database.Embedded() {
		return s.given()
	}
	if url, err := postgres.Attach(s.config.DataDir); err == nil {
		return &database{url: url, embedded: true, stop: func() {}}, nil
	}
	server, err := postgres.Launch(s.ctx, postgres.Options{
		DataDir: s.config.DataDir, BinDir: s.config.Database.PostgresBin, Log: s.log,
	})
	if err != nil {
		return nil, err
	}
	stop := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), 10*time.Second)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			s.log.Error("stopping the embedded PostgreSQL", "error", err)
		}
	}
	return &database{url: server.URL(), embedded: true, stop: stop, server: server}, nil
}

// given is the database in DATABASE_URL, if it answers.
func (s *session) given() (*database, error) {
	db := &database{url: s.config.Database.URL.Reveal(), stop: func() {}}
	if err := postgres.Reach(s.ctx, "DATABASE_URL", db.url); err != nil {
		return nil, err
	}
	if direct := s.migrationURL(db); direct != db.url {
		return db, postgres.Reach(s.ctx, "DATABASE_DIRECT_URL", direct)
	}
	return db, nil
}

// openMigrated is findDatabase for commands that need our schema. The embedded
// database is always ours to migrate; another one only when told.
func (s *session) openMigrated() (*database, error) {
	db, err := s.findDatabase()
	if err != nil {
		return nil, err
	}
	if db.embedded || s.config.Database.Migrate {
		if err := s.migrate(db); err != nil {
			db.stop()
			return nil, err
		}
	}
	return db, nil
}

// migrate brings a database to the newest schema, unless a pooler would take the
// session with the lock away from under it.
func (s *session) migrate(db *database) error {
	if !db.embedded {
		if err := postgres.RefusePooler(s.ctx, s.migrationURL(db), "a migration"); err != nil {
			return err
		}
	}
	return migrations.Up(s.ctx, s.migrationURL(db), s.log)
}

// migrationURL leads around a pooler: migrations hold a session lock.
func (s *session) migrationURL(db *database) string {
	if direct := s.config.Database.DirectURL; direct != "" {
		return direct.Reveal()
	}
	return db.url
}

// openPools connects to db as configured.
func (s *session) openPools(db *database) (*postgres.Pools, error) {
	c := s.config.Database
	replicas := make([]string, len(c.ReplicaURLs))
	for i, url := range c.ReplicaURLs {
		replicas[i] = url.Reveal()
	}
	return postgres.Open(s.ctx, postgres.Config{
		URL: db.url, DirectURL: c.DirectURL.Reveal(), ReplicaURLs: replicas,
		ExecMode: c.ExecMode, MaxConns: c.MaxConns, SlowStatement: c.SlowStatement, Tracer: s.tracing.Statements, Log: s.log,
	})
}

// openDatabase is a migrated database with its pools.
type openDatabase struct {
	*database
	pools *postgres.Pools
}

// withPool runs work on the migrated database and closes everything after it.
func (s *session) withPool(work func(*openDatabase) error) error {
	db, err := s.openMigrated()
	if err != nil {
		return err
	}
	defer db.stop()
	pools, err := s.openPools(db)
	if err != nil {
		return err
	}
	defer pools.Close()
	return work(&openDatabase{db, pools})
}
