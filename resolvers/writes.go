package resolvers

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// change runs a verb on the row with a global id and sorts its outcome into
// what a payload is made of.
func change[T any](ctx context.Context, e repository.Entity[T], id string, verb func(uuid.UUID) (*T, error)) (*T, []model.UserError, error) {
	prefix, uid, err := nodeid.Decode(id)
	if err != nil || prefix != e.Prefix() {
		errs, err := userErrors(notAnID(id, e.Prefix()).At("/id"))
		return nil, errs, err
	}
	return outcome(ctx, func() (*T, error) { return verb(uid) })
}

// outcome runs a change and sorts what came of it. What later fields of the
// same response read must not come from before the change.
func outcome[T any](ctx context.Context, run func() (*T, error)) (*T, []model.UserError, error) {
	row, err := run()
	loader.From(ctx).Reset()
	errs, err := userErrors(err)
	if len(errs) > 0 {
		row = nil
	}
	return row, errs, err
}

// target is what a verb is about, from the fields its input has.
func target(id uuid.UUID, expected *int, reason *string) instance.Target {
	t := instance.Target{ID: id, Expected: expected}
	if reason != nil {
		t.Reason = *reason
	}
	return t
}

// asked is the target of a verb that takes nothing else.
func asked(id uuid.UUID, input model.ChangeInput) instance.Target {
	return target(id, value(input.ExpectedRevision), value(input.Reason))
}

// value is an optional input field: nil when it is null or left out.
func value[V any](o graphql.Omittable[V]) V { return o.Value() }

// userErrors splits what went wrong in a mutation: faults its sender can mend
// become part of the payload, everything else stays an error of the request.
func userErrors(err error) ([]model.UserError, error) {
	if err == nil {
		return []model.UserError{}, nil
	}
	var list fault.List
	if !errors.As(err, &list) {
		var f *fault.Fault
		if !errors.As(err, &f) {
			return nil, err
		}
		list = fault.List{f}
	}
	out := make([]model.UserError, 0, len(list))
	for _, f := range list {
		shown := userError(f)
		if shown == nil {
			return nil, err
		}
		out = append(out, shown)
	}
	return out, nil
}

func userError(f *fault.Fault) model.UserError {
	code, remedy := string(f.Code), optional(f.Advice())
	switch f.Code {
	case fault.Validation, fault.BadUserInput, fault.QueueFull:
		keyword, _ := f.Details["keyword"].(string)
		return model.ValidationError{Code: code, Message: f.Message, Path: f.Path, Remedy: remedy, Keyword: optional(keyword)}
	case fault.Conflict, fault.IdempotencyKey:
		e := model.ConflictError{Code: code, Message: f.Message, Path: f.Path, Remedy: remedy}
		if n, ok := f.Details["currentRevision"].(int); ok {
			e.CurrentRevision = &n
		}
		return e
	case fault.IllegalTransition:
		from, _ := f.Details["from"].(string)
		to, _ := f.Details["to"].(string)
		allowed, _ := f.Details["allowed"].([]string)
		return model.IllegalTransitionError{Code: code, Message: f.Message, Path: f.Path, Remedy: remedy, From: from, To: to, Allowed: append([]string{}, allowed...)}
	case fault.NotFound:
		return model.NotFoundError{Code: code, Message: f.Message, Path: f.Path, Remedy: remedy}
	}
	return nil
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
