package jsonschema_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/jsonschema"
)

func TestASchemaThatCannotBeStoredIsRefusedWithThePlaceAndTheReason(t *testing.T) {
	t.Parallel()
	chain := `{"$ref":"#/$defs/s0","$defs":{`
	for i := range 40 {
		chain += fmt.Sprintf(`"s%d":{"$ref":"#/$defs/s%d"},`, i, i+1)
	}
	chain += `"s40":{}}}`
	anchors := `{"$defs":{"x":{}`
	for i := range 101 {
		anchors += fmt.Sprintf(`,"s%d":{"$anchor":"a%d"}`, i, i)
	}
	anchors += `}}`
	cases := map[string]struct{ schema, path, says string }{
		"a file is never read":               {`{"properties":{"a":{"$ref":"file:///etc/passwd"}}}`, "/properties/a/$ref", "another document"},
		"an address is never called":         {`{"$ref":"http://example.com/schema.json"}`, "/$ref", "another document"},
		"neither over TLS":                   {`{"allOf":[{"$ref":"https://example.com/schema.json#/$defs/x"}]}`, "/allOf/0/$ref", "another document"},
		"relative references leave as well":  {`{"items":{"$ref":"other.json"}}`, "/items/$ref", "another document"},
		"a dynamic reference may not leave":  {`{"$dynamicRef":"http://example.com/#x"}`, "/$dynamicRef", "another document"},
		"a reference with a base of its own": {`{"$id":"http://example.com/a","$ref":"b"}`, "/$ref", "another document"},
		"an address inside the schema":       {`{"$defs":{"a":{"$id":"http://example.com/a"}}}`, "/$defs/a/$id", "address"},
		"a metaschema of one's own":          {`{"$schema":"http://example.com/meta"}`, "/$schema", "not supported"},
		"an old draft":                       {`{"$schema":"http://json-schema.org/draft-04/schema#"}`, "/$schema", "not supported"},
		"a draft that is no text":            {`{"$schema":4}`, "/$schema", "must be a string"},
		"a type that does not exist":         {`{"properties":{"a":{"type":"strin"}}}`, "/properties/a/type", "must be one of"},
		"a bound that is no number":          {`{"minLength":"3"}`, "/minLength", "must be a whole number"},
		"a pattern RE2 cannot run":           {`{"pattern":"(?=a)b"}`, "/pattern", "RE2"},
		"a pattern that repeats too much":    {`{"pattern":"(abcdefgh){200}"}`, "/pattern", "repeats too much"},
		"a pattern of keys too":              {`{"patternProperties":{"(ab){1000}":{}}}`, "/patternProperties/(ab){1000}", "repeats too much"},
		"a place that does not exist":        {`{"$ref":"#/$defs/x"}`, "/$ref", "does not exist"},
		"an anchor that does not exist":      {`{"$ref":"#x"}`, "/$ref", "does not exist"},
		"a place that holds no schema":       {`{"$ref":"#/title","title":"x"}`, "/$ref", "holds no schema"},
		"a loop":                             {`{"$ref":"#"}`, "", "without end"},
		"a long chain":                       {chain, "", "applies more than 32"},
		"a list":                             {`[]`, "", "must be an object"},
		"a text":                             {`"x"`, "", "must be an object"},
		"broken text":                        {`{"type":`, "", "not valid JSON"},
		"two documents":                      {`{} {}`, "", "not valid JSON"},
		"too many levels":                    {strings.Repeat(`{"not":`, 33) + "{}" + strings.Repeat("}", 33), "", "nested more than 32"},
		"too large":                          {`{"title":"` + strings.Repeat("x", 256<<10) + `"}`, "", "larger than 256 KiB"},
		"too many parts":                     {`{"allOf":[{}` + strings.Repeat(",{}", 6000) + `]}`, "", "more than 5000 parts"},
		"too many anchors":                   {anchors, "", "more than 100 anchors"},
		"a number that explodes":             {`{"minimum":1e999999999}`, "/minimum", "exponent"},
		"NUL":                                {`{"title":"a\u0000b"}`, "/title", "NUL"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := jsonschema.Compile([]byte(c.schema))
			var refused *fault.Fault
			require.True(t, errors.As(err, &refused), "%v", err)
			require.Equal(t, fault.Validation, refused.Code)
			require.Contains(t, refused.Message, c.says)
			if c.path != "" {
				require.Equal(t, c.path, refused.Path)
			}
		})
	}
}

