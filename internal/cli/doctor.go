package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/augmentedos/graph/internal/doctor"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/repository"
)

type doctorCommand struct {
	Data bool `help:"Also hold every document of every row against its schema, and follow what is named without a foreign key."`
	JSON bool `name:"json" help:"Print the report as JSON."`
}

// Run reports what is wrong with the database and what to do. It changes
// nothing and fails when there is an error among the findings.
func (c doctorCommand) Run(s *session) error {
	report, err := c.examine(s)
	if err != nil {
		return err
	}
	if c.JSON {
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(report)
	} else {
		err = writeReport(s.out, report)
	}
	if err == nil && !report.Healthy {
		return fault.Errorf(fault.Unavailable, "%s found.", count(report.Errors, "error"))
	}
	return err
}

func (c doctorCommand) examine(s *session) (*doctor.Report, error) {
	if s.config.Database.Embedded() && !postgres.Exists(s.config.DataDir) {
		return unreachable(fault.Errorf(fault.NotFound, "There is no embedded database yet.").
			Hint("`augmentedos serve` makes one; DATABASE_URL or AOS_DATA_DIR lead to another."))
	}
	db, err := s.findDatabase()
	if err != nil {
		return unreachable(err)
	}
	defer db.stop()
	pools, err := s.openPools(db)
	if err != nil {
		return unreachable(err)
	}
	defer pools.Close()
	progress, wipe := progressOn(os.Stderr)
	defer wipe()
	store := repository.NewStore(pools.Primary)
	report, err := doctor.Examine(s.ctx, store, doctor.Options{URL: s.migrationURL(db), Data: c.Data, Progress: progress})
	if err == nil {
		var found repository.Server
		found, err = store.Server(s.ctx)
		report.Database = fmt.Sprintf("PostgreSQL %s, database %s%s", found.Version, found.Database, map[bool]string{true: " (embedded)"}[db.embedded])
	}
	return report, err
}

// unreachable is the report about a database that cannot be looked at.
func unreachable(err error) (*doctor.Report, error) {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil, err
	}
	report := &doctor.Report{}
	report.Add(doctor.Check{Name: "connection", Question: "Does the database answer?", Findings: []doctor.Finding{
		{Severity: doctor.Error, Code: "UNREACHABLE", Message: f.Message, Remedy: f.Remedy},
	}})
	return report, nil
}

// writeReport prints a line for each check and, below it, what was found.
func writeReport(w io.Writer, r *doctor.Report) error {
	if r.Database != "" {
		fmt.Fprintln(w, r.Database)
	}
	for _, c := range r.Checks {
		mark := "ok"
		if len(c.Findings) > 0 {
			mark = "--"
		}
		fmt.Fprintf(w, "%s  %-16s %s (%d ms)\n", mark, c.Name, c.Question, c.TookMs)
		for _, f := range c.Findings {
			fmt.Fprintf(w, "    %-7s %s: %s\n", f.Severity, strings.TrimSpace(f.Code+" "+f.Subject), f.Message)
			if f.Remedy != "" {
				fmt.Fprintf(w, "            → %s\n", f.Remedy)
			}
		}
	}
	_, err := fmt.Fprintf(w, "%s, %s.\n", count(r.Errors, "error"), count(r.Warnings, "warning"))
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
