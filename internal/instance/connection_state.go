package instance

import (
	"context"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// Health is what a check of a connection found.
type Health struct {
	State model.IntegrationState
	Error *string // why it does not work; needed for ERROR, which alone takes it
	Code  *string // such as AUTH_ERROR
}

// SetState says whether a connection works.
func (c *Connections) SetState(ctx context.Context, target Target, h Health) (*model.IntegrationInstance, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	return move(ctx, c.Writer, connections, target, connectionTo(h.State).with(func(_ context.Context, tx *repository.Tx, row *model.IntegrationInstance) (repository.Values, error) {
		status, err := open("integration_instances", "status", row.StatusJSON)
		if err != nil {
			return nil, err
		}
		doc, err := h.written(status, stamp(tx.Now()))
		return repository.Values{"status": doc}, err
	}))
}

func connectionTo(state model.IntegrationState) connectionStep {
	reasons := map[model.IntegrationState]string{
		model.IntegrationActive: "checked: it works", model.IntegrationInactive: "switched off", model.IntegrationError: "checked: it does not work",
	}
	return connectionStep{name: "integrationInstanceSetState", to: state, reason: reasons[state]}
}

func (h Health) check() error {
	said := h.Error != nil && strings.TrimSpace(*h.Error) != ""
	switch {
	case h.State == model.IntegrationError && !said:
		return fault.Errorf(fault.Validation, "an error says what is wrong").At("/error")
	case h.State != model.IntegrationError && (h.Error != nil || h.Code != nil):
		return fault.Errorf(fault.Validation, "only the state ERROR has an error and a code").At("/error").Hint("leave them out")
	}
	return nil
}

// written is the stored status after a check. Switching off is no check.
func (h Health) written(status document, now string) (scalar.JSON, error) {
	facts := []fact{{"state", string(h.State)}, {"error", nil}, {"code", nil}}
	if h.State != model.IntegrationInactive {
		facts = append(facts, fact{"lastChecked", now})
	}
	if h.Error != nil {
		facts = append(facts, fact{"error", *h.Error})
	}
	if h.Code != nil {
		facts = append(facts, fact{"code", *h.Code})
	}
	for _, f := range facts {
		if err := status.set(f.key, f.value); err != nil {
			return nil, err
		}
	}
	return status.json()
}

// Delete removes a connection that no task and no screen names. It answers the
// connection as it was.
func (c *Connections) Delete(ctx context.Context, target Target) (deleted *model.IntegrationInstance, err error) {
	if len([]rune(target.Reason)) > maxReason {
		return nil, sentence(target.Reason)
	}
	err = c.Writer.Do(ctx, target.because("deleted"), func(ctx context.Context, tx *repository.Tx) error {
		deleted, err = repository.Lock(ctx, tx, repository.IntegrationInstances, target.ID, target.Expected)
		if err != nil {
			return err
		}
		users, err := tx.ConnectionUsers(ctx, target.ID)
		if err != nil {
			return err
		}
		if err := unused(deleted, users[target.ID]); err != nil {
			return err
		}
		return repository.Delete(ctx, tx, repository.IntegrationInstances, target.ID)
	})
	return deleted, err
}

// unused refuses to delete what others name.
func unused(connection *model.IntegrationInstance, users []string) error {
	if len(users) == 0 {
		return nil
	}
	return fault.Errorf(fault.Conflict, "the connection is used by %s", strings.Join(users, ", ")).
		Hint("let them use another connection, or switch this one off with integrationInstanceSetState").With("currentRevision", connection.Revision)
}
