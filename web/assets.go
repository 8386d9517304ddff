package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed dist
var dist embed.FS

// manifest is what the bundler says about its output: which hashed file plays
// which part in the page.
type manifest struct {
	Sources  string            `json:"sources"` // hash of everything the bundle was made of
	Script   string            `json:"script"`
	Style    string            `json:"style"`
	Preload  []string          `json:"preload"` // modules the script imports before its first line runs
	Favicon  string            `json:"favicon"`
	Licences string            `json:"licences"`
	Workers  map[string]string `json:"workers"` // the editor's web workers by role
}

// contentTypes names the kinds of file a bundle may hold. They are spelled out
// because the system's own table differs from machine to machine.
var contentTypes = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".ttf": "font/ttf",
	".txt": "text/plain; charset=utf-8",
}

// assets holds the bundle's files as they were embedded: compressed with gzip,
// and only so. Browsers take them as they are; anyone else gets them unpacked.
type assets struct {
	manifest manifest
	packed   map[string][]byte // by name without .gz
}

// loadAssets reads the embedded bundle. A broken one is a mistake of the build
// and stops the program at start-up.
func loadAssets() assets {
	a := assets{packed: map[string][]byte{}}
	entries, err := dist.ReadDir("dist")
	if err != nil {
		panic(fmt.Sprintf("web: %v", err))
	}
	for _, entry := range entries {
		content, err := dist.ReadFile("dist/" + entry.Name())
		if err != nil {
			panic(fmt.Sprintf("web: %v", err))
		}
		if name, ok := strings.CutSuffix(entry.Name(), ".gz"); ok {
			a.packed[name] = content
		} else if err := json.Unmarshal(content, &a.manifest); err != nil {
			panic(fmt.Sprintf("web: %s: %v", entry.Name(), err))
		}
	}
	return a
}

// ServeHTTP serves the file named in the path. The name holds a hash of the
// content, so a browser may keep it for good.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.file(r.PathValue("name"), "public, max-age=31536000, immutable").ServeHTTP(w, r)
}

// file serves one file of the bundle under the given Cache-Control.
func (a assets) file(name, cacheControl string) http.Handler {
	content, ok := a.packed[name]
	if !ok {
		return http.NotFoundHandler()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentTypes[path.Ext(name)])
		h.Set("Cache-Control", cacheControl)
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(content)))
			_, _ = w.Write(content) // the reader going away is not our failure
			return
		}
		unpack(w, content)
	})
}

func unpack(w http.ResponseWriter, content []byte) {
	plain, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		http.Error(w, "this file of the bundle is damaged", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, plain)
}

// acceptsGzip reads an Accept-Encoding header: gzip or * is listed and not
// refused with q=0.
func acceptsGzip(header string) bool {
	for item := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(item), ";")
		coding = strings.TrimSpace(coding)
		if !strings.EqualFold(coding, "gzip") && coding != "*" {
			continue
		}
		quality, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if q, err := strconv.ParseFloat(quality, 64); ok && (err != nil || q == 0) {
			continue
		}
		return true
	}
	return false
}
