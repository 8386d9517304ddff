package rig

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Instances is how many workflow instances the writers share: few, so that they
// meet.
const Instances = 60

// Prepare fills a migrated database with what the writers change.
func Prepare(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, fmt.Sprintf(`insert into workflow_definitions (workflow_id, name, version) values ('soak', 'Soak', '1.0.0');
update workflow_definitions set status = 'active';
insert into workflow_instances (workflow_definition_id, instance_id, status)
select d.id, 'i' || n, 'RUNNING' from workflow_definitions d, generate_series(1, %d) n`, Instances))
	return err
}

// Fate is what became of a transaction as far as its writer knows.
type Fate int

// The fates. Unknown is a commit whose answer was lost.
const (
	Committed Fate = iota
	RolledBack
	Unknown
)

// Journal is what the writers did: the fate of each transaction by the name it
// was given in the change log.
type Journal struct {
	mu    sync.Mutex
	fates map[string]Fate
	Async map[string]bool // did not wait for the disk, so a crash may undo it
	next  atomic.Int64
}

// NewJournal is empty.
func NewJournal() *Journal { return &Journal{fates: map[string]Fate{}, Async: map[string]bool{}} }

func (j *Journal) note(name string, fate Fate, async bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fates[name] = fate
	if async {
		j.Async[name] = true
	}
}

// Fates is a copy.
func (j *Journal) Fates() map[string]Fate {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make(map[string]Fate, len(j.fates))
	for name, fate := range j.fates {
		out[name] = fate
	}
	return out
}

// Write makes transactions of all kinds until ctx ends, about rate a second. It
// survives a database that is away.
func (j *Journal) Write(ctx context.Context, url string, seed uint64, rate float64, async bool) {
	random := rand.New(rand.NewPCG(seed, 11))
	tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer tick.Stop()
	var conn *pgx.Conn
	defer func() {
		if conn != nil {
			_ = conn.Close(context.Background())
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if conn == nil || conn.IsClosed() {
			dial, cancel := context.WithTimeout(ctx, 2*time.Second)
			conn, _ = pgx.Connect(dial, url)
			cancel()
			if conn == nil {
				continue
			}
		}
		j.transaction(conn, random, async)
	}
}

// transaction is one of the kinds that a feed must survive.
func (j *Journal) transaction(conn *pgx.Conn, random *rand.Rand, async bool) {
	// Not the context of the writers: a transaction that began is carried through.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	name := fmt.Sprintf("t%07d", j.next.Add(1))
	tx, err := conn.Begin(ctx)
	if err != nil {
		return
	}
	durable := "on"
	if async {
		durable = "off"
	}
	_, err = tx.Exec(ctx, "select set_config('aos.reason', $1, true), set_config('synchronous_commit', $2, true), set_config('lock_timeout', '5s', true)", name, durable)
	rollback := random.IntN(20) == 0
	for _, statement := range kind(random) {
		if err != nil {
			break
		}
		err = statement(ctx, tx)
	}
	if err != nil || rollback {
		_ = tx.Rollback(ctx)
		j.note(name, RolledBack, async)
		return
	}
	time.Sleep(time.Duration(random.IntN(4)) * time.Millisecond) // transactions overlap
	if err := tx.Commit(ctx); err != nil {
		j.note(name, Unknown, async)
		return
	}
	j.note(name, Committed, async)
}

type statement func(context.Context, pgx.Tx) error

func sql(text string, arguments ...any) statement {
	return func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, text, arguments...)
		return err
	}
}

// Each update leads to another status, so that it is a change.
const onward = `status = case status when 'RUNNING' then 'WAITING_FOR_EVENT' else 'RUNNING' end`

func kind(random *rand.Rand) []statement {
	instance := fmt.Sprintf("i%d", 1+random.IntN(Instances))
	update := sql("update workflow_instances set "+onward+" where instance_id = $1", instance)
	switch random.IntN(10) {
	case 0: // the transaction id comes before the row's lock
		return []statement{sql("select pg_current_xact_id()"), sql("select pg_sleep(0.003)"), update}
	case 1: // what a savepoint undoes is not told
		return []statement{
			sql("savepoint s"), sql("update workflow_instances set status = 'FAILED' where instance_id = $1", instance),
			sql("rollback to savepoint s"), update,
		}
	case 2: // a savepoint that stays gives its rows another transaction id
		return []statement{sql("savepoint s"), update, sql("release savepoint s")}
	case 3: // many rows in one statement, in the order of ids
		return []statement{sql("update workflow_instances w set " + onward + ` from (
			select id from workflow_instances where instance_id like 'i_' order by id for update) k where w.id = k.id`)}
	case 4:
		return []statement{copied}
	}
	return []statement{update}
}

// copied brings rows in with COPY.
func copied(ctx context.Context, tx pgx.Tx) error {
	rows := make([][]any, 5)
	for i := range rows {
		rows[i] = []any{uuid.Must(uuid.NewV7()), "copied-" + uuid.NewString(), "CREATED"}
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"workflow_instances"}, []string{"id", "instance_id", "status"}, pgx.CopyFromRows(rows))
	return err
}

// Note records the fate of a transaction that another hand made.
func (j *Journal) Note(name string, fate Fate) { j.note(name, fate, false) }

// Mark commits one object under a name. An error means that nobody knows.
func (j *Journal) Mark(ctx context.Context, url, name string) error {
	return j.insert(ctx, url, name, 1)
}

// Many commits that many objects in one transaction, and tries again while the
// database is away.
func (j *Journal) Many(ctx context.Context, url string, objects int) (err error) {
	for range 20 {
		if err = j.insert(ctx, url, fmt.Sprintf("many-%07d", j.next.Add(1)), objects); err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

func (j *Journal) insert(ctx context.Context, url, name string, objects int) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, `with who as materialized (select set_config('aos.reason', $1, true))
insert into workflow_instances (instance_id, status) select $1 || '-' || n, 'CREATED' from who, generate_series(1, $2::int) n`, name, objects)
	fate := Committed
	if err != nil {
		fate = Unknown
	}
	j.note(name, fate, false)
	return err
}
