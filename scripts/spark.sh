#!/usr/bin/env bash
# Builds the Python package and maps a small trail with it: in memory, in a notebook, on Sail and on Spark 3.5, including with
# executors that do not have the package. The results must equal what the program $1 loads, row by row. Further arguments name additional
# versions of Spark to test. Engines are kept in target/clients. An engine that is not available is not tested, and a message
# says so.
set -euo pipefail

program=$(realpath "$1")
# shellcheck source=scripts/packages.sh
source scripts/packages.sh
maturin="maturin==1.16.0"
common="pyarrow==26.0.1 pandas==2.3.3 pytest==9.2.0"
sail="pysail==0.7.2 pyspark-client==4.2.0 $common"
spark="pyspark==3.5.9 setuptools $common"
notebook="$common duckdb==1.5.6 polars==2.1.0 nbclient==0.11.0 ipykernel==7.4.0"
types="mypy==2.4.1 pyright==1.1.414 pyarrow-stubs==20.0.0.20260819 pandas-stubs==3.1.0.261029 pyspark-client==4.2.0 $common duckdb==1.5.6 polars==2.1.0"

# Whether the packages $1 are in the environment $2, or could be installed there.
have() { command -v python3 >/dev/null && install "$1" "$2" >/dev/null 2>&1; }

if ! have "$maturin" maturin || ! have "$sail" sail; then
  echo "spark: skipped, because python3, maturin or pysail is not available"
  exit 0
fi

# Builds the wheel as quickly as possible: it shares compiled dependencies with the program.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
said=$("$clients/maturin/bin/maturin" build --quiet --locked --profile dev --compatibility linux \
  --manifest-path python/Cargo.toml --out "$clients/wheels" 2>&1) || { echo "$said"; exit 1; }
WHEEL=$(realpath "$(ls -t "$clients"/wheels/cloudtrail_cartographer_lib-*.whl | head -n 1)")

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export WHEEL TRAIL=$folder/trail CASE=$folder/tables PYTHONPATH=$folder/package
python3 -m zipfile -e "$WHEEL" "$PYTHONPATH"
python3 python/tests/trail.py demo/trail.json.gz "$TRAIL"
# The trail contains a file that is not CloudTrail, so that loading it does not exit with 0.
"$program" load "$TRAIL" --db "$folder/case.duckdb" --quiet 2>/dev/null || true
"$program" export parquet --db "$folder/case.duckdb" -o "$CASE" --quiet
"$program" export ocsf --format parquet --db "$folder/case.duckdb" -o "$CASE/ocsf.parquet" --quiet

# Runs the tests for the environment $1 in that environment, and reports the result.
check() {
  local environment=$1
  shift
  "$PWD/$clients/$environment/bin/python" -m pytest -q -p no:cacheprovider --disable-warnings "$@" >"$folder/said" 2>&1 ||
    { cat "$folder/said"; exit 1; }
  echo "spark: $environment: $(tail -n 1 "$folder/said")"
}

check sail python/tests/test_tables.py
if have "$notebook" notebook; then
  check notebook python/tests/test_case.py python/tests/test_notebook.py
  for version in 1.4.5 2.0.0; do
    if have "$common polars==2.1.0 duckdb==$version" "case-$version"; then
      check "case-$version" python/tests/test_case.py
    else
      echo "spark: cases in memory are not checked with DuckDB $version, because it is not available"
    fi
  done
else
  echo "spark: cases in memory and the notebook are not checked, because duckdb, polars or nbclient is not available"
fi
if have "$types" types; then
  PYTHONPATH='' "$clients/types/bin/mypy" --config-file python/pyproject.toml --strict python/cloudtrail_cartographer
  PYTHONPATH='' "$clients/types/bin/pyright" --project python --pythonpath "$clients/types/bin/python"
else
  echo "spark: types are not checked, because mypy or pyright is not available"
fi
ENGINE=sail check sail python/tests/test_spark.py
if ! command -v java >/dev/null || ! have "$spark" spark-3.5; then
  echo "spark: Spark is not checked, because java or pyspark is not available"
  exit 0
fi
ENGINE=spark check spark-3.5 python/tests/test_spark.py python/tests/test_cluster.py
for version in "${@:2}"; do
  if have "pyspark==$version $common" "spark-$version"; then
    ENGINE=spark check "spark-$version" python/tests/test_spark.py python/tests/test_cluster.py
  else
    echo "spark: Spark $version is not checked, because it is not available"
  fi
done
