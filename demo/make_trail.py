#!/usr/bin/env python3
"""Writes the demo trail: one day in an invented organization, as CloudTrail records. Each run writes the same bytes.

make_trail.py              write trail.json.gz beside this file
make_trail.py --out FILE   write it there
make_trail.py --summary    count what is in it, and write nothing
"""

import argparse
import collections
import datetime as dt
import gzip
import io
import json
import pathlib

from generator import story, traffic, world
from generator.record import Book, delivered

DAY = dt.datetime(2026, 3, 11)
SEED = "cartographer demo"


def written():
    """Generates the day, part by part. Each part has its own IDs, so that one part can change alone."""
    for part in (story.colleague, story.thief, story.stolen_key, *traffic.PARTS):
        book = Book(f"{SEED}/{part.__name__}")
        part(book, DAY)
        yield book


def packed(found):
    """The bytes of the file: gzip without a time or a name in it."""
    text = json.dumps({"Records": found}, separators=(",", ":"), ensure_ascii=False)
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    return buffer.getvalue()


def is_data(record):
    """Whether the record is about an object rather than its bucket or container."""
    return record["eventCategory"] == "Data"


def part_of(record):
    """Returns who caused a record."""
    who = record["userIdentity"]
    name = who.get("arn", who.get("userName", who.get("invokedBy", "")))
    if name.endswith("/tomas"):
        return "tomas in the console"
    if "nadia" in name:
        return "the thief in the console"
    if who.get("accessKeyId") == world.STOLEN_KEY:
        return "the stolen key"
    return "machines"


def summary(found, clicks):
    """The figures that README.md states."""
    yield f"{len(found)} events, {len({r['eventID'] for r in found})} ids, {len(packed(found))} bytes packed"
    yield f"first {min(r['eventTime'] for r in found)}, last {max(r['eventTime'] for r in found)}"
    for title, key in (
        ("by whom", part_of),
        ("account", lambda r: r["recipientAccountId"]),
        ("event category", lambda r: r["eventCategory"]),
        ("flagged as the console's", lambda r: r.get("sessionCredentialFromConsole", "no")),
        ("error", lambda r: r.get("errorCode", "none")),
        ("user agent", lambda r: r["userAgent"].strip("[").split("/")[0]),
    ):
        yield f"{title}:"
        yield from (f"  {count:5} {value}" for value, count in collections.Counter(map(key, found)).most_common())
    taken = [
        r["additionalEventData"]["bytesTransferredOut"] for r in found if part_of(r) == "the stolen key" and is_data(r)
    ]
    yield f"taken with the stolen key: {len(taken)} objects, {sum(taken)} bytes"
    yield "pages, with the calls that opening them wrote:"
    yield from (f"  {count:5} {time} {page}" for time, page, count in clicks)


def main():
    """Parses the arguments; writes or counts."""
    parser = argparse.ArgumentParser(description="Write the demo trail.")
    beside = pathlib.Path(__file__).with_name("trail.json.gz")
    parser.add_argument(
        "--out", type=pathlib.Path, default=beside, help="the file to write (default: next to this script)"
    )
    parser.add_argument("--summary", action="store_true", help="count the trail's contents without writing a file")
    arguments = parser.parse_args()
    books = list(written())
    found = delivered([record for book in books for record in book.records], SEED)
    if arguments.summary:
        print("\n".join(summary(found, [click for book in books for click in book.clicks])))
    else:
        arguments.out.write_bytes(packed(found))


if __name__ == "__main__":
    main()
