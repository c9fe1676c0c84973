"""A small trail for the tests: the demo, split into files as in S3, with duplicates, machine activity and damaged files.

python/tests/trail.py DEMO FOLDER
"""

from __future__ import annotations

import copy
import datetime
import gzip
import hashlib
import json
import pathlib
import sys
from typing import Any

Record = dict[str, Any]

FILES = 9
MACHINES = 4


def write(demo: pathlib.Path, folder: pathlib.Path) -> None:
    """Writes the trail to a folder."""
    records = [_later(record) for record in json.loads(gzip.decompress(demo.read_bytes()))["Records"]]
    logs = folder / "AWSLogs" / "111122223333" / "CloudTrail" / "eu-west-1"
    # Every file has records from all hours, so that sessions span files, and the files are not in order.
    for number in range(FILES):
        _write(logs / f"2026/03/{10 + number % 3}/{number}.json.gz", records[number::FILES])
    # Duplicates as delivered by a second trail: the same events in other files, one of which has the first name.
    _write(logs / "2026/03/09/copies.json.gz", records[::5])
    _write(logs / "2026/03/19/copies.json.gz", records[::7][::-1])
    _write(logs / "2026/03/11/machines.json.gz", _machines(records))
    clicks = [record for record in records if record.get("sessionCredentialFromConsole") == "true"][:60]
    _write(folder / "trimmed.json", _trimmed(clicks))
    _write(folder / "login.json", _trimmed([record for record in records if record["eventName"] == "ConsoleLogin"][:1]))
    (folder / "AWSLogs" / "digest.json").write_text(
        json.dumps({"digestS3Bucket": "b", "digestStartTime": "t", "logFiles": []})
    )
    (folder / "torn.jsonl").write_text(json.dumps(_renamed(records[0], "torn")) + '\n{"eventVersion": "1.0\n')


def _write(path: pathlib.Path, records: list[Record]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"Records": records}).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


def _later(record: Record) -> Record:
    """The record at a later time, so that a console session continues past midnight."""
    record["eventTime"] = _moved(record["eventTime"])
    attributes = record["userIdentity"].get("sessionContext", {}).get("attributes", {})
    if "creationDate" in attributes:
        attributes["creationDate"] = _moved(attributes["creationDate"])
    return record


def _moved(time: str) -> str:
    moment = datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ") + datetime.timedelta(hours=14, minutes=55)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _renamed(record: Record, salt: str) -> Record:
    other = copy.deepcopy(record)
    number = hashlib.sha256(f"{salt} {record['eventID']}".encode()).hexdigest()
    other["eventID"] = f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:32]}"
    return other


def _machines(records: list[Record]) -> list[Record]:
    """Program calls of other principals: sessions without evidence of the console."""
    found = []
    for record in (record for record in records if record.get("userAgent", "").startswith(("aws-sdk", "Boto3"))):
        for number in range(MACHINES):
            other = _renamed(record, f"machine {number}")
            other["userIdentity"] = {
                "type": "IAMUser",
                "principalId": f"AIDAMACHINE{number}",
                "accountId": "111122223333",
                "arn": f"arn:aws:iam::111122223333:user/machine-{number}",
                "accessKeyId": f"AKIAMACHINE{number}",
            }
            other.pop("sessionCredentialFromConsole", None)
            found.append(other)
    return found


def _trimmed(records: list[Record]) -> list[Record]:
    """Records without a user identity, as in some exports. All such records in a file form one session."""
    found = []
    for record in records:
        other = _renamed(record, "trimmed")
        del other["userIdentity"]
        found.append(other)
    return found


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
