"""In-memory tests: tables equal those in a case, and invalid input is rejected."""

from __future__ import annotations

import datetime
import pathlib

import cloudtrail_cartographer as cartographer
import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pytest
from cloudtrail_cartographer._core import mapper_columns
from cloudtrail_cartographer._rules import compiled
from conftest import ROOT, TABLES, in_order


@pytest.fixture(scope="module")
def events(trail) -> pyarrow.Table:
    files = sorted(path for path in trail.rglob("*") if path.is_file())
    return pyarrow.concat_tables(cartographer.parse(path).events for path in files)


@pytest.fixture(scope="module")
def sessions(events) -> pyarrow.Table:
    """Events in the form that a Mapper expects."""
    table = events.group_by("event_id", use_threads=False).aggregate([("session_id", "first")]).select(["event_id"])
    first = events.append_column("place", pyarrow.array(range(events.num_rows)))
    places = first.group_by("event_id").aggregate([("place", "min")]).column("place_min")
    rows = events.take(places).sort_by(
        [("session_id", "ascending"), ("event_time", "ascending"), ("event_id", "ascending")]
    )
    assert rows.num_rows == table.num_rows
    seq, last, numbers = 0, None, []
    for session in rows.column("session_id").to_pylist():
        seq, last = (seq + 1 if session == last else 1), session
        numbers.append(seq)
    return rows.append_column("seq", pyarrow.array(numbers)).select(mapper_columns())


def pushed(*batches) -> None:
    mapper = cartographer.Mapper(compiled(None))
    for batch in batches:
        mapper.push(batch)


def one_batch(table: pyarrow.Table) -> pyarrow.RecordBatch:
    return table.combine_chunks().to_batches()[0]


@pytest.mark.parametrize("name", TABLES)
def test_table_maps_to_same_rows_as_case(events, wanted, name):
    found = in_order(getattr(cartographer.map_table(events), name))
    assert len(found) >= 60
    assert found == wanted[name]


def test_exported_events_map_to_same_rows(case, wanted):
    exported = pyarrow.parquet.read_table(case / "events")
    assert in_order(cartographer.map_table(exported).signals) == wanted["signals"]


def test_row_order_and_batch_size_do_not_matter(events, wanted):
    shuffled = events.take(pyarrow.array(sorted(range(events.num_rows), key=lambda row: row * 7919 % 104_729)))
    chunks = pyarrow.Table.from_batches(shuffled.combine_chunks().to_batches(max_chunksize=97))
    assert in_order(cartographer.map_table(chunks).signals) == wanted["signals"]


def test_unreadable_records_are_rejected(trail):
    torn = cartographer.parse(trail / "torn.jsonl")
    assert (torn.events.num_rows, torn.rejects.num_rows) == (1, 1)
    assert (
        "broken JSON" in torn.rejects.column("cause")[0].as_py() or "truncated" in torn.rejects.column("cause")[0].as_py()
    )
    digest = cartographer.parse("digest.json", (trail / "AWSLogs" / "digest.json").read_bytes())
    assert digest.rejects.column("cause").to_pylist() == [
        "CloudTrail digest file (it lists log files and contains no events)"
    ]


def test_custom_rules_replace_shipped_rules_with_same_path(tmp_path, events):
    own = (ROOT / "rules" / "iam" / "users.toml").read_text().replace('title = "', 'title = "Ours: ')
    (tmp_path / "iam").mkdir()
    (tmp_path / "iam" / "users.toml").write_text(own)
    rules = cartographer.read_rules(tmp_path)
    assert list(rules) == ["iam/users.toml"]
    titles = cartographer.map_table(events, rules=rules).signals.column("title").to_pylist()
    assert any(title.startswith("Ours: ") for title in titles)


def test_times_in_schemas_are_in_utc():
    for name, schema in cartographer.schemas().items():
        times = [field for field in schema if pyarrow.types.is_timestamp(field.type)]
        assert all(field.type == pyarrow.timestamp("us", tz="UTC") for field in times), name


