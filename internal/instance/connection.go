package instance

import (
	"context"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// Connections are the verbs on integration instances.
type Connections struct {
	Writer *repository.Writer
	Keys   *credential.Keyring // nil: credentials cannot be saved
}

type connectionStep = step[model.IntegrationInstance, model.IntegrationState]

var connections = machine[model.IntegrationInstance, model.IntegrationState]{
	repository.IntegrationInstances, model.IntegrationTransitions,
	func(i *model.IntegrationInstance) model.IntegrationState { return i.State },
}

// ConnectionSave is what a connection becomes.
type ConnectionSave struct {
	Target                          // without an ID it is a new one
	IntegrationID *string           // configure from the active version of this integration, or
	DefinitionID  uuid.UUID         // from a version; neither: from the one it has
	Columns       repository.Values // instance_id, name, description, context_type, context_id, config: what is given
}

// connectionColumns are what saving a connection needs of its definition.
var connectionColumns = []string{"auth_type", "config_schema", "integration_id", "status", "version"}

// Save makes a connection or changes one. Its configuration satisfies the
// definition's schema as it is.
func (c *Connections) Save(ctx context.Context, s ConnectionSave) (*model.IntegrationInstance, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	reason := "edited"
	if s.ID == uuid.Nil {
		reason = "created"
	}
	return repository.Once(ctx, c.Writer, repository.IntegrationInstances, s.because(reason), func(ctx context.Context, tx *repository.Tx) (*model.IntegrationInstance, error) {
		if s.ID == uuid.Nil {
			return s.insert(ctx, tx)
		}
		return s.update(ctx, tx)
	})
}

// check refuses names that no column takes.
func (s ConnectionSave) check() error {
	const most = 255
	var all fault.List
	for column, path := range map[string]string{"instance_id": "/instanceId", "name": "/name", "context_id": "/contextId"} {
		text, given := s.Columns[column].(string)
		if given && (strings.TrimSpace(text) == "" || len([]rune(text)) > most) {
			all = append(all, fault.Errorf(fault.Validation, "this has 1 to %d characters", most).At(path))
		}
	}
	if len([]rune(s.Reason)) > maxReason {
		all = append(all, sentence(s.Reason).(*fault.Fault)) //nolint:errorlint,forcetypeassert // it returns nothing else
	}
	return all.OrNil()
}

func (s ConnectionSave) insert(ctx context.Context, tx *repository.Tx) (*model.IntegrationInstance, error) {
	definition, err := s.definition(ctx, tx, nil)
	if err != nil {
		return nil, err
	}
	row := repository.Values{"instance_id": "", "context_type": string(model.ContextGlobal), "config": scalar.JSON("{}"), "integration_definition_id": definition.UUID}
	for column, value := range s.Columns {
		row[column] = value
	}
	if row["name"] == nil {
		return nil, fault.Errorf(fault.Validation, "a new connection needs a name").At("/name")
	}
	if err := consistent(row, nil, definition); err != nil {
		return nil, err
	}
	return repository.Insert(ctx, tx, repository.IntegrationInstances, row)
}

func (s ConnectionSave) update(ctx context.Context, tx *repository.Tx) (*model.IntegrationInstance, error) {
	old, err := repository.Lock(ctx, tx, repository.IntegrationInstances, s.ID, s.Expected)
	if err != nil {
		return nil, err
	}
	definition, err := s.definition(ctx, tx, old)
	if err != nil {
		return nil, err
	}
	row := repository.Values{"context_type": string(old.ContextType), "context_id": nil, "config": old.ConfigStored, "integration_definition_id": definition.UUID}
	if old.ContextID != nil {
		row["context_id"] = *old.ContextID
	}
	for column, value := range s.Columns {
		row[column] = value
	}
	if key, given := row["instance_id"]; given && key != old.InstanceID {
		return nil, fault.Errorf(fault.Validation, "the business key of a connection never changes").At("/instanceId").Hint("leave it out")
	}
	if err := consistent(row, old.ConfigStored, definition); err != nil {
		return nil, err
	}
	return repository.Update(ctx, tx, repository.IntegrationInstances, s.ID, nil, row)
}

// definition finds the version a connection is configured from. One that runs
// already may stay on the version it has, whatever became of it, and moves to
// another version of the same integration only.
func (s ConnectionSave) definition(ctx context.Context, tx *repository.Tx, old *model.IntegrationInstance) (*model.IntegrationDefinition, error) {
	own, err := definitionOf(ctx, tx, old)
	if err != nil {
		return nil, err
	}
	found, path, err := s.named(ctx, tx)
	switch {
	case err != nil:
		return nil, err
	case found == nil && own == nil:
		return nil, fault.Errorf(fault.BadUserInput, "a new connection takes exactly one of integrationId and definitionId").Hint("give one of the two")
	case found == nil || own != nil && found.UUID == own.UUID:
		return own, nil
	case own != nil && found.IntegrationID != own.IntegrationID:
		return nil, fault.Errorf(fault.Validation, "the connection leads to %s, not to %s", own.IntegrationID, found.IntegrationID).At(path).Hint("make a new connection")
	case found.Status != model.DefinitionActive:
		return nil, fault.Errorf(fault.Conflict, "version %s of %s is %s", found.Version, found.IntegrationID, model.SpellEnum(string(found.Status))).
			At(path).Hint("activate it, or name the active version by integrationId")
	}
	return found, nil
}

// definitionOf is the version a connection is configured from, nil for none.
func definitionOf(ctx context.Context, tx *repository.Tx, of *model.IntegrationInstance) (*model.IntegrationDefinition, error) {
	if of == nil {
		return nil, nil
	}
	found, err := repository.ByKeys(ctx, tx.Store, repository.IntegrationDefinitions, repository.Relation{}, connectionColumns, []any{of.IntegrationDefinitionID})
	return found[of.IntegrationDefinitionID], err
}

// named is the version the input names and where it does so, nil when it names
// none.
func (s ConnectionSave) named(ctx context.Context, tx *repository.Tx) (found *model.IntegrationDefinition, path string, err error) {
	switch {
	case s.IntegrationID != nil:
		path = "/integrationId"
		found, err = repository.ByBusinessKey(ctx, tx.Store, repository.IntegrationDefinitions, connectionColumns, *s.IntegrationID, "")
	case s.DefinitionID != uuid.Nil:
		path = "/definitionId"
		var all map[any]*model.IntegrationDefinition
		all, err = repository.ByKeys(ctx, tx.Store, repository.IntegrationDefinitions, repository.Relation{}, connectionColumns, []any{s.DefinitionID})
		found = all[s.DefinitionID]
	default:
		return nil, "", nil
	}
	if err == nil && found == nil {
		err = fault.Errorf(fault.NotFound, "there is no such integration, or it has no active version").At(path).Hint("integrationDefinitions lists them")
	}
	return found, path, err
}

// consistent checks a whole connection: a context names whom it is for, and the
// configuration fits the definition. Masked values stand for the stored ones.
func consistent(row repository.Values, stored scalar.JSON, definition *model.IntegrationDefinition) error {
	if (row["context_type"] == string(model.ContextGlobal)) != (row["context_id"] == nil) {
		return fault.Errorf(fault.Validation, "a connection for a client or a user names it, a global one names nobody").At("/contextId").
			Hint("give contextType and contextId together; null for GLOBAL")
	}
	config, _ := row["config"].(scalar.JSON)
	config, err := model.RestoreSecrets(config, stored)
	if err != nil {
		return err
	}
	row["config"] = config
	if err := fits("integration_instances", "config", config, "/config"); err != nil {
		return err
	}
	schema, _, err := jsonschema.Normalize("integration_definitions", "config_schema", definition.ConfigSchema)
	if err != nil {
		return fault.Wrap(err, fault.Validation, "the configuration schema of the definition cannot be read").At("/config").Hint("repair the schema in a new version of the definition")
	}
	return satisfies(schema, config, "/config")
}
