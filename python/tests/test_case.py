"""In-memory cases: tables equal those of a case created by the program, and views, hunts and notebook output work."""

from __future__ import annotations

import datetime
import json
import pathlib
import re

import cloudtrail_cartographer as cartographer
import pyarrow
import pyarrow.parquet
import pytest
from conftest import DEMO, in_order

duckdb = pytest.importorskip("duckdb")
UTC = datetime.timezone.utc


@pytest.fixture(scope="module")
def loaded(trail) -> cartographer.Case:
    return cartographer.load(trail)


@pytest.fixture(scope="module")
def demo() -> cartographer.Case:
    return cartographer.load(DEMO)


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("events", lambda case: case.events),
        ("sessions", lambda case: case.sessions),
        ("signals", lambda case: case.signals),
        ("event_signal", lambda case: case.event_signal),
        ("signal_entities", lambda case: case.entities),
    ],
)
def test_loaded_trail_has_same_tables_as_case(loaded, case, name, of):
    wanted, found = in_order(pyarrow.parquet.read_table(case / name)), in_order(of(loaded))
    assert len(found) > 10
    assert found == wanted


def test_unreadable_files_and_records_are_listed(loaded):
    lost = {(pathlib.Path(row["file"]).name, row["record"]) for row in loaded.rejects.to_pylist()}
    assert lost == {("digest.json", None), ("torn.jsonl", 2)}
    assert loaded.files.num_rows > 9


def test_path_can_be_list_or_glob(trail, loaded):
    files = sorted(path for path in trail.rglob("*") if path.is_file())
    assert cartographer.load(files).events.num_rows == loaded.events.num_rows
    assert cartographer.load(f"{trail}/**/*.json*").signals.num_rows > 0


def test_events_can_be_filtered(demo):
    middle = datetime.datetime(2026, 3, 11, 12, tzinfo=UTC)
    early, late = cartographer.load(DEMO, end=middle), cartographer.load(DEMO, start="2026-03-11T12:00:00Z")
    assert early.events.num_rows + late.events.num_rows == demo.events.num_rows
    assert min(late.events.column("event_time").to_pylist()) >= middle > max(early.events.column("event_time").to_pylist())
    only = cartographer.load(DEMO, services=["iam"])
    assert set(only.events.column("service").to_pylist()) == {"iam"}


def test_timeline_is_sorted_and_in_utc(demo):
    timeline = demo.timeline()
    rows = timeline.to_pylist()
    assert len(timeline) == len(rows) > 60
    assert [(row["time"], row["id"]) for row in rows] == sorted((row["time"], row["id"]) for row in rows)
    assert rows[0]["time"].tzinfo is not None
    # Times do not depend on the time zone of the machine.
    assert min(row["time"] for row in rows) == min(demo.events.column("event_time").to_pylist())
    assert demo.view("sign_ins").column_names[0] == "event_id" or len(demo.view("sign_ins")) > 0
    assert demo.sql("SELECT count(*) AS n FROM signals WHERE severity >= 9").to_pylist()[0]["n"] > 0


def test_every_view_and_hunt_runs(demo):
    names = [row["name"] for row in cartographer.views()]
    assert len(names) > 40
    for name in names:
        demo.view(name)
    hunts = [row["id"] for row in cartographer.hunts()]
    assert len(hunts) > 70
    hits = {hunt: len(demo.hunt(hunt)) for hunt in hunts}
    assert hits["persistence/access-key-for-another"] == 2
    assert sum(count > 0 for count in hits.values()) > 10


def test_hunts_take_parameters(demo):
    hunt = "persistence/access-key-for-another"
    first, hit = demo.hunt(hunt)
    assert first["time"] < hit["time"]
    assert hit["what"] == "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup"
    assert len(demo.hunt(hunt, since=hit["time"], principal=hit["principal"])) == 1
    assert len(demo.hunt(hunt, since=hit["time"] + datetime.timedelta(seconds=1))) == 0
    assert len(demo.hunt("discovery/many-pages-opened", pages=10_000)) == 0


