#!/usr/bin/env bash
# Builds the program's wheel in target/wheels and checks it: installed in a new environment without a compiler on the PATH,
# it must load the demo trail.
#
# Usage: scripts/dist.sh [PROFILE]   (release)
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${1:-release}
target=${CARGO_TARGET_DIR:-target}
stage=$target/dist
python=${PYTHON:-python3}

say() { printf 'dist: %s\n' "$*" >&2; }

[ -e .duckdb/current ] || { say "there is no prebuilt libduckdb for this machine; the wheel needs it"; exit 1; }
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)

# The program finds libduckdb in its own folder.
case $(uname -s) in
  Darwin) library=libduckdb.dylib origin='@loader_path' ;;
  *) library=libduckdb.so origin="\$ORIGIN" ;;
esac
cargo rustc --no-default-features --features program --locked --profile "$profile" --bin cartographer -- \
  -C link-arg=-Wl,-rpath,"$origin" -C strip=symbols

rm -rf "$stage"
mkdir -p "$stage" "$target/wheels"
cp -R packaging/pypi/. "$stage"
package=$stage/cloudtrail_cartographer
mkdir "$package/bin"
cp "$target/$profile/cartographer" "$package/bin/"
cp "$(readlink -f ".duckdb/current/$library")" "$package/bin/$library"
cp LICENSE NOTICE "$stage"
cargo tree --no-default-features --features program --locked --edges normal --prefix none --format '{p} {l}' |
  sed 's/ (\/[^)]*)//; s/ (\*)$//' | sort -u > "$stage/THIRD-PARTY.txt"
sed -i.bak "s/^__version__ = .*/__version__ = \"$version\"/" "$package/__init__.py" && rm "$package/__init__.py.bak"

$python -m venv "$stage/tools"
"$stage/tools/bin/pip" install --quiet build hatchling wheel twine
"$stage/tools/bin/python" -m build --wheel --no-isolation --outdir "$stage/wheels" "$stage" >/dev/null

# The oldest glibc that supports both the program and the library determines the platform tag.
case $(uname -s) in
  Linux)
    newest=$(cat "$package"/bin/* | grep -aoE 'GLIBC_2\.[0-9]+' | sort -t. -k2 -n | tail -1)
    platform=manylinux_2_${newest##*.}_$(uname -m)
    ;;
  Darwin) platform=macosx_11_0_$(uname -m) ;;
  *) platform=win_amd64 ;;
esac
"$stage/tools/bin/wheel" tags --remove --python-tag py3 --abi-tag none --platform-tag "$platform" "$stage"/wheels/*.whl >/dev/null
"$stage/tools/bin/twine" check --strict "$stage"/wheels/*.whl >/dev/null
cp "$stage"/wheels/*.whl "$target/wheels/"
wheel=$(basename "$stage"/wheels/*.whl)
say "$target/wheels/$wheel: $(($(wc -c < "$target/wheels/$wheel") / 1000000)) MB"

# The user's situation: a new environment without Rust, a compiler, or LD_LIBRARY_PATH.
begun=$(date +%s)
$python -m venv "$stage/user"
"$stage/user/bin/pip" install --quiet --no-index "$target/wheels/$wheel"
program=$(cd "$stage/user/bin" && pwd)/cartographer
trail=$(pwd)/demo/trail.json.gz
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
clean() { env -i PATH=/usr/bin:/bin HOME="$folder" "$program" "$@"; }
[ "$(clean --version)" = "cartographer $version" ]
clean load "$trail" --db case.duckdb --quiet
clean timeline --db case.duckdb | grep -q 'Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup'
say "installed, and the demo was loaded, in $(($(date +%s) - begun)) s"