func TestADocumentIsCheckedByTheDraftItsSchemaNames(t *testing.T) {
	t.Parallel()
	tuple := `"items":[{"type":"string"}],"additionalItems":false}`
	old, err := jsonschema.Compile([]byte(`{"$schema":"http://json-schema.org/draft-07/schema#",` + tuple))
	require.NoError(t, err)
	require.Empty(t, old.Validate([]byte(`["a"]`)))
	require.NotEmpty(t, old.Validate([]byte(`["a",1]`)))
	_, err = jsonschema.Compile([]byte(`{` + tuple))
	require.ErrorContains(t, err, "must be", "draft 2020-12 is meant when the schema does not say")
	current, err := jsonschema.Compile([]byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","prefixItems":[{"type":"string"}],"items":false}`))
	require.NoError(t, err)
	require.Equal(t, "/1", current.Validate([]byte(`["a",1]`))[0].Path)
}

func TestAViolationNamesThePlaceAndWhatToDo(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.Compile([]byte(`{
		"type": "object", "required": ["id", "mail"], "additionalProperties": false,
		"properties": {
			"id": {"type": "string", "format": "uuid"}, "mail": {"type": "string"},
			"size": {"enum": ["S", "M"]}, "count": {"type": "integer", "minimum": 1},
			"a/b~c": {"type": "number", "exclusiveMaximum": 0.3},
			"either": {"oneOf": [{"type": "string", "minLength": 2}, {"type": "object", "required": ["x"]}]},
			"list": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/name"}}
		},
		"$defs": {"name": {"type": ["string", "null"], "pattern": "^[a-z ]+$"}}}`))
	require.NoError(t, err)
	found := schema.Validate([]byte(`{"id":"x","size":"XL","count":0.5,"a/b~c":0.3,"either":{},"list":["a","a","B",1],"Mail":""}`))
	require.Equal(t, []jsonschema.Violation{
		{Path: "/Mail", Keyword: "additionalProperties", Message: "is not a known key; did you mean mail?"},
		{Path: "/a~1b~0c", Keyword: "exclusiveMaximum", Message: "must be less than 0.3"},
		{Path: "/count", Keyword: "type", Message: "must be a whole number, not a number"},
		{Path: "/either/x", Keyword: "required", Message: "is required"},
		{Path: "/id", Keyword: "format", Message: "must be a UUID"},
		{Path: "/list", Keyword: "uniqueItems", Message: "must not hold the same item twice"},
		{Path: "/list/2", Keyword: "pattern", Message: "must match the pattern ^[a-z ]+$"},
		{Path: "/list/3", Keyword: "type", Message: "must be a string or null, not a number"},
		{Path: "/mail", Keyword: "required", Message: "is required"},
		{Path: "/size", Keyword: "enum", Message: `must be one of "S", "M"`},
	}, found)
}

func TestNumbersAreComparedAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.Compile([]byte(`{"const":9007199254740993}`))
	require.NoError(t, err)
	require.Empty(t, schema.Validate([]byte(`9007199254740993`)))
	require.NotEmpty(t, schema.Validate([]byte(`9007199254740992`)))
	tenth, err := jsonschema.Compile([]byte(`{"multipleOf":0.1}`))
	require.NoError(t, err)
	require.Empty(t, tenth.Validate([]byte(`0.3`)))
}

