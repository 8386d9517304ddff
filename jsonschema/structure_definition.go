package jsonschema

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"

	"github.com/augmentedos/graph/internal/fault"
)

// EventDefinitionDocument is an event definition as far as its structure goes.
type EventDefinitionDocument struct {
	Pattern       string
	PayloadSchema []byte
	Examples      []byte
}

// CheckEventDefinition looks at whether the pattern is concrete, the payload
// schema compiles and the examples are what the schema describes.
func CheckEventDefinition(doc EventDefinitionDocument, options Options) []Problem {
	f := &findings{options: options}
	if doc.Pattern != "" {
		if mistake := patternMistake(doc.Pattern, false); mistake != "" {
			f.add(Error, "INVALID_PATTERN", "/pattern", "%s", mistake)
		}
	}
	schema := f.schema(doc.PayloadSchema, "/payload_schema")
	for i, example := range f.readList(doc.Examples, "/examples") {
		if schema == nil {
			break
		}
		for _, v := range schema.Validate(encodeOrdered(example)) {
			f.add(Warning, "INVALID_EXAMPLE", item("/examples", i)+v.Path, "%s", v.Message)
		}
	}
	return f.problems
}

// TriggerDocument is an event trigger as far as its structure goes.
type TriggerDocument struct {
	EventPattern   string
	TriggerType    string
	EventCondition string
	CorrelationKey string
	InputMapping   []byte
}

// CheckTrigger looks at a trigger's pattern and expressions.
func CheckTrigger(doc TriggerDocument, options Options) []Problem {
	f := &findings{options: options}
	if mistake := patternMistake(doc.EventPattern, true); mistake != "" {
		f.add(Error, "INVALID_PATTERN", "/event_pattern", "%s", mistake)
	}
	f.expression(PlaceTrigger, doc.EventCondition, "/event_condition")
	f.expression(PlaceTrigger, doc.CorrelationKey, "/correlation_key")
	f.mapping(PlaceTrigger, f.read(doc.InputMapping, "/input_mapping"), "/input_mapping")
	return f.problems
}

// TaskDocument is a task definition as far as its structure goes.
type TaskDocument struct {
	Type            string
	InputSchema     []byte
	OutputSchema    []byte
	RetryPolicy     []byte
	ExecutionConfig []byte
	UIComponents    []byte
}

// CheckTask looks at whether a task can be executed as it is described.
func CheckTask(doc TaskDocument, options Options) []Problem {
	f := &findings{options: options}
	f.schema(doc.InputSchema, "/input_schema")
	f.schema(doc.OutputSchema, "/output_schema")
	if policy := f.readObject(doc.RetryPolicy, "/retry_policy"); policy != nil && above(policy.get("retryInterval"), policy.get("maxRetryInterval")) {
		f.add(Warning, "RETRY_INTERVAL", "/retry_policy/maxRetryInterval", "is shorter than retryInterval, so every pause is cut to it")
	}
	config := f.readObject(doc.ExecutionConfig, "/execution_config")
	if config == nil {
		config = newObject()
	}
	f.execution(config, doc.Type)
	components := f.readList(doc.UIComponents, "/ui_components")
	f.components(components)
	if doc.Type == "MANUAL" && len(components) == 0 {
		f.add(Info, "NO_COMPONENT", "/ui_components", "names no component; people see a plain form made from the output schema")
	}
	return f.problems
}

func (f *findings) execution(config *object, kind string) {
	if security := config.object("securityContext"); security != nil {
		level, ok := security.get("securityLevel").(string)
		if ok && !slices.Contains([]string{"LOW", "MEDIUM", "HIGH"}, level) {
			f.add(Warning, "SECURITY_LEVEL", "/execution_config/securityContext/securityLevel", "is none of LOW, MEDIUM and HIGH")
		}
	}
	f.mapping(PlaceAssignment, config.get("assignmentRules"), "/execution_config/assignmentRules")
	outer := config.object("integration")
	var inner *object
	if implementation := config.object("implementation"); implementation != nil {
		inner = implementation.object("integration")
	}
	f.selector(outer, "/execution_config/integration")
	f.selector(inner, "/execution_config/implementation/integration")
	switch {
	case outer != nil && inner != nil && outer.text("type") != inner.text("type"):
		f.add(Warning, "TWO_INTEGRATIONS", "/execution_config/implementation/integration/type", "differs from the type of execution_config.integration, which is used")
	case outer == nil && inner == nil && kind == "INTEGRATION":
		f.lacks("NO_INTEGRATION", "/execution_config", "of an INTEGRATION task names no integration")
	}
}

