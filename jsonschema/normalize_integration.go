package jsonschema

import "slices"

// methods gives the schemas of a method their stored names.
func (n *normalizer) methods(value any) any {
	list, _ := value.([]any)
	for i, one := range list {
		if method, ok := one.(*object); ok {
			n.rename(method, item("", i), "paramSchema", "inputSchema")
			n.rename(method, item("", i), "resultSchema", "outputSchema")
		}
	}
	return value
}

// schemaWithObject are keywords whose value is an object in a JSON Schema too,
// so that an object under them proves nothing.
var schemaWithObject = []string{
	"properties", "patternProperties", "additionalProperties", "definitions", "dependencies", "dependentSchemas",
	"items", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems",
	"default", "const",
}

// configSchema makes a schema of a bare map of properties. A property that
// says of itself that it is required is listed as such.
func (n *normalizer) configSchema(value any) any {
	old, ok := value.(*object)
	if !ok || !isPropertyMap(old) {
		return value
	}
	properties, required := old.clone(), []any{}
	for _, name := range properties.keys {
		property, ok := properties.get(name).(*object)
		if !ok {
			continue
		}
		if needed, ok := property.get("required").(bool); ok {
			property = property.clone()
			property.delete("required")
			properties.set(name, property)
			if needed {
				required = append(required, name)
			}
		}
	}
	schema := newObject().set("type", "object").set("properties", properties)
	if len(required) > 0 {
		schema.set("required", required)
	}
	n.changed("", old, schema, "a bare map of properties is the schema of an object")
	return schema
}

// isPropertyMap tells a map of properties from a JSON Schema: all its values
// are schemas, and at least one key can only be a property.
func isPropertyMap(o *object) bool {
	certain := false
	for _, key := range o.keys {
		switch o.get(key).(type) {
		case *object, bool:
		default:
			return false
		}
		if key[:min(len(key), 1)] == "$" {
			return false
		}
		if _, isObject := o.get(key).(*object); isObject && !slices.Contains(schemaWithObject, key) {
			certain = true
		}
	}
	return certain
}

// connectionStatus turns the older forms and words of a connection's status
// into an object with a state.
func (n *normalizer) connectionStatus(value any) any {
	if word, ok := value.(string); ok {
		status := newObject().set("state", word)
		n.changed("", word, status, "the status is an object with a state")
		value = status
	}
	status, ok := value.(*object)
	if !ok {
		return value
	}
	n.rename(status, "", "status", "state")
	word := status.text("state")
	if state, known := connectionStates[word]; known {
		status.set("state", state.word)
		n.changed("/state", word, state.word, "the state is one of inactive, active and error")
		if state.code != "" && !status.has("code") {
			status.set("code", state.code)
			n.added("/code", state.code, "the former state says what is wrong")
		}
	}
	return value
}

// credentialsMeta spells the kind of credentials.
func (n *normalizer) credentialsMeta(value any) any {
	if meta, ok := value.(*object); ok {
		if word, changed := NormalizeWord("integration_definitions", "auth_type", meta.text("type")); changed {
			n.changed("/type", meta.text("type"), word, "the kind is one of oauth2, apikey and custom")
			meta.set("type", word)
		}
	}
	return value
}
