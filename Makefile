# Everything a developer does has a target here; `make` lists them.
# The recipes are short on purpose: what is not obvious lives in Go.

GO      ?= go
BINARY  := bin/augmentedos
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS := -s -w -X github.com/augmentedos/graph/internal/cli.Version=$(VERSION)

# The server needs no C library; without cgo it builds faster and runs anywhere.
export CGO_ENABLED ?= 0

# The executor is 80,000 generated lines. Without inlining they compile in two thirds of the time and answer as fast.
EXECUTOR := github.com/augmentedos/graph/graph/generated
export GOFLAGS := $(shell $(GO) env GOFLAGS) -gcflags=$(EXECUTOR)=-l

.DEFAULT_GOAL := help
.PHONY: help run build test test-tracing test-postgres test-race fuzz generate lint postgres clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build and serve; gets a PostgreSQL first when this machine has none
	@test -n "$$DATABASE_URL" || $(BINARY) postgres find >/dev/null 2>&1 || $(BINARY) postgres install
	@exec $(BINARY) serve

build: ## Build bin/augmentedos; TAGS=otlp for one that sends traces
	@GOGC=400 $(GO) build -tags '$(TAGS)' -ldflags '$(LDFLAGS)' -o $(BINARY) .

test: ## Run all tests on one PostgreSQL of their own
	$(GO) run ./internal/testdb/with -- $(GO) test ./...

# Packages whose tests use a database.
SPEAKS_SQL = $(sort $(dir $(shell grep -rl --include=*_test.go 'internal/testdb"' . | grep -v '^./internal/testdb')))

test-postgres: ## Run what speaks SQL on the oldest and the newest PostgreSQL
	@for major in 14 18; do echo "PostgreSQL $$major"; \
	  $(GO) run ./internal/testdb/with -postgres $$major -- $(GO) test -count=1 -timeout 10m $(SPEAKS_SQL) || exit 1; done

# Large tables do not belong into memory, and what is measured is measured on a disk.
ON_DISK = TMPDIR=$${TMPDIR:-/tmp}

.PHONY: walk
ROWS ?= 100000

walk: ## What a page of every list costs, in tables of ROWS=1000000 rows each (ten minutes)
	@$(ON_DISK) $(GO) run ./internal/testdb/with -- $(GO) test ./repository -count=1 -timeout 3h -run TestAPageCosts -v -walk-rows $(ROWS)

FUZZ_SECONDS ?= 60

fuzz: ## Run every fuzz target, a minute all together (FUZZ_SECONDS)
	@$(GO) run ./internal/testdb/with -- bash .ci/fuzz $(FUZZ_SECONDS)

# Packages where goroutines share something.
RACES = . ./graph/... ./resolvers ./repository ./internal/live ./internal/watch ./internal/routing ./internal/bulk ./internal/credential

test-tracing: ## Run the tests of what only binaries with tracing have
	@$(GO) test -tags otlp ./internal/tracing

test-race: ## What runs in parallel, with the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) run ./internal/testdb/with -- $(GO) test -race $(RACES)

# gqlgen asks Go for the compiled resolvers, of which it reads the source only. A flag that no compiler knows keeps Go from
# compiling for them what is compiled again afterwards.
UNCOMPILED = -gcflags=$(1)=-unknown

generate: ## Generate the executor from graph/schema
	@GOFLAGS='$(call UNCOMPILED,$(EXECUTOR)) $(call UNCOMPILED,github.com/augmentedos/graph/repository)' $(GO) tool gqlgen generate

lint: ## Check formatting and what go vet and golangci-lint (if installed) see
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "run gofmt -w on:"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	@if command -v golangci-lint >/dev/null; then golangci-lint run; else echo "golangci-lint is not installed: skipped"; fi

postgres: build ## Get PostgreSQL binaries for this machine
	@$(BINARY) postgres install

clean: ## Remove what was built; data is never touched
	rm -rf bin dist coverage.out

.PHONY: golden generate-check schema schema-check lint-schema audit bench-live clients readme-check

golden: ## Rewrite the answers and statements of testdata/operations and testdata/mutations
	$(GO) run ./internal/testdb/with -- $(GO) test . -run 'TestOperations|TestMutations' -update

generate-check: generate ## Fail when committed generated code is not what the schema gives
	@git diff --exit-code --stat -- graph/generated internal/model/generated.go resolvers

schema: ## Write schema.graphql, the printed contract
	@$(GO) run . schema > schema.graphql

schema-check: ## Compare schema.graphql with this tree; tells breaking from additive changes
	@$(GO) run ./internal/contract schema.graphql

lint-schema: ## Hold schema.graphql and the golden operations against graphql-eslint
	@cd .ci/schemalint && { test -d node_modules || npm ci --ignore-scripts --no-audit --no-fund --silent; }
	@.ci/schemalint/node_modules/.bin/eslint --config .ci/schemalint/eslint.config.js schema.graphql 'testdata/operations/*.graphql'

audit: build ## Run the 61 audits of GraphQL over HTTP against the binary
	@bash .ci/with-server sh -c 'cd graph/audits && npm ci --ignore-scripts --no-audit --no-fund --silent && node audit.js $$AOS_URL/graphql'

bench-live: ## What subscribers cost, beside gqlgen's own transport; takes minutes
	@$(ON_DISK) $(GO) run ./internal/testdb/with -- $(GO) run ./bench/live
	@$(MAKE) --no-print-directory bench-limits

.PHONY: bench-limits
bench-limits: build ## What capture costs writers, 10,000 subscribers after a crash, 20,000 sockets
	@$(GO) run ./bench/limits -binary $(BINARY)

clients: build ## Subscribe with the usual clients while the server is killed and started again
	@cd graph/stream/clients && npm ci --ignore-scripts --no-audit --no-fund --silent && node clients.js ../../../$(BINARY)

readme-check: ## Run README's commands in a fresh clone
	@bash .ci/readme

.PHONY: bench docs docs-check promises release release-check

bench: ## Compare the ways a request can be answered, in one table (minutes)
	@$(ON_DISK) $(GO) run ./internal/testdb/with -- $(GO) run ./bench

docs: ## Write the generated pages: tables, states, extensions, README's settings
	@$(GO) run ./internal/testdb/with -- $(GO) run ./internal/docs
	@$(GO) run ./internal/promises -write

docs-check: ## Fail when a generated page is out of date
	@$(GO) run ./internal/testdb/with -- $(GO) run ./internal/docs -check
	@$(GO) run ./internal/promises -check

promises: ## What the architecture promises, each with the test that shows it
	@$(GO) run ./internal/testdb/with -- $(GO) run ./internal/promises

release: ## Pack dist/*.tar.gz for Linux, the same bytes every time, with SHA256SUMS
	@$(GO) run ./internal/release -version '$(VERSION)' -ldflags '$(LDFLAGS)' -time "$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)}"

release-check: ## Pack this commit twice, compare the bytes, and time an archive to its first answer
	@bash .ci/release

.PHONY: soak soak-short

MINUTES ?= 3

soak: build ## Prove the live feed under faults; MINUTES=600 for a night
	@$(GO) run ./bench/soak -minutes $(MINUTES) -binary $(BINARY)

soak-short: build ## The same with each fault once, some minutes
	@$(GO) run ./bench/soak -minutes 0.1 -rate 100 -binary $(BINARY)
