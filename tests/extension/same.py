"""Holds the extension against a case: tests/extension/same.py EXTENSION CASE TRAIL [all].

Row by row and type by type, what the extension answers for the trail is what a load wrote into the case: its tables; the tables
again, from rows of a table that nobody has committed yet; and if all is asked for, its views and hunts.
"""

import gzip
import json
import pathlib
import sys
import tempfile

import duckdb

TABLES = ("events", "sessions", "signals", "event_signal", "signal_entities", "load_files", "rejects")
MAPPED = ("events", "sessions", "signals", "event_signal", "signal_entities")
# The columns of a table of Athena's that are plain text.
PLAIN = ("eventid", "eventname", "eventsource", "awsregion", "sourceipaddress", "useragent", "errorcode", "errormessage",
         "eventtype", "recipientaccountid", "readonly", "requestid", "sessioncredentialfromconsole")
# What depends on when and from where a trail was read.
APART = {"load_files": "loaded_at", "load_ledger": "loaded_at", "map_events": "source_file, source_record"}

extension, case, trail, *more = sys.argv[1:]
host = duckdb.connect(config={"allow_unsigned_extensions": "true"})
host.execute(f"LOAD '{extension}'")
host.execute(f"ATTACH '{case}' AS kept (READ_ONLY)")


def rows(query):
    answer = host.execute(query)
    return [(column[0], str(column[1])) for column in answer.description], answer.fetchall()


def hold(name, found, wanted):
    """Fails unless two answers are one."""
    assert found[0] == wanted[0], f"{name}: columns {found[0]}, not {wanted[0]}"
    for one, other in zip(found[1], wanted[1]):
        assert one == other, f"{name}:\n{one}\nis not\n{other}"
    assert len(found[1]) == len(wanted[1]), f"{name}: {len(found[1])} rows, not {len(wanted[1])}"
    return len(found[1])


def same(name, source, kept):
    """Holds a source of rows against what the case keeps."""
    apart = APART.get(name, "")
    query = f"SELECT * {f'EXCLUDE ({apart})' if apart else ''} FROM {{}} ORDER BY ALL"
    return hold(name, rows(query.format(source)), rows(query.format(f"kept.{kept}")))


def tables():
    for table in TABLES:
        same(table, f"cartographer_ext.{table}('{trail}')", table)
        yield f"{same(table, f'cartographer_{table}(' + repr(trail) + ')', table)} {table}"


def views():
    names = "SELECT view_name FROM duckdb_views() WHERE database_name = 'kept' AND NOT internal ORDER BY ALL"
    found = [same(view, f"cartographer_ext.{view}('{trail}')", view) for (view,) in host.execute(names).fetchall()]
    assert len(found) > 10 and sum(found) > 1000, found
    return f"{len(found)} views with {sum(found)} rows"


def hunts():
    found = []
    for file in sorted(pathlib.Path("sql/hunts").glob("*/*.sql")):
        name = f"hunt_{file.stem.replace('-', '_')}"
        host.execute("USE kept")
        try:
            wanted = rows(file.read_text())
        except duckdb.BinderException:
            # Some hunts are in words that older hosts do not know.
            assert duckdb.__version__ < "1.4", name
            continue
        finally:
            host.execute("USE memory")
        found.append(hold(name, rows(f"FROM cartographer_ext.{name}('{trail}')"), wanted))
    assert len(found) > 50 and sum(found) > 100, found
    many = "SELECT count(*) FROM cartographer_ext.hunt_many_pages_opened('{}', pages := {}, principal := '{}')"
    few, none = (host.execute(many.format(trail, *given)).fetchone()[0] for given in ((3, "%"), (3, "nobody")))
    assert few > 0 and none == 0, (few, none)
    return f"{len(found)} hunts with {sum(found)} rows"


def lower(value):
    """Every name in the value in small letters."""
    return {name.lower(): lower(member) for name, member in value.items()} if isinstance(value, dict) else value


def athena(record):
    """A record as a table of Athena's has it."""
    objects = ("requestParameters", "responseElements")
    plain = {name.lower(): lower(value) for name, value in record.items() if name not in objects}
    return plain | {name.lower(): json.dumps(record[name]) for name in objects if record.get(name) is not None}


def own_table():
    """A table of raw records, and one into whose columns DuckDB's own reader put them."""
    with gzip.open(trail) as file:
        records = json.load(file)["Records"]
    host.execute("BEGIN")
    host.execute("CREATE TABLE mine (raw VARCHAR)")
    texts = [[json.dumps(record, separators=(",", ":"), ensure_ascii=False)] for record in records]
    host.executemany("INSERT INTO mine VALUES (?)", texts)
    found = [same(f"map_{table}", f"cartographer_ext.map_{table}('mine')", table) for table in MAPPED]
    event = host.execute("SELECT cartographer_event(raw).event_id FROM mine LIMIT 1").fetchone()[0]
    assert event == records[0]["eventID"], event
    host.execute(f"CREATE TABLE flat AS SELECT unnest(r) FROM (SELECT unnest(Records) AS r FROM read_json('{trail}'))")
    for table in ("signals", "event_signal"):
        same(table, f"cartographer_ext.map_{table}('flat')", table)
    host.execute("ROLLBACK")
    return f"{sum(found)} rows from rows of a table"


done = [*tables(), own_table(), *([views(), hunts()] if more else [])]
print(f"extension: Python duckdb {duckdb.__version__}: as load wrote them: {', '.join(done)}")
