package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/augmentedos/graph/bench/rig"
	"github.com/jackc/pgx/v5"
)

// truth is the change log in the order of the ledger: what every client that
// sees everything must have received, in this order.
type truth struct {
	keys  []string
	place map[string]int
	rows  map[string]row
}

type row struct {
	what      int
	newStatus *string
}

// verdict is what a client's list is worth.
type verdict struct {
	received, lost, doubled, disordered, phantom int
	resyncs                                      []rig.Resync
}

func (v verdict) bad() bool { return v.lost+v.doubled+v.disordered+v.phantom > 0 }

// readTruth reads all batches by their own SQL, and holds the ledger against
// the rows: each one in exactly one batch, those of an object by revision.
func readTruth(ctx context.Context, dbURL string) (*truth, int, error) {
	conn, err := pgx.Connect(ctx, dbURL)
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close(ctx)
	// Waits for whoever is at it: what the writers committed last is in the ledger then.
	if _, err := conn.Exec(ctx, "begin; select pg_advisory_xact_lock(hashtext('aos'), hashtext('change_ledger_advance')); select change_ledger_advance(); commit"); err != nil {
		return nil, 0, err
	}
	rows, err := conn.Query(ctx, `select coalesce(b.reason, ''), aos_typeid('wfi', b.entity_id), b.what, b.new_status, b.revision
from change_ledger l, lateral change_batch(l.n) b where b.kind = 2 and b.reason is not null order by l.n, b.seq`)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	t := &truth{place: map[string]int{}, rows: map[string]row{}}
	last, wrong := map[string]int{}, 0
	for rows.Next() {
		var reason, id string
		var r row
		var revision int
		if err := rows.Scan(&reason, &id, &r.what, &r.newStatus, &revision); err != nil {
			return nil, 0, err
		}
		key := reason + " " + id
		if _, twice := t.place[key]; twice || revision <= last[id] {
			wrong++
		}
		last[id] = revision
		t.place[key] = len(t.keys)
		t.keys = append(t.keys, key)
		t.rows[key] = r
	}
	if err := rows.Err(); err != nil {
		return nil, 0, err
	}
	rows.Close()
	var logged int
	if err := conn.QueryRow(ctx, "select count(*) from change_log where kind = 2 and reason is not null").Scan(&logged); err != nil {
		return nil, 0, err
	}
	return t, wrong + max(logged-len(t.keys), len(t.keys)-logged), nil
}

// wanted tells whether a client with this filter should have received a change.
func wanted(filter string, r row) bool {
	switch {
	case strings.Contains(filter, "INSERTED"):
		return r.what == 1
	case strings.Contains(filter, "STATUS]"):
		return r.what == 2
	case strings.Contains(filter, "WAITING"):
		return r.newStatus != nil && *r.newStatus == "WAITING_FOR_EVENT"
	}
	return true
}

// compare holds what a client received, from its nth change on, against the
// truth from a place on.
func (t *truth) compare(filter string, received []rig.Change, from int) verdict {
	v := verdict{}
	seen := map[string]bool{}
	highest := -1
	for _, c := range received {
		if c.Kind != "WORKFLOW_INSTANCE" || c.Reason == nil {
			continue
		}
		v.received++
		at, known := t.place[c.Key()]
		switch {
		case !known:
			v.phantom++
		case seen[c.Key()]:
			v.doubled++
		case at < highest:
			v.disordered++
		}
		seen[c.Key()] = true
		highest = max(highest, at)
	}
	for _, key := range t.keys[from:] {
		if wanted(filter, t.rows[key]) && !seen[key] {
			v.lost++
		}
	}
	return v
}

