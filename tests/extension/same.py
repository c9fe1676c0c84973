"""Holds the extension against a case: tests/extension/same.py EXTENSION CASE TRAIL [hunts] [views].

Row by row and type by type, what the extension answers for the trail is what a load wrote into the case: its tables; the tables
again, from rows of a table that nobody has committed yet; and if they are asked for, its views and hunts.
"""

import bz2
import gzip
import io
import json
import lzma
import pathlib
import sys
import tempfile
import zipfile

import duckdb

TABLES = ("events", "sessions", "signals", "event_signal", "signal_entities", "load_files", "rejects")
MAPPED = ("events", "sessions", "signals", "event_signal", "signal_entities")
# The columns of a table of Athena's: texts, those of its partitions, structs.
TEXTS = ("eventversion", "eventid", "eventtime", "eventname", "eventsource", "awsregion", "sourceipaddress", "useragent",
         "errorcode", "errormessage", "requestparameters", "responseelements", "additionaleventdata", "requestid",
         "eventtype", "apiversion", "readonly", "managementevent", "eventcategory", "recipientaccountid",
         "serviceeventdetails", "sharedeventid", "vpcendpointid", "sessioncredentialfromconsole")
PARTS = ("region", "year", "month", "day", "accountid")
STRUCTS = {
    "useridentity": "STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, invokedby VARCHAR, "
    "accesskeyid VARCHAR, username VARCHAR, sessioncontext STRUCT(attributes STRUCT(mfaauthenticated VARCHAR, "
    "creationdate VARCHAR), sessionissuer STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, "
    "username VARCHAR)))",
    "resources": "STRUCT(arn VARCHAR, accountid VARCHAR, type VARCHAR)[]",
    "tlsdetails": "STRUCT(tlsversion VARCHAR, ciphersuite VARCHAR, clientprovidedhostheader VARCHAR)",
}
# What depends on when and from where a trail was read.
APART = {"load_files": "loaded_at", "load_ledger": "loaded_at", "map_events": "source_file, source_record"}
# A table has its columns in one order, and a record its members in any.
APART["athena_events"] = f"{APART['map_events']}, extra"

extension, case, trail, *more = sys.argv[1:]
host = duckdb.connect(config={"allow_unsigned_extensions": "true"})
host.execute(f"LOAD '{extension}'")
host.execute(f"ATTACH '{case}' AS kept (READ_ONLY)")


def described():
    """Every macro has a comment, but for those that hunts are made of."""
    bare = "SELECT function_name FROM duckdb_functions() WHERE database_name = 'cartographer_ext' AND comment IS NULL"
    bare = [name for (name,) in host.execute(bare).fetchall() if not name.startswith("_hunt")]
    assert not bare, bare


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
        wanted = rows(file.read_text())
        host.execute("USE memory")
        found.append(hold(name, rows(f"FROM cartographer_ext.{name}('{trail}')"), wanted))
    assert len(found) > 50 and sum(found) > 100, found
    many = "SELECT count(*) FROM cartographer_ext.hunt_many_pages_opened('{}', pages := {}, principal := '{}')"
    few, none = (host.execute(many.format(trail, *given)).fetchone()[0] for given in ((3, "%"), (3, "nobody")))
    assert few > 0 and none == 0, (few, none)
    return f"{len(found)} hunts with {sum(found)} rows"


def forms():
    """The same trail in other containers, encodings and cuts, and from one thread: the same rows, but for where they were read."""
    with gzip.open(trail) as file:
        text = file.read()
    records = json.loads(text)["Records"]
    step = len(records) // 7 + 1

    def compact(value):
        """JSON without spaces, as in the trail: a case keeps the text of requests and responses."""
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    cuts = [compact({"Records": records[at : at + step]}).encode() for at in range(0, len(records), step)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, cut in enumerate(cuts):
            archive.writestr(f"{number}.json", cut)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, data in {
            "plain.json": text, "packed.bz2": bz2.compress(text, 1), "packed.xz": lzma.compress(text, preset=0),
            "packed.zip": packed.getvalue(), "wide.json": text.decode().encode("utf-16"),
            "lines.json": "\n".join(map(compact, records)).encode(),
            **{f"cuts/{number}.json.gz": gzip.compress(cut, 1) for number, cut in enumerate(cuts)},
        }.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        for name in ("plain.json", "packed.bz2", "packed.xz", "packed.zip", "wide.json", "lines.json", "cuts"):
            for table in MAPPED:
                host.execute(f"SET threads = {1 + len(found) % 3}")
                # Named as the functions that have no place of a record either.
                found.append(same(f"map_{table}", f"cartographer_{table}('{folder}/{name}')", table))
    host.execute("RESET threads")
    return f"{sum(found)} rows from 7 other forms of the trail"


def lower(value):
    """Every name in the value in small letters."""
    if isinstance(value, dict):
        return {name.lower(): lower(member) for name, member in value.items()}
    return [lower(item) for item in value] if isinstance(value, list) else value


def athena(record):
    """A record as a row of Athena's."""
    objects = ("requestParameters", "responseElements", "additionalEventData")
    texts = {name.lower(): json.dumps(record[name]) for name in objects if name in record}
    year, month, day = record["eventTime"][:10].split("-")
    parts = (record["awsRegion"], year, month, day, record["recipientAccountId"])
    return lower({name: value for name, value in record.items() if name not in objects}) | texts | dict(zip(PARTS, parts))


def athena_table(records):
    """A table of Athena's, with partitions."""
    columns = dict.fromkeys(TEXTS + PARTS, "VARCHAR") | STRUCTS
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "rows.json")
        file.write_text("\n".join(json.dumps(athena(record)) for record in records))
        host.execute(f"CREATE TABLE athena AS FROM read_json('{file}', format = 'newline_delimited', columns = {columns!r})")
    for table in MAPPED:
        same(f"athena_{table}", f"cartographer_ext.map_{table}('athena')", table)
    assert extras("cartographer_ext.map_events('athena')") == extras("kept.events")


def extras(events):
    """What no column holds of each event."""
    found = host.execute(f"SELECT event_id, extra FROM {events}").fetchall()
    return {event: extra and json.loads(extra) for event, extra in found}


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
    athena_table(records)
    host.execute("ROLLBACK")
    return f"{sum(found)} rows from rows of a table"


described()
selected = {"views": views, "hunts": hunts}
done = [*tables(), forms(), own_table(), *(selected[name]() for name in more)]
print(f"extension: Python duckdb {duckdb.__version__}: as load wrote them: {', '.join(done)}")
