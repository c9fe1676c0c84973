#!/usr/bin/env bash
# Builds both wheels in target/wheels and checks them: the program (cloudtrail-cartographer), which contains libduckdb, and the
# Python library (cloudtrail-cartographer-lib). Installed in a new environment without Rust, a compiler or network access, the
# program must load the demo trail and serve it, and the library must load it.
#
# With ZIG=1, and if cargo-zigbuild is installed (`pip install cargo-zigbuild`), the program is linked for an older glibc than
# the one on this machine. PROFILE selects another profile than release.
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${PROFILE:-release}
target=${CARGO_TARGET_DIR:-target}
stage=$target/dist
python=${PYTHON:-python3}
# The oldest glibc that libduckdb itself supports. manylinux_2_28 is the oldest tag above it that PyPI defines.
glibc=2.28

say() { printf 'dist: %s\n' "$*" >&2; }
size() { printf '%d.%d MB' $(($(wc -c <"$1") / 1000000)) $(($(wc -c <"$1") / 100000 % 10)); }

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)

# The program finds libduckdb in its own folder.
program=cartographer
case $(uname -s) in
  Darwin) library=libduckdb.dylib origin='-C link-arg=-Wl,-rpath,@loader_path' ;;
  MINGW* | MSYS* | CYGWIN*) library=duckdb.dll origin='' program=cartographer.exe ;;
  # shellcheck disable=SC2016 # the linker receives $ORIGIN as it is
  *) library=libduckdb.so origin='-C link-arg=-Wl,-rpath,$ORIGIN' ;;
esac
features=(--no-default-features --features program)
if ! [ -e .duckdb/current ]; then
  say "there is no prebuilt libduckdb for this machine: DuckDB is compiled into the program"
  features=() origin=''
