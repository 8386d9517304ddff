package repository

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/georgysavva/scany/v2/pgxscan"
	"github.com/google/uuid"
)

// TestCaseResults are what the cases of runs came to. Their business key, the
// case, is unique in a run only, so they are found by id or through the run.
var TestCaseResults = Define[model.TestCaseResult](Descriptor{
	Name:  "TestCaseResult",
	Table: "test_case_results",
	Where: model.TestCaseResultWhere{},
	Orders: Orders{
		"CREATED_AT_ASC":  Asc(),
		"CREATED_AT_DESC": Desc(),
	},
	Computed: Computed{
		"case":       {"case_id", "test_run_id"},
		"error":      {"error"},
		"assertions": {"assertions"},
	},
	Relations: map[string]Relation{
		"run": One("test_run_id", "test_runs"),
	},
})

// CaseResult is what one case came to, before it is written.
type CaseResult struct {
	CaseID      string
	Status      model.TestCaseStatus
	DurationMs  *int
	Input       scalar.JSON // nil = {}
	Output      scalar.JSON
	Error       scalar.JSON
	Assertions  scalar.JSON // nil = []
	StartedAt   *time.Time
	CompletedAt *time.Time
}

// InsertCaseResults writes results of a run in their order and tells for which
// cases; one that has a result already keeps it.
func (tx *Tx) InsertCaseResults(ctx context.Context, run uuid.UUID, results []CaseResult) (written []string, err error) {
	n := len(results)
	ids, made, cases, statuses, durations := make([]uuid.UUID, n), make([]time.Time, n), make([]string, n), make([]string, n), make([]*int, n)
	docs := [4][]*string{make([]*string, n), make([]*string, n), make([]*string, n), make([]*string, n)}
	started, completed := make([]*time.Time, n), make([]*time.Time, n)
	now := tx.Now()
	for i := range ids {
		ids[i], made[i] = NewID(now)
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }) // lists show the results in their order
	for i, r := range results {
		cases[i], statuses[i], durations[i], started[i], completed[i] = r.CaseID, string(r.Status), r.DurationMs, r.StartedAt, r.CompletedAt
		for j, doc := range []scalar.JSON{r.Input, r.Output, r.Error, r.Assertions} {
			if doc != nil {
				text := string(doc)
				docs[j][i] = &text
			}
		}
	}
	const name = "test_case_results.insert_all"
	const sql = `/* test_case_results.insert_all */
insert into test_case_results (id, created_at, test_run_id, case_id, status, duration_ms, input, output, error, assertions, started_at, completed_at)
select n.id, n.made, $1, n.case_id, n.status, n.duration, coalesce(n.input::jsonb, '{}'), n.output::jsonb, n.error::jsonb, coalesce(n.assertions::jsonb, '[]'), n.started, n.completed
from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[])
  as n(id, made, case_id, status, duration, input, output, error, assertions, started, completed)
on conflict (test_run_id, case_id) do nothing
returning case_id`
	rows, err := tx.DB.Query(ctx, sql, run, ids, made, cases, statuses, durations, docs[0], docs[1], docs[2], docs[3], started, completed)
	if err != nil {
		return nil, writeError(name, err)
	}
	return written, writeError(name, pgxscan.ScanAll(&written, rows))
}

// CaseOutcomes is what each case of some runs came to, by run and case.
func (s *Store) CaseOutcomes(ctx context.Context, runs ...uuid.UUID) (map[any]map[string]model.TestCaseStatus, error) {
	const name = "test_case_results.outcomes"
	const sql = "/* test_case_results.outcomes */ select test_run_id, case_id, status from test_case_results where test_run_id = any($1::uuid[])"
	found := make(map[any]map[string]model.TestCaseStatus, len(runs))
	err := scanEach(ctx, s, name, sql, args{runs}, func(r caseOutcome) {
		if found[r.RunID] == nil {
			found[r.RunID] = map[string]model.TestCaseStatus{}
		}
		found[r.RunID][r.CaseID] = r.Status
	})
	return found, err
}

type caseOutcome struct {
	RunID  uuid.UUID            `db:"test_run_id"`
	CaseID string               `db:"case_id"`
	Status model.TestCaseStatus `db:"status"`
}
