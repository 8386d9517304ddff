package main

// promise is a line of the architecture.
type promise struct {
	section, text string
	tests         []test
	later         string // what is missing, for a promise of a later stage
}

// test is a test function, or one of its cases after a slash.
type test struct{ folder, name string }

func kept(text string, tests ...test) promise { return promise{text: text, tests: tests} }

func later(text, missing string) promise { return promise{text: text, later: missing} }

func in(folder string) func(name string) test {
	return func(name string) test { return test{folder: folder, name: name} }
}

var (
	root       = in(".")
	graphs     = in("./graph")
	migration  = in("./migrations")
	documents  = in("./jsonschema")
	resolvers  = in("./resolvers")
	databases  = in("./internal/postgres")
	feed       = in("./internal/live")
	streams    = in("./graph/stream")
	watches    = in("./internal/watch")
	doctors    = in("./internal/doctor")
	catalogues = func(name string) test {
		return migration("TestTheCatalogueKeepsWhatTheArchitecturePromises/" + name)
	}
)

// promises are the rows in the order of the architecture.
func promises() []promise {
	var all []promise
	for _, s := range []struct {
		name string
		rows []promise
	}{
		{"Technology", technology()},
		{"Principles", principles()},
		{"Conventions", conventions()},
		{"Tables", tables()},
		{"Relationships", relationships()},
		{"Operation", operation()},
		{"The API", api()},
		{"The live feed", liveFeed()},
		{"Users", users()},
	} {
		for _, row := range s.rows {
			row.section = s.name
			all = append(all, row)
		}
	}
	return all
}

func technology() []promise {
	return []promise{
		kept("PostgreSQL, from 14 on: the tests run on the one that is installed, an empty database becomes ours", migration("TestUpBringsAnEmptyDatabaseToTheNewestSchemaOnce")),
		kept("uuid-ossp, pg_trgm, ltree and pgcrypto are there, and ids are made in the database as in the server", migration("TestTheDatabaseSpellsIdsLikeTheServer"), migration("TestARoleThatOwnsNothingButTheDatabaseCanMigrate")),
		kept("pg_trgm: text is found by search, in any kind of definition", root("TestOperations/explorer"), resolvers("TestEachScreenIsOneRequest")),
		kept("ltree: names of events are matched by pattern, by index", migration("TestPatternsMatchAsDocumented"), migration("TestTriggersOfAnEventAreFoundByIndex")),
		kept("temporal_tables: earlier contents of rows are kept, by the same contract", migration("TestHistoryKeepsWhatOthersCouldSee"), migration("TestADeletedRowStaysInHistory")),
	}
}

func principles() []promise {
	return []promise{
		kept("Definitions and instances are apart; what is defined and what runs lead to each other", resolvers("TestWhatIsDefinedAndWhatRunsLeadToEachOther")),
		kept("JSON is flexible but has a schema", documents("TestEveryJSONBColumnHasItsSchemaFileAndNoFileIsLeftOver"), documents("TestEveryBrokenCopyOfAnExampleIsRefused")),
		kept("Foreign keys hold the data together", migration("TestReferencesBetweenDefinitionsHold"), catalogues("every foreign key is the front of an index")),
		kept("Indexes are strategic: each has a reader", migration("TestEveryIndexHasAReaderInTheReadme")),
		kept("Audit trail: when a row was made and changed, who did it and why", migration("TestUpdatedAtNeverRunsBackwards"), migration("TestAChangeSaysWhoAndWhy")),
		kept("Versions: a released definition never changes, one version is active", migration("TestADefinitionThatLeftDraftIsFrozen"), migration("TestOneVersionOfADefinitionIsActive")),
		kept("Security: secrets appear in no log and no history", migration("TestHistoryOfAConnectionHoldsNeitherSecretsNorHealth"), databases("TestValuesNeverReachTheServersLog"), in("./internal/config")("TestSecretsAreNeverPrinted")),
	}
}

