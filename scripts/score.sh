#!/usr/bin/env bash
# Scores the program $1 against the labeled sessions in the folder $2, if it exists: the sessions named
# below must be mapped exactly. Without the folder or Python, nothing is checked, and a message says so.
set -euo pipefail

program=$1
shared=$2
sessions=(96db9634 e0d74f6e 8bf8ccf4 b5ff7b31 f8556c65 ae2b9f71 e07a7754)

if ! [ -f "$shared/tools/score.py" ] || ! command -v python3 >/dev/null; then
  echo "score: skipped, because $shared/tools/score.py or python3 is not available"
  exit 0
fi
chosen=$(mktemp -d)
trap 'rm -rf "$chosen"' EXIT
for session in "${sessions[@]}"; do
  ln -s "$(cd "$shared/sessions/$session" && pwd)" "$chosen/$session"
done
summary=$(python3 "$shared/tools/score.py" --bin "$program" --sessions "$chosen" --json)
echo "score: $summary"
python3 - "$summary" <<'PYTHON'
import json, sys

score = json.loads(sys.argv[1])
if score["exact"] != 1.0 or (score["context"] or 0) < 0.95 or score["extra"]:
    sys.exit("score: expected exact 1.0, context at least 0.95 and extra 0")
PYTHON
