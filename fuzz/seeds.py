#!/usr/bin/env python3
"""Writes the seeds for the fuzz targets: seeds.py FOLDER creates FOLDER/<target>/<seed>.

All seeds are made here, but for records of the demo and the shortest rules that the program ships.
"""

import bz2
import gzip
import io
import json
import lzma
import pathlib
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = pathlib.Path(sys.argv[1])

RECORD = {
    "eventVersion": "1.09",
    "userIdentity": {
        "type": "AssumedRole", "principalId": "AROAEXAMPLE:ana", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE",
        "arn": "arn:aws:sts::111122223333:assumed-role/Admin/ana",
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/Admin", "userName": "Admin"},
            "attributes": {"creationDate": "2024-05-01T09:00:00Z", "mfaAuthenticated": "true"},
        },
    },
    "eventTime": "2024-05-01T10:00:00Z", "eventSource": "iam.amazonaws.com", "eventName": "PutUserPolicy",
    "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.7", "userAgent": "Mozilla/5.0 Chrome/124.0",
    "requestParameters": {"userName": "ana", "policyDocument": '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'},
    "responseElements": None, "requestID": "b1", "eventID": "0a1b2c3d-0000-4000-8000-000000000001", "readOnly": False,
    "eventType": "AwsApiCall", "recipientAccountId": "111122223333", "eventCategory": "Management",
    "sessionCredentialFromConsole": "true", "tlsDetails": {"tlsVersion": "TLSv1.3"},
}
OCSF = {
    "class_uid": 6003, "time": 1714557600000, "metadata": {"product": {"name": "CloudTrail", "version": "1.09"}, "uid": "u1"},
    "api": {"operation": "GetUser", "service": {"name": "iam.amazonaws.com"}, "request": {"uid": "r1"}, "response": {"error": None}},
    "actor": {"user": {"type": "IAMUser", "uid": "arn:aws:iam::111122223333:user/ana", "name": "ana", "account": {"uid": "111122223333"}},
              "session": {"issuer": "arn:aws:iam::111122223333:role/Admin", "mfa": True, "created_time": 1714554000000}},
    "cloud": {"region": "us-east-1", "account": {"uid": "111122223333"}}, "src_endpoint": {"ip": "203.0.113.7"},
    "http_request": {"user_agent": "Mozilla/5.0"}, "unmapped": {"readOnly": "true", "requestParameters.userName": "ana"},
}


def seed(target, name, data):
    folder = OUT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