fi
built=$target/$profile
[ "$profile" = dev ] && built=$target/debug
if [ -n "${ZIG:-}" ]; then
  host=$(rustc -vV | sed -n 's/^host: //p')
  # shellcheck disable=SC2086 # several words
  cargo zigbuild "${features[@]}" --locked --profile "$profile" --bin cartographer \
    --target "$host.$glibc" --config "build.rustflags=[$(printf '"%s",' $origin)\"-Cstrip=symbols\"]"
  built=$target/$host/${built##*/}
else
  # shellcheck disable=SC2086 # several words
  cargo rustc "${features[@]}" --locked --profile "$profile" --bin cartographer -- \
    $origin -C strip=symbols
fi

rm -rf "$stage"
mkdir -p "$stage" "$target/wheels"
cp -R packaging/pypi/. "$stage"
package=$stage/cloudtrail_cartographer_cli
mkdir "$package/bin"
cp "$built/$program" "$package/bin/"
[ ${#features[@]} -eq 0 ] || cp "$(readlink -f ".duckdb/current/$library")" "$package/bin/$library"
cp LICENSE NOTICE "$stage"
cargo tree "${features[@]}" --locked --edges normal --prefix none --format '{p} {l}' |
  sed 's/ (\/[^)]*)//; s/ (\*)$//' | sort -u >"$stage/THIRD-PARTY.txt"
sed -i.bak "s/^__version__ = .*/__version__ = \"$version\"/" "$package/__init__.py" && rm "$package/__init__.py.bak"

$python -m venv "$stage/tools"
tools=$stage/tools/bin
[ -d "$tools" ] || tools=$stage/tools/Scripts
"$tools/python" -m pip install --quiet --disable-pip-version-check build hatchling wheel twine maturin
"$tools/python" -m build --wheel --no-isolation --outdir "$stage/wheels" "$stage" >/dev/null

# The newest glibc that the program or the library needs determines the platform tag.
case $(uname -s) in
  Linux)
    newest=$(cat "$package"/bin/* | grep -aoE 'GLIBC_2\.[0-9]+' | sort -t. -k2 -n | tail -1)
    newest=${newest##*.}
    [ "$newest" -ge "${glibc##*.}" ] || newest=${glibc##*.}
    platform=manylinux_2_${newest}_$(uname -m)
    ;;
  Darwin) platform=macosx_11_0_$(uname -m) ;;
  *) platform=win_amd64 ;;
esac
"$tools/wheel" tags --remove --python-tag py3 --abi-tag none --platform-tag "$platform" "$stage"/wheels/*.whl >/dev/null
wheel=$(basename "$stage"/wheels/*.whl)

# The Python library. Its license files are the project's.
cp LICENSE NOTICE python/
trap 'rm -f python/LICENSE python/NOTICE' EXIT
(cd python && PATH="$(cd .. && cd "$tools" && pwd):$PATH" CARGO_TARGET_DIR="$(cd .. && cd "$target" && pwd)" \
  maturin build --quiet --locked --profile "$profile" ${ZIG:+--zig --compatibility manylinux_2_17} --out "$(cd .. && cd "$stage" && pwd)/wheels")
rm -f python/LICENSE python/NOTICE
lib=$(basename "$stage"/wheels/cloudtrail_cartographer_lib-*.whl)
"$tools/twine" check --strict "$stage"/wheels/*.whl >/dev/null
for file in "$stage"/wheels/*.whl; do
  for needed in LICENSE NOTICE; do
    "$tools/python" -m zipfile -l "$file" | grep -q "licenses/$needed" || { say "$file does not contain $needed"; exit 1; }
  done
done
cp "$stage"/wheels/*.whl "$target/wheels/"
say "$target/wheels/$wheel: $(size "$target/wheels/$wheel")"
say "$target/wheels/$lib: $(size "$target/wheels/$lib")"

# The user's situation: a new environment without Rust, a compiler, or LD_LIBRARY_PATH.
now() { date +%s%N; }
since() { printf '%d.%d s' $((($(now) - $1) / 1000000000)) $((($(now) - $1) / 100000000 % 10)); }
begun=$(now)
$python -m venv "$stage/user"
user=$stage/user/bin
[ -d "$user" ] || user=$stage/user/Scripts
"$user/python" -m pip install --quiet --disable-pip-version-check --no-index "$target/wheels/$wheel"
say "installed in $(since "$begun")"
installed=$(cd "$user" && pwd)/cartographer
trail=$(pwd)/demo/trail.json.gz
folder=$(mktemp -d)
server=
finish() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"; }
trap finish EXIT
clean() { env -i PATH=/usr/bin:/bin HOME="$folder" "$@"; }
(
  cd "$folder"
  [ "$(clean "$installed" --version)" = "cartographer $version" ]
  clean "$installed" load "$trail" --db case.duckdb --quiet
  clean "$installed" timeline --db case.duckdb | grep -q 'Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup'
)
say "loaded the demo after $(since "$begun")"
(cd "$folder" && exec env -i PATH=/usr/bin:/bin HOME="$folder" "$installed" serve --db case.duckdb --port 0 >served 2>&1) &
server=$!
for _ in $(seq 100); do grep -q 'http://' "$folder/served" 2>/dev/null && break; sleep 0.1; done
address=$(grep -oE 'http://[^ ]+' "$folder/served" | head -1)
"$user/python" - "$address" <<'PYTHON'
import sys, urllib.request
page = urllib.request.urlopen(sys.argv[1], timeout=20).read().decode()
assert "<title>" in page and "cartographer" in page, page[:300]
PYTHON
say "served the page after $(since "$begun")"

# The library needs pyarrow.
if "$user/python" -m pip install --quiet --disable-pip-version-check pyarrow duckdb >/dev/null 2>&1; then
  "$user/python" -m pip install --quiet --disable-pip-version-check --no-index "$target/wheels/$lib"
  (cd "$folder" && clean "$(cd "$OLDPWD" && cd "$user" && pwd)/python" - "$trail" "$version" <<'PYTHON'
import sys
import cloudtrail_cartographer as cartographer
assert cartographer.__version__ == sys.argv[2], cartographer.__version__
case = cartographer.load(sys.argv[1])
assert case.signals.num_rows == 60 and len(case.hunt("persistence/access-key-for-another")) == 2, case
PYTHON
  )
  say "the library loads the demo"
else
  say "the library is not checked, because pyarrow or duckdb is not available"
fi
