#!/usr/bin/env bash
# Runs every fuzz target in fuzz/ for $1 seconds, or only the targets named by further arguments. An input that makes a target
# fail is kept in fuzz/artifacts/, and makes this script fail. RUSTC_BOOTSTRAP=1 lets a stable compiler accept the flags that
# cargo-fuzz needs.
set -euo pipefail

seconds=$1
shift
if ! cargo fuzz --version >/dev/null 2>&1; then
  echo "fuzz: skipped, because cargo-fuzz is not installed (cargo install cargo-fuzz)"
  exit 0
fi
cd "$(dirname "$0")/.."
export RUSTC_BOOTSTRAP=1 LD_LIBRARY_PATH=$PWD/.duckdb/current${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
targets=("$@") features=()
[ $# -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
if [ -e .duckdb/current ]; then features=(--features sql); fi
corpus=${FUZZ_CORPUS:-fuzz/corpus}
python3 fuzz/seeds.py "$corpus"
cargo fuzz build --sanitizer none "${features[@]}" >/dev/null 2>&1 || cargo fuzz build --sanitizer none "${features[@]}"
failed=0
for target in "${targets[@]}"; do
  if [ "$target" = sql ] && [ ${#features[@]} = 0 ]; then
    echo "fuzz: sql: skipped, because the prebuilt libduckdb is not available"
    continue
  fi
  log=$(mktemp)
  # Inputs of a few KiB find most problems; a worker that needs 2 GiB or 20 seconds for one input has found a problem.
  if cargo fuzz run --sanitizer none "${features[@]}" "$target" "$corpus/$target" -- -max_total_time="$seconds" -max_len=16384 \
    -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 >"$log" 2>&1; then
    echo "fuzz: $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1) inputs in $seconds s, nothing found"
  else
    failed=1
    echo "fuzz: $target: FAILED"
    grep -vE '^(#[0-9]|INFO|NEW_FUNC)' "$log" | tail -40
  fi
  rm -f "$log"
done
exit $failed
