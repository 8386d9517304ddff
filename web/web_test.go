package web_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/web"
)

func get(t *testing.T, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	web.Handler(web.Options{Tabs: exampleTabs(t)}).ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, from io.Reader) string {
	t.Helper()
	content, err := io.ReadAll(from)
	require.NoError(t, err)
	return string(content)
}

// assetPaths finds the files the page names.
func assetPaths(t *testing.T) []string {
	t.Helper()
	return regexp.MustCompile(`assets/[\w.-]+\w`).FindAllString(body(t, get(t, "/").Body), -1)
}

func TestTheExplorerIsServedAtTheRootAndAtPlayground(t *testing.T) {
	t.Parallel()
	root, playground := get(t, "/"), get(t, "/playground")
	require.Equal(t, http.StatusOK, root.StatusCode)
	require.Equal(t, "text/html; charset=utf-8", root.Header.Get("Content-Type"))
	require.Equal(t, body(t, root.Body), body(t, playground.Body))
	require.Equal(t, http.StatusNotFound, get(t, "/nothing-here").StatusCode)
	require.Equal(t, http.StatusNotFound, get(t, "/assets/nothing-here.js").StatusCode)
	require.Equal(t, http.StatusNotFound, get(t, "/assets/manifest.json").StatusCode)
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/playground", "/favicon.ico", "/nothing-here", "/" + assetPaths(t)[0]} {
		h := get(t, path).Header
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self';", path)
		require.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"), path)
	}
}

func TestEveryFileThePageNamesIsServedForGood(t *testing.T) {
	t.Parallel()
	paths := assetPaths(t)
	require.Greater(t, len(paths), 6)
	for _, path := range paths {
		packed := get(t, "/"+path, "Accept-Encoding", "br, gzip;q=0.8")
		require.Equal(t, http.StatusOK, packed.StatusCode, path)
		require.NotEmpty(t, packed.Header.Get("Content-Type"), path)
		require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"), path)
		require.Contains(t, packed.Header.Get("Cache-Control"), "immutable", path)
	}
}

func TestAClientWithoutGzipGetsTheSameFilePlain(t *testing.T) {
	t.Parallel()
	path := "/" + assetPaths(t)[0]
	packed := get(t, path, "Accept-Encoding", "gzip")
	unpacked, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	want := body(t, unpacked)
	for _, accepted := range []string{"", "br", "gzip;q=0", "identity"} {
		plain := get(t, path, "Accept-Encoding", accepted)
		require.Empty(t, plain.Header.Get("Content-Encoding"), accepted)
		require.Equal(t, want, body(t, plain.Body), accepted)
	}
}

func TestAnUnchangedPageIsNotSentTwice(t *testing.T) {
	t.Parallel()
	first := get(t, "/")
	require.Equal(t, "no-cache", first.Header.Get("Cache-Control"))
	again := get(t, "/", "If-None-Match", first.Header.Get("ETag"))
	require.Equal(t, http.StatusNotModified, again.StatusCode)
}

func TestAnOperationCannotBreakOutOfThePage(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	hostile := web.Tab{Name: "Builder", Query: `query Builder { x(text: "</script><script>alert(1)</script>") }`}
	web.Handler(web.Options{Tabs: []web.Tab{hostile}}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	data := regexp.MustCompile(`(?s)<script id="page" type="application/json">(.*?)</script>`).FindStringSubmatch(w.Body.String())
	var page struct{ Tabs []web.Tab }
	require.NoError(t, json.Unmarshal([]byte(data[1]), &page))
	require.Equal(t, []web.Tab{hostile}, page.Tabs)
}

func TestATabIsReadFromItsOperationFile(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"builder.graphql":   {Data: []byte("# What a screen needs,\n# in one request.\nquery Builder { x }\n# later\n")},
		"builder.json":      {Data: []byte(`{"a": 1}`)},
		"dashboard.graphql": {Data: []byte("subscription Dashboard { y }")},
	}
	tabs, err := web.ReadTabs(files, "Builder", "Dashboard")
	require.NoError(t, err)
	require.Equal(t, "Builder", tabs[0].Name)
	require.Equal(t, "What a screen needs, in one request.", tabs[0].About)
	require.JSONEq(t, `{"a": 1}`, tabs[0].Variables)
	require.Equal(t, web.Tab{Name: "Dashboard", Query: "subscription Dashboard { y }"}, tabs[1])

	_, err = web.ReadTabs(files, "Explorer")
	require.ErrorContains(t, err, "read explorer tab Explorer")
}

// The bundle is committed, so someone may edit web/build and forget to run
// `make web`. The manifest says what the bundle was made of.
func TestTheCommittedBundleWasMadeFromThePresentSources(t *testing.T) {
	t.Parallel()
	files := []string{"build.mjs", "package.json", "package-lock.json"}
	err := filepath.WalkDir("build/src", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, strings.TrimPrefix(filepath.ToSlash(path), "build/"))
		}
		return err
	})
	require.NoError(t, err)
	sort.Strings(files)
	var list strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join("build", file))
		require.NoError(t, err)
		list.WriteString(file + " " + hash(content) + "\n")
	}
	content, err := os.ReadFile("dist/manifest.json")
	require.NoError(t, err)
	var made struct{ Sources string }
	require.NoError(t, json.Unmarshal(content, &made))
	require.Equal(t, made.Sources, hash([]byte(list.String())), "web/build was edited after the last `make web`")
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
