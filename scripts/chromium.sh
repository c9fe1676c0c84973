#!/usr/bin/env bash
# Prints the path of Chromium. If it is missing, installs Debian's package when run as root on Debian. If Chromium is not
# available, fails and says why.
set -euo pipefail

find_chromium() {
  local name
  for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
    if command -v "$name"; then return 0; fi
  done
  return 1
}

install_chromium() {
  [ "$(id -u)" = 0 ] || { echo "Chromium is not installed, and only root can install it" >&2; return 1; }
  command -v apt-get >/dev/null || { echo "Chromium is not installed, and there is no apt-get to install it" >&2; return 1; }
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium fonts-dejavu-core; } \
    >/dev/null 2>&1 || { echo "Chromium is not installed, and apt-get cannot install it" >&2; return 1; }
}

find_chromium && exit 0
install_chromium
find_chromium
