package server

import (
	"context"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// readiness answers whether this process can serve: the database answers and
// has the migrations this release was written for.
type readiness struct {
	db       *pgxpool.Pool
	expected int
}

func (r readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), 2*time.Second)
	defer cancel()
	var version int
	var runway time.Duration
	err := r.db.QueryRow(ctx, `/* readiness */
select (select coalesce(max(version_id), 0)::int from aos_schema_version where is_applied),
  (select min(covered_until) - now() from aos_partition_runway())`).Scan(&version, &runway)
	switch {
	case err != nil:
		writeStatus(w, http.StatusServiceUnavailable, "the database does not answer")
	case version < r.expected:
		writeStatus(w, http.StatusServiceUnavailable, "the database is not migrated; run `augmentedos migrate`")
	case runway < 24*time.Hour:
		writeStatus(w, http.StatusServiceUnavailable, "partitions end within a day; look for upkeep in the log")
	default:
		writeStatus(w, http.StatusOK, "ready")
	}
}