def test_rows_convert_to_other_libraries(demo):
    polars, pandas = pytest.importorskip("polars"), pytest.importorskip("pandas")
    timeline = demo.timeline()
    assert polars.DataFrame(timeline).shape == (len(timeline), len(timeline.column_names))
    assert timeline.to_polars()["summary"].to_list() == timeline.to_pandas()["summary"].to_list()
    assert pyarrow.table(timeline).equals(timeline.arrow())
    for events in (polars.DataFrame(demo.events), polars.from_arrow(demo.events).lazy().collect()):
        assert in_order(cartographer.map_table(events).signals) == in_order(demo.signals)
    assert isinstance(timeline.to_pandas(), pandas.DataFrame)


def test_notebook_shows_plot_and_table(demo):
    shown = demo._repr_html_()
    assert "<svg" in shown and shown.count("<circle") > 40
    assert "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup" in shown
    assert "60 signals" in shown and "60 signals" in repr(demo)
    cell = demo.timeline()._repr_html_()
    assert cell.count("<tr>") == 21 and "The first 20 of" in cell


def test_hostile_text_is_escaped_in_notebooks(tmp_path):
    record = {
        "eventVersion": "1.08",
        "eventID": "e1",
        "eventTime": "2026-03-02T09:12:05Z",
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "AWS Internal",
        "userIdentity": {
            "type": "IAMUser",
            "arn": "arn:aws:iam::111122223333:user/<script>alert(1)</script>\u202e",
            "accountId": "111122223333",
            "userName": "<script>alert(1)</script>\u202e",
            "sessionContext": {"attributes": {"creationDate": "2026-03-02T09:00:00Z", "mfaAuthenticated": "true"}},
        },
        "requestParameters": {"userName": "<img src=x onerror=alert(1)>\u202e"},
        "sessionCredentialFromConsole": "true",
        "readOnly": False,
        "recipientAccountId": "111122223333",
    }
    file = tmp_path / "hostile.json"
    file.write_text(json.dumps({"Records": [record]}))
    case = cartographer.load(file)
    assert case.signals.num_rows == 1
    for shown in (case._repr_html_(), case.timeline()._repr_html_()):
        assert "<script" not in shown and "<img" not in shown and "\u202e" not in shown
        assert "&lt;script&gt;" in shown and "\\u{202e}" in shown


def test_statement_without_result_rows_runs(demo):
    demo.sql("CREATE OR REPLACE TEMP TABLE mine AS SELECT 40 + 2 AS a")
    assert demo.sql("FROM mine").arrow().to_pydict() == {"a": [42]}


INVALID = {
    "no such file": (lambda c: cartographer.load("/nowhere.json"), cartographer.CartographerError, "no such file or folder"),
    "an empty list of paths": (lambda c: cartographer.load([]), ValueError, "the list of paths is empty"),
    "not a trail": (lambda c: cartographer.load(DEMO.parent / "README.md"), cartographer.CartographerError, "README.md"),
    "an invalid time": (lambda c: cartographer.load(DEMO, start="yesterday"), ValueError, "start='yesterday' is not a time"),
    "path is None": (lambda c: cartographer.load(None), TypeError, "path takes a path or a list of paths"),
    "rules is a folder": (lambda c: cartographer.load(DEMO, rules="mine"), TypeError, "rules=read_rules(folder)"),
    "the end is before the start": (lambda c: cartographer.load(DEMO, start="2026-03-02", end="2026-03-01"), ValueError, "must be earlier than"),
    "an account is a number": (lambda c: cartographer.load(DEMO, accounts=[111122223333]), TypeError, "accounts takes strings, not 111122223333"),
    "a string instead of a list": (lambda c: cartographer.load(DEMO, services="iam"), TypeError, "services takes a list of strings"),
    "an unknown view": (lambda c: c.view("nothing"), ValueError, "there is no view 'nothing'"),
    "an unknown hunt": (lambda c: c.hunt("nothing"), ValueError, "there is no hunt 'nothing'"),
    "an unknown parameter": (lambda c: c.hunt("persistence/access-key-for-another", who="x"), ValueError, "since, until, principal"),
    "a string instead of a number": (lambda c: c.hunt("discovery/many-pages-opened", pages="8"), TypeError, "pages takes a whole number"),
    "a number instead of a time": (lambda c: c.hunt("discovery/many-pages-opened", since=8), TypeError, "since takes a time"),
    "invalid SQL": (lambda c: c.sql("FROM nowhere"), duckdb.Error, "nowhere"),
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_use_raises(demo, name):
    act, error, message = INVALID[name]
    with pytest.raises(error, match=re.escape(message)):
        act(demo)
