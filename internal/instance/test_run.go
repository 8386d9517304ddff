package instance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// TestRuns are the verbs of whoever runs tests: a run starts, takes the results
// of its cases and ends.
type TestRuns struct{ Writer *repository.Writer }

// TestRunStart is what a run begins with.
type TestRunStart struct {
	TestID       *string   // the active version, or
	DefinitionID uuid.UUID // a version, which may be a draft: tests are for trying
	RunID        *string   // business key; nil = its global id
	Environment  string
	TriggeredBy  *string // nil = the caller
	Reason       string
}

// Start begins a run of a test.
func (t *TestRuns) Start(ctx context.Context, s TestRunStart) (*model.TestRun, error) {
	if !slices.Contains(model.TestEnvironments, s.Environment) {
		return nil, fault.Errorf(fault.Validation, "must be one of %s", strings.Join(model.TestEnvironments, ", ")).At("/environment")
	}
	if len([]rune(s.Reason)) > maxReason {
		return nil, sentence(s.Reason)
	}
	return repository.Once(ctx, t.Writer, repository.TestRuns, Target{Reason: s.Reason}.because("started"), func(ctx context.Context, tx *repository.Tx) (*model.TestRun, error) {
		definition, err := s.definition(ctx, tx)
		if err != nil {
			return nil, err
		}
		row := repository.Values{
			"run_id": "", "test_definition_id": definition.UUID, "environment": s.Environment,
			"triggered_by": auth.From(ctx).Name, "started_at": tx.Now(),
		}
		if s.RunID != nil {
			row["run_id"] = *s.RunID
		}
		if s.TriggeredBy != nil {
			row["triggered_by"] = *s.TriggeredBy
		}
		return repository.Insert(ctx, tx, repository.TestRuns, row)
	})
}

func (s TestRunStart) definition(ctx context.Context, tx *repository.Tx) (found *model.TestDefinition, err error) {
	path := "/id"
	if s.TestID != nil {
		path = "/testId"
		found, err = repository.ByBusinessKey(ctx, tx.Store, repository.TestDefinitions, []string{"id"}, *s.TestID, "")
	} else {
		found, err = testDefinition(ctx, tx, s.DefinitionID, "id")
	}
	if err == nil && found == nil {
		err = fault.Errorf(fault.NotFound, "there is no such test, or it has no active version").At(path).Hint("testDefinitions lists them")
	}
	return found, err
}

func testDefinition(ctx context.Context, tx *repository.Tx, id uuid.UUID, columns ...string) (*model.TestDefinition, error) {
	found, err := repository.ByKeys(ctx, tx.Store, repository.TestDefinitions, repository.Relation{}, columns, []any{id})
	return found[id], err
}

// maxResults bounds one batch of results.
const maxResults = 500

// Record takes the results of some cases, all or none. A result is written
// once: a case that has one already is a conflict.
func (t *TestRuns) Record(ctx context.Context, target Target, results []repository.CaseResult) (run *model.TestRun, err error) {
	if len(results) == 0 || len(results) > maxResults {
		return nil, fault.Errorf(fault.Validation, "a batch has 1 to %d results", maxResults).At("/results")
	}
	if err := checkResults(results); err != nil {
		return nil, err
	}
	err = t.Writer.Do(ctx, target.because("results recorded"), func(ctx context.Context, tx *repository.Tx) error {
		if run, err = repository.Lock(ctx, tx, repository.TestRuns, target.ID, target.Expected); err != nil {
			return err
		}
		if err := goesOn(run); err != nil {
			return err
		}
		if err := casesExist(ctx, tx, run, results); err != nil {
			return err
		}
		written, err := tx.InsertCaseResults(ctx, run.UUID, results)
		if err != nil {
			return err
		}
		return twice(results, written)
	})
	return run, err
}

// goesOn refuses results of a run that has ended.
func goesOn(run *model.TestRun) error {
	if !run.Terminal() {
		return nil
	}
	return fault.Errorf(fault.Conflict, "the run has ended: it is %s", model.SpellEnum(string(run.Status))).
		Hint("start a new run").With("currentRevision", run.Revision)
}

// checkResults holds the documents of all results against their schemas and
// finds cases that are told twice.
func checkResults(results []repository.CaseResult) error {
	var all fault.List
	seen := map[string]bool{}
	for i, r := range results {
		path := fmt.Sprintf("/results/%d", i)
		if seen[r.CaseID] {
			all = append(all, fault.Errorf(fault.Conflict, "case %q has a result in this batch already", r.CaseID).At(path+"/caseId"))
		}
		seen[r.CaseID] = true
		if r.DurationMs != nil && *r.DurationMs < 0 {
			all = append(all, fault.Errorf(fault.Validation, "a duration cannot be negative").At(path+"/durationMs"))
		}
		for _, doc := range []struct {
			column string
			text   scalar.JSON
		}{{"input", r.Input}, {"output", r.Output}, {"error", r.Error}, {"assertions", r.Assertions}} {
			if doc.text == nil {
				continue
			}
			if broken, ok := fits("test_case_results", doc.column, doc.text, path+"/"+doc.column).(fault.List); ok { //nolint:errorlint // it returns nothing else
				all = append(all, broken...)
			}
		}
	}
	return all.OrNil()
}

