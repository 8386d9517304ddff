package jsonschema_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/jsonschema"
)

// Schemas are built from real keywords with right and wrong values, so that
// what compiles is strange and what does not is refused politely.
func TestAnyMixtureOfKeywordsIsRefusedOrChecksWithinBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(schemaOf(3).Draw(t, "schema"))
		require.NoError(t, err)
		doc, err := json.Marshal(documentOf(3).Draw(t, "document"))
		require.NoError(t, err)
		schema, err := jsonschema.Compile(text)
		if err != nil {
			require.Equal(t, fault.Validation, fault.CodeOf(err))
			return
		}
		for _, v := range schema.Validate(doc) {
			require.NotEmpty(t, v.Keyword, "%+v", v)
			require.NotEmpty(t, v.Message, "%+v", v)
		}
	})
}

func schemaOf(depth int) *rapid.Generator[any] {
	if depth == 0 {
		return rapid.OneOf(rapid.Just[any](true), rapid.Just[any](false), rapid.Just[any](map[string]any{}), rapid.Just[any](map[string]any{"type": "string"}))
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return schemaOf(depth - 1) })
	list := asAny(rapid.SliceOfN(inner, 1, 3))
	byName := asAny(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "^x", "$ref", "a/b~%"}), inner, 0, 3))
	number := rapid.OneOf(asAny(rapid.IntRange(-1, 3)), asAny(rapid.Just(0.1)), asAny(rapid.Just(json.Number("1e30"))))
	keywords := map[string]*rapid.Generator[any]{
		"type": asAny(rapid.SampledFrom([]string{"string", "integer", "object", "array", "null"})), "enum": asAny(rapid.SliceOfN(documentOf(1), 1, 3)), "const": documentOf(1),
		"minimum": number, "exclusiveMaximum": number, "multipleOf": number, "minLength": number, "maxItems": number, "minContains": number, "maxProperties": number,
		"pattern": asAny(rapid.SampledFrom([]string{"^x", "(", "a{2}", "(?=x)"})), "format": asAny(rapid.SampledFrom([]string{"uuid", "date-time", "regex", "ipv6", "uri-reference", "json-pointer", "none"})),
		"properties": byName, "patternProperties": byName, "$defs": byName, "definitions": byName, "dependentSchemas": byName, "dependencies": byName,
		"additionalProperties": inner, "propertyNames": inner, "items": rapid.OneOf(inner, list), "prefixItems": list, "contains": inner, "unevaluatedProperties": inner,
		"unevaluatedItems": inner, "allOf": list, "anyOf": list, "oneOf": list, "not": inner, "if": inner, "then": inner, "else": inner,
		"required": asAny(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2)), "uniqueItems": asAny(rapid.Bool()),
		"$ref":    asAny(rapid.SampledFrom([]string{"#", "#/$defs/a", "#/properties/a", "#a", "#/items", "x.json", "#/%24defs/b", "#/$defs/a~1b~0%25"})),
		"$anchor": asAny(rapid.Just("a")), "$dynamicAnchor": asAny(rapid.Just("a")), "$dynamicRef": asAny(rapid.Just("#a")), "$id": asAny(rapid.SampledFrom([]string{"#a", "x", "https://example.com/x"})),
		"$schema": asAny(rapid.SampledFrom([]string{"http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"})), "unknown": inner,
	}
	names := slices.Sorted(maps.Keys(keywords))
	return rapid.Custom(func(t *rapid.T) any {
		schema := map[string]any{}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 5, rapid.ID[string]).Draw(t, "keywords") {
			schema[name] = keywords[name].Draw(t, name)
		}
		return schema
	})
}

func documentOf(depth int) *rapid.Generator[any] {
	leaf := rapid.OneOf(asAny(rapid.SampledFrom([]string{"", "x", "xx", "a/b~%"})), asAny(rapid.IntRange(-2, 4)), asAny(rapid.Just(0.3)), asAny(rapid.Bool()), rapid.Just[any](nil))
	if depth == 0 {
		return leaf
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return documentOf(depth - 1) })
	return rapid.OneOf(leaf, asAny(rapid.SliceOfN(inner, 0, 3)), asAny(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "x1", "a/b~%"}), inner, 0, 3)))
}

func asAny[T any](g *rapid.Generator[T]) *rapid.Generator[any] {
	return rapid.Map(g, func(v T) any { return v })
}
