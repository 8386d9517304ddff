package repository_test

import (
	"testing"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

func TestAQueueThatNeverSlowsDownIsAMistake(t *testing.T) {
	t.Parallel()
	queue := &model.EventQueue{ConfigJSON: scalar.JSON(`{"maxQueueDepth": 10, "highWatermark": 11}`)}
	found := repository.EventQueues.Mistakes(queue, false)
	require.Len(t, found, 1)
	require.Equal(t, "WATERMARK", found[0].Code)
	require.Equal(t, "/config/highWatermark", found[0].Path)
}
