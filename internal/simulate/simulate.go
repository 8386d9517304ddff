// Package simulate keeps the demo world going: runs begin, their steps pass,
// people claim and complete tasks, some things fail and are repaired. It writes
// only through what the API writes through, so whoever watches sees what real
// work looks like: an event is published, its trigger starts a run, and so on.
// Its rows are recognised by a correlation id or business key that begins with
// SIM-; everything else is left alone.
package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// prefix begins the correlation ids of runs and events of the simulation and the
// business keys of its dead letters.
const prefix = "SIM-"

// How much there is at a time: runs that are open, ended runs, events and closed
// dead letters that are kept, dead letters that wait for somebody. Beyond queued
// events nobody routes them, and runs are started without. With what is kept the
// tables hold about ten rows per run; the change log has its own retention.
const (
	openRuns    = 14
	keptRuns    = 1000
	keptEvents  = 1000
	queued      = 20
	keptLetters = 200
	openLetters = 6
	sweepEvery  = 40 // moves
)

// Simulator moves the demo world.
type Simulator struct {
	Writer *repository.Writer
	Log    *slog.Logger
	Rate   float64 // moves per second

	tasks      *instance.Tasks
	workflows  *instance.Workflows
	operations *instance.Operations
	publisher  *routing.Publisher
	plans      map[uuid.UUID]*plan
	moves      int
}

// engine is who acts where the platform would.
var engine = auth.Identity{Name: "simulation", Roles: []string{"admin"}}

// MaxRate bounds the moves per second.
const MaxRate = 200

// Run makes one move after another until ctx ends. A move that fails, because
// somebody else was faster or the database is away, is told and forgotten.
func (s *Simulator) Run(ctx context.Context) error {
	if s.Rate <= 0 || s.Rate > MaxRate {
		return fault.Errorf(fault.BadUserInput, "a rate of %g moves per second is not possible", s.Rate).Hint("choose one up to %d", MaxRate)
	}
	ctx = auth.With(ctx, engine)
	s.tasks, s.workflows, s.operations = &instance.Tasks{Writer: s.Writer}, &instance.Workflows{Writer: s.Writer}, &instance.Operations{Writer: s.Writer}
	s.publisher, s.plans = &routing.Publisher{Writer: s.Writer}, map[uuid.UUID]*plan{}
	tick := time.NewTicker(time.Duration(float64(time.Second) / s.Rate))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := s.guarded(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "a simulated move failed", "error", err)
		}
	}
}

// guarded is one move; a panic is an error like any other.
func (s *Simulator) guarded(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err = s.move(ctx)
	switch fault.CodeOf(err) {
	case fault.Conflict, fault.IllegalTransition, fault.NotFound:
		return nil // a person at the explorer was faster
	}
	return err
}

// move is whatever is due.
func (s *Simulator) move(ctx context.Context) error {
	if s.moves++; s.moves%sweepEvery == 0 {
		return s.sweep(ctx)
	}
	open, err := s.open(ctx)
	if err != nil {
		return err
	}
	switch {
	case len(open) < openRuns && (len(open) < openRuns/2 || rand.IntN(3) == 0):
		return s.begin(ctx)
	case rand.IntN(25) == 0:
		return s.resolve(ctx)
	case rand.IntN(40) == 0:
		return s.repair(ctx)
	}
	return s.advance(ctx, open[rand.IntN(len(open))])
}

// runsWhere reads simulated runs in a status, newest first.
func (s *Simulator) runsWhere(ctx context.Context, n int, order string, statuses ...model.WorkflowInstanceStatus) ([]*model.WorkflowInstance, error) {
	rows, err := repository.List(ctx, s.Writer.Store, repository.WorkflowInstances, repository.ListQuery{
		Name: "simulated", Columns: repository.WorkflowInstances.Columns(), Order: order, Page: page.Request{Size: n}, Where: simulatedRuns(statuses...),
	})
	return rows[:min(n, len(rows))], err
}

func simulatedRuns(statuses ...model.WorkflowInstanceStatus) *model.WorkflowInstanceWhere {
	key := prefix
	return &model.WorkflowInstanceWhere{
		CorrelationID: &model.StringFilter{Prefix: &key}, Status: &model.WorkflowInstanceStatusFilter{In: statuses},
	}
}

