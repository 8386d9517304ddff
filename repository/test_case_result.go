package repository

import "github.com/augmentedos/graph/internal/model"

// TestCaseResults are what the cases of runs came to. Their business key, the
// case, is unique in a run only, so they are found by id or through the run.
var TestCaseResults = Define[model.TestCaseResult](Descriptor{
	Name:  "TestCaseResult",
	Table: "test_case_results",
	Where: model.TestCaseResultWhere{},
	Orders: Orders{
		"CREATED_AT_ASC":  Asc(),
		"CREATED_AT_DESC": Desc(),
	},
	Computed: Computed{
		"case":       {"case_id", "test_run_id"},
		"error":      {"error"},
		"assertions": {"assertions"},
	},
	Relations: map[string]Relation{
		"run": One("test_run_id", "test_runs"),
	},
})
