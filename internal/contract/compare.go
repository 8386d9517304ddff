package main

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// change is one difference between two schemas.
type change struct {
	breaking bool
	text     string
}

func (c change) String() string {
	return map[bool]string{true: "breaking  ", false: "additive  "}[c.breaking] + c.text
}

// comparison collects changes, breaking ones first when it is read.
type comparison struct{ changes []change }

func compare(before, after *ast.Schema) []change {
	var c comparison
	for name, old := range before.Types {
		now := after.Types[name]
		switch {
		case now == nil:
			c.breaks("type %s is gone", name)
		case now.Kind != old.Kind:
			c.breaks("%s was %s, is %s", name, old.Kind, now.Kind)
		default:
			c.definition(old, now)
		}
	}
	for name, now := range after.Types {
		if before.Types[name] == nil {
			c.adds("type %s (%s)", name, now.Kind)
		}
	}
	slices.SortFunc(c.changes, func(a, b change) int {
		if a.breaking != b.breaking {
			return map[bool]int{true: -1, false: 1}[a.breaking]
		}
		if a.text < b.text {
			return -1
		}
		return 1
	})
	return c.changes
}

func (c *comparison) breaks(format string, args ...any) {
	c.changes = append(c.changes, change{true, fmt.Sprintf(format, args...)})
}

func (c *comparison) adds(format string, args ...any) {
	c.changes = append(c.changes, change{false, fmt.Sprintf(format, args...)})
}

func (c *comparison) definition(old, now *ast.Definition) {
	input := old.Kind == ast.InputObject
	for _, f := range old.Fields {
		g := now.Fields.ForName(f.Name)
		if g == nil {
			c.breaks("%s.%s is gone", old.Name, f.Name)
			continue
		}
		c.retyped(old.Name+"."+f.Name, f.Type, g.Type, input)
		if input && f.DefaultValue != nil && f.DefaultValue.String() != g.DefaultValue.String() {
			c.breaks("%s.%s has another default", old.Name, f.Name)
		}
		c.arguments(old.Name+"."+f.Name, f.Arguments, g.Arguments)
	}
	for _, f := range now.Fields {
		if old.Fields.ForName(f.Name) != nil {
			continue
		}
		if input && required(f.Type, f.DefaultValue) {
			c.breaks("%s.%s is new and required", old.Name, f.Name)
		} else {
			c.adds("%s.%s", old.Name, f.Name)
		}
	}
	for _, v := range old.EnumValues {
		if now.EnumValues.ForName(v.Name) == nil {
			c.breaks("%s.%s is gone", old.Name, v.Name)
		}
	}
	for _, v := range now.EnumValues {
		if old.EnumValues.ForName(v.Name) == nil {
			c.adds("%s.%s", old.Name, v.Name)
		}
	}
	c.members(old.Name, "implements", old.Interfaces, now.Interfaces)
	c.members(old.Name, "may be", old.Types, now.Types)
}

// members compares the interfaces of a type or the types of a union.
func (c *comparison) members(name, verb string, old, now []string) {
	for _, m := range old {
		if !slices.Contains(now, m) {
			c.breaks("%s no longer %s %s", name, verb, m)
		}
	}
	for _, m := range now {
		if !slices.Contains(old, m) {
			c.adds("%s %s %s", name, verb, m)
		}
	}
}

func (c *comparison) arguments(field string, old, now ast.ArgumentDefinitionList) {
	for _, a := range old {
		b := now.ForName(a.Name)
		if b == nil {
			c.breaks("%s(%s:) is gone", field, a.Name)
			continue
		}
		c.retyped(fmt.Sprintf("%s(%s:)", field, a.Name), a.Type, b.Type, true)
		if a.DefaultValue != nil && a.DefaultValue.String() != b.DefaultValue.String() {
			c.breaks("%s(%s:) has another default", field, a.Name)
		}
	}
	for _, b := range now {
		if old.ForName(b.Name) != nil {
			continue
		}
		if required(b.Type, b.DefaultValue) {
			c.breaks("%s(%s:) is new and required", field, b.Name)
		} else {
			c.adds("%s(%s:)", field, b.Name)
		}
	}
}

func required(t *ast.Type, def *ast.Value) bool { return t.NonNull && def == nil }

// retyped tells whether what clients send (an input) or read is still fine: a
// value that is sent may be demanded less, one that is read may be promised more.
func (c *comparison) retyped(what string, old, now *ast.Type, input bool) {
	if old.String() == now.String() {
		return
	}
	narrow, wide := now, old
	if input {
		narrow, wide = old, now
	}
	if fits(narrow, wide) {
		c.adds("%s was %s, is %s", what, old, now)
	} else {
		c.breaks("%s was %s, is %s", what, old, now)
	}
}

// fits tells whether every value of narrow is one of wide, by null alone.
func fits(narrow, wide *ast.Type) bool {
	if wide.NonNull && !narrow.NonNull {
		return false
	}
	if (narrow.Elem == nil) != (wide.Elem == nil) {
		return false
	}
	if narrow.Elem != nil {
		return fits(narrow.Elem, wide.Elem)
	}
	return narrow.NamedType == wide.NamedType
}
