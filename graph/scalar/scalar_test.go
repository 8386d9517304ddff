package scalar_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
)

func written(m graphql.Marshaler) string {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	return b.String()
}

func durationOf(v any) (any, error) { var d scalar.Duration; err := d.UnmarshalGQL(v); return d, err }
func jsonOf(v any) (any, error)     { var j scalar.JSON; err := j.UnmarshalGQL(v); return string(j), err }

func generic[T any](f func(any) (T, error)) func(any) (any, error) {
	return func(v any) (any, error) { return f(v) }
}

func TestAValueOfTheWrongTypeIsRefused(t *testing.T) {
	t.Parallel()
	n := func(s string) any { return json.Number(s) }
	deep := any("x")
	for range 70 {
		deep = []any{deep}
	}
	for name, c := range map[string]struct {
		read  func(any) (any, error)
		takes []any
		not   []any
	}{
		"String":   {generic(scalar.UnmarshalString), []any{"", "ü", "5"}, []any{n("5"), int64(5), 5.0, true, nil, "a\x00b", "\xff", []any{"a"}}},
		"ID":       {generic(scalar.UnmarshalID), []any{"x", int64(4), n("4")}, []any{n("4.5"), 4.0, true, nil, "\x00"}},
		"Int":      {generic(scalar.UnmarshalInt), []any{int64(5), n("5"), n("1.0"), n("-2147483648"), 3.0}, []any{"5", n("2147483648"), n("1.5"), n("1e40"), n("1e400"), true, nil, math.NaN()}},
		"Int64":    {generic(scalar.UnmarshalInt64), []any{"9223372036854775807", n("9223372036854775807"), int64(1), n("1e3")}, []any{"", "+1", "1.0", " 1", n("9223372036854775808"), n("0.5"), true}},
		"Float":    {generic(scalar.UnmarshalFloat), []any{1.5, n("2"), int64(3)}, []any{"1.5", n("1e999"), true, nil, math.Inf(1)}},
		"Boolean":  {generic(scalar.UnmarshalBoolean), []any{true, false}, []any{"true", n("1"), int64(0), nil}},
		"UUID":     {generic(scalar.UnmarshalUUID), []any{"0198c3a0-0000-7000-8000-000000000001"}, []any{"0198c3a0000070008000000000000001", "{0198c3a0-0000-7000-8000-000000000001}", "x", n("1")}},
		"SemVer":   {generic(scalar.UnmarshalSemVer), []any{"0.0.0", "1.2.3", "1.2.3-rc.1", "10.20.30-a-b"}, []any{"1", "1.2", "v1.2.3", "01.2.3", "1.2.3+b", "1.2.3-", "1.2.3-01", "1.2.3-a..b", n("1"), "1.2.3 ", "1.2.3-" + strings.Repeat("a", 50)}},
		"DateTime": {generic(scalar.UnmarshalDateTime), []any{"2026-01-31T08:30:00Z", "2026-01-31T08:30:00.123456789+02:00"}, []any{"2026-01-31", "2026-1-31T08:30:00Z", "2026-01-31T08:30:00", "2026-02-30T08:30:00Z", "2026-01-31T08:30:00,5Z", "2026-01-31T24:00:00Z", "now", n("0"), "2026-01-31T08:30:00." + strings.Repeat("1", 99) + "Z"}},
		"Duration": {durationOf, []any{"PT5M", "P1Y2M3W4DT5H6M7.8S", "P0D", "P-1DT-0.5S"}, []any{"", "P", "PT", "P1", "5M", "PT5", "P1DT", "P1D2Y", "PT1S1M", "P1.5D", "PT1.S", "PT.5S", "p1d", "P+1D", "P1Y1Y", "P9999999999D", n("5")}},
		"JSON":     {jsonOf, []any{nil, true, "x", n("1.50"), []any{}, map[string]any{"a": []any{n("1")}}}, []any{"\x00", map[string]any{"a\x00": true}, n("1e100000"), n(strings.Repeat("9", 500)), deep, strings.Repeat("x", 300_000)}},
	} {
		for _, v := range c.takes {
			_, err := c.read(v)
			require.NoError(t, err, "%s takes %v", name, v)
		}
		for _, v := range c.not {
			_, err := c.read(v)
			require.Error(t, err, "%s refuses %v", name, v)
			require.Equal(t, fault.BadUserInput, fault.CodeOf(err), name)
			require.Less(t, len(err.Error()), 120, "the value is not echoed")
		}
	}
}

