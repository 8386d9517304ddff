package resolvers

import (
	"context"
	"fmt"
	"sync"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

// node finds any object by its global id, whatever its type.
func node(ctx context.Context, id string) (model.Node, error) {
	prefix, uid, err := nodeid.Decode(id)
	d := repository.ByPrefix(prefix)
	if err != nil || d == nil {
		return nil, fault.Errorf(fault.BadUserInput, "%q is not an id", id).
			Hint("pass the id field of an object on unchanged")
	}
	return loader.Node(ctx, d, loader.Columns(ctx, d), uid)
}

// nodes finds several objects with one statement per type.
func nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	if len(ids) > page.MaxSize {
		return nil, fault.Errorf(fault.BadUserInput, "nodes takes at most %d ids, not %d", page.MaxSize, len(ids)).
			At("/ids").Hint("ask in several requests")
	}
	found, errs := make([]model.Node, len(ids)), make([]error, len(ids))
	var wait sync.WaitGroup
	for i, id := range ids {
		wait.Go(func() { found[i], errs[i] = node(ctx, id) }) // loads in parallel so that they share statements
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fault.Move(err, fmt.Sprintf("/ids/%d", i))
		}
	}
	return found, nil
}
