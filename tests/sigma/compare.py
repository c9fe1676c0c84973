"""Compares the hits of Sigma rules with those of pySigma: tests/sigma/compare.py PROGRAM TRAIL RULES.

Each rule is converted by pySigma for SQLite and run over the records of the trail, and run by PROGRAM over a case that it loads
from the trail. The events must be the same, rule by rule. TRAIL is a file of JSON or JSON Lines, or a folder of them, compressed
or not. RULES is a file or a folder.

The record is flattened for SQLite as other tools do it: a column for each field, named by its path. A path through a list has
several values; the event then has a row for each of them, and is a hit if one of its rows is. Columns compare without regard to
case, as the specification says.
"""

import gzip
import itertools
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

import yaml
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.exceptions import SigmaError

# What pySigma converts to something else than the specification says, by the title of a rule or a part of its YAML. A rule in
# this list must differ: if it no longer does, the entry is wrong.
EXPLAINED = {
    "Number as text": "SQLite does not equate a number with its text: the record has the account as text",
    "Less or equal": "SQLite sorts texts after all numbers: records have maxResults as text",
}
TEXT = "_record"
TIME = "timestamp"


def records(trail):
    """Every event once, by its ID."""
    path = pathlib.Path(trail)
    files = sorted(path.rglob("*.json*")) if path.is_dir() else [path]
    found = {}
    for file in files:
        data = file.read_bytes()
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        try:
            documents = [json.loads(data)]
        except json.JSONDecodeError:
            documents = [json.loads(line) for line in data.splitlines() if line.strip()]
        for document in documents:
            listed = document.get("Records", [document]) if isinstance(document, dict) else document
            for record in listed:
                if "eventID" in record:
                    found.setdefault(record["eventID"], record)
    return found


def values(value, path):
    """All values at a path, through lists."""
    if isinstance(value, list):
        return [found for item in value for found in values(item, path)]
    if not path:
        return [] if value is None else [value]
    return values(value.get(path[0]), path[1:]) if isinstance(value, dict) else []


