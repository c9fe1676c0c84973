"""Uses the extension wrongly: tests/extension/misuse.py EXTENSION TRAIL FOLDER.

Each wrong use must end in an error that says what is wrong, or in an answer that hides nothing; after each the client is
alive, and nothing is in the user's database.
"""

import gzip
import json
import os
import pathlib
import sys
import tempfile
import threading
import time

import duckdb

extension, trail, folder = sys.argv[1:]
folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
load = f"LOAD '{extension}'"
records = json.loads(gzip.decompress(pathlib.Path(trail).read_bytes()))["Records"]
done = []


def connect(database=":memory:", **settings):
    return duckdb.connect(str(database), **settings, config={"allow_unsigned_extensions": "true"})


def loaded(database=":memory:", **settings):
    host = connect(database, **settings)
    host.execute(load)
    return host


def well(host):
    """Fails unless the client answers, and nothing is in its database."""
    assert host.execute("SELECT 40 + 2").fetchone() == (42,)
    assert host.execute(f"SELECT count(*) FROM cartographer_signals('{trail}')").fetchone() == (60,)
    for kind in ("tables", "views", "types", "functions"):
        name = "schema_name" if kind == "types" else "database_name"
        mine = f"SELECT * FROM duckdb_{kind}() WHERE database_name NOT IN ('system', 'temp', 'cartographer_ext') AND NOT internal"
        assert host.execute(mine).fetchall() == [], kind


def refused(what, sql, *words, host=None, parameters=()):
    """Fails unless the statement ends in an error with these words."""
    host = host or shared
    try:
        answer = host.execute(sql, parameters).fetchall()
    except duckdb.Error as error:
        said = str(error)
    else:
        raise AssertionError(f"{what}: answered {answer[:3]}")
    for word in words:
        assert word in said, f"{what}: {word!r} is not in: {said}"
    well(host)
    done.append(what)


def answered(what, found, wanted, host=None):
    assert found == wanted, f"{what}: {found}, not {wanted}"
    well(host or shared)
    done.append(what)


def write(name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def count(host, source):
    return host.execute(f"SELECT count(*) FROM {source}").fetchone()[0]


shared = loaded()
signals = "FROM cartographer_signals({})"

# What is no path.
refused("no path", signals.format(""), "cartographer_signals")
refused("a number", signals.format("42"), "42 is not a path", "a folder")
refused("NULL", signals.format("NULL"), "a path is NULL")
refused("no paths", signals.format("[]::VARCHAR[]"), "the list of paths is empty")
refused("NULL in a list", signals.format(f"['{trail}', NULL]"), "a path is NULL")
refused("numbers in a list", signals.format("[1, 2]"), "is not a path")
refused("empty text", signals.format("''"), "a path is empty")
refused("a struct", signals.format("{'a': 1}"), "is not a path")
refused("standard input", signals.format("'-'"), "standard input")
refused("a column", f"SELECT * FROM (SELECT '{trail}' AS p) AS t, cartographer_signals(t.p)")
refused("a subquery", signals.format(f"(SELECT '{trail}')"))

# Paths with nothing behind them.
refused("a missing path", signals.format(f"'{folder}/none.json'"), "no such file or folder", "none.json")
refused("an idle glob", signals.format(f"'{folder}/*.nothing'"), "no file matches", "*.nothing")
(folder / "empty").mkdir()
refused("an empty folder", signals.format(f"'{folder}/empty'"), "no CloudTrail records could be read")
noise = write("noise.json", '{"a": 1}')
refused("no CloudTrail", signals.format(f"'{noise}'"), "noise.json", "without CloudTrail records")
readme = write("README.md", "# A project\n\nIt has no CloudTrail.\n")
for function in ("events", "signals", "sessions"):
    refused("a README", f"FROM cartographer_{function}('{readme}')", "README.md")
cut = write("cut.json.gz", gzip.compress(os.urandom(9000))[:500])
refused("a broken file", signals.format(f"'{cut}'"), "cut.json.gz")
os.mkfifo(folder / "pipe")
refused("a pipe", signals.format(f"'{folder}/pipe'"), "pipe", "is not a regular file")
refused("a device", signals.format("'/dev/zero'"), "is not a regular file")

# Options that are none.
good = f"'{trail}'"
refused("an unknown option", signals.format(f"{good}, rule := 'x'"), "rule")
refused("no thread", signals.format(f"{good}, threads := 0"), "from 1 to 1024")
refused("threads in words", signals.format(f"{good}, threads := 'many'"), "many")
refused("a vague moment", signals.format(f"{good}, \"from\" := 'yesterday'"), "yesterday")
refused("an end before its start", signals.format(f"{good}, \"from\" := '2026-02-02', \"to\" := '2026-02-01'"), "must be earlier")
refused("no folder of rules", signals.format(f"{good}, rules := '{folder}/none'"), "none")
write("rules/iam/users.toml", "id = 3")
refused("broken rules", signals.format(f"{good}, rules := '{folder}/rules'"), "users.toml")
refused("a number for rules", signals.format(f"{good}, rules := 7"), "rules", "folder")

# Tables that are none.
refused("no such table", "FROM cartographer_ext.map_signals('nowhere')", "nowhere")
refused("a number for records", "SELECT cartographer_signals_of(42)")
shared.execute("CREATE TEMP TABLE other AS SELECT 1 AS a")
for table in ("events", "signals"):
    refused("a table of something else", f"FROM cartographer_ext.map_{table}('other')", "none of the 1 rows is a CloudTrail event", "without CloudTrail records")
shared.execute("CREATE TEMP TABLE none AS SELECT 'x' AS raw LIMIT 0")
answered("a table without rows", count(shared, "cartographer_ext.map_signals('none')"), 0)
shared.execute("DROP TABLE none")
cause = shared.execute("SELECT record, cause FROM cartographer_ext.map_rejects('other')").fetchall()
assert len(cause) == 1 and cause[0][0] == 1 and "without CloudTrail records" in cause[0][1], cause
shared.execute("DROP TABLE other")

# Bad among good: the good is answered, the bad is told.
write("mixed/bad.json", "{")
write("mixed/good.json.gz", pathlib.Path(trail).read_bytes())
write("mixed/part.json", json.dumps({"Records": [records[0], {"eventName": "Nothing", "eventSource": "iam.amazonaws.com"}]}))
mixed = f"'{folder}/mixed'"
answered("a bad file among good", count(shared, f"cartographer_signals({mixed})"), 60)
lost = shared.execute(f"SELECT parse_filename(file), record FROM cartographer_rejects([{mixed}, '{folder}/gone']) ORDER BY ALL").fetchall()
answered("nothing is hidden", lost, [("bad.json", None), ("gone", None), ("part.json", 2)])

# Hosts in other states.
answered("LOAD twice", shared.execute(load).fetchall(), [])
file = folder / "mine.duckdb"
connect(file).close()
reader = loaded(file, read_only=True)
answered("a host that only reads", count(reader, f"cartographer_ext.timeline({good})") > 60, True, reader)
reader.close()
writer = loaded(file)
well(writer)
writer.close()
answered("a file of the host's", connect(file).execute("SELECT count(*) FROM duckdb_functions() WHERE function_name LIKE 'cartographer%'").fetchone(), (0,))
second = loaded()
answered("a second host", count(second, f"cartographer_events({good})"), len(records), second)
second.close()
try:
    second.execute(signals.format(good))
    raise AssertionError("a closed connection answered")
except duckdb.Error as error:
    answered("a closed connection", "closed" in str(error).lower(), True)
taken = connect()
taken.execute("ATTACH ':memory:' AS cartographer_ext")
try:
    taken.execute(load)
    raise AssertionError("a taken name was taken")
except duckdb.Error as error:
    assert "DETACH" in str(error), error
assert taken.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)
taken.execute("DETACH cartographer_ext")
taken.execute(load)
answered("a name that is taken, and freed", count(taken, f"cartographer_ext.signals({good})"), 60, taken)
answered("a prepared path", len(shared.execute("FROM cartographer_signals(?)", [trail]).fetchall()), 60)
refused("a prepared number", "FROM cartographer_signals(?)", "42 is not a path", parameters=[42])