def demo(count):
    with gzip.open(ROOT / "demo/trail.json.gz") as file:
        return json.load(file)["Records"][:: max(1, 1500 // count)][:count]


# Thrift's compact protocol, as far as a Parquet footer requires.


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def zigzag(number):
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


def struct(*fields):
    out, last = b"", 0
    for number, kind, value in fields:
        out, last = out + bytes([(number - last) << 4 | kind]) + value, number
    return out + b"\0"


def i32(number, value):
    return number, 5, zigzag(value)


def i64(number, value):
    return number, 6, zigzag(value)


def text(number, value):
    return number, 8, varint(len(value)) + value.encode()


def items(number, kind, values):
    size = bytes([len(values) << 4 | kind]) if len(values) < 15 else bytes([0xF0 | kind]) + varint(len(values))
    return number, 9, size + b"".join(values)


def parquet(rows):
    """An uncompressed file with text columns: returns the data and the footer."""
    names = list(rows[0])
    data, chunks = b"PAR1", []
    for name in names:
        values = b"".join(len(row[name]).to_bytes(4, "little") + row[name].encode() for row in rows)
        page = struct(i32(1, 0), i32(2, len(values)), i32(3, len(values)),
                      (5, 12, struct(i32(1, len(rows)), i32(2, 0), i32(3, 3), i32(4, 3))))
        meta = struct(i32(1, 6), items(2, 5, [zigzag(0)]), items(3, 8, [varint(len(name)) + name.encode()]), i32(4, 0),
                      i64(5, len(rows)), i64(6, len(page + values)), i64(7, len(page + values)), i64(9, len(data)))
        chunks.append(struct(i64(2, len(data)), (3, 12, meta)))
        data += page + values
    columns = [struct(i32(1, 6), i32(3, 0), text(4, name), i32(6, 0)) for name in names]
    schema = [struct(text(4, "schema"), i32(5, len(names))), *columns]
    group = struct(items(1, 12, chunks), i64(2, len(data)), i64(3, len(rows)))
    footer = struct(i32(1, 1), items(2, 12, schema), i64(3, len(rows)), items(4, 12, [group]))
    return data, footer


records = [RECORD, *demo(12)]
trail = json.dumps({"Records": records[:4]})
for number, record in enumerate(records):
    seed("record", f"{number}", json.dumps(record))
seed("record", "surrogate", json.dumps(RECORD).replace('"ana"', r'"\ud800"'))
seed("record", "number", json.dumps({**RECORD, "requestParameters": {"a": 0}}).replace('"a": 0', '"a": 1e99999'))
seed("record", "insight", json.dumps({**RECORD, "insightDetails": {"eventSource": "iam.amazonaws.com", "eventName": "A"}}))
seed("record", "shipped", json.dumps({**RECORD, "@timestamp": "2024-05-01T10:00:00.5Z"}))

lines = "\n".join(json.dumps(record) for record in records[:3])
wrapped = {
    "trail": trail, "lines": lines, "list": json.dumps(records[:2]), "one": json.dumps(RECORD),
    "lookup": json.dumps({"Events": [{"EventId": "1", "CloudTrailEvent": json.dumps(RECORD)}]}),
    "eventbridge": json.dumps({"detail-type": "AWS API Call via CloudTrail", "source": "aws.iam", "detail": RECORD}),
    "logs": json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "timestamp": 1, "message": json.dumps(RECORD)}]}),
    "elastic": json.dumps({"_index": "a", "_source": RECORD}), "sns": json.dumps({"Type": "Notification", "Message": json.dumps(RECORD)}),
    "syslog": "<14>1 2024-05-01T10:00:00Z host app - - - " + json.dumps(RECORD), "broken": trail[:900] + "}{" + trail[900:],
    "utf16": trail[:600].encode("utf-16"), "digest": json.dumps({"digestS3Bucket": "b", "logFiles": []}), "empty": "",
}
for name, data in wrapped.items():
    seed("container", name, data)
for name, data in {"gz": gzip.compress(trail.encode(), mtime=0), "bz2": bz2.compress(trail.encode()), "xz": lzma.compress(trail.encode()),
                   "gzgz": gzip.compress(gzip.compress(trail.encode(), mtime=0) * 2, mtime=0)}.items():
    seed("container", name, data)
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("a.json", trail)
    archive.writestr("b/c.json.gz", gzip.compress(lines.encode(), mtime=0))
seed("container", "zip", packed.getvalue())
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w") as archive:
    info = tarfile.TarInfo("a.json")
    info.size = len(trail)
    archive.addfile(info, io.BytesIO(trail.encode()))
seed("container", "tar", packed.getvalue())

history = ["GetUser", '"May 01, 2024, 10:00:00 (UTC+00:00)"', "ana", "iam.amazonaws.com", "AWS::IAM::User", "ana", "e1", "true", "",
           "203.0.113.7", "us-east-1", "ASIAEXAMPLE"]
quoted = json.dumps(RECORD).replace('"', '""')
seed("csv", "history", b"\0" + ",".join(history).encode())
seed("csv", "dates", b"\0" + b"\n".join(",".join([history[0], date, *history[2:]]).encode() for date in ("04/05/2024 10:00", "2024-05-01T10:00:00Z", "1714557600")))
seed("csv", "athena", b'\1"1.09","{type=IAMUser, principalid=A, arn=arn:aws:iam::111122223333:user/ana}",2024-05-01T10:00:00Z,iam.amazonaws.com,GetUser,us-east-1,203.0.113.7,a,"{""userName"":""ana""}",null,e1')
seed("csv", "dotted", b'\2"2024-05-01T10:00:00Z";"iam.amazonaws.com";"GetUser";"arn:aws:iam::111122223333:user/ana";"{}"\r\n')
seed("csv", "tabs", b"\0032024-05-01T10:00:00Z\tiam.amazonaws.com\tGetUser\t{type=IAMUser}\n")
seed("csv", "message", f'\4"2024-05-01 10:00:00.000","{quoted}"\n')
seed("csv", "lookup", f'\5e1,GetUser,2024-05-01T10:00:00Z,iam.amazonaws.com,ana,[],"{quoted}"\n')
seed("csv", "quotes", b'\0"a ""b"" c\n\n",,"\r\n"')

