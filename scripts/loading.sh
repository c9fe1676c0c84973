#!/usr/bin/env bash
# Tells how to load the extension $1.
set -euo pipefail

file=$(realpath "$1")
quoted=${file//\'/\'\'}
cat <<END
The extension is $file. It is not signed, so a client has to allow that when it opens:

  duckdb -unsigned -cmd "LOAD '$quoted'"

  import duckdb
  host = duckdb.connect(config={"allow_unsigned_extensions": "true"})
  host.execute("LOAD '$quoted'")
  host.sql("FROM cartographer_ext.timeline('demo/trail.json.gz') ORDER BY time, id").show()
END
