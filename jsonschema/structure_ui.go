package jsonschema

import (
	"regexp"
	"slices"
)

// UIComponentDocument is a UI component as far as its structure goes.
type UIComponentDocument struct {
	ComponentType   string
	Fields          []byte
	Layout          []byte
	Actions         []byte
	CustomProps     []byte
	DisplayTemplate string
}

// fieldRules is the catalogue of validation rules a field may name.
var fieldRules = []string{
	"required", "email", "min_length_3", "min_length_8", "max_length_50", "max_length_255", "positive_number", "non_negative",
	"percentage", "yes_no", "phone_number", "url", "integer", "decimal", "date_iso",
}

// CheckUIComponent looks at whether a component's parts fit together: names
// used once, a layout that arranges what exists, choices to choose from.
func CheckUIComponent(doc UIComponentDocument, options Options) []Problem {
	f := &findings{options: options}
	fields := f.readList(doc.Fields, "/fields")
	keys := f.unique("field key")
	eachObject(fields, "/fields", func(path string, field *object) {
		keys.check(field.text("fieldKey"), join(path, "fieldKey"))
		f.field(field, path)
	})
	if doc.ComponentType == "Form" && len(fields) == 0 {
		f.lacks("NO_FIELDS", "/fields", "of a Form has no field")
	}
	if layout := f.readObject(doc.Layout, "/layout"); layout != nil {
		f.layout(layout, "/layout", keys.seen)
		if inner := layout.object("defaultView"); inner != nil {
			f.layout(inner, "/layout/defaultView", keys.seen)
		}
	}
	actions := f.unique("action key")
	eachObject(f.readList(doc.Actions, "/actions"), "/actions", func(path string, action *object) {
		actions.check(action.text("actionKey"), join(path, "actionKey"))
		f.expression(PlaceVisibility, action.get("visibleIf"), join(path, "visibleIf"))
	})
	f.read(doc.CustomProps, "/custom_props")
	if doc.DisplayTemplate != "" {
		f.add(Info, "DEPRECATED", "/display_template", "is kept for old components; describe the display in custom_props")
	}
	return f.problems
}

func (f *findings) field(field *object, path string) {
	f.expression(PlaceVisibility, field.get("visibleIf"), join(path, "visibleIf"))
	kind := field.text("type")
	if (kind == "select" || kind == "multi-select") && len(field.list("options")) == 0 && !field.has("dataSource") {
		f.lacks("NO_CHOICES", path, "is a %s without options and without a dataSource", kind)
	}
	values := map[string]bool{}
	eachObject(field.list("options"), join(path, "options"), func(option string, o *object) {
		if value := o.text("value"); values[value] {
			f.add(Warning, "DUPLICATE_CHOICE", join(option, "value"), "repeats the choice %q", value)
		} else {
			values[value] = true
		}
	})
	for i, rule := range field.list("validationRules") {
		f.fieldRule(rule, item(join(path, "validationRules"), i))
	}
}

func (f *findings) fieldRule(rule any, path string) {
	switch rule := rule.(type) {
	case string:
		if !slices.Contains(fieldRules, rule) {
			f.add(Warning, "UNKNOWN_RULE", path, "names the rule %q, which is not in the catalogue", rule)
		}
	case *object:
		pattern, ok := rule.get("value").(string)
		if rule.text("type") != "pattern" || !ok {
			return
		}
		if _, err := regexp.Compile(pattern); err != nil {
			f.add(Warning, "INVALID_PATTERN", join(path, "value"), "is not a regular expression this server can read")
		}
	}
}

// layout checks that what is arranged exists.
func (f *findings) layout(layout *object, path string, fields map[string]string) {
	known := func(keys []any, path string) {
		for i, key := range keys {
			if name, ok := key.(string); ok {
				if _, exists := fields[name]; !exists {
					f.add(Error, "UNKNOWN_FIELD", item(path, i), "names the field %q, which does not exist", name)
				}
			}
		}
	}
	known(layout.list("order"), join(path, "order"))
	eachObject(layout.list("sections"), join(path, "sections"), func(section string, o *object) {
		known(o.list("fields"), join(section, "fields"))
	})
	eachObject(layout.list("areas"), join(path, "areas"), func(area string, o *object) {
		f.expression(PlaceVisibility, o.get("visibleIf"), join(area, "visibleIf"))
	})
	if layout.text("type") == "single" && layout.text("component") == "" {
		f.lacks("NO_COMPONENT", join(path, "component"), "is needed by a single layout")
	}
}
