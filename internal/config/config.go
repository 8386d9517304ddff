// Package config reads what the operator decides from the environment, once, at
// the start. Everything that can be set is a field here; its `doc` is the
// sentence in README's table.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/caarlos0/env/v11"

	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/postgres"
)

// Config is one validated reading of the environment.
type Config struct {
	Database Database
	HTTP     HTTP
	Auth     Auth
	Secrets  Secrets
	Routing  Routing
	Live     Live
	Log      Log

	DataDir   string `env:"AOS_DATA_DIR" doc:"Folder of the embedded PostgreSQL and of what else must survive a restart. Empty: /var/lib/augmentedos for root, the XDG data folder for others."`
	ImportDir string `env:"AOS_IMPORT_DIR" doc:"Folder with the bundles, a folder each, that an administrator may import through bulkOperationStart. Empty: none, bundles are sent in the request."`
	Demo      Demo   `env:"AOS_DEMO" envDefault:"auto" doc:"Fill an empty database with the demo world: auto (only the embedded one), on, off."`

	Simulate float64 `env:"AOS_SIMULATE" envDefault:"1.5" doc:"Moves per second with which serve keeps the demo world of the embedded database going. 0: it stands still."`

	// Unknown are AOS_ variables that nobody reads, each with a guess at what
	// was meant. They are a warning and not an error, so that an older release
	// still starts with a newer one's environment.
	Unknown []string
}

// Database says where PostgreSQL is. Without URL an embedded one is launched.
type Database struct {
	URL         Secret   `env:"DATABASE_URL" doc:"PostgreSQL 14 or newer, directly or through PgBouncer. Empty: launch an embedded one in AOS_DATA_DIR."`
	DirectURL   Secret   `env:"DATABASE_DIRECT_URL" doc:"The same database around PgBouncer, for LISTEN, migrations and session locks. Empty: DATABASE_URL."`
	ReplicaURLs []Secret `env:"DATABASE_REPLICA_URLS" doc:"Read replicas, separated by commas. Queries are answered there once it has what was committed before them, so clients read their own writes."`

	Migrate       bool          `env:"AOS_DATABASE_MIGRATE" envDefault:"false" doc:"Let serve migrate the database in DATABASE_URL. The embedded one is always migrated."`
	ExecMode      string        `env:"AOS_DATABASE_EXEC_MODE" envDefault:"cache_statement" doc:"How statements are sent: cache_statement, cache_describe (PgBouncer older than 1.21), exec, simple_protocol."`
	MaxConns      int32         `env:"AOS_DATABASE_MAX_CONNS" envDefault:"16" doc:"Connections that each process keeps to the primary and to each replica at most."`
	SlowStatement time.Duration `env:"AOS_DATABASE_SLOW" envDefault:"500ms" doc:"Statements that take longer are logged by name, without their parameters. 0: none."`
	PostgresBin   string        `env:"AOS_POSTGRES_BIN" doc:"Folder with postgres and initdb for the embedded server. Empty: PATH, the usual folders, then what 'augmentedos postgres install' got."`
}

// Embedded tells that we run PostgreSQL ourselves.
func (d Database) Embedded() bool { return d.URL == "" }

// HTTP is the front door.
type HTTP struct {
	Addr            string        `env:"AOS_ADDR" envDefault:"127.0.0.1:8080" doc:"Address to listen on. Any other than loopback needs authentication."`
	AllowedOrigins  []string      `env:"AOS_ALLOWED_ORIGINS" doc:"Web origins besides our own that may call the API and open sockets, separated by commas, such as https://app.example.com."`
	RequestTimeout  time.Duration `env:"AOS_REQUEST_TIMEOUT" envDefault:"10s" doc:"Time a query or mutation may take."`
	ShutdownTimeout time.Duration `env:"AOS_SHUTDOWN_TIMEOUT" envDefault:"10s" doc:"Time that running requests get to finish when the server is told to stop."`
}

