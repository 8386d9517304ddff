// Package simulate keeps the demo world going: runs begin, their steps pass,
// people claim and complete tasks, some things fail and are repaired. It writes
// only through what the API writes through, so whoever watches sees what real
// work looks like. Its rows are recognised by business keys that begin with
// sim-; everything else is left alone.
package simulate

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// prefix begins the business keys of what the simulation made.
const prefix = "sim-"

// How much there is at a time: runs that are open, ended runs and closed dead
// letters that are kept, dead letters that wait for somebody. With what is kept
// the tables hold about ten rows per run; the change log has its own retention.
const (
	openRuns    = 14
	keptRuns    = 1000
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
	plans      map[uuid.UUID]*plan
	moves      int
	began      int
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
	s.plans = map[uuid.UUID]*plan{}
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
		InstanceID: &model.StringFilter{Prefix: &key}, Status: &model.WorkflowInstanceStatusFilter{In: statuses},
	}
}

func (s *Simulator) open(ctx context.Context) ([]*model.WorkflowInstance, error) {
	return s.runsWhere(ctx, openRuns, "CREATED_AT_DESC", model.WorkflowInstanceRunning, model.WorkflowInstanceWaitingForEvent)
}

// begin starts a run of one of the demo world's workflows.
func (s *Simulator) begin(ctx context.Context) error {
	subject := subjects[rand.IntN(len(subjects))]
	input, about := subject.input()
	s.began++
	key := fmt.Sprintf("%s%s-%s-%d", prefix, subject.workflow, time.Now().UTC().Format("0102150405"), s.began)
	correlation := fmt.Sprintf("SIM-%d", time.Now().UnixMilli()%1_000_000)
	ctx = auth.With(ctx, auth.Identity{Name: customers[rand.IntN(len(customers))], Roles: engine.Roles})
	_, err := s.workflows.Start(ctx, instance.Start{
		WorkflowID: &subject.workflow, InstanceID: &key, Input: input, CorrelationID: &correlation, Reason: "asked for: " + about,
	})
	return err
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