rows = [{"eventTime": r["eventTime"], "eventSource": r["eventSource"], "eventName": r["eventName"], "userIdentity": json.dumps(r["userIdentity"]),
         "requestParameters": json.dumps(r.get("requestParameters"))} for r in records[:3]]
data, footer = parquet(rows)
seed("parquet", "whole", data + footer + len(footer).to_bytes(4, "little") + b"PAR1")
seed("parquet", "footer", len(data[4:]).to_bytes(2, "little") + data[4:] + footer)
data, footer = parquet([{"message": json.dumps(RECORD)}])
seed("parquet", "message", data + footer + len(footer).to_bytes(4, "little") + b"PAR1")

seed("ocsf", "event", json.dumps(OCSF))
seed("ocsf", "members", json.dumps({key: OCSF[key] for key in ("actor", "cloud", "src_endpoint", "unmapped")})[1:-1])
seed("ocsf", "raw", json.dumps({**OCSF, "raw_data": json.dumps(RECORD)}))
seed("ocsf", "sign_in", json.dumps({**OCSF, "class_uid": 3002, "activity_id": 1, "mfa": True, "is_mfa": True}))
seed("ocsf", "lines", "\n".join([json.dumps(OCSF)] * 2))

shipped = sorted((path for path in (ROOT / "rules").glob("*/*.toml")), key=lambda path: path.stat().st_size)
for path in [*shipped[:12], *shipped[:: max(1, len(shipped) // 12)]]:
    content = path.read_text()
    if len(content) < 6000:
        seed("rules", path.name, f"{path.relative_to(ROOT / 'rules').as_posix()}\n{content}")
manifest = 'pack.toml\nname = "a"\nversion = "1.0.0"\nlicense = "MIT"\nobserved_on = "nothing"\n'
seed("rules", "pack", manifest + "---\n" + f"iam/a.toml\n{shipped[0].read_text()}")
seed("rules", "sigma", "a.yml\ntitle: A\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  a:\n    eventName|startswith: [Get, List]\n"
     "    requestParameters.userName|re: '^a+$'\n  b: {sourceIPAddress|cidr: 10.0.0.0/8}\n  condition: a and not 1 of b*\n")

words = pathlib.Path(__file__).with_name("src").joinpath("sql.rs").read_text().split("const WORDS", 1)[1].split("];", 1)[0]
words = json.loads("[" + words.split("= [", 1)[1].strip().rstrip(",").replace("\n", " ") + "]")


def statement(*parts):
    return b"".join(bytes([128 + words.index(part)]) if part in words else part.encode() for part in parts)


for number, parts in enumerate([
    ("SELECT", "*", "FROM", "read_text(", "'secret.txt'", ")"), ("COPY", "case_info", "TO", "'out.csv'"),
    ("ATTACH", "'other.duckdb'", "AS", " o"), ("SET", "enable_external_access", "=", "true"),
    ("CALL", "enable_logging(", "storage_path => 'out'", ")"), ("PRAGMA", "profiling_output", "=", "'out.csv'"),
    ("EXPLAIN ANALYZE", "SELECT", "*", "FROM", "events"), ("EXPORT DATABASE", "'out.csv'"),
    ("WITH", "RECURSIVE", " a ", "AS", "(", "SELECT", "1", "UNION ALL", "SELECT", "1", ")", "SELECT", "*", "FROM", " a"),
    ("FROM", "query(", "'FROM case_info'", ")"), ("DETACH", " \"case\""), ("INSTALL", " httpfs", ";", "LOAD", " httpfs"),
]):
    seed("sql", str(number), statement(*parts))
