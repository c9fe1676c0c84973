#!/usr/bin/env bash
# Does what the CI for DuckDB's community extensions does with this project, as far as possible: builds the library as
# `make release` does there, appends the footer, and runs test/sql in two versions of DuckDB. The CI's own tools,
# extension-ci-tools and the test runner, are only on GitHub: scripts/footer.sh and tests/registry/run.py replace them.
# PROFILE=debug builds without optimization.
set -euo pipefail

profile=${PROFILE:-release}
target=${CARGO_TARGET_DIR:-target}
extension=build/$profile/cartographer.duckdb_extension

# shellcheck source=scripts/packages.sh
source scripts/packages.sh

make "build_extension_library_$profile" CARGO_TARGET_DIR="$target"
scripts/footer.sh "build/$profile" "$extension"
for duckdb in 1.5.6 2.0.0; do
  packages="duckdb==$duckdb pyyaml==6.0.3"
  if ! command -v python3 >/dev/null || ! install "$packages" "registry-$duckdb" >/dev/null 2>&1; then
    echo "registry: duckdb $duckdb is not tested, because python3 or the package is not available"
    continue
  fi
  "$clients/registry-$duckdb/bin/python" tests/registry/run.py "$extension" packaging/duckdb/description.yml test/sql/cartographer.test
done
