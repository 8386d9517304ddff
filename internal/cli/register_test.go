package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

var (
	registerKills = flag.Int("register.kills", 2, "how often the register test kills the server")
	registerPause = flag.Duration("register.pause", time.Second, "how long it lets it live")
)

// The drafts of a few tasks are registers: a reader sees a value and a revision,
// a writer replaces the value if the revision is still the one it saw.
type (
	draft struct{ Revision, Value int }
	// registerInput is an operation on the register of a task: a write when Value
	// is not zero.
	registerInput struct {
		Task            int
		Expected, Value int
	}
	// registerOutput is what came of it. Unknown: the server died before it
	// answered.
	registerOutput struct {
		Unknown, Conflict bool
		Draft             draft
	}
)

// register says which histories are possible when writes are atomic, durable
// and done once, and reads see the newest.
var register = porcupine.NondeterministicModel{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byTask := map[int][]porcupine.Operation{}
		for _, op := range history {
			task := op.Input.(registerInput).Task
			byTask[task] = append(byTask[task], op)
		}
		var all [][]porcupine.Operation
		for _, ops := range byTask {
			all = append(all, ops)
		}
		return all
	},
	Init: func() []any { return []any{draft{Revision: 1}} },
	Step: func(state, input, output any) []any {
		now, in, out := state.(draft), input.(registerInput), output.(registerOutput)
		written := draft{in.Expected + 1, in.Value}
		switch {
		case in.Value == 0 && out.Draft == now:
			return []any{now}
		case in.Value == 0:
			return nil
		case out.Unknown && now.Revision == in.Expected:
			return []any{now, written}
		case out.Unknown:
			return []any{now}
		case out.Conflict && now.Revision != in.Expected:
			return []any{now}
		case !out.Conflict && now.Revision == in.Expected && out.Draft == written:
			return []any{written}
		}
		return nil
	},
}

// house is a server that is killed and started again while people work.
type house struct {
	*testing.T
	db       *pgxpool.Pool
	database string
	url      atomic.Pointer[string]
	tasks    []string
	began    time.Time
	stop     atomic.Bool

	mu      sync.Mutex
	history []porcupine.Operation
	keys    map[string]string // idempotency key -> the instance it started
}

const registers = 3

func newHouse(t *testing.T) *house {
	h := &house{T: t, database: testdb.URL(t), began: time.Now(), keys: map[string]string{}}
	var err error
	h.db, err = pgxpool.New(t.Context(), h.database)
	require.NoError(t, err)
	t.Cleanup(h.db.Close)
	_, err = h.db.Exec(t.Context(), `
insert into task_definitions (task_id, name, version, type, execution_config) values ('decide', 'Decide', '1.0.0', 'MANUAL', '{"executor": "x"}');
insert into workflow_definitions (workflow_id, name, version, steps) values ('loan', 'Loan', '1.0.0', '[{"stepId": "decide", "taskId": "decide"}]');
update workflow_definitions set status = 'active';
insert into task_instances (task_definition_id, step_id, type, status) select id, 'many', 'MANUAL', 'PENDING' from task_definitions, generate_series(1, 300)`)
	require.NoError(t, err)
	rows, err := h.db.Query(t.Context(), `insert into task_instances (task_definition_id, step_id, type, status, assignee)
select id, 'register', 'MANUAL', 'RUNNING', 'local' from task_definitions, generate_series(1, $1) returning id`, registers)
	require.NoError(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	require.NoError(t, err)
	for _, id := range ids {
		h.tasks = append(h.tasks, nodeid.Encode("tki", id))
	}
	return h
}

func (h *house) since() int64 { return time.Since(h.began).Nanoseconds() }

// record keeps an operation. One whose end nobody knows may happen until the
// end of time; a read without an answer says nothing.
func (h *house) record(client int, in registerInput, call int64, out registerOutput) {
	if in.Value == 0 && out.Unknown {
		return
	}
	ended := h.since()
	if out.Unknown {
		ended = math.MaxInt64
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.history = append(h.history, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: ended})
}

// read reads a register.
func (h *house) read(client, task int) (draft, bool) {
	var data struct {
		TaskInstance struct {
			Revision    int
			DraftOutput *struct{ Value int }
		}
	}
	call := h.since()
	err := post(*h.url.Load(), fmt.Sprintf(`{ taskInstance(id: %q) { revision draftOutput } }`, h.tasks[task]), &data)
	found := draft{Revision: data.TaskInstance.Revision}
	if data.TaskInstance.DraftOutput != nil {
		found.Value = data.TaskInstance.DraftOutput.Value
	}
	h.record(client, registerInput{Task: task}, call, registerOutput{Unknown: err != nil, Draft: found})
	return found, err == nil
}

// write replaces the value that was seen.
func (h *house) write(client, task int, seen draft, value int) {
	var data struct {
		It struct {
			TaskInstance *struct{ Revision int }
			UserErrors   []struct{ Code string }
		}
	}
	call := h.since()
	err := post(*h.url.Load(), fmt.Sprintf(`mutation { it: taskInstanceSaveDraft(input: {id: %q, draftOutput: {value: %d}, expectedRevision: %d}) {
		taskInstance { revision } userErrors { code } } }`, h.tasks[task], value, seen.Revision), &data)
	out := registerOutput{Unknown: err != nil, Conflict: len(data.It.UserErrors) > 0}
	if data.It.TaskInstance != nil {
		out.Draft = draft{data.It.TaskInstance.Revision, value}
	}
	h.record(client, registerInput{task, seen.Revision, value}, call, out)
}

// start starts an instance, repeating the request until it is answered.
func (h *house) start(key string) {
	for !h.stop.Load() {
		var data struct {
			It struct{ WorkflowInstance *struct{ ID string } }
		}
		err := post(*h.url.Load(), fmt.Sprintf(`mutation { it: workflowInstanceStart(input: {workflowId: "loan", correlationId: %q, idempotencyKey: %q}) { workflowInstance { id } } }`, key, key), &data)
		if err == nil && data.It.WorkflowInstance != nil {
			h.mu.Lock()
			h.keys[key] = data.It.WorkflowInstance.ID
			h.mu.Unlock()
			return
		}
		time.Sleep(10 * time.Millisecond) // the server is down
	}
}

// work lets people read, write and start until stop.
func (h *house) work() (wait func()) {
	var all sync.WaitGroup
	var values atomic.Int64
	for client := range 6 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(client), 1))
			for !h.stop.Load() {
				task := random.IntN(registers)
				seen, ok := h.read(client, task)
				if ok && client < 4 {
					h.write(client, task, seen, int(values.Add(1)))
				}
			}
		})
	}
	all.Go(func() {
		for n := 0; !h.stop.Load(); n++ {
			h.start(fmt.Sprint("start-", n))
		}
	})
	return all.Wait
}

