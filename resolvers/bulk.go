package resolvers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// startBulk starts an operation, or says what it would do.
func startBulk(ctx context.Context, s *bulk.Service, input model.BulkOperationStartInput) (*model.BulkOperationPayload, error) {
	payload := &model.BulkOperationPayload{Sample: []model.Node{}}
	var err error
	payload.BulkOperation, payload.UserErrors, err = outcome(ctx, func() (*model.BulkOperation, error) {
		start, err := bulkStart(ctx, input)
		if err != nil {
			return nil, err
		}
		if input.DryRun {
			return nil, inFilter(start, preview(ctx, s, start, payload))
		}
		o, err := s.Start(ctx, start)
		payload.Count = matched(o, err)
		return o, inFilter(start, err)
	})
	return payload, err
}

// inFilter moves what is wrong with a Where to the filter it was given as.
func inFilter(start bulk.Start, err error) error {
	f, ok := err.(*fault.Fault) //nolint:errorlint // the fault of the filter itself and not of a cause
	if !ok {
		return err
	}
	if place, found := strings.CutPrefix(f.Path, "/where"); found {
		return f.At("/" + filterNames[bulk.Table(start.Kind)] + place)
	}
	return err
}

// preview counts and samples the rows of a start into payload.
func preview(ctx context.Context, s *bulk.Service, start bulk.Start, payload *model.BulkOperationPayload) error {
	found, err := s.Preview(ctx, start)
	if err != nil {
		return err
	}
	if start.Kind != model.BulkExportBundle {
		payload.Count = &found.Count
	}
	if len(found.Refused) > 0 {
		return found.Refused
	}
	ids := make([]string, len(found.Sample))
	for i, id := range found.Sample {
		ids[i] = nodeid.Encode(repository.ByTable(bulk.Table(start.Kind)).Prefix(), id)
	}
	sample, err := nodes(ctx, ids)
	for _, row := range sample {
		if row != nil {
			payload.Sample = append(payload.Sample, row)
		}
	}
	return err
}

// matched is how many rows a start found, whether it took them or refused.
func matched(o *model.BulkOperation, err error) *int {
	if f, ok := err.(*fault.Fault); ok { //nolint:errorlint // the fault of the start itself and not of a cause
		if n, ok := f.Details["count"].(int); ok {
			return &n
		}
	}
	if o == nil || bulk.Table(o.Kind) == "" {
		return nil // nobody counted the rows of a bundle
	}
	return &o.Total
}

// bulkStart reads the input of a start.
func bulkStart(ctx context.Context, input model.BulkOperationStartInput) (bulk.Start, error) {
	start := bulk.Start{
		Kind: input.Kind, AtMost: input.AtMost, PerSecond: value(input.PerSecond), Reason: input.Reason,
	}
	if assignee := value(input.Assignee); assignee != nil {
		start.Options.Assignee = *assignee
	}
	if folder := value(input.Folder); folder != nil {
		start.Bundle.Folder = *folder
	}
	start.Bundle.Tables = value(input.Bundle)
	switch input.Kind {
	case model.BulkExportBundle:
		start.Options.Full = input.Full
	case model.BulkReassignTasks:
		start.Options.AssigneeType = input.AssigneeType
	case model.BulkCancelWorkflowInstances:
		start.Options.ShouldCompensate = input.ShouldCompensate
	}
	var err error
	start.Where, start.Filter, err = bulkFilter(ctx, input)
	return start, err
}

// filterNames are the fields of the input that select rows of a table.
var filterNames = map[string]string{
	"workflow_instances": "workflowInstances",
	"task_instances":     "taskInstances",
	"dead_letter_queue":  "deadLetters",
	"event_instances":    "eventInstances",
}

// bulkFilter finds the one filter that belongs to the kind, as a Where and as it
// was written.
func bulkFilter(ctx context.Context, input model.BulkOperationStartInput) (where any, written scalar.JSON, err error) {
	given := 0
	for table, filter := range map[string]any{
		"workflow_instances": filterOf(input.WorkflowInstances),
		"task_instances":     filterOf(input.TaskInstances),
		"dead_letter_queue":  filterOf(input.DeadLetters),
		"event_instances":    filterOf(input.EventInstances),
	} {
		if filter != nil {
			given++
		}
		if table == bulk.Table(input.Kind) {
			where = filter
		}
	}
	table := bulk.Table(input.Kind)
	name := filterNames[table]
	switch {
	case table == "" && given > 0:
		return nil, nil, fault.Errorf(fault.BadUserInput, "%s takes no filter", input.Kind).Hint("leave it out")
	case table == "":
		return nil, scalar.JSON("{}"), nil
	case where == nil || given > 1:
		return nil, nil, fault.Errorf(fault.BadUserInput, "%s takes its rows from %s and from nothing else", input.Kind, name).
			At("/"+name).Hint("give %s as the only filter; {} is every row at a fitting status", name)
	}
	written, err = asSent(ctx, name)
	return where, written, err
}

// filterOf is a filter of the input, nil when it was not given.
func filterOf[W any](filter graphql.Omittable[*W]) any {
	if w := filter.Value(); w != nil {
		return w
	}
	return nil
}

// asSent is a field of the current mutation's input as its sender wrote it.
func asSent(ctx context.Context, name string) (scalar.JSON, error) {
	arguments := graphql.GetFieldContext(ctx).Field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	input, _ := arguments["input"].(map[string]any)
	text, err := json.Marshal(input[name])
	if err != nil {
		return nil, fmt.Errorf("%s as it was sent: %w", name, err)
	}
	return text, nil
}

// bulkFailures reads rows that an operation could not change, after a place.
func bulkFailures(ctx context.Context, operation uuid.UUID, first, after int) ([]*model.BulkOperationFailure, error) {
	from := repository.Cursor("PLACE", []any{after})
	found, err := paged(ctx, repository.BulkOperationFailures, repository.FailuresOfOperation, operation, nil, "PLACE", page.Args{First: &first, After: &from})
	if err != nil {
		return nil, err
	}
	return found.Nodes(), nil
}

// failedObject is the row as it is now; a row of a bundle is none.
func failedObject(ctx context.Context, failure *model.BulkOperationFailure) (model.Node, error) {
	id := failure.ID()
	if id == nil {
		return nil, nil
	}
	return node(ctx, *id)
}
