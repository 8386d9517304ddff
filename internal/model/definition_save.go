package model

import (
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/scalar"
)

// DefinitionSave is what the saves of all kinds of definition have in common.
// The tags of these structs say which column a field sets and what holds for
// it: "required" refuses null, and its absence from a new draft unless the
// column has a default; "default" says it has one; "text" lifts the limit of
// 255 characters.
type DefinitionSave struct {
	ID               *string
	ExpectedRevision *int
	Reason           *string
	IdempotencyKey   *string
	Version          *string
	Name             graphql.Omittable[*string] `column:"name,required"`
	Description      graphql.Omittable[*string] `column:"description,text"`
}

// Common is the part that all saves have.
func (d *DefinitionSave) Common() *DefinitionSave { return d }

// SaveInput is the input of any save.
type SaveInput interface {
	Common() *DefinitionSave
	// Key is the business key, nil when the input has none.
	Key() *string
}

// WorkflowDefinitionSaveInput is the content of a draft of a workflow.
type WorkflowDefinitionSaveInput struct {
	DefinitionSave
	WorkflowID           *string
	InputSchema          graphql.Omittable[scalar.JSON] `column:"input_schema,required,default"`
	OutputSchema         graphql.Omittable[scalar.JSON] `column:"output_schema"`
	Steps                graphql.Omittable[scalar.JSON] `column:"steps,required,default"`
	CompensationSteps    graphql.Omittable[scalar.JSON] `column:"compensation_steps,required,default"`
	CancellationTriggers graphql.Omittable[scalar.JSON] `column:"cancellation_triggers,required,default"`
	UIComponents         graphql.Omittable[scalar.JSON] `column:"ui_components,required,default"`
	ExecutionLog         graphql.Omittable[scalar.JSON] `column:"execution_log,required,default"`
	Metadata             graphql.Omittable[scalar.JSON] `column:"metadata"`
	Triggers             graphql.Omittable[[]*WorkflowEventTriggerInput]
	Tests                []*TestDefinitionSaveInput
}

// Key implements SaveInput.
func (w *WorkflowDefinitionSaveInput) Key() *string { return w.WorkflowID }

// TaskDefinitionSaveInput is the content of a draft of a task.
type TaskDefinitionSaveInput struct {
	DefinitionSave
	TaskID          *string
	Type            graphql.Omittable[*TaskType]   `column:"type,required"`
	InputSchema     graphql.Omittable[scalar.JSON] `column:"input_schema,required,default"`
	OutputSchema    graphql.Omittable[scalar.JSON] `column:"output_schema,required,default"`
	Timeout         graphql.Omittable[*int]        `column:"timeout"`
	RetryPolicy     graphql.Omittable[scalar.JSON] `column:"retry_policy"`
	ExecutionConfig graphql.Omittable[scalar.JSON] `column:"execution_config,required"`
	UIComponents    graphql.Omittable[scalar.JSON] `column:"ui_components"`
	Metadata        graphql.Omittable[scalar.JSON] `column:"metadata"`
}

// Key implements SaveInput.
func (t *TaskDefinitionSaveInput) Key() *string { return t.TaskID }

// EventDefinitionSaveInput is the content of a draft of an event type.
type EventDefinitionSaveInput struct {
	DefinitionSave
	EventID       *string
	Pattern       graphql.Omittable[*string]     `column:"pattern,required"`
	SourceTypes   graphql.Omittable[scalar.JSON] `column:"source_types,required,default"`
	PayloadSchema graphql.Omittable[scalar.JSON] `column:"payload_schema,required,default"`
	Examples      graphql.Omittable[scalar.JSON] `column:"examples"`
	UIMetadata    graphql.Omittable[scalar.JSON] `column:"ui_metadata"`
}

// Key implements SaveInput.
func (e *EventDefinitionSaveInput) Key() *string { return e.EventID }

