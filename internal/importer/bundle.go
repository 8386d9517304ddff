package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/fault"
)

// bundle is a folder with one file of rows per table.
type bundle struct {
	files fs.FS
	shift time.Duration // by how much all times are moved
	names map[string]string
	other []string // files that are no table
}

// fileNames are former names of tables.
var fileNames = map[string]string{"events": "event_instances"}

func openBundle(files fs.FS, shift time.Duration) (*bundle, error) {
	b := &bundle{files: files, shift: shift, names: map[string]string{}}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fault.Errorf(fault.BadUserInput, "the folder to import cannot be read: %w", err)
	}
	known := append(Tables(), extraFiles()...)
	for _, entry := range entries {
		name, isJSON := strings.CutSuffix(entry.Name(), ".json")
		table := name
		if former, ok := fileNames[name]; ok {
			table = former
		}
		switch {
		case isJSON && slices.Contains(known, table):
			if b.names[table] != "" {
				return nil, fault.Errorf(fault.BadUserInput, "%s and %s are both rows of %s", b.names[table], entry.Name(), table)
			}
			b.names[table] = entry.Name()
		default:
			b.other = append(b.other, entry.Name())
		}
	}
	if len(b.names) == 0 {
		return nil, fault.Errorf(fault.BadUserInput, "the folder has no file named after a table").
			Hint("name the files <table>.json, such as workflow_definitions.json, each an array of row objects")
	}
	return b, nil
}

// has tells whether the bundle has rows of a table.
func (b *bundle) has(table string) bool { return b.names[table] != "" }

const bundleHint = "each file is a JSON array of row objects; mend it, or take it out of the folder"

// raw is one row of a file, its columns undecoded.
type raw struct {
	n       int
	columns map[string]json.RawMessage
	bad     string // why it is no row
	digest  []byte // the row's text, for rows that have nothing to be named by
}

// each calls f with the rows of a table, one at a time.
func (b *bundle) each(table string, f func(raw) error) error {
	if !b.has(table) {
		return nil
	}
	file, err := b.files.Open(b.names[table])
	if err != nil {
		return fmt.Errorf("opening %s: %w", b.names[table], err)
	}
	defer file.Close()
	decoder := json.NewDecoder(file)
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return fault.Errorf(fault.BadUserInput, "%s is not an array of row objects", b.names[table]).Hint(bundleHint)
	}
	for n := 0; decoder.More(); n++ {
		var text json.RawMessage
		if err := decoder.Decode(&text); err != nil {
			return b.unreadable(table, n, err)
		}
		if err := f(b.row(n, text)); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return b.unreadable(table, -1, err)
	}
	return nil
}

func (b *bundle) unreadable(table string, n int, err error) error {
	place := "at its end"
	if n >= 0 {
		place = fmt.Sprintf("at row %d", n)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		place += fmt.Sprintf(", byte %d", syntax.Offset)
	}
	return fault.Wrap(err, fault.BadUserInput, b.names[table]+" cannot be read "+place+": "+err.Error()).
		Hint(bundleHint)
}

func (b *bundle) row(n int, text []byte) raw {
	if b.shift != 0 {
		text = shiftTimes(text, b.shift)
	}
	r := raw{n: n, digest: text}
	if err := json.Unmarshal(text, &r.columns); err != nil || r.columns == nil {
		r.bad = "a row is an object whose keys are columns"
	}
	return r
}

// text is a column's string, "" when it is no string.
func (r raw) text(column string) string {
	var s string
	if json.Unmarshal(r.columns[column], &s) != nil {
		return ""
	}
	return s
}

// has tells whether a column is there and not null.
func (r raw) has(column string) bool {
	value, ok := r.columns[column]
	return ok && !bytes.Equal(value, []byte("null"))
}

var (
	timeText = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"`)
	dateText = regexp.MustCompile(`"\d{4}-\d\d-\d\d"`)
)

// shiftTimes moves every time and date that is a JSON string of its own.
func shiftTimes(text []byte, by time.Duration) []byte {
	text = timeText.ReplaceAllFunc(text, func(token []byte) []byte {
		at, err := time.Parse(time.RFC3339Nano, string(token[1:len(token)-1]))
		if err != nil {
			return token
		}
		return []byte(`"` + at.Add(by).UTC().Format(time.RFC3339Nano) + `"`)
	})
	days := int(by.Round(24*time.Hour) / (24 * time.Hour))
	return dateText.ReplaceAllFunc(text, func(token []byte) []byte {
		day, err := time.Parse(time.DateOnly, string(token[1:len(token)-1]))
		if err != nil {
			return token
		}
		return []byte(`"` + day.AddDate(0, 0, days).Format(time.DateOnly) + `"`)
	})
}
