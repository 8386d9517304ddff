package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	latencyMedian = "commit to one of many clients, p50 ms"
	latencyTail   = "commit to one of many clients, p99 ms"
	oneCPU        = "the same, µs per delivered change"
	besideMedian  = "the same beside firehoses, p50 ms"
	besideTail    = "the same beside firehoses, p99 ms"
	firehoseCPU   = "the same beside firehoses, µs per change"
	resumeTime    = "200 clients resume together 400 changes back, s"
)

// feed selects the reason, in which the writer says when it committed.
const feed = `subscription($after: Cursor, $filter: StatusFilter) { statusFeed(after: $after, filter: $filter, heartbeatSeconds: 60) { __typename cursor ... on FeedChanges { changes { reason oldStatus } } } }`

// everyRun is what firehoses watch.
var everyRun = map[string]any{"kinds": []string{"WORKFLOW_INSTANCE"}}

// only is what watches one instance.
func only(id uuid.UUID) map[string]any {
	return map[string]any{"ids": []string{nodeid.Encode("wfi", id)}}
}

// watched are running instances, one for each client that watches one.
func watched(ctx context.Context, db *pgxpool.Pool, n int) ([]uuid.UUID, error) {
	if _, err := db.Exec(ctx, `insert into workflow_definitions (workflow_id, name, version, status) values ('bench', 'Bench', '1.0.0', 'active') on conflict do nothing`); err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, `insert into workflow_instances (workflow_definition_id, instance_id, status)
select id, gen_random_uuid()::text, 'RUNNING' from workflow_definitions, generate_series(1, $1) where workflow_id = 'bench' returning id`, n)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// stopwatch gathers when changes were committed and when they arrived. Each is
// known by the moment its statement was sent, in nanoseconds.
type stopwatch struct {
	mu        sync.Mutex
	committed map[int64]time.Time // when the writer was told so
	arrived   map[int64]time.Time
}

func newStopwatch() *stopwatch {
	return &stopwatch{committed: map[int64]time.Time{}, arrived: map[int64]time.Time{}}
}

func (w *stopwatch) commit(sent int64) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.committed[sent] = now
}

// read notes the changes of a message.
func (w *stopwatch) read(text []byte) {
	now := time.Now()
	for _, part := range strings.Split(string(text), `"reason":"`)[1:] {
		sent, err := strconv.ParseInt(part[:max(0, strings.IndexByte(part, '"'))], 10, 64)
		if err == nil {
			w.mu.Lock()
			w.arrived[sent] = now
			w.mu.Unlock()
		}
	}
}

// quantile is how long changes took from their commit to the client, in ms. One
// that arrived before its writer heard of the commit took no time.
func (w *stopwatch) quantile(q float64) float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	var times []float64
	for sent, arrived := range w.arrived {
		times = append(times, max(0, arrived.Sub(w.committed[sent]).Seconds()*1000))
	}
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[min(len(times)-1, int(q*float64(len(times))))]
}

// toggle changes one instance after another at a rate, on several connections,
// and answers how many it changed.
func toggle(ctx context.Context, db *pgxpool.Pool, ids []uuid.UUID, p plan, watch *stopwatch) (int, error) {
	const writers = 8
	each := p.rate * p.seconds / writers
	pause := time.Duration(writers) * time.Second / time.Duration(p.rate)
	errs := make(chan error, writers)
	for w := range writers {
		go func() { // ends after its share
			begin := time.Now()
			for i := range each {
				time.Sleep(time.Until(begin.Add(time.Duration(i) * pause)))
				sent := time.Now().UnixNano()
				_, err := db.Exec(ctx, `with said as materialized (select set_config('aos.reason', $2, true))
update workflow_instances set status = case status when 'RUNNING' then 'WAITING_FOR_EVENT' else 'RUNNING' end from said where id = $1`,
					ids[(i*writers+w)%len(ids)], strconv.FormatInt(sent, 10))
				if err != nil {
					errs <- err
					return
				}
				watch.commit(sent)
			}
			errs <- nil
		}()
	}
	for range writers {
		if err := <-errs; err != nil {
			return 0, err
		}
	}
	return each * writers, nil
}

// alone measures clients that watch one instance each while instances change all
// the time.
func alone(ctx context.Context, s *subject, url string, p plan, figures map[string]float64) error {
	p.firehoses = 0
	one, cpu, err := busy(ctx, s, url, p)
	if err != nil {
		return err
	}
	figures[latencyMedian], figures[latencyTail], figures[oneCPU] = one.quantile(.5), one.quantile(.99), cpu
	return nil
}

