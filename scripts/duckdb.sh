#!/usr/bin/env bash
# Downloads the prebuilt libduckdb into .duckdb/<version>/ and points .duckdb/current at it.
#
# Sources, in this order: npm, the npm registry with curl, DuckDB's release on GitHub with curl. Whatever its source, the
# library must have the hash in scripts/duckdb.sha256. Exit status: 0 if the library is present or not available (in which
# case builds use the `bundled` feature, and a message says so); 1 if the downloaded library has a different hash.
set -euo pipefail

version=1.5.6
package_version=1.5.6-r.1
hashes=scripts/duckdb.sha256

say() { printf 'duckdb: %s\n' "$*" >&2; }

fall_back() {
  rm -f .duckdb/current
  say "$*"
  say "falling back to the bundled feature: DuckDB is compiled from source, which takes about 25 minutes on 2 cores"
  exit 0
}

hash_of() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# Each source puts $library into the folder $1, or fails.
from_npm() {
  command -v npm >/dev/null || return 1
  (cd "$1" && npm pack --silent "@duckdb/$package@$package_version" >/dev/null 2>&1 && tar xzf ./*.tgz "package/$library") || return 1
  mv "$1/package/$library" "$1/$library"
}

download() {
  command -v curl >/dev/null || return 1
  curl --fail --silent --location --retry 2 --connect-timeout 20 --output "$1" "$2"
}

from_registry() {
  download "$1/package.tgz" "https://registry.npmjs.org/@duckdb/$package/-/$package-$package_version.tgz" || return 1
  tar xzf "$1/package.tgz" -C "$1" "package/$library" || return 1
  mv "$1/package/$library" "$1/$library"
}

from_release() {
  command -v unzip >/dev/null || return 1
  download "$1/release.zip" "https://github.com/duckdb/duckdb/releases/download/v$version/$release.zip" || return 1
  unzip -q -o "$1/release.zip" "$library" -d "$1"
}

fetch() {
  local source
  for source in from_npm from_registry from_release; do
    say "fetching libduckdb $version for $platform: trying ${source#from_}"
    if "$source" "$1" && [ -f "$1/$library" ]; then return 0; fi
  done
  return 1
}

cd "$(dirname "$0")/.."
case "$(uname -s)/$(uname -m)" in
  Linux/x86_64) platform=linux-x64 library=libduckdb.so release=libduckdb-linux-amd64 ;;
  Linux/aarch64) platform=linux-arm64 library=libduckdb.so release=libduckdb-linux-arm64 ;;
  Darwin/x86_64) platform=darwin-x64 library=libduckdb.dylib release=libduckdb-osx-universal ;;
  Darwin/arm64) platform=darwin-arm64 library=libduckdb.dylib release=libduckdb-osx-universal ;;
  *) fall_back "no prebuilt libduckdb is known for $(uname -s) on $(uname -m)" ;;
esac
package=node-bindings-$platform
wanted=$(awk -v name="$platform/$library" '$2 == name { print $1 }' "$hashes")
[ -n "$wanted" ] || fall_back "$hashes has no hash for $platform/$library"

home=.duckdb/$version
if [ -f "$home/$library" ] && [ "$(hash_of "$home/$library")" = "$wanted" ]; then
  ln -sfn "$version" .duckdb/current
  exit 0
fi

# The existing library has a different hash, so nothing may link with it, whether or not a new one is available.
rm -f "$home/$library" .duckdb/current
mkdir -p "$home"
new=$(mktemp -d .duckdb/new.XXXXXX)
trap 'rm -rf "$new"' EXIT
fetch "$new" || fall_back "libduckdb could not be fetched from npm, its registry or GitHub"
found=$(hash_of "$new/$library")
if [ "$found" != "$wanted" ]; then
  say "STOPPED: the downloaded $library does not match the hash in $hashes"
  say "  expected $wanted"
  say "  found    $found"
  exit 1
fi
mv "$new/$library" "$home/$library"
ln -sfn "$version" .duckdb/current
say "libduckdb $version is in $home"
