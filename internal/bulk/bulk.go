// Package bulk changes many rows at once, in the background. An operation's
// rows are chosen and written down when it starts. A job of the queue then
// takes one after the other, each in a transaction that marks the item and runs
// the very verb of the single mutation. Killed anywhere, it goes on with the
// first item that is not marked, in whatever process.
package bulk

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"log/slog"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/migrations"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// The bounds of an operation.
const (
	maxRows   = 100_000 // that it may change
	maxReason = 2000    // characters, as the verbs have it
	sampled   = 5       // rows that a preview shows
)

// Service starts and steers bulk operations.
type Service struct {
	writer *repository.Writer
	queue  *river.Client[pgx.Tx] // inserts only; a Runner works
	pool   *pgxpool.Pool

	// ImportDir is where the folders are that may be imported; empty: none may.
	ImportDir string
}

// New is a service on the database behind pool.
func New(writer *repository.Writer, pool *pgxpool.Pool, log *slog.Logger) (*Service, error) {
	queue, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: migrations.JobSchema, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	return &Service{writer: writer, queue: queue, pool: pool}, nil
}

// Start is what an operation begins with.
type Start struct {
	Kind      model.BulkOperationKind
	Where     any         // pointer to the Where struct of the kind's entity
	Filter    scalar.JSON // the same as its sender wrote it
	Options   Options
	Bundle    Bundle // of an import
	AtMost    int
	PerSecond *int
	Reason    string
}

// Preview is what an operation would do.
type Preview struct {
	Count   int // exact
	Sample  []uuid.UUID
	Refused fault.List // rows of a bundle that an import would not store
}

// Preview counts the rows a start would choose and samples the oldest of them.
func (s *Service) Preview(ctx context.Context, start Start) (p Preview, err error) {
	if err = start.check(); err != nil {
		return p, err
	}
	if bundled(start.Kind) {
		return s.previewBundle(ctx, start)
	}
	if p.Count, err = s.writer.Store.CountSelection(ctx, start.selection()); err != nil {
		return p, err
	}
	p.Sample, err = s.writer.Store.SampleSelection(ctx, start.selection(), sampled)
	return p, err
}

// Start chooses the rows and puts the operation into the queue, both in one
// transaction. With no row to change it is completed at once.
func (s *Service) Start(ctx context.Context, start Start) (*model.BulkOperation, error) {
	if err := start.check(); err != nil {
		return nil, err
	}
	if bundled(start.Kind) {
		return s.startBundle(ctx, start)
	}
	return repository.Once(ctx, s.writer, repository.BulkOperations, start.Reason, func(ctx context.Context, tx *repository.Tx) (*model.BulkOperation, error) {
		if err := start.refuseMany(tx.CountSelection(ctx, start.selection())); err != nil {
			return nil, err
		}
		o, err := start.insert(ctx, tx)
		if err != nil {
			return nil, err
		}
		total, err := tx.FreezeSelection(ctx, o.UUID, start.selection())
		if err = start.refuseMany(total, err); err != nil { // others may have come since they were counted
			return nil, err
		}
		values := repository.Values{"total": total}
		if total == 0 {
			values["status"], values["completed_at"] = string(model.BulkCompleted), tx.Now()
		} else if err := s.enqueue(ctx, tx, o); err != nil {
			return nil, err
		}
		return repository.Update(ctx, tx, repository.BulkOperations, o.UUID, nil, values)
	})
}

func (s Start) selection() repository.Selection {
	return repository.Selection{Entity: kinds[s.Kind].entity, Where: s.Where, Statuses: kinds[s.Kind].from}
}

