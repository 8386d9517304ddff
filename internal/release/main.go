// Command release packs the binary for each platform into an archive that
// depends on nothing but the commit and the Go version: two runs give the same
// bytes, so anybody can check what was published.
//
//	go run ./internal/release -version VERSION -ldflags FLAGS -time SECONDS
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

var platforms = []struct{ os, arch string }{{"linux", "amd64"}, {"linux", "arm64"}}

// papers go beside the binary, in the order of the archive.
var papers = []string{"CHANGELOG.md", "LICENSE", "README.md"}

func main() {
	version := flag.String("version", "development", "version in the names of the archives")
	ldflags := flag.String("ldflags", "", "flags for the linker")
	seconds := flag.Int64("time", 0, "modification time of every file, in Unix seconds")
	folder := flag.String("to", "dist", "folder for the archives")
	flag.Parse()
	if err := run(*version, *ldflags, *folder, time.Unix(*seconds, 0).UTC()); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(version, ldflags, folder string, at time.Time) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, p := range platforms {
		binary, err := build(p.os, p.arch, ldflags)
		if err != nil {
			return err
		}
		root := fmt.Sprintf("augmentedos-%s-%s-%s", version, p.os, p.arch)
		packed, err := pack(root, binary, at)
		if err != nil {
			return err
		}
		name := root + ".tar.gz"
		if err := os.WriteFile(filepath.Join(folder, name), packed, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(packed), name)
	}
	fmt.Print(sums.String())
	return os.WriteFile(filepath.Join(folder, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// build compiles without cgo, paths of this machine or facts of its checkout.
func build(system, arch, ldflags string) ([]byte, error) {
	folder, err := os.MkdirTemp("", "augmentedos-release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	path := filepath.Join(folder, "augmentedos")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags+" -buildid=", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+arch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("building for %s/%s: %w", system, arch, err)
	}
	return os.ReadFile(path)
}

// pack makes the archive: one folder, entries in a fixed order, no owner, no
// time but the commit's.
func pack(root string, binary []byte, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	archive := tar.NewWriter(zip)
	add := func(name string, mode int64, content []byte) error {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: root + "/" + name, Mode: mode, Size: int64(len(content)), ModTime: at, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err := archive.Write(content)
		return err
	}
	for _, name := range papers {
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := add(name, 0o644, content); err != nil {
			return nil, err
		}
	}
	if err := add("augmentedos", 0o755, binary); err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	err = zip.Close()
	return out.Bytes(), err
}
