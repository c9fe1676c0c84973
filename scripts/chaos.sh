#!/usr/bin/env bash
# Runs scripts/chaos.py on the program $1 for $2 minutes, if Python is available and the system supports the required limits.
set -euo pipefail

if [ "$(uname -s)" != Linux ] || ! command -v python3 >/dev/null; then
  echo "chaos: skipped, because it needs Linux and python3"
  exit 0
fi
exec python3 scripts/chaos.py "$@"