def cell(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else value


def fields(rule):
    """The fields that a rule names."""
    found = set()

    def walk(item):
        if isinstance(item, dict):
            for key, value in item.items():
                name, *modifiers = key.split("|")
                found.add(name)
                if "fieldref" in modifiers:
                    found.update([value] if isinstance(value, str) else value)
                walk(value)
        elif isinstance(item, list):
            for one in item:
                walk(one)

    for name, search in rule.get("detection", {}).items():
        if name not in ("condition", "timeframe"):
            walk(search)
    correlation = rule.get("correlation", {})
    found.update(correlation.get("group-by", []))
    found.add(correlation.get("condition", {}).get("field", ""))
    return found - {""}


def database(events, names):
    """The events with a column for each field."""
    names = sorted(names)
    connection = sqlite3.connect(":memory:")
    connection.create_function("REGEXP", 2, lambda pattern, text: text is not None and re.search(pattern, str(text)) is not None)
    quoted = "".join(f", `{name}` COLLATE NOCASE" for name in names)
    connection.execute(f"CREATE TABLE logs (_id TEXT, {TIME} TEXT, {TEXT} TEXT COLLATE NOCASE{quoted})")
    places = ", ".join("?" * (len(names) + 3))
    for event_id, record in events.items():
        cells = [[cell(value) for value in values(record, name.split("."))] or [None] for name in names]
        head = (event_id, record.get("eventTime", "").rstrip("Z"), json.dumps(record, separators=(",", ":"), ensure_ascii=False))
        for row in itertools.product(*cells):
            connection.execute(f"INSERT INTO logs VALUES ({places})", head + row)
    return connection


def theirs(rule, events):
    """The events that pySigma's query finds."""
    (query,) = sqliteBackend(fulltext_field=TEXT).convert(SigmaCollection.from_dicts([rule]))
    found = database(events, fields(rule)).execute(query.replace("SELECT * FROM", "SELECT _id FROM", 1)).fetchall()
    return {row[0] for row in found}


def their_groups(rules, events):
    """The groups that pySigma's query for a correlation finds."""
    queries = sqliteBackend().convert(SigmaCollection.from_dicts(rules))
    names = set().union(*(fields(rule) for rule in rules))
    found = database(events, names).execute(queries[-1]).fetchall()
    return {tuple(str(value).lower() for value in json.loads(row[1]).values()) for row in found}


def ours(program, case, path):
    """The hits of the program, by rule: the IDs of events."""
    ran = subprocess.run([program, "hunt", "--sigma", path, "--db", case, "--format", "jsonl"], capture_output=True)
    # 4: some rules could not be converted.
    assert ran.returncode in (0, 4), ran.stderr.decode()
    found = {}
    for line in ran.stdout.decode().splitlines():
        hit = json.loads(line)
        found.setdefault(hit["rule_id"], set()).add(hit["event_id"])
    return found, ran.stderr.decode()


def key_of(rule):
    return str(rule.get("id") or rule.get("name") or rule["title"])


def is_of_trails(rule):
    source = rule.get("logsource", {})
    return "correlation" in rule or (source.get("product"), source.get("service")) == ("aws", "cloudtrail")


def documents(path):
    path = pathlib.Path(path)
    files = sorted([*path.rglob("*.yml"), *path.rglob("*.yaml")]) if path.is_dir() else [path]
    return [rule for file in files for rule in yaml.safe_load_all(file.read_text()) if rule and is_of_trails(rule)]


def is_hidden(rule, rules):
    """Whether only correlations report the hits of a rule: it is used by one, and none says `generate: true`."""
    names = {rule.get("id"), rule.get("name")} - {None}
    users = [other["correlation"] for other in rules if "correlation" in other and names & set(other["correlation"]["rules"])]
    return bool(users) and not any(user.get("generate") for user in users)


def compare(rule, rules, events, found):
    """How the hits differ; None if they do not."""
    mine = found.get(key_of(rule), set())
    if "correlation" in rule:
        parts = [other for other in rules if other.get("name") in rule["correlation"]["rules"] or key_of(other) in rule["correlation"]["rules"]]
        yours = their_groups([*parts, rule], events)
        paths = [name.split(".") for name in rule["correlation"].get("group-by", [])]
        mine = {tuple(str(next(iter(values(events[event], path)), None)).lower() for path in paths) for event in mine}
    elif is_hidden(rule, rules):
        yours = set()
    else:
        yours = theirs(rule, events)
    return None if mine == yours else (sorted(mine - yours)[:3], sorted(yours - mine)[:3])


def main(program, trail, path):
    events = records(trail)
    rules = documents(path)
    with tempfile.TemporaryDirectory() as folder:
        case = f"{folder}/case.duckdb"
        subprocess.run([program, "load", trail, "--db", case, "--quiet"], check=True)
        found, said = ours(program, case, path)
    wrong, same, hits, skipped = [], 0, 0, []
    for rule in rules:
        title = rule["title"]
        try:
            differs = compare(rule, rules, events, found)
        except (SigmaError, ValueError) as error:
            skipped.append(f"{title}: pySigma: {error}")
            continue
        if differs is not None and title not in EXPLAINED:
            wrong.append(f"{title}: only here {differs[0]}, only pySigma {differs[1]}")
        elif differs is None and title in EXPLAINED:
            wrong.append(f"{title}: no longer differs: {EXPLAINED[title]}")
        same += differs is None
        hits += len(found.get(key_of(rule), ()))
    print(f"sigma: {same} of {len(rules)} rules have the same hits as pySigma, {hits} over {len(events)} events")
    for line in [*(f"not compared: {line}" for line in skipped), *said.splitlines(), *wrong]:
        print(f"sigma: {line}")
    return 1 if wrong or not rules else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
