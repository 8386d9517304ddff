package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"time"
)

// The live page is three files without a build step: a dashboard author reads
// them as they are.
//
//go:embed live
var liveFiles embed.FS

// livePolicy is stricter than the explorer's: the page has no inline style.
const livePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// liveFile serves one of the files, revalidated on each visit.
func liveFile(name, contentType string) http.Handler {
	content, err := liveFiles.ReadFile(path.Join("live", name))
	if err != nil {
		panic(fmt.Sprintf("web: %v", err)) // the file is part of the program
	}
	sum := sha256.Sum256(content)
	etag := `"` + hex.EncodeToString(sum[:16]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", livePolicy)
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", etag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
}
