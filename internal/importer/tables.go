package importer

// table is what a bundle's file of rows becomes. Columns, types and defaults
// come from the catalogue of the database; only what a catalogue cannot tell is
// written here.
type table struct {
	name       string
	key        []string          // the business key
	definition bool              // has versions and a life cycle
	parents    map[string]parent // foreign keys
	renamed    map[string]string // columns that went by another name
	times      []string          // what tells the creation time when created_at does not
}

// parent is where a foreign key leads. Rows of event_instances are reached
// through event_instance_keys, which outlive them.
type parent struct{ table string }

// keys is the table that holds every id the foreign key may have.
func (p parent) keys() string {
	if p.table == "event_instances" {
		return "event_instance_keys"
	}
	return p.table
}

// tables are the 17 in an order in which parents come before their children.
var tables = []*table{
	{name: "event_definitions", key: []string{"event_id", "version"}, definition: true},
	{name: "integration_definitions", key: []string{"integration_id", "version"}, definition: true},
	{name: "ui_components", key: []string{"component_id", "version"}, definition: true},
	{name: "task_definitions", key: []string{"task_id", "version"}, definition: true},
	{name: "workflow_definitions", key: []string{"workflow_id", "version"}, definition: true},
	{name: "test_definitions", key: []string{"test_id", "version"}, definition: true},
	{
		name: "workflow_event_triggers", key: []string{"trigger_id"},
		parents: map[string]parent{"workflow_definition_id": {table: "workflow_definitions"}},
	},
	{
		name: "event_instances", key: []string{"event_id"},
		parents: map[string]parent{"event_definition_id": {table: "event_definitions"}},
		times:   []string{"timestamp"},
	},
	{
		name: "workflow_instances", key: []string{"instance_id"},
		parents: map[string]parent{
			"workflow_definition_id": {table: "workflow_definitions"},
			"trigger_id":             {table: "workflow_event_triggers"},
			"trigger_event_id":       {table: "event_instances"},
			"parent_instance_id":     {table: "workflow_instances"},
		},
		renamed: map[string]string{"version": "revision"},
		times:   []string{"started_at"},
	},
	{
		name: "task_instances", key: []string{"task_instance_id"},
		parents: map[string]parent{
			"task_definition_id":     {table: "task_definitions"},
			"workflow_instance_id":   {table: "workflow_instances"},
			"workflow_definition_id": {table: "workflow_definitions"},
		},
		renamed: map[string]string{"version": "revision"},
	},
	{
		name: "workflow_event_subscriptions", key: []string{"subscription_id"},
		parents: map[string]parent{
			"workflow_instance_id":  {table: "workflow_instances"},
			"fulfilled_by_event_id": {table: "event_instances"},
		},
	},
	{name: "event_sequences", key: []string{"sequence_id"}},
	{name: "event_queue_state", key: []string{"queue_id"}},
	{name: "dead_letter_queue", key: []string{"entry_id"}, renamed: map[string]string{"event_data": "original_event"}},
	{
		name: "integration_instances", key: []string{"instance_id"},
		parents: map[string]parent{"integration_definition_id": {table: "integration_definitions"}},
	},
	{
		name: "test_runs", key: []string{"run_id"},
		parents: map[string]parent{"test_definition_id": {table: "test_definitions"}},
		times:   []string{"started_at"},
	},
	{
		name: "test_case_results", key: []string{"test_run_id", "case_id"},
		parents: map[string]parent{"test_run_id": {table: "test_runs"}},
		times:   []string{"started_at", "completed_at"},
	},
}

func tableOf(name string) *table {
	for _, t := range tables {
		if t.name == name {
			return t
		}
	}
	return nil
}

// partitioned are the tables that need a partition before a row of its month.
func (t *table) partitioned() bool { return t.name == "event_instances" || t.name == "task_instances" }

// items is the column in which bundles carry what the database keeps as rows of
// another table.
func (t *table) items() string {
	if t.name == "event_sequences" || t.name == "event_queue_state" {
		return "events"
	}
	return ""
}

// Tables lists the tables of a bundle; the file of each is <table>.json.
func Tables() []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.name
	}
	return names
}
