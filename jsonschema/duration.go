package jsonschema

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

const (
	msPerSecond = 1000
	msPerMinute = 60 * msPerSecond
	msPerHour   = 60 * msPerMinute
	msPerDay    = 24 * msPerHour
)

// durationOf writes whole milliseconds in ISO 8601, nothing above hours: a day
// is not always 24 of them.
func durationOf(milliseconds json.Number) (string, bool) {
	ms, err := strconv.ParseInt(milliseconds.String(), 10, 64)
	if err != nil || ms < 0 {
		return "", false
	}
	if ms == 0 {
		return "PT0S", true
	}
	var b strings.Builder
	b.WriteString("PT")
	if hours := ms / msPerHour; hours > 0 {
		fmt.Fprintf(&b, "%dH", hours)
	}
	if minutes := ms % msPerHour / msPerMinute; minutes > 0 {
		fmt.Fprintf(&b, "%dM", minutes)
	}
	if rest := ms % msPerMinute; rest > 0 {
		seconds := fmt.Sprintf("%d.%03d", rest/msPerSecond, rest%msPerSecond)
		fmt.Fprintf(&b, "%sS", strings.TrimSuffix(strings.TrimRight(seconds, "0"), "."))
	}
	return b.String(), true
}

var fixedDuration = regexp.MustCompile(`^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})(?:\.(\d{1,3}))?S)?)?$`)

// millisecondsOf reads a duration of fixed length: no years, no months, nothing
// finer than a millisecond.
func millisecondsOf(text string) (json.Number, bool) {
	parts := fixedDuration.FindStringSubmatch(text)
	if parts == nil || !isDuration(text) {
		return "", false
	}
	var sum int64
	for i, unit := range []int64{7 * msPerDay, msPerDay, msPerHour, msPerMinute, msPerSecond} {
		if parts[i+1] != "" {
			amount, err := strconv.ParseInt(parts[i+1], 10, 64)
			if err != nil {
				return "", false
			}
			sum += amount * unit
		}
	}
	if fraction := parts[6]; fraction != "" {
		ms, err := strconv.ParseInt((fraction + "00")[:3], 10, 64)
		if err != nil {
			return "", false
		}
		sum += ms
	}
	return json.Number(strconv.FormatInt(sum, 10)), true
}
