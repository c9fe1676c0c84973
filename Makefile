# `make help` lists the targets. Every target does its own setup.

# If the prebuilt libduckdb is available, builds link it; otherwise they compile DuckDB (the `bundled` feature).
# Evaluated in every recipe, because `make duckdb` may have just downloaded it.
FEATURES = $(shell test -e .duckdb/current && echo --no-default-features --features program)
LIBRARIES = LD_LIBRARY_PATH="$(CURDIR)/.duckdb/current$${LD_LIBRARY_PATH:+:$$LD_LIBRARY_PATH}" DYLD_LIBRARY_PATH="$(CURDIR)/.duckdb/current"
LOADABLE = --no-default-features --features extension
# The Python package is checked without Python; its dependencies are stored with the program's.
WHEEL = PYO3_NO_PYTHON=1 CARGO_TARGET_DIR="$(abspath $(TARGET_DIR))"
CARGO ?= cargo
TARGET_DIR = $(or $(CARGO_TARGET_DIR),target)
PROGRAM = $(TARGET_DIR)/debug/cartographer
CASE ?= case.duckdb
SHARED ?= ../shared
# How long `make fuzz` runs each target, and `make chaos` runs.
SECONDS ?= 10
MINUTES ?= 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo check check-format check-lint check-unit check-rules test test-all fmt lint docs rules score accuracy fit clients hosts attack sigma serve-load spark tests bench web web-check browser audit fuzz chaos programs build bundled dist extension wheel install duckdb clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s  %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: build ## Build the program, load the demo trail into case.duckdb, and show its timeline
	rm -f $(CASE) $(CASE).wal
	$(PROGRAM) load demo/trail.json.gz --db $(CASE)
	$(PROGRAM) timeline --db $(CASE)
	@echo
	@echo "Browse the case with:  $(PROGRAM) serve --db $(CASE) --open"

# The parts of `make check` and `make test`, in this order. Each part is a separate target.
CHECKS = check-format check-lint check-unit check-rules
TESTS = lint docs rules score web-check clients hosts attack sigma spark browser tests

check: ## Run the quick checks: format, lints, unit tests and rules (2 minutes once built)
	@$(call timed,$(CHECKS))

test: ## Run all checks; the tests run last
	@$(call timed,$(TESTS))

test-all: export SPARKS = 4.3.0
test-all: test ## Run all checks, including Spark 4

# Runs targets one after another and prints the time that each took, even if one fails.
define timed
times=; begun=$$(date +%s); code=0; \
for part in $(1); do \
	start=$$(date +%s); \
	$(MAKE) --no-print-directory $$part || code=$$?; \
	times="$$times$$(printf '  %-12s %5d s' $$part $$(($$(date +%s) - start)))\n"; \
	[ $$code -eq 0 ] || { times="$$times  $$part failed\n"; break; }; \
done; \
printf "\n$$times  %-12s %5d s\n" total $$(($$(date +%s) - begun)); exit $$code
endef

check-format:
	$(CARGO) fmt --check

check-lint: duckdb
	$(CARGO) clippy $(FEATURES) --locked --lib --bins -- -D warnings

check-unit: duckdb
	$(LIBRARIES) $(CARGO) test $(FEATURES) --locked --lib --quiet

check-rules: build
	$(PROGRAM) rules check

fmt: ## Format the source
	$(CARGO) fmt
	$(CARGO) fmt --manifest-path python/Cargo.toml

lint: duckdb ## Check format and lints; a warning is an error
	$(CARGO) fmt --check
	$(CARGO) fmt --manifest-path python/Cargo.toml --check
	$(CARGO) metadata --manifest-path fuzz/Cargo.toml --locked --format-version 1 >/dev/null
	$(CARGO) clippy $(FEATURES) --locked --all-targets -- -D warnings
	$(CARGO) clippy $(LOADABLE) --locked --lib -- -D warnings
	$(WHEEL) $(CARGO) clippy --manifest-path python/Cargo.toml --locked -- -D warnings

docs: duckdb ## Build the API documentation; a broken link is an error
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(FEATURES) --locked --no-deps --document-private-items

rules: programs ## Check the shipped rules and run their specs
	$(PROGRAM) rules check
	$(PROGRAM) rules test

score: programs ## Score the mapping against labeled sessions, if available
	@scripts/score.sh $(PROGRAM) $(SHARED)

accuracy: ## Measure accuracy and compare confidence with the measured share of correct clicks; PACKS="DIR ..." adds learned rules
	$(CARGO) run --profile fit --no-default-features --locked --example fit -- --shared $(SHARED) $(addprefix --pack ,$(PACKS)) --score

fit: ## Fit the decoder's weights and write rules/weights (40 minutes); PACKS="DIR ..." adds learned rules
	$(CARGO) run --profile fit --no-default-features --locked --example fit -- --shared $(SHARED) $(addprefix --pack ,$(PACKS)) --leave-out --seconds 300

clients: programs ## Open a case and its exports in other programs, where available
	@scripts/clients.sh $(PROGRAM)
	@scripts/exports.sh $(PROGRAM)

browser: programs ## Test the web page in Chromium, where available
	@scripts/browser.sh $(PROGRAM)

serve-load: export MINUTES ?= 5
serve-load: programs ## Run 200 clients, including slow ones, against a server for MINUTES (5)
	$(LIBRARIES) $(CARGO) test $(FEATURES) --locked --test integration -- --ignored --nocapture serve::load::two_hundred_clients

