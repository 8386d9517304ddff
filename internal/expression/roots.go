package expression

import (
	"maps"
	"slices"
	"strings"
)

// Place is where a stored expression is used; it decides which roots exist.
type Place string

// The places of stored expressions.
const (
	Trigger            Place = "TRIGGER"             // event_condition, input_mapping, correlation_key
	SubscriptionFilter Place = "SUBSCRIPTION_FILTER" // filter_condition, eventCondition of a wait
	Cancellation       Place = "CANCELLATION"        // cancellation_triggers[].eventCondition
	Transition         Place = "TRANSITION"          // next[].condition, choices[].condition
	StepInput          Place = "STEP_INPUT"          // steps[].input
	Handler            Place = "HANDLER"             // onFailure.inputMapping
	Compensation       Place = "COMPENSATION"        // compensation steps and compensating events
	UICondition        Place = "UI_CONDITION"        // ui_components[].condition
	Visibility         Place = "VISIBILITY"          // visibleIf of fields, areas and actions
	Assignment         Place = "ASSIGNMENT"          // execution_config.assignmentRules
	Assertion          Place = "ASSERTION"           // paths of test cases
	Template           Place = "TEMPLATE"            // titles and messages
)

// surroundings is what an expression finds in its place.
type surroundings struct {
	roots   []string
	aliases map[string]string // further roots and the paths they stand for
	names   []string          // objects that names without a root are looked up in
}

func surroundingsOf(place Place) surroundings {
	event := map[string]string{"payload": "event.payload", "data": "event.payload", "pattern": "event.pattern", "$": "event"}
	displayed := map[string]string{
		"taskDetails": "task", "taskStatus": "task.status", "taskPriority": "task.priority", "taskType": "task.type",
	}
	running := map[string]string{"input": "workflow.input"}
	switch place {
	case Trigger:
		return surroundings{roots: []string{"event"}, aliases: event}
	case SubscriptionFilter, Cancellation:
		return surroundings{roots: []string{"event", "workflow"}, aliases: event}
	case Transition:
		return surroundings{
			roots:   []string{"data", "task", "workflow", "step", "output", "error"},
			aliases: merged(displayed, running, map[string]string{"$": "data"}), names: []string{"data", "input"},
		}
	case StepInput:
		return surroundings{roots: []string{"step", "workflow", "data", "output"}, aliases: merged(running, map[string]string{"$": "data"})}
	case Handler:
		return surroundings{roots: []string{"error", "step", "workflow", "output", "status"}, aliases: running}
	case Compensation:
		return surroundings{
			roots:   []string{"workflow", "step", "output", "error", "event", "events"},
			aliases: merged(running, map[string]string{"cancellation": "workflow.cancellation"}),
		}
	case UICondition, Visibility:
		s := surroundings{
			roots:   []string{"task", "workflow", "user", "data", "uiState"},
			aliases: merged(displayed, map[string]string{"status": "task.status", "input": "task.input", "output": "task.output", "error": "task.error"}),
		}
		if place == Visibility {
			s.names = []string{"uiState"}
		}
		return s
	case Assignment:
		return surroundings{roots: []string{"workflow", "task", "data", "user"}, aliases: running, names: []string{"workflow.variables", "input"}}
	case Assertion:
		return surroundings{roots: []string{"data"}, aliases: map[string]string{"$": "data", "payload": "data", "status": "data.status", "output": "data.output"}}
	}
	return surroundings{
		roots:   []string{"event", "events", "workflow", "task", "step", "user", "data", "output", "error", "status"},
		aliases: merged(displayed, running, map[string]string{"payload": "event.payload", "pattern": "event.pattern", "$": "data"}),
	}
}

func merged(parts ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// Roots lists what an expression in this place may start with, sorted.
func (p Place) Roots() []string {
	s := surroundingsOf(p)
	return slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(s.aliases)), s.roots...)))
}

// Resolve replaces an alias at the start of a path by what it stands for here:
// payload.amount is event.payload.amount in a trigger.
func (p Place) Resolve(path string) string {
	first, rest := path, ""
	if end := strings.IndexAny(path, ".["); end >= 0 {
		first, rest = path[:end], path[end:]
	}
	if target, ok := surroundingsOf(p).aliases[first]; ok {
		return target + rest
	}
	return path
}

// isRoot reports whether any place knows this root.
func isRoot(name string) bool {
	return name == "uiState" || slices.Contains(Template.Roots(), name) || slices.Contains(Compensation.Roots(), name)
}

// isStatus recognises the paths that hold a status of ours. They are stored in
// upper case while conditions are written in either, so they compare in any
// case; a status inside a payload is business data and compares as it is.
func isStatus(n node) bool {
	switch n := n.(type) {
	case *name:
		return n.name == "status" || n.name == "taskStatus"
	case *member:
		if n.key != "status" {
			return false
		}
		of := render(n.of)
		return slices.Contains([]string{"task", "taskDetails", "workflow", "workflow.instance", "step"}, of) ||
			strings.HasPrefix(of, "workflow.state.steps.") || strings.HasPrefix(of, "workflow.state.steps[")
	}
	return false
}

