package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *mutationResolver) UIComponentSave(ctx context.Context, input model.UIComponentSaveInput, dryRun bool) (*model.DefinitionPayload, error) {
	return save(ctx, r.Definitions, repository.UIComponents.Prefix(), &input, dryRun)
}

func (r *queryResolver) UIComponent(ctx context.Context, id *string, componentID *string, version *string, asOf *time.Time) (*model.UIComponent, error) {
	return findVersion(ctx, repository.UIComponents, id, componentID, version, asOf)
}

func (r *queryResolver) UIComponents(ctx context.Context, where *model.UIComponentWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.UIComponent], error) {
	return list(ctx, repository.UIComponents, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *uIAreaResolver) Component(ctx context.Context, obj *model.UIArea) (*model.UIComponent, error) {
	component, err := atPlace(ctx, repository.UIComponents, obj.Place)
	return obj.Shown(component), err
}

func (r *uIComponentResolver) Fields(ctx context.Context, obj *model.UIComponent) ([]*model.UIField, error) {
	return obj.Fields(), nil
}

func (r *uIComponentResolver) Layout(ctx context.Context, obj *model.UIComponent) (*model.UILayout, error) {
	return obj.Layout(), nil
}

func (r *uIComponentResolver) AllowedActions(ctx context.Context, obj *model.UIComponent) ([]*model.AllowedAction, error) {
	return definitionActions(ctx, repository.UIComponents, obj)
}

func (r *uIComponentResolver) Problems(ctx context.Context, obj *model.UIComponent) ([]*model.Problem, error) {
	return problems(ctx, repository.UIComponents, obj)
}

func (r *uIComponentResolver) UsedBy(ctx context.Context, obj *model.UIComponent, first int) ([]*model.DefinitionUse, error) {
	return usedBy(ctx, repository.UIComponents, obj, first)
}

func (r *uIComponentResolver) Diff(ctx context.Context, obj *model.UIComponent, from *string) ([]*model.DefinitionChange, error) {
	return diff(ctx, repository.UIComponents, obj, from)
}

func (r *uIComponentResolver) History(ctx context.Context, obj *model.UIComponent, first int, before *time.Time) ([]*model.DefinitionRevision, error) {
	return revisions(ctx, repository.UIComponents, obj.UUID, first, before)
}

func (r *uIComponentResolver) Children(ctx context.Context, obj *model.UIComponent) ([]*model.UIComponent, error) {
	components, err := namedOnce(ctx, repository.UIComponents, model.UIComponentChildren, obj.UUID)
	return obj.Alongside(components), err
}

func (r *uIComponentResolver) Parents(ctx context.Context, obj *model.UIComponent, where *model.UIComponentWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.UIComponent], error) {
	return many(ctx, repository.UIComponents, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *uIComponentResolver) Integrations(ctx context.Context, obj *model.UIComponent) ([]*model.UIIntegrationUse, error) {
	return obj.Integrations(), nil
}

func (r *uIComponentResolver) TaskDefinitions(ctx context.Context, obj *model.UIComponent, where *model.TaskDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskDefinition], error) {
	return many(ctx, repository.TaskDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *uIComponentResolver) WorkflowDefinitions(ctx context.Context, obj *model.UIComponent, where *model.WorkflowDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowDefinition], error) {
	return many(ctx, repository.WorkflowDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *uIComponentResolver) Versions(ctx context.Context, obj *model.UIComponent, where *model.UIComponentWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.UIComponent], error) {
	return many(ctx, repository.UIComponents, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *uIIntegrationUseResolver) Definition(ctx context.Context, obj *model.UIIntegrationUse) (*model.IntegrationDefinition, error) {
	return atPlace(ctx, repository.IntegrationDefinitions, obj.Place)
}

func (r *uILayoutResolver) Component(ctx context.Context, obj *model.UILayout) (*model.UIComponent, error) {
	component, err := atPlace(ctx, repository.UIComponents, obj.Place)
	return obj.Shown(component), err
}

func (r *Resolver) UIArea() generated.UIAreaResolver { return &uIAreaResolver{r} }

func (r *Resolver) UIComponent() generated.UIComponentResolver { return &uIComponentResolver{r} }

func (r *Resolver) UIIntegrationUse() generated.UIIntegrationUseResolver {
	return &uIIntegrationUseResolver{r}
}

func (r *Resolver) UILayout() generated.UILayoutResolver { return &uILayoutResolver{r} }

type (
	uIAreaResolver           struct{ *Resolver }
	uIComponentResolver      struct{ *Resolver }
	uIIntegrationUseResolver struct{ *Resolver }
	uILayoutResolver         struct{ *Resolver }
)