def nanoseconds(table):
    column = table.column("event_time").cast(pyarrow.timestamp("ns", tz="UTC"))
    return table.set_column(table.schema.get_field_index("event_time"), "event_time", column)


def null(table, name):
    at = table.schema.get_field_index(name)
    return table.set_column(at, name, pyarrow.nulls(table.num_rows, table.schema.field(at).type))


def constant(table, name, value):
    at = table.schema.get_field_index(name)
    return table.set_column(at, name, pyarrow.array([value] * table.num_rows))


def backwards(table):
    column = pyarrow.array(table.column("event_time").to_pylist()[::-1], table.schema.field("event_time").type)
    return table.set_column(table.schema.get_field_index("event_time"), "event_time", column)


# An action, the exception that it raises, and part of its message.
INVALID = {
    "a column is missing": (
        lambda t: pushed(one_batch(t.drop_columns(["event_key"]))),
        cartographer.ColumnError,
        'column "event_key" of type VARCHAR is missing',
    ),
    "seq is missing": (lambda t: pushed(one_batch(t.drop_columns(["seq"]))), cartographer.ColumnError, 'column "seq" of type BIGINT is missing'),
    "a column is duplicated": (
        lambda t: pushed(one_batch(t.append_column("client", t.column("client")))),
        cartographer.ColumnError,
        '2 columns named "client"',
    ),
    "a column has the wrong type": (
        lambda t: pushed(one_batch(constant(t, "event_key", 7))),
        cartographer.ColumnError,
        '"event_key" has type Int64',
    ),
    "times are strings": (
        lambda t: pushed(one_batch(constant(t, "event_time", "2026-03-11"))),
        cartographer.ColumnError,
        "check the time zone",
    ),
    "times are dates": (
        lambda t: pushed(one_batch(constant(t, "event_time", datetime.date(2026, 3, 11)))),
        cartographer.ColumnError,
        "Date32",
    ),
    "times are in nanoseconds": (lambda t: pushed(one_batch(nanoseconds(t))), cartographer.ColumnError, "timestamp[us]"),
    "a session ID is NULL": (
        lambda t: pushed(one_batch(null(t, "session_id"))),
        cartographer.ColumnError,
        '"session_id" is NULL in row 1',
    ),
    "seq is NULL": (lambda t: pushed(one_batch(null(t, "seq"))), cartographer.ColumnError, '"seq" is NULL'),
    "an unknown client": (
        lambda t: pushed(one_batch(constant(t, "client", "Netscape"))),
        cartographer.ColumnError,
        '"Netscape"',
    ),
    "requests are not JSON": (
        lambda t: pushed(one_batch(constant(t, "request_parameters", "{a: 1}"))),
        cartographer.ColumnError,
        "is not JSON",
    ),
    "rows are out of order": (
        lambda t: pushed(one_batch(t.sort_by([("seq", "descending")]))),
        cartographer.OrderError,
        "expected 1",
    ),
    "times are out of order": (
        lambda t: pushed(one_batch(backwards(t))),
        cartographer.OrderError,
        "by event_time and event_id",
    ),
    "a row is missing": (
        lambda t: pushed(one_batch(t.slice(0, 1)), one_batch(t.slice(2, 1))),
        cartographer.OrderError,
        "seq 3, expected 2",
    ),
    "a batch is repeated": (
        lambda t: pushed(one_batch(t.slice(0, 2)), one_batch(t.slice(0, 2))),
        cartographer.OrderError,
        "seq 1, expected 3",
    ),
    "rows instead of batches": (lambda t: pushed(t.slice(0, 2).to_pylist()), TypeError, "RecordBatch"),
    "a table instead of batches": (lambda t: pushed(t), TypeError, "RecordBatch"),
    "rows instead of a table": (lambda t: cartographer.map_table(t.to_pylist()), TypeError, "takes a pyarrow.Table or another Arrow stream, not list"),
    "a table without events": (
        lambda t: cartographer.map_table(pyarrow.table({"a": [1]})),
        cartographer.ColumnError,
        'the batch contains "a"',
    ),
    "invalid rules": (
        lambda t: cartographer.map_table(t, rules={"iam/x.toml": "id = 3"}),
        cartographer.RuleError,
        "iam/x.toml:1",
    ),
    "no such rules folder": (lambda t: cartographer.read_rules("/nowhere"), NotADirectoryError, "'/nowhere'"),
    "no such file": (lambda t: cartographer.parse("/nowhere.json"), FileNotFoundError, "/nowhere.json"),
}


