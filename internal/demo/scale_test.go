package demo_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

func TestScaleMultipliesTheWorldAndGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	n := 1
	if wanted, err := strconv.Atoi(os.Getenv("AOS_TEST_SCALE")); err == nil {
		n = wanted // a measurement
	}
	db := testdb.New(t)
	require.ErrorIs(t, demo.Scale(t.Context(), db, n, nil), demo.ErrNoWorld)
	_, err := demo.Load(t.Context(), db, demo.Options{})
	require.NoError(t, err)
	before := count(t, db, "workflow_instances")
	begun, last := time.Now(), importer.Progress{}
	require.NoError(t, demo.Scale(t.Context(), db, n, func(p importer.Progress) {
		if p.Phase == "writing" {
			last = p
		}
	}))
	t.Logf("%d thousand runs in %v", n, time.Since(begun))
	require.Equal(t, importer.Progress{Phase: "writing", Table: "workflow_instances", Done: n * 1000, Total: n * 1000}, last)
	require.Equal(t, n*1000, count(t, db, "workflow_instances")-before)
	require.InEpsilon(t, n*8000, count(t, db, "task_instances"), 0.15)
	require.InEpsilon(t, n*5000, count(t, db, "event_instances"), 0.15)
	require.Equal(t, count(t, db, "event_instances"), count(t, db, "event_instance_keys"))
	require.Zero(t, count(t, db, "workflow_instances where updated_at > '"+demo.Now.Format(time.RFC3339)+"'"), "nothing has happened after the present")
	require.Equal(t, 6, count(t, db, "(select distinct status from workflow_instances) s"))
	require.Equal(t, 7, count(t, db, "(select distinct status from task_instances) s"))
	require.Equal(t, count(t, db, "task_instances"), count(t, db, "change_log where kind = 6"), "captured as every other row")

	tasks := count(t, db, "task_instances")
	require.NoError(t, demo.Scale(t.Context(), db, n, nil))
	require.Equal(t, tasks, count(t, db, "task_instances"), "a second time changes nothing")
}

func count(t *testing.T, db *pgxpool.Pool, from string) (n int) {
	require.NoError(t, db.QueryRow(t.Context(), "select count(*) from "+from).Scan(&n))
	return n
}
