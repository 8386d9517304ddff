package importer

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// firstVersion is the version of a definition that tells none.
const firstVersion = "1.0.0"

var camelHump = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// rename gives columns their present names.
func (rd *reader) rename(r raw) {
	for from, value := range r.columns {
		to := rd.table.renamed[from]
		if to == "" && !rd.known(from) {
			if snake := strings.ToLower(camelHump.ReplaceAllString(from, "${1}_$2")); snake != from && rd.known(snake) {
				to = snake
			}
		}
		if _, taken := r.columns[to]; to == "" || taken {
			continue
		}
		delete(r.columns, from)
		r.columns[to] = value
		rd.tell(Changed, ColumnRenamed, "/"+from, value, nil, "the column is called %s", to)
	}
}

func (rd *reader) known(name string) bool {
	return name == rd.table.items() || slices.ContainsFunc(rd.columns, func(c column) bool { return c.name == name })
}

// legacy mends what older writers left in several columns at once.
func (rd *reader) legacy(r raw) {
	if rd.table.definition {
		rd.definition(r)
	}
	switch rd.table.name {
	case "task_definitions":
		rd.implementation(r)
	case "event_queue_state":
		if id := plainText(r.columns["id"]); !r.has("queue_id") && id != "" && uuid.Validate(id) != nil {
			r.columns["queue_id"] = quote(id)
			rd.tell(Changed, ColumnRenamed, "/id", quote(id), nil, "the id is the business key queue_id")
		}
	case "dead_letter_queue":
		rd.deadLetter(r)
	case "integration_instances":
		rd.context(r)
	}
}

// definition completes a definition of a time before versions and statuses. A
// stored one keeps its status: it may have been deprecated since.
func (rd *reader) definition(r raw) {
	if !r.has("status") {
		delete(r.columns, "status")
		rd.row.values["status"] = cell{text: "active", onlyNew: true}
		rd.tell(Changed, DefaultTaken, "/status", nil, quote("active"), "a definition without a status is active")
	}
	if !r.has("version") {
		r.columns["version"] = quote(firstVersion)
		rd.tell(Changed, DefaultTaken, "/version", nil, quote(firstVersion), "a definition without a version is %s", firstVersion)
	}
}

// implementation moves a task's top-level object to where it has a column.
func (rd *reader) implementation(r raw) {
	implementation, ok := r.columns["implementation"]
	if !ok || string(implementation) == "null" {
		return
	}
	config := map[string]json.RawMessage{}
	if r.has("execution_config") && json.Unmarshal(r.columns["execution_config"], &config) != nil {
		return
	}
	if _, taken := config["implementation"]; taken {
		return
	}
	config["implementation"] = implementation
	if _, ok := config["executor"]; !ok {
		config["executor"] = quote("standard-executor")
	}
	merged, err := json.Marshal(config)
	if err != nil {
		return
	}
	delete(r.columns, "implementation")
	r.columns["execution_config"] = merged
	rd.tell(Changed, LegacyShape, "/implementation", implementation, nil, "the implementation belongs into execution_config")
}

// deadLetter makes the resolution agree with the status: it is there exactly
// when the entry is closed.
func (rd *reader) deadLetter(r raw) {
	status := strings.ToLower(r.text("status"))
	closed := status == "resolved" || status == "discarded" || status == "reprocessed"
	if !closed {
		if status == "" {
			status = "pending"
		}
		for _, column := range []string{"resolution_timestamp", "resolution_strategy"} {
			if r.has(column) {
				rd.tell(Changed, Inconsistent, "/"+column, r.columns[column], json.RawMessage("null"), "an entry that is %s has no resolution yet", status)
				r.columns[column] = json.RawMessage("null")
			}
		}
		return
	}
	if !r.has("resolution_timestamp") {
		at := r.columns["updated_at"]
		if r.has("processed_at") {
			at = r.columns["processed_at"]
		}
		if !r.has("updated_at") && !r.has("processed_at") {
			at = quote(rd.row.at.Format(timeLayouts[0]))
		}
		r.columns["resolution_timestamp"] = at
		rd.tell(Changed, Inconsistent, "/resolution_timestamp", nil, at, "a closed entry has a time of resolution; the last change stands in")
	}
	if !r.has("resolution_strategy") {
		strategy := map[string]string{"resolved": "manual_resolution", "discarded": "discard", "reprocessed": "manual_retry"}[status]
		r.columns["resolution_strategy"] = quote(strategy)
		rd.tell(Changed, Inconsistent, "/resolution_strategy", nil, quote(strategy), "a closed entry says how it was resolved")
	}
}

// context takes the id off a connection that is for everybody.
func (rd *reader) context(r raw) {
	kind := r.text("context_type")
	if (kind == "" || strings.EqualFold(kind, "global")) && r.has("context_id") {
		rd.tell(Changed, Inconsistent, "/context_id", r.columns["context_id"], json.RawMessage("null"), "a global connection belongs to no context")
		r.columns["context_id"] = json.RawMessage("null")
	}
}
