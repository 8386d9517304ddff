package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// rawID is the key behind a global id of this entity, which stands at path in
// the input; no key for no id.
func rawID[T any](e repository.Entity[T], id *string, path string) (uuid.UUID, error) {
	if id == nil {
		return uuid.Nil, nil
	}
	prefix, uid, err := nodeid.Decode(*id)
	if err != nil || prefix != e.Prefix() {
		return uuid.Nil, notAnID(*id, e.Prefix()).At(path)
	}
	return uid, nil
}

// text is a string that may be left out, empty then.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// start begins an instance of the workflow that exactly one of workflowId and
// id names.
func start(ctx context.Context, w *instance.Workflows, input model.WorkflowInstanceStartInput) (*model.WorkflowInstance, error) {
	id, workflowID := value(input.ID), value(input.WorkflowID)
	if (id == nil) == (workflowID == nil) {
		return nil, fault.Errorf(fault.BadUserInput, "a start takes exactly one of id and workflowId").At("/workflowId").Hint("give one of the two")
	}
	definition, err := rawID(repository.WorkflowDefinitions, id, "/id")
	if err != nil {
		return nil, err
	}
	return w.Start(ctx, instance.Start{
		WorkflowID: workflowID, DefinitionID: definition, Input: input.Input.Value().OrEmpty(),
		InstanceID: value(input.InstanceID), CorrelationID: value(input.CorrelationID), Reason: text(value(input.Reason)),
	})
}

// startTestRun begins a run of the test that exactly one of testId and id
// names.
func startTestRun(ctx context.Context, t *instance.TestRuns, input model.TestRunStartInput) (*model.TestRun, error) {
	id, testID := value(input.ID), value(input.TestID)
	if (id == nil) == (testID == nil) {
		return nil, fault.Errorf(fault.BadUserInput, "a start takes exactly one of id and testId").At("/testId").Hint("give one of the two")
	}
	definition, err := rawID(repository.TestDefinitions, id, "/id")
	if err != nil {
		return nil, err
	}
	return t.Start(ctx, instance.TestRunStart{
		TestID: testID, DefinitionID: definition, RunID: value(input.RunID), Environment: input.Environment,
		TriggeredBy: value(input.TriggeredBy), Reason: text(value(input.Reason)),
	})
}

// caseResults are results of cases before they are written.
func caseResults(inputs []*model.TestCaseResultInput) []repository.CaseResult {
	results := make([]repository.CaseResult, len(inputs))
	for i, in := range inputs {
		results[i] = repository.CaseResult{
			CaseID: in.CaseID, Status: in.Status, DurationMs: value(in.DurationMs), Input: value(in.Input), Output: value(in.Output),
			Error: value(in.Error), Assertions: value(in.Assertions), StartedAt: value(in.StartedAt), CompletedAt: value(in.CompletedAt),
		}
	}
	return results
}

// saveConnection makes or changes a connection.
func saveConnection(ctx context.Context, c *instance.Connections, input model.IntegrationInstanceSaveInput) (*model.IntegrationInstance, error) {
	id, err := rawID(repository.IntegrationInstances, value(input.ID), "/id")
	if err != nil {
		return nil, err
	}
	definition, err := rawID(repository.IntegrationDefinitions, value(input.DefinitionID), "/definitionId")
	if err != nil {
		return nil, err
	}
	integration := value(input.IntegrationID)
	if integration != nil && value(input.DefinitionID) != nil {
		return nil, fault.Errorf(fault.BadUserInput, "a connection is configured from one version").At("/definitionId").Hint("give one of integrationId and definitionId")
	}
	return c.Save(ctx, instance.ConnectionSave{
		Target: target(id, value(input.ExpectedRevision), value(input.Reason)), IntegrationID: integration, DefinitionID: definition,
		Columns: connectionColumns(input),
	})
}

// connectionColumns are the columns that the input gives. Null empties those
// that may be empty and is nothing for the others.
func connectionColumns(input model.IntegrationInstanceSaveInput) repository.Values {
	columns := repository.Values{}
	if v := value(input.InstanceID); v != nil {
		columns["instance_id"] = *v
	}
	if v := value(input.Name); v != nil {
		columns["name"] = *v
	}
	if v := value(input.ContextType); v != nil {
		columns["context_type"] = string(*v)
	}
	if v := value(input.Config); v != nil {
		columns["config"] = v
	}
	if input.Description.IsSet() {
		columns["description"] = orNull(value(input.Description))
	}
	if input.ContextID.IsSet() {
		columns["context_id"] = orNull(value(input.ContextID))
	}
	return columns
}

// orNull is the text for a column, nil and not a nil pointer when there is none.
func orNull(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

// setCredentials writes credentials, or removes them when the input says null.
func setCredentials(ctx context.Context, c *instance.Connections, id uuid.UUID, input model.IntegrationInstanceSetCredentialsInput) (*model.IntegrationInstance, error) {
	if !input.Credentials.IsSet() {
		return nil, fault.Errorf(fault.BadUserInput, "credentials are missing").At("/credentials").Hint("give them, or null to remove those that are there")
	}
	return c.SetCredentials(ctx, target(id, value(input.ExpectedRevision), value(input.Reason)), value(input.Credentials), value(input.ExpiresAt))
}
