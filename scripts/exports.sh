#!/usr/bin/env bash
# Exports the demo case with the program $1 and reads the exports with DuckDB and pyarrow: counts, keys and times must match
# the case. Then opens the case, in a folder with a hostile name, with the code that `connect` prints.
# Clients are kept in target/clients. Clients that are not available are not checked, and a message says so.
set -euo pipefail

program=$(realpath "$1")
# shellcheck source=scripts/packages.sh
source scripts/packages.sh
readers=("duckdb==1.5.6 pyarrow==26.0.1" "duckdb==2.0.0 pyarrow==26.0.1")

for reader in "${readers[@]}" duckdb-cli==1.5.6; do
  if ! command -v python3 >/dev/null || ! install "$reader" >/dev/null 2>&1; then
    echo "exports: skipped, because python3 or $reader is not available"
    exit 0
  fi
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
hostile="$folder/it's \"a\" \$(false) case"
mkdir "$hostile"
case=$hostile/case.duckdb
"$program" load demo/trail.json.gz --db "$case" --quiet
"$program" export parquet --db "$case" -o "$folder/flat" --quiet
"$program" export parquet --db "$case" -o "$folder/hive" --partition account,region,day --quiet

for reader in "${readers[@]}"; do
  "$PWD/$clients/$reader/bin/python" scripts/exports.py "$case" "$folder/flat" "$folder/hive"
  for client in python pyarrow; do
    "$program" connect --db "$case" "$client" >"$folder/paste_$client.py"
    [ "$client" = python ] || echo 'assert signals.num_rows == 60, signals.num_rows' >>"$folder/paste_$client.py"
    "$PWD/$clients/$reader/bin/python" "$folder/paste_$client.py" >"$folder/shown"
    echo "exports: connect $client, $reader: opened"
  done
done

cli=$PWD/$clients/duckdb-cli==1.5.6/bin
line=$("$program" connect --db "$case" duckdb | grep '^duckdb ')
found=$(echo 'SELECT count(*) FROM signals' | PATH="$cli:$PATH" bash -c "$line -csv -noheader")
[ "$found" = 60 ] || { echo "exports: connect duckdb reads $found signals, not 60"; exit 1; }
"$program" connect --db "$case" attach | "$cli/duckdb" -csv >"$folder/shown"
[ "$(wc -l <"$folder/shown")" = 21 ] || { echo "exports: connect attach does not show 20 rows"; exit 1; }
echo "exports: connect duckdb and attach, DuckDB CLI 1.5.6: opened"

if install "ibis-framework[duckdb]==12.0.0 pandas==3.1.1" ibis >/dev/null 2>&1; then
  "$program" connect --db "$case" ibis >"$folder/paste_ibis.py"
  echo 'assert case.table("signals").count().execute() == 60' >>"$folder/paste_ibis.py"
  "$PWD/$clients/ibis/bin/python" "$folder/paste_ibis.py"
  echo "exports: connect ibis: opened"
else
  echo "exports: connect ibis is not checked, because ibis-framework is not available"
fi

if install "jupysql==0.11.1 ipython duckdb==1.5.6" jupysql >/dev/null 2>&1; then
  "$program" connect --db "$case" jupysql >"$folder/paste.ipy"
  (cd "$folder" && "$OLDPWD/$clients/jupysql/bin/ipython" paste.ipy) >"$folder/shown" 2>&1 || { cat "$folder/shown"; exit 1; }
  ! grep -q 'Error' "$folder/shown" || { cat "$folder/shown"; exit 1; }
  echo "exports: connect jupysql: opened"
else
  echo "exports: connect jupysql is not checked, because jupysql is not available"
fi

# Writes the exported tables to Delta and Iceberg, and reads the case in dbt, as docs/pipelines.md shows.
for format in delta iceberg; do
  packages="pyarrow==26.0.1 deltalake==1.6.6"
  [ $format = delta ] || packages="pyarrow==26.0.1 pyiceberg[sql-sqlite]==0.12.0"
  if install "$packages" "$format" >/dev/null 2>&1; then
    "$PWD/$clients/$format/bin/python" scripts/lakes.py $format docs/pipelines.md "$folder/flat" "$folder/$format"
  else
    echo "exports: $format is not checked, because a package for it is not available"
  fi
done
if install "dbt-duckdb==1.11.1 dbt-core==1.10.23 duckdb==1.5.6" dbt >/dev/null 2>&1; then
  mkdir -p "$folder/dbt/models"
  "$program" connect --db "$case" dbt >"$folder/dbt/profiles.yml"
  printf 'name: cartographer\nprofile: cartographer\nversion: "1.0"\n' >"$folder/dbt/dbt_project.yml"
  sed -n '/^-- models\/secrets_by_principal.sql$/,/^```$/p' docs/pipelines.md | sed '$d' >"$folder/dbt/models/secrets_by_principal.sql"
  dbt=$PWD/$clients/dbt/bin
  (cd "$folder/dbt" && DO_NOT_TRACK=1 "$dbt/dbt" run --profiles-dir . --project-dir .) >"$folder/shown" 2>&1 || { cat "$folder/shown"; exit 1; }
  "$dbt/python" -c 'import duckdb, sys; rows = duckdb.connect(sys.argv[1]).sql("FROM secrets_by_principal").fetchall(); assert rows and all(row[1] > 0 for row in rows), rows' "$folder/dbt/models.duckdb"
  echo "exports: connect dbt: a model was built"
else
  echo "exports: connect dbt is not checked, because dbt-duckdb is not available"
fi

if install mcp==2.3.0 >/dev/null 2>&1; then
  "$program" connect --db "$case" mcp >"$folder/mcp.json"
  "$PWD/$clients/mcp==2.3.0/bin/python" tests/mcp/client.py "$program" "$folder/mcp.json"
else
  echo "exports: connect mcp is not checked, because the client mcp is not available"
fi

if ! command -v node >/dev/null || ! command -v npm >/dev/null ||
  ! npm install --silent --no-audit --no-fund --prefix "$clients/node" @duckdb/node-api@1.5.6-r.1 >/dev/null 2>&1; then
  echo "exports: connect node is not checked, because node, npm or @duckdb/node-api is not available"
else
  "$program" connect --db "$case" node >"$clients/node/connect.js"
  (cd "$clients/node" && node connect.js) >"$folder/shown"
  grep -q 'Console' "$folder/shown" || { echo "exports: connect node does not show a timeline"; exit 1; }
  echo "exports: connect node: opened"
fi
