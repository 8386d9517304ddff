package expression_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/expression"
)

// Texts of the shapes found in real definitions, on the data they meet there.

func TestAnOrderTakesTheBranchItsDataCallsFor(t *testing.T) {
	t.Parallel()
	type branch struct{ condition, step string }
	amount := []branch{{`${data.orderAmount} > 1000`, "approve"}, {``, "update"}}
	decision := []branch{{`${data.actionResult} == "Declined"`, "output"}, {`${data.actionResult} == "Approved"`, "update"}}
	risk := []branch{{`data.score > 80`, "high"}, {`Otherwise`, "low"}}
	cases := []struct {
		branches []branch
		data     map[string]any
		want     string
	}{
		{amount, map[string]any{"orderAmount": 1000.01}, "approve"},
		{amount, map[string]any{"orderAmount": "1500"}, "approve"},
		{amount, map[string]any{"orderAmount": 1000}, "update"},
		{amount, map[string]any{}, "update"},
		{decision, map[string]any{"actionResult": "Approved"}, "update"},
		{decision, map[string]any{"actionResult": "Declined"}, "output"},
		{decision, map[string]any{"actionResult": "approved"}, ""},
		{risk, map[string]any{"score": 81}, "high"},
		{risk, map[string]any{"score": nil}, "low"},
	}
	for _, c := range cases {
		env, taken := expression.Transition.Env(map[string]any{"data": c.data}), ""
		for _, branch := range c.branches {
			program, err := expression.Parse(branch.condition)
			require.NoError(t, err)
			require.Empty(t, program.Check(expression.Transition))
			holds, err := program.Condition(t.Context(), env)
			require.NoError(t, err)
			if holds {
				taken = branch.step
				break
			}
		}
		require.Equal(t, c.want, taken, c.data)
	}
}

func TestTheCommentFieldShowsForDecisionsThatNeedOne(t *testing.T) {
	t.Parallel()
	const visibleIf = `decision === 'reject' || decision === 'more_info'`
	require.Empty(t, expression.Check(visibleIf, expression.Visibility))
	program, err := expression.Parse(visibleIf)
	require.NoError(t, err)
	require.True(t, program.DependsOnClient())
	for decision, visible := range map[string]bool{"approve": false, "reject": true, "more_info": true} {
		env := expression.Visibility.Env(map[string]any{"uiState": map[string]any{"decision": decision}})
		holds, err := program.Condition(t.Context(), env)
		require.NoError(t, err)
		require.Equal(t, visible, holds, decision)
	}
}

func TestAnInvoiceTitleIsFilledIn(t *testing.T) {
	t.Parallel()
	env := expression.Template.Env(map[string]any{"data": map[string]any{
		"invoice_number": "2026-001", "currency": "€", "amount": 99.5, "due_date": "2026-12-24T00:00:00Z",
	}})
	for title, want := range map[string]string{
		`Invoice {{data.invoice_number}}`:           `Invoice 2026-001`,
		`Amount: {{data.currency}}{{data.amount}}`:  `Amount: €99.5`,
		`Due Date: {{formatDate(data.due_date)}}`:   `Due Date: 2026-12-24`,
		`Paid by {{data.payer.name}}`:               `Paid by `,
		`{{data.amount}} - {{data.invoice_number}}`: `99.5 - 2026-001`,
		`Are you sure you want to submit this?`:     `Are you sure you want to submit this?`,
	} {
		require.Empty(t, expression.Check(title, expression.Template))
		program, err := expression.ParseText(title)
		require.NoError(t, err)
		text, _, err := program.Text(t.Context(), env)
		require.NoError(t, err)
		require.Equal(t, want, text)
	}
}
