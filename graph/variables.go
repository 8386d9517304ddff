package graph

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/page"
)

// variableCheck holds the values of a request's variables against their types.
// gqlparser's own check lets numbers pass as strings and any spelling of an
// enum, and stops at the first problem; this one is strict, says where with a
// JSON Pointer into the variables, and collects. What it accepts it leaves in
// the form that gqlparser accepts too.
type variableCheck struct {
	schema *ast.Schema
	path   []string
	faults []*fault.Fault
	most   int
}

// checkVariables reports at most so many problems with the values; values is
// changed in place.
func checkVariables(schema *ast.Schema, op *ast.OperationDefinition, values map[string]any, most int) []*fault.Fault {
	c := &variableCheck{schema: schema, most: most}
	for _, def := range op.VariableDefinitions {
		value, given := values[def.Variable]
		c.path = append(c.path[:0], def.Variable)
		switch {
		case given:
			values[def.Variable] = c.value(def.Type, value)
		case def.Type.NonNull && def.DefaultValue == nil:
			c.refuse("Give it a value in variables.", "The variable has no value, but its type is %s.", def.Type.String())
		}
	}
	c.nulls(op, values)
	return c.faults
}

// refuse records a problem at the current place.
func (c *variableCheck) refuse(remedy, format string, args ...any) {
	c.add(fault.Errorf(fault.BadUserInput, format, args...).Hint("%s", remedy))
}

func (c *variableCheck) add(f *fault.Fault) {
	if len(c.faults) < c.most {
		c.faults = append(c.faults, f.At(pointer(c.path)))
	}
}

// value checks one value and returns the form to go on with.
func (c *variableCheck) value(typ *ast.Type, value any) any {
	if value == nil {
		if typ.NonNull {
			c.refuse("Give a value, or leave it out where there is a default.", "Expected a value of type %s, got null.", typ.String())
		}
		return nil
	}
	if typ.Elem != nil {
		return c.list(typ, value)
	}
	def := c.schema.Types[typ.NamedType]
	switch {
	case def == nil:
	case def.Kind == ast.Enum:
		c.enum(def, value)
	case def.Kind == ast.InputObject:
		c.object(def, value)
	case def.Kind == ast.Scalar:
		return c.scalar(def.Name, value)
	}
	return value
}

func (c *variableCheck) list(typ *ast.Type, value any) any {
	items, ok := value.([]any)
	if !ok {
		return c.value(typ.Elem, value) // one value stands for a list of one
	}
	for i, item := range items {
		c.below(strconv.Itoa(i), func() { items[i] = c.value(typ.Elem, item) })
	}
	return items
}

func (c *variableCheck) enum(def *ast.Definition, value any) {
	word, ok := value.(string)
	if ok && def.EnumValues.ForName(word) != nil {
		return
	}
	allowed := make([]string, 0, len(def.EnumValues))
	for _, v := range def.EnumValues {
		allowed = append(allowed, v.Name)
	}
	c.add(fault.Errorf(fault.BadUserInput, "Expected a value of the enum %s.", def.Name).
		Hint("Use one of %s.", strings.Join(allowed, ", ")))
}

func (c *variableCheck) object(def *ast.Definition, value any) {
	fields, ok := value.(map[string]any)
	if !ok {
		c.refuse("Give an object with the fields that the schema names.", "Expected an object of type %s.", def.Name)
		return
	}
	for name := range fields {
		if def.Fields.ForName(name) == nil {
			c.below(name, func() {
				c.refuse("Use one of "+names(def.Fields)+".", "The type %s has no field of this name.", def.Name)
			})
		}
	}
	for _, field := range def.Fields {
		child, given := fields[field.Name]
		if given {
			c.below(field.Name, func() { fields[field.Name] = c.value(field.Type, child) })
		} else if field.Type.NonNull && field.DefaultValue == nil {
			c.below(field.Name, func() {
				c.refuse("Add the field.", "The field is missing; it must be a value of type %s.", field.Type.String())
			})
		}
	}
	if def.Directives.ForName("oneOf") != nil && len(fields) != 1 {
		c.refuse("Leave the others out.", "Give exactly one field of the type %s.", def.Name)
	}
}

func names(fields ast.FieldList) string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.Name
	}
	return strings.Join(all, ", ")
}

func (c *variableCheck) scalar(name string, value any) any {
	var err error
	switch name {
	case "String":
		_, err = scalar.UnmarshalString(value)
	case "ID":
		value, err = anyOf(scalar.UnmarshalID(value))
	case "Int":
		value, err = wholeNumber(scalar.UnmarshalInt(value))
	case "Float":
		_, err = scalar.UnmarshalFloat(value)
	case "Boolean":
		_, err = scalar.UnmarshalBoolean(value)
	case "DateTime":
		_, err = scalar.UnmarshalDateTime(value)
	case "UUID":
		_, err = scalar.UnmarshalUUID(value)
	case "SemVer":
		_, err = scalar.UnmarshalSemVer(value)
	case "Int64":
		_, err = scalar.UnmarshalInt64(value)
	case "Duration":
		err = new(scalar.Duration).UnmarshalGQL(value)
	case "Cursor":
		err = new(page.Cursor).UnmarshalGQL(value)
	default:
		err = scalar.CheckJSON(value)
	}
	if f := asFault(err); f != nil {
		c.add(f)
	}
	return value
}

func anyOf[T any](v T, err error) (any, error) { return v, err }

// wholeNumber writes 1.0 as 1: both are the same Int, gqlparser takes only one.
func wholeNumber(n int, err error) (any, error) { return json.Number(strconv.Itoa(n)), err }

// below runs check one step further down the path.
func (c *variableCheck) below(step string, check func()) {
	c.path = append(c.path, step)
	check()
	c.path = c.path[:len(c.path)-1]
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// pointer writes a path as a JSON Pointer (RFC 6901).
func pointer(path []string) string {
	var b strings.Builder
	for _, step := range path {
		b.WriteByte('/')
		_, _ = pointerEscape.WriteString(&b, step)
	}
	return b.String()
}
