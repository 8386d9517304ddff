package importer

import (
	"slices"

	"github.com/augmentedos/graph/repository"
)

// Files beside those of the 17 tables. They are what an export adds so that an
// import can restore rather than derive; bundles of other systems have none.
const (
	keysFile = "event_instance_keys" // of events that are not there any more
	logFile  = "change_log"
)

// versioned are the tables with a <table>_history.
var versioned = []string{
	"event_definitions", "integration_definitions", "ui_components", "task_definitions", "workflow_definitions", "test_definitions",
	"workflow_event_triggers", "integration_instances",
}

func historyOf(table string) string { return table + "_history" }

// extraFiles are files of a bundle beside the 17 tables.
func extraFiles() []string {
	names := []string{keysFile, logFile}
	for _, r := range repository.ReferenceTables {
		names = append(names, string(r.Name))
	}
	for _, table := range versioned {
		names = append(names, historyOf(table))
	}
	return names
}

func isVersioned(table string) bool { return slices.Contains(versioned, table) }
