package importer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// rows streams the rows of one table as a JSON array, one row per line, its
// columns in the order of the table.
func (e *exporter) rows(ctx context.Context, w io.Writer, table string, columns []column, sql string) (int, error) {
	rows, err := e.tx.Query(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	out := bufio.NewWriterSize(w, 1<<16)
	line := &lineWriter{}
	n := 0
	for rows.Next() {
		line.Reset()
		if err := line.row(columns, rows.RawValues()); err != nil {
			return n, err
		}
		separator := ",\n"
		if n == 0 {
			separator = "[\n"
		}
		if _, err := out.WriteString(separator); err != nil {
			return n, err
		}
		if _, err := out.Write(line.Bytes()); err != nil {
			return n, err
		}
		if n++; n%10_000 == 0 {
			e.options.Progress(Progress{Phase: "writing", Table: table, Done: n})
		}
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	end := "\n]\n"
	if n == 0 {
		end = "[]\n"
	}
	if _, err := out.WriteString(end); err != nil {
		return n, err
	}
	e.options.Progress(Progress{Phase: "writing", Table: table, Done: n, Total: n})
	return n, out.Flush()
}

// lineWriter writes one row at a time into the same memory.
type lineWriter struct{ bytes.Buffer }

func (w *lineWriter) row(columns []column, values [][]byte) error {
	w.WriteByte('{')
	for i, value := range values {
		if i > 0 {
			w.WriteByte(',')
		}
		name, quoted := "events", false
		if i < len(columns) { // behind them are the items
			name, quoted = columns[i].name, columns[i].exportsText()
		}
		fmt.Fprintf(w, "%q:", name)
		switch {
		case value == nil:
			w.WriteString("null")
		case quoted:
			w.text(string(value))
		default:
			if err := json.Compact(&w.Buffer, value); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	w.WriteByte('}')
	return nil
}

// text writes a string without escaping what HTML would need.
func (w *lineWriter) text(s string) {
	encoder := json.NewEncoder(&w.Buffer)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(s) == nil { // a string always encodes
		w.Truncate(w.Len() - 1) // the end of the line
	}
}

// exportsText tells that a column's value is a JSON string.
func (c column) exportsText() bool {
	switch c.kind {
	case "jsonb", "boolean", "integer", "smallint", "bigint", "tstzrange":
		return false
	}
	return true
}

// exported is the column as text in the form that a bundle has.
func (c column) exported() string {
	name := `t."` + c.name + `"`
	switch c.kind {
	case "timestamp with time zone":
		return instant(name)
	case "tstzrange":
		return fmt.Sprintf("json_build_array(%s, %s)::text", instant("lower("+name+")"), instant("upper("+name+")"))
	case "bytea":
		return fmt.Sprintf(`replace(encode(%s, 'base64'), E'\n', '')`, name)
	}
	return name + "::text"
}

func instant(sql string) string {
	return "to_char(" + sql + ` at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

const sqlExportSettings = `/* export.settings */
select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`

func sqlExport(table string, columns []column, items, where, order string) string {
	selected := make([]string, len(columns), len(columns)+1)
	for i, c := range columns {
		selected[i] = c.exported()
	}
	if items != "" {
		selected = append(selected, items)
	}
	return fmt.Sprintf("/* export.rows */ select %s from %s t %s order by %s", strings.Join(selected, ", "), table, where, order)
}

// sqlExportItems write the arrays of rows whose items are rows of their own. A
// lease belongs to a worker and stays behind.
var sqlExportItems = map[string]string{
	"event_sequences": `(select coalesce(jsonb_agg(jsonb_build_object('eventId', i.event_id, 'order', i.position, 'required', i.required,
    'status', i.status, 'processingTimestamp', ` + instant("i.processing_timestamp") + `) order by i.position, i.id), '[]')
  from event_sequence_events i where i.sequence_id = t.id)::text`,
	"event_queue_state": `(select coalesce(jsonb_agg(jsonb_build_object('eventId', q.event_id, 'pattern', v.pattern, 'version', v.version,
    'source', v.source, 'timestamp', ` + instant("v.timestamp") + `, 'payload', v.payload,
    'metadata', v.metadata - '{retryCount,lastError,lastErrorTime,processingStartTime,availableAt}'::text[]
      || jsonb_build_object('retryCount', q.attempts, 'availableAt', ` + instant("q.available_at") + `)
      || jsonb_strip_nulls(jsonb_build_object('lastError', q.last_error, 'lastErrorTime', ` + instant("q.last_error_at") + `))) order by q.available_at, q.id), '[]')
  from event_queue_entries q join event_instance_keys k on k.event_id = q.event_id join event_instances v on v.id = k.id
  where q.queue_id = t.id)::text`,
}

const sqlArchivedEntries = `/* export.archived */
select count(*) from event_queue_entries q join event_instance_keys k on k.event_id = q.event_id
where not exists (select from event_instances v where v.id = k.id)`
