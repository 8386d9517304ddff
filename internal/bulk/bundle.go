package bulk

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// Bundle is what an import brings in: rows by table, or the name of a folder on
// the server.
type Bundle struct {
	Tables scalar.JSON
	Folder string
}

// bundled kinds move whole bundles instead of choosing rows.
func bundled(k model.BulkOperationKind) bool {
	return k == model.BulkImportBundle || k == model.BulkExportBundle
}

// startBundle keeps what is to be imported and puts the operation into the
// queue.
func (s *Service) startBundle(ctx context.Context, start Start) (*model.BulkOperation, error) {
	archive, err := s.bundleOf(ctx, &start)
	if err != nil {
		return nil, err
	}
	return repository.Once(ctx, s.writer, repository.BulkOperations, start.Reason, func(ctx context.Context, tx *repository.Tx) (*model.BulkOperation, error) {
		o, err := start.insert(ctx, tx)
		if err != nil {
			return nil, err
		}
		if archive != nil {
			if err := tx.SaveBundlePart(ctx, o.UUID, importFile, 1, archive); err != nil {
				return nil, err
			}
		}
		return o, s.enqueue(ctx, tx, o)
	})
}

// bundleOf checks who asks and what for, and answers the archive of a bundle that
// was sent; nil for an export and for a folder.
func (s *Service) bundleOf(ctx context.Context, start *Start) ([]byte, error) {
	b := start.Bundle
	switch {
	case !auth.From(ctx).Has(auth.Admin):
		return nil, fault.Errorf(fault.Forbidden, "%s is for administrators.", start.Kind).Hint("Ask an administrator of this server.")
	case start.Kind == model.BulkExportBundle && (b.Tables != nil || b.Folder != ""):
		return nil, fault.Errorf(fault.BadUserInput, "an export takes no bundle").At("/bundle").Hint("leave bundle and folder out")
	case start.Kind == model.BulkExportBundle:
		return nil, nil
	case (b.Tables == nil) == (b.Folder == ""):
		return nil, fault.Errorf(fault.BadUserInput, "an import takes exactly one of bundle and folder").At("/bundle").Hint("give one of the two")
	case b.Folder != "":
		start.Options.Folder = b.Folder
		return nil, closing(openFolder(s.ImportDir, b.Folder))
	}
	tables, err := tablesOf(b.Tables)
	if err != nil {
		return nil, err
	}
	return zipped(tables)
}

// importFile is the archive of an import while it waits.
const importFile = "import.zip"

// zipped are rows by table as an archive with one file for each.
func zipped(tables map[string]json.RawMessage) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		file, err := archive.Create(name + ".json")
		if err == nil {
			_, err = file.Write(tables[name])
		}
		if err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return out.Bytes(), nil
}

// tablesOf takes a bundle apart. Credentials in clear would reach the log of
// PostgreSQL on their way.
func tablesOf(bundle scalar.JSON) (map[string]json.RawMessage, error) {
	var tables map[string]json.RawMessage
	if json.Unmarshal(bundle, &tables) != nil || len(tables) == 0 {
		return nil, fault.Errorf(fault.Validation, "a bundle is an object of arrays of rows, by table").At("/bundle").
			Hint(`write {"task_definitions": [{"task_id": "…"}]}`)
	}
	for name, rows := range tables {
		if !slices.Contains(importer.Tables(), name) {
			return nil, fault.Errorf(fault.Validation, "there is no table %q", name).At("/bundle/" + name)
		}
		if text := bytes.TrimSpace(rows); len(text) == 0 || text[0] != '[' {
			return nil, fault.Errorf(fault.Validation, "this is not an array of row objects").At("/bundle/" + name)
		}
	}
	var connections []struct{ Credentials json.RawMessage }
	_ = json.Unmarshal(tables["integration_instances"], &connections) // rows that are no objects are the importer's to refuse
	for i, c := range connections {
		if c.Credentials != nil && string(c.Credentials) != "null" {
			return nil, fault.Errorf(fault.Validation, "credentials are no part of a bundle that is sent").At(fmt.Sprintf("/bundle/integration_instances/%d/credentials", i)).
				Hint("leave them out, and save them with integrationInstanceSetCredentials")
		}
	}
	return tables, nil
}

// folderName is a name within the folder of imports and no way out of it.
var folderName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// openFolder opens a folder to import. No link leads out of it.
func openFolder(dir, name string) (*os.Root, error) {
	if dir == "" {
		return nil, fault.Errorf(fault.BadUserInput, "this server imports no folders").At("/folder").
			Hint("set AOS_IMPORT_DIR, or send the rows as bundle")
	}
	if !folderName.MatchString(name) {
		return nil, fault.Errorf(fault.BadUserInput, "the name of a folder has letters, digits, dots, dashes and underscores").At("/folder")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("AOS_IMPORT_DIR: %w", err)
	}
	defer root.Close()
	folder, err := root.OpenRoot(name)
	if err != nil {
		return nil, fault.Errorf(fault.NotFound, "there is no folder %q to import", name).At("/folder").Hint("it stands directly in AOS_IMPORT_DIR of every server")
	}
	return folder, nil
}

func closing(root *os.Root, err error) error {
	if err != nil {
		return err
	}
	return root.Close()
}

// previewBundle imports and takes it back; an export has nothing to preview.
func (s *Service) previewBundle(ctx context.Context, start Start) (p Preview, err error) {
	archive, err := s.bundleOf(ctx, &start)
	if err != nil || start.Kind == model.BulkExportBundle {
		return p, err
	}
	bundle, done, err := openFiles(s.ImportDir, start.Options.Folder, archive)
	if err != nil {
		return p, err
	}
	defer done()
	report, err := importer.ImportFS(ctx, s.pool, bundle, importer.Options{DryRun: true, KeepGoing: true, MaxRows: start.AtMost, MaxEntries: sampledEntries})
	if err != nil {
		return p, fault.Move(err, "/bundle")
	}
	p.Count = report.Read()
	p.Refused = refusals(report)
	return p, nil
}

// openFiles is a bundle from a folder, or from the archive that was kept.
func openFiles(dir, folder string, archive []byte) (fs.FS, func(), error) {
	if folder == "" {
		files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		return files, func() {}, err
	}
	root, err := openFolder(dir, folder)
	if err != nil {
		return nil, nil, err
	}
	return root.FS(), func() { _ = root.Close() }, nil
}

// sampledEntries bounds what a preview reads of a report, maxRefused how many
// rows it tells of.
const (
	sampledEntries = 10_000
	maxRefused     = 100
)

// refusals are the rows that an import does not store, as faults at their place
// in the bundle.
func refusals(report *importer.Report) (all fault.List) {
	for _, e := range report.Entries {
		if e.Kind == importer.Refused && len(all) < maxRefused {
			all = append(all, fault.Errorf(fault.Validation, "%s", e.Message).At(fmt.Sprintf("/bundle/%s/%d%s", e.Table, e.Row, e.Path)).Hint("%s", e.Remedy))
		}
	}
	return all
}
