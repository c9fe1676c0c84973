"""Runs a sqllogictest file as the runner of DuckDB's extensions does: tests/registry/run.py EXTENSION DESCRIPTION TEST.

Knows `statement ok`, `statement error`, `query` and `require`, which loads the extension. Also runs the hello world of
DESCRIPTION, and checks that it names what it must.
"""

import pathlib
import re
import sys

import duckdb
import yaml

extension, description, test = sys.argv[1:]
host = duckdb.connect(config={"allow_unsigned_extensions": "true"})


def cell(value):
    return "NULL" if value is None else "true" if value is True else "false" if value is False else str(value)


def blocks(text):
    """The blocks between empty lines, without comments, each with the number of its first line."""
    lines, found, first = [], [], 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.startswith("#"):
            continue
        if line:
            first = first if lines else number
            lines.append(line)
        elif lines:
            found.append((first, lines))
            lines = []
    return found


def run(number, lines):
    command, *words = lines[0].split()
    rest = lines[1:]
    if command == "require":
        host.execute(f"LOAD '{extension}'")
        return
    cut = rest.index("----") if "----" in rest else len(rest)
    sql, wanted = "\n".join(rest[:cut]), rest[cut + 1:]
    if command == "statement":
        try:
            host.execute(sql).fetchall()
        except duckdb.Error as error:
            assert words == ["error"] and "\n".join(wanted) in str(error), f"{test}:{number}: {error}"
            return
        assert words == ["ok"], f"{test}:{number}: no error"
        return
    assert command == "query", f"{test}:{number}: {command}"
    found = ["\t".join(map(cell, row)) for row in host.execute(sql).fetchall()]
    assert found == wanted, f"{test}:{number}: {found}, not {wanted}"


ran = blocks(pathlib.Path(test).read_text())
for block in ran:
    run(*block)

stated = yaml.safe_load(pathlib.Path(description).read_text())
version = re.search(r'^version = "(.*)"', pathlib.Path("Cargo.toml").read_text(), re.MULTILINE)[1]
about = stated["extension"]
assert (about["name"], about["version"], about["license"]) == ("cartographer", version, "Apache-2.0"), about
assert about["language"] == "Rust" and about["build"] == "cargo" and "rust" in about["requires_toolchains"], about
assert {"github", "ref"} <= stated["repo"].keys() and stated["docs"]["extended_description"]
hello = host.execute(stated["docs"]["hello_world"]).fetchall()
assert hello == [("Created user bob",)], hello
print(f"registry: duckdb {duckdb.__version__}: {len(ran)} blocks of {test} and the hello world")
