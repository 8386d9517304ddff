package model

import (
	"io"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// TestCaseResult is what one case of a run came to. It is written once.
type TestCaseResult struct {
	Record
	TestRunID      uuid.UUID      `db:"test_run_id"`
	CaseID         string         `db:"case_id"`
	Status         TestCaseStatus `db:"status"`
	DurationMs     *int           `db:"duration_ms"`
	Input          scalar.JSON    `db:"input"`
	Output         scalar.JSON    `db:"output"`
	ErrorJSON      scalar.JSON    `db:"error"`
	AssertionsJSON scalar.JSON    `db:"assertions"`
	StartedAt      *time.Time     `db:"started_at"`
	CompletedAt    *time.Time     `db:"completed_at"`
}

// Prefix starts the id of a case result.
func (*TestCaseResult) Prefix() string { return "tsc" }

// ID is the opaque global id.
func (t *TestCaseResult) ID() string { return nodeid.Encode(t.Prefix(), t.UUID) }

// Error is why the case could not be tried.
func (t *TestCaseResult) Error() *ErrorInfo { return parseError(t.ErrorJSON) }

// Assertions are the outcomes of the checks.
func (t *TestCaseResult) Assertions() []*AssertionResult {
	results := []*AssertionResult{}
	for _, element := range parseList(t.AssertionsJSON) {
		d := parseDocument(element)
		passed := d.flag("passed")
		results = append(results, &AssertionResult{
			Type: textOr(d.text("type"), "unknown"), Path: d.text("path"), Expected: d.part("expected"),
			Actual: d.part("actual"), Passed: passed != nil && *passed, Message: d.text("message"),
		})
	}
	return results
}

// AssertionResult is the outcome of one check on a result.
type AssertionResult struct {
	Type     string
	Path     *string
	Expected scalar.JSON
	Actual   scalar.JSON
	Passed   bool
	Message  *string
}

// TestCaseStatus is what a case came to.
type TestCaseStatus string

// The outcomes of a test case.
const (
	TestCasePassed  TestCaseStatus = "passed"
	TestCaseFailed  TestCaseStatus = "failed"
	TestCaseError   TestCaseStatus = "error"
	TestCaseSkipped TestCaseStatus = "skipped"
	TestCaseTimeout TestCaseStatus = "timeout"
)

// Values implements Enum.
func (TestCaseStatus) Values() []string {
	return []string{"passed", "failed", "error", "skipped", "timeout"}
}

// MarshalGQL writes the GraphQL spelling.
func (s TestCaseStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *TestCaseStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// TestCaseStatusFilter selects by the outcome of a case.
type TestCaseStatusFilter = EnumFilter[TestCaseStatus]

// TestCaseResultWhere selects case results.
type TestCaseResultWhere struct {
	CaseID    *StringFilter         `sql:"case_id"`
	Status    *TestCaseStatusFilter `sql:"status"`
	TestRunID *IDFilter             `sql:"test_run_id"`
	UpdatedAt *DateTimeFilter       `sql:"updated_at"`
	AnyOf     []*TestCaseResultWhere
}

// List types of the case result.
type (
	TestCaseResultConnection = page.Connection[TestCaseResult]
	TestCaseResultEdge       = page.Edge[TestCaseResult]
)
