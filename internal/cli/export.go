package cli

import (
	"fmt"
	"time"

	"github.com/augmentedos/graph/internal/importer"
)

type exportCommand struct {
	Dir         string `arg:"" help:"Folder for one <table>.json per table; made when it is not there." type:"path"`
	Full        bool   `help:"Also what definitions looked like before, and the change log."`
	Credentials bool   `help:"Also the credentials of connections, encrypted as they are stored."`
}

// Run writes the database as a bundle that import reads.
func (c exportCommand) Run(s *session) error {
	return s.withPool(func(db *openDatabase) error {
		progress, wipe := s.progress()
		report, err := importer.Export(s.ctx, db.pools.Primary, c.Dir, importer.ExportOptions{
			Full: c.Full, Credentials: c.Credentials, Progress: progress,
		})
		wipe()
		if err != nil {
			return err
		}
		rows := 0
		for _, file := range report.Files {
			rows += file.Rows
		}
		fmt.Fprintf(s.out, "Wrote %d rows into %d files in %s. Took %s.\n", rows, len(report.Files), c.Dir, report.Took.Round(time.Millisecond))
		for _, left := range report.LeftOut {
			fmt.Fprintln(s.out, "Left out:", left)
		}
		return nil
	})
}
