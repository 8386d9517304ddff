package graph

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// allowOrigin lets pages of the configured origins read answers (CORS). There
// are no cookies to send along: whoever calls from another origin brings a
// token in the Authorization header.
func allowOrigin(w http.ResponseWriter, r *http.Request, origins []string) {
	if len(origins) == 0 {
		return
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.Contains(origins, origin) {
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Last-Event-ID, Traceparent, Tracestate")
		h.Set("Access-Control-Max-Age", "600")
	}
}

// LocalHosts guards a server that listens on the loopback address and asks
// nobody who they are. A foreign page whose name was pointed at 127.0.0.1 (DNS
// rebinding) counts as the same origin in the browser, but its name is in the
// Host header.
func LocalHosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocalHost(r.Host) {
			securityHeaders(w.Header())
			http.Error(w, "This server answers only under its local name. To reach it under another one, configure authentication.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLocalHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
