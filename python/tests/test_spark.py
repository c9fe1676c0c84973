"""Data lake tests on ``ENGINE``: DataFrames equal the tables in a case, and invalid input is rejected."""

from __future__ import annotations

import datetime
import gzip
import json

import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pytest

pytest.importorskip("pyspark")

import cloudtrail_cartographer as cartographer
import engines
from cloudtrail_cartographer import spark as lake
from cloudtrail_cartographer._core import mapper_columns
from cloudtrail_cartographer._spark_types import ddl
from cloudtrail_cartographer._spark_work import map_sessions
from conftest import DEMO, TABLES, in_order
from pyspark.sql import functions as F


@pytest.fixture(scope="module")
def spark():
    with engines.session() as spark:
        yield spark


@pytest.fixture(scope="module")
def events(spark, trail, tmp_path_factory):
    """The events of the trail, written once."""
    folder = str(tmp_path_factory.mktemp("lake") / "events")
    lake.read_trail(spark, str(trail)).write.parquet(folder)
    return spark.read.parquet(folder)


@pytest.fixture(scope="module")
def mapped(spark, events, tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("lake") / "mapped")
    lake.map_signals(events).mapped.write.parquet(folder)
    return spark.read.parquet(folder)


def table(mapped, name):
    """One of the three tables, derived from ``mapped`` as in ``map_signals``."""
    return lake.tables_of(mapped)._asdict()[name]


@pytest.mark.parametrize("name", TABLES)
def test_trail_maps_to_same_rows_as_case(mapped, wanted, name):
    found = engines.rows(table(mapped, name))
    assert len(found) >= 60
    assert found == wanted[name]


def test_sessions_equal_case(events, mapped, case):
    wanted = in_order(pyarrow.parquet.read_table(case / "sessions"))
    found = engines.rows(lake.sessions(events, mapped))
    assert len(found) > 10 and any(not row["console"] for row in found)
    assert found == wanted


@pytest.mark.skipif(engines.ENGINE == "sail", reason="Sail has no streaming source for files")
def test_streaming_dataframe_is_rejected_with_reason(spark, events, tmp_path):
    stream = spark.readStream.schema(events.schema).parquet(str(tmp_path))
    with pytest.raises(cartographer.CartographerError, match="streaming DataFrame.*Late events"):
        lake.map_signals(stream)


def test_unreadable_records_are_rejected(spark, trail):
    found = engines.rows(lake.read_rejects(spark, str(trail)))
    assert sorted((row["document"].rsplit("/", 1)[1], row["record"]) for row in found) == [
        ("digest.json", None),
        ("torn.jsonl", 2),
    ]


@pytest.mark.skipif(engines.ENGINE == "sail", reason="Sail does not report which file a line comes from")
def test_json_lines_are_read_in_chunks(spark, trail, tmp_path):
    records = [json.loads((trail / "torn.jsonl").read_text().splitlines()[0])]
    (tmp_path / "lines.jsonl").write_text(
        "\n".join(json.dumps({**records[0], "eventID": f"e{n}"}) for n in range(250)) + "\n\nnonsense\n"
    )
    found = engines.rows(lake.read_trail(spark, str(tmp_path), lines=True))
    assert {row["event_id"] for row in found} == {f"e{n}" for n in range(250)}
    assert {row["source_record"] for row in found} == {None}
    assert len(engines.rows(lake.read_rejects(spark, str(tmp_path), lines=True))) == 1


@pytest.mark.skipif(engines.ENGINE != "sail", reason="maps three times; one engine is enough")
def test_mapping_days_separately_returns_each_signal_once(spark, events, wanted):
    found = []
    for day in DAYS:
        near = events.where(F.unix_micros("event_time").between(micros(day, -1), micros(day, 2)))
        mapped = lake.begun_on(lake.map_signals(near).mapped, day)
        found += engines.rows(lake.tables_of(mapped).signals)
    assert sorted(row["signal_id"] for row in found) == sorted(row["signal_id"] for row in wanted["signals"])


DAYS = [datetime.date(2026, 3, day) for day in (10, 11, 12)]


def micros(day, more):
    start = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc) + datetime.timedelta(
        days=more
    )
    return int(start.timestamp()) * 1_000_000


ATHENA = """eventversion STRING, useridentity STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING,
invokedby: STRING, accesskeyid: STRING, username: STRING, onbehalfof: STRUCT<userid: STRING, identitystorearn: STRING>,
sessioncontext: STRUCT<attributes: STRUCT<mfaauthenticated: STRING, creationdate: STRING>,
sessionissuer: STRUCT<type: STRING, principalid: STRING, arn: STRING, accountid: STRING, username: STRING>,
ec2roledelivery: STRING, webidfederationdata: STRUCT<federatedprovider: STRING, attributes: MAP<STRING, STRING>>>>,
eventtime STRING, eventsource STRING, eventname STRING, awsregion STRING, sourceipaddress STRING, useragent STRING,
errorcode STRING, errormessage STRING, requestparameters STRING, responseelements STRING, additionaleventdata STRING,
requestid STRING, eventid STRING, resources ARRAY<STRUCT<arn: STRING, accountid: STRING, type: STRING>>,
eventtype STRING, apiversion STRING, readonly STRING, recipientaccountid STRING, serviceeventdetails STRING,
sharedeventid STRING, vpcendpointid STRING, vpcendpointaccountid STRING, eventcategory STRING,
sessioncredentialfromconsole STRING,
tlsdetails STRUCT<tlsversion: STRING, ciphersuite: STRING, clientprovidedhostheader: STRING>,
`timestamp` STRING"""

TEXTS = ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"]