// Env makes the data of a place from its roots: aliases are added, a workflow
// answers to every documented spelling, and every root of the place exists, if
// only as Undefined. The caller's maps are not changed. Extra roots are kept.
//
// Expected are event {id, pattern, payload, metadata, source, timestamp};
// workflow {id, status, input, state, cancellation, …} or part of it; task
// {status, input, output, error, type, priority, …}; output and input of the
// step at hand; user {id, roles}; and Names for form fields.
func (p Place) Env(roots map[string]any) Env {
	s := surroundingsOf(p)
	env := Env{}
	maps.Copy(env, roots)
	if workflow, ok := plain(env["workflow"]).(map[string]any); ok {
		env["workflow"] = spelledOut(workflow)
	}
	if slices.Contains(s.roots, "output") {
		env.fill("output", env.path("task.output"))
	}
	if target, ok := s.aliases["input"]; ok {
		env.fill("input", env.path(target))
	}
	if slices.Contains(s.roots, "data") && p != Assertion {
		env.fill("data", joined(env.path("workflow.variables"), env["output"]))
	}
	if slices.Contains(s.roots, "step") {
		env.fill("step", joined(env["output"], map[string]any{"input": env["input"], "output": env["output"]}))
	}
	for alias, target := range s.aliases {
		env.fill(alias, env.path(target))
	}
	for _, root := range s.roots {
		env.fill(root, Undefined{})
	}
	if len(s.names) > 0 {
		names := map[string]any{}
		for _, from := range slices.Backward(s.names) {
			object, _ := env.path(from).(map[string]any)
			maps.Copy(names, object)
		}
		given, _ := plain(env[Names]).(map[string]any)
		maps.Copy(names, given)
		env[Names] = names
	}
	return env
}

func (env Env) fill(root string, value any) {
	if _, given := env[root]; !given {
		env[root] = value
	}
}

// path follows a dotted path of plain names.
func (env Env) path(path string) any {
	first, rest, _ := strings.Cut(path, ".")
	value, ok := env[first]
	if !ok {
		return Undefined{}
	}
	value = plain(value)
	for key := range strings.SplitSeq(rest, ".") {
		if rest == "" {
			break
		}
		object, _ := value.(map[string]any)
		inner, ok := object[key]
		if !ok {
			return Undefined{}
		}
		value = plain(inner)
	}
	return value
}

// spelledOut gives a workflow all its documented names: variables and context
// are state.variables, instance is the workflow itself.
func spelledOut(workflow map[string]any) map[string]any {
	full := maps.Clone(workflow)
	instance, _ := plain(workflow["instance"]).(map[string]any)
	for key, value := range instance {
		Env(full).fill(key, value)
	}
	env := Env(full)
	env.fill("variables", env.path("context"))
	if missing(full["variables"]) {
		full["variables"] = env.path("state.variables")
	}
	env.fill("context", full["variables"])
	if instance == nil {
		full["instance"] = maps.Clone(full)
	}
	return full
}

// joined is one object with the fields of all, later ones winning; Undefined if
// there are none.
func joined(objects ...any) any {
	all, found := map[string]any{}, false
	for _, value := range objects {
		if object, ok := plain(value).(map[string]any); ok {
			maps.Copy(all, object)
			found = true
		}
	}
	if !found {
		return Undefined{}
	}
	return all
}

// Root is one path that an expression reads.
type Root struct {
	Name   string // the first name: event
	Path   string // as far as it is fixed: event.payload.amount, items[*].price
	Column int    // of the name in the stored text
	Word   bool   // a lone mapping word: a root here, or plain text
}

// Roots lists the paths p reads, each once, in the order of writing.
func (p *Program) Roots() []Root {
	var found []Root
	if p.root != nil {
		collect(p.source, p.root, &found)
	}
	return found
}

func collect(source string, n node, found *[]Root) {
	if path, base, fixed := fixedPath(n); fixed {
		_, column := place(source, base.at().start)
		root := Root{Name: base.name, Path: path, Column: column}
		if !slices.ContainsFunc(*found, func(r Root) bool { return r.Path == path }) {
			*found = append(*found, root)
		}
		for inner := n; len(inner.children()) > 0; inner = inner.children()[0] {
			for _, below := range inner.children()[1:] {
				collect(source, below, found)
			}
		}
		return
	}
	if lone, ok := n.(*word); ok {
		*found = append(*found, Root{Name: lone.name, Path: lone.name, Column: 1, Word: true})
	}
	for _, child := range n.children() {
		collect(source, child, found)
	}
}

// fixedPath is the part of a path that is known without data.
func fixedPath(n node) (path string, base *name, fixed bool) {
	switch n := n.(type) {
	case *name:
		return n.name, n, true
	case *member, *index, *each, *filter:
		above, base, ok := fixedPath(n.children()[0])
		if !ok {
			return "", nil, false
		}
		return above + strings.TrimPrefix(render(readable(n)), render(n.children()[0])), base, true
	}
	return "", nil, false
}

// readable is n with computed positions written as [*].
func readable(n node) node {
	switch n := n.(type) {
	case *index:
		if _, constant := n.by.(*literal); !constant {
			return &each{n.span, n.of}
		}
	case *filter:
		return &each{n.span, n.of}
	}
	return n
}

// DependsOnClient reports whether p reads form state, which only the client has:
// uiState, or the key of a form field.
func (p *Program) DependsOnClient() bool {
	known := UICondition.Roots()
	return slices.ContainsFunc(p.Roots(), func(r Root) bool { return r.Name == "uiState" || !slices.Contains(known, r.Name) })
}
