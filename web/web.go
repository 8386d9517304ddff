// Package web serves the pages people open in a browser. They are bundled
// beforehand (web/build, `make web`) and embedded compressed, so building the
// binary needs no JavaScript tools and using the pages needs no other host.
package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"time"
)

// securityPolicy lets the pages reach this origin and nothing else. Styles are
// allowed inline because the code editor computes its own while it runs; that
// is the only exception.
const securityPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

//go:embed page.html
var pageSource string

// Options is what the server knows and the pages show.
type Options struct {
	// Tabs are the operations the explorer opens with, in this order.
	Tabs []Tab
	// Examples are further operations of the Start pane, opened when asked for.
	Examples []Tab
	// Links lead to the server's other pages, such as /live.
	Links []Link
}

// Link is a way from the explorer's Start pane to another page. Href is
// relative to the explorer, so that it holds behind a proxy's path prefix.
type Link struct {
	Name string `json:"name"`
	Href string `json:"href"`
}

// Handler serves the explorer at / and /playground, the live page at /live, their
// files beside them and the icon browsers ask for by themselves. Everything else is not found.
func Handler(options Options) http.Handler {
	assets := loadAssets()
	page := explorerPage(assets.manifest, options)
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", page)
	mux.Handle("GET /playground", page)
	mux.Handle("GET /assets/{name}", assets)
	mux.Handle("GET /favicon.ico", assets.file(assets.manifest.Favicon, "public, max-age=86400"))
	mux.Handle("GET /live", liveFile("live.html", "text/html; charset=utf-8"))
	mux.Handle("GET /live.js", liveFile("live.js", contentTypes[".js"]))
	mux.Handle("GET /live.css", liveFile("live.css", contentTypes[".css"]))
	return secured(mux)
}

// secured adds the headers that belong on every answer of this package.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", securityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// explorerPage renders the HTML once: it depends on the options alone. It is
// revalidated on each visit, so an upgraded server is seen at once, while the
// files it names never change.
func explorerPage(m manifest, options Options) http.Handler {
	html := renderPage(m, options)
	sum := sha256.Sum256(html)
	etag := `"` + hex.EncodeToString(sum[:16]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", etag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(html))
	})
}

// renderPage fills page.html. A failure means that the embedded template does
// not fit this code, which no input can cause.
func renderPage(m manifest, options Options) []byte {
	type pageData struct {
		Tabs     []Tab             `json:"tabs"`
		Examples []Tab             `json:"examples"`
		Links    []Link            `json:"links"`
		Workers  map[string]string `json:"workers"`
	}
	data := pageData{Tabs: append([]Tab{}, options.Tabs...), Examples: append([]Tab{}, options.Examples...), Links: append([]Link{}, options.Links...), Workers: map[string]string{}}
	for role, name := range m.Workers {
		data.Workers[role] = "assets/" + name
	}
	var html bytes.Buffer
	page := template.Must(template.New("page").Parse(pageSource))
	if err := page.Execute(&html, struct {
		manifest
		Page pageData
	}{m, data}); err != nil {
		panic(fmt.Sprintf("web: page.html: %v", err))
	}
	return html.Bytes()
}