func TestWhatCannotBeStoredIsRefusedBeforeAnySchema(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.Compile([]byte(`true`))
	require.NoError(t, err)
	cases := map[string]struct{ doc, keyword, path string }{
		"NUL":                {`{"a":["x","\u0000"]}`, "nul", "/a/1"},
		"NUL in a key":       {`{"\u0000":1}`, "nul", "/"},
		"an escaped escape":  {`{"a":"\\u0000"}`, "", ""},
		"half a surrogate":   {`{"a":"\ud83d"}`, "unicode", "/a"},
		"the other half":     {`{"a":"\ude00"}`, "unicode", "/a"},
		"a whole pair":       {`{"a":"\ud83d\ude00"}`, "", ""},
		"not UTF-8":          {"{\"a\":\"\xff\"}", "json", ""},
		"nothing":            {``, "json", ""},
		"not JSON":           {`{a:1}`, "json", ""},
		"64 levels":          {strings.Repeat("[", 64) + strings.Repeat("]", 64), "", ""},
		"65 levels":          {strings.Repeat("[", 65) + strings.Repeat("]", 65), "depth", strings.Repeat("/0", 64)},
		"100000 levels":      {strings.Repeat("[", 100000) + strings.Repeat("]", 100000), "json", ""},
		"a huge exponent":    {`[1e1000]`, "number", "/0"},
		"a tiny exponent":    {`[1E-1000]`, "number", "/0"},
		"a very long number": {"[" + strings.Repeat("9", 101) + "]", "number", "/0"},
	}
	for name, c := range cases {
		found := schema.Validate([]byte(c.doc))
		if c.keyword == "" {
			require.Empty(t, found, name)
			continue
		}
		require.Len(t, found, 1, name)
		require.Equal(t, c.keyword, found[0].Keyword, name)
		require.Equal(t, c.path, found[0].Path, name)
	}
}

func TestASchemaThatMultipliesWithEveryLevelIsStoppedInTime(t *testing.T) {
	t.Parallel()
	bombs := map[string]struct{ schema, doc string }{
		"a tree of references": {`{"properties":{"a":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}}}`,
			strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60)},
		"layers in place": {`{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}],"$defs":{` +
			`"a":{"allOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]},` +
			`"b":{"allOf":[{"$ref":"#/$defs/c"},{"$ref":"#/$defs/c"},{"$ref":"#/$defs/c"},{"$ref":"#/$defs/c"}]},` +
			`"c":{"items":{"$ref":"#"}}}}`, strings.Repeat("[", 20) + "1" + strings.Repeat("]", 20)},
		"a slow pattern": {`{"items":{"pattern":"^(a?){200}b$"}}`,
			`["` + strings.Repeat("a", 100000) + `"` + strings.Repeat(`,"`+strings.Repeat("a", 10000)+`"`, 100) + `]`},
		"long paths": {`{}`, strings.Repeat(`{"`+strings.Repeat("k", 1000)+`":`, 60) + "[1" + strings.Repeat(",1", 50000) + "]" + strings.Repeat("}", 60)},
	}
	for name, bomb := range bombs {
		schema, err := jsonschema.Compile([]byte(bomb.schema))
		require.NoError(t, err, name)
		start := time.Now()
		found := schema.Validate([]byte(bomb.doc))
		t.Logf("%s: %v", name, time.Since(start))
		require.Len(t, found, 1, name)
		require.Equal(t, "budget", found[0].Keyword, name)
	}
}

func TestAWideHonestDocumentStaysWithinTheBudget(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.Compile([]byte(`{"type":"array","items":{"type":"object","required":["id"],"properties":{
		"id":{"type":"string","format":"uuid"},"total":{"type":"number","minimum":0},"tags":{"type":"array","items":{"type":"string"}}}}}`))
	require.NoError(t, err)
	row := `{"id":"30f9e58b-6ea6-4e8b-b45c-60a4c04f23d7","total":12.50,"tags":["a","b"]}`
	require.Empty(t, schema.Validate([]byte("["+row+strings.Repeat(","+row, 20000)+"]")))
}

func TestAtMostFiftyViolationsAreReportedInAStableOrder(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.Compile([]byte(`{"items":{"type":"string"}}`))
	require.NoError(t, err)
	doc := []byte("[1" + strings.Repeat(",1", 400) + "]")
	first := schema.Validate(doc)
	require.Len(t, first, 50)
	require.Equal(t, "/2", first[2].Path)
	require.Equal(t, "/49", first[49].Path)
	require.Equal(t, first, schema.Validate(doc))
}

func TestOneSchemaServesManyGoroutines(t *testing.T) {
	t.Parallel()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				schema, err := jsonschema.Compile([]byte(`{"type":"object","required":["a"]}`))
				if err != nil || len(schema.Validate([]byte(`{}`))) != 1 || len(schema.Validate([]byte(`{"a":1}`))) != 0 {
					t.Error("a shared schema gave a wrong answer")
				}
				if len(jsonschema.Validate("event_definitions", "payload_schema", []byte(`{"type":"text"}`))) != 1 {
					t.Error("a shared column gave a wrong answer")
				}
			}
		})
	}
	wait.Wait()
}
