// Package testdb gives each test a PostgreSQL database of its own. Only tests
// import it.
//
// The server is the one in AOS_TEST_DATABASE_URL (`make test` sets it for all
// packages), else one that is launched on first use and dies with the test
// binary. A migrated template is made once per set of migrations and cloned for
// each test, so a test may commit, subscribe and partition as it likes.
package testdb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/augmentedos/graph/migrations"
)

// EnvURL names a server for all tests; its role must be able to create
// databases and extensions.
const EnvURL = "AOS_TEST_DATABASE_URL"

// New returns a pool on a new database with our schema in it. The database is
// dropped when the test ends.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, URL(t))
}

// URL is New for code that connects by itself.
func URL(t testing.TB) string {
	t.Helper()
	ctx := t.Context()
	c := theCluster(t)
	template, err := c.template(ctx)
	if err != nil {
		t.Fatalf("testdb: making the template: %v", err)
	}
	return c.create(t, "template "+pgx.Identifier{template}.Sanitize()+c.copying)
}

// Empty returns a pool on a new database without our schema.
func Empty(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return open(t, EmptyURL(t))
}

// EmptyURL is Empty for code that connects by itself.
func EmptyURL(t testing.TB) string {
	t.Helper()
	return theCluster(t).create(t, "")
}

func open(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	config.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// cluster is the server that the databases of one test binary live on.
type cluster struct {
	url  string       // its maintenance database
	stop func() error // nil when somebody else started it

	once         sync.Once
	templateName string
	templateErr  error
	copying      string // how the template is copied; empty where there is one way only
}

// shared is the one cluster of a test binary, made when the first test asks.
var shared struct {
	sync.Mutex
	cluster *cluster
	err     error
}

func theCluster(t testing.TB) *cluster {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil && shared.err == nil {
		shared.cluster, shared.err = newCluster()
	}
	if shared.err != nil {
		t.Fatalf("testdb: no PostgreSQL to test on: %v", shared.err)
	}
	return shared.cluster
}

func newCluster() (*cluster, error) {
	if url := os.Getenv(EnvURL); url != "" {
		return &cluster{url: url}, nil
	}
	server, err := Launch(context.Background())
	if err != nil {
		return nil, err
	}
	return &cluster{url: server.URL(), stop: server.Stop}, nil
}

// create makes a database for t and drops it when t ends.
func (c *cluster) create(t testing.TB, options string) string {
	t.Helper()
	name := "aos_test_" + randomName()
	quoted := pgx.Identifier{name}.Sanitize()
	err := c.exec(t.Context(), "create database "+quoted+" "+options,
		"alter database "+quoted+" set random_page_cost = "+migrations.RandomPageCost) // which a template does not hand on
	if err != nil {
		t.Fatalf("testdb: creating a database: %v", err)
	}
	t.Cleanup(func() {
		err := c.exec(context.Background(), "drop database if exists "+quoted+" with (force)")
		if err != nil {
			t.Errorf("testdb: dropping the database: %v", err)
		}
	})
	return withDatabase(c.url, name)
}

// exec runs statements that PostgreSQL refuses inside a transaction, on a
// connection of its own: none may be open when a template is cloned.
func (c *cluster) exec(ctx context.Context, statements ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func withDatabase(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(fmt.Sprintf("testdb: %s is not a URL: %v", EnvURL, err))
	}
	u.Path = "/" + name
	return u.String()
}

func randomName() string {
	random := make([]byte, 8)
	_, _ = rand.Read(random) // never fails since Go 1.24
	return hex.EncodeToString(random)
}
