package importer

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// column is a column of a table as the catalogue has it.
type column struct {
	name      string
	kind      string // format_type without the length
	length    int    // of a varchar, else 0
	notNull   bool
	fallback  string // the default, as SQL
	generated bool
}

var errType = errors.New("wrong type")

// convert reads a JSON value as a value of the column, in the text form that
// PostgreSQL reads. spelled says that it was written in another way than ours.
func (c column) convert(value json.RawMessage) (text string, spelled bool, err error) {
	var v any
	decoder := json.NewDecoder(strings.NewReader(string(value)))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		return "", false, fmt.Errorf("%w: not JSON", errType)
	}
	switch c.kind {
	case "uuid":
		return convertUUID(v)
	case "boolean":
		return convertBool(v)
	case "integer", "smallint", "bigint":
		return c.convertInt(v)
	case "timestamp with time zone":
		return convertTime(v)
	case "bytea":
		return convertBytes(v)
	case "tstzrange":
		return convertPeriod(v)
	case "jsonb":
		return string(value), false, nil
	}
	return c.convertText(v)
}

func convertUUID(v any) (string, bool, error) {
	s, _ := v.(string)
	id, err := uuid.Parse(s)
	if err != nil {
		return "", false, fmt.Errorf("%w: a UUID is expected", errType)
	}
	return id.String(), id.String() != s, nil
}

var boolWords = map[string]bool{
	"true": true, "t": true, "yes": true, "1": true,
	"false": false, "f": false, "no": false, "0": false,
}

func convertBool(v any) (string, bool, error) {
	if b, ok := v.(bool); ok {
		return strconv.FormatBool(b), false, nil
	}
	if b, ok := boolWords[strings.ToLower(fmt.Sprint(v))]; ok {
		return strconv.FormatBool(b), true, nil
	}
	return "", false, fmt.Errorf("%w: true or false is expected", errType)
}

func (c column) convertInt(v any) (string, bool, error) {
	bits := map[string]int{"smallint": 16, "integer": 32, "bigint": 64}[c.kind]
	var text string
	spelled := false
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text, spelled = strings.TrimSpace(v), true
	}
	if n, err := strconv.ParseInt(text, 10, bits); err == nil {
		return strconv.FormatInt(n, 10), spelled, nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && f == float64(int64(f)) {
		if n, err := strconv.ParseInt(strconv.FormatInt(int64(f), 10), 10, bits); err == nil {
			return strconv.FormatInt(n, 10), true, nil
		}
	}
	return "", false, fmt.Errorf("%w: a whole number of %d bits is expected", errType, bits)
}

// timeLayouts are the forms of times in bundles; those without a zone are UTC.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", time.DateOnly,
}

// parseTime reads a JSON string or number as a time, to the microsecond.
func parseTime(v any) (at time.Time, spelled, ok bool) {
	switch v := v.(type) {
	case string:
		for i, layout := range timeLayouts {
			if at, err := time.Parse(layout, v); err == nil {
				return at.UTC().Truncate(time.Microsecond), i > 0, true
			}
		}
	case json.Number:
		if ms, err := v.Int64(); err == nil {
			return time.UnixMilli(ms).UTC(), true, true
		}
	}
	return time.Time{}, false, false
}

func convertTime(v any) (string, bool, error) {
	at, spelled, ok := parseTime(v)
	if !ok || at.Year() < 1 || at.Year() > 9999 {
		return "", false, fmt.Errorf("%w: a time such as 2026-03-04T09:30:00Z is expected", errType)
	}
	return at.Format(time.RFC3339Nano), spelled, nil
}

// convertPeriod reads [from, until], of which until is null while it lasts.
func convertPeriod(v any) (string, bool, error) {
	ends, _ := v.([]any)
	if len(ends) == 2 {
		from, _, err := convertTime(ends[0])
		until := ""
		if err == nil && ends[1] != nil {
			until, _, err = convertTime(ends[1])
		}
		if err == nil {
			return "[" + from + "," + until + ")", false, nil
		}
	}
	return "", false, fmt.Errorf("%w: a period [from, until] is expected", errType)
}

// convertBytes reads base64, or PostgreSQL's hex form.
func convertBytes(v any) (string, bool, error) {
	s, _ := v.(string)
	if digits, ok := strings.CutPrefix(s, `\x`); ok {
		if _, err := hex.DecodeString(digits); err == nil {
			return s, false, nil
		}
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || s == "" {
		return "", false, fmt.Errorf("%w: bytes in base64 are expected", errType)
	}
	return `\x` + hex.EncodeToString(b), false, nil
}

func (c column) convertText(v any) (string, bool, error) {
	var text string
	spelled := false
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text, spelled = v.String(), true
	case bool:
		text, spelled = strconv.FormatBool(v), true
	default:
		return "", false, fmt.Errorf("%w: a text is expected", errType)
	}
	if strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
		return "", false, fmt.Errorf("%w: the text contains the character NUL or is not UTF-8", errType)
	}
	if c.length > 0 && utf8.RuneCountInString(text) > c.length {
		return "", false, fmt.Errorf("%w: at most %d characters fit", errType, c.length)
	}
	return text, spelled, nil
}

var looseVersion = regexp.MustCompile(`^[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// semver completes what can be read as a version: 2 is 2.0.0.
func semver(text string) string {
	part := looseVersion.FindStringSubmatch(text)
	if part == nil {
		return text
	}
	for i := 1; i <= 3; i++ {
		if part[i] == "" {
			part[i] = "0"
		}
	}
	return part[1] + "." + part[2] + "." + part[3] + part[4]
}
