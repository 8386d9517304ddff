package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

func (r *queryResolver) WorkflowInstanceStats(ctx context.Context, where *model.WorkflowInstanceWhere, groupBy *model.WorkflowInstanceGroup, bucket *model.StatsBucket, bucketBy model.StatsTime) (*model.Stats, error) {
	return stats(ctx, repository.WorkflowInstances, where, groupBy, bucket, bucketBy)
}

func (r *queryResolver) TaskInstanceStats(ctx context.Context, where *model.TaskInstanceWhere, groupBy *model.TaskInstanceGroup, bucket *model.StatsBucket, bucketBy model.StatsTime) (*model.Stats, error) {
	return stats(ctx, repository.TaskInstances, where, groupBy, bucket, bucketBy)
}

func (r *queryResolver) EventInstanceStats(ctx context.Context, where *model.EventInstanceWhere, groupBy *model.EventInstanceGroup, bucket *model.StatsBucket, bucketBy model.StatsTime) (*model.Stats, error) {
	return stats(ctx, repository.EventInstances, where, groupBy, bucket, bucketBy)
}

func (r *queryResolver) DeadLetterStats(ctx context.Context, where *model.DeadLetterWhere, groupBy *model.DeadLetterGroup, bucket *model.StatsBucket, bucketBy model.StatsTime) (*model.Stats, error) {
	return stats(ctx, repository.DeadLetters, where, groupBy, bucket, bucketBy)
}

func (r *queryResolver) TestRunStats(ctx context.Context, where *model.TestRunWhere, groupBy *model.TestRunGroup, bucket *model.StatsBucket, bucketBy model.StatsTime) (*model.Stats, error) {
	return stats(ctx, repository.TestRuns, where, groupBy, bucket, bucketBy)
}

func (r *queryResolver) IntegrationInstanceStats(ctx context.Context, where *model.IntegrationInstanceWhere, groupBy *model.IntegrationInstanceGroup, bucket *model.StatsBucket, bucketBy model.StatsTime) (*model.Stats, error) {
	return stats(ctx, repository.IntegrationInstances, where, groupBy, bucket, bucketBy)
}

func (r *workflowStatsResolver) Steps(ctx context.Context, obj *model.WorkflowStats, slowest *int) ([]*model.WorkflowStepStats, error) {
	return stepStats(ctx, obj, slowest)
}

func (r *Resolver) WorkflowStats() generated.WorkflowStatsResolver { return &workflowStatsResolver{r} }

type workflowStatsResolver struct{ *Resolver }
