package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/model"
)

func (r *definitionReferenceChangeResolver) From(ctx context.Context, obj *model.DefinitionReferenceChange) (model.Definition, error) {
	return atRef(ctx, obj.Old)
}

func (r *definitionReferenceChangeResolver) To(ctx context.Context, obj *model.DefinitionReferenceChange) (model.Definition, error) {
	return atRef(ctx, obj.New)
}

func (r *definitionRunningResolver) Definition(ctx context.Context, obj *model.DefinitionRunning) (model.Definition, error) {
	return atRef(ctx, obj.Version)
}

func (r *definitionUseResolver) Definition(ctx context.Context, obj *model.DefinitionUse) (model.Definition, error) {
	return atRef(ctx, obj.Source)
}

func (r *definitionUseResolver) Target(ctx context.Context, obj *model.DefinitionUse) (model.Definition, error) {
	return atRef(ctx, obj.Goal)
}

func (r *mutationResolver) DefinitionNewDraft(ctx context.Context, input model.ChangeInput, bump model.VersionBump, idempotencyKey *string) (*model.DefinitionPayload, error) {
	return life(ctx, input, func(t definition.Target) (definition.Outcome, error) { return r.Definitions.NewDraft(ctx, t, bump) })
}

func (r *mutationResolver) DefinitionActivate(ctx context.Context, input model.ChangeInput, dependants []string, dryRun bool) (*model.DefinitionActivatePayload, error) {
	return published(ctx, r.Definitions.Activate, input, dependants, dryRun)
}

func (r *mutationResolver) DefinitionDeprecate(ctx context.Context, input model.ChangeInput, retire bool) (*model.DefinitionPayload, error) {
	return life(ctx, input, func(t definition.Target) (definition.Outcome, error) { return r.Definitions.Deprecate(ctx, t, retire) })
}

func (r *mutationResolver) DefinitionRestore(ctx context.Context, input model.ChangeInput, dependants []string, dryRun bool) (*model.DefinitionActivatePayload, error) {
	return published(ctx, r.Definitions.Restore, input, dependants, dryRun)
}

func (r *mutationResolver) DefinitionDeleteDraft(ctx context.Context, input model.ChangeInput) (*model.DefinitionPayload, error) {
	return life(ctx, input, func(t definition.Target) (definition.Outcome, error) { return r.Definitions.DeleteDraft(ctx, t) })
}

func (r *queryResolver) Search(ctx context.Context, query string, kinds []model.DefinitionKind, first int) ([]*model.SearchHit, error) {
	return search(ctx, query, kinds, first)
}

func (r *searchHitResolver) Node(ctx context.Context, obj *model.SearchHit) (model.Definition, error) {
	return hitDefinition(ctx, obj)
}

func (r *Resolver) DefinitionReferenceChange() generated.DefinitionReferenceChangeResolver {
	return &definitionReferenceChangeResolver{r}
}

func (r *Resolver) DefinitionRunning() generated.DefinitionRunningResolver {
	return &definitionRunningResolver{r}
}

func (r *Resolver) DefinitionUse() generated.DefinitionUseResolver { return &definitionUseResolver{r} }

func (r *Resolver) SearchHit() generated.SearchHitResolver { return &searchHitResolver{r} }

type (
	definitionReferenceChangeResolver struct{ *Resolver }
	definitionRunningResolver         struct{ *Resolver }
	definitionUseResolver             struct{ *Resolver }
	searchHitResolver                 struct{ *Resolver }
)