func casesExist(ctx context.Context, tx *repository.Tx, run *model.TestRun, results []repository.CaseResult) error {
	definition, err := testDefinition(ctx, tx, run.TestDefinitionID, "cases")
	if err != nil {
		return err
	}
	cases := caseNames(definition)
	var all fault.List
	for i, r := range results {
		if !slices.Contains(cases, r.CaseID) {
			all = append(all, fault.Errorf(fault.Validation, "the test has no case %q", r.CaseID).At(fmt.Sprintf("/results/%d/caseId", i)))
		}
	}
	return all.OrNil()
}

func caseNames(test *model.TestDefinition) []string {
	if test == nil {
		return nil
	}
	names := []string{}
	for _, c := range test.Cases() {
		names = append(names, c.CaseID)
	}
	return names
}

// twice tells the results that were not written because the case has one.
func twice(results []repository.CaseResult, written []string) error {
	var all fault.List
	for i, r := range results {
		if !slices.Contains(written, r.CaseID) {
			all = append(all, fault.Errorf(fault.Conflict, "case %q has a result already, which is written once", r.CaseID).
				At(fmt.Sprintf("/results/%d/caseId", i)).Hint("start a new run"))
		}
	}
	return all.OrNil()
}

// Finish ends a run. Without a status it follows from the results, of which
// there must be one for each case; a runner that broke says ERROR and one that
// was stopped CANCELLED.
func (t *TestRuns) Finish(ctx context.Context, target Target, given *model.TestRunStatus) (ended *model.TestRun, err error) {
	switch {
	case len([]rune(target.Reason)) > maxReason:
		return nil, sentence(target.Reason)
	case given != nil && *given != model.TestRunError && *given != model.TestRunCancelled:
		return nil, fault.Errorf(fault.Validation, "only ERROR and CANCELLED are given, the others follow from the results").At("/status").Hint("leave it out")
	}
	err = t.Writer.Do(ctx, target.because("finished"), func(ctx context.Context, tx *repository.Tx) error {
		run, err := repository.Lock(ctx, tx, repository.TestRuns, target.ID, target.Expected)
		if err != nil {
			return err
		}
		status, err := outcomeOf(ctx, tx, run, given)
		if err != nil {
			return err
		}
		if err := model.TestRunTransitions.Check(run.Status, status); err != nil {
			return err
		}
		ended, err = repository.Update(ctx, tx, repository.TestRuns, target.ID, nil, repository.Values{"status": string(status), "completed_at": tx.Now()})
		return err
	})
	return ended, err
}

// outcomeOf is the status a run ends with.
func outcomeOf(ctx context.Context, tx *repository.Tx, run *model.TestRun, given *model.TestRunStatus) (model.TestRunStatus, error) {
	if given != nil {
		return *given, nil
	}
	found, err := tx.CaseOutcomes(ctx, run.UUID)
	results := found[run.UUID]
	if err != nil || run.Terminal() {
		return model.OutcomeOf(results), err
	}
	definition, err := testDefinition(ctx, tx, run.TestDefinitionID, "cases")
	if err != nil {
		return "", err
	}
	return model.OutcomeOf(results), tried(definition, results)
}

// missing are the cases of a test that have no result.
func missing(test *model.TestDefinition, results map[string]model.TestCaseStatus) []string {
	return slices.DeleteFunc(caseNames(test), func(name string) bool { _, told := results[name]; return told })
}

// untold refuses results when every case has one.
func untold(test *model.TestDefinition, results map[string]model.TestCaseStatus) error {
	if len(missing(test, results)) > 0 {
		return nil
	}
	return fault.Errorf(fault.Conflict, "every case has its result").Hint("finish the run")
}

// tried refuses to tell the outcome of cases that have no result.
func tried(test *model.TestDefinition, results map[string]model.TestCaseStatus) error {
	names := missing(test, results)
	if len(names) == 0 {
		return nil
	}
	return fault.Errorf(fault.Validation, "no result of %d of the cases: %s", len(names), strings.Join(names[:min(len(names), 10)], ", ")).
		Hint("record them, as SKIPPED where they were not tried, or end the run as CANCELLED or ERROR")
}
