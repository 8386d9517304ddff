package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/fault"
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
		progress, wipe := s.progress()
		keys, err := s.keys(db.database)
		if err != nil {
			return err
		}
		report, err := importer.Import(s.ctx, db.pools.Primary, c.Dir, importer.Options{
			KeepGoing: c.KeepGoing, DryRun: c.DryRun, Progress: progress, Seal: sealer(keys, db),
		})
		wipe()
		if report == nil {
			return err
		}
		return errors.Join(err, report.WriteText(s.out, 40), c.write(report))
	})
}

// sealer encrypts credentials in clear; without a key they are left out.
func sealer(keys *credential.Keyring, db *openDatabase) func([]byte) (message, meta []byte, err error) {
	if keys == nil {
		return nil
	}
	return connections(keys, db).Seal
}

func (c importCommand) write(report *importer.Report) error {
	if c.Report == "" {
		return nil
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("the report: %w", err)
	}
	if err := os.WriteFile(c.Report, append(text, '\n'), 0o644); err != nil {
		return fault.Wrap(err, fault.BadUserInput, "the report cannot be written: "+err.Error()).Hint("the import itself is done as the summary says")
	}
	return nil
}
