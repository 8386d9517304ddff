package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
)

func (r *auditEntryResolver) Node(ctx context.Context, obj *model.AuditEntry) (model.Node, error) {
	return auditedNode(ctx, obj)
}

func (r *queryResolver) AuditLog(ctx context.Context, where *model.AuditLogWhere, first int, after *page.Cursor) (*model.AuditLog, error) {
	return loader.From(ctx).Store.Audit(ctx, where, first, after)
}

func (r *Resolver) AuditEntry() generated.AuditEntryResolver { return &auditEntryResolver{r} }

type auditEntryResolver struct{ *Resolver }
