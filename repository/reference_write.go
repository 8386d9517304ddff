package repository

import (
	"context"
	"fmt"
	"slices"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// ReferenceSource is a definition whose references are to be written.
type ReferenceSource struct {
	ID         uuid.UUID
	Pin        bool // the definition is active or deprecated: what resolves is pinned
	References []model.Reference
}

// WriteReferences makes the reference tables of table say what the sources'
// documents say, in one statement per reference table: rows of places that are
// gone are deleted, the others are resolved. A reference resolves to the
// version it asks for, else to the active one; one that is pinned already and
// still names the same stays where it is. What does not resolve is stored
// without a target.
func WriteReferences(ctx context.Context, db DB, table string, sources ...ReferenceSource) error {
	for _, kind := range ReferenceTablesOf(table) {
		name := string(kind.Name) + ".write"
		rows, err := db.Query(ctx, writeReferencesSQL(kind), referenceArguments(kind, sources)...)
		if err != nil {
			return writeError(name, err)
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return writeError(name, err)
		}
	}
	return nil
}

func referenceArguments(kind ReferenceTable, sources []ReferenceSource) []any {
	var all, ids []uuid.UUID
	var paths, keys, versions []string
	var pins []bool
	for _, s := range sources {
		all = append(all, s.ID)
		for _, r := range s.References {
			if r.Table != kind.Name {
				continue
			}
			ids, paths, keys = append(ids, s.ID), append(paths, r.Path), append(keys, r.BusinessID)
			version := ""
			if r.Version != nil {
				version = *r.Version
			}
			versions, pins = append(versions, version), append(pins, s.Pin)
		}
	}
	return []any{all, ids, paths, keys, versions, pins}
}

func writeReferencesSQL(kind ReferenceTable) string {
	return fmt.Sprintf(`/* %[1]s.write */
with given as (
  select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete from %[1]s r
  where r.source_id = any ($1::uuid[]) and not exists (select from given g where g.source_id = r.source_id and g.path = r.path)
)
insert into %[1]s as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join %[2]s t on t.%[3]s = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct from row(excluded.target_id, excluded.pinned))`,
		kind.Name, kind.Target, byTable[kind.Target].Key)
}

// ResolveReferences looks again for the targets of all references to table that
// have none yet: a definition may have been imported before what it refers to.
func ResolveReferences(ctx context.Context, db DB, table string) error {
	for _, kind := range ReferenceTables {
		if kind.Target != table {
			continue
		}
		name := string(kind.Name) + ".resolve"
		rows, err := db.Query(ctx, fmt.Sprintf(`/* %[1]s.resolve */
update %[1]s r set target_id = t.id, pinned = s.status <> 'draft'
from %[2]s t, %[3]s s
where r.target_id is null and s.id = r.source_id and t.%[4]s = r.target_business_id
  and case when r.target_version is null then t.status = 'active' else t.version = r.target_version end`,
			kind.Name, kind.Target, kind.Source, byTable[kind.Target].Key))
		if err != nil {
			return writeError(name, err)
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return writeError(name, err)
		}
	}
	return nil
}

// ReferenceTablesOf lists the reference tables whose source is table.
func ReferenceTablesOf(table string) []ReferenceTable {
	return slices.DeleteFunc(slices.Clone(ReferenceTables), func(r ReferenceTable) bool { return r.Source != table })
}