hosts: programs ## Load the extension into other versions of DuckDB, where available
	$(CARGO) test $(LOADABLE) --locked --lib extension::
	$(CARGO) rustc $(LOADABLE) --locked --lib --crate-type cdylib
	@scripts/footer.sh $(TARGET_DIR)/debug $(TARGET_DIR)/debug/extension/cartographer.duckdb_extension
	@scripts/extension.sh $(PROGRAM) $(TARGET_DIR)/debug/extension/cartographer.duckdb_extension

attack: ## Check the ATT&CK techniques against the published data, where available
	@scripts/attack.sh

sigma: programs ## Compare the hits of Sigma rules with pySigma's, where available
	@scripts/sigma.sh $(PROGRAM)

spark: programs ## Test the Python package in memory, on Sail and on Spark, where available
	@scripts/spark.sh $(PROGRAM) $(SPARKS)

wheel: ## Build the Python wheel for this machine, in target/wheels
	cd python && CARGO_TARGET_DIR="$(CURDIR)/target" maturin build --release --locked --out ../target/wheels

tests: programs ## Run the tests and the documentation examples
	$(LIBRARIES) $(CARGO) test $(FEATURES) --locked --doc
	@if $(CARGO) nextest --version >/dev/null 2>&1; \
	then set -x; $(CARGO) nextest run $(FEATURES) --locked --no-fail-fast; \
	else set -x; $(CARGO) test $(FEATURES) --locked --no-fail-fast --lib --bins --tests; fi

bench: duckdb ## Measure each stage and compare load with DuckDB's JSON reader
	$(LIBRARIES) $(CARGO) bench $(FEATURES) --locked --bench stages
	$(CARGO) build $(FEATURES) --locked --release --bin cartographer --example floor
	@$(LIBRARIES) python3 scripts/bench.py $(TARGET_DIR)/release $(SHARED)

web: ## Build the web page into web/dist, which is committed
	@scripts/web.sh build

web-check: ## Check the web page: types, lints, unit tests, and that web/dist is up to date
	@scripts/web.sh check

audit: ## Check all lock files for advisories, and check licenses and sources, as far as the databases are available
	@scripts/audit.sh

fuzz: duckdb ## Run every fuzz target for SECONDS, if cargo-fuzz is installed
	@scripts/fuzz.sh $(SECONDS)

chaos: programs ## Kill the program at random and take resources away from it for MINUTES; no row may be lost or duplicated
	@$(LIBRARIES) scripts/chaos.sh $(PROGRAM) $(MINUTES)

# Builds the program and the tests together, with the same features, so that `make test` does not compile any dependency twice.
programs: duckdb
	$(CARGO) test $(FEATURES) --locked --no-run

build: duckdb ## Build the program, linked with the prebuilt libduckdb
	$(CARGO) build $(FEATURES) --locked

dist: duckdb ## Build the wheels of the program and of the Python library and check them in a new environment
	@scripts/dist.sh

bundled: ## Build the release program with DuckDB compiled in (about 25 minutes on 2 cores)
	$(CARGO) build --locked --release

extension: ## Build the DuckDB extension and print how to load it
	$(CARGO) rustc $(LOADABLE) --locked --release --lib --crate-type cdylib
	@scripts/footer.sh $(TARGET_DIR)/release $(TARGET_DIR)/extension/cartographer.duckdb_extension
	@scripts/loading.sh $(TARGET_DIR)/extension/cartographer.duckdb_extension

install: ## Install the self-contained program with cargo
	$(CARGO) install --locked --path .

duckdb: ## Download the prebuilt libduckdb unless it already exists
	@scripts/duckdb.sh

clean: ## Remove build output and the demo case, but not the downloaded libduckdb
	$(CARGO) clean
	rm -f $(CASE) $(CASE).wal

# The CI for DuckDB's community extensions calls make configure, make release and make test_release. It puts its tools into
# extension-ci-tools, whose base.Makefile contains the other targets. A plain build of the package builds the program, so the
# library has its own rule.
EXTENSION_NAME = cartographer
TARGET_DUCKDB_VERSION = v1.2.0
RUST_TARGET = $(if $(filter x86_64,$(OSX_BUILD_ARCH)),x86_64-apple-darwin)$(if $(filter arm64,$(OSX_BUILD_ARCH)),aarch64-apple-darwin)

.PHONY: build_extension_library_release build_extension_library_debug registry-check
build_extension_library_release build_extension_library_debug: build_extension_library_%:
	$(CARGO) rustc $(LOADABLE) --locked $(filter --release,--$*) $(addprefix --target ,$(RUST_TARGET)) --lib --crate-type cdylib
	mkdir -p build/$*/extension/$(EXTENSION_NAME)
	cp $(TARGET_DIR)/$(addsuffix /,$(RUST_TARGET))$*/$(if $(filter Darwin,$(shell uname -s)),libcartographer.dylib,libcartographer.so) build/$*/

registry-check: ## Build and test the extension as DuckDB's community registry does, where available
	@scripts/registry.sh

ifneq ($(wildcard extension-ci-tools/makefiles/c_api_extensions/base.Makefile),)
include extension-ci-tools/makefiles/c_api_extensions/base.Makefile

.PHONY: configure debug release test_debug test_release
configure: venv platform extension_version
debug: build_extension_library_debug build_extension_with_metadata_debug
release: build_extension_library_release build_extension_with_metadata_release
test_debug: test_extension_debug
test_release: test_extension_release
endif
