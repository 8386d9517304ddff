package jsonschema

import "strings"

// connectionStates are former words for the state of a connection, with the
// error code they imply.
var connectionStates = map[string]struct{ word, code string }{
	"ACTIVE": {word: "active"}, "INACTIVE": {word: "inactive"}, "ERROR": {word: "error"},
	"pending": {word: "inactive"}, "connected": {word: "active"}, "disconnected": {word: "inactive"},
	"PENDING": {word: "inactive"}, "CONNECTED": {word: "active"}, "DISCONNECTED": {word: "inactive"},
	"PENDING_CONFIGURATION": {word: "inactive"}, "PENDING_AUTHENTICATION": {word: "inactive"},
	"AUTH_ERROR": {word: "error", code: "AUTH_ERROR"}, "CONFIG_ERROR": {word: "error", code: "CONFIG_ERROR"},
}

var definitionWords = map[string]string{"published": "active", "archived": "deprecated"}

// formerWords are names that other documents of the domain use for the words
// of an enumeration column, in lower case.
var formerWords = map[string]map[string]string{
	"workflow_definitions.status":    definitionWords,
	"task_definitions.status":        definitionWords,
	"event_definitions.status":       definitionWords,
	"integration_definitions.status": definitionWords,
	"ui_components.status":           definitionWords,
	"test_definitions.status":        definitionWords,
	"integration_definitions.auth_type": {
		"api_key": "apikey", "api-key": "apikey", "oauth": "oauth2", "oauth_2": "oauth2",
		"none": "custom", "basic": "custom", "jwt": "custom", "bearer": "custom",
	},
	"integration_definitions.type": {"http": "integration", "graphql": "integration", "soap": "integration"},
	"workflow_event_subscriptions.status": {
		"matched": "fulfilled", "timedout": "expired", "timed_out": "expired", "canceled": "cancelled",
	},
	"workflow_instances.status": {
		"queued": "CREATED", "waiting": "WAITING_FOR_EVENT", "stopped": "CANCELLED", "canceled": "CANCELLED",
	},
	"task_instances.status": {
		"created": "PENDING", "queued": "PENDING", "dispatched": "PENDING", "retry_pending": "PENDING",
		"in_progress": "RUNNING", "reassigned": "ASSIGNED", "waiting": "ASSIGNED", "canceled": "CANCELLED",
		"timeout": "TIMED_OUT",
	},
	"dead_letter_queue.status": {"reprocessed": "resolved"},
	"test_runs.environment":    {"development": "dev", "production": "prod"},
}

// storedWords are the words the enumeration columns store.
var storedWords = map[string][]string{
	"workflow_instances.status":            {"CREATED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "WAITING_FOR_EVENT"},
	"task_instances.status":                {"PENDING", "ASSIGNED", "RUNNING", "COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"},
	"task_instances.type":                  {"AUTOMATED", "MANUAL", "INTEGRATION"},
	"task_instances.priority":              {"LOW", "MEDIUM", "HIGH", "CRITICAL"},
	"task_instances.assignee_type":         {"USER", "ROLE", "TEAM", "DEPARTMENT"},
	"task_definitions.type":                {"AUTOMATED", "MANUAL", "INTEGRATION"},
	"workflow_event_triggers.trigger_type": {"START", "CANCEL"},
	"ui_components.component_type":         {"Form", "Modal", "Display", "Custom"},
	"workflow_definitions.status":          {"draft", "active", "deprecated"},
	"task_definitions.status":              {"draft", "active", "deprecated"},
	"event_definitions.status":             {"draft", "active", "deprecated"},
	"integration_definitions.status":       {"draft", "active", "deprecated"},
	"ui_components.status":                 {"draft", "active", "deprecated"},
	"test_definitions.status":              {"draft", "active", "deprecated"},
	"test_definitions.type":                {"task", "workflow"},
	"integration_definitions.type":         {"integration", "ai", "documents", "database"},
	"integration_definitions.auth_type":    {"oauth2", "apikey", "custom"},
	"integration_instances.context_type":   {"global", "client", "user"},
	"workflow_event_subscriptions.status":  {"active", "fulfilled", "expired", "cancelled"},
	"event_sequences.status":               {"created", "in_progress", "completed", "failed"},
	"event_queue_state.status":             {"active", "paused", "draining"},
	"dead_letter_queue.status":             {"pending", "reprocessing", "resolved", "discarded"},
	"test_runs.status":                     {"running", "passed", "failed", "error", "cancelled"},
	"test_runs.environment":                {"dev", "staging", "prod", "local", "ci"},
	"test_case_results.status":             {"passed", "failed", "error", "skipped", "timeout"},
}

// NormalizeWord turns a former or differently spelled word of an enumeration
// column (not JSON: a status, a type) into the stored one. A word it does not
// know comes back as it is, for the column's CHECK to judge.
func NormalizeWord(table, column, word string) (stored string, changed bool) {
	name := table + "." + column
	for _, stored := range storedWords[name] {
		if stored == word {
			return word, false
		}
	}
	for _, stored := range storedWords[name] {
		if squeeze(stored) == squeeze(word) {
			return stored, true
		}
	}
	if stored, ok := formerWords[name][strings.ToLower(word)]; ok {
		return stored, true
	}
	return word, false
}
