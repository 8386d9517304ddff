package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/augmentedos/graph/graph/compiled"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/augmentedos/graph/resolvers"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

type recorder struct {
	mu  sync.Mutex
	sql []string
}

type recordingDB struct {
	repository.DB
	r *recorder
}

func (d recordingDB) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	d.r.mu.Lock()
	d.r.sql = append(d.r.sql, sql)
	d.r.mu.Unlock()
	return d.DB.Query(ctx, sql, args...)
}
func (d recordingDB) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	d.r.mu.Lock()
	defer d.r.mu.Unlock()
	for _, q := range b.QueuedQueries {
		d.r.sql = append(d.r.sql, "B:"+q.SQL)
	}
	return d.DB.SendBatch(ctx, b)
}

func run(t *testing.T, db repository.DB, fast bool, query string) (string, []string) {
	es := generated.NewExecutableSchema(generated.Config{Resolvers: &resolvers.Resolver{}})
	ex := executor.New(es)
	rec := &recorder{}
	if fast {
		ex.AroundRootFields(compiled.Path{Schema: es}.RootField)
	}
	ctx := graphql.StartOperationTrace(context.Background())
	op, errs := ex.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	require.Empty(t, errs)
	h, ctx := ex.DispatchOperation(ctx, op)
	ctx = loader.With(ctx, repository.NewStore(recordingDB{db, rec}))
	resp := h(ctx)
	out := string(resp.Data)
	if len(resp.Errors) > 0 {
		b, _ := json.Marshal(resp.Errors)
		out += string(b)
	}
	return out, rec.sql
}

func TestSpine(t *testing.T) {
	db := testdb.New(t)
	ctx := context.Background()
	must := func(sql string) {
		_, err := db.Exec(ctx, sql)
		require.NoError(t, err, sql)
	}
	must(`insert into workflow_definitions(workflow_id,name,version,status,steps) values ('w1','One','1.0.0','active','[{"stepId":"a"}]'),('w2','Two','1.0.0','draft','[]')`)
	must(`insert into task_definitions(task_id,name,version,status,type,input_schema,output_schema,execution_config) values ('t1','One','1.0.0','active','MANUAL','{}','{}','{"executor":"x"}')`)
	must(`insert into workflow_instances(workflow_definition_id,status,started_at,input) select d.id,'RUNNING',now(),'{"a": [1, 2.50], "s": "x y"}' from workflow_definitions d, generate_series(1,5) where d.workflow_id='w1'`)
	must(`insert into task_instances(task_definition_id,workflow_instance_id,step_id,status,type,priority) select t.id,i.id,'a'||n,'PENDING','MANUAL', (array['LOW','HIGH'])[n%2+1] from task_definitions t, workflow_instances i, generate_series(1,3) n`)
	for _, q := range []string{
		`{workflowDefinitions(orderBy: UPDATED_AT_DESC){nodes{id uuid workflowId name status version createdAt description revision inputSchema instances(first:2, where:{status:{eq:RUNNING}}){edges{cursor node{id status input startedAt definition{name} tasks(orderBy:PRIORITY){nodes{priority stepId workflowInstance{id}}}}} pageInfo{hasNextPage endCursor hasPreviousPage startCursor}}} pageInfo{hasNextPage}}}`,
		`{workflowInstances(first:2){nodes{id input tasks(first:1){nodes{id}}}}}`,
		`{workflowDefinition(workflowId:"w1"){name instances(last:2){nodes{uuid}}}}`,
		`{a:workflowInstances(where:{definition:{workflowId:{eq:"w1"}}, anyOf:[{status:{eq:RUNNING}},{createdAt:{ago:"PT1H"}}]},first:3){totalCount totalCountExact nodes{phase terminal tasks{totalCount}}}}`,
	} {
		slow, sql1 := run(t, db, false, q)
		fast, sql2 := run(t, db, true, q)
		fmt.Println(slow)
		fmt.Println(strings.Join(sql1, "\n"), "\n---")
		fmt.Println(strings.Join(sql2, "\n"), "\n======")
		require.Equal(t, slow, fast)
	}
}
