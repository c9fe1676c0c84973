#!/usr/bin/env bash
# Opens the demo's case, written by the program $1, read-only in the clients that analysts have: Python's duckdb of this
# year and the next, and the DuckDB CLI. Each must join events, event_signal and signals to the same numbers.
# The clients are kept in target/clients. Without Python, or PyPI, there is nothing to check, and a line
# says so.
set -euo pipefail

program=$1
clients=target/clients
packages=(duckdb==1.5.6 duckdb==2.0.0 duckdb-cli==1.5.6)
query="SELECT count(*) AS events, count(DISTINCT s.signal_id) AS signals, count(DISTINCT s.session_id) AS sessions
FROM events AS e JOIN event_signal AS es USING (event_id) JOIN signals AS s USING (signal_id)"

# shellcheck source=scripts/packages.sh
source scripts/packages.sh

for package in "${packages[@]}"; do
  if ! command -v python3 >/dev/null || ! install "$package" >/dev/null 2>&1; then
    echo "clients: skipped, for want of python3 or of $package"
    exit 0
  fi
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
case=$folder/case.duckdb
"$program" load demo/trail.json.gz --db "$case" --quiet
wanted=$("$program" sql --db "$case" --format csv "$query" | tail -n 1 | tr -d '\r')
for version in 1.5.6 2.0.0; do
  found=$("$clients/duckdb==$version/bin/python" - "$case" "$query" <<'PYTHON'
import sys

import duckdb

print(*duckdb.connect(sys.argv[1], read_only=True).execute(sys.argv[2]).fetchone(), sep=",")
PYTHON
  )
  echo "clients: Python duckdb $version reads $found"
  [ "$found" = "$wanted" ] || { echo "clients: $wanted is expected"; exit 1; }
done
found=$("$clients/duckdb-cli==1.5.6/bin/duckdb" -readonly -csv -noheader "$case" "$query")
echo "clients: DuckDB CLI 1.5.6 reads $found"
[ "$found" = "$wanted" ] || { echo "clients: $wanted is expected"; exit 1; }
