package live

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func batch(n int64, changes ...Change) *Batch {
	return &Batch{N: n, Timeline: "1", Generation: "g", Changes: changes}
}

func TestTheRingKeepsWhatFitsAndKnowsWhereItBegins(t *testing.T) {
	t.Parallel()
	r := ring{most: 5 * batch(1).size()}
	r.reset(entry{10, "1", "g"})
	for n := int64(11); n <= 20; n++ {
		r.push(batch(n))
	}
	require.EqualValues(t, 15, r.floor.N)
	_, ok := r.after(14)
	require.False(t, ok, "batch 15 is gone")
	_, ok = r.after(21)
	require.False(t, ok, "nobody has seen batch 21")
	recent, ok := r.after(18)
	require.True(t, ok)
	require.Equal(t, []int64{19, 20}, []int64{recent[0].N, recent[1].N})
	recent, ok = r.after(20)
	require.True(t, ok)
	require.Empty(t, recent)
	for n, known := range map[int64]bool{14: false, 15: true, 16: true, 20: true, 21: false} {
		at, ok := r.at(n)
		require.Equal(t, known, ok, n)
		require.True(t, !ok || at.N == n)
	}
}

func TestABatchReachesOnlyThoseItConcerns(t *testing.T) {
	t.Parallel()
	id := func(n byte) *uuid.UUID { return &uuid.UUID{15: n} }
	text := func(s string) *string { return &s }
	changes := []Change{
		{Kind: 2, What: 2, EntityID: id(1), WorkflowInstanceID: id(1), DefinitionID: id(9), NewStatus: text("RUNNING")},
		{Kind: 6, What: 2, EntityID: id(2), WorkflowInstanceID: id(1), DefinitionID: id(8), NewStatus: text("completed")},
		{Kind: 6, What: 6, EntityID: id(3)},
		{Kind: 5, What: 6},
	}
	filters := map[string]Filter{
		"all": {}, "entity": {IDs: []uuid.UUID{*id(2), *id(7)}}, "another entity": {IDs: []uuid.UUID{*id(7)}},
		"run": {WorkflowInstanceID: id(1)}, "another run": {WorkflowInstanceID: id(2)}, "definition": {DefinitionID: id(8)},
		"kind": {Kinds: []int{6}}, "another kind": {Kinds: []int{1, 3}}, "kind and status": {Kinds: []int{2, 6}, NewStatus: []string{"COMPLETED"}},
		"status": {NewStatus: []string{"RUNNING", "FAILED"}}, "another status": {NewStatus: []string{"FAILED"}},
		"entity of another kind": {IDs: []uuid.UUID{*id(2)}, Kinds: []int{2}}, "what": {Whats: []int{6}},
	}
	r := router{}
	waiting := map[*receiver]string{}
	for name, filter := range filters {
		s := &receiver{filter: filter}
		waiting[s] = name
		r.add(s)
	}
	for _, c := range changes {
		found := map[string]bool{}
		r.visit(batch(1, c), func(s *receiver) { found[waiting[s]] = true })
		for name, filter := range filters {
			require.Equal(t, filter.Matches(&c) || name == "all" || name == "what", found[name], "%s: %+v", name, c)
		}
	}
	for s := range waiting {
		r.remove(s)
	}
	require.Empty(t, r)
}
