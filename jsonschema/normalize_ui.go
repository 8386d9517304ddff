package jsonschema

import (
	"encoding/json"
	"fmt"
	"strings"
)

// componentList turns the object forms of a ui_components column into the list
// the product reads: a map of slots, or a primary component with conditional
// ones. The primary component comes first.
func (n *normalizer) componentList(value any) any {
	var list []any
	var ok bool
	switch old := value.(type) {
	case []any:
		return n.componentNames(old)
	case *object:
		if old.has("primaryComponent") || old.has("conditionalComponents") {
			list, ok = primaryAndConditional(old)
		} else {
			list, ok = slots(old)
		}
	}
	if !ok {
		return value
	}
	n.changed("", value, list, "components are a list")
	return list
}

// componentNames accepts bare component ids in a list.
func (n *normalizer) componentNames(list []any) any {
	for i, one := range list {
		if id, ok := one.(string); ok {
			list[i] = newObject().set("componentId", id)
			n.changed(item("", i), id, list[i], "a component is an object")
		}
	}
	return list
}

// slots reads {<slot>: {componentIds: […], title, layout}}.
func slots(old *object) ([]any, bool) {
	list := []any{}
	for _, name := range old.keys {
		slot := old.object(name)
		if slot == nil || slot.list("componentIds") == nil {
			return nil, false
		}
		context := newObject().set("slot", name)
		for _, key := range otherKeys(slot, "componentIds") {
			context.set(key, slot.get(key))
		}
		for _, one := range slot.list("componentIds") {
			id, ok := one.(string)
			if !ok {
				return nil, false
			}
			list = append(list, newObject().set("componentId", id).set("context", context.clone()))
		}
	}
	return list, true
}

// primaryAndConditional reads {primaryComponent, conditionalComponents}.
func primaryAndConditional(old *object) ([]any, bool) {
	if len(otherKeys(old, "primaryComponent", "conditionalComponents")) > 0 {
		return nil, false
	}
	list := []any{}
	switch primary := old.get("primaryComponent").(type) {
	case string:
		list = append(list, newObject().set("componentId", primary))
	case nil:
	default:
		return nil, false
	}
	conditional := old.object("conditionalComponents")
	if conditional == nil {
		return list, old.get("conditionalComponents") == nil
	}
	for _, id := range conditional.keys {
		component := newObject().set("componentId", id)
		rule, ok := conditional.get(id).(*object)
		if !ok || len(otherKeys(rule, "triggerAction", "visibleIf", "alwaysVisible")) > 0 {
			return nil, false
		}
		if condition := conditionOf(rule); condition != "" {
			component.set("condition", condition)
		}
		list = append(list, component)
	}
	return list, true
}

// conditionOf expresses when a conditional component is shown. An action that
// was pressed is state of the client, so the client evaluates it.
func conditionOf(rule *object) string {
	if rule.get("alwaysVisible") == true {
		return ""
	}
	var conditions []string
	if visible := rule.text("visibleIf"); visible != "" {
		conditions = append(conditions, visible)
	}
	if action := rule.text("triggerAction"); action != "" {
		quoted, err := json.Marshal(action)
		if err == nil {
			conditions = append(conditions, fmt.Sprintf("uiState.action == %s", quoted))
		}
	}
	if len(conditions) == 2 {
		return "(" + strings.Join(conditions, ") && (") + ")"
	}
	return strings.Join(conditions, "")
}