func (f *findings) selector(integration *object, path string) {
	if integration == nil {
		return
	}
	if selector := integration.object("instanceSelector"); selector != nil && selector.text("value") == "" {
		f.lacks("NO_SELECTOR_VALUE", join(path, "instanceSelector", "value"), "is needed to find the connection")
	}
}

// IntegrationDocument is an integration definition as far as its structure
// goes.
type IntegrationDocument struct {
	Type         string
	AuthType     string
	Methods      []byte
	ConfigSchema []byte
	OAuth2Config []byte
	AIConfig     []byte
}

// CheckIntegration looks at whether an integration can be set up and called.
func CheckIntegration(doc IntegrationDocument, options Options) []Problem {
	f := &findings{options: options}
	ids := f.unique("method id")
	eachObject(f.readList(doc.Methods, "/methods"), "/methods", func(path string, method *object) {
		ids.check(method.text("id"), join(path, "id"))
		for _, key := range []string{"inputSchema", "outputSchema"} {
			if schema := method.object(key); schema != nil {
				f.schema(encodeOrdered(schema), join(path, key))
			}
		}
	})
	f.schema(doc.ConfigSchema, "/config_schema")
	if f.readObject(doc.OAuth2Config, "/oauth2_config") == nil && doc.AuthType == "oauth2" {
		f.lacks("NO_AUTH_CONFIG", "/oauth2_config", "is needed when auth_type is oauth2")
	}
	models := f.readObject(doc.AIConfig, "/ai_config")
	if models == nil {
		if doc.Type == "ai" {
			f.lacks("NO_MODELS", "/ai_config", "is needed when type is ai")
		}
		return f.problems
	}
	names := f.unique("model id")
	eachObject(models.list("availableModels"), "/ai_config/availableModels", func(path string, model *object) {
		names.check(model.text("id"), join(path, "id"))
	})
	if name := models.text("defaultModel"); name != "" && names.seen[name] == "" {
		f.add(Error, "UNKNOWN_MODEL", "/ai_config/defaultModel", "names the model %q, which is not among the available ones", name)
	}
	return f.problems
}

// CheckQueueConfig looks at whether a queue's sizes fit each other.
func CheckQueueConfig(config []byte) []Problem {
	f := &findings{}
	o := f.readObject(config, "/config")
	if o == nil {
		return f.problems
	}
	if above(o.get("highWatermark"), o.get("maxQueueDepth")) {
		f.add(Error, "WATERMARK", "/config/highWatermark", "must not be above maxQueueDepth")
	}
	if above(o.get("batchSize"), o.get("maxQueueDepth")) {
		f.add(Warning, "BATCH_SIZE", "/config/batchSize", "is above maxQueueDepth, so a batch is never full")
	}
	return f.problems
}

// above compares two numbers exactly; it does not hold when one is missing.
func above(a, b any) bool {
	x, okX := a.(json.Number)
	y, okY := b.(json.Number)
	if !okX || !okY {
		return false
	}
	left, okX := new(big.Rat).SetString(x.String())
	right, okY := new(big.Rat).SetString(y.String())
	return okX && okY && left.Cmp(right) > 0
}

// schemaMistake is what Compile's error says and where.
func schemaMistake(err error) (path, message string) {
	var broken *fault.Fault
	if errors.As(err, &broken) {
		return broken.Path, broken.Message
	}
	return "", "is not a JSON Schema that can be used"
}
