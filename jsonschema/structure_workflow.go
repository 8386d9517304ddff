package jsonschema

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// maxSteps is far beyond what a person can draw; it bounds the graph.
const maxSteps = 2000

// WorkflowDocument is a workflow definition as far as its structure goes, each
// column as canonical JSON, nil when absent.
type WorkflowDocument struct {
	InputSchema          []byte
	OutputSchema         []byte
	Steps                []byte
	CompensationSteps    []byte
	CancellationTriggers []byte
	UIComponents         []byte
}

// CheckWorkflow looks at what a workflow's documents say together: whether its
// steps form a process that begins, can end and cannot spin, whether every
// name it uses inside itself exists, and whether its expressions read.
func CheckWorkflow(doc WorkflowDocument, options Options) []Problem {
	f := &findings{options: options}
	f.schema(doc.InputSchema, "/input_schema")
	f.schema(doc.OutputSchema, "/output_schema")
	g := newStepGraph(f, f.readList(doc.Steps, "/steps"))
	g.check()
	f.compensation(g, f.readList(doc.CompensationSteps, "/compensation_steps"))
	eachObject(f.readList(doc.CancellationTriggers, "/cancellation_triggers"), "/cancellation_triggers", func(path string, o *object) {
		f.expression(PlaceCancellation, o.get("eventCondition"), join(path, "eventCondition"))
	})
	f.components(f.readList(doc.UIComponents, "/ui_components"))
	return f.problems
}

func (f *findings) compensation(g *stepGraph, list []any) {
	compensated := map[string]bool{}
	eachObject(list, "/compensation_steps", func(path string, o *object) {
		g.ids.check(o.text("stepId"), join(path, "stepId"))
		target := o.text("compensationFor")
		g.target(target, join(path, "compensationFor"))
		if compensated[target] && target != "" {
			f.add(Warning, "DUPLICATE_COMPENSATION", join(path, "compensationFor"), "names a step that another compensation step undoes as well")
		}
		compensated[target] = true
		f.mapping(PlaceStepInput, o.get("input"), join(path, "input"))
		f.expression(PlaceCompensation, o.get("condition"), join(path, "condition"))
	})
}

// components checks a ui_components column, of a workflow or of a task.
func (f *findings) components(list []any) {
	seen := map[string]bool{}
	eachObject(list, "/ui_components", func(path string, o *object) {
		id := o.text("componentId")
		if key := id + "\x00" + o.text("condition"); seen[key] {
			f.add(Warning, "DUPLICATE_COMPONENT", path, "shows the component %q under the same condition again", id)
		} else {
			seen[key] = true
		}
		f.expression(PlaceUICondition, o.get("condition"), join(path, "condition"))
	})
}

// stepGraph is the process as nodes and ways, branches included.
type stepGraph struct {
	f     *findings
	nodes []*stepNode
	byID  map[string]*stepNode
	ids   unique
}

// stepNode is one step with where it leads.
type stepNode struct {
	index  int
	id     string
	kind   string
	path   string
	list   string // path of the list it stands in
	step   *object
	ends   bool // no way on of its own
	routes []route
}

// route is a way from one step to another. It is open-ended when it is not
// taken every time, so that a loop over it can end.
type route struct {
	to          *stepNode
	conditional bool
}

func newStepGraph(f *findings, steps []any) *stepGraph {
	g := &stepGraph{f: f, byID: map[string]*stepNode{}, ids: f.unique("step id")}
	g.collect(steps, "/steps")
	return g
}

func (g *stepGraph) collect(steps []any, path string) {
	eachObject(steps, path, func(place string, step *object) {
		node := &stepNode{index: len(g.nodes), id: step.text("stepId"), kind: step.text("type"), path: place, list: path, step: step}
		g.nodes = append(g.nodes, node)
		g.ids.check(node.id, join(place, "stepId"))
		if g.byID[node.id] == nil {
			g.byID[node.id] = node
		}
		names := g.f.unique("branch id")
		eachObject(step.list("parallelBranches"), join(place, "parallelBranches"), func(branchPath string, branch *object) {
			names.check(branch.text("branchId"), join(branchPath, "branchId"))
			g.collect(branch.list("steps"), join(branchPath, "steps"))
		})
	})
}

func (g *stepGraph) check() {
	f := g.f
	if len(g.nodes) == 0 {
		f.lacks("NO_STEPS", "/steps", "has no step")
		return
	}
	if len(g.nodes) > maxSteps {
		f.add(Error, "TOO_MANY_STEPS", "/steps", "has %d steps, more than %d", len(g.nodes), maxSteps)
		return
	}
	for _, node := range g.nodes {
		g.connect(node)
		g.completeness(node)
		g.expressions(node)
	}
	reached := g.reach()
	for _, node := range g.nodes {
		if !reached[node.index] {
			f.lacks("UNREACHABLE_STEP", node.path, "is never reached from the start")
		}
	}
	if !slices.ContainsFunc(g.nodes, func(n *stepNode) bool { return n.list == "/steps" && n.ends && reached[n.index] }) {
		f.add(Error, "NO_TERMINAL_STEP", "/steps", "has no reachable step at which the process ends")
	}
	g.loops()
}

// target finds a step by name and reports a name nobody has.
func (g *stepGraph) target(id, path string) *stepNode {
	if id == "" {
		return nil
	}
	node := g.byID[id]
	if node == nil {
		g.f.add(Error, "UNKNOWN_STEP", path, "names the step %q, which does not exist", id)
	}
	return node
}