func TestOutputIsWhatJSONAndTheScalarPromise(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 9, 30, 0, 120_456_789, time.FixedZone("", 3600))
	for want, m := range map[string]graphql.Marshaler{
		`"a\"\\\n\t\u0001é😀<&"`:                  scalar.MarshalString("a\"\\\n\t\x01é😀<&"),
		`"` + "\uFFFDok" + `"`:                   scalar.MarshalString("\xffok"),
		`"wfi_1"`:                                scalar.MarshalID("wfi_1"),
		`-7`:                                     scalar.MarshalInt(-7),
		`9007199254740993`:                       scalar.MarshalInt64(9007199254740993),
		`0.1`:                                    scalar.MarshalFloat(0.1),
		`1e+21`:                                  scalar.MarshalFloat(1e21),
		`null`:                                   scalar.MarshalFloat(math.NaN()),
		`true`:                                   scalar.MarshalBoolean(true),
		`"2026-01-31T08:30:00.120456Z"`:          scalar.MarshalDateTime(at),
		`"2026-01-31T08:30:00Z"`:                 scalar.MarshalDateTime(at.Truncate(time.Second)),
		`"0198c3a0-1234-7000-8000-0000000000ff"`: scalar.MarshalUUID(uuid.MustParse("0198c3a0-1234-7000-8000-0000000000ff")),
		`"1.2.3"`:                                scalar.MarshalSemVer("1.2.3"),
		`"P1Y1M3DT1H1.5S"`:                       scalar.Duration{Months: 13, Days: 3, Time: time.Hour + 1500*time.Millisecond},
		`"PT0S"`:                                 scalar.Duration{},
		`{"a b":[1,"x \" , y\\"],"c":null}`:      scalar.JSON(`{"a b": [1, "x \" , y\\"], "c": null}`),
	} {
		require.Equal(t, want, written(m))
		require.True(t, json.Valid([]byte(want)))
	}
	require.Equal(t, "null", written(scalar.JSON(nil)))
}

func TestADurationAddsMonthsAndDaysByTheCalendar(t *testing.T) {
	t.Parallel()
	d, ok := scalar.ParseDuration("P1M1DT1H")
	require.True(t, ok)
	require.Equal(t, "2026-03-01T01:00:00Z", d.From(time.Date(2026, 1, 28, 0, 0, 0, 0, time.UTC)).Format(time.RFC3339))
}

func TestAJSONDocumentPassesPostgreSQLUnread(t *testing.T) {
	t.Parallel()
	m := pgtype.NewMap()
	doc := []byte(`{"a": 1.50, "b": "ü"}`)
	for _, format := range []int16{pgtype.TextFormatCode, pgtype.BinaryFormatCode} {
		wire := doc
		if format == pgtype.BinaryFormatCode {
			wire = append([]byte{1}, doc...)
		}
		var j scalar.JSON
		require.NoError(t, m.Scan(pgtype.JSONBOID, format, wire, &j))
		require.Equal(t, doc, []byte(j))
		require.NoError(t, m.Scan(pgtype.JSONBOID, format, nil, &j))
		require.Nil(t, j)
	}
	out, err := m.Encode(pgtype.JSONBOID, pgtype.TextFormatCode, scalar.JSON(doc), nil)
	require.NoError(t, err)
	require.Equal(t, doc, out)
	out, err = m.Encode(pgtype.JSONBOID, pgtype.TextFormatCode, scalar.JSON(nil), nil)
	require.NoError(t, err)
	require.Nil(t, out, "nil is SQL NULL")
}

func TestAJSONDocumentKeepsItsNumbers(t *testing.T) {
	t.Parallel()
	got, err := jsonOf(map[string]any{"b": json.Number("12345678901234567890.10"), "a": "<&>"})
	require.NoError(t, err)
	require.Equal(t, `{"a":"<&>","b":12345678901234567890.10}`, got)
}

func FuzzAStringIsAlwaysValidJSON(f *testing.F) {
	f.Add("a\"\\\x00\xff\u2028😀")
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(scalar.AppendString(nil, s), &back); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if back != string([]rune(s)) {
			t.Fatalf("%q came back as %q", s, back)
		}
	})
}

func FuzzADocumentIsCompactedLikeEncodingJSON(f *testing.F) {
	f.Add(`{"a \\": [1, 2, "\" "], "b": {} }`)
	f.Fuzz(func(t *testing.T, s string) {
		var want bytes.Buffer
		got := scalar.AppendJSON(nil, []byte(s))
		if json.Compact(&want, []byte(s)) == nil && !bytes.Equal(want.Bytes(), got) {
			t.Fatalf("%q became %q, want %q", s, got, want.Bytes())
		}
	})
}

func FuzzADurationComesBack(f *testing.F) {
	f.Add("P1Y2M3DT4H5M6.7S")
	f.Add("PT-0.5S")
	f.Add("P20000000W")
	f.Add("P100000000Y100000000M-2147483648DT-2147483648M2147483647S")
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := scalar.ParseDuration(s)
		if !ok {
			return
		}
		again, ok := scalar.ParseDuration(d.String())
		if !ok || again != d {
			t.Fatalf("%q is %+v is %s is %+v", s, d, d, again)
		}
	})
}
