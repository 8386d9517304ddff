package expression_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/augmentedos/graph/internal/expression"
	"github.com/augmentedos/graph/internal/fault"
)

func seeds(f *testing.F) {
	f.Helper()
	for _, source := range []string{
		`event.payload.amount > 1000 && event.payload.status == 'paid'`, `${data.orderAmount} > 1000`, `{{input.orderId}}`,
		`Order ${a} of ${b.c}`, `items.reduce((sum, item) => sum + item.price, 0)`, `a ? b : c ? d : e`, `$.payload.items[*].price`,
		`list[?(@.n > 1 && !@.gone)][0].x`, `NOT a = 1 OR b in ['x', "y"]`, `matches(text, '^a+$')`, `execution.startTime + 30m`,
		`addTime(now(), 'P1DT2H')`, `workflow.state.steps.node-manual.output`, `'\ud83d\ude00 \u0000 \x'`, `- -1e-7 % .5`, "`x${`y`}`",
		`${${{{a}}}}`, `"${a}" + '{{b}}'`, `high`, `otherwise`, `user.hasRole('x')`, `9223372036854775807 * -1`, `a?.b?.[0]`,
	} {
		f.Add(source)
	}
}

// FuzzParse holds that no text makes the parser panic, that every refusal is one
// a user may see, and that the canonical spelling is read as the same tree.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, source string) {
		for name, parse := range map[string]func(string) (*expression.Program, error){
			"condition": expression.Parse, "mapping": expression.ParseMapping, "template": expression.ParseTemplate, "text": expression.ParseText,
		} {
			program, err := parse(source)
			if err != nil {
				var refusal *fault.Fault
				if !errors.As(err, &refusal) || refusal.Code != fault.Validation || refusal.Remedy == "" {
					t.Fatalf("%s %q: %v", name, source, err)
				}
				continue
			}
			if program.Source() != source {
				t.Fatalf("%s %q became %q", name, source, program.Source())
			}
			program.Roots()
			program.DependsOnClient()
			if name == "condition" {
				reparse(t, program)
			}
		}
		expression.Check(source, expression.Trigger)
	})
}

func reparse(t *testing.T, program *expression.Program) {
	t.Helper()
	printed := program.String()
	if len(printed) > 4000 || strings.ContainsRune(printed, '\uFFFD') {
		return // spelling out = as == may exceed the bound
	}
	again, err := expression.Parse(printed)
	if err != nil && strings.Contains(err.Error(), "nested") {
		return
	}
	if err != nil {
		t.Fatalf("%q printed as %q: %v", program.Source(), printed, err)
	}
	if again.String() != printed {
		t.Fatalf("%q printed as %q, then as %q", program.Source(), printed, again.String())
	}
}

// FuzzEval holds that data never makes an expression fail or panic.
func FuzzEval(f *testing.F) {
	for _, data := range []string{
		orderEvent, runningWorkflow, `{}`, `{"a": [[[]]], "b": {"c": 1e999}}`, `{"a": -0, "b": {"c": "2026-13-45"}, "text": "\ud800"}`,
	} {
		for _, source := range []string{`a + b.c`, `event.payload.items[*].price`, `${a} > ${b.c}`, `date(b.c) < now()`, `a == b || a < b`} {
			f.Add(source, data)
		}
	}
	f.Fuzz(func(t *testing.T, source, data string) {
		program, err := expression.Parse(source)
		if err != nil {
			return
		}
		value, err := expression.Decode([]byte(data))
		if err != nil {
			return
		}
		roots, _ := value.(map[string]any)
		for _, place := range []expression.Place{expression.Trigger, expression.Transition, expression.Visibility} {
			env := place.Env(roots)
			holds, err := program.Condition(t.Context(), env)
			if err != nil && fault.CodeOf(err) != fault.QueryTooComplex {
				t.Fatalf("%q on %q: %v", source, data, err)
			}
			trace := program.Explain(t.Context(), env)
			if err == nil && !strings.Contains(source, "now") && trace.Holds != holds {
				t.Fatalf("%q on %q is %v but explained as %v", source, data, holds, trace.Holds)
			}
		}
	})
}
