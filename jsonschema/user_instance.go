package jsonschema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp/syntax"

	engine "github.com/santhosh-tekuri/jsonschema/v5"
)

const (
	// userBase is the address a user's schema gets while it is compiled.
	userBase = "schema://user/schema.json"

	// The work one validation may cost, in visited parts of the schema: enough
	// for any sensible schema on a document of its size, and under a second of
	// one core for one that multiplies with every level.
	baseBudget    = 200_000
	budgetPerByte = 4

	// An error names every step to its place, so long paths under many values
	// would fill the memory; this bounds their sum.
	maxPathBytes = 32 << 20
)

// instance is one compiled copy of a user's schema with its own meter.
type instance struct {
	schema *engine.Schema
	meter  *meter
}

func newInstance(text []byte) (i *instance, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			i, err = nil, refuse("", "cannot be read").With("cause", fmt.Sprint(cause))
		}
	}()
	m := &meter{}
	c := engine.NewCompiler()
	c.Draft = engine.Draft2020
	c.AssertFormat = true
	// A nil LoadURL would fall back to one that reads files.
	c.LoadURL = func(url string) (io.ReadCloser, error) { return nil, fmt.Errorf("%w %s", errOutside, url) }
	c.RegisterExtension("meter", nil, m)
	if err := c.AddResource(userBase, bytes.NewReader(text)); err != nil {
		return nil, refuse("", "is not valid JSON")
	}
	schema, err := c.Compile(userBase)
	if err != nil {
		return nil, explain(err, text)
	}
	return &instance{schema: schema, meter: m}, nil
}

var errOutside = errors.New("refers to another document,")

// explain turns the compiler's error into one a person can act on.
func explain(err error, text []byte) error {
	if errors.Is(err, errOutside) {
		return refuse("", "refers to another document; only references inside the schema, such as #/$defs/address, are allowed")
	}
	var loop engine.InfiniteLoopError
	if errors.As(err, &loop) {
		return refuse("", "refers to itself without end")
	}
	var broken *engine.ValidationError
	if errors.As(err, &broken) {
		root, _ := decode(text)
		violations := report{schema: func(string) any { return nil }, doc: root}.of(broken)
		if len(violations) > 0 {
			first := violations[0]
			return refuse(first.Path, "%s", first.Message).With("violations", violations)
		}
	}
	return refuse("", "cannot be compiled").With("cause", err.Error())
}

// validate runs the schema within the budget; spent tells that it ran out.
func (i *instance) validate(value any, size int) (err error, spent bool) {
	defer func() {
		switch cause := recover(); cause {
		case nil:
		case errSpent:
			err, spent = nil, true
		default:
			panic(cause)
		}
	}()
	if pathBytes(value, 0) > maxPathBytes {
		return nil, true
	}
	i.meter.left = baseBudget + budgetPerByte*size
	return i.schema.Validate(value), false
}

// pathBytes sums the lengths of the paths to all values.
func pathBytes(value any, above int) int {
	sum := above
	switch parent := value.(type) {
	case map[string]any:
		for key, child := range parent {
			sum += pathBytes(child, above+len(key)+1)
		}
	case []any:
		for _, child := range parent {
			sum += pathBytes(child, above+4)
		}
	}
	return sum
}

// meter ends a validation that visits too many parts of its schema. The
// validator takes no context, so the meter rides along as an extension keyword
// that every part of the schema carries.
type meter struct{ left int }

var errSpent = errors.New("budget spent")

// Compile gives every part of the schema its toll.
func (m *meter) Compile(_ engine.CompilerContext, schema map[string]any) (engine.ExtSchema, error) {
	t := &toll{meter: m, visit: 1}
	for keyword, value := range schema {
		switch value := value.(type) {
		case map[string]any:
			t.visit += len(value)
			if keyword == "patternProperties" {
				for pattern := range value {
					t.perKeyByte += patternSize(pattern)
				}
			}
		case []any:
			t.visit += len(value)
		case string:
			if keyword == "pattern" {
				t.perTextByte = patternSize(value)
			}
		}
	}
	return t, nil
}

// toll is what one visit to one part of the schema costs.
type toll struct {
	meter       *meter
	visit       int
	perTextByte int // steps of the pattern for each byte of a string
	perKeyByte  int // the same for patternProperties and keys
}

func (t *toll) Validate(_ engine.ValidationContext, value any) error {
	cost := t.visit
	switch value := value.(type) {
	case string:
		cost += t.perTextByte * len(value) / 64
	case []any:
		cost += len(value)
	case map[string]any:
		cost += len(value)
		if t.perKeyByte > 0 {
			for key := range value {
				cost += t.perKeyByte * len(key) / 64
			}
		}
	}
	if t.meter.left -= cost; t.meter.left < 0 {
		panic(errSpent)
	}
	return nil
}

// patternSize is the number of steps a regular expression has once its
// repetitions are written out, 0 when it does not parse.
func patternSize(pattern string) int {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	return expandedSize(parsed)
}

func expandedSize(re *syntax.Regexp) int {
	size := 1 + len(re.Rune)/2
	for _, sub := range re.Sub {
		size += expandedSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(re.Min, re.Max, 1)
	}
	return size
}
