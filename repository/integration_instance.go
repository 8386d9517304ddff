package repository

import (
	"context"

	"github.com/augmentedos/graph/internal/model"
)

// IntegrationInstances are the connections to external systems.
var IntegrationInstances = Define[model.IntegrationInstance](Descriptor{
	Name:  "IntegrationInstance",
	Table: "integration_instances",
	Where: model.IntegrationInstanceWhere{},
	Key:   "instance_id",
	Orders: Orders{
		"NAME_ASC":        Asc("name"),
		"CREATED_AT_DESC": Desc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
		"LAST_USED_DESC":  Desc("last_used_sort"),
	},
	Computed: Computed{
		"history":     {"id"},
		"config":      {"config"},
		"status":      {"status", "state"},
		"credentials": {"credentials_meta"},
	},
	Relations: map[string]Relation{
		"definition": One("integration_definition_id", "integration_definitions"),
	},
})

// ConnectionNeed is what a task asks for: the connection it names, or the best
// one to an integration.
type ConnectionNeed struct {
	IntegrationID string
	Explicit      string // business id of a connection, empty for the best one
}

// connection is a connection and the place in the array of needs it serves.
type connection struct {
	Need int                       `db:"need"`
	Row  model.IntegrationInstance `db:"row"`
}

// Connections finds the connection that serves each need in a context: the one
// that is named, else that of the context before the global one, an active one
// before all others, then the last used, then by name. A need that nothing
// serves is absent. All needs share one statement.
func (s *Store) Connections(ctx context.Context, columns []string, in model.IntegrationContextType, contextID string, needs []ConnectionNeed) (map[any]*model.IntegrationInstance, error) {
	integrations, explicit := make([]string, len(needs)), make([]string, len(needs))
	for i, need := range needs {
		integrations[i], explicit[i] = need.IntegrationID, need.Explicit
	}
	const name = "integration_instances.for_tasks"
	sql := "/* " + name + " */ select k.need::int as need, " + selection{columns: withColumn(columns, "id")}.nested() + `
from unnest($1::text[], $2::text[]) with ordinality as k(integration, explicit, need)
cross join lateral (
  select i.*
  from integration_instances i
  join integration_definitions d on d.id = i.integration_definition_id
  where d.integration_id = k.integration
    and case when k.explicit <> '' then i.instance_id = k.explicit
        else i.context_type = 'global' or (i.context_type = $3 and i.context_id = $4) end
  order by i.context_type = 'global', i.state = 'active' desc, i.last_used_sort desc, i.name, i.id
  limit 1) t`
	found := make(map[any]*model.IntegrationInstance, len(needs))
	err := scanEach(ctx, s, name, sql, args{integrations, explicit, string(in), contextID}, func(c connection) {
		found[needs[c.Need-1]] = &c.Row
	})
	return found, err
}
