package server

import (
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/repository"
)

// exports hand out the bundles of finished exports, to administrators.
type exports struct {
	service      *bulk.Service
	authenticate graph.Authenticate // nil: everybody is the local administrator
	log          *slog.Logger
}

func (e exports) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if status, text := e.refuses(r); text != "" {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="graph"`)
		}
		writeStatus(w, status, text)
		return
	}
	name := r.PathValue("file")
	prefix, id, err := nodeid.Decode(strings.TrimSuffix(name, ".tar.gz"))
	if err != nil || prefix != repository.BulkOperations.Prefix() {
		writeStatus(w, http.StatusNotFound, "there is no such export")
		return
	}
	begun := false
	err = e.service.ReadExport(r.Context(), id, func() io.Writer {
		begun = true
		w.Header().Set("Content-Type", "application/gzip")
		w.Header().Set("Content-Disposition", `attachment; filename="`+strings.TrimSuffix(name, ".tar.gz")+`.tar.gz"`)
		w.Header().Set("Cache-Control", "no-store")
		return w
	})
	switch {
	case begun && err != nil && r.Context().Err() == nil:
		e.log.ErrorContext(r.Context(), "an export was cut off", "export", name, "error", err)
		panic(http.ErrAbortHandler) // a client must not take a part for the whole
	case fault.CodeOf(err) == fault.NotFound:
		writeStatus(w, http.StatusNotFound, err.Error())
	case err != nil && !begun:
		e.log.ErrorContext(r.Context(), "an export cannot be read", "export", name, "error", err)
		writeStatus(w, http.StatusInternalServerError, "the export cannot be read")
	}
}

// refuses tells why a caller may not fetch anything.
func (e exports) refuses(r *http.Request) (status int, text string) {
	if e.authenticate == nil {
		return 0, ""
	}
	who, err := e.authenticate(auth.Bearer(r.Header.Get("Authorization")))
	if err != nil {
		return http.StatusUnauthorized, err.Error()
	}
	if !who.Has(auth.Admin) {
		return http.StatusForbidden, "exports are for administrators"
	}
	return 0, ""
}
