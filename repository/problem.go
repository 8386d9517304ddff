package repository

import (
	"slices"
	"strings"
	"unicode"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/expression"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
)

// Problems are what the documents of row, a pointer to the entity's struct,
// break: the schemas of their columns, the rules that no schema expresses, and
// the language of their expressions. What a draft may still lack is an error
// when activating, else a warning.
func (d *Descriptor) Problems(row any, activating bool) []*model.Problem {
	violations := d.Violations(row)
	mistakes := slices.DeleteFunc(d.Mistakes(row, activating), func(m *model.Problem) bool { // told already, by the schema of the column
		return m.Code == "INVALID_SCHEMA" && slices.ContainsFunc(violations, func(v *model.Problem) bool { return v.Path == m.Path })
	})
	return append(violations, mistakes...)
}

// Violations are where the documents of row break the schemas of their columns,
// which no write through the API lets happen.
func (d *Descriptor) Violations(row any) []*model.Problem {
	var out []*model.Problem
	for _, column := range d.row.columns {
		doc, ok := d.Value(row, column).(scalar.JSON)
		if !ok || doc == nil || !jsonschema.Has(d.Table, column) {
			continue
		}
		for _, v := range jsonschema.Validate(d.Table, column, doc) {
			out = append(out, &model.Problem{
				Severity: model.ProblemSeverityError, Code: code(v.Keyword), Path: model.InputPath("/" + column + v.Path), Message: v.Message,
			})
		}
	}
	return out
}

// Mistakes are what is wrong with the documents of row beyond their schemas.
func (d *Descriptor) Mistakes(row any, activating bool) []*model.Problem {
	var out []*model.Problem
	for _, p := range structure(row, jsonschema.Options{Activating: activating, Expression: checkExpression}) {
		out = append(out, &model.Problem{Severity: model.ProblemSeverity(p.Severity), Code: p.Code, Path: model.InputPath(p.Path), Message: p.Message})
	}
	return out
}

// code spells a keyword of JSON Schema as our codes are: MIN_LENGTH.
func code(keyword string) string {
	var b strings.Builder
	for _, r := range keyword {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// structure looks at what the documents of a row say together.
func structure(row any, o jsonschema.Options) []jsonschema.Problem {
	switch d := row.(type) {
	case *model.WorkflowDefinition:
		return jsonschema.CheckWorkflow(jsonschema.WorkflowDocument{
			InputSchema: d.InputSchema, OutputSchema: d.OutputSchema, Steps: d.StepsJSON, CompensationSteps: d.CompensationStepsJSON,
			CancellationTriggers: d.CancellationTriggersJSON, UIComponents: d.UIComponentsJSON,
		}, o)
	case *model.TaskDefinition:
		return jsonschema.CheckTask(jsonschema.TaskDocument{
			Type: string(d.Type), InputSchema: d.InputSchema, OutputSchema: d.OutputSchema, RetryPolicy: d.RetryPolicyJSON,
			ExecutionConfig: d.ExecutionConfigJSON, UIComponents: d.UIComponentsJSON,
		}, o)
	case *model.EventDefinition:
		return jsonschema.CheckEventDefinition(jsonschema.EventDefinitionDocument{
			Pattern: d.Pattern, PayloadSchema: d.PayloadSchema, Examples: d.ExamplesJSON,
		}, o)
	case *model.IntegrationDefinition:
		return jsonschema.CheckIntegration(jsonschema.IntegrationDocument{
			Type: string(d.Type), AuthType: string(d.AuthType), Methods: d.MethodsJSON, ConfigSchema: d.ConfigSchema,
			OAuth2Config: d.OAuth2Stored, AIConfig: d.AIConfigJSON,
		}, o)
	case *model.UIComponent:
		return jsonschema.CheckUIComponent(jsonschema.UIComponentDocument{
			ComponentType: string(d.ComponentType), Fields: d.FieldsJSON, Layout: d.LayoutJSON, Actions: d.ActionsJSON,
			CustomProps: d.CustomPropsJSON, DisplayTemplate: textOf(d.DisplayTemplate),
		}, o)
	case *model.WorkflowEventTrigger:
		return jsonschema.CheckTrigger(jsonschema.TriggerDocument{
			EventPattern: d.EventPattern, TriggerType: string(d.TriggerType), EventCondition: textOf(d.EventCondition),
			CorrelationKey: textOf(d.CorrelationKey), InputMapping: d.InputMapping,
		}, o)
	case *model.EventQueue:
		return jsonschema.CheckQueueConfig(d.ConfigJSON)
	case *model.TestDefinition:
		return jsonschema.CheckTest(jsonschema.TestDocument{Cases: d.CasesJSON, SharedMocks: d.SharedMocksJSON}, o)
	}
	return nil
}

// checkExpression looks at one text where expressions stand.
func checkExpression(place jsonschema.ExpressionPlace, text string) []jsonschema.Problem {
	var out []jsonschema.Problem
	for _, issue := range expression.Check(text, expression.Place(place)) {
		out = append(out, jsonschema.Problem{
			Severity: jsonschema.Severity(issue.Severity), Code: issue.Code, Message: strings.TrimSpace(issue.Message + " " + issue.Remedy),
		})
	}
	return out
}

func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
