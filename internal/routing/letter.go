package routing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// bury makes a dead letter of every failure on the way.
func (p *passage) bury(ctx context.Context) error {
	return bury(ctx, p.tx, p.event.EventInstance, p.report.Failures)
}

// bury makes dead letters. A subscriber that has one of this event already gets
// no second one.
func bury(ctx context.Context, tx *repository.Tx, event *model.EventInstance, failures []Failure) error {
	if len(failures) == 0 {
		return nil
	}
	pending, err := tx.PendingLetters(ctx, event.EventID)
	if err != nil {
		return err
	}
	original, err := copyOf(event)
	if err != nil {
		return err
	}
	for _, f := range failures {
		if pending[f.Subscriber] {
			continue
		}
		row := repository.Values{"entry_id": "", "event_id": event.EventID, "original_event": original}
		if f.Subscriber != "" {
			row["subscriber_id"] = f.Subscriber
		}
		for column, value := range described(f.Err) {
			row[column] = value
		}
		if _, err := repository.Insert(ctx, tx, repository.DeadLetters, row); err != nil {
			return err
		}
	}
	return nil
}

// copyOf is the event as a dead letter keeps it.
func copyOf(e *model.EventInstance) (scalar.JSON, error) {
	doc := map[string]any{"eventId": e.EventID, "pattern": e.Pattern}
	for key, part := range map[string]scalar.JSON{"source": e.SourceJSON, "payload": e.Payload, "metadata": e.MetadataJSON} {
		if len(part) > 0 {
			doc[key] = part
		}
	}
	if e.Version != "" {
		doc["version"], doc["timestamp"] = e.Version, e.Timestamp.UTC().Format(time.RFC3339Nano)
	}
	text, err := json.Marshal(doc)
	return text, err
}

// described is an error in the columns of a dead letter.
func described(err error) repository.Values {
	code := fault.CodeOf(err)
	values := repository.Values{"error_message": told(err), "error_type": errorType(code), "error_code": string(code), "error_context": nil}
	var list fault.List
	if errors.As(err, &list) {
		violations := make([]map[string]string, len(list))
		for i, f := range list {
			violations[i] = map[string]string{"path": f.Path, "message": f.Message}
		}
		if doc, err := json.Marshal(map[string]any{"violations": violations}); err == nil {
			values["error_context"] = scalar.JSON(doc)
		}
	}
	return values
}

// errorType is the class of an error in the words of dead letters.
func errorType(code fault.Code) string {
	switch code {
	case fault.Validation, fault.BadUserInput, fault.QueryTooComplex:
		return "ValidationError"
	case fault.NotFound:
		return "NotFoundError"
	case fault.Conflict, fault.IllegalTransition:
		return "ConflictError"
	case fault.Timeout:
		return "TimeoutError"
	case fault.Unavailable:
		return "ServiceUnavailableError"
	}
	return "InternalError"
}

// Retry lets the listener that failed try again, in one transaction with what
// becomes of the dead letter: resolved, or pending again with one more entry in
// its history. More tries than the entry allows need force.
func (r *Router) Retry(ctx context.Context, target instance.Target, force bool) (letter *model.DeadLetter, err error) {
	reason := target.Reason
	if strings.TrimSpace(reason) == "" {
		reason = "retried"
	}
	err = r.Writer.Do(ctx, reason, func(ctx context.Context, tx *repository.Tx) error {
		if letter, err = repository.Lock(ctx, tx, repository.DeadLetters, target.ID, target.Expected); err != nil {
			return err
		}
		if err := model.DeadLetterTransitions.Check(letter.Status, model.DeadLetterReprocessing); err != nil {
			return err
		}
		if letter.RetryCount >= letter.MaxRetries && !force {
			return fault.Errorf(fault.Conflict, "the event was tried again %d times, which is what this entry allows", letter.RetryCount).
				Hint("mend the cause and pass force: true, or resolve or discard the entry")
		}
		if _, err := repository.Update(ctx, tx, repository.DeadLetters, letter.UUID, nil, repository.Values{"status": string(model.DeadLetterReprocessing)}); err != nil {
			return err
		}
		begin := time.Now()
		done, cause := r.again(ctx, tx, letter)
		if transient(ctx, cause) {
			return cause
		}
		values, err := closed(ctx, tx, letter, done, cause, time.Since(begin))
		if err != nil {
			return err
		}
		letter, err = repository.Update(ctx, tx, repository.DeadLetters, letter.UUID, nil, values)
		return err
	})
	return letter, err
}

// transient is true for failures of the server, which say nothing about the
// event: the entry stays as it was and the caller is told.
func transient(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || fault.CodeOf(err) == fault.Internal || fault.CodeOf(err) == fault.Unavailable || fault.CodeOf(err) == fault.Timeout || errors.Is(err, instance.ErrExternal))
}

// again routes the event of a letter to the listener that failed and says what
// came of it.
func (r *Router) again(ctx context.Context, tx *repository.Tx, letter *model.DeadLetter) (string, error) {
	to, err := r.subscriber(ctx, tx, letter)
	if err != nil {
		return "", err
	}
	found, err := repository.ByKeys(ctx, tx.Store, repository.EventInstances, repository.EventByKey, repository.EventInstances.Columns(), []any{letter.EventID})
	if err != nil {
		return "", err
	}
	event := found[letter.EventID]
	if event == nil {
		return "", fault.Errorf(fault.NotFound, "the event is not stored here, or archived").
			Hint("publish the original event with eventPublish, then resolve this entry")
	}
	seen, err := happened(event)
	if err != nil {
		return "", err
	}
	seen.replay = true // a wait that began since may be what the retry is for
	p := &passage{Router: r, tx: tx, event: seen, scope: to, last: true}
	if err := p.protected(ctx, func(ctx context.Context, inner *repository.Tx) error {
		p.tx = inner
		if err := p.route(ctx); err != nil {
			return err
		}
		if len(p.report.Failures) > 0 {
			return p.report.Failures[0].Err
		}
		return p.mended(ctx, letter)
	}); err != nil {
		return "", err
	}
	return p.report.outcome(to)
}