func conventions() []promise {
	return []promise{
		kept("Every top-level field is a column, every column is held by the model", root("TestEveryTableHasADescriptorThatMatchesTheCatalogue")),
		kept("Nested structures are JSONB", catalogues("every JSONB column is on the list of schemas")),
		kept("Every table has id (UUID), created_at and updated_at", catalogues("all 17 tables have id, created_at and updated_at")),
		kept("Business identifiers are unique and given by default", migration("TestABusinessIdThatNobodyGaveIsTheId"), migration("TestAnEventIsStoredOnce")),
		kept("Enumerations are text with a check, every time has a zone", catalogues("every enumeration is text with a check, every time has a zone")),
	}
}

func tables() []promise {
	var rows []promise
	for _, table := range []string{
		"event_definitions", "event_instances", "event_sequences", "event_queue_state", "dead_letter_queue", "task_definitions", "task_instances",
		"workflow_definitions", "workflow_instances", "workflow_event_triggers", "workflow_event_subscriptions", "integration_definitions",
		"integration_instances", "ui_components", "test_definitions", "test_runs", "test_case_results",
	} {
		rows = append(rows, kept("`"+table+"` is there and every column of it is in the graph or left out with a reason", root("TestEveryTableHasADescriptorThatMatchesTheCatalogue/"+table)))
	}
	rows = append(rows, kept("Each table has a page of documentation", in("./internal/docs")("TestEveryTableHasAPage")))
	return append(rows, kept("The demo world fills all of them", in("./internal/demo")("TestTheWorldLoadsWholeAndTwice")))
}

func relationships() []promise {
	return []promise{
		kept("Workflow to task to UI component to integration", root("TestTheGraphLeadsFromWorkflowToTaskToComponentAndFromEventToTriggerToWorkflow"), root("TestOperations/builder")),
		kept("Event to trigger to workflow", root("TestTheGraphLeadsFromWorkflowToTaskToComponentAndFromEventToTriggerToWorkflow"), resolvers("TestWhoListensToAnEventIsKnownBeforeItHappens")),
		kept("A workflow instance leads to its tasks, events, waits and relatives", resolvers("TestARunLeadsToItsEventsWaitsRelativesAndTrigger")),
		kept("Events lead to their cause and effects, sequences, queues and dead letters", resolvers("TestAnEventLeadsToItsCauseItsEffectsAndEverythingItBroughtAbout"), resolvers("TestQueuesAndSequencesShowWhatIsInThem"), resolvers("TestADeadLetterNamesWhoCouldNotProcessItAndWhetherATryMayHelp")),
		kept("A wait connects an instance with the event that fulfils it", resolvers("TestARunLeadsToItsEventsWaitsRelativesAndTrigger")),
		kept("Connections are configured from integrations", root("TestOperations/screen_10_integrations_hub")),
		kept("Runs of tests lead to the results of their cases", resolvers("TestATestRunAddsUpItsCases")),
		kept("Every relation of the model is an edge of the schema", root("TestEveryFieldOfAnEntityIsAColumnAComputationOrARelation")),
	}
}

