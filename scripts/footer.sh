#!/usr/bin/env bash
# Makes the library in the folder $1 the loadable extension $2: a copy with the footer from which DuckDB determines which
# clients a library is for. The footer states that the stable C API is used, as of 1.2.0, so that every later client loads it.
set -euo pipefail

extension=$2
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
library=$1/libcartographer.so
[ -e "$library" ] || library=$1/libcartographer.dylib

case "$(uname -s)/$(uname -m)" in
  Linux/x86_64) platform=linux_amd64 ;;
  Linux/aarch64) platform=linux_arm64 ;;
  Darwin/x86_64) platform=osx_amd64 ;;
  Darwin/arm64) platform=osx_arm64 ;;
  *) echo "extension: DuckDB has no platform name for $(uname -s) on $(uname -m)" >&2; exit 1 ;;
esac

# A field of $1 bytes: the text $2, padded with zeros.
field() { printf '%s' "$2"; head -c $(($1 - ${#2})) /dev/zero; }

mkdir -p "$(dirname "$extension")"
new=$extension.new
trap 'rm -f "$new"' EXIT
{
  cat "$library"
  # The header of a WebAssembly custom section, as DuckDB's own tools write it: its number, lengths and name.
  printf '\000\223\004\020duckdb_signature\200\004'
  for text in "" "" "" C_STRUCT "v$version" v1.2.0 "$platform" 4; do field 32 "$text"; done
  # In place of a signature.
  field 256 ""
} >"$new"
mv "$new" "$extension"
