#!/usr/bin/env bash
# Loads the extension $2 into the DuckDB clients that analysts use: four versions of Python's duckdb, and the CLI. In each
# client, the results for the demo trail must equal what the program $1 loads into a case, row by row, and incorrect use must
# end in an error that says so, without crashing the client.
# The clients are kept in target/clients. A client that is not available is not tested, and a message says so.
set -euo pipefail

program=$1
extension=$(realpath "$2")
pythons=(duckdb==1.3.2 duckdb==1.4.5 duckdb==1.5.6 duckdb==2.0.0)
cli=duckdb-cli==1.5.6
trail=demo/trail.json.gz

# shellcheck source=scripts/packages.sh
source scripts/packages.sh

had() {
  command -v python3 >/dev/null && install "$1" >/dev/null 2>&1 && return 0
  echo "extension: $1 is not tested, because python3 or the package is not available"
  return 1
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
case=$folder/case.duckdb
"$program" load "$trail" --db "$case" --quiet

for client in "${pythons[@]}"; do
  had "$client fsspec==2026.9.0" || continue
  python="$clients/$client fsspec==2026.9.0/bin/python"
  more=(hunts)
  [[ $client == *==[2-9]* ]] && more=(hunts views)
  "$python" tests/extension/same.py "$extension" "$case" "$trail" "${more[@]}"
  "$python" tests/extension/misuse.py "$extension" "$trail" "$folder"
  "$python" tests/extension/files.py "$extension" "$trail" "$folder"
done

if had "$cli"; then
  for table in events sessions signals event_signal signal_entities; do
    found=$("$clients/$cli/bin/duckdb" -unsigned -csv -noheader -cmd "LOAD '$extension'" \
      -c "ATTACH '$case' AS kept (READ_ONLY)" \
      -c "SELECT count(*) FROM cartographer_$table('$trail')" \
      -c "SELECT count(*) FROM (FROM kept.$table EXCEPT ALL FROM cartographer_$table('$trail'))" | paste -sd ' ')
    wanted="$("$program" sql --db "$case" --format csv "SELECT count(*) FROM $table" | tail -n 1 | tr -d '\r') 0"
    [ "$found" = "$wanted" ] || { echo "extension: $cli: $table: rows and missing rows: $found, not $wanted"; exit 1; }
    echo "extension: $cli: $table: ${found% 0} rows, as load wrote them"
  done
fi
