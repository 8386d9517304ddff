package jsonschema

import "slices"

// reach marks the steps that can be reached from where the process starts: the
// START steps, or the first step when there are none.
func (g *stepGraph) reach() []bool {
	var open []*stepNode
	for _, node := range g.nodes {
		if node.list == "/steps" && node.kind == "START" {
			if len(open) > 0 {
				g.f.add(Warning, "SECOND_START", node.path, "is a second START; the process begins at each of them")
			}
			open = append(open, node)
		}
	}
	if len(open) == 0 {
		open = append(open, g.nodes[0])
	}
	reached := make([]bool, len(g.nodes))
	for len(open) > 0 {
		node := open[len(open)-1]
		open = open[:len(open)-1]
		if reached[node.index] {
			continue
		}
		reached[node.index] = true
		for _, r := range node.routes {
			open = append(open, r.to)
		}
	}
	return reached
}

// loops reports cycles. A cycle through a wait, a person or a condition can
// end and is only worth knowing; any other spins for ever.
func (g *stepGraph) loops() {
	endless := make([]bool, len(g.nodes))
	for _, cycle := range g.cycles(func(from *stepNode, r route) bool { return !r.conditional && !pauses(from) && !pauses(r.to) }) {
		for _, node := range cycle {
			endless[node.index] = true
		}
		g.f.add(Error, "ENDLESS_LOOP", cycle[0].path, "is part of a loop that nothing ends: no condition, no event, no person")
	}
	for _, cycle := range g.cycles(func(*stepNode, route) bool { return true }) {
		if !slices.ContainsFunc(cycle, func(n *stepNode) bool { return endless[n.index] }) {
			g.f.add(Warning, "LOOP", cycle[0].path, "is part of a loop of %d steps", len(cycle))
		}
	}
}

func pauses(node *stepNode) bool { return node.kind == "EVENT_WAIT" || node.kind == "HUMAN_TASK" }

// cycles lists the groups of steps that lead back to themselves over the ways
// that count, each in document order (Tarjan's strongly connected components).
func (g *stepGraph) cycles(counts func(*stepNode, route) bool) [][]*stepNode {
	t := tarjan{graph: g, counts: counts, order: make([]int, len(g.nodes)), low: make([]int, len(g.nodes)), open: make([]bool, len(g.nodes))}
	for _, node := range g.nodes {
		if t.order[node.index] == 0 {
			t.visit(node)
		}
	}
	slices.SortFunc(t.found, func(a, b []*stepNode) int { return a[0].index - b[0].index })
	return t.found
}

type tarjan struct {
	graph  *stepGraph
	counts func(*stepNode, route) bool
	clock  int
	order  []int // when a step was first met, 0 before
	low    []int // earliest step that can be reached from it
	open   []bool
	stack  []*stepNode
	found  [][]*stepNode
}

func (t *tarjan) visit(node *stepNode) {
	i := node.index
	t.clock++
	t.order[i], t.low[i], t.open[i] = t.clock, t.clock, true
	t.stack = append(t.stack, node)
	selfLoop := false
	for _, r := range node.routes {
		if !t.counts(node, r) {
			continue
		}
		j := r.to.index
		selfLoop = selfLoop || j == i
		if t.order[j] == 0 {
			t.visit(r.to)
			t.low[i] = min(t.low[i], t.low[j])
		} else if t.open[j] {
			t.low[i] = min(t.low[i], t.order[j])
		}
	}
	if t.low[i] == t.order[i] {
		t.close(node, selfLoop)
	}
}

// close takes a finished group off the stack.
func (t *tarjan) close(node *stepNode, selfLoop bool) {
	at := slices.Index(t.stack, node)
	group := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, member := range group {
		t.open[member.index] = false
	}
	if len(group) > 1 || selfLoop {
		slices.SortFunc(group, func(a, b *stepNode) int { return a.index - b.index })
		t.found = append(t.found, group)
	}
}