# A trail that changes between two queries, and one that is asked for by several at once.
moving = write("moving.json", json.dumps({"Records": records[:10]}))
before = count(shared, f"cartographer_events('{moving}')")
write("moving.json", json.dumps({"Records": records[:30]}))
answered("a file that grew", (before, count(shared, f"cartographer_events('{moving}')")), (10, 30))
found = []
threads = [threading.Thread(target=lambda: found.append(count(shared.cursor(), f"cartographer_events({good})"))) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
answered("four at once", found, [len(records)] * 4)

# A trail that is kept under a name. Its file is then replaced by one of the same size and time, so that only a trail that is
# read again has the other user.
def replace_user(name):
    text = json.dumps({"Records": [{**records[0], "userAgent": name}]})
    path = write("kept.json", text)
    os.utime(path, (1e9, 1e9))
    return f"'{path}'"


def user(host, options=""):
    return host.execute(f"SELECT string_agg(DISTINCT user_agent) FROM cartographer_events({kept}{options})").fetchone()[0]


kept = replace_user("agent-1")
keeper = loaded()
answered("a cached trail", user(keeper, ", cache := 'kept'"), "agent-1")
replace_user("agent-2")
answered("a cached trail, without its name", user(shared), "agent-1")
answered("a cached trail with other options", user(shared, ", only_regions := ['us-east-1', 'eu-west-1', 'global']"), "agent-2")
drop = "SELECT cartographer_drop_cache('kept'), cartographer_drop_cache(NULL)"
assert shared.execute(f"EXPLAIN {drop}").fetchall()
answered("a cached trail after EXPLAIN of its removal", user(shared), "agent-1")
answered("a cached trail in a macro", count(keeper, f"cartographer_ext.events({kept}, cache := 'other')"), 1)
keeper.close()
answered("a name dropped, twice", [shared.execute(drop).fetchone() for _ in range(2)], [(True, None), (False, None)])
answered("a trail that another name keeps", user(shared), "agent-1")
count(shared, f"cartographer_events({good}, cache := 'other')")
answered("a name that another trail takes", user(shared), "agent-2")
assert shared.execute("SELECT cartographer_drop_cache('other')").fetchone() == (True,)
refused("a cache without a name", signals.format(f"{good}, cache := ''"), "`cache :=` expects one string")

# An interrupt, while the trail is read or mapped.
for copy in range(20):
    mine = [{**record, "eventID": f"{copy}-{record['eventID']}"} for record in records]
    write(f"large/{copy}.json", json.dumps({"Records": mine}))
busy = loaded()
stop = threading.Timer(0.2, busy.interrupt)
stop.start()
began = time.time()
refused("an interrupt", f"SELECT count(*) FROM cartographer_signals('{folder}/large') AS a, cartographer_signals('{folder}/large') AS b, range(1000000)", "nterrupt", host=busy)

assert len(done) >= 30, done
print(f"extension: Python duckdb {duckdb.__version__}: {len(done)} wrong uses, each told, and the client is alive")
