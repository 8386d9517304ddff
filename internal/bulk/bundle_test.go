package bulk_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const twoTasks = `{"task_definitions": [
	{"task_id": "weigh", "name": "Weigh", "version": "1.0.0", "type": "MANUAL", "status": "active", "execution_config": {"executor": "x"}},
	{"task_id": "broken", "name": "Broken", "version": "1.0.0", "type": "DANCE", "execution_config": {"executor": "x"}}]}`

func importing(tables string) bulk.Start {
	return bulk.Start{Kind: model.BulkImportBundle, Filter: scalar.JSON("{}"), Bundle: bulk.Bundle{Tables: scalar.JSON(tables)}, AtMost: 1000, Reason: "moved house"}
}

func TestABundleIsImportedAndEveryRefusedRowIsTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 0)
	preview, err := o.service.Preview(o.ctx, importing(twoTasks))
	require.NoError(t, err)
	require.Equal(t, 2, preview.Count)
	require.Len(t, preview.Refused, 1)
	require.Contains(t, preview.Refused[0].Path, "/bundle/task_definitions/1")
	require.Zero(t, o.count(`select count(*) from task_definitions where task_id = 'weigh'`), "a preview changes nothing")

	stop := o.work()
	defer stop()
	for range 2 { // again it changes nothing
		started, err := o.service.Start(o.ctx, importing(twoTasks))
		require.NoError(t, err)
		done := o.wait(started.ID(), at(model.BulkCompleted))
		require.Equal(t, []int{2, 1, 1}, []int{done.Total, done.Done, done.Failed})
		require.Equal(t, 1, o.count(`select count(*) from bulk_operation_items where bulk_operation_id = $1 and message like 'task_definitions row 1 broken%/type%'`, done.UUID))
		require.Zero(t, o.count(`select count(*) from bulk_operation_bundles`), "what was imported is not kept")
	}
	require.Equal(t, 1, o.count(`select count(*) from task_definitions where task_id = 'weigh' and revision = 1`))
	require.NotZero(t, o.count(`select count(*) from change_log where actor = 'ann' and reason = 'moved house'
		and entity_id = (select id from task_definitions where task_id = 'weigh')`))
}

func TestAnImportIsForAdministratorsAndStaysInItsFolder(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 0)
	folder := func(name string) bulk.Start {
		s := importing("")
		s.Bundle = bulk.Bundle{Folder: name}
		return s
	}
	_, err := o.service.Start(o.ctx, folder("house"))
	require.Equal(t, fault.BadUserInput, fault.CodeOf(err), "no folder is configured")

	dir := t.TempDir()
	o.service.ImportDir = filepath.Join(dir, "imports")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "imports", "house"), 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "private"), 0o700))
	require.NoError(t, os.Symlink(filepath.Join(dir, "private"), filepath.Join(dir, "imports", "door")))
	rows := strings.TrimSuffix(strings.TrimPrefix(twoTasks, `{"task_definitions": `), "}")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "imports", "house", "task_definitions.json"), []byte(rows), 0o600))
	for _, name := range []string{"../private", "..", "/etc", "house/../../private", "", "door", "nowhere", "a\x00b"} {
		_, err := o.service.Start(o.ctx, folder(name))
		require.Contains(t, []fault.Code{fault.BadUserInput, fault.NotFound}, fault.CodeOf(err), name)
	}
	for _, bad := range []string{`[]`, `{}`, `{"pg_authid": []}`, `{"task_definitions": {}}`, `{"integration_instances": [{"credentials": {"apikey": {"key": "k"}}}]}`} {
		_, err := o.service.Start(o.ctx, importing(bad))
		require.Equal(t, fault.Validation, fault.CodeOf(err), bad)
	}
	operator := auth.With(o.ctx, auth.Identity{Name: "ola", Roles: []string{"operator"}})
	for _, start := range []bulk.Start{importing(twoTasks), folder("house"), {Kind: model.BulkExportBundle, AtMost: 1, Reason: "r"}} {
		_, err := o.service.Start(operator, start)
		require.Equal(t, fault.Forbidden, fault.CodeOf(err))
		_, err = o.service.Preview(operator, start)
		require.Equal(t, fault.Forbidden, fault.CodeOf(err))
	}
	stop := o.work()
	defer stop()
	started, err := o.service.Start(o.ctx, folder("house"))
	require.NoError(t, err)
	require.Equal(t, 1, o.wait(started.ID(), at(model.BulkCompleted)).Done)

	few := folder("house")
	few.AtMost = 1
	started, err = o.service.Start(o.ctx, few)
	require.NoError(t, err)
	refused := o.wait(started.ID(), at(model.BulkCompleted))
	require.Equal(t, []int{0, 1}, []int{refused.Done, refused.Failed}, "more rows than were meant")
}

