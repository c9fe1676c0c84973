# To be sourced by scripts that need Node, to check whether it is available.

# Installs the packages in web/package-lock.json, unless they are installed. If Node 20, npm or its registry is not
# available, fails with a message that starts with $1 and says why.
node_ready() {
  local have
  have=$(node --version 2>/dev/null) || { echo "$1: skipped, because node is not available"; return 1; }
  have=${have#v}
  [ "${have%%.*}" -ge 20 ] || { echo "$1: skipped, because node is $have, but version 20 or later is required"; return 1; }
  command -v npm >/dev/null || { echo "$1: skipped, because npm is not available"; return 1; }
  if ! cmp -s web/package-lock.json web/node_modules/.installed; then
    npm --prefix web ci --no-audit --no-fund --ignore-scripts --silent >/dev/null ||
      { echo "$1: skipped, because npm cannot download the packages in web/package-lock.json"; return 1; }
    cp web/package-lock.json web/node_modules/.installed
  fi
}
