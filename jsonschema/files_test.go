package jsonschema_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	engine "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/jsonschema"
)

// jsonbColumns are all JSONB columns of the 17 tables, the array forms that
// import and export exchange, and the credentials before encryption.
var jsonbColumns = map[string]string{
	"event_definitions":       "source_types payload_schema examples ui_metadata",
	"event_instances":         "source payload metadata",
	"event_sequences":         "events metadata rollback_strategy",
	"event_queue_state":       "events queue_metrics config",
	"dead_letter_queue":       "original_event error_context retry_history",
	"workflow_definitions":    "input_schema output_schema steps compensation_steps cancellation_triggers ui_components execution_log metadata",
	"workflow_instances":      "input output state error cancellation compensation_state",
	"workflow_event_triggers": "input_mapping",
	"task_definitions":        "input_schema output_schema retry_policy execution_config ui_components metadata",
	"task_instances":          "input output error retry_policy execution_metadata draft_output",
	"integration_definitions": "methods config_schema oauth2_config ai_config",
	"integration_instances":   "status config credentials_meta credentials",
	"ui_components":           "fields layout actions custom_props",
	"test_definitions":        "cases shared_mocks tags",
	"test_case_results":       "input output error assertions",
}

func TestEveryJSONBColumnHasItsSchemaFileAndNoFileIsLeftOver(t *testing.T) {
	t.Parallel()
	var want []string
	for table, columns := range jsonbColumns {
		for _, column := range strings.Fields(columns) {
			want = append(want, table+"."+column)
			require.True(t, jsonschema.Has(table, column), "%s.%s", table, column)
		}
	}
	require.Len(t, want, 62)
	require.ElementsMatch(t, want, jsonschema.Columns())
	require.False(t, jsonschema.Has("workflow_definitions", "no_such_column"))
	require.Panics(t, func() { jsonschema.Validate("no_such_table", "x", []byte(`{}`)) })
}

func TestEverySchemaFileIsDraft202012AndValidAsSuch(t *testing.T) {
	t.Parallel()
	const draft = "https://json-schema.org/draft/2020-12/schema"
	meta := engine.MustCompile(draft)
	for name, text := range sources() {
		var schema map[string]any
		require.NoError(t, json.Unmarshal(text, &schema), name)
		require.Equal(t, draft, schema["$schema"], name)
		require.Equal(t, name+".schema.json", schema["$id"], name)
		require.NoError(t, meta.Validate(schema), name)
	}
}

func TestEveryNamedPropertyHasATitleAndADescription(t *testing.T) {
	t.Parallel()
	described := 0
	for name, text := range sources() {
		var schema any
		require.NoError(t, json.Unmarshal(text, &schema))
		root := schema.(map[string]any)
		require.NotEmpty(t, root["title"], name)
		require.NotEmpty(t, root["description"], name)
		eachNamed(schema, "", func(pointer string, property map[string]any) {
			described++
			require.NotEmpty(t, property["title"], "%s#%s", name, pointer)
			require.NotEmpty(t, property["description"], "%s#%s", name, pointer)
		})
	}
	require.Greater(t, described, 350)
}

// eachNamed visits the schemas under properties and $defs.
func eachNamed(schema any, pointer string, visit func(string, map[string]any)) {
	switch schema := schema.(type) {
	case []any:
		for _, one := range schema {
			eachNamed(one, pointer, visit)
		}
	case map[string]any:
		for keyword, value := range schema {
			if keyword == "if" {
				continue
			}
			if keyword == "properties" || keyword == "$defs" {
				for name, property := range value.(map[string]any) {
					visit(pointer+"/"+keyword+"/"+name, property.(map[string]any))
					eachNamed(property, pointer+"/"+keyword+"/"+name, visit)
				}
				continue
			}
			eachNamed(value, pointer+"/"+keyword, visit)
		}
	}
}

func sources() map[string][]byte {
	all := map[string][]byte{"common": jsonschema.Common()}
	for _, name := range jsonschema.Columns() {
		table, column, _ := strings.Cut(name, ".")
		all[name] = jsonschema.Source(table, column)
	}
	return all
}

func example(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "examples", name+".json"))
	require.NoError(t, err)
	return text
}
