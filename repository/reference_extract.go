package repository

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/augmentedos/graph/graph/scalar"
)

// Reference is one place in a definition's documents that names another
// definition. It becomes a row of a reference table, so that
// both directions of the edge are one indexed join.
type Reference struct {
	Table   string // the reference table, such as workflow_task_references
	Path    string // JSON Pointer within the row seen as an object of its columns
	Key     string // business id of the other definition
	Version string // the version asked for, "" for the active one
}

// ReferenceTable is where the references of one kind of definition to another
// are stored.
type ReferenceTable struct {
	Name      string
	Source    string // the table of the definitions that refer
	Target    string // the table of the definitions they refer to
	TargetKey string // its business key
}

// ReferenceTables lists the six kinds of references.
var ReferenceTables = []ReferenceTable{
	{"workflow_task_references", "workflow_definitions", "task_definitions", "task_id"},
	{"workflow_ui_component_references", "workflow_definitions", "ui_components", "component_id"},
	{"task_ui_component_references", "task_definitions", "ui_components", "component_id"},
	{"task_integration_references", "task_definitions", "integration_definitions", "integration_id"},
	{"ui_component_integration_references", "ui_components", "integration_definitions", "integration_id"},
	{"ui_component_child_references", "ui_components", "ui_components", "component_id"},
}

// References finds the references in the documents of a row of a definition
// table. row needs the JSON columns only; a document may be scalar.JSON,
// json.RawMessage or []byte. Tables without references answer none, and so do
// documents of another shape than their schema's.
func References(table string, row Values) []Reference {
	x := &extractor{row: row}
	switch table {
	case "workflow_definitions":
		x.steps("/steps", x.list("steps"))
		x.each("/compensation_steps", x.list("compensation_steps"), func(path string, step map[string]any) {
			x.add("workflow_task_references", path, step, "taskId", "taskVersion")
		})
		x.components("workflow_ui_component_references")
	case "task_definitions":
		x.components("task_ui_component_references")
		config := x.object("execution_config")
		x.add("task_ui_component_references", "/execution_config", config, "primaryUIComponent", "")
		x.add("task_integration_references", "/execution_config/integration", inner(config, "integration"), "type", "")
		implementation := inner(config, "implementation")
		x.add("task_integration_references", "/execution_config/implementation/integration", inner(implementation, "integration"), "type", "")
	case "ui_components":
		x.each("/fields", x.list("fields"), func(path string, field map[string]any) {
			x.add("ui_component_integration_references", path+"/dataSource", inner(field, "dataSource"), "integrationId", "")
		})
		integrations, _ := x.object("custom_props")["integrations"].([]any)
		x.each("/custom_props/integrations", integrations, func(path string, use map[string]any) {
			x.add("ui_component_integration_references", path, use, "integrationId", "")
		})
		x.layout("/layout", x.object("layout"))
	}
	return x.found
}

// extractor collects references while it walks the documents of a row.
type extractor struct {
	row   Values
	found []Reference
}

func (x *extractor) add(table, path string, owner map[string]any, key, version string) {
	name, _ := owner[key].(string)
	if name == "" {
		return
	}
	r := Reference{Table: table, Path: path + "/" + key, Key: name}
	if version != "" {
		r.Version, _ = owner[version].(string)
	}
	x.found = append(x.found, r)
}

func (x *extractor) each(path string, list []any, visit func(path string, item map[string]any)) {
	for i, one := range list {
		if item, ok := one.(map[string]any); ok {
			visit(path+"/"+strconv.Itoa(i), item)
		}
	}
}

// steps walks the steps of a workflow and the branches inside them. A form that
// a step names in place is a component of the workflow.
func (x *extractor) steps(path string, list []any) {
	x.each(path, list, func(path string, step map[string]any) {
		x.add("workflow_task_references", path, step, "taskId", "taskVersion")
		x.add("workflow_ui_component_references", path+"/taskDefinition", inner(step, "taskDefinition"), "taskForm", "")
		branches, _ := step["parallelBranches"].([]any)
		x.each(path+"/parallelBranches", branches, func(path string, branch map[string]any) {
			nested, _ := branch["steps"].([]any)
			x.steps(path+"/steps", nested)
		})
	})
}

func (x *extractor) components(table string) {
	x.each("/ui_components", x.list("ui_components"), func(path string, component map[string]any) {
		x.add(table, path, component, "componentId", "componentVersion")
	})
}

// layout finds the children of a component; a conditional layout has a default
// view of the same shape.
func (x *extractor) layout(path string, layout map[string]any) {
	if layout == nil {
		return
	}
	areas, _ := layout["areas"].([]any)
	x.each(path+"/areas", areas, func(path string, area map[string]any) {
		x.add("ui_component_child_references", path, area, "component", "")
	})
	x.add("ui_component_child_references", path, layout, "component", "")
	x.layout(path+"/defaultView", inner(layout, "defaultView"))
}

func (x *extractor) list(column string) []any {
	list, _ := x.document(column).([]any)
	return list
}

func (x *extractor) object(column string) map[string]any {
	object, _ := x.document(column).(map[string]any)
	return object
}

func (x *extractor) document(column string) (value any) {
	var text []byte
	switch doc := x.row[column].(type) {
	case scalar.JSON:
		text = doc
	case json.RawMessage:
		text = doc
	case []byte:
		text = doc
	}
	if json.Unmarshal(text, &value) != nil {
		return nil
	}
	return value
}

func inner(owner map[string]any, key string) map[string]any {
	object, _ := owner[key].(map[string]any)
	return object
}

// ReferenceTablesOf lists the reference tables whose source is table.
func ReferenceTablesOf(table string) []ReferenceTable {
	return slices.DeleteFunc(slices.Clone(ReferenceTables), func(r ReferenceTable) bool { return r.Source != table })
}
