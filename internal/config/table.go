package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Variable is one setting as the operator sees it.
type Variable struct {
	Name    string
	Default string
	Doc     string

	field string
}

// Variables lists every setting in the order of README's table.
func Variables() []Variable { return variables(reflect.TypeFor[Config]()) }

func variables(t reflect.Type) []Variable {
	var list []Variable
	for i := range t.NumField() {
		field := t.Field(i)
		name, ok := field.Tag.Lookup("env")
		if !ok {
			if field.Type.Kind() == reflect.Struct {
				list = append(list, variables(field.Type)...)
			}
			continue
		}
		list = append(list, Variable{Name: name, Default: field.Tag.Get("envDefault"), Doc: field.Tag.Get("doc"), field: field.Name})
	}
	return list
}

// Help lists the settings for a terminal: each with its default and, below it,
// what it means.
func Help() string {
	var b strings.Builder
	for _, v := range Variables() {
		fmt.Fprintf(&b, "  %s", v.Name)
		if v.Default != "" {
			fmt.Fprintf(&b, " (%s)", v.Default)
		}
		fmt.Fprintf(&b, "\n      %s\n", v.Doc)
	}
	return b.String()
}

// Table is the part of README that lists the settings, in Markdown.
func Table() string {
	var b strings.Builder
	b.WriteString("| Variable | Default | Meaning |\n| --- | --- | --- |\n")
	for _, v := range Variables() {
		def := ""
		if v.Default != "" {
			def = "`" + v.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, def, strings.ReplaceAll(v.Doc, "|", `\|`))
	}
	return b.String()
}