func operation() []promise {
	return []promise{
		kept("JSON Schema of every JSONB column is enforced by the application", documents("TestTheExampleOfEveryColumnIsAccepted"), documents("TestEveryBrokenCopyOfAnExampleIsRefused")),
		kept("Business keys, foreign keys, statuses and ranges are indexed as far as something reads them", catalogues("every foreign key is the front of an index"), root("TestOrdersAreTheEnumAndHaveAnIndex")),
		kept("The high-volume tables are partitioned by time, and reads open few partitions", migration("TestALookUpByIdReadsOnePartition"), migration("TestTheNewestRowsAreReadWithoutOpeningOlderPartitions"), migration("TestAnOldPartitionCanBeDetached")),
		kept("PgBouncer: every way to send statements works, no start-up parameter disturbs it", databases("TestEveryWayToSendStatementsWorks"), databases("TestAPoolerMeetsNoStartUpParameterItRefuses"), in("./internal/cli")("TestTheProductWorksThroughPgBouncer"), in("./internal/cli")("TestWhatAPoolerBreaksIsRefusedWithARemedy")),
		kept("Read replicas serve reads, and a client reads its own writes", databases("TestAClientReadsItsOwnWritesDespiteALaggingReplica"), in("./bench/rig")("TestQueriesAreAnsweredByAReplicaThatHasSeenEveryWrite")),
		kept("Backup: a dump of a filled database restores", migration("TestADumpOfAFilledDatabaseRestores")),
		later("Backup: continuous archiving and recovery to a point in time", "recipes for a production PostgreSQL"),
		kept("Migrations are scripts, forward only, and run once", migration("TestUpBringsAnEmptyDatabaseToTheNewestSchemaOnce"), migration("TestTablesOfOthersAreRefusedAndLeftAlone")),
		kept("Large result sets come in pages", resolvers("TestAnInboxGoesOnWhereThePageEndsAlsoBehindWhatIsNeverDue")),
		kept("No list costs a statement per row", resolvers("TestAListAsksInOneWayForEachLevelHoweverManyRowsItHas"), resolvers("TestATreeOfColumnsAndEdgesIsOneRoundTrip")),
		kept("What is wrong with a database is found and has a remedy", in("./internal/doctor")("TestEachDamageIsFoundAndHasARemedy"), in("./internal/doctor")("TestDefinitionsWrittenPastTheAPIAreFound"), in("./internal/doctor")("TestDocumentsAndSoftReferencesOfForeignWritersAreFound")),
		kept("A mistake at the start is a sentence and a remedy", in("./internal/cli")("TestEachMistakeAtTheStartIsASentenceAndARemedy")),
		kept("Slow statements are logged by name, without values", databases("TestSlowStatementsAreLoggedByNameWithoutValues")),
		kept("Long-running operations use background processing", in("./internal/bulk")("TestEveryChosenRowIsChangedOnceAsIfByHand"), in("./internal/bulk")("TestWorkersThatComeAndGoDoEveryRowOnce")),
		later("Workflows move by themselves: steps, timers, retries, compensation", "the step engine"),
		later("Tests of workflows and tasks run", "the test runner; runs and results are stored and shown"),
	}
}

func api() []promise {
	return []promise{
		kept("Go, with the packages that were chosen", root("TestThePackagesOfTheCardAreAtWork")),
		kept("The folders that were chosen, at most twelve at the top", root("TestTheTopOfTheTreeIsTheCards")),
		kept("Schema first: every type, field and argument is described", root("TestEverythingInTheSchemaIsDescribed"), root("TestDescriptionsSayMoreThanTheName")),
		kept("What is never null is not null in the schema, lists hold no nulls", root("TestNotNullIsAnExclamationMark"), root("TestListsHoldNoNullsAndAreNeverNull")),
		kept("The schema stays small enough to be learned", root("TestTheSchemaStaysWithinItsBudget")),
		kept("Dataloaders and compiled pipelines answer the same bytes", root("TestOperations"), root("TestBothPathsAnswerWhateverIsAskedWithTheSameBytes")),
		kept("Subscriptions stream changes of status, once and in order, across reconnects", root("TestThereIsASubscriptionToChangesOfStatus"), feed("TestEveryCommittedChangeArrivesOnceAndInOrderAcrossReconnects")),
		kept("A list and a subscription meet without gap or repeat", feed("TestAListAndASubscriptionAfterItsPositionMeetWithoutGapOrRepeat")),
		kept("A break in the feed is told with its reason and never passed over", feed("TestALostTailIsToldToThoseWhoFollow"), feed("TestAPlaceThatIsNotKeptAnyMoreIsRetention")),
		kept("Several servers deliver the same changes in the same order", feed("TestSeveralProcessesDeliverTheSame")),
		kept("A thousand clients that come back to one place cost one read", feed("TestAThousandWhoComeBackToTheSamePlaceCostOneRead")),
		kept("Sockets keep graphql-transport-ws, each breach with its close code", streams("TestEachBreachOfTheProtocolHasItsCloseCode")),
		kept("An EventSource resumes by itself", streams("TestAnEventStreamTellsThePlaceOfEachEventAndGoesOnAfterIt")),
		kept("A slow client costs its neighbours nothing and loses nothing", streams("TestASlowClientIsCutOffAndItsNeighboursAreNot")),
		kept("Clients that vanish leave nothing behind", streams("TestAThousandSocketsThatVanishLeaveNothing")),
		kept("A server refuses a database where changes would be lost", in("./internal/doctor")("TestAServerRefusesADatabaseWhoseFeedWouldLie")),
		kept("Hostile documents are refused or bounded", graphs("TestAHostileDocumentIsRefusedOrBounded"), graphs("TestEachLimitNamesItselfAndARemedy")),
		kept("Dependencies point downward", root("TestImportsPointDownward")),
	}
}