// TestNothingIsLostOrDoneTwiceWhenTheServerIsKilled kills the process in the
// middle of writes, of starts with a key and of a bulk operation. Longer:
//
//	go test ./internal/cli -run Killed -register.kills 30 -register.pause 3s
func TestNothingIsLostOrDoneTwiceWhenTheServerIsKilled(t *testing.T) {
	h := newHouse(t)
	server := startProgram(t, h.database)
	h.url.Store(&server.url)
	var bulk struct {
		It struct {
			BulkOperation *struct{ ID string }
			UserErrors    []struct{ Message string }
		}
	}
	require.NoError(t, post(server.url, `mutation { it: bulkOperationStart(input: {kind: CANCEL_TASKS, taskInstances: {stepId: {eq: "many"}}, perSecond: 120, reason: "over"}) {
		bulkOperation { id } userErrors { message } } }`, &bulk))
	require.NotNil(t, bulk.It.BulkOperation, "%v", bulk.It.UserErrors)

	wait := h.work()
	for range *registerKills {
		time.Sleep(*registerPause)
		server.kill()
		server = startProgram(t, h.database)
		h.url.Store(&server.url)
	}
	time.Sleep(*registerPause)
	h.stop.Store(true)
	wait()
	h.finishBulk(bulk.It.BulkOperation.ID)
	server.kill()

	counts := map[string]int{}
	for _, op := range h.history {
		in, out := op.Input.(registerInput), op.Output.(registerOutput)
		counts[fmt.Sprintf("write %t, unknown %t, conflict %t", in.Value > 0, out.Unknown, out.Conflict)]++
	}
	t.Logf("%v, %d starts", counts, len(h.keys))
	require.NotEmpty(t, h.keys)
	require.Equal(t, porcupine.Ok, porcupine.CheckOperationsTimeout(register.ToModel(), h.history, time.Minute))
	for key, id := range h.keys {
		_, uid, err := nodeid.Decode(id)
		require.NoError(t, err)
		require.Equal(t, uid, one[uuid.UUID](h, `select id from workflow_instances where correlation_id = $1`, key), "the start that was answered, and no second one")
	}
}

// finishBulk waits for the bulk operation. A job that died with its server is
// taken for stuck after a while; the test turns the clock of the queue on.
func (h *house) finishBulk(id string) {
	end := time.Now().Add(time.Minute)
	for {
		_, err := h.db.Exec(h.Context(), `update river.river_job set attempted_at = now() - interval '1 minute' where state = 'running' and attempted_at < now() - interval '9 seconds'`)
		require.NoError(h, err)
		var data struct {
			Node struct {
				Status              string
				Total, Done, Failed int
			}
		}
		require.NoError(h, post(*h.url.Load(), fmt.Sprintf(`{ node(id: %q) { ... on BulkOperation { status total done failed } } }`, id), &data))
		if data.Node.Status == "COMPLETED" {
			require.Equal(h, []int{300, 300, 0}, []int{data.Node.Total, data.Node.Done, data.Node.Failed})
			break
		}
		if time.Now().After(end) {
			state, _ := json.Marshal(data)
			require.Fail(h, "the bulk operation did not end", string(state))
		}
		time.Sleep(100 * time.Millisecond)
	}
	require.Equal(h, 300, one[int](h, `select count(*) from change_log where new_status = 'CANCELLED'`), "each task once")
	require.Equal(h, 300, one[int](h, `select count(*) from task_instances where status = 'CANCELLED'`))
}

func one[V any](h *house, sql string, args ...any) V {
	h.Helper()
	rows, err := h.db.Query(h.Context(), sql, args...)
	require.NoError(h, err)
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[V])
	require.NoError(h, err, sql, args)
	return v
}