// judge waits until every client has what there is, compares, and prints the
// verdict, with tables of the faults and of the clients when asked.
func (s *soak) judge(ctx context.Context, title string, tables bool) (bool, error) {
	t, wrong, err := readTruth(ctx, s.primary.URL(name))
	if err != nil {
		return false, err
	}
	s.await(ctx, t)
	out := tabwriter.NewWriter(io.Discard, 0, 0, 2, ' ', tabwriter.AlignRight)
	if tables {
		s.tellFaults()
		out.Init(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	}
	sum := s.judgeClients(out, t)
	listed, err := s.listed(ctx)
	if err != nil {
		return false, err
	}
	list := t.compare("", listed, 0)
	fmt.Fprintf(out, "list\tstatusChanges\t\t\t%d\t%d\t%d\t%d\t%d\t\t\n", list.received, list.lost, list.doubled, list.disordered, list.phantom)
	if err := out.Flush(); err != nil {
		return false, err
	}
	missing, undone := s.againstJournal(t)
	fmt.Printf("%s: %d changes, %d received, %d lost, %d doubled, %d out of order, %d never durable, resyncs %s; ledger: %d wrong rows, %d durable commits missing, %d rolled back ones told\n",
		title, len(t.keys), sum.received, sum.lost, sum.doubled, sum.disordered, sum.phantom, reasons(sum.resyncs), wrong, missing, undone)
	return !sum.bad() && !list.bad() && wrong+missing+undone+len(sum.resyncs) == 0, nil
}

func (s *soak) tellFaults() {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Println()
	s.printFaults(out)
	_ = out.Flush()
}

// judgeClients compares each client, and all that came in a crowd as one.
func (s *soak) judgeClients(out io.Writer, t *truth) (sum verdict) {
	fmt.Fprintln(out, "\nclient\ttransport\tfilter\tconnections\treceived\tlost\tdoubled\tout of order\tnever durable\tresyncs\t")
	for i, c := range s.clients {
		received, resyncs := c.Received()
		v := t.compare(c.Filter, received, 0)
		v.resyncs = resyncs
		transport := map[bool]string{true: "events", false: "socket"}[c.Events]
		v.row(out, fmt.Sprint(i+1), transport, c.Filter, c.Reconnects.Load()+1)
		sum.add(v)
	}
	if len(s.late) > 0 {
		var crowd verdict
		var connections int64
		for _, l := range s.late {
			v := t.compareUntilLast(l)
			crowd.add(v)
			connections += l.client.Reconnects.Load()
		}
		crowd.row(out, fmt.Sprintf("%d late", len(s.late)), "socket", "", connections)
		sum.add(crowd)
	}
	return sum
}

func (v verdict) row(out io.Writer, who, transport, filter string, connections int64) {
	fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t\n", who, transport, filter, connections,
		v.received, v.lost, v.doubled, v.disordered, v.phantom, reasons(v.resyncs))
}

// compareUntilLast is about a client that came late and left early: from its
// place on nothing may be missing up to the last change that it received.
func (t *truth) compareUntilLast(l late) verdict {
	received, resyncs := l.client.Received()
	from, last := t.place[l.after]+1, 0
	for _, c := range received {
		if c.Kind == "WORKFLOW_INSTANCE" && c.Reason != nil {
			last = max(last, t.place[c.Key()])
		}
	}
	until := &truth{keys: t.keys[:max(from, last+1)], place: t.place, rows: t.rows}
	v := until.compare("", received, from)
	v.resyncs = resyncs
	return v
}

// await gives clients a while to get to the end.
func (s *soak) await(ctx context.Context, t *truth) {
	deadline := time.Now().Add(60 * time.Second)
	for _, c := range s.clients {
		for time.Now().Before(deadline) && ctx.Err() == nil {
			received, _ := c.Received()
			if t.compare(c.Filter, received, 0).lost == 0 {
				break
			}
			pause(ctx, 200*time.Millisecond)
		}
	}
}

// againstJournal counts commits that the writers were told of and that are not
// there, and transactions that were rolled back and are.
func (s *soak) againstJournal(t *truth) (missing, undone int) {
	there := map[string]bool{}
	for _, key := range t.keys {
		name, _, _ := strings.Cut(key, " ")
		there[name] = true
	}
	for name, fate := range s.journal.Fates() {
		switch {
		case fate == rig.Committed && !there[name] && !s.journal.Async[name]:
			missing++
		case fate == rig.RolledBack && there[name]:
			undone++
		}
	}
	return missing, undone
}

func reasons(resyncs []rig.Resync) string {
	if len(resyncs) == 0 {
		return "none"
	}
	count := map[string]int{}
	for _, r := range resyncs {
		count[r.Reason]++
	}
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%d %s", count[reason], reason))
	}
	return strings.Join(parts, ", ")
}

// listed reads the whole feed as pages of statusChanges.
func (s *soak) listed(ctx context.Context) (all []rig.Change, err error) {
	after := ""
	for {
		variables, _ := json.Marshal(map[string]any{"after": after})
		if after == "" {
			variables = []byte("{}")
		}
		query := url.Values{"variables": {string(variables)}, "query": {"query($after: Cursor) { statusChanges(after: $after, batches: 500) { cursor id kind oldStatus newStatus reason at } }"}}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.balancer.Addr()+"/graphql?"+query.Encode(), nil)
		if err != nil {
			return nil, err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		var answer struct {
			Data   struct{ StatusChanges []rig.Change }
			Errors []struct{ Message string }
		}
		err = json.NewDecoder(response.Body).Decode(&answer)
		_ = response.Body.Close()
		if err == nil && len(answer.Errors) > 0 {
			err = fmt.Errorf("%v", answer.Errors)
		}
		if err != nil {
			return nil, fmt.Errorf("statusChanges: %w", err)
		}
		if len(answer.Data.StatusChanges) == 0 {
			return all, nil
		}
		all = append(all, answer.Data.StatusChanges...)
		after = all[len(all)-1].Cursor
	}
}
