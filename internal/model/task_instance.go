package model

import (
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// TaskInstance is one execution of a task, alone or as a step of a workflow
// instance; a manual one waits in somebody's inbox.
type TaskInstance struct {
	Record
	TaskInstanceID        string             `db:"task_instance_id"`
	TaskDefinitionID      uuid.UUID          `db:"task_definition_id"`
	WorkflowInstanceID    *uuid.UUID         `db:"workflow_instance_id"`
	WorkflowDefinitionID  *uuid.UUID         `db:"workflow_definition_id"`
	StepID                string             `db:"step_id"`
	Status                TaskInstanceStatus `db:"status"`
	Type                  TaskType           `db:"type"`
	Revision              int                `db:"revision"`
	Input                 scalar.JSON        `db:"input"`
	Output                scalar.JSON        `db:"output"`
	DraftOutput           scalar.JSON        `db:"draft_output"`
	ErrorJSON             scalar.JSON        `db:"error"`
	ErrorCode             *string            `db:"error_code"`
	ExecutorID            string             `db:"executor_id"`
	Assignee              *string            `db:"assignee"`
	AssigneeType          AssigneeType       `db:"assignee_type"`
	Priority              TaskPriority       `db:"priority"`
	PriorityRank          int                `db:"priority_rank"`
	RetryCount            int                `db:"retry_count"`
	RetryPolicyJSON       scalar.JSON        `db:"retry_policy"`
	ExecutionMetadataJSON scalar.JSON        `db:"execution_metadata"`
	TaskReference         *string            `db:"task_reference"`
	DueAt                 *time.Time         `db:"due_at"`
	DueSort               time.Time          `db:"due_sort"`
}

// Prefix starts the id of a task instance.
func (*TaskInstance) Prefix() string { return "tki" }

// ID is the opaque global id.
func (t *TaskInstance) ID() string { return nodeid.Encode(t.Prefix(), t.UUID) }

// Phase reduces the status to what every kind of instance shares.
func (t *TaskInstance) Phase() InstancePhase { return taskInstancePhases[t.Status] }

// Terminal is true when the task can go nowhere without a retry.
func (t *TaskInstance) Terminal() bool {
	phase := t.Phase()
	return phase == PhaseSucceeded || phase == PhaseFailed || phase == PhaseCancelled
}

// Overdue is true when the task should be done by now and is not.
func (t *TaskInstance) Overdue(now time.Time) bool {
	return t.DueAt != nil && t.DueAt.Before(now) && !t.Terminal()
}

// NextStatuses are the statuses the task may move to.
func (t *TaskInstance) NextStatuses() []TaskInstanceStatus { return TaskInstanceTransitions[t.Status] }

// RetryPolicy is how the task is tried again.
func (t *TaskInstance) RetryPolicy() *RetryPolicy { return ParseRetryPolicy(t.RetryPolicyJSON) }

// Error is what made the task fail.
func (t *TaskInstance) Error() *ErrorInfo { return parseError(t.ErrorJSON) }

// ExecutionMetadata are facts about the execution.
func (t *TaskInstance) ExecutionMetadata() *TaskExecution {
	d := parseDocument(t.ExecutionMetadataJSON)
	escalation := d.object("escalation")
	return &TaskExecution{
		StartTime: d.moment("start_time", "startTime"), EndTime: d.moment("end_time", "endTime"), DurationMs: d.long("duration"),
		Environment: d.text("execution_environment", "executionEnvironment"), AssignedAt: d.moment("assignedAt"),
		CompletedAt: d.moment("completedAt"), CompletedBy: d.text("completedBy"), SLADeadline: d.moment("slaDeadline"),
		NextRetryAt: d.moment("nextRetryAt"), EscalatedAt: escalation.moment("escalatedAt"),
		EscalationType: escalation.text("escalationType"), EscalationReason: escalation.text("escalationReason"),
		BusinessContext: d.part("businessContext"), Integration: d.part("integrationMetadata"),
		LastError: parseError(d.part("lastError")),
	}
}

// TaskExecution are facts about the execution of a task, each missing where
// nobody recorded it.
type TaskExecution struct {
	StartTime        *time.Time
	EndTime          *time.Time
	DurationMs       *int64
	Environment      *string
	AssignedAt       *time.Time
	CompletedAt      *time.Time
	CompletedBy      *string
	SLADeadline      *time.Time
	NextRetryAt      *time.Time
	EscalatedAt      *time.Time
	EscalationType   *string
	EscalationReason *string
	BusinessContext  scalar.JSON
	Integration      scalar.JSON
	LastError        *ErrorInfo
}

// summaryLength is about what fits under the title of a card.
const summaryLength = 120

// InputSummary is the first simple values of the input in one line, by name:
// what somebody sees of a task before opening it.
func (t *TaskInstance) InputSummary() string {
	d := parseDocument(t.Input)
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(d)) {
		value := strings.Trim(string(d[key]), `"`)
		if value == "" || value == "null" || value[0] == '{' || value[0] == '[' {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(key + ": " + textOr(d.text(key), value))
		if b.Len() > summaryLength {
			return string([]rune(b.String())[:min(summaryLength, len([]rune(b.String())))]) + "…"
		}
	}
	return b.String()
}

// TaskInstanceStatus is where a task stands.
type TaskInstanceStatus string

// The statuses of a task instance.
const (
	TaskInstancePending   TaskInstanceStatus = "PENDING"
	TaskInstanceAssigned  TaskInstanceStatus = "ASSIGNED"
	TaskInstanceRunning   TaskInstanceStatus = "RUNNING"
	TaskInstanceCompleted TaskInstanceStatus = "COMPLETED"
	TaskInstanceFailed    TaskInstanceStatus = "FAILED"
	TaskInstanceTimedOut  TaskInstanceStatus = "TIMED_OUT"
	TaskInstanceCancelled TaskInstanceStatus = "CANCELLED"
)

var taskInstancePhases = map[TaskInstanceStatus]InstancePhase{
	TaskInstancePending: PhasePending, TaskInstanceAssigned: PhaseWaiting, TaskInstanceRunning: PhaseActive,
	TaskInstanceCompleted: PhaseSucceeded, TaskInstanceFailed: PhaseFailed, TaskInstanceTimedOut: PhaseFailed,
	TaskInstanceCancelled: PhaseCancelled,
}

// TaskInstanceTransitions is the state table of a task. ASSIGNED to itself is a
// reassignment, ASSIGNED to PENDING a release; FAILED and TIMED_OUT go back to
// PENDING by a retry.
var TaskInstanceTransitions = Transitions[TaskInstanceStatus]{
	TaskInstancePending: {
		TaskInstanceAssigned, TaskInstanceRunning, TaskInstanceFailed, TaskInstanceTimedOut, TaskInstanceCancelled,
	},
	TaskInstanceAssigned: {
		TaskInstancePending, TaskInstanceAssigned, TaskInstanceRunning, TaskInstanceCompleted,
		TaskInstanceFailed, TaskInstanceTimedOut, TaskInstanceCancelled,
	},
	TaskInstanceRunning: {
		TaskInstanceCompleted, TaskInstanceFailed, TaskInstanceTimedOut, TaskInstanceCancelled,
	},
	TaskInstanceFailed:   {TaskInstancePending},
	TaskInstanceTimedOut: {TaskInstancePending},
}

// Values implements Enum.
func (TaskInstanceStatus) Values() []string {
	return []string{"PENDING", "ASSIGNED", "RUNNING", "COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"}
}

// MarshalGQL writes the GraphQL spelling.
func (s TaskInstanceStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *TaskInstanceStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// TaskType says who does a task: the platform, a person or another system.
type TaskType string

// Values implements Enum.
func (TaskType) Values() []string { return []string{"AUTOMATED", "MANUAL", "INTEGRATION"} }

// MarshalGQL writes the GraphQL spelling.
func (s TaskType) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *TaskType) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// AssigneeType says what kind of name an assignee is.
type AssigneeType string

// The kinds of assignee.
const (
	AssigneeUser       AssigneeType = "USER"
	AssigneeRole       AssigneeType = "ROLE"
	AssigneeTeam       AssigneeType = "TEAM"
	AssigneeDepartment AssigneeType = "DEPARTMENT"
)

// Values implements Enum.
func (AssigneeType) Values() []string { return []string{"USER", "ROLE", "TEAM", "DEPARTMENT"} }

// MarshalGQL writes the GraphQL spelling.
func (s AssigneeType) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *AssigneeType) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// TaskPriority orders an inbox, CRITICAL first.
type TaskPriority string

