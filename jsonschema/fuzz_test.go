package jsonschema_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/jsonschema"
)

// patience is far above what any check may take on a busy machine.
const patience = 20 * time.Second

func FuzzValidate(f *testing.F) {
	columns := jsonschema.Columns()
	for i, name := range columns {
		f.Add(uint8(i), example(f, name))
	}
	f.Fuzz(func(t *testing.T, column uint8, doc []byte) {
		table, name, _ := strings.Cut(columns[int(column)%len(columns)], ".")
		within(t, func() { bounded(t, doc, jsonschema.Validate(table, name, doc)) })
	})
}

func FuzzCompile(f *testing.F) {
	for _, text := range sources() {
		f.Add(text, []byte(`{"a":[1,"x",null]}`))
	}
	for _, schema := range []string{
		`{"$ref":"#"}`, `{"$ref":"file:///etc/passwd"}`, `{"properties":{"a":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}}}`,
		`{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"a":{"$id":"#a"}},"$ref":"#a"}`,
		`{"$defs":{"a":{"$dynamicAnchor":"a"}},"$dynamicRef":"#a","unevaluatedProperties":false}`,
		`{"pattern":"(a{2}){3}","patternProperties":{"^x":{"dependentSchemas":{"y":{"not":{}}}}},"uniqueItems":true,"multipleOf":0.1}`,
		`{"if":{"contains":{"const":1}},"then":{"prefixItems":[true]},"else":{"enum":[[],{}]},"minContains":0}`, `true`,
	} {
		f.Add([]byte(schema), []byte(`[1.5,{"x1":2,"y":[]}]`))
	}
	f.Fuzz(func(t *testing.T, text, doc []byte) {
		within(t, func() {
			schema, err := jsonschema.Compile(text)
			if err != nil {
				if fault.CodeOf(err) != fault.Validation {
					t.Fatalf("not a validation fault: %v", err)
				}
				return
			}
			bounded(t, doc, schema.Validate(doc))
		})
	})
}

func FuzzNormalize(f *testing.F) {
	columns := jsonschema.Columns()
	for i, name := range columns {
		f.Add(uint8(i), example(f, name))
	}
	f.Fuzz(func(t *testing.T, column uint8, doc []byte) {
		table, name, _ := strings.Cut(columns[int(column)%len(columns)], ".")
		within(t, func() {
			once, _, err := jsonschema.Normalize(table, name, doc)
			if err != nil {
				if fault.CodeOf(err) != fault.Validation {
					t.Fatalf("not a validation fault: %v", err)
				}
				return
			}
			twice, changes, err := jsonschema.Normalize(table, name, once)
			if err != nil || len(changes) > 0 || string(once) != string(twice) {
				t.Fatalf("the second pass changed %s to %s (%v)", once, twice, err)
			}
		})
	})
}

func FuzzCheckWorkflow(f *testing.F) {
	f.Add(example(f, "workflow_definitions.steps"))
	f.Fuzz(func(t *testing.T, steps []byte) {
		within(t, func() { jsonschema.CheckWorkflow(jsonschema.WorkflowDocument{Steps: steps}, jsonschema.Options{}) })
	})
}

func within(t *testing.T, check func()) {
	start := time.Now()
	check()
	if took := time.Since(start); took > patience {
		t.Fatalf("took %v", took)
	}
}

func bounded(t *testing.T, doc []byte, violations []jsonschema.Violation) {
	if len(violations) > 50 {
		t.Fatalf("%d violations", len(violations))
	}
	if len(violations) == 0 && !json.Valid(doc) {
		t.Fatalf("accepted what is not JSON: %q", doc)
	}
	for _, v := range violations {
		if v.Message == "" || v.Keyword == "" {
			t.Fatalf("empty violation %+v", v)
		}
	}
}