# The columns that determine sessions and signals, except requests, whose text is reformatted.
COMPARED = [
    "event_id",
    "event_time",
    "event_key",
    "account_id",
    "region",
    "user_agent",
    "client",
    "source_ip",
    "read_only",
    "error_code",
    "console_evidence",
    "session_id",
    "session_created",
    "principal_arn",
    "mfa",
]


def lowercased(value):
    """A value with the lowercase member names of Athena's columns."""
    if isinstance(value, dict):
        return {name.lower(): lowercased(member) for name, member in value.items()}
    return [lowercased(item) for item in value] if isinstance(value, list) else value


def athena_row(record):
    row = {name: json.dumps(value) if name in TEXTS and value is not None else value for name, value in record.items()}
    row = {name: str(value).lower() if isinstance(value, bool) else value for name, value in row.items()}
    return json.dumps(
        {
            **{name.lower(): value if name in TEXTS else lowercased(value) for name, value in row.items()},
            "timestamp": "2026/03/11",
        }
    )


def unique_by_id(rows):
    """The rows sorted by ID, without duplicates."""
    return [row for _, row in sorted({row["event_id"]: row for row in rows}.items())]


def test_athena_table_has_same_events(spark, tmp_path):
    records = json.loads(gzip.decompress(DEMO.read_bytes()))["Records"]
    (tmp_path / "rows.jsonl").write_text("\n".join(athena_row(record) for record in records))
    rows = spark.read.schema(ATHENA).json(str(tmp_path))
    found = engines.rows(lake.from_athena(rows, strict=True).select(*COMPARED))
    wanted = cartographer.parse("demo", json.dumps({"Records": records}).encode()).events.select(COMPARED)
    assert len(found) == len(records)
    assert unique_by_id(found) == unique_by_id(wanted.to_pylist())


def test_security_lake_table_has_same_events(spark, case):
    wanted = (
        pyarrow.parquet.read_table(case / "events")
        .filter(pyarrow.compute.field("identity_type").is_valid())
        .select(COMPARED)
        .to_pylist()
    )
    ids = {row["event_id"] for row in wanted}
    rows = spark.read.parquet(str(case / "ocsf.parquet")).drop("raw_data")
    found = engines.rows(lake.from_security_lake(rows).select(*COMPARED))
    names = [name for name in COMPARED if name not in ("session_id", "error_code")]
    assert [selected(row, names) for row in unique_by_id(row for row in found if row["event_id"] in ids)] == [
        selected(row, names) for row in unique_by_id(wanted)
    ]


def selected(row, names):
    return {name: row[name] for name in names}


def pushed_unsorted(events):
    """Sends events to a mapper without sorting them."""
    rows = events.withColumn("seq", F.lit(2)).select(*mapper_columns())
    return rows.mapInArrow(map_sessions({}), ddl("mapped"))


def renamed(events):
    rows = events.limit(1).withColumn("seq", F.lit(1)).withColumnRenamed("event_key", "call")
    return rows.mapInArrow(map_sessions({}), ddl("mapped"))


def mapped_of(count=1, **columns):
    """Sends rows to a mapper, with columns replaced by these SQL expressions."""

    def act(events):
        rows = events.limit(count).coalesce(1).withColumn("seq", F.lit(1))
        rows = rows.select(*(F.expr(columns.get(name, name)).alias(name) for name in mapper_columns()))
        return rows.mapInArrow(map_sessions({}), ddl("mapped"))

    return act


# An action, and part of the message of the exception that it raises, either before execution or in a worker.
INVALID = {
    "a column is missing": (lambda e: lake.map_signals(e.drop("event_key")), "there is no column 'event_key'"),
    "a column has the wrong type": (
        lambda e: lake.map_signals(e.withColumn("event_time", F.lit("now"))),
        "'event_time' is string",
    ),
    "times have no time zone": (
        lambda e: lake.map_signals(e.withColumn("event_time", F.expr("cast(event_time AS timestamp_ntz)"))),
        "has no time zone",
    ),
    "a table without events": (lambda e: lake.map_signals(e.select(F.lit(1).alias("a"))), "these are not events"),
    "not Athena's table": (lambda e: lake.from_athena(e), "is it the athena table"),
    "not Security Lake's table": (lambda e: lake.from_security_lake(e), "is it the security-lake table"),
    "invalid rules": (lambda e: lake.map_signals(e, rules={"iam/x.toml": "id = 3"}), "iam/x.toml:1"),
    "an event ID is NULL": (mapped_of(event_id="cast(NULL AS string)"), '"event_id" is NULL in row 1'),
    "a session ID is NULL": (mapped_of(session_id="cast(NULL AS string)"), '"session_id" is NULL in row 1'),
    "an unknown client": (mapped_of(client="'Netscape'"), '"Netscape"'),
    # A single value that is not JSON would be read as NULL, with a warning.
    "requests are not JSON": (mapped_of(2, request_parameters="'{a: 1}'"), "is not JSON"),
    "a column is renamed": (lambda e: renamed(e), 'column "event_key" of type VARCHAR is missing'),
    "the first row of a session is missing": (mapped_of(seq="5"), "seq 5, expected 1"),
    "unsorted rows": (pushed_unsorted, "seq 2, expected 1"),
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_input_raises_without_crashing_workers(events, name):
    act, message = INVALID[name]
    with pytest.raises(Exception) as raised:
        engines.rows(act(events))
    assert message in str(raised.value)
    assert "crashed" not in str(raised.value)
    assert events.limit(1).count() == 1


def test_strict_mode_raises_on_invalid_json(spark, trail):
    with pytest.raises(Exception) as raised:
        engines.rows(lake.read_trail(spark, str(trail / "torn.jsonl"), strict=True))
    assert "torn.jsonl', record 2: broken JSON at byte" in str(raised.value)