// beside measures the same with firehoses, that watch all of them.
func beside(ctx context.Context, s *subject, url string, p plan, figures map[string]float64) error {
	if p.firehoses == 0 {
		return nil
	}
	one, cpu, err := busy(ctx, s, url, p)
	if err != nil {
		return err
	}
	figures[besideMedian], figures[besideTail], figures[firehoseCPU] = one.quantile(.5), one.quantile(.99), cpu
	return nil
}

// busy answers how long changes took to those who watch one instance each, and
// the processor time of the server for each delivered change.
func busy(ctx context.Context, s *subject, url string, p plan) (one *stopwatch, cpu float64, err error) {
	db, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, 0, err
	}
	defer db.Close()
	ids, err := watched(ctx, db, p.instances)
	if err != nil {
		return nil, 0, err
	}
	crowd, err := s.connect(ctx, p.instances+p.firehoses)
	if err != nil {
		return nil, 0, err
	}
	defer crowd.close()
	one = newStopwatch()
	crowd.one = map[*websocket.Conn]*stopwatch{}
	for i := range ids {
		crowd.one[crowd.conns[i]] = one
	}
	crowd.listen(ctx) // or pings stay without an answer for too long
	for i, conn := range crowd.conns {
		filter := everyRun
		if i < len(ids) {
			filter = only(ids[i])
		}
		if err := subscribeTo(ctx, conn, feed, map[string]any{"filter": filter}); err != nil {
			return nil, 0, err
		}
	}
	if err := until(ctx, "subscribing", func() bool { return crowd.live.Load() == int64(len(crowd.conns)) }); err != nil {
		return nil, 0, err
	}
	begin := s.cpu()
	changed, err := toggle(ctx, db, ids, p, one)
	if err != nil {
		return nil, 0, err
	}
	want := int64(changed * (1 + p.firehoses))
	if err := until(ctx, "delivering", func() bool { return crowd.received.Load() >= want }); err != nil {
		return nil, 0, fmt.Errorf("%w: %d of %d", err, crowd.received.Load(), want)
	}
	return one, float64((s.cpu() - begin).Microseconds()) / float64(want), nil
}

func subscribeTo(ctx context.Context, conn *websocket.Conn, document string, variables map[string]any) error {
	return subscribeAs(ctx, conn, "f", document, variables)
}

func subscribeAs(ctx context.Context, conn *websocket.Conn, id, document string, variables map[string]any) error {
	text, err := json.Marshal(map[string]any{"id": id, "type": "subscribe", "payload": map[string]any{"query": document, "variables": variables}})
	if err != nil {
		return err
	}
	return conn.Write(ctx, websocket.MessageText, text)
}

// resuming is how many clients come back together. gqlgen's transport needs
// minutes for a thousand.
const resuming = 200

// resumed measures how long clients that come back together after a restart need
// until all of them caught up.
func resumed(ctx context.Context, transport, url string, figures map[string]float64) error {
	db, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer db.Close()
	ids, err := watched(ctx, db, 1)
	if err != nil {
		return err
	}
	var place string
	if err := db.QueryRow(ctx, `select rtrim(translate(encode(convert_to(format('{"t":"%s","n":%s}', timeline, n), 'UTF8'), 'base64'), '+/' || chr(10), '-_'), '=')
from change_ledger order by n desc limit 1`).Scan(&place); err != nil {
		return err
	}
	if _, err := toggle(ctx, db, ids, plan{rate: 400, seconds: 1}, newStopwatch()); err != nil {
		return err
	}
	s, err := launch(ctx, transport, url)
	if err != nil {
		return err
	}
	defer s.stop()
	begin := time.Now()
	crowd, err := s.connect(ctx, resuming)
	if err != nil {
		return err
	}
	defer crowd.close()
	crowd.listen(ctx)
	for _, conn := range crowd.conns {
		if err := subscribeTo(ctx, conn, feed, map[string]any{"after": place, "filter": everyRun}); err != nil {
			return err
		}
	}
	if err := until(ctx, "resuming", func() bool { return crowd.live.Load() == resuming }); err != nil {
		return err
	}
	figures[resumeTime] = time.Since(begin).Seconds()
	if got := crowd.received.Load(); got < resuming*400 {
		return fmt.Errorf("%d changes were received, %d expected", got, resuming*400)
	}
	return nil
}