func TestAPausedImportBeginsAnewWhenItGoesOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 0)
	started, err := o.service.Start(o.ctx, importing(twoTasks))
	require.NoError(t, err)
	_, err = o.service.SetStatus(o.ctx, instance.Target{ID: started.UUID}, model.BulkPaused)
	require.NoError(t, err)
	stop := o.work()
	defer stop()
	after, err := o.service.Start(o.ctx, importing(`{"task_definitions": []}`)) // its turn comes later
	require.NoError(t, err)
	o.wait(after.ID(), at(model.BulkCompleted))
	require.Zero(t, o.count(`select count(*) from task_definitions where task_id = 'weigh'`))
	_, err = o.service.SetStatus(o.ctx, instance.Target{ID: started.UUID}, model.BulkRunning)
	require.NoError(t, err)
	require.Equal(t, 1, o.wait(started.ID(), at(model.BulkCompleted)).Done)
}

// TestAnImportThatWasCutOffBeginsAnew stops the server while the import waits for
// a lock in the middle of its work.
func TestAnImportThatWasCutOffBeginsAnew(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 0)
	blocker, err := o.db.Begin(t.Context())
	require.NoError(t, err)
	_, err = blocker.Exec(t.Context(), `lock table task_definitions in share row exclusive mode`)
	require.NoError(t, err)
	stop := o.work()
	started, err := o.service.Start(o.ctx, importing(`{"event_definitions": [{"event_id": "e", "name": "E", "version": "1.0.0", "pattern": "a.b"}], `+twoTasks[1:]))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		return o.count(`select count(*) from pg_locks where relation = 'task_definitions'::regclass and not granted and database = (select oid from pg_database where datname = current_database())`) > 0
	}, 20*time.Second, 20*time.Millisecond, "it has stored the event and waits to store tasks")
	stop()
	require.NoError(t, blocker.Rollback(t.Context()))
	require.Zero(t, o.count(`select count(*) from event_definitions`), "half an import is none")
	require.Zero(t, o.count(`select count(*) from bulk_operations where status = 'COMPLETED'`))

	stop = o.work()
	defer stop()
	done := o.wait(started.ID(), at(model.BulkCompleted))
	require.Equal(t, []int{2, 1}, []int{done.Done, done.Failed})
	require.Equal(t, 1, o.count(`select count(*) from event_definitions`))
}

// TestAnExportIsWhatAnImportReads fetches an export and imports it elsewhere.
func TestAnExportIsWhatAnImportReads(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 30)
	stop := o.work()
	defer stop()
	started, err := o.service.Start(o.ctx, bulk.Start{Kind: model.BulkExportBundle, Filter: scalar.JSON("{}"), AtMost: 1, Reason: "for the auditor"})
	require.NoError(t, err)
	require.Nil(t, started.Download(o.writer.Store.Now()))
	require.Equal(t, fault.NotFound, fault.CodeOf(o.service.ReadExport(o.ctx, uuid.New(), nil)))

	done := o.wait(started.ID(), at(model.BulkCompleted))
	require.Equal(t, []int{31, 31, 0}, []int{done.Total, done.Done, done.Failed})
	require.Equal(t, "/exports/"+done.ID()+".tar.gz", *done.Download(o.writer.Store.Now()))
	require.Nil(t, done.Download(o.writer.Store.Now().Add(25*model.ExportRetention)))
	var archive bytes.Buffer
	require.NoError(t, o.service.ReadExport(o.ctx, done.UUID, func() io.Writer { return &archive }))

	other := testdb.New(t)
	report, err := importer.Import(t.Context(), other, unpacked(t, &archive), importer.Options{})
	require.NoError(t, err)
	require.Equal(t, 31, report.Read())
	tasks, err := repository.NewStore(other).CountSelection(t.Context(), repository.Selection{Entity: repository.TaskInstances.Descriptor, Where: &model.TaskInstanceWhere{}})
	require.NoError(t, err)
	require.Equal(t, 30, tasks)
}

// unpacked is a folder with the files of an archive.
func unpacked(t *testing.T, text io.Reader) string {
	dir := t.TempDir()
	plain, err := gzip.NewReader(text)
	require.NoError(t, err)
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		require.NoError(t, err)
		content, err := io.ReadAll(archive)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(header.Name)), content, 0o600))
	}
}
