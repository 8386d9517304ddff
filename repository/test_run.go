package repository

import "github.com/augmentedos/graph/internal/model"

// TestRuns are the executions of tests.
var TestRuns = Define[model.TestRun](Descriptor{
	Name:  "TestRun",
	Table: "test_runs",
	Where: model.TestRunWhere{},
	Key:   "run_id",
	Orders: Orders{
		"STARTED_AT_DESC": Desc("started_at"),
		"CREATED_AT_DESC": Desc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
	},
	Computed: Computed{
		"allowedActions": {"revision", "status", "test_definition_id"},
		"phase":          {"status"},
		"terminal":       {"status"},
		"durationMs":     {"started_at", "completed_at"},
		"summary":        {"id"},
		"history":        {"id"},
	},
	Relations: map[string]Relation{
		"definition":  One("test_definition_id", "test_definitions"),
		"caseResults": Many("test_case_results", "test_run_id"),
	},
})
