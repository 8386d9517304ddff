package repository

import (
	"context"
	"strconv"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// examined bounds how many changes one page of the audit log looks at. Who
// looks for something rare gets a short page and goes on from there.
const examined = 10_000

// auditRow is a change and its place. The last one that was examined comes in a
// row of its own, so that a page that found nothing still has an end.
type auditRow struct {
	change
	Key  *uuid.UUID `db:"key"` // nil when a table was emptied
	Seq  int64      `db:"seq"`
	Edge bool       `db:"edge"`
	Full bool       `db:"full"` // examined all it may, so more may follow
}

// Audit reads the change log of all objects, newest first.
func (s *Store) Audit(ctx context.Context, where *model.AuditLogWhere, first int, after *page.Cursor) (*model.AuditLog, error) {
	if first < 0 || first > page.MaxSize {
		return nil, fault.Errorf(fault.BadUserInput, "first must be between 0 and %d, not %d", page.MaxSize, first).At("/first").
			Hint("ask for at most %d entries and go on with after", page.MaxSize)
	}
	if where == nil {
		where = &model.AuditLogWhere{}
	}
	sql, a, err := s.auditSQL(where, first, after)
	if err != nil {
		return nil, err
	}
	var rows []auditRow
	if err := scanEach(ctx, s, "change_log.audit", sql, a, func(r auditRow) { rows = append(rows, r) }); err != nil {
		return nil, err
	}
	return auditPage(rows, first, after != nil), nil
}

// auditSQL looks at a bounded number of changes by an index and filters those.
func (s *Store) auditSQL(where *model.AuditLogWhere, first int, after *page.Cursor) (sql string, a args, err error) {
	inner, err := s.auditScan(where, after, &a)
	if err != nil {
		return "", nil, err
	}
	filter := "true"
	for column, numbers := range map[string][]int{"kind": where.KindNumbers(), "what": where.WhatNumbers()} {
		if numbers != nil {
			filter += " and " + column + " = any(" + a.add(numbers, "int[]") + ")"
		}
	}
	if where.By != nil {
		filter += " and actor = any(" + a.add(where.By, "text[]") + ")"
	}
	return `/* change_log.audit */ with seen as materialized (
` + inner + ` order by c.at desc, c.seq desc limit ` + a.add(examined, "int") + `), total as (select count(*) >= ` + strconv.Itoa(examined) + ` as full from seen)
(select seen.*, false as edge, total.full from seen, total where ` + filter + ` order by at desc, seq desc limit ` + a.add(first+1, "int") + `)
union all
(select seen.*, true, total.full from seen, total order by at, seq limit 1)`, a, nil
}

func (s *Store) auditScan(where *model.AuditLogWhere, after *page.Cursor, a *args) (string, error) {
	sql := `  select c.entity_id as key, coalesce(c.entity_id, '00000000-0000-0000-0000-000000000000') as entity_id, c.at, c.what, c.kind, c.old_status, c.new_status,
    c.old_assignee, c.new_assignee, c.old_priority, c.new_priority, c.old_due_at, c.new_due_at, c.old_step_id, c.new_step_id, c.revision, c.actor, c.reason, c.seq
  from change_log c where true`
	if where.ID != nil {
		_, id, err := nodeid.Decode(*where.ID)
		if err != nil {
			return "", fault.Errorf(fault.BadUserInput, "%q is not an id", *where.ID).At("/where/id").Hint("pass the id field of an object on unchanged")
		}
		sql += " and c.entity_id = " + a.add(id, "uuid")
	}
	var since, until *time.Time
	if where.At != nil {
		if where.At.IsNull != nil {
			return "", fault.Errorf(fault.BadUserInput, "each change has a time").At("/where/at/isNull").Hint("give gte and lt, or ago")
		}
		since, until = where.At.Span(s.Now())
	}
	if since != nil {
		sql += " and c.at >= " + a.add(*since, "timestamptz")
	}
	if until != nil {
		sql += " and c.at < " + a.add(*until, "timestamptz")
	}
	if after != nil {
		at, seq, err := auditPlace(*after)
		if err != nil {
			return "", fault.Move(err, "/after")
		}
		sql += " and (c.at, c.seq) < (" + a.add(at, "timestamptz") + ", " + a.add(seq, "bigint") + ")"
	}
	return sql, nil
}

const auditOrder = "AUDIT"

func (r auditRow) cursor() page.Cursor {
	return page.NewCursor(auditOrder, []string{r.At.UTC().Format(time.RFC3339Nano), strconv.FormatInt(r.Seq, 10)})
}

func auditPlace(c page.Cursor) (at time.Time, seq int64, err error) {
	values, err := c.Values(auditOrder, 2)
	if err != nil {
		return at, 0, err
	}
	at, err = time.Parse(time.RFC3339Nano, values[0])
	if err == nil {
		seq, err = strconv.ParseInt(values[1], 10, 64)
	}
	if err != nil {
		return at, 0, page.ErrCursor()
	}
	return at, seq, nil
}

// auditPage is a page of what was read. Its end is its last entry or, when the
// search stopped before the page was full, the last change it looked at.
func auditPage(rows []auditRow, first int, continued bool) *model.AuditLog {
	log := &model.AuditLog{Entries: []*model.AuditEntry{}, PageInfo: page.Info{HasPreviousPage: continued}}
	var end *page.Cursor
	for _, r := range rows {
		cursor := r.cursor()
		switch {
		case r.Edge && !log.PageInfo.HasNextPage && r.Full:
			log.PageInfo.HasNextPage, end = true, &cursor
		case r.Edge:
		case len(log.Entries) == first:
			log.PageInfo.HasNextPage = true
		default:
			if end = &cursor; log.PageInfo.StartCursor == nil {
				log.PageInfo.StartCursor = &cursor
			}
			log.Entries = append(log.Entries, r.audited())
		}
	}
	log.PageInfo.EndCursor = end
	return log
}

func (r auditRow) audited() *model.AuditEntry {
	e := &model.AuditEntry{Kind: model.ChangedKinds[r.Kind], Change: r.entry()}
	if r.Key != nil {
		id := nodeid.Encode(All[r.Kind-1].Prefix(), *r.Key)
		e.ID = &id
	}
	return e
}
