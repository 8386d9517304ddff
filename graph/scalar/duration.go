package scalar

import (
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/fault"
)

// Duration is a span of time as people write it. Months and days are kept
// apart from the exact part, because P1M added to a date is not 30 days and P1D
// is not 24 hours where the clock changes.
type Duration struct {
	Months int32
	Days   int32
	Time   time.Duration // hours, minutes and seconds, to the microsecond
}

// MarshalGQL writes the ISO 8601 form.
func (d Duration) MarshalGQL(w io.Writer) {
	emit(w, func(dst []byte) []byte { return AppendDuration(dst, d) })
}

// UnmarshalGQL takes the ISO 8601 form.
func (d *Duration) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return refuse("an ISO 8601 duration", v)
	}
	parsed, ok := ParseDuration(s)
	if !ok {
		return fault.Errorf(fault.BadUserInput, "This is not an ISO 8601 duration.").
			Hint("Write it like PT5M, P1DT12H or P2W.")
	}
	*d = parsed
	return nil
}

// MarshalText makes documents hold the ISO 8601 form.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO 8601 form.
func (d *Duration) UnmarshalText(b []byte) error {
	return d.UnmarshalGQL(string(b))
}

// From is the moment d after t, by the calendar for months and days.
func (d Duration) From(t time.Time) time.Time {
	return t.AddDate(0, int(d.Months), int(d.Days)).Add(d.Time)
}

// Before is the moment that lies d before t.
func (d Duration) Before(t time.Time) time.Time {
	return Duration{Months: -d.Months, Days: -d.Days, Time: -d.Time}.From(t)
}

func (d Duration) String() string {
	quoted := AppendDuration(nil, d)
	return string(quoted[1 : len(quoted)-1])
}

// AppendDuration writes a duration in ISO 8601 form: P1Y2M3DT4H5M6.5S, each
// part only when it is not zero, PT0S for nothing at all.
func AppendDuration(dst []byte, d Duration) []byte {
	dst = append(dst, '"', 'P')
	dst = appendPart(dst, int64(d.Months)/12, 'Y')
	dst = appendPart(dst, int64(d.Months)%12, 'M')
	dst = appendPart(dst, int64(d.Days), 'D')
	micros := d.Time.Microseconds()
	if micros == 0 && d.Months == 0 && d.Days == 0 {
		return append(dst, 'T', '0', 'S', '"')
	}
	if micros == 0 {
		return append(dst, '"')
	}
	dst = append(dst, 'T')
	dst = appendPart(dst, micros/3_600_000_000, 'H')
	dst = appendPart(dst, micros/60_000_000%60, 'M')
	dst = appendSeconds(dst, micros%60_000_000)
	return append(dst, '"')
}

func appendPart(dst []byte, n int64, unit byte) []byte {
	if n == 0 {
		return dst
	}
	return append(strconv.AppendInt(dst, n, 10), unit)
}

func appendSeconds(dst []byte, micros int64) []byte {
	if micros == 0 {
		return dst
	}
	if micros < 0 {
		dst = append(dst, '-')
		micros = -micros
	}
	dst = strconv.AppendInt(dst, micros/1_000_000, 10)
	if frac := micros % 1_000_000; frac != 0 {
		digits := strconv.AppendInt(nil, 1_000_000+frac, 10)
		digits[0] = '.'
		dst = append(dst, strings.TrimRight(string(digits), "0")...)
	}
	return append(dst, 'S')
}

// ParseDuration reads an ISO 8601 duration: years, months, weeks, days, then T
// and hours, minutes, seconds, in this order, each at most once, with its own
// sign if any (the form PostgreSQL writes). Only seconds take a fraction.
func ParseDuration(s string) (Duration, bool) {
	var d Duration
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || len(s) > 64 {
		return d, false
	}
	date, clock, hasClock := strings.Cut(rest, "T")
	months, days, micros := int64(0), int64(0), int64(0)
	ok = parts(date, "YMWD", func(unit byte, n int64) {
		switch unit {
		case 'Y':
			months += 12 * n
		case 'M':
			months += n
		case 'W':
			days += 7 * n
		case 'D':
			days += n
		}
	})
	if !ok || (hasClock && clock == "") || (date == "" && clock == "") {
		return d, false
	}
	clock, micros, ok = seconds(clock)
	if !ok || !parts(clock, "HM", func(unit byte, n int64) {
		if unit == 'H' {
			n *= 60
		}
		micros += n * 60_000_000
	}) {
		return d, false
	}
	if months != int64(int32(months)) || days != int64(int32(days)) || micros > math.MaxInt64/1000 || micros < math.MinInt64/1000 {
		return d, false
	}
	return Duration{Months: int32(months), Days: int32(days), Time: time.Duration(micros) * time.Microsecond}, true
}

// fits keeps every sum of parts inside 64 bits, and takes every number that a
// Duration is written with.
func fits(n int64) bool { return n == int64(int32(n)) }

// parts reads number and unit pairs whose units appear in the order given.
func parts(s, units string, add func(unit byte, n int64)) bool {
	for s != "" {
		end := strings.IndexAny(s, units)
		if end < 1 {
			return false
		}
		n, err := strconv.ParseInt(s[:end], 10, 64)
		if err != nil || s[0] == '+' || !fits(n) {
			return false
		}
		add(s[end], n)
		units = units[strings.IndexByte(units, s[end])+1:]
		s = s[end+1:]
	}
	return true
}

// seconds takes the seconds off the end of s and returns them in microseconds;
// finer digits are cut off.
func seconds(s string) (rest string, micros int64, ok bool) {
	body, has := strings.CutSuffix(s, "S")
	if !has {
		return s, 0, true
	}
	start := strings.LastIndexAny(body, "HM") + 1
	whole, frac, hasFrac := strings.Cut(body[start:], ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || whole[0] == '+' || !fits(n) || (hasFrac && !digits(frac)) {
		return "", 0, false
	}
	micro, _ := strconv.ParseInt((frac + "000000")[:6], 10, 64)
	if whole[0] == '-' {
		micro = -micro
	}
	return body[:start], n*1_000_000 + micro, true
}
