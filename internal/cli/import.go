package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/augmentedos/graph/internal/importer"
)

type importCommand struct {
	Dir       string `arg:"" help:"Folder with one <table>.json per table."`
	KeepGoing bool   `help:"Store the valid rows although others are refused."`
	DryRun    bool   `help:"Do everything and undo it: only the report remains."`
	Report    string `help:"Write the whole report as JSON to this file." type:"path"`
}

// Run brings a bundle in and tells what was done to which row.
func (c importCommand) Run(s *session) error {
	return s.withPool(func(db *openDatabase) error {
		report, err := importer.Import(s.ctx, db.pools.Primary, c.Dir, importer.Options{
			KeepGoing: c.KeepGoing, DryRun: c.DryRun, Progress: s.progress(),
		})
		if report == nil {
			return err
		}
		if writeErr := c.write(report); writeErr != nil {
			return errors.Join(err, writeErr)
		}
		if writeErr := report.WriteText(s.out, 40); writeErr != nil {
			return errors.Join(err, writeErr)
		}
		return err
	})
}

func (c importCommand) write(report *importer.Report) error {
	if c.Report == "" {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("the report: %w", err)
	}
	return os.WriteFile(c.Report, append(text, '\n'), 0o644)
}

// progress draws one line that is overwritten, on a terminal only.
func (s *session) progress() func(importer.Progress) {
	if !isTerminal(s.out) {
		return func(importer.Progress) {}
	}
	return func(p importer.Progress) {
		total := ""
		if p.Total > 0 {
			total = fmt.Sprintf(" of %d", p.Total)
		}
		fmt.Fprintf(s.out, "\r\033[K%s %s %d%s", p.Phase, p.Table, p.Done, total)
	}
}
