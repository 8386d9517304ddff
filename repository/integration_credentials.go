package repository

import (
	"context"
	"fmt"

	"github.com/georgysavva/scany/v2/pgxscan"
	"github.com/google/uuid"
)

// Sealed are the encrypted credentials of a connection. Only their rotation
// reads them.
type Sealed struct {
	ID         uuid.UUID `db:"id"`
	InstanceID string    `db:"instance_id"`
	KeyID      string    `db:"key_id"` // empty when nobody wrote it down
	Message    []byte    `db:"credentials"`
}

// otherKey selects the credentials that another key than $1 encrypted.
const otherKey = "credentials is not null and credentials_meta ->> 'keyId' is distinct from $1"

// CountSealed counts the credentials that another key than this encrypted.
func (s *Store) CountSealed(ctx context.Context, key string) (n int, err error) {
	const name = "integration_instances.count_sealed"
	rows, err := s.DB.Query(ctx, "/* "+name+" */ select count(*)::int from integration_instances where "+otherKey, key)
	if err != nil {
		return 0, readError(name, err)
	}
	return n, readError(name, pgxscan.ScanOne(&n, rows))
}

// LockSealed reads some credentials that another key than this encrypted and
// keeps writers out of them.
func (tx *Tx) LockSealed(ctx context.Context, key string, most int) (found []*Sealed, err error) {
	const name = "integration_instances.lock_sealed"
	rows, err := tx.DB.Query(ctx, "/* "+name+" */ select id, instance_id, coalesce(credentials_meta ->> 'keyId', '') as key_id, credentials "+
		"from integration_instances where "+otherKey+" order by id limit $2 for no key update", key, most)
	if err != nil {
		return nil, readError(name, err)
	}
	return found, readError(name, pgxscan.ScanAll(&found, rows))
}

// Reseal writes credentials that were encrypted anew with this key.
func (tx *Tx) Reseal(ctx context.Context, key string, batch []*Sealed) error {
	ids, messages := make([]uuid.UUID, len(batch)), make([][]byte, len(batch))
	for i, one := range batch {
		ids[i], messages[i] = one.ID, one.Message
	}
	n, err := tx.Exec(ctx, "integration_instances.reseal", `update integration_instances i
set credentials = n.message, credentials_meta = coalesce(i.credentials_meta, '{}') || jsonb_build_object('keyId', $3::text)
from unnest($1::uuid[], $2::bytea[]) as n(id, message) where i.id = n.id`, ids, messages, key)
	if err == nil && int(n) != len(batch) {
		return fmt.Errorf("integration_instances.reseal: %d of %d rows were there", n, len(batch))
	}
	return err
}

// ConnectionUsers are what names connections: versions of tasks that are not
// deprecated or still have unfinished work, and versions of UI components that
// are not deprecated. It tells some of them when there are many.
func (s *Store) ConnectionUsers(ctx context.Context, connections ...uuid.UUID) (map[any][]string, error) {
	const name = "integration_instances.users"
	const sql = `/* integration_instances.users */
select k.key, u.name
from unnest($1::uuid[]) as k(key)
join integration_instances c on c.id = k.key
join integration_definitions d on d.id = c.integration_definition_id
cross join lateral (
  select 'task ' || t.task_id || ' ' || t.version as name
  from task_integration_references r
  join task_definitions t on t.id = r.source_id
  cross join lateral (values (t.execution_config #> '{integration,instanceSelector}'), (t.execution_config #> '{implementation,integration,instanceSelector}')) as s(selector)
  where r.target_business_id = d.integration_id and s.selector ->> 'type' = 'EXPLICIT' and s.selector ->> 'value' = c.instance_id
    and (t.status <> 'deprecated' or exists (
      select from task_instances i where i.task_definition_id = t.id and i.status in ('PENDING', 'ASSIGNED', 'RUNNING')))
  union
  select 'UI component ' || u.component_id || ' ' || u.version
  from ui_component_integration_references r
  join ui_components u on u.id = r.source_id
  where r.target_business_id = d.integration_id and u.status <> 'deprecated'
    and u.custom_props -> 'integrations' @> jsonb_build_array(jsonb_build_object('instanceId', c.instance_id))
  order by name limit 10) u`
	found := make(map[any][]string, len(connections))
	err := scanEach(ctx, s, name, sql, args{connections}, func(u connectionUser) { found[u.Key] = append(found[u.Key], u.Name) })
	return found, err
}

type connectionUser struct {
	Key  uuid.UUID `db:"key"`
	Name string    `db:"name"`
}
