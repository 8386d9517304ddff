package importer_test

import (
	"testing"
	"testing/fstest"

	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// bundleOf is a bundle written in a test, file texts by table.
func bundleOf(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for table, text := range files {
		out[table+".json"] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// load imports a bundle that nothing is wrong with.
func load(t *testing.T, db *pgxpool.Pool, files map[string]string) *importer.Report {
	t.Helper()
	report, err := importer.ImportFS(t.Context(), db, bundleOf(files), importer.Options{})
	if err != nil && report != nil {
		require.NoError(t, report.WriteText(t.Output(), 0))
	}
	require.NoError(t, err)
	return report
}

// texts reads one text column.
func texts(t *testing.T, db *pgxpool.Pool, sql string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(t.Context(), sql, args...)
	require.NoError(t, err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		require.NoError(t, rows.Scan(&one))
		all = append(all, one)
	}
	require.NoError(t, rows.Err())
	return all
}

func counts(t *testing.T, r *importer.Report, table string) (inserted, updated, unchanged int) {
	t.Helper()
	for _, one := range r.Tables {
		if one.Table == table {
			return one.Inserted, one.Updated, one.Unchanged
		}
	}
	t.Fatalf("the report has no %s", table)
	return 0, 0, 0
}

const twoItems = `[{"sequence_id":"s","name":"S","created_at":"2026-03-01T10:00:00Z","events":[
  {"eventId":"b","order":1,"status":"processed","processingTimestamp":"2026-03-01T11:00:00Z"},{"eventId":"a","order":2,"required":false},{"eventId":"a","order":3}]},
  {"sequence_id":"other","name":"O","created_at":"2026-03-01T10:00:00Z","events":[]}]`

func TestItemsOfASequenceBecomeRowsAndStayInStep(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	report := load(t, db, map[string]string{"event_sequences": twoItems})
	require.Equal(t, []importer.Code{importer.Duplicate}, codes(report, importer.LeftOut))
	const items = `select concat_ws(' ', event_id, position, required, status, processing_timestamp at time zone 'UTC') from event_sequence_events order by id`
	require.Equal(t, []string{"b 1 t processed 2026-03-01 11:00:00", "a 2 f pending"}, texts(t, db, items))

	again := load(t, db, map[string]string{"event_sequences": twoItems})
	_, updated, unchanged := counts(t, again, "event_sequences")
	require.Equal(t, []int{0, 2}, []int{updated, unchanged})

	changed := load(t, db, map[string]string{"event_sequences": `[{"sequence_id":"s","name":"S","created_at":"2026-03-01T10:00:00Z","events":[{"eventId":"a","order":2,"required":false,"status":"failed"}]}]`})
	_, updated, unchanged = counts(t, changed, "event_sequences")
	require.Equal(t, []int{1, 0}, []int{updated, unchanged}, "a row of which only an item changed has changed")
	require.Equal(t, []string{"a 2 f failed"}, texts(t, db, items))
	require.Equal(t, []string{"1"}, texts(t, db, "select distinct revision::text from event_sequences"))

	load(t, db, map[string]string{"event_sequences": `[{"sequence_id":"s","created_at":"2026-03-01T10:00:00Z","name":"Renamed"}]`})
	require.Equal(t, []string{"a 2 f failed"}, texts(t, db, items), "a row without the array leaves its items alone")
}

func TestEventsKnownFromAQueueAloneBecomeEvents(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	bundle := map[string]string{
		"event_instances": `[{"event_id":"known","pattern":"a.b","source":{"type":"system","id":"x"},"timestamp":"2026-03-01T10:00:00Z","payload":{"n":1}}]`,
		"event_queue_state": `[{"id":"main-queue","created_at":"2026-03-01T10:00:00Z","events":[
			{"eventId":"lost","pattern":"c.d","timestamp":"2026-03-02T10:00:00Z","payload":{"n":2},"metadata":{"retryCount":2,"lastError":"slow","lastErrorTime":"2026-03-02T11:00:00Z","correlationId":"c1"}},
			{"eventId":"known","pattern":"a.b","metadata":{"availableAt":"2026-03-03T10:00:00Z"}},
			{"eventId":"odd","pattern":"c.*"}]}]`,
	}
	report := load(t, db, bundle)
	require.Equal(t, []importer.Code{importer.Invalid}, codes(report, importer.LeftOut), "a pattern with a wildcard is no event's")
	require.Contains(t, codes(report, importer.Changed), importer.EventMade)
	require.Equal(t, []string{"lost 2 slow 2026-03-02", "known 0 2026-03-03"},
		texts(t, db, `select concat_ws(' ', event_id, attempts, last_error, (available_at at time zone 'UTC')::date) from event_queue_entries order by id`))
	require.Equal(t, []string{`c1 {"correlationId": "c1"} {"id": "main-queue", "type": "queue"}`},
		texts(t, db, `select concat_ws(' ', correlation_id, metadata, source) from event_instances where event_id = 'lost'`))

	again := load(t, db, bundle)
	inserted, updated, unchanged := counts(t, again, "event_queue_state")
	require.Equal(t, []int{0, 0, 1}, []int{inserted, updated, unchanged})
	require.Equal(t, []string{"2"}, texts(t, db, "select count(*)::text from event_instances"))
}

// codes are those of a report's entries of one kind.
func codes(r *importer.Report, kind importer.Kind) []importer.Code {
	var all []importer.Code
	for _, e := range r.Entries {
		if e.Kind == kind {
			all = append(all, e.Code)
		}
	}
	return all
}
