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
		"allowedActions": {"id", "revision", "state"},
		"history":        {"id"},
		"config":         {"config"},
		"status":         {"status", "state"},
		"credentials":    {"credentials_meta"},
	},
	Relations: map[string]Relation{
		"definition": One("integration_definition_id", "integration_definitions"),
	},
})

// ConnectionNeed is what a task asks for: the connection it names, the one that
// a rule finds, or the best one to an integration in a context.
type ConnectionNeed struct {
	IntegrationID string
	Explicit      string // business id of a connection, empty for the best one
	Match         string // value that its name, its context or its configuration must have, empty without a rule
	Context       model.IntegrationContextType
	ContextID     string
}

// connection is a connection and the place in the array of needs it serves.
type connection struct {
	Need int                       `db:"need"`
	Row  model.IntegrationInstance `db:"row"`
}

// Connections finds the connection that serves each need: the one that is named
// or that matches, else one of the context or a global one. Of several, that of
// the context comes before the global one, an active one before all others, then
// the last used, then by name. A need that nothing serves is absent. All needs
// share one statement.
func (s *Store) Connections(ctx context.Context, columns []string, needs []ConnectionNeed) (map[any]*model.IntegrationInstance, error) {
	parts := [5][]string{}
	for _, n := range needs {
		for i, text := range []string{n.IntegrationID, n.Explicit, n.Match, string(n.Context), n.ContextID} {
			parts[i] = append(parts[i], text)
		}
	}
	const name = "integration_instances.for_tasks"
	sql := "/* " + name + " */ select k.need::int as need, " + selection{columns: withColumn(columns, "id")}.nested() + `
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as k(integration, explicit, match, context_type, context_id, need)
cross join lateral (
  select i.*
  from integration_instances i
  join integration_definitions d on d.id = i.integration_definition_id
  where d.integration_id = k.integration
    and case when k.explicit <> '' then i.instance_id = k.explicit
        when k.match <> '' then lower(k.match) = any(array[lower(i.name), lower(i.context_id)])
          or exists (select from jsonb_each_text(i.config) c where lower(c.value) = lower(k.match))
        else i.context_type = 'global' or (i.context_type = k.context_type and i.context_id = k.context_id) end
  order by (i.context_type = k.context_type and i.context_id = k.context_id) is true desc, i.context_type = 'global' desc,
    i.state = 'active' desc, i.last_used_sort desc, i.name, i.id
  limit 1) t`
	found := make(map[any]*model.IntegrationInstance, len(needs))
	err := scanEach(ctx, s, name, sql, args{parts[0], parts[1], parts[2], parts[3], parts[4]}, func(c connection) {
		found[needs[c.Need-1]] = &c.Row
	})
	return found, err
}
