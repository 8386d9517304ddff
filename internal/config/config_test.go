package config_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/config"
)

func TestNothingSetIsACompleteConfiguration(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse(nil)
	require.NoError(t, err)
	require.True(t, cfg.Database.Embedded())
	require.True(t, cfg.HTTP.Loopback())
	require.Equal(t, "127.0.0.1:8080", cfg.HTTP.Addr)
	require.Equal(t, config.DemoAuto, cfg.Demo)
	require.Equal(t, slog.LevelInfo, cfg.Log.Level.Level())
	require.Equal(t, 500*time.Millisecond, cfg.Database.SlowStatement)
	require.Empty(t, cfg.Unknown)
}

func TestEverySettingIsRead(t *testing.T) {
	t.Parallel()
	key := base64.StdEncoding.EncodeToString(make([]byte, 32))
	cfg, err := config.Parse([]string{
		"DATABASE_URL=postgres://u:p@db:6432/app",
		"DATABASE_DIRECT_URL=postgresql:///app?host=/run/postgresql",
		"DATABASE_REPLICA_URLS=postgres://u:p@r1/app,postgres://u:p@r2/app",
		"AOS_DATABASE_EXEC_MODE=cache_describe", "AOS_DATABASE_MAX_CONNS=40", "AOS_DATABASE_SLOW=2s", "AOS_DATABASE_MIGRATE=true",
		"AOS_ADDR=:9000", "AOS_AUTH_TOKENS_FILE=/etc/tokens", "AOS_AUTH_JWT_KEYS_FILE=/etc/jwks.json", "AOS_AUTH_JWT_ISSUER=us", "AOS_AUTH_JWT_AUDIENCE=graph", "AOS_AUTH_JWT_ROLES=scope", "AOS_ALLOWED_ORIGINS=https://a.example,http://localhost:3000",
		"AOS_DEMO=off", "AOS_CREDENTIALS_KEY=new:" + key + ",old:" + key,
		"AOS_LOG_LEVEL=debug", "AOS_LOG_FORMAT=json", "AOS_MAX_SOCKETS=7", "AOS_DATA_DIR=here",
	})
	require.NoError(t, err)
	require.Equal(t, "postgres://u:p@db:6432/app", cfg.Database.URL.Reveal())
	require.Len(t, cfg.Database.ReplicaURLs, 2)
	require.Equal(t, int32(40), cfg.Database.MaxConns)
	require.True(t, cfg.Database.Migrate)
	require.Equal(t, []string{"https://a.example", "http://localhost:3000"}, cfg.HTTP.AllowedOrigins)
	require.False(t, cfg.HTTP.Loopback())
	require.Equal(t, slog.LevelDebug, cfg.Log.Level.Level())
	require.Contains(t, cfg.Secrets.CredentialsKey.Reveal(), "old:")
	require.True(t, strings.HasPrefix(cfg.DataDir, "/"))
}

func TestAMistakeIsNamedByItsVariable(t *testing.T) {
	t.Parallel()
	for setting, says := range map[string]string{
		"DATABASE_URL=mysql://u:s3cret@db/app":             "DATABASE_URL: write it as postgres://",
		"DATABASE_DIRECT_URL=postgres://u:s3cret@db/app":   "DATABASE_URL: is empty",
		"AOS_DATABASE_EXEC_MODE=describe_exec":             "AOS_DATABASE_EXEC_MODE: \"describe_exec\" is none of",
		"AOS_DATABASE_MAX_CONNS=1":                         "AOS_DATABASE_MAX_CONNS: 1 is too few",
		"AOS_DATABASE_MAX_CONNS=many":                      "AOS_DATABASE_MAX_CONNS: ",
		"AOS_DATABASE_SLOW=-1s":                            "AOS_DATABASE_SLOW: ",
		"AOS_ADDR=8080":                                    "AOS_ADDR: \"8080\" is no address",
		"AOS_ADDR=0.0.0.0:8080":                            "AOS_ADDR: 0.0.0.0:8080 can be reached from other machines",
		"AOS_ADDR=:8080":                                   "needs authentication",
		"AOS_ALLOWED_ORIGINS=https://a.example/path":       "AOS_ALLOWED_ORIGINS: ",
		"AOS_REQUEST_TIMEOUT=0s":                           "AOS_REQUEST_TIMEOUT: ",
		"AOS_REQUEST_TIMEOUT=ten":                          "AOS_REQUEST_TIMEOUT: ",
		"AOS_CREDENTIALS_KEY=s3cret":                       "AOS_CREDENTIALS_KEY: a key is at least 32 bytes",
		"AOS_DEMO=maybe":                                   "AOS_DEMO: \"maybe\" is none of auto, on, off",
		"AOS_LOG_LEVEL=loud":                               "AOS_LOG_LEVEL: \"loud\" is none of",
		"AOS_LOG_FORMAT=xml":                               "AOS_LOG_FORMAT: \"xml\" is none of",
		"AOS_MAX_SOCKETS=0":                                "AOS_MAX_SOCKETS: ",
		"DATABASE_REPLICA_URLS=postgres://u:s3cret@a/b,no": "DATABASE_REPLICA_URLS: ",
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			_, err := config.Parse([]string{setting})
			require.ErrorContains(t, err, says)
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Parse([]string{"AOS_DEMO=maybe", "AOS_MAX_SOCKETS=0", "AOS_ADDR=nowhere"})
	for _, name := range []string{"AOS_DEMO", "AOS_MAX_SOCKETS", "AOS_ADDR"} {
		require.ErrorContains(t, err, name)
	}
}

func TestAnEmptyVariableMeansTheDefault(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse([]string{"AOS_DEMO=", "AOS_ADDR=", "AOS_MAX_SOCKETS="})
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8080", cfg.HTTP.Addr)
}

func TestAMisspelledVariableIsNoticed(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse([]string{"AOS_LOGLEVEL=debug", "AOS_TEST_DATABASE_URL=x", "PATH=/bin"})
	require.NoError(t, err)
	require.Len(t, cfg.Unknown, 1)
	require.Contains(t, cfg.Unknown[0], "AOS_LOG_LEVEL")
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse([]string{"DATABASE_URL=postgres://u:canary@db/app", "DATABASE_REPLICA_URLS=postgres://u:canary@db/app"})
	require.NoError(t, err)
	asJSON, err := json.Marshal(cfg)
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("starting", "config", cfg, "url", cfg.Database.URL)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", *cfg, cfg, cfg, cfg.Database.URL), string(asJSON), log.String()} {
		require.NotContains(t, text, "canary")
	}
}

func TestEverySettingIsDocumentedOnce(t *testing.T) {
	t.Parallel()
	table := config.Table()
	seen := make(map[string]bool)
	for _, v := range config.Variables() {
		require.False(t, seen[v.Name], v.Name)
		seen[v.Name] = true
		require.Greater(t, len(v.Doc), 10, v.Name)
		require.True(t, strings.HasSuffix(v.Doc, "."), v.Name)
		require.Contains(t, table, "| `"+v.Name+"` |")
	}
	require.Equal(t, len(seen)+2, strings.Count(table, "\n"))
}
