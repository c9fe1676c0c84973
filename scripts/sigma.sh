#!/usr/bin/env bash
# Compares the Sigma hits that the program $1 finds with those from pySigma's SQLite backend, event by event: for our own rules
# on the demo trail and, if SIGMA_RULES is set, for the rules in that folder on the trail SIGMA_TRAIL (the demo by default).
# The packages are kept in target/clients. Without Python or PyPI, nothing is compared, and a message says so.
set -euo pipefail

program=$1
packages="pysigma==2.0.1 pysigma-backend-sqlite==2.1.1"

# shellcheck source=scripts/packages.sh
source scripts/packages.sh

if ! command -v python3 >/dev/null || ! install "$packages" pysigma >/dev/null 2>&1; then
  echo "sigma: skipped, because python3 or pySigma is not available"
  exit 0
fi
python=$clients/pysigma/bin/python
"$python" tests/sigma/compare.py "$program" demo/trail.json.gz tests/sigma/rules
if [ -n "${SIGMA_RULES:-}" ]; then
  "$python" tests/sigma/compare.py "$program" "${SIGMA_TRAIL:-demo/trail.json.gz}" "$SIGMA_RULES"
else
  echo "sigma: public rules are not compared: set SIGMA_RULES to a folder that contains them, such as rules/cloud/aws from SigmaHQ"
fi
