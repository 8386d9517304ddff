package importer

import (
	"encoding/json"
	"time"
)

// Report tells what an import did, row by row. Nothing is left out or changed
// without an Entry.
type Report struct {
	Applied bool           `json:"applied"`         // whether the database holds the result
	Tables  []*TableReport `json:"tables"`          // in the order of the work
	Entries []Entry        `json:"entries"`         // at most Options.MaxEntries
	Omitted int            `json:"omitted"`         // entries beyond that; the counts include them
	Files   []string       `json:"files,omitempty"` // files of the folder that are no table
	Took    time.Duration  `json:"-"`
}

// TableReport counts the rows of one table.
type TableReport struct {
	Table     string `json:"table"`
	Read      int    `json:"read"` // rows in the file
	Inserted  int    `json:"inserted"`
	Updated   int    `json:"updated"`
	Unchanged int    `json:"unchanged"`
	Refused   int    `json:"refused"` // rows, whatever number of entries tells why
	Changed   int    `json:"changed"` // entries of kind CHANGED
	Kept      int    `json:"kept"`    // entries of kind KEPT
	LeftOut   int    `json:"leftOut"` // entries of kind LEFT_OUT
}

// Kind sorts the entries of a report.
type Kind string

// The kinds of entries.
const (
	Changed Kind = "CHANGED"  // a value is stored otherwise than it was written
	Kept    Kind = "KEPT"     // a value is doubtful and stored as it is
	LeftOut Kind = "LEFT_OUT" // a value has no place and is not stored
	Refused Kind = "REFUSED"  // the row is not stored
)

// Code names the reason of an Entry.
type Code string

// The reasons.
const (
	IDRemade          Code = "ID_REMADE"          // the id was no version 7 UUID of the creation time
	IDAdopted         Code = "ID_ADOPTED"         // a stored row has the same business key, so its id is kept
	IDMissing         Code = "ID_MISSING"         // the row had none
	ReferenceFollowed Code = "REFERENCE_FOLLOWED" // an id in a document or text leads to the new id
	TimeShifted       Code = "TIME_SHIFTED"       // asked for by Options.Shift; counted once per table
	TimeGuessed       Code = "TIME_GUESSED"       // created_at was missing
	LegacyShape       Code = "LEGACY_SHAPE"       // an older form of a document became the stored one
	OtherSpelling     Code = "OTHER_SPELLING"     // a word, a number or a time was written differently
	ColumnRenamed     Code = "COLUMN_RENAMED"     // the column goes by another name
	DefaultTaken      Code = "DEFAULT_TAKEN"      // a value was missing and has a default
	ValueMissing      Code = "VALUE_MISSING"      // a value that must be there is missing
	StatusAdjusted    Code = "STATUS_ADJUSTED"    // at most one version is active
	ColumnUnknown     Code = "COLUMN_UNKNOWN"     // no column takes the value
	SecretLeftOut     Code = "SECRET_LEFT_OUT"    // credentials in clear are not stored
	ParentMissing     Code = "PARENT_MISSING"     // a foreign key leads nowhere
	ReferenceDangling Code = "REFERENCE_DANGLING" // a definition names one that is not there
	ReferenceUnclear  Code = "REFERENCE_UNCLEAR"  // two rows of the bundle share an id
	Resolved          Code = "RESOLVED"           // a missing reference followed from other columns
	Inconsistent      Code = "INCONSISTENT"       // two rows or two columns contradict each other
	Invalid           Code = "INVALID"            // a document breaks its schema
	WrongType         Code = "WRONG_TYPE"         // a value is not of its column's type
	Duplicate         Code = "DUPLICATE"          // an earlier row has the same id or business key
	RuleBroken        Code = "RULE_BROKEN"        // the database refuses the row
	LogOccupied       Code = "LOG_OCCUPIED"       // the database has a change log, so the bundle's stays out
	EventMade         Code = "EVENT_MADE"         // an event known only from a queue became a row
)

// Entry is one thing the import did to one row, or found about it.
type Entry struct {
	Table   string          `json:"table"`
	Row     int             `json:"row"`              // position in the file, from 0; -1 for a row that was stored before
	ID      string          `json:"id,omitempty"`     // as it came
	Key     string          `json:"key,omitempty"`    // business key
	Kind    Kind            `json:"kind"`             //
	Code    Code            `json:"code"`             //
	Path    string          `json:"path,omitempty"`   // JSON Pointer within the row
	From    json.RawMessage `json:"from,omitempty"`   // what stood there
	To      json.RawMessage `json:"to,omitempty"`     // what stands there now
	Message string          `json:"message"`          // for a person
	Remedy  string          `json:"remedy,omitempty"` // what to do about it
}

// Refused is how many rows were not stored.
func (r *Report) Refused() int {
	n := 0
	for _, t := range r.Tables {
		n += t.Refused
	}
	return n
}

// Read is how many rows the bundle has.
func (r *Report) Read() int {
	n := 0
	for _, t := range r.Tables {
		n += t.Read
	}
	return n
}

// table finds or makes the counts of a table.
func (r *Report) table(name string) *TableReport {
	for _, t := range r.Tables {
		if t.Table == name {
			return t
		}
	}
	t := &TableReport{Table: name}
	r.Tables = append(r.Tables, t)
	return t
}

func (r *Report) add(max int, e Entry) {
	t := r.table(e.Table)
	switch e.Kind {
	case Changed:
		t.Changed++
	case Kept:
		t.Kept++
	case LeftOut:
		t.LeftOut++
	}
	if len(r.Entries) >= max {
		r.Omitted++
		return
	}
	r.Entries = append(r.Entries, e)
}
