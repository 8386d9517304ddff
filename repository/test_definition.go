package repository

import (
	"context"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// TestDefinitions are the tests of tasks and workflows, one row per version.
var TestDefinitions = Define[model.TestDefinition](Descriptor{
	Name:   "TestDefinition",
	Table:  "test_definitions",
	Where:  model.TestDefinitionWhere{},
	Key:    "test_id",
	Orders: definitionOrders("test_id"),
	Computed: definitionFields("test_id", Computed{
		"target":      {"type", "target_id", "target_version"},
		"cases":       {"cases"},
		"sharedMocks": {"shared_mocks"},
		"tags":        {"tags"},
		"passRate":    {"id"},
		"problems":    {"type", "target_id", "target_version", "cases", "shared_mocks", "tags"},
	}),
	Relations: map[string]Relation{
		"runs":     Many("test_runs", "test_definition_id"),
		"lastRun":  First("test_runs", "test_definition_id", "STARTED_AT_DESC"),
		"versions": Via("test_id", "test_definitions", "t.test_id = k.key"),
	},
})

// VersionSeparator stands between a business id and a version in the key of
// AnyVersion. No business id contains it.
const VersionSeparator = "\x1f"

// ActiveVersion is the edge from a business id to the version of a definition
// that is active.
func (d *Descriptor) ActiveVersion() Relation {
	return Relation{Table: d.Table, On: "t." + d.Key + " = k.key and t.status = 'active'"}
}

// AnyVersion is the edge from a business id, VersionSeparator and a version to
// that version of a definition; without a version to the active one, or to the
// newest while none is active.
func (d *Descriptor) AnyVersion() Relation {
	return Relation{Table: d.Table, On: `t.id = (
  select v.id from ` + d.Table + ` v
  where v.` + d.Key + ` = split_part(k.key, E'\x1f', 1)
    and (v.version = split_part(k.key, E'\x1f', 2) or split_part(k.key, E'\x1f', 2) = '')
  order by v.status = 'active' desc, v.version_sort desc
  limit 1)`}
}

// PassRates tells of each test which part of its last runs passed, of those that
// ended and were not cancelled; a test without such a run is absent.
func (s *Store) PassRates(ctx context.Context, last int, tests []uuid.UUID) (map[any]*float64, error) {
	const name = "test_definitions.pass_rate"
	const sql = `/* test_definitions.pass_rate */
select k.key, avg((r.status = 'passed')::int)::float8
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select r.status
  from test_runs r
  where r.test_definition_id = k.key and r.status in ('passed', 'failed', 'error')
  order by r.started_at desc, r.id desc
  limit $2) r
group by k.key`
	rows, err := s.DB.Query(ctx, sql, tests, last)
	if err != nil {
		return nil, readError(name, err)
	}
	rates := make(map[any]*float64, len(tests))
	var key uuid.UUID
	var rate float64
	_, err = pgx.ForEachRow(rows, []any{&key, &rate}, func() error {
		rates[key] = pointer(rate)
		return nil
	})
	return rates, readError(name, err)
}