// Loopback tells that only this machine can reach Addr.
func (h HTTP) Loopback() bool {
	host, _, err := net.SplitHostPort(h.Addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Auth says who may come in.
type Auth struct {
	TokensFile string `env:"AOS_AUTH_TOKENS_FILE" doc:"File of bearer tokens, one per line: the token, a name, roles. Neither this nor the next: no authentication, which only a loopback address allows."`
	KeysFile   string `env:"AOS_AUTH_JWT_KEYS_FILE" doc:"File of what verifies JSON Web Tokens: a JWKS, a public key in PEM (RS256, ES256), or a secret (HS256)."`
	Issuer     string `env:"AOS_AUTH_JWT_ISSUER" doc:"Who must have issued a JSON Web Token. Empty: whoever has a key."`
	Audience   string `env:"AOS_AUTH_JWT_AUDIENCE" doc:"Whom a JSON Web Token must be meant for. Empty: whomever."`
	RolesClaim string `env:"AOS_AUTH_JWT_ROLES" envDefault:"roles" doc:"Claim of a JSON Web Token that lists the caller's roles."`
}

// Enabled tells that a caller must show who it is.
func (a Auth) Enabled() bool { return a.TokensFile != "" || a.KeysFile != "" }

// Secrets hold the keys that encrypt credentials of integrations.
type Secrets struct {
	CredentialsKey Secret `env:"AOS_CREDENTIALS_KEY" doc:"Key that encrypts credentials of integrations: 32 random bytes in base64 (openssl rand -base64 32), or several as id:key separated by commas, of which the first encrypts. Empty: the embedded database has one in AOS_DATA_DIR, with another credentials cannot be saved."`
}

// Routing is what events set off.
type Routing struct {
	Workers int `env:"AOS_ROUTING_WORKERS" envDefault:"4" doc:"Events that this process routes at a time. 0: none here, another process on the same database does it."`
}

// Live bounds subscriptions.
type Live struct {
	MaxSockets           int `env:"AOS_MAX_SOCKETS" envDefault:"20000" doc:"Sockets and event streams open at a time; more are refused with status 503."`
	MaxSocketsPerAddress int `env:"AOS_MAX_SOCKETS_PER_ADDRESS" envDefault:"0" doc:"The same for one network address. All clients behind a proxy have its address. 0: no limit."`
	MaxOperations        int `env:"AOS_MAX_OPERATIONS_PER_SOCKET" envDefault:"100" doc:"Subscriptions and other operations that run at a time on one socket."`
}

// Log says what is told and how.
type Log struct {
	Level  Level  `env:"AOS_LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error."`
	Format string `env:"AOS_LOG_FORMAT" envDefault:"auto" doc:"text, json or auto (text on a terminal)."`
}

// Level is the lowest severity that is logged, in the form slog wants it.
type Level slog.Level

// Level makes it a slog.Leveler.
func (l Level) Level() slog.Level { return slog.Level(l) }

// Demo is when the demo world is put into an empty database.
type Demo string

// The values of AOS_DEMO.
const (
	DemoAuto Demo = "auto"
	DemoOn   Demo = "on"
	DemoOff  Demo = "off"
)

// Load reads the environment of this process.
func Load() (*Config, error) { return Parse(os.Environ()) }

// Parse reads an environment in the form of os.Environ. Its error names every
// mistake at once, each with the variable.
func Parse(environ []string) (*Config, error) {
	values := env.ToMap(environ)
	for name, value := range values {
		if value == "" { // `AOS_DEMO= make run` means the default
			delete(values, name)
		}
	}
	var cfg Config
	var mistakes []error
	if err := env.ParseWithOptions(&cfg, env.Options{Environment: values, FuncMap: parsers()}); err != nil {
		mistakes = append(mistakes, readable(err)...)
	}
	if mistakes = append(mistakes, cfg.validate()...); len(mistakes) > 0 {
		return nil, invalid(mistakes)
	}
	cfg.Unknown = unknown(values)
	return &cfg, nil
}

func invalid(mistakes []error) error {
	lines := make([]string, len(mistakes))
	for i, err := range mistakes {
		lines[i] = err.Error()
	}
	return fault.Wrap(errors.Join(mistakes...), fault.BadUserInput, strings.Join(lines, "\n")).
		Hint("`augmentedos help` lists every variable.")
}

func (c *Config) validate() []error {
	var mistakes []error
	wrong := func(name, format string, args ...any) {
		mistakes = append(mistakes, fmt.Errorf(name+": "+format, args...))
	}
	urls := map[string][]Secret{"DATABASE_URL": {c.Database.URL}, "DATABASE_DIRECT_URL": {c.Database.DirectURL}, "DATABASE_REPLICA_URLS": c.Database.ReplicaURLs}
	for _, name := range []string{"DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_REPLICA_URLS"} {
		for _, value := range urls[name] {
			if value != "" && !isDatabaseURL(value.Reveal()) {
				wrong(name, "write it as postgres://user:password@host:5432/database")
			}
		}
	}
	if c.Database.Embedded() && (c.Database.DirectURL != "" || len(c.Database.ReplicaURLs) > 0) {
		wrong("DATABASE_URL", "is empty, so DATABASE_DIRECT_URL and DATABASE_REPLICA_URLS have no meaning; set it or unset them")
	}
	if !slices.Contains(postgres.ExecModes[:], c.Database.ExecMode) {
		wrong("AOS_DATABASE_EXEC_MODE", "%q is none of %s", c.Database.ExecMode, strings.Join(postgres.ExecModes[:], ", "))
	}
	if c.Database.MaxConns < 2 {
		wrong("AOS_DATABASE_MAX_CONNS", "%d is too few, at least 2 are needed", c.Database.MaxConns)
	}
	if c.Database.SlowStatement < 0 {
		wrong("AOS_DATABASE_SLOW", "a duration cannot be negative")
	}
	if _, port, err := net.SplitHostPort(c.HTTP.Addr); err != nil || port == "" {
		wrong("AOS_ADDR", "%q is no address, write host:port such as 127.0.0.1:8080 or :8080", c.HTTP.Addr)
	} else if !c.HTTP.Loopback() && !c.Auth.Enabled() {
		wrong("AOS_ADDR", "%s can be reached from other machines, which needs authentication: set AOS_AUTH_TOKENS_FILE or AOS_AUTH_JWT_KEYS_FILE, or listen on 127.0.0.1", c.HTTP.Addr)
	}
	for _, origin := range c.HTTP.AllowedOrigins {
		if !isOrigin(origin) {
			wrong("AOS_ALLOWED_ORIGINS", "%q is no origin, write scheme and host only, such as https://app.example.com", origin)
		}
	}
	if c.HTTP.RequestTimeout <= 0 {
		wrong("AOS_REQUEST_TIMEOUT", "must be longer than nothing")
	}
	if c.HTTP.ShutdownTimeout <= 0 {
		wrong("AOS_SHUTDOWN_TIMEOUT", "must be longer than nothing")
	}
	if _, err := credential.Parse(c.Secrets.CredentialsKey.Reveal()); err != nil {
		wrong("AOS_CREDENTIALS_KEY", "%v", err)
	}
	for name, most := range map[string]int{"AOS_MAX_SOCKETS": c.Live.MaxSockets, "AOS_MAX_OPERATIONS_PER_SOCKET": c.Live.MaxOperations} {
		if most < 1 {
			wrong(name, "at least 1 is needed")
		}
	}
	if c.Simulate < 0 || c.Simulate > 200 {
		wrong("AOS_SIMULATE", "%g is no rate, write moves per second from 0 to 200", c.Simulate)
	}
	if c.Live.MaxSocketsPerAddress < 0 {
		wrong("AOS_MAX_SOCKETS_PER_ADDRESS", "cannot be negative")
	}
	if !slices.Contains([]string{"auto", "text", "json"}, c.Log.Format) {
		wrong("AOS_LOG_FORMAT", "%q is none of auto, text, json", c.Log.Format)
	}
	if c.DataDir != "" && !filepath.IsAbs(c.DataDir) {
		abs, err := filepath.Abs(c.DataDir)
		if err != nil {
			wrong("AOS_DATA_DIR", "%v", err)
		}
		c.DataDir = abs
	}
	return mistakes
}

func isDatabaseURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && (u.Host != "" || u.Query().Get("host") != "")
}

func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Path == "" && u.RawQuery == "" && u.User == nil
}

// unknown finds AOS_ variables that no field reads.
func unknown(values map[string]string) []string {
	known := make([]string, 0, 32)
	for _, v := range Variables() {
		known = append(known, v.Name)
	}
	var found []string
	for name := range values {
		if !strings.HasPrefix(name, "AOS_") || strings.HasPrefix(name, "AOS_TEST_") || slices.Contains(known, name) {
			continue
		}
		closest := slices.MinFunc(known, func(a, b string) int {
			return levenshtein.ComputeDistance(name, a) - levenshtein.ComputeDistance(name, b)
		})
		found = append(found, fmt.Sprintf("%s is not a setting of this release; the closest is %s", name, closest))
	}
	slices.Sort(found)
	return found
}
