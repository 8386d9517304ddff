package repository

import "slices"

// All is every entity of the graph, in the order of the documentation. The
// conformance tests walk it: a table that is missing here fails by itself.
var All = []*Descriptor{
	WorkflowDefinitions.Descriptor,
	WorkflowInstances.Descriptor,
	WorkflowEventTriggers.Descriptor,
	WorkflowEventSubscriptions.Descriptor,
	TaskDefinitions.Descriptor,
	TaskInstances.Descriptor,
	EventDefinitions.Descriptor,
	EventInstances.Descriptor,
	EventSequences.Descriptor,
	EventQueues.Descriptor,
	DeadLetters.Descriptor,
	IntegrationDefinitions.Descriptor,
	IntegrationInstances.Descriptor,
	UIComponents.Descriptor,
	TestDefinitions.Descriptor,
	TestRuns.Descriptor,
	TestCaseResults.Descriptor,
}

// beside are entities that are not part of the platform but of the API: they
// have ids and lists as all have, and neither history nor pages of their own.
var beside = []*Descriptor{BulkOperations.Descriptor}

var byTable, byName, byPrefix = indexDescriptors()

func indexDescriptors() (table, name, prefix map[string]*Descriptor) {
	table, name, prefix = map[string]*Descriptor{}, map[string]*Descriptor{}, map[string]*Descriptor{}
	for _, d := range append(slices.Clone(All), beside...) {
		table[d.Table], name[d.Name], prefix[d.Prefix()] = d, d, d
	}
	return table, name, prefix
}

// ByTable finds the entity stored in a table, ByName the one shown as a GraphQL
// type, ByPrefix the one whose ids start so; nil when there is none.
func ByTable(table string) *Descriptor { return byTable[table] }

// ByName finds an entity by its GraphQL type.
func ByName(name string) *Descriptor { return byName[name] }

// ByPrefix finds an entity by the prefix of its ids.
func ByPrefix(prefix string) *Descriptor { return byPrefix[prefix] }
