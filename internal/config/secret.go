package config

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Secret is text that must not appear in a log or an answer: printing it, in
// whatever way, shows only that it is set.
type Secret string

const hidden = "(hidden)"

// Reveal gives the text to the code that needs it.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString covers %#v.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// LogValue covers slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText covers JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func parsers() map[reflect.Type]env.ParserFunc {
	return map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[Secret](): func(text string) (any, error) { return Secret(strings.TrimSpace(text)), nil },
		reflect.TypeFor[Demo](): func(text string) (any, error) {
			switch d := Demo(strings.ToLower(text)); d {
			case DemoAuto, DemoOn, DemoOff:
				return d, nil
			default:
				return nil, fmt.Errorf("%q is none of auto, on, off", text)
			}
		},
		reflect.TypeFor[Level](): func(text string) (any, error) {
			var level slog.Level
			if err := level.UnmarshalText([]byte(text)); err != nil {
				return nil, fmt.Errorf("%q is none of debug, info, warn, error", text)
			}
			return Level(level), nil
		},
	}
}

// readable names the variable in each parse error instead of the Go field, and
// never repeats what was in it.
func readable(err error) []error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return []error{err}
	}
	names := make(map[string]string)
	for _, v := range Variables() {
		names[v.field] = v.Name
	}
	var list []error
	for _, err := range all.Errors {
		var parse env.ParseError
		if errors.As(err, &parse) {
			err = fmt.Errorf("%s: %w", names[parse.Name], parse.Err)
		}
		list = append(list, err)
	}
	return list
}
