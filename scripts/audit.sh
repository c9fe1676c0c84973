#!/usr/bin/env bash
# Checks the dependencies in all lock files against advisory databases: Cargo.lock, python/Cargo.lock and
# fuzz/Cargo.lock against RustSec (cargo-deny or cargo-audit), web/package-lock.json against npm's registry, and the Python
# packages that the checks use, in their pinned versions, against PyPI. Messages say what was checked, and what was skipped
# because the tool or its database is not available. The exit code is 1 if there is an advisory.
set -uo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=scripts/packages.sh
source scripts/packages.sh

found=0 checked=0 skipped=0
say() { printf 'audit: %s\n' "$*"; }
clean() { checked=$((checked + 1)); say "$1: no advisory"; }
skip() { skipped=$((skipped + 1)); say "$1: SKIPPED: $2"; }
advisory() { found=$((found + 1)); checked=$((checked + 1)); say "$1: ADVISORIES"; printf '%s\n' "$2"; }

rust() {
  local manifest lock said
  for manifest in Cargo.toml python/Cargo.toml fuzz/Cargo.toml; do
    lock=${manifest%.toml}.lock
    if [ "$1" = deny ]; then
      said=$(cargo deny --locked --manifest-path "$manifest" check --config deny.toml --disable-fetch advisories 2>&1)
    else
      said=$(cargo audit --no-fetch --deny warnings --file "$lock" 2>&1)
    fi && clean "$lock" || advisory "$lock" "$said"
  done
  # Licenses and sources of what is shipped. The fuzz targets are not shipped.
  [ "$1" = deny ] || return
  for manifest in Cargo.toml python/Cargo.toml; do
    said=$(cargo deny --locked --manifest-path "$manifest" check --config deny.toml licenses bans sources 2>&1) ||
      advisory "$manifest (licenses, sources)" "$said"
  done
}

if cargo deny --version >/dev/null 2>&1; then
  if said=$(cargo deny fetch db 2>&1); then rust deny; else skip "Rust" "the RustSec database cannot be downloaded (${said##*$'\n'})"; fi
elif cargo audit --version >/dev/null 2>&1; then
  # Downloads the database; anything that this run finds is found again.
  said=$(cargo audit --file Cargo.lock 2>&1)
  if grep -q "couldn't fetch\|error loading\|failed to fetch" <<<"$said"; then
    skip "Rust" "the RustSec database cannot be downloaded"
  else
    rust audit
  fi
else
  skip "Rust" "neither cargo-deny nor cargo-audit is installed (cargo install cargo-deny)"
fi

if ! command -v npm >/dev/null; then
  skip "web/package-lock.json" "npm is not available"
else
  said=$(npm --prefix web audit --package-lock-only --json 2>/dev/null)
  case $said in
  *'"auditReportVersion"'*'"total": 0'*) clean "web/package-lock.json" ;;
  *'"auditReportVersion"'*) advisory "web/package-lock.json" "$(npm --prefix web audit --package-lock-only 2>/dev/null)" ;;
  *) skip "web/package-lock.json" "the npm registry does not answer about advisories" ;;
  esac
fi

# Each version of a package gets its own list.
pinned=$(grep -ohE '\b[a-zA-Z][a-zA-Z0-9-]*==[0-9][0-9.]*' scripts/*.sh | sort -u)
if ! command -v python3 >/dev/null || ! install "pip-audit==2.10.1" >/dev/null 2>&1; then
  skip "Python packages of the checks" "python3 or pip-audit is not available"
else
  lists=$(mktemp -d)
  awk -F== -v folder="$lists" '{ print > (folder "/" ++count[$1]) }' <<<"$pinned"
  for list in "$lists"/*; do
    said=$("$clients/pip-audit==2.10.1/bin/python" -m pip_audit --requirement "$list" --no-deps --disable-pip \
      --vulnerability-service pypi --format json --progress-spinner off 2>/dev/null)
    python3 - "$said" <<'P'
import json
import sys

try:
    packages = json.loads(sys.argv[1])["dependencies"]
except (ValueError, KeyError):
    sys.exit(2)
unknown = [package["name"] for package in packages if "skip_reason" in package]
bad = [(package["name"], package["version"], fault["id"]) for package in packages for fault in package.get("vulns", [])]
print("; ".join(" ".join(fault) for fault in bad) or ", ".join(unknown))
sys.exit(1 if bad else 2 if unknown else 0)
P
    case $? in
    0) clean "Python packages of the checks ($(paste -sd ' ' "$list"))" ;;
    1) advisory "Python packages of the checks" "" ;;
    *) skip "Python packages of the checks ($(paste -sd ' ' "$list"))" "PyPI does not answer about advisories" ;;
    esac
  done
  rm -rf "$lists"
fi

say "$checked lists checked, $skipped skipped, $found with advisories"
[ "$found" -eq 0 ]