// IntegrationDefinitionSaveInput is the content of a draft of an integration.
type IntegrationDefinitionSaveInput struct {
	DefinitionSave
	IntegrationID *string
	Type          graphql.Omittable[*IntegrationType]     `column:"type,required,default"`
	Methods       graphql.Omittable[scalar.JSON]          `column:"methods,required,default"`
	ConfigSchema  graphql.Omittable[scalar.JSON]          `column:"config_schema"`
	AuthType      graphql.Omittable[*IntegrationAuthType] `column:"auth_type,required"`
	OAuth2Config  graphql.Omittable[scalar.JSON]          `column:"oauth2_config"`
	AIConfig      graphql.Omittable[scalar.JSON]          `column:"ai_config"`
	IconURL       graphql.Omittable[*string]              `column:"icon_url,text"`
}

// Key implements SaveInput.
func (i *IntegrationDefinitionSaveInput) Key() *string { return i.IntegrationID }

// UIComponentSaveInput is the content of a draft of a UI component.
type UIComponentSaveInput struct {
	DefinitionSave
	ComponentID     *string
	ComponentType   graphql.Omittable[*UIComponentType] `column:"component_type,required"`
	Title           graphql.Omittable[*string]          `column:"title,required,default"`
	Fields          graphql.Omittable[scalar.JSON]      `column:"fields"`
	Layout          graphql.Omittable[scalar.JSON]      `column:"layout"`
	Actions         graphql.Omittable[scalar.JSON]      `column:"actions"`
	DisplayTemplate graphql.Omittable[*string]          `column:"display_template,text"`
	CustomProps     graphql.Omittable[scalar.JSON]      `column:"custom_props"`
}

// Key implements SaveInput.
func (u *UIComponentSaveInput) Key() *string { return u.ComponentID }

// TestDefinitionSaveInput is the content of a draft of a test.
type TestDefinitionSaveInput struct {
	DefinitionSave
	TestID        *string
	Type          graphql.Omittable[*TestTargetType] `column:"type,required"`
	TargetID      graphql.Omittable[*string]         `column:"target_id,required"`
	TargetVersion graphql.Omittable[*string]         `column:"target_version"`
	Cases         graphql.Omittable[scalar.JSON]     `column:"cases,required,default"`
	SharedMocks   graphql.Omittable[scalar.JSON]     `column:"shared_mocks,required,default"`
	Tags          graphql.Omittable[scalar.JSON]     `column:"tags,required,default"`
}

// Key implements SaveInput.
func (t *TestDefinitionSaveInput) Key() *string { return t.TestID }

// SavedColumn is what a save says about one column.
type SavedColumn struct {
	Column   string
	Given    bool // false: the input leaves it out
	Value    any  // nil for null, else scalar.JSON, string or int
	Required bool // null is refused
	Default  bool // the column has a default
	Text     bool // no limit of 255 characters
}

// SavedColumns reads a save by the tags of its struct.
func SavedColumns(input SaveInput) []SavedColumn {
	v := reflect.ValueOf(input).Elem()
	var out []SavedColumn
	for _, field := range reflect.VisibleFields(v.Type()) {
		name, rules, _ := strings.Cut(field.Tag.Get("column"), ",")
		if name == "" {
			continue
		}
		column := SavedColumn{Column: name, Required: strings.Contains(rules, "required"), Default: strings.Contains(rules, "default"), Text: strings.Contains(rules, "text")}
		column.Value, column.Given = given(v.FieldByIndex(field.Index).Interface())
		out = append(out, column)
	}
	return out
}

// given reads an optional input field: ok is false when it was left out.
func given(field any) (value any, ok bool) {
	o, _ := field.(interface{ IsSet() bool })
	if !o.IsSet() {
		return nil, false
	}
	v := reflect.ValueOf(field).MethodByName("Value").Call(nil)[0]
	switch {
	case v.IsNil():
		return nil, true
	case v.Kind() != reflect.Pointer:
		return v.Interface(), true
	case v.Elem().Kind() == reflect.String:
		return v.Elem().String(), true
	}
	return v.Elem().Interface(), true
}

// WorkflowEventTriggerInput is a trigger as the save of its workflow says it.
type WorkflowEventTriggerInput struct {
	TriggerID      *string
	Name           *string
	Description    *string
	EventPattern   string
	TriggerType    WorkflowEventTriggerType
	EventCondition *string
	InputMapping   scalar.JSON
	CorrelationKey *string
	Enabled        bool
	Priority       int
}