func (s *Simulator) open(ctx context.Context) ([]*model.WorkflowInstance, error) {
	return s.runsWhere(ctx, openRuns, "CREATED_AT_DESC", model.WorkflowInstanceRunning, model.WorkflowInstanceWaitingForEvent)
}

// begin asks for a run of one of the demo world's workflows: by the event that
// triggers it, or directly where it has none or events are not routed.
func (s *Simulator) begin(ctx context.Context) error {
	subject := subjects[rand.IntN(len(subjects))]
	input, about := subject.input()
	correlation := fmt.Sprintf("%s%d", prefix, time.Now().UnixMilli()%1_000_000_000)
	desk := customers[rand.IntN(len(customers))]
	ctx = auth.With(ctx, auth.Identity{Name: desk, Roles: engine.Roles})
	depth, err := s.Writer.Store.QueueDepth(ctx)
	if err != nil {
		return err
	}
	if subject.event != "" && depth < queued {
		return s.publish(ctx, subject.event, desk, input, correlation)
	}
	_, err = s.workflows.Start(ctx, instance.Start{WorkflowID: &subject.workflow, Input: input, CorrelationID: &correlation, Reason: "asked for: " + about})
	return err
}

func (s *Simulator) publish(ctx context.Context, pattern, desk string, payload scalar.JSON, correlation string) error {
	metadata, err := json.Marshal(map[string]any{"correlationId": correlation})
	if err != nil {
		return err
	}
	outcomes, err := s.publisher.Publish(ctx, model.EventPublishInput{Events: []*model.EventInput{{
		Pattern: pattern, Payload: payload, Metadata: metadata,
		Source: &model.EventOriginInput{Type: "external", ID: strings.ReplaceAll(desk, " ", "-"), Name: &desk},
	}}})
	if err != nil {
		return err
	}
	return outcomes[0].Err
}

// repair lets a failed run go on.
func (s *Simulator) repair(ctx context.Context) error {
	failed, err := s.runsWhere(ctx, 5, "UPDATED_AT_DESC", model.WorkflowInstanceFailed)
	if err != nil || len(failed) == 0 {
		return err
	}
	run := failed[rand.IntN(len(failed))]
	_, err = s.workflows.Retry(auth.With(ctx, operator), instance.Target{ID: run.UUID, Reason: "the other side answers again"})
	return err
}

// sweep forgets what is more than kept.
func (s *Simulator) sweep(ctx context.Context) error {
	ended := []model.WorkflowInstanceStatus{model.WorkflowInstanceCompleted, model.WorkflowInstanceFailed, model.WorkflowInstanceCancelled}
	if err := forget(ctx, s, repository.WorkflowInstances, simulatedRuns(ended...), keptRuns); err != nil {
		return err
	}
	key := prefix
	if err := forget(ctx, s, repository.EventInstances, &model.EventInstanceWhere{CorrelationID: &model.StringFilter{Prefix: &key}}, keptEvents); err != nil {
		return err
	}
	return forget(ctx, s, repository.DeadLetters, lettersWhere(model.DeadLetterResolved, model.DeadLetterDiscarded), keptLetters)
}

// forget deletes the oldest rows that match beyond a number, some at a time.
func forget[T any](ctx context.Context, s *Simulator, e repository.Entity[T], where any, kept int) error {
	count, err := s.Writer.Store.Count(ctx, e.Descriptor, where)
	if err != nil || count.Total <= kept {
		return err
	}
	n := min(count.Total-kept, page.MaxSize)
	rows, err := repository.List(ctx, s.Writer.Store, e, repository.ListQuery{
		Name: "outlived", Columns: []string{"id"}, Order: "CREATED_AT_ASC", Page: page.Request{Size: n}, Where: where,
	})
	if err != nil {
		return err
	}
	return s.Writer.Do(ctx, "outlived", func(ctx context.Context, tx *repository.Tx) error {
		for _, row := range rows[:min(n, len(rows))] {
			if err := repository.Delete(ctx, tx, e, e.Value(row, "id").(uuid.UUID)); err != nil {
				return err
			}
		}
		return nil
	})
}