@pytest.fixture(scope="module")
def long_session(sessions) -> pyarrow.Table:
    """All rows of the longest session."""
    ids = sessions.column("session_id").to_pylist()
    longest = max(set(ids), key=lambda id: (ids.count(id), id))
    return sessions.filter(pyarrow.compute.equal(sessions.column("session_id"), longest))


@pytest.mark.parametrize("name", INVALID)
def test_invalid_input_raises(long_session, name):
    act, error, message = INVALID[name]
    with pytest.raises(error) as raised:
        act(long_session)
    assert message in str(raised.value)
    pushed(one_batch(long_session))


def test_very_long_session_is_mapped_incrementally(events):
    dated = events.filter(pyarrow.compute.field("session_created").is_valid())
    clicks = pyarrow.compute.list_value_length(dated.column("console_evidence"))
    ids = dated.filter(pyarrow.compute.greater(clicks, 0)).column("session_id").to_pylist()
    most = max(set(ids), key=lambda id: (ids.count(id), id))
    rows = dated.filter(pyarrow.compute.equal(dated.column("session_id"), most))
    at = [rows.schema.get_field_index(name) for name in ("event_id", "event_time")]
    times = rows.column("event_time").cast(pyarrow.int64())
    span = pyarrow.compute.max(times).as_py() - pyarrow.compute.min(times).as_py() + 60_000_000
    copies = []
    for copy in range(65_000 // rows.num_rows):
        ids = pyarrow.array([f"{copy:04}-{row:04}" for row in range(rows.num_rows)])
        later = pyarrow.compute.add(times, copy * span).cast(rows.schema.field("event_time").type)
        copies.append(rows.set_column(at[0], "event_id", ids).set_column(at[1], "event_time", later))
    table = pyarrow.concat_tables(copies)
    table = table.sort_by([("event_time", "ascending"), ("event_id", "ascending")])
    assert table.num_rows > 60_000
    numbered = table.append_column("seq", pyarrow.array(range(1, table.num_rows + 1))).select(mapper_columns())
    mapper = cartographer.Mapper(compiled(None))
    pushes = [mapper.push(batch) for batch in numbered.combine_chunks().to_batches(max_chunksize=4_999)]
    assert sum(batch.num_rows > 0 for batch in pushes) >= 2, "signals are returned when their stretch is complete"
    found = pyarrow.Table.from_batches([*pushes, mapper.finish()])
    signals = cartographer.map_table(table).signals
    assert found.select(signals.schema.names).equals(signals)


def test_finished_mapper_cannot_be_reused(long_session):
    mapper = cartographer.Mapper(compiled(None))
    mapper.push(one_batch(long_session))
    assert mapper.finish().num_rows > 0
    with pytest.raises(cartographer.OrderError, match="Create a new mapper"):
        mapper.push(one_batch(long_session))


def test_package_is_typed():
    folder = pathlib.Path(cartographer.__file__).parent
    assert (folder / "py.typed").exists() and (folder / "_core.pyi").exists()


def test_damaged_json_of_one_event_is_null_with_warning(long_session):
    requests = long_session["request_parameters"].to_pylist()
    requests[0] = "{a: 1}"
    at = long_session.schema.get_field_index("request_parameters")
    field = long_session.schema.field(at)
    damaged = long_session.set_column(at, field, pyarrow.array(requests, field.type))
    mapper = cartographer.Mapper(compiled(None))
    with pytest.warns(RuntimeWarning, match='1 value is not JSON and is read as NULL: column "request_parameters" of event'):
        mapper.push(one_batch(damaged))
    assert mapper.finish().num_rows > 0
