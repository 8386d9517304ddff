package scalar

import (
	"io"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/augmentedos/graph/internal/fault"
)

type dateTime time.Time

func (t dateTime) MarshalGQL(w io.Writer) {
	emit(w, func(dst []byte) []byte { return AppendTime(dst, time.Time(t)) })
}

// AppendTime writes a DateTime: RFC 3339 in UTC with as many of the six
// fractional digits PostgreSQL keeps as are needed.
func AppendTime(dst []byte, t time.Time) []byte {
	dst = append(dst, '"')
	dst = t.UTC().Truncate(time.Microsecond).AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

// MarshalDateTime writes a DateTime.
func MarshalDateTime(t time.Time) graphql.Marshaler { return dateTime(t) }

// UnmarshalDateTime takes an RFC 3339 text with its offset. What is finer than
// a microsecond is cut off, as it could not be stored.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, refuse("a date and time in RFC 3339 form", v)
	}
	var t time.Time
	// UnmarshalText is stricter than time.Parse but still takes a comma.
	if len(s) > 40 || strings.Contains(s, ",") || t.UnmarshalText([]byte(s)) != nil {
		return time.Time{}, fault.Errorf(fault.BadUserInput, "This is not a date and time in RFC 3339 form.").
			Hint("Write it like 2026-01-31T08:30:00Z or 2026-01-31T09:30:00.5+01:00.")
	}
	return t.UTC().Truncate(time.Microsecond), nil
}
