package model

import (
	"io"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// TestRun is one execution of a test definition; each case leaves a result.
type TestRun struct {
	Record
	RunID            string        `db:"run_id"`
	TestDefinitionID uuid.UUID     `db:"test_definition_id"`
	Status           TestRunStatus `db:"status"`
	Revision         int           `db:"revision"`
	StartedAt        time.Time     `db:"started_at"`
	CompletedAt      *time.Time    `db:"completed_at"`
	CompletedSort    time.Time     `db:"completed_sort"`
	Environment      string        `db:"environment"`
	TriggeredBy      string        `db:"triggered_by"`
}

// Prefix starts the id of a test run.
func (*TestRun) Prefix() string { return "tsr" }

// ID is the opaque global id.
func (t *TestRun) ID() string { return nodeid.Encode(t.Prefix(), t.UUID) }

// Phase reduces the status to what every kind of instance shares.
func (t *TestRun) Phase() InstancePhase { return testRunPhases[t.Status] }

// Terminal is true once the run ended: a run is never resumed.
func (t *TestRun) Terminal() bool { return t.Status != TestRunRunning }

// DurationMs is the time from start to end, nil while it runs.
func (t *TestRun) DurationMs() *int64 { return between(&t.StartedAt, t.CompletedAt) }

// TestRunSummary is the number of case results of a run by outcome.
type TestRunSummary struct {
	Total   int
	Passed  int
	Failed  int
	Error   int
	Skipped int
	Timeout int
}

// Summarize adds up the number of results with each outcome.
func Summarize(counts map[string]int) *TestRunSummary {
	s := &TestRunSummary{
		Passed: counts[string(TestCasePassed)], Failed: counts[string(TestCaseFailed)], Error: counts[string(TestCaseError)],
		Skipped: counts[string(TestCaseSkipped)], Timeout: counts[string(TestCaseTimeout)],
	}
	s.Total = s.Passed + s.Failed + s.Error + s.Skipped + s.Timeout
	return s
}

// TestEnvironments are where a test may run.
var TestEnvironments = []string{"dev", "staging", "prod", "local", "ci"}

// OutcomeOf is the status of a run whose cases came to this. One that could not
// be tried outweighs one that failed.
func OutcomeOf(cases map[string]TestCaseStatus) TestRunStatus {
	outcome := TestRunPassed
	for _, status := range cases {
		switch status {
		case TestCaseError:
			return TestRunError
		case TestCaseFailed, TestCaseTimeout:
			outcome = TestRunFailed
		}
	}
	return outcome
}

// TestRunStatus is how a run stands or ended; all but running are final.
type TestRunStatus string

// The statuses of a test run.
const (
	TestRunRunning   TestRunStatus = "running"
	TestRunPassed    TestRunStatus = "passed"
	TestRunFailed    TestRunStatus = "failed"
	TestRunError     TestRunStatus = "error"
	TestRunCancelled TestRunStatus = "cancelled"
)

// Values implements Enum.
func (TestRunStatus) Values() []string {
	return []string{"running", "passed", "failed", "error", "cancelled"}
}

// MarshalGQL writes the GraphQL spelling.
func (s TestRunStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *TestRunStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// TestRunTransitions is the state table of a test run.
var TestRunTransitions = Transitions[TestRunStatus]{
	TestRunRunning: {TestRunPassed, TestRunFailed, TestRunError, TestRunCancelled},
}

var testRunPhases = map[TestRunStatus]InstancePhase{
	TestRunRunning: PhaseActive, TestRunPassed: PhaseSucceeded, TestRunFailed: PhaseFailed,
	TestRunError: PhaseFailed, TestRunCancelled: PhaseCancelled,
}

// TestRunStatusFilter selects by how a run stands or ended.
type TestRunStatusFilter = EnumFilter[TestRunStatus]

// TestRunWhere selects test runs.
type TestRunWhere struct {
	RunID            *StringFilter        `sql:"run_id"`
	Status           *TestRunStatusFilter `sql:"status"`
	Environment      *StringFilter        `sql:"environment"`
	TestDefinitionID *IDFilter            `sql:"test_definition_id"`
	Definition       *TestDefinitionWhere `sql:"test_definition_id" via:"test_definitions"`
	StartedAt        *DateTimeFilter      `sql:"started_at"`
	CompletedAt      *DateTimeFilter      `sql:"completed_sort"`
	UpdatedAt        *DateTimeFilter      `sql:"updated_at"`
	AnyOf            []*TestRunWhere
}

// List types of the test run.
type (
	TestRunConnection = page.Connection[TestRun]
	TestRunEdge       = page.Edge[TestRun]
)