// Values implements Enum.
func (TaskPriority) Values() []string { return []string{"CRITICAL", "HIGH", "MEDIUM", "LOW"} }

// MarshalGQL writes the GraphQL spelling.
func (s TaskPriority) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *TaskPriority) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// Filters by the vocabularies of a task instance.
type (
	TaskInstanceStatusFilter = EnumFilter[TaskInstanceStatus]
	TaskTypeFilter           = EnumFilter[TaskType]
	TaskPriorityFilter       = EnumFilter[TaskPriority]
	AssigneeTypeFilter       = EnumFilter[AssigneeType]
)

// TaskInstanceWhere selects task instances.
type TaskInstanceWhere struct {
	TaskInstanceID       *StringFilter             `sql:"task_instance_id"`
	Status               *TaskInstanceStatusFilter `sql:"status"`
	Type                 *TaskTypeFilter           `sql:"type"`
	Priority             *TaskPriorityFilter       `sql:"priority"`
	Assignee             *StringFilter             `sql:"assignee"`
	AssigneeType         *AssigneeTypeFilter       `sql:"assignee_type"`
	ExecutorID           *StringFilter             `sql:"executor_id"`
	StepID               *StringFilter             `sql:"step_id"`
	ErrorCode            *StringFilter             `sql:"error_code"`
	RetryCount           *IntFilter                `sql:"retry_count"`
	TaskDefinitionID     *IDFilter                 `sql:"task_definition_id"`
	WorkflowInstanceID   *IDFilter                 `sql:"workflow_instance_id"`
	WorkflowDefinitionID *IDFilter                 `sql:"workflow_definition_id"`
	TaskReference        *StringFilter             `sql:"task_reference"`
	CreatedAt            *DateTimeFilter           `sql:"created_at"`
	UpdatedAt            *DateTimeFilter           `sql:"updated_at"`
	DueAt                *DateTimeFilter           `sql:"due_sort"`
	Definition           *TaskDefinitionWhere      `sql:"task_definition_id" via:"task_definitions"`
	WorkflowInstance     *WorkflowInstanceWhere    `sql:"workflow_instance_id" via:"workflow_instances"`
	AnyOf                []*TaskInstanceWhere
}

// List types of the task instance.
type (
	TaskInstanceConnection = page.Connection[TaskInstance]
	TaskInstanceEdge       = page.Edge[TaskInstance]
)
