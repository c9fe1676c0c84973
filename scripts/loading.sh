#!/usr/bin/env bash
# Prints how to load the extension $1.
set -euo pipefail

file=$(realpath "$1")
quoted=${file//\'/\'\'}
cat <<END
The extension is $file. It is not signed, so the client must allow unsigned extensions:

  duckdb -unsigned -cmd "LOAD '$quoted'"

  import duckdb
  host = duckdb.connect(config={"allow_unsigned_extensions": "true"})
  host.execute("LOAD '$quoted'")
  host.sql("FROM cartographer_ext.timeline('demo/trail.json.gz') ORDER BY time, id").show()
END
