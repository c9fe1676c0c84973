#!/usr/bin/env bash
# Builds (`build`) or checks (`check`) the page in web/. The built page is committed, so without Node a check is
# skipped, with a message, but a build fails.
set -euo pipefail

# shellcheck source=scripts/node.sh
source scripts/node.sh

if ! node_ready "web-$1"; then
  [ "$1" = check ] || exit 1
  exit 0
fi
npm --prefix web run --silent "$1"