// liveFeed are the six guarantees that docs/live-proof.md names; make soak shows
// them for the whole product under faults.
func liveFeed() []promise {
	return []promise{
		kept("G1: every committed change reaches every subscriber it concerns exactly once over all its connections",
			feed("TestEveryCommittedChangeArrivesOnceAndInOrderAcrossReconnects"), migration("TestNoCommittedChangeIsLostRepeatedOrDisordered"),
			feed("TestWhoeverFallsBehindReadsTheLogAndMissesNothing"), feed("TestALargeCommitComesInPiecesThatCanBeResumedBetween"),
			streams("TestWhoeverResumesSeesEachEventOnceWhereverItJoins"), watches("TestASnapshotAndTheChangesAfterItAreTheStateExactly"), in("./bench/soak")("TestTheJudgeSeesWhatIsWrong")),
		kept("G2: one order everywhere, and on each object the order of its commits",
			feed("TestSeveralProcessesDeliverTheSame"), feed("TestTheFeedNeverAsksForTheTime"), migration("TestTheLedgerDeliversCommitsInBatches")),
		kept("G3: nothing that a crash can undo is shown", feed("TestNothingIsShownBeforeItIsOnDisk")),
		kept("G4: who asks for the latest only ends with the true final state", watches("TestLatestLeavesOutWhatIsOutdatedButNoEnd"), watches("TestALiveListHoldsWhatMatchesInTheEnd")),
		kept("G5: a break is told with its reason, never silent",
			feed("TestALostTailIsToldToThoseWhoFollow"), feed("TestAPlaceThatIsNotKeptAnyMoreIsRetention"), feed("TestAPlaceThatIsNotKeptIsToldAndNotPassedOver"),
			migration("TestACopyOfADatabaseStartsAnotherGeneration"), watches("TestAFeedThatBrokeStartsOverWithANewSnapshot"), doctors("TestAServerRefusesADatabaseWhoseFeedWouldLie")),
		kept("G6: writers are never blocked by readers, nor one reader by another",
			migration("TestWritersNeverWaitForReadersOfTheLog"), migration("TestTheTailReadsLittleBehindALongTransaction"), feed("TestAProcessThatStopsNeverKeepsItsTurnAtTheLedger"),
			streams("TestASlowClientIsCutOffAndItsNeighboursAreNot")),
	}
}

func users() []promise {
	return []promise{
		kept("Builders of user interfaces: each screen is one request", resolvers("TestEachScreenIsOneRequest"), resolvers("TestEachScreenPassesTheFrontDoor"), root("TestOperations/builder")),
		kept("Developers: the explorer answers in a browser, without another host", in("./web")("TestTheExplorerInABrowser"), root("TestOperations/explorer")),
		kept("Dashboards: figures in one answer, and a page that streams changes", in("./web")("TestTheExplorerInABrowser/streams a subscription over a WebSocket until it is stopped"), root("TestOperations/dashboard")),
	}
}