// mended lets the sequences of an event go on when its last failure is dealt
// with.
func (p *passage) mended(ctx context.Context, letter *model.DeadLetter) error {
	places, err := p.tx.SequencePlaces(ctx, p.event.EventID)
	if err != nil || len(places) == 0 {
		return err
	}
	pending, err := p.tx.PendingLetters(ctx, p.event.EventID)
	if err != nil {
		return err
	}
	own := ""
	if letter.SubscriberID != nil {
		own = *letter.SubscriberID
	}
	if delete(pending, own); len(pending) > 0 {
		return nil
	}
	return p.finish(ctx, places, 0)
}

// outcome says in a sentence what a retry did; nothing at all is a failure
// when one listener was asked.
func (r Report) outcome(to scope) (string, error) {
	var did []string
	for _, run := range r.Started {
		did = append(did, "started "+run.InstanceID)
	}
	if r.Cancelled > 0 {
		did = append(did, fmt.Sprintf("cancelled %d instances", r.Cancelled))
	}
	if r.Resumed > 0 {
		did = append(did, fmt.Sprintf("ended %d waits", r.Resumed))
	}
	switch {
	case len(did) > 0:
		return strings.Join(did, ", "), nil
	case len(r.Idle) > 0:
		return "nothing to do: " + strings.Join(r.Idle, " "), nil
	case to.all():
		return "nothing listens to the event any more", nil
	}
	return "", fault.Errorf(fault.NotFound, "the subscriber does not listen to this event any more").
		Hint("triggerExplain tells who does; resolve the entry when nothing is left to do")
}

// subscriber finds the listener a letter names. A trigger of a version that was
// replaced stands for the triggers of the version that is active now.
func (r *Router) subscriber(ctx context.Context, tx *repository.Tx, letter *model.DeadLetter) (scope, error) {
	if letter.SubscriberID == nil {
		return scope{}, nil
	}
	name := *letter.SubscriberID
	run, isRun := strings.CutPrefix(name, "workflow_")
	if prefix, _, err := nodeid.Decode(run); isRun || (err == nil && prefix == repository.WorkflowInstances.Prefix()) {
		found, err := named(ctx, tx, repository.WorkflowInstances, run)
		if err != nil || found != nil {
			return scope{run: uuidOf(found)}, err
		}
	}
	trigger, err := repository.ByBusinessKey(ctx, tx.Store, repository.WorkflowEventTriggers, repository.WorkflowEventTriggers.Columns(), name, "")
	if err != nil {
		return scope{}, err
	}
	if trigger == nil {
		return scope{}, instance.External(name)
	}
	found, err := repository.ByKeys(ctx, tx.Store, repository.WorkflowDefinitions, repository.Relation{}, []string{"status", "workflow_id"}, []any{trigger.WorkflowDefinitionID})
	if err != nil {
		return scope{}, err
	}
	to := scope{trigger: name}
	if d := found[trigger.WorkflowDefinitionID]; d != nil && d.Status != model.DefinitionActive {
		to.workflow = d.WorkflowID
	}
	return to, nil
}

func uuidOf(run *model.WorkflowInstance) uuid.UUID {
	if run == nil {
		return uuid.Nil
	}
	return run.UUID
}

// named finds an instance by its UUID, its global id or its business key.
func named(ctx context.Context, tx *repository.Tx, e repository.Entity[model.WorkflowInstance], name string) (*model.WorkflowInstance, error) {
	id, err := uuid.Parse(name)
	if err != nil {
		var prefix string
		if prefix, id, err = nodeid.Decode(name); err != nil || prefix != e.Prefix() {
			return repository.ByBusinessKey(ctx, tx.Store, e, []string{"status"}, name, "")
		}
	}
	found, err := repository.ByKeys(ctx, tx.Store, e, repository.Relation{}, []string{"status"}, []any{id})
	return found[id], err
}

// closed is what a try makes of the letter.
func closed(ctx context.Context, tx *repository.Tx, letter *model.DeadLetter, done string, cause error, took time.Duration) (repository.Values, error) {
	if cause == nil {
		return repository.Values{
			"status": string(model.DeadLetterResolved), "resolution_strategy": string(model.ResolvedByManualRetry),
			"resolution_timestamp": tx.Now(), "resolved_by": auth.From(ctx).Name, "resolution_notes": done,
		}, nil
	}
	var history []json.RawMessage
	if err := json.Unmarshal(letter.RetryHistoryJSON, &history); err != nil {
		history = nil // what is no list has no entries to keep
	}
	values := described(cause)
	entry, err := json.Marshal(map[string]any{
		"timestamp": tx.Now().UTC().Format(time.RFC3339Nano), "processingDuration": took.Milliseconds(),
		"error": map[string]any{"message": values["error_message"], "type": values["error_type"], "code": values["error_code"]},
	})
	if err != nil {
		return nil, fmt.Errorf("retry history: %w", err)
	}
	doc, err := json.Marshal(append(history, entry))
	values["status"], values["retry_count"], values["retry_history"] = string(model.DeadLetterPending), letter.RetryCount+1, scalar.JSON(doc)
	return values, err
}
