package expression_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/augmentedos/graph/internal/expression"
	"github.com/augmentedos/graph/internal/fault"
)

func TestSourceAndNestingAreBounded(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"long":         strings.Repeat("a + ", 1100) + "a",
		"parentheses":  strings.Repeat("(", 65) + "a" + strings.Repeat(")", 65),
		"negations":    strings.Repeat("!", 65) + "a",
		"conditionals": strings.Repeat("a ? b : ", 65) + "c",
		"lists":        strings.Repeat("[", 65) + strings.Repeat("]", 65),
		"calls":        strings.Repeat("lower(", 65) + "a" + strings.Repeat(")", 65),
		"wrappers":     strings.Repeat("${", 65) + "a" + strings.Repeat("}", 65),
		"pattern":      "matches(a, '" + strings.Repeat("a", 300) + "')",
		"blow-up":      "matches(a, '((a{100}){100}){100}')",
	} {
		_, err := expression.Parse(source)
		require.Equal(t, fault.Validation, fault.CodeOf(err), name)
	}
	for name, source := range map[string]string{
		"long chains": strings.Repeat("a + ", 1000) + "a",
		"long paths":  "a" + strings.Repeat(".b", 2000),
		"60 levels":   strings.Repeat("(", 60) + "a" + strings.Repeat(")", 60),
	} {
		program, err := expression.Parse(source)
		require.NoError(t, err, name)
		_, err = program.Eval(t.Context(), expression.Env{})
		require.NoError(t, err, name)
	}
	_, err := expression.ParseTemplate("${" + strings.Repeat(" ", 5000) + "a}")
	require.Equal(t, fault.Validation, fault.CodeOf(err))
	_, err = expression.ParseTemplate(strings.Repeat("x", 70_000))
	require.Equal(t, fault.Validation, fault.CodeOf(err))
}

func TestEvaluationStopsWhenTheBudgetIsSpent(t *testing.T) {
	t.Parallel()
	many := make([]any, 400)
	for i := range many {
		many[i] = map[string]any{"n": float64(i), "all": many[:min(i, 100)]}
	}
	env := expression.Env{
		"list": many, "text": strings.Repeat("x", 1<<20), "huge": make([]any, 20_000),
		"object": map[string]any{"text": strings.Repeat("x", 1<<20)},
	}
	for _, source := range []string{
		`list[?(sum(list[*].n) > @.n)].length`,
		`list[*].all[*].all[*].n`,
		strings.Repeat("text + ", 500) + "text",
		strings.Repeat("object + '' + ", 250) + "''",
		strings.Repeat("${text}", 500),
		`contains(huge, 1)`,
		`huge[*]`,
		strings.Repeat("matches(text, 'a*b') || ", 100) + "false",
		`list == list && huge == huge`,
	} {
		program, err := expression.Parse(source)
		require.NoError(t, err)
		started := time.Now()
		_, err = program.Eval(t.Context(), env)
		require.Equal(t, fault.QueryTooComplex, fault.CodeOf(err), source)
		require.Less(t, time.Since(started), 5*time.Second, source)
		holds, err := program.Condition(t.Context(), env)
		require.Error(t, err)
		require.False(t, holds)
		require.NotEmpty(t, program.Explain(t.Context(), env).Error)
	}
}

func TestADocumentSharesOneBudget(t *testing.T) {
	t.Parallel()
	fields := make([]string, 200)
	for i := range fields {
		fields[i] = fmt.Sprintf(`"f%d": "sum(list) + %d"`, i, i)
	}
	d, err := expression.ParseDocument([]byte("{"+strings.Join(fields, ",")+"}"), expression.Mapping)
	require.NoError(t, err)
	_, err = d.Eval(t.Context(), expression.Env{"list": make([]any, 1)})
	require.NoError(t, err)
	list := make([]any, 300)
	for i := range list {
		list[i] = float64(i)
	}
	_, err = d.Eval(t.Context(), expression.Env{"list": list})
	require.Equal(t, fault.QueryTooComplex, fault.CodeOf(err))
}

func TestEvaluationStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	program, err := expression.Parse(`a == 1`)
	require.NoError(t, err)
	holds, err := program.Condition(ctx, expression.Env{"a": 1})
	require.True(t, errors.Is(err, context.Canceled))
	require.False(t, holds)
	require.Contains(t, program.Explain(ctx, nil).Error, "canceled")
}

