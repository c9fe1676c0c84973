"""Runs an example of docs/pipelines.md and compares the tables: scripts/lakes.py FORMAT DOCUMENT EXPORT FOLDER.

FORMAT is delta or iceberg. EXPORT is a folder that `cartographer export parquet` wrote; FOLDER is where the tables are written.
"""

import os
import pathlib
import re
import sys

import pyarrow.dataset

form, document, export, folder = sys.argv[1:]
text = pathlib.Path(document).read_text()
section = re.search(rf"## {form}\n.*?```python\n(.*?)```", text, re.S | re.I)
assert section, f"{document} has no example for {form}"
pathlib.Path(folder).mkdir(parents=True)
os.chdir(folder)
os.symlink(export, "case-parquet")
code = section.group(1)
names = {}
exec(compile(code, document, "exec"), names)
# Running the example again must not duplicate rows.
exec(compile(code, document, "exec"), names)

for table in ("events", "signals", "event_signal", "sessions", "signal_entities"):
    wanted = pyarrow.dataset.dataset(f"{export}/{table}").to_table()
    if form == "delta":
        from deltalake import DeltaTable

        found = DeltaTable(f"delta/{table}").to_pyarrow_table()
    else:
        found = names["catalog"].load_table(f"cloudtrail.{table}").scan().to_arrow()
    order = [(name, "ascending") for name in wanted.column_names if pyarrow.types.is_string(wanted.schema.field(name).type)]
    rows = [frame.select(wanted.column_names).sort_by(order).to_pylist() for frame in (found, wanted)]
    if form == "iceberg":
        # PyIceberg stores a NULL list of structs as an empty list.
        rows = [[{name: None if value == [] else value for name, value in row.items()} for row in part] for part in rows]
    assert rows[0] == rows[1], f"{form}: {table} differs"
    print(f"exports: {form}: {len(rows[0])} rows of {table}")
