#!/usr/bin/env bash
# Opens the demo case, written by the program $1, read-only in the clients that analysts use: two versions of Python's duckdb,
# and the DuckDB CLI. In each client, joining events, event_signal and signals must produce the same numbers, and the hunts,
# pasted as `hunt show` prints them, must find what the program finds.
# The clients are kept in target/clients. Without Python or PyPI, nothing is checked, and a message says so.
set -euo pipefail

program=$1
clients=target/clients
packages=(duckdb==1.5.6 duckdb==2.0.0 duckdb-cli==1.5.6)
query="SELECT count(*) AS events, count(DISTINCT s.signal_id) AS signals, count(DISTINCT s.session_id) AS sessions
FROM events AS e JOIN event_signal AS es USING (event_id) JOIN signals AS s USING (signal_id)"
hunts=(persistence/access-key-for-another discovery/many-pages-opened correlation/day-of-a-principal)

# shellcheck source=scripts/packages.sh
source scripts/packages.sh

# A client's result for the SQL on standard input, one JSON object per line.
ask() {
  local client=$1
  if [[ $client == duckdb-cli* ]]; then
    "$clients/$client/bin/duckdb" -readonly -jsonlines "$case"
  else
    "$clients/$client/bin/python" -c '
import json, sys, duckdb
answer = duckdb.connect(sys.argv[1], read_only=True).execute(sys.stdin.read())
names = [column[0] for column in answer.description]
for row in answer.fetchall():
    print(json.dumps(dict(zip(names, row)), default=str))' "$case"
  fi
}

# The values of the columns $1 from JSON lines, one per line: the part that every client writes in the same form.
columns() {
  python3 -c '
import json, sys
for line in sys.stdin:
    print(*(json.loads(line)[name] for name in sys.argv[1].split()), sep=" | ")' "$1"
}

# Fails unless $2, a client's lines, equals $3, the program's lines.
same() {
  echo "clients: $1: $(wc -l <<<"$2") lines, first: $(head -n 1 <<<"$2")"
  [ "$2" = "$3" ] || { printf 'clients: %s differs from the expected result:\n%s\n' "$1" "$3"; exit 1; }
}

for package in "${packages[@]}"; do
  if ! command -v python3 >/dev/null || ! install "$package" >/dev/null 2>&1; then
    echo "clients: skipped, because python3 or $package is not available"
    exit 0
  fi
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
case=$folder/case.duckdb
"$program" load demo/trail.json.gz --db "$case" --quiet
for client in "${packages[@]}"; do
  wanted=$("$program" sql --db "$case" --format jsonl "$query" | columns "events signals sessions")
  same "$client" "$(ask "$client" <<<"$query" | columns "events signals sessions")" "$wanted"
  for hunt in "${hunts[@]}"; do
    wanted=$("$program" hunt run "$hunt" --db "$case" --format jsonl | columns "principal what session_id")
    [ -n "$wanted" ] || { echo "clients: $hunt found nothing"; exit 1; }
    same "$client, $hunt" "$("$program" hunt show "$hunt" | ask "$client" | columns "principal what session_id")" "$wanted"
  done
done