// texts draws expressions from the whole grammar.
func texts() *rapid.Generator[string] {
	leaf := rapid.SampledFrom([]string{
		"a", "event", "event.payload.amount", "$.x", "data['a b']", "list[*].n", "1", "2.50", "1e21", "9007199254740993",
		"'it''s'", `"q\"\\\n\u00e9"`, "true", "false", "null", "undefined", "now()", "list[0]", "text.length", "status", "@", "user.roles",
		"steps.node-1.output", "nope.nope", "''", "event.payload",
	})
	return rapid.Custom(func(t *rapid.T) string { return drawText(t, leaf, 4) })
}

func drawText(t *rapid.T, leaf *rapid.Generator[string], depth int) string {
	if depth == 0 {
		return leaf.Draw(t, "leaf")
	}
	sub := func() string { return drawText(t, leaf, rapid.IntRange(0, depth-1).Draw(t, "depth")) }
	switch rapid.IntRange(0, 11).Draw(t, "form") {
	case 0, 1, 2:
		operator := rapid.SampledFrom([]string{"&&", "||", "??", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "=", "AND", "or", "in"})
		return sub() + " " + operator.Draw(t, "operator") + " " + sub()
	case 3:
		return rapid.SampledFrom([]string{"!", "- ", "not "}).Draw(t, "prefix") + sub()
	case 4:
		return sub() + " ? " + sub() + " : " + sub()
	case 5:
		return "(" + sub() + ")"
	case 6:
		return rapid.SampledFrom([]string{"exists", "isEmpty", "lower", "length", "sum", "max", "toNumber", "toString", "date", "round"}).Draw(t, "function") + "(" + sub() + ")"
	case 7:
		return rapid.SampledFrom([]string{"contains", "startsWith", "in", "addTime", "hasRole", "coalesce", "matches"}).Draw(t, "function") + "(" + sub() + ", " + sub() + ")"
	case 8:
		return "(" + sub() + ")" + rapid.SampledFrom([]string{".x", ".length", "[0]", "[*]", "['k']", "[a]", ".trim()", "[*].n"}).Draw(t, "step")
	case 9:
		return "list[?(" + sub() + ")]"
	case 10:
		return "[" + sub() + ", " + sub() + "]"
	}
	return "${" + sub() + "}"
}

func testData() expression.Env {
	return expression.Env{
		"a": 1, "status": "DONE", "text": "some text", "list": []any{map[string]any{"n": 1.0}, map[string]any{"n": "2"}, nil, "x"},
		"event": map[string]any{"payload": map[string]any{"amount": 5, "list": []any{1, "2", nil, true}}}, "$": map[string]any{"x": nil},
		"user": map[string]any{"roles": []string{"admin"}}, "data": map[string]any{"a b": "2026-01-01"}, expression.Now: "2026-01-01T00:00:00Z",
		"steps": map[string]any{"node-1": map[string]any{"output": -0.5}},
	}
}

func TestPrintingAndParsingAgainIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		source := texts().Draw(t, "source")
		program, err := expression.Parse(source)
		if err != nil {
			return // the generator also draws what the grammar refuses
		}
		printed := program.String()
		again, err := expression.Parse(printed)
		if err != nil && strings.Contains(err.Error(), "nested") {
			return // a.trim().trim() is flat, trim(trim(a)) is not
		}
		require.NoError(t, err, "%s printed as %s", source, printed)
		require.Equal(t, printed, again.String(), source)
		value, err := program.Eval(t.Context(), testData())
		require.NoError(t, err, source)
		same, err := again.Eval(t.Context(), testData())
		require.NoError(t, err, printed)
		require.Equal(t, value, same, "%s printed as %s", source, printed)
	})
}

func TestExplainingAndEvaluatingAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		program, err := expression.Parse(texts().Draw(t, "source"))
		if err != nil {
			return
		}
		holds, err := program.Condition(t.Context(), testData())
		require.NoError(t, err)
		require.Equal(t, holds, program.Explain(t.Context(), testData()).Holds, program.String())
		program.Roots()
		program.DependsOnClient()
		program.Check(expression.Trigger)
	})
}
