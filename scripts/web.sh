#!/usr/bin/env bash
# Builds (`build`) or checks (`check`) the page in web/. The page that is built is committed, so a check where there is no
# Node is skipped, and a line says so; a build fails.
set -euo pipefail

# shellcheck source=scripts/node.sh
source scripts/node.sh

if ! node_ready "web-$1"; then
  [ "$1" = check ] || exit 1
  exit 0
fi
npm --prefix web run --silent "$1"
