package repository

import "github.com/augmentedos/graph/internal/model"

// TestDefinitions are the tests of tasks and workflows, one row per version.
var TestDefinitions = Define[model.TestDefinition](Descriptor{
	Name:   "TestDefinition",
	Table:  "test_definitions",
	Where:  model.TestDefinitionWhere{},
	Key:    "test_id",
	Orders: definitionOrders("test_id"),
	Computed: Computed{
		"target":      {"type", "target_id", "target_version"},
		"cases":       {"cases"},
		"sharedMocks": {"shared_mocks"},
		"tags":        {"tags"},
		"problems":    {"type", "target_id", "target_version", "cases", "shared_mocks", "tags"},
	},
	Relations: map[string]Relation{
		"runs":     Many("test_runs", "test_definition_id"),
		"lastRun":  First("test_runs", "test_definition_id", "STARTED_AT_DESC"),
		"versions": Via("test_id", "test_definitions", "t.test_id = k.key"),
	},
})

// VersionSeparator stands between a business id and a version in the key of
// AnyVersion. No business id contains it.
const VersionSeparator = "\x1f"

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
