package postgres

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// unpackLimit is far above the 60 MB of a server: the archive's digest is known,
// this is for the day somebody pins the wrong one.
const unpackLimit = 1 << 30

// unpack writes the server's files from an npm tarball below dir and recreates
// the symbolic links that npm cannot carry.
func unpack(archive, dir string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	entries := tar.NewReader(io.LimitReader(plain, unpackLimit))
	for {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(entry.Name, "package/")
		if entry.Typeflag != tar.TypeReg || !needed(name) {
			continue
		}
		if !filepath.IsLocal(name) {
			return fmt.Errorf("the archive holds the path %q", entry.Name)
		}
		mode := os.FileMode(0o644)
		if entry.Mode&0o100 != 0 {
			mode = 0o755
		}
		if err := writeFile(filepath.Join(dir, name), entries, mode); err != nil {
			return err
		}
	}
	return link(dir)
}

// needed leaves out what only compilers of extensions read: half of the files.
func needed(name string) bool {
	if strings.HasSuffix(name, ".a") || strings.HasPrefix(name, "native/include/") || strings.HasPrefix(name, "native/lib/postgresql/pgxs/") {
		return false
	}
	return strings.HasPrefix(name, "native/") || name == "LICENSE.md"
}

// writeFile sets modes apart from creation, because the account that runs the
// server must read the files whatever our umask is.
func writeFile(path string, content io.Reader, mode os.FileMode) error {
	if err := makeReadable(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Chmod(mode), file.Close())
}

// makeReadable creates dir and its missing parents with mode 0755.
func makeReadable(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := makeReadable(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return os.Chmod(dir, 0o755)
}

func link(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "native", "pg-symlinks.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("reading the list of links: %w", err)
	}
	for _, l := range links {
		if !filepath.IsLocal(l.Source) || !filepath.IsLocal(l.Target) {
			return fmt.Errorf("the list of links holds %q and %q", l.Source, l.Target)
		}
		source, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := os.Symlink(source, filepath.Join(dir, l.Target)); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}
