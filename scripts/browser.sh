#!/usr/bin/env bash
# Tests the page that the program $1 serves in a real browser: tests/browser/. If Node or Chromium is not available, a
# message says that the tests are skipped, and why.
# BIG_CASE=FILE also measures the page on a large case; SCREENSHOTS=1 takes the README's screenshots instead.
set -euo pipefail

# shellcheck source=scripts/node.sh
source scripts/node.sh

node_ready browser || exit 0
if ! CHROMIUM=$(scripts/chromium.sh 2>&1); then
  echo "browser: skipped: $CHROMIUM"
  exit 0
fi
export CHROMIUM
mkdir -p target
[ -z "${SCREENSHOTS:-}" ] || mkdir -p docs/images
node --test-reporter=spec tests/browser/main.mjs "$1"
