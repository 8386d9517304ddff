package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/augmentedos/graph/bench/rig"
)

const (
	startRun  = `mutation($id: String!, $why: String!) { change: workflowInstanceStart(input: {workflowId: "soak", instanceId: $id, reason: $why}) { workflowInstance { id } userErrors { message } } }`
	cancelRun = `mutation($id: ID!, $why: String!) { change: workflowInstanceCancel(input: {id: $id, reason: $why}) { workflowInstance { id } userErrors { message } } }`
)

// writeThroughServers starts runs and cancels them by mutations, beside those
// who write SQL, until ctx ends.
func (s *soak) writeThroughServers(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		why := fmt.Sprintf("request-%d", n)
		id, err := s.change(startRun, fmt.Sprintf("asked-%d", n), why+"-start")
		if err == nil && n%2 == 0 {
			_, _ = s.change(cancelRun, id, why+"-cancel") // its fate is noted
		}
		pause(ctx, 60*time.Millisecond)
	}
}

// change sends a mutation to a server and notes what became of it as far as its
// sender knows.
func (s *soak) change(mutation, id, why string) (changed string, err error) {
	fate := rig.Unknown
	defer func() { s.journal.Note(why, fate) }()
	body, err := json.Marshal(map[string]any{"query": mutation, "variables": map[string]string{"id": id, "why": why}})
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second) // not the writers': a request that was sent is waited for
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.balancer.Addr()+"/graphql", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		Data *struct {
			Change struct {
				WorkflowInstance *struct{ ID string }
				UserErrors       []struct{ Message string }
			}
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Data == nil {
		return "", errors.Join(err, errors.New("no answer"))
	}
	if done := answer.Data.Change.WorkflowInstance; done != nil {
		fate = rig.Committed
		s.count("mutations through servers")
		return done.ID, nil
	}
	fate = rig.RolledBack
	return "", fmt.Errorf("refused: %v", answer.Data.Change.UserErrors)
}
