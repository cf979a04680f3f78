# What can be made here. `make help` lists it.

GO       ?= go
BUILD    := build
SO       := $(BUILD)/flb-filter_entra_signin.so
LINK     := $(BUILD)/out_entra_signin.so
# Without git, as in a plain docker build, the version is that of the sources: internal/version.
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null)
# HTTP/2 is left out: no receiver of logs needs it, and it is 0.4 MB of code inside somebody's log agent.
TAGS     := nethttpomithttp2
# What is said while building goes to stderr: stdout is for the records of `make run`.
# The same sources give the same bytes: no paths, no build id, no stamp but the version.
GOFLAGS_BUILD := -tags $(TAGS) -trimpath -buildvcs=false -ldflags '-s -w -buildid= $(if $(VERSION),-X fluent-bit-entra-signin/internal/version.Version=$(VERSION))'
SOURCES  := $(shell find catalog filter sink plugin internal cmd -name '*.go' -o -name go.mod -o -name '*.c' -o -name '*.h' -o -name '*.csv') go.mod go.sum

.PHONY: all build run demo-event-hub test fuzz soak sanitize lint licenses docs site bench bench-instructions bench-fluentbit arm64 release packages clean help

all: build

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t18

build: $(SO) $(BUILD)/entra-signin ## the plugin, its link for use as an output, and the command, into build/

$(SO): $(SOURCES)
	@mkdir -p $(BUILD)
	@echo "building $@" >&2
	@CGO_ENABLED=1 $(GO) build $(GOFLAGS_BUILD) -buildmode=c-shared -o $@ ./plugin
	@rm -f $(BUILD)/*.h
	@ln -sf $(notdir $(SO)) $(LINK)

$(BUILD)/entra-signin: $(SOURCES)
	@mkdir -p $(BUILD)
	@echo "building $@" >&2
	@CGO_ENABLED=0 $(GO) build $(GOFLAGS_BUILD) -o $@ ./cmd/entra-signin

run: $(SO) ## run the shipped pipeline on test/data/signins.jsonl, in Fluent Bit where there is one
	@test/run.sh $(SO)

demo-event-hub: build ## a broker in place of an Event Hub, two consumers of which one is killed and comes back, and what arrives (needs fluent-bit)
	@test/kafka/demo.sh $(abspath $(SO))

test: build ## every test, with the race detector where it applies
	@test/test.sh

fuzz: ## every fuzz target, FUZZTIME seconds each
	@test/fuzz.sh $(or $(FUZZTIME),30)

soak: build ## good and hostile traffic, faults, signals and reloads for MINUTES minutes (1), then what grew
	@$(GO) run ./test/host/soak -minutes $(or $(MINUTES),1) $(if $(SEED),-seed $(SEED)) $(SO)

sanitize: ## the tests of test/host with Go's checks of pointers in C, with AddressSanitizer, and with valgrind
	@echo "cgocheck2" && test/host/cgocheck.sh
	@echo "AddressSanitizer" && test/host/asan.sh
	@echo "valgrind" && test/host/valgrind.sh

arm64: ## build the plugin and the command for arm64 with a cross compiler; the layouts are asserted when it compiles
	@mkdir -p $(BUILD)/arm64
	CGO_ENABLED=1 GOARCH=arm64 CC=aarch64-linux-gnu-gcc $(GO) build $(GOFLAGS_BUILD) -buildmode=c-shared -o $(BUILD)/arm64/$(notdir $(SO)) ./plugin
	CGO_ENABLED=0 GOARCH=arm64 $(GO) build $(GOFLAGS_BUILD) -o $(BUILD)/arm64/entra-signin ./cmd/entra-signin
	@rm -f $(BUILD)/arm64/*.h && ln -sf $(notdir $(SO)) $(BUILD)/arm64/$(notdir $(LINK))

release: build arm64 ## archives, deb and rpm for both architectures, their checksums and a bill of materials, into build/release/
	@test/release.sh $(VERSION)

packages: build ## a deb and an rpm for this architecture, into build/packages/
	@packaging/packages.sh "$(or $(VERSION),dev)" $(BUILD)/packages "$$($(GO) env GOARCH)" $(BUILD)

licenses: ## the licences of what is built in
	@test/licenses.sh

lint: ## gofmt, go vet and golangci-lint with .golangci.yml
	@test -z "$$(gofmt -l .)" || { gofmt -d .; exit 1; }
	$(GO) vet ./...
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run ./...

docs: ## write docs/codes.md from the catalog, and plugin/options.h from the options
	$(GO) run ./cmd/entra-signin catalog --format markdown > docs/codes.md
	$(GO) generate ./plugin

site: ## the page of codes, into site/
	$(GO) run ./internal/site site

bench: ## Go benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./catalog ./filter ./sink

bench-instructions: ## count the instructions that the engine needs for a record, under valgrind
	@mkdir -p $(BUILD) && $(GO) build -o $(BUILD)/instructions ./test/bench/instructions && $(BUILD)/instructions

bench-fluentbit: build ## compare with Fluent Bit's own filters, Lua and WASM, in Fluent Bit
	@test/bench/run.sh $(SO)

clean: ## remove build/
	rm -rf $(BUILD)
