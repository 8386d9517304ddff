// Package doctor looks for what is wrong with a database of ours and says what
// to do about it. It only reads, so it may run beside any number of servers.
package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/repository"
)

// Severity ranks a finding.
type Severity string

// The severities: an ERROR makes answers wrong or keeps the server from
// working, a WARNING will one day, an INFO is worth knowing.
const (
	Error   Severity = "ERROR"
	Warning Severity = "WARNING"
	Info    Severity = "INFO"
)

// Finding is one thing that is not as it should be. Code is stable, Subject is
// what it is about: a table, an index, a row.
type Finding struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Subject  string   `json:"subject,omitempty"`
	Message  string   `json:"message"`
	Remedy   string   `json:"remedy,omitempty"`
}

// Check is one question and what was found.
type Check struct {
	Name     string    `json:"name"`
	Question string    `json:"question"`
	TookMs   int64     `json:"tookMs"`
	Findings []Finding `json:"findings"`
}

// Report is what Examine answers. A healthy database has no ERROR.
type Report struct {
	Database string  `json:"database"`
	Healthy  bool    `json:"healthy"`
	Errors   int     `json:"errors"`
	Warnings int     `json:"warnings"`
	Checks   []Check `json:"checks"`
}

// Options say what to look at. URL is a direct connection, for the state of the
// migrations.
type Options struct {
	URL      string
	Data     bool // every document and every soft reference of every row, too
	Progress func(importer.Progress)
}

// patient is the database that is looked at.
type patient struct {
	Options
	store *repository.Store
}

// examination is a Check that has not run yet.
type examination struct {
	name, question string
	run            func(context.Context, *patient) ([]Finding, error)
}

// What is looked at, in this order. When the groundwork has an error the rest
// could only complain about the same.
var (
	groundwork = []examination{
		{"server", "Is it a PostgreSQL that this release works with?", server},
		{"extensions", "Are the extensions there?", extensions},
		{"migrations", "Has it the schema of this release?", schema},
	}
	structure = []examination{
		{"partitions", "Are there partitions for the next weeks?", partitions},
		{"triggers", "Do the triggers work that capture changes, keep history and guard rows?", triggers},
		{"indexes", "Is every index there and valid?", indexes},
		{"feed", "Can changes be put in order?", feed},
		{"limits", "Do statements and transactions end?", limits},
		{"history", "Does the past of definitions join, and is every change of them captured?", history},
		{"references", "Do references between definitions say what the documents say?", references},
		{"ids", "Are the ids of definitions made from their time?", ids},
	}
	data = []examination{
		{"documents", "Does every document keep to its schema?", documents},
		{"soft references", "Does what is named without a foreign key exist?", softReferences},
	}
)

// Examine looks at the database and reports. An error means that it could not
// look.
func Examine(ctx context.Context, store *repository.Store, o Options) (*Report, error) {
	if o.Progress == nil {
		o.Progress = func(importer.Progress) {}
	}
	p := &patient{Options: o, store: store}
	report := &Report{Healthy: true}
	if err := p.examine(ctx, report, groundwork); err != nil || !report.Healthy {
		return report, err
	}
	if err := p.examine(ctx, report, structure); err != nil || !o.Data {
		return report, err
	}
	return report, p.examine(ctx, report, data)
}

func (p *patient) examine(ctx context.Context, report *Report, examinations []examination) error {
	for _, e := range examinations {
		begin := time.Now()
		p.Progress(importer.Progress{Phase: "looking at", Table: e.name})
		found, err := e.run(ctx, p)
		if err != nil {
			return fmt.Errorf("looking at %s: %w", e.name, err)
		}
		report.Add(Check{Name: e.name, Question: e.question, TookMs: time.Since(begin).Milliseconds(), Findings: found})
	}
	return nil
}

// Add puts a check into the report and its findings into the sums.
func (r *Report) Add(c Check) {
	if c.Findings == nil {
		c.Findings = []Finding{}
	}
	for _, f := range c.Findings {
		switch f.Severity {
		case Error:
			r.Errors++
		case Warning:
			r.Warnings++
		}
	}
	r.Healthy = r.Errors == 0
	r.Checks = append(r.Checks, c)
}
