package model

import (
	"encoding/json"

	"github.com/augmentedos/graph/graph/scalar"
)

// TestCase is one case of a test: given a state and an input, what must come
// out.
type TestCase struct {
	CaseID         string              `json:"caseId"`
	Description    *string             `json:"description"`
	Setup          testSetup           `json:"setup"`
	CaseMocks      []TestMock          `json:"mocks"`
	Input          scalar.JSON         `json:"input"`
	ExpectedOutput scalar.JSON         `json:"expectedOutput"`
	Assertions     []TestAssertion     `json:"assertions"`
	ExpectedEvents []TestExpectedEvent `json:"expectedEvents"`
	Expected       expectedStates      `json:"expectedState"`
	Limit          span                `json:"timeout"`
}

type testSetup struct {
	State scalar.JSON `json:"state"`
	Mocks []TestMock  `json:"mocks"`
}

// State are the workflow variables at the start.
func (c *TestCase) State() scalar.JSON { return c.Setup.State }

// Mocks are the stand-ins for tasks, which are written in the setup or, in
// older documents, beside it.
func (c *TestCase) Mocks() []TestMock { return append(c.Setup.Mocks, c.CaseMocks...) }

// ExpectedState are the values the final state must hold.
func (c *TestCase) ExpectedState() []TestExpectedState { return c.Expected }

// Timeout is how long the case may take.
func (c *TestCase) Timeout() *scalar.Duration { return c.Limit.Duration }

// TestMock is a stand-in for a task.
type TestMock struct {
	TaskID   string      `json:"taskId"`
	Response scalar.JSON `json:"response"`
	Error    scalar.JSON `json:"error"`
	Wait     span        `json:"delay"`
}

// Delay is how long the stand-in takes.
func (m *TestMock) Delay() *scalar.Duration { return m.Wait.Duration }

// TestAssertion is a check on the result of a case.
type TestAssertion struct {
	Type    string      `json:"type"`
	Path    string      `json:"path"`
	Value   scalar.JSON `json:"value"`
	Message *string     `json:"message"`
}

// TestExpectedEvent is an event that a case must publish.
type TestExpectedEvent struct {
	Pattern string      `json:"pattern"`
	Payload scalar.JSON `json:"payload"`
}

// TestExpectedState is a value the state must hold when a case ends.
type TestExpectedState struct {
	Path  string      `json:"path"`
	Value scalar.JSON `json:"value"`
}

// expectedStates are written as a list or, when it is one, as an object.
type expectedStates []TestExpectedState

// UnmarshalJSON never fails, as span's.
func (s *expectedStates) UnmarshalJSON(b []byte) error {
	if one := (TestExpectedState{}); json.Unmarshal(b, &one) == nil && one.Path != "" {
		*s = expectedStates{one}
		return nil
	}
	var list []TestExpectedState
	_ = json.Unmarshal(b, &list)
	*s = list
	return nil
}

// Cases are what is tried.
func (t *TestDefinition) Cases() []TestCase { return decode[[]TestCase](t.CasesJSON) }

// Case finds a case by name, nil when there is none.
func (t *TestDefinition) Case(id string) *TestCase {
	for _, c := range t.Cases() {
		if c.CaseID == id {
			return &c
		}
	}
	return nil
}

// SharedMocks are the stand-ins of all cases.
func (t *TestDefinition) SharedMocks() []TestMock { return decode[[]TestMock](t.SharedMocksJSON) }