// check refuses what every row would be refused for.
func (s Start) check() error {
	assigns := s.Kind == model.BulkReassignTasks
	switch {
	case strings.TrimSpace(s.Reason) == "":
		return fault.Errorf(fault.Validation, "a reason is needed").At("/reason")
	case len([]rune(s.Reason)) > maxReason:
		return fault.Errorf(fault.Validation, "this is longer than %d characters", maxReason).At("/reason")
	case s.AtMost < 1 || s.AtMost > maxRows:
		return fault.Errorf(fault.BadUserInput, "an operation changes at least one row and at most %d", maxRows).At("/atMost").
			Hint("split it with a narrower filter")
	case s.PerSecond != nil && (*s.PerSecond < 1 || *s.PerSecond > maxRows):
		return fault.Errorf(fault.BadUserInput, "a rate is between 1 and %d rows per second", maxRows).At("/perSecond").Hint("leave it out for no limit")
	case assigns && s.Options.Assignee == "":
		return fault.Errorf(fault.BadUserInput, "tasks are reassigned to somebody").At("/assignee").Hint("name an assignee")
	case !assigns && s.Options.Assignee != "":
		return fault.Errorf(fault.BadUserInput, "this kind of operation assigns nothing").At("/assignee").Hint("leave it out")
	case bundled(s.Kind) && s.PerSecond != nil:
		return fault.Errorf(fault.BadUserInput, "a bundle is moved in one piece").At("/perSecond").Hint("leave it out")
	case assigns:
		return instance.CheckAssignee(s.Options.Assignee)
	}
	return nil
}

// refuseMany protects against a filter that selects more than its author
// thought.
func (s Start) refuseMany(count int, err error) error {
	if err != nil || count <= s.AtMost {
		return err
	}
	return fault.Errorf(fault.Validation, "%d rows match, and atMost allows %d", count, s.AtMost).At("/atMost").
		Hint("narrow the filter, or raise atMost when all of them are meant").With("count", count)
}

func (s Start) insert(ctx context.Context, tx *repository.Tx) (*model.BulkOperation, error) {
	options, err := json.Marshal(s.Options)
	if err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	who := auth.From(ctx)
	// Raw, not scalar.JSON: the two are ours and no documents of the platform with a schema.
	return repository.Insert(ctx, tx, repository.BulkOperations, repository.Values{
		"kind": string(s.Kind), "filter": json.RawMessage(s.Filter), "options": json.RawMessage(options), "reason": s.Reason, "at_most": s.AtMost,
		"per_second": s.PerSecond, "requested_by": who.Name, "roles": append([]string{}, who.Roles...),
	})
}

// SetStatus pauses an operation, lets it go on or ends it. The item that is
// being changed at that moment is finished first; after the answer no further
// one is. A status it already has is no move.
func (s *Service) SetStatus(ctx context.Context, target instance.Target, status model.BulkOperationStatus) (changed *model.BulkOperation, err error) {
	if status == model.BulkPending || status == model.BulkCompleted {
		return nil, fault.Errorf(fault.BadUserInput, "an operation becomes %s by itself", status).At("/status").Hint("set PAUSED, RUNNING or CANCELLED")
	}
	err = s.writer.Do(ctx, target.Reason, func(ctx context.Context, tx *repository.Tx) error {
		changed, err = repository.Lock(ctx, tx, repository.BulkOperations, target.ID, target.Expected)
		if err != nil || changed.Status == status {
			return err
		}
		if err := model.BulkOperationTransitions.Check(changed.Status, status); err != nil {
			return err
		}
		values := repository.Values{"status": string(status)}
		if status == model.BulkCancelled {
			values["completed_at"] = tx.Now()
		}
		if changed, err = repository.Update(ctx, tx, repository.BulkOperations, target.ID, nil, values); err != nil || status != model.BulkRunning {
			return err
		}
		return s.enqueue(ctx, tx, changed)
	})
	return changed, err
}

// enqueue puts the operation into the queue if and only if tx commits.
func (s *Service) enqueue(ctx context.Context, tx *repository.Tx, o *model.BulkOperation) error {
	schema, err := tx.CurrentSchema(ctx)
	if err != nil {
		return err
	}
	_, err = s.queue.InsertTx(ctx, tx.Raw(), job{o.UUID, bundled(o.Kind)}, &river.InsertOpts{Queue: queueOf(schema), MaxAttempts: maxAttempts})
	if err != nil {
		return fmt.Errorf("queueing a bulk operation: %w", err)
	}
	return nil
}

// queueOf names the queue of the installation in a schema: several share the
// job tables of one database.
func queueOf(schema string) string {
	if schema == "public" {
		return "bulk"
	}
	return fmt.Sprintf("bulk_%08x", crc32.ChecksumIEEE([]byte(schema)))
}
