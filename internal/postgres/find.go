package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/fault"
)

// MinMajor is the oldest PostgreSQL the schema is tested on.
const MinMajor = 14

// Binaries is one PostgreSQL installation that can run our schema: a server
// and initdb of at least MinMajor with the contrib extensions we create.
type Binaries struct {
	Dir     string // holds postgres and initdb
	Major   int
	Version string // as the server prints it, such as "17.10"
}

// contrib are the extensions the first migration creates. Some distributions
// package them apart from the server, so a server without them is passed over
// while searching instead of failing later inside a migration.
var contrib = [...]string{"pgcrypto", "uuid-ossp", "pg_trgm", "ltree"}

// Find returns the first usable installation: binDir, then AOS_POSTGRES_BIN,
// then PATH, pg_config, the folders that packagers use, and at last what
// Install left in our own cache. major restricts the search; 0 takes any.
// An installation that the user named is never silently passed over.
func Find(ctx context.Context, binDir string, major int) (Binaries, error) {
	if binDir == "" {
		binDir = os.Getenv("AOS_POSTGRES_BIN")
	}
	if binDir != "" {
		found, err := inspect(ctx, binDir)
		if err == nil && major != 0 && found.Major != major {
			err = fmt.Errorf("it is PostgreSQL %s, but version %d is needed", found.Version, major)
		}
		if err != nil {
			return Binaries{}, fault.Errorf(fault.Unavailable, "The PostgreSQL in %s cannot be used: %v.", binDir, err).
				Hint("Point AOS_POSTGRES_BIN at a folder that holds postgres and initdb, or unset it.")
		}
		return found, nil
	}
	var passedOver []string
	for _, dir := range candidates(ctx) {
		found, err := inspect(ctx, dir)
		if err == nil && major != 0 && found.Major != major {
			err = fmt.Errorf("it is PostgreSQL %s", found.Version)
		}
		if err == nil {
			return found, nil
		}
		passedOver = append(passedOver, fmt.Sprintf("%s (%v)", dir, err))
	}
	return Binaries{}, notFound(major, passedOver)
}

func notFound(major int, passedOver []string) error {
	wanted := fmt.Sprintf("PostgreSQL %d or newer", MinMajor)
	if major != 0 {
		wanted = fmt.Sprintf("PostgreSQL %d", major)
	}
	message := "No " + wanted + " was found on this machine."
	if len(passedOver) > 0 {
		message += " Passed over: " + strings.Join(passedOver, "; ") + "."
	}
	return fault.Errorf(fault.Unavailable, "%s", message).
		Hint("Run `augmentedos postgres install`, or set DATABASE_URL to a server you already have, or AOS_POSTGRES_BIN to a folder that holds postgres and initdb.")
}

// candidates lists folders in the order of preference, each once.
func candidates(ctx context.Context) []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	if out, err := quickly(ctx, "pg_config", "--bindir"); err == nil {
		dirs = append(dirs, strings.TrimSpace(out))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/usr/libexec/postgresql*",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		filepath.Join(CacheDir(), "*", "native", "bin"),
	} {
		matches, _ := filepath.Glob(pattern) // only a malformed pattern fails
		varying := strings.IndexByte(pattern, '*')
		sort.Slice(matches, func(i, j int) bool {
			return firstNumber(matches[i][varying:]) > firstNumber(matches[j][varying:])
		})
		dirs = append(dirs, matches...)
	}
	seen := make(map[string]bool, len(dirs))
	unique := dirs[:0]
	for _, dir := range dirs {
		if !seen[dir] {
			seen[dir] = true
			unique = append(unique, dir)
		}
	}
	return unique
}

var digits = regexp.MustCompile(`[0-9]+`)

// firstNumber reads the major version out of the varying end of a path.
func firstNumber(path string) int {
	n, _ := strconv.Atoi(digits.FindString(path))
	return n
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) ([0-9]+)([0-9.]*)(\S*)`)

// inspect says what the installation in dir is, or why it will not do.
func inspect(ctx context.Context, dir string) (Binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Binaries{}, err
	}
	for _, name := range []string{"postgres", "initdb"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return Binaries{}, fmt.Errorf("it has no %s", name)
		}
	}
	out, err := quickly(ctx, filepath.Join(dir, "postgres"), "--version")
	if err != nil {
		return Binaries{}, fmt.Errorf("its server does not run: %w", err)
	}
	match := versionLine.FindStringSubmatch(out)
	if match == nil {
		return Binaries{}, fmt.Errorf("its version line is not understood: %q", strings.TrimSpace(out))
	}
	found := Binaries{Dir: dir, Version: match[1] + match[2] + match[3]}
	found.Major, _ = strconv.Atoi(match[1])
	if found.Major < MinMajor {
		return Binaries{}, fmt.Errorf("it is PostgreSQL %s, older than %d", found.Version, MinMajor)
	}
	if missing := found.missingContrib(ctx); len(missing) > 0 {
		return Binaries{}, fmt.Errorf("it lacks the extensions %s (package postgresql-contrib)", strings.Join(missing, ", "))
	}
	return found, nil
}

// missingContrib looks for the control files beside the server. There is no
// portable way to ask a server for its share folder without a data directory.
func (b Binaries) missingContrib(ctx context.Context) []string {
	share := []string{
		filepath.Join(b.Dir, "../share/postgresql"),
		filepath.Join(b.Dir, "../share"),
		fmt.Sprintf("/usr/share/postgresql/%d", b.Major),
		filepath.Join(b.Dir, fmt.Sprintf("../share/postgresql/%d", b.Major)),
		filepath.Join(b.Dir, fmt.Sprintf("../share/postgresql@%d", b.Major)),
	}
	if out, err := quickly(ctx, filepath.Join(b.Dir, "pg_config"), "--sharedir"); err == nil {
		share = append([]string{strings.TrimSpace(out)}, share...)
	}
	best := contrib[:]
	for _, dir := range share {
		var missing []string
		for _, name := range contrib {
			if _, err := os.Stat(filepath.Join(dir, "extension", name+".control")); err != nil {
				missing = append(missing, name)
			}
		}
		if len(missing) < len(best) {
			best = missing
		}
	}
	return best
}

// quickly runs a program that only prints a line, bounded in time because a
// binary of another machine may hang instead of failing.
func quickly(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return string(out), err
}

// CacheDir is where Install unpacks servers. Root's own cache lies in a home
// that other accounts cannot enter, and PostgreSQL never runs as root.
func CacheDir() string {
	if os.Geteuid() == 0 {
		return "/var/cache/augmentedos/postgresql"
	}
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "augmentedos", "postgresql")
	}
	return filepath.Join(os.TempDir(), "augmentedos-"+strconv.Itoa(os.Geteuid()), "postgresql")
}

// DefaultDataDir is AOS_DATA_DIR, else a folder that survives a reboot.
func DefaultDataDir() (string, error) {
	if dir := os.Getenv("AOS_DATA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	if os.Geteuid() == 0 {
		return "/var/lib/augmentedos", nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "augmentedos"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fault.Errorf(fault.Unavailable, "There is no home folder to keep data in.").
			Hint("Set AOS_DATA_DIR to a folder this account may write.")
	}
	return filepath.Join(home, ".local", "share", "augmentedos"), nil
}

// socketPathLimit is what the kernel allows in a Unix socket address.
func socketPathLimit() int {
	if runtime.GOOS == "linux" {
		return 107
	}
	return 103
}
