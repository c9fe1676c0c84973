#!/usr/bin/env bash
# Looks at the page that the program $1 serves in a real browser: tests/browser/. Where Node or Chromium cannot be had a
# line says that it is skipped, and why.
# BIG_CASE=FILE measures it on a big case too; SCREENSHOTS=1 takes the README's pictures instead.
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
