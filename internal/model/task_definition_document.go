package model

import "github.com/augmentedos/graph/graph/scalar"

// RetryPolicy is how failed executions are tried again, nil for not at all.
func (t *TaskDefinition) RetryPolicy() *RetryPolicy { return ParseRetryPolicy(t.RetryPolicyJSON) }

// UIComponents are offered to the person who does the task.
func (t *TaskDefinition) UIComponents() []*UIComponentUse {
	return componentUses(TaskUIComponents, t.UUID, t.UIComponentsJSON)
}

// TaskExecutionConfig says who executes a task, with which rights and
// resources.
type TaskExecutionConfig struct {
	Executor             *string             `json:"executor"`
	ExecutionMode        *string             `json:"executionMode"`
	Implementation       *TaskImplementation `json:"implementation"`
	SecurityContext      *TaskSecurity       `json:"securityContext"`
	ResourceRequirements *TaskResources      `json:"resourceRequirements"`
	AssignmentRules      scalar.JSON         `json:"assignmentRules"`
	Integration          *TaskIntegration    `json:"integration"`
}

// TaskImplementation is how the work of a task is done.
type TaskImplementation struct {
	Kind        *string          `json:"kind"`
	Endpoint    *string          `json:"endpoint"`
	Parameters  scalar.JSON      `json:"parameters"`
	Integration *TaskIntegration `json:"integration"`
}

// TaskSecurity are the rights of an execution.
type TaskSecurity struct {
	RunAs                  *string  `json:"runAs"`
	Permissions            []string `json:"permissions"`
	SecurityLevel          *string  `json:"securityLevel"`
	RequiresAuthentication *bool    `json:"requiresAuthentication"`
	RequiredRoles          []string `json:"requiredRoles"`
}

// TaskResources are what an execution asks for.
type TaskResources struct {
	CPU            *string  `json:"cpu"`
	Memory         *string  `json:"memory"`
	Disk           *string  `json:"disk"`
	TimeoutSeconds *float64 `json:"timeoutSeconds"`
}

// TaskIntegration is the call of a task to another system. IntegrationID is the
// business id of the integration, stored under "type".
type TaskIntegration struct {
	IntegrationID    string               `json:"type"`
	MethodID         *string              `json:"method"`
	Provider         *string              `json:"provider"`
	APIVersion       *string              `json:"apiVersion"`
	Endpoint         *string              `json:"endpoint"`
	Options          scalar.JSON          `json:"options"`
	DataMapping      scalar.JSON          `json:"dataMapping"`
	InstanceSelector *IntegrationSelector `json:"instanceSelector"`

	Place Place `json:"-"`
}

// IntegrationSelector is how a task chooses its connection.
type IntegrationSelector struct {
	Type       string      `json:"type"` // EXPLICIT or RULE
	Value      *string     `json:"value"`
	Parameters scalar.JSON `json:"parameters"`
}

// Explicit is the business id of the connection that the task names, empty when
// it leaves the choice to the context or to a rule.
func (i *TaskIntegration) Explicit() string {
	if s := i.InstanceSelector; s != nil && s.Type == "EXPLICIT" && s.Value != nil {
		return *s.Value
	}
	return ""
}

// Wanted is the value that a rule looks for among the connections: what the
// input of the task has in the field that the rule's parameters name. Empty when
// the task has no such rule, or the input no such value.
func (i *TaskIntegration) Wanted(input scalar.JSON) string {
	s := i.InstanceSelector
	if s == nil || s.Type != "RULE" {
		return ""
	}
	field := parseDocument(s.Parameters).text("field")
	if field == nil {
		return ""
	}
	return textOr(parseDocument(input).text(*field), "")
}

// ExecutionConfig is who executes the task, with which rights and resources.
func (t *TaskDefinition) ExecutionConfig() *TaskExecutionConfig {
	config := decode[TaskExecutionConfig](t.ExecutionConfigJSON)
	return &config
}

// Integration is the call to another system, nil for a task without one. Tasks
// have it beside their implementation or inside of it.
func (t *TaskDefinition) Integration() *TaskIntegration {
	config := t.ExecutionConfig()
	if call := config.Integration; call != nil && call.IntegrationID != "" {
		call.Place = Place{TaskIntegrations, t.UUID, "/execution_config/integration/type"}
		return call
	}
	if config.Implementation == nil {
		return nil
	}
	if call := config.Implementation.Integration; call != nil && call.IntegrationID != "" {
		call.Place = Place{TaskIntegrations, t.UUID, "/execution_config/implementation/integration/type"}
		return call
	}
	return nil
}

// References are the components and the integration that the task names.
func (t *TaskDefinition) References() []Reference {
	out := componentReferences(t.UIComponents())
	if call := t.Integration(); call != nil {
		out = append(out, Reference{call.Place, call.IntegrationID, nil})
	}
	return out
}
