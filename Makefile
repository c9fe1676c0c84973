# `make help` lists the targets. Every target does its own set-up.

# With the prebuilt libduckdb at hand builds link it; without it they compile DuckDB (the feature `bundled`).
# Asked anew in every recipe, because `make duckdb` decides it.
FEATURES = $(shell test -e .duckdb/current && echo --no-default-features --features program)
LIBRARIES = LD_LIBRARY_PATH="$(CURDIR)/.duckdb/current$${LD_LIBRARY_PATH:+:$$LD_LIBRARY_PATH}" DYLD_LIBRARY_PATH="$(CURDIR)/.duckdb/current"
LOADABLE = --no-default-features --features extension
# The Python package is checked without any Python; what it depends on is kept beside the program's.
WHEEL = PYO3_NO_PYTHON=1 CARGO_TARGET_DIR="$(abspath $(TARGET_DIR))"
CARGO ?= cargo
TARGET_DIR = $(or $(CARGO_TARGET_DIR),target)
PROGRAM = $(TARGET_DIR)/debug/cartographer
CASE ?= case.duckdb
SHARED ?= ../shared

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-all fmt lint docs rules score accuracy fit clients hosts spark tests bench web web-check browser audit programs build bundled extension wheel install duckdb clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: build ## Build, load the demo trail into case.duckdb, show its timeline and how to see it
	rm -f $(CASE) $(CASE).wal
	$(PROGRAM) load demo/trail.json.gz --db $(CASE)
	$(PROGRAM) timeline --db $(CASE)
	@echo
	@echo "Look at it in the browser:  $(PROGRAM) serve --db $(CASE) --open"

test: lint docs rules score web-check clients hosts spark browser tests ## Run every check; the tests run last

test-all: SPARKS = 4.3.0
test-all: test ## Run every check, on Spark 4 too

fmt: ## Format the source
	$(CARGO) fmt
	$(CARGO) fmt --manifest-path python/Cargo.toml

lint: duckdb ## Check the format and the lints; a warning fails
	$(CARGO) fmt --check
	$(CARGO) fmt --manifest-path python/Cargo.toml --check
	$(CARGO) clippy $(FEATURES) --locked --all-targets -- -D warnings
	$(CARGO) clippy $(LOADABLE) --locked --lib -- -D warnings
	$(WHEEL) $(CARGO) clippy --manifest-path python/Cargo.toml --locked -- -D warnings

docs: duckdb ## Build the API documentation; a broken link fails
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(FEATURES) --locked --no-deps --document-private-items

rules: programs ## Check the shipped rules, and run their specs
	$(PROGRAM) rules check
	$(PROGRAM) rules test

score: programs ## Score the mapping against labelled sessions, where they are at hand
	@scripts/score.sh $(PROGRAM) $(SHARED)

accuracy: ## Score the mapping on labelled sessions, aged copies, rule examples and labelled trails, with claimed against measured confidence
	$(CARGO) run --profile fit --no-default-features --locked --example fit -- --shared $(SHARED) --score

fit: ## Fit the decoder's weights on them, report each trail by weights fitted without it, and write rules/weights (40 minutes)
	$(CARGO) run --profile fit --no-default-features --locked --example fit -- --shared $(SHARED) --leave-out --seconds 300

clients: programs ## Open a case and its exports in other programs, where they can be had
	@scripts/clients.sh $(PROGRAM)
	@scripts/exports.sh $(PROGRAM)

browser: programs ## Look at the page in Chromium, served by the program, where both can be had
	@scripts/browser.sh $(PROGRAM)

hosts: programs ## Load the extension into other DuckDBs, where they can be had, and hold its answers against a case
	$(CARGO) test $(LOADABLE) --locked --lib extension::
	$(CARGO) rustc $(LOADABLE) --locked --lib --crate-type cdylib
	@scripts/footer.sh $(TARGET_DIR)/debug $(TARGET_DIR)/debug/extension/cartographer.duckdb_extension
	@scripts/extension.sh $(PROGRAM) $(TARGET_DIR)/debug/extension/cartographer.duckdb_extension

spark: programs ## Build the Python package, and map with it in memory, on Sail and on Spark, where they can be had
	@scripts/spark.sh $(PROGRAM) $(SPARKS)

wheel: ## Build the Python package's wheel for this machine, in target/wheels
	cd python && CARGO_TARGET_DIR="$(CURDIR)/target" maturin build --release --locked --out ../target/wheels

tests: programs ## Run the tests and the documentation's examples
	$(LIBRARIES) $(CARGO) test $(FEATURES) --locked --doc
	@if $(CARGO) nextest --version >/dev/null 2>&1; \
	then set -x; $(CARGO) nextest run $(FEATURES) --locked --no-fail-fast; \
	else set -x; $(CARGO) test $(FEATURES) --locked --no-fail-fast --lib --bins --tests; fi

bench: duckdb ## Measure: each stage alone, then all of load beside DuckDB's own reader
	$(LIBRARIES) $(CARGO) bench $(FEATURES) --locked --bench stages
	$(CARGO) build $(FEATURES) --locked --release --bin cartographer --example floor
	@$(LIBRARIES) python3 scripts/bench.py $(TARGET_DIR)/release $(SHARED)

web: ## Build the page that `serve` shows into web/dist, which is committed
	@scripts/web.sh build

web-check: ## Check the page: types, lints, unit tests, and that web/dist is what its sources give
	@scripts/web.sh check

audit: ## Check licences, sources and advisories with cargo-deny, if it is installed
	@if $(CARGO) deny --version >/dev/null 2>&1; \
	then $(CARGO) deny --locked check; \
	else echo "cargo-deny is not installed: advisories are not checked (licences and sources are, by make test)"; fi

# The program and the tests in one go: with the tests' features, so that `make test` compiles no dependency twice.
programs: duckdb
	$(CARGO) test $(FEATURES) --locked --no-run

build: duckdb ## Build the everyday program, linked with the prebuilt libduckdb
	$(CARGO) build $(FEATURES) --locked

bundled: ## Build the release program with DuckDB compiled in (about 25 minutes on 2 cores)
	$(CARGO) build --locked --release

extension: ## Build the extension that DuckDB loads, and tell how
	$(CARGO) rustc $(LOADABLE) --locked --release --lib --crate-type cdylib
	@scripts/footer.sh $(TARGET_DIR)/release $(TARGET_DIR)/extension/cartographer.duckdb_extension
	@scripts/loading.sh $(TARGET_DIR)/extension/cartographer.duckdb_extension

install: ## Install that program with cargo
	$(CARGO) install --locked --path .

duckdb: ## Fetch the prebuilt libduckdb, unless it is there
	@scripts/duckdb.sh

clean: ## Remove what was built and the demo's case; the fetched libduckdb stays
	$(CARGO) clean
	rm -f $(CASE) $(CASE).wal