// lead adds a way from node, and reports one that leaves or enters a branch:
// the strands of a parallel step are joined, they cannot be jumped between.
func (g *stepGraph) lead(node *stepNode, id, path string, conditional bool) {
	to := g.target(id, path)
	if to == nil {
		return
	}
	node.routes = append(node.routes, route{to: to, conditional: conditional})
	if to.list != node.list {
		g.f.add(Warning, "BRANCH_CROSSED", path, "leads to the step %q outside this list of steps, so the branches cannot be joined", id)
	}
}

// connect reads every way a step leads on.
func (g *stepGraph) connect(node *stepNode) {
	step, path := node.step, node.path
	next, transitions := step.list("next"), step.object("transitions")
	node.ends = len(next) == 0 && (transitions == nil || len(transitions.keys) == 0)
	g.next(node, next)
	if transitions != nil {
		for _, outcome := range transitions.keys {
			g.lead(node, transitions.text(outcome), join(path, "transitions", outcome), len(transitions.keys) > 1)
		}
	}
	if failure := step.object("onFailure"); failure != nil {
		place := join(path, "onFailure")
		g.lead(node, failure.text("nextStepId"), join(place, "nextStepId"), true)
		g.lead(node, failure.text("handlerStepId"), join(place, "handlerStepId"), true)
		if handler := failure.object("errorHandler"); handler != nil {
			eachObject(handler.list("conditions"), join(place, "errorHandler", "conditions"), func(rule string, o *object) {
				g.lead(node, o.text("nextStepId"), join(rule, "nextStepId"), true)
			})
		}
	}
	if timeout := step.object("eventTimeout"); timeout != nil {
		g.lead(node, timeout.text("timeoutHandlerStepId"), join(path, "eventTimeout", "timeoutHandlerStepId"), true)
	}
	g.branches(node)
}

func (g *stepGraph) next(node *stepNode, next []any) {
	guarded := slices.ContainsFunc(next, isConditional)
	closed := false
	eachObject(next, join(node.path, "next"), func(path string, way *object) {
		if closed {
			g.f.add(Warning, "NEVER_TAKEN", path, "is never taken: a way before it has no condition")
		}
		closed = closed || strings.TrimSpace(way.text("condition")) == ""
		g.lead(node, way.text("nextStepId"), join(path, "nextStepId"), guarded)
	})
	if guarded && !closed && !slices.ContainsFunc(next, isOtherwise) {
		g.f.add(Info, "NO_DEFAULT_WAY", join(node.path, "next"), "has no way without condition; the run fails when none holds")
	}
}

// isOtherwise tells the words that hold whatever the data.
func isOtherwise(way any) bool {
	entry, _ := way.(*object)
	return entry != nil && slices.Contains([]string{"otherwise", "default", "else", "true"}, strings.ToLower(strings.TrimSpace(entry.text("condition"))))
}

// branches leads from a parallel step to the first step of each strand.
func (g *stepGraph) branches(node *stepNode) {
	list := join(node.path, "parallelBranches")
	for i := range node.step.list("parallelBranches") {
		steps := join(item(list, i), "steps")
		first := slices.IndexFunc(g.nodes, func(n *stepNode) bool { return n.list == steps })
		if first < 0 {
			g.f.lacks("EMPTY_BRANCH", item(list, i), "has no step")
			continue
		}
		node.routes = append(node.routes, route{to: g.nodes[first]})
	}
}

// completeness reports a step that lacks what its kind needs.
func (g *stepGraph) completeness(node *stepNode) {
	needs := func(key string) {
		if !node.step.has(key) {
			g.f.lacks("INCOMPLETE_STEP", node.path, "is of type %s and needs %s", node.kind, key)
		}
	}
	switch node.kind {
	case "TASK":
		needs("taskId")
	case "DELAYED_TASK":
		needs("taskId")
		needs("delay")
	case "HUMAN_TASK":
		if !node.step.has("taskDefinition") {
			needs("taskId")
		}
	case "EVENT_WAIT":
		needs("eventPattern")
	case "PARALLEL":
		needs("parallelBranches")
		g.join(node)
	case "DECISION":
		if node.ends {
			g.f.lacks("INCOMPLETE_STEP", node.path, "is of type DECISION and needs next")
		}
	case "END":
		if !node.ends {
			g.f.add(Warning, "END_CONTINUES", node.path, "is of type END and still leads on")
		}
	}
}

func (g *stepGraph) join(node *stepNode) {
	rule := node.step.object("join")
	if rule == nil || rule.text("type") != "n_of_m" {
		return
	}
	branches := len(node.step.list("parallelBranches"))
	number, _ := rule.get("count").(json.Number)
	count, err := strconv.Atoi(number.String())
	if err != nil || count < 1 || count > branches {
		g.f.add(Error, "JOIN_COUNT", join(node.path, "join", "count"), "must be between 1 and the number of branches, %d", branches)
	}
}

func (g *stepGraph) expressions(node *stepNode) {
	f, step, path := g.f, node.step, node.path
	f.mapping(PlaceStepInput, step.get("input"), join(path, "input"))
	eachObject(step.list("next"), join(path, "next"), func(way string, o *object) {
		f.expression(PlaceTransition, o.get("condition"), join(way, "condition"))
	})
	f.expression(PlaceFilter, step.get("eventCondition"), join(path, "eventCondition"))
	if failure := step.object("onFailure"); failure != nil {
		f.mapping(PlaceHandler, failure.get("inputMapping"), join(path, "onFailure", "inputMapping"))
	}
}
