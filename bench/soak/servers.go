package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/augmentedos/graph/bench/rig"
)

// What happens to server processes.

func (s *soak) anyNode() *rig.Node { return s.nodes[s.random.IntN(len(s.nodes))] }

func (s *soak) killNode(ctx context.Context) error {
	n := s.anyNode()
	n.Kill()
	pause(ctx, 300*time.Millisecond)
	return n.Start(ctx)
}

func (s *soak) roll(ctx context.Context) error {
	for _, n := range s.nodes {
		if err := s.restart(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *soak) restart(ctx context.Context, n *rig.Node) error {
	if err := n.Stop(); err != nil {
		return err
	}
	return n.Start(ctx)
}

// freezeNode stops a server while many readers make it take its turn at the
// ledger. The others go on without it, which the comeback in the middle shows.
func (s *soak) freezeNode(ctx context.Context) error {
	n := s.anyNode()
	reading, stop := context.WithCancel(ctx)
	defer stop()
	for range 4 {
		go read(reading, n)
	}
	pause(ctx, 200*time.Millisecond)
	if err := n.Freeze(); err != nil {
		return err
	}
	s.happened(ctx, "while a server is stopped")
	pause(ctx, time.Second)
	turns, err := rig.One[int64](ctx, s.primary.URL(name), `select count(*) from pg_locks l join pg_stat_activity a using (pid)
where l.locktype = 'advisory' and l.classid = hashtext('aos')::oid and l.objid = hashtext('change_ledger_advance')::oid
  and l.granted and a.state like 'idle in transaction%'`)
	pause(ctx, s.freeze)
	if err = errors.Join(err, n.Thaw()); err == nil && turns > 0 {
		err = errors.New("the stopped server kept its turn at the ledger")
	}
	return err
}

// read asks a server for changes again and again, each of which makes it
// advance the ledger.
func read(ctx context.Context, n *rig.Node) {
	query := url.Values{"query": {"{ statusChanges(batches: 1) { id } }"}}.Encode()
	for ctx.Err() == nil {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Addr+"/graphql?"+query, nil)
		if err != nil {
			return
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
		}
	}
}

// refuseNode switches a capture trigger off, of a table that nobody writes here,
// and starts a server, which must refuse and name it.
func (s *soak) refuseNode(ctx context.Context) error {
	const trigger = "ui_components %s trigger aos_50_captured_insert"
	n := s.anyNode()
	if err := s.onceDatabaseAnswers(ctx, "alter table "+strings.Replace(trigger, "%s", "disable", 1)); err != nil {
		return err
	}
	if err := n.Stop(); err != nil {
		return err
	}
	before := len(n.Said())
	started := n.Start(ctx)
	said := n.Said()[before:]
	if err := s.onceDatabaseAnswers(ctx, "alter table "+strings.Replace(trigger, "%s", "enable always", 1)); err != nil {
		return err
	}
	switch {
	case started == nil:
		return errors.New("a server started although a change would not be captured")
	case !strings.Contains(said, "ui_components.aos_50_captured_insert"):
		return errors.New("the refusal does not name the trigger: " + said)
	}
	return n.Start(ctx)
}

// onceDatabaseAnswers runs a statement, again while the database is away or busy.
func (s *soak) onceDatabaseAnswers(ctx context.Context, sql string) (err error) {
	for range 200 {
		if err = rig.Query(ctx, s.primary.URL(name), "set lock_timeout = '300ms'; "+sql); err == nil || ctx.Err() != nil {
			return err
		}
		pause(ctx, 300*time.Millisecond)
	}
	return err
}
