package main

import (
	"testing"

	"github.com/augmentedos/graph/bench/rig"
	"github.com/stretchr/testify/require"
)

// A checker that finds nothing proves nothing unless it finds what is there.
func TestTheJudgeSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	waiting, running := "WAITING_FOR_EVENT", "RUNNING"
	truth := &truth{keys: []string{"t1 a", "t2 b", "t3 a", "t4 c"}, place: map[string]int{"t1 a": 0, "t2 b": 1, "t3 a": 2, "t4 c": 3}, rows: map[string]row{
		"t1 a": {2, &waiting}, "t2 b": {2, &running}, "t3 a": {2, &running}, "t4 c": {1, &waiting},
	}}
	received := func(names ...string) (out []rig.Change) {
		for _, name := range names {
			reason, id := name[:2], name[3:]
			out = append(out, rig.Change{Kind: "WORKFLOW_INSTANCE", ID: id, Reason: &reason})
		}
		return out
	}
	require.False(t, truth.compare("", received("t1 a", "t2 b", "t3 a", "t4 c"), 0).bad())
	require.Equal(t, 1, truth.compare("", received("t1 a", "t3 a", "t4 c"), 0).lost)
	require.Equal(t, 1, truth.compare("", received("t1 a", "t2 b", "t2 b", "t3 a", "t4 c"), 0).doubled)
	require.Equal(t, 1, truth.compare("", received("t2 b", "t1 a", "t3 a", "t4 c"), 0).disordered)
	require.Equal(t, 1, truth.compare("", received("t1 a", "t2 b", "t3 a", "t4 c", "t9 x"), 0).phantom)
	require.False(t, truth.compare(`{newStatus: ["WAITING_FOR_EVENT"]}`, received("t1 a", "t4 c"), 0).bad())
	require.False(t, truth.compare("", received("t3 a", "t4 c"), 2).bad(), "what came before its beginning is not missing")
}
