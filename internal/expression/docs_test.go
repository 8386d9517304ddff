package expression_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/expression"
)

// row is a line of a table in docs/expressions.md; above is the comment that
// says how the table is read.
type row struct {
	above string
	cells []string
}

func documented(t *testing.T) []row {
	t.Helper()
	text, err := os.ReadFile("../../docs/expressions.md")
	require.NoError(t, err)
	cell := regexp.MustCompile("`([^`]+)`(?: \\|)")
	var rows []row
	above := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "<!--"):
			above = strings.Trim(line, "<!->")
		case strings.HasPrefix(line, "| `"):
			r := row{above: strings.TrimSpace(above)}
			for _, match := range cell.FindAllStringSubmatch(line, -1) {
				r.cells = append(r.cells, strings.ReplaceAll(match[1], `\|`, `|`))
			}
			rows = append(rows, r)
		case strings.HasPrefix(line, "#"):
			above = ""
		}
	}
	return rows
}

func TestEveryDocumentedExampleIsTrue(t *testing.T) {
	t.Parallel()
	examples, refusals := 0, 0
	for _, r := range documented(t) {
		switch len(r.cells) {
		case 3:
			examples++
			t.Run(r.cells[0], func(t *testing.T) {
				t.Parallel()
				require.Equal(t, r.cells[2], documentedResult(t, r), r.cells[1])
			})
		case 2:
			refusals++
			_, err := expression.Parse(r.cells[0])
			require.Error(t, err, r.cells[0])
			_, err = expression.Parse(r.cells[1])
			require.NoError(t, err, r.cells[1])
		default:
			require.Failf(t, "a table row has 2 or 3 cells", "%q", r.cells)
		}
	}
	require.Greater(t, examples, 60)
	require.Greater(t, refusals, 10)
}

func documentedResult(t *testing.T, r row) string {
	t.Helper()
	env := expression.Env(decode(t, r.cells[1]))
	if strings.HasPrefix(r.above, string(expression.Trigger)) {
		env = expression.Trigger.Env(env)
	}
	if strings.HasSuffix(r.above, "mapping") {
		value, err := evalMapping(t, []byte(r.cells[0]), env)
		require.NoError(t, err)
		return asJSON(t, value)
	}
	parse := expression.Parse
	if r.above == "template" {
		parse = expression.ParseTemplate
	}
	program, err := parse(r.cells[0])
	require.NoError(t, err)
	value, err := program.Eval(t.Context(), env)
	require.NoError(t, err)
	return asJSON(t, value)
}

func TestEveryFunctionIsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/expressions.md")
	require.NoError(t, err)
	for _, usage := range expression.Functions() {
		name := usage[strings.LastIndexByte(usage[:strings.IndexByte(usage, '(')], '.')+1 : strings.IndexByte(usage, '(')]
		require.Contains(t, string(text), name+"(", usage)
	}
}

func TestEveryRootIsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/expressions.md")
	require.NoError(t, err)
	for _, place := range []expression.Place{
		expression.Trigger, expression.SubscriptionFilter, expression.Cancellation, expression.Transition, expression.StepInput,
		expression.Handler, expression.Compensation, expression.UICondition, expression.Visibility, expression.Assignment,
		expression.Assertion, expression.Template,
	} {
		for _, root := range place.Roots() {
			require.Regexp(t, "`"+regexp.QuoteMeta(root)+"(\\[i\\])?`", string(text), "%s in %s", root, place)
		}
	}
}
