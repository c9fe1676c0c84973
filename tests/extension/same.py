"""Holds the functions of the extension against a case: tests/extension/same.py EXTENSION CASE TRAIL.

Row by row, column by column, type by type: what the functions answer for the trail is what a load wrote into the case.
"""

import sys

import duckdb

TABLES = ("events", "sessions", "signals", "event_signal", "signal_entities", "rejects")

extension, case, trail = sys.argv[1:]
host = duckdb.connect(config={"allow_unsigned_extensions": "true"})
host.execute(f"LOAD '{extension}'")
host.execute(f"ATTACH '{case}' AS kept (READ_ONLY)")


def rows(source):
    answer = host.execute(f"SELECT * FROM {source} ORDER BY ALL")
    return [(column[0], str(column[1])) for column in answer.description], answer.fetchall()


for table in TABLES:
    function = f"cartographer_{table}('{trail}')"
    wanted, found = rows(f"kept.{table}"), rows(function)
    assert found[0] == wanted[0], f"{table}: columns {found[0]}, not {wanted[0]}"
    for one, other in zip(found[1], wanted[1]):
        assert one == other, f"{table}:\n{one}\nis not\n{other}"
    assert len(found[1]) == len(wanted[1]), f"{table}: {len(found[1])} rows, not {len(wanted[1])}"
    print(f"extension: Python duckdb {duckdb.__version__}: {table}: {len(found[1])} rows, as load wrote them")
