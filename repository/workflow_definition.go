package repository

import (
	"context"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// WorkflowDefinitions is the template of every process, one row per version.
var WorkflowDefinitions = Define[model.WorkflowDefinition](Descriptor{
	Name:   "WorkflowDefinition",
	Table:  "workflow_definitions",
	Where:  model.WorkflowDefinitionWhere{},
	Key:    "workflow_id",
	Orders: definitionOrders("workflow_id"),
	Computed: definitionFields("workflow_id", Computed{
		"steps":                {"steps"},
		"compensationSteps":    {"compensation_steps", "steps"},
		"cancellationTriggers": {"cancellation_triggers"},
		"uiComponents":         {"ui_components"},
		"executionLog":         {"execution_log"},
		"tags":                 {"metadata"},
		"tasks":                {"id"},
		"instanceCounts":       {"id"},
		"stats":                {"id"},
		"problems": {"input_schema", "output_schema", "steps", "compensation_steps", "cancellation_triggers",
			"ui_components", "execution_log", "metadata"},
	}),
	Relations: map[string]Relation{
		"triggers":     Many("workflow_event_triggers", "workflow_definition_id"),
		"instances":    Many("workflow_instances", "workflow_definition_id"),
		"lastInstance": First("workflow_instances", "workflow_definition_id", "CREATED_AT_DESC"),
		"versions":     Via("workflow_id", "workflow_definitions", "t.workflow_id = k.key"),
		"tests":        Via("workflow_id", "test_definitions", "t.type = 'workflow' and t.target_id = k.key"),
	},
})

// definitionOrders are the orders that all definitions have. A version sorts
// within its business key, which is one index; nobody asks for the newest
// version number of all workflows.
func definitionOrders(key string) Orders {
	return Orders{
		"NAME_ASC":        Asc("name"),
		"CREATED_AT_DESC": Desc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
		"VERSION_DESC":    Desc(key, "version_sort"),
	}
}

// InstanceCounts counts the instances of each definition by status.
func (s *Store) InstanceCounts(ctx context.Context, definitions []uuid.UUID) (map[any][]*model.WorkflowInstanceStatusCount, error) {
	const name = "workflow_definitions.instance_counts"
	const sql = `/* workflow_definitions.instance_counts */
select k.key, c.status, c.n
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select i.status, count(*) as n
  from workflow_instances i
  where i.workflow_definition_id = k.key
  group by i.status
  order by i.status) c`
	rows, err := s.DB.Query(ctx, sql, definitions)
	if err != nil {
		return nil, readError(name, err)
	}
	counts := make(map[any][]*model.WorkflowInstanceStatusCount, len(definitions))
	var key uuid.UUID
	var c model.WorkflowInstanceStatusCount
	_, err = pgx.ForEachRow(rows, []any{&key, &c.Status, &c.Count}, func() error {
		row := c
		counts[key] = append(counts[key], &row)
		return nil
	})
	return counts, readError(name, err)
}
