#!/usr/bin/env python3
"""Disturbs the program at random moments, and checks that no row is lost or duplicated: chaos.py PROGRAM [MINUTES] [SEED]

Each round takes a case, starts a command on it, and kills it (SIGKILL) or takes something away from it: disk, file
descriptors, memory. After one to four such disturbances the load is run to its end, and the tables, in order, are compared
with those of a load that nobody disturbed. The trail is made from the demo. Prints figures; exit code 1 if a row is lost or
doubled, or if a load does not finish.
"""

import collections
import copy
import gzip
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
MINUTES = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)

# The tables that are compared. The time a file was loaded and the time of its last change differ between loads.
TABLES = {
    "events": "*", "sessions": "*", "signals": "*", "event_signal": "*", "signal_entities": "*", "aggregated_events": "*",
    "rejects": "*", "load_files": "* EXCLUDE (loaded_at, stamp)",
}
# How many copies of the demo are in the trail: few, to keep each round short.
COPIES = 2
# A time limit in seconds that no command here should reach.
PATIENCE = 300
MEMORY = ["--memory-limit", "256MB"]


class Failed(Exception):
    """Something happened that must not happen."""


def records():
    with gzip.open(ROOT / "demo/trail.json.gz") as file:
        return json.load(file)["Records"]


def make_trail(folder, copies, records):
    """Writes files of 150 records: the demo several times, each time in other accounts and with other IDs; and a file that
    has a record that is rejected."""
    for number in range(copies):
        text = json.dumps(records).replace("111122223333", f"{111122223333 + number}")
        copied = copy.deepcopy(json.loads(text))
        for place, record in enumerate(copied):
            record["eventID"] = f"0a1b2c3d-{number:04x}-4000-8000-{place:012x}"
            key = record.get("userIdentity", {}).get("accessKeyId")
            if key:
                record["userIdentity"]["accessKeyId"] = f"{key[:-2]}{number:02d}"
        for start in range(0, len(copied), 150):
            name = folder / f"{number:02d}" / f"{start:06d}.json.gz"
            name.parent.mkdir(parents=True, exist_ok=True)
            name.write_bytes(gzip.compress(json.dumps({"Records": copied[start : start + 150]}).encode(), 1, mtime=0))
    (folder / "rejected.json").write_text(json.dumps({"Records": [{"eventTime": "2024-05-01T10:00:00Z"}, records[0]]}))


def run(args, limits=(), kill_after=None, **options):
    """Runs the program; returns its exit code, or None if it was killed here, with the rest of what it printed."""

    def set_limits():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        for kind, most in limits:
            resource.setrlimit(kind, (most, most))

    process = subprocess.Popen([PROGRAM, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=set_limits, **options)
    try:
        out, err = process.communicate(timeout=kill_after or PATIENCE)
        return process.returncode, out, err.decode(errors="replace")
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        if kill_after is None:
            raise Failed(f"{args} did not end within {PATIENCE} s: {err.decode(errors='replace')[-500:]}") from None
        return None, out, err.decode(errors="replace")


def must(codes, args, **options):
    code, out, err = run(args, **options)
    if code not in codes:
        raise Failed(f"{args} ended with {code}: {err[-800:]}")
    return out


class Campaign:
    def __init__(self, folder):
        self.folder, self.random = folder, random.Random(SEED)
        self.kills, self.faults, self.lost, self.doubled, self.rounds = collections.Counter(), collections.Counter(), 0, 0, 0
        self.trail, self.first = folder / "trail", folder / "first"
        all_records = records()
        make_trail(self.trail, COPIES, all_records)
        shutil.copytree(self.trail / "00", self.first)
        # A custom rule, so that loading with it maps everything again.
        (folder / "rules" / "iam").mkdir(parents=True)
        shipped = (ROOT / "rules/iam/users.toml").read_text()
        (folder / "rules/iam/users.toml").write_text(f"# Another version.\n{shipped}")
        self.cases, self.took = {}, {}
        for name, loads in {"first": [[self.trail / "00"]], "whole": [[self.trail]]}.items():
            case = folder / f"{name}.duckdb"
            for paths in loads:
                begun = time.monotonic()
                # Because of the rejected record, the load is partial.
                must((0, 4), self.load(case, paths))
                took = time.monotonic() - begun
            self.cases[name] = (case, took)
        self.wanted = self.content(self.cases["whole"][0])
        if len(self.wanted["events"]) < COPIES * len(all_records) or not self.wanted["rejects"]:
            raise Failed("the trail was not loaded completely")

    def load(self, case, paths, *more):
        return ["load", *map(str, paths), "--db", str(case), "-q", *more]

    def content(self, case):
        found = {}
        for table, columns in TABLES.items():
            query = f"SELECT {columns} FROM {table} ORDER BY ALL"
            out = must((0,), ["sql", "--db", str(case), "--format", "jsonl", query])
            found[table] = collections.Counter(out.splitlines())
        return found

    def take(self, name, folder):
        """Returns a copy of a case to be disturbed."""
        case = folder / "case.duckdb"
        if name:
            shutil.copy(self.cases[name][0], case)
        return case

    def disturb(self, case, args, took, phase):
        """Runs a command, and kills it while it may still be running, or takes a resource away from it."""
        kind = self.random.choices(["kill", "file size", "disk", "descriptors", "address space"], [12, 1, 1, 1, 1])[0]
        limits, moment = [], None
        if kind == "kill":
            took = self.took.get(phase, took)
            moment = self.random.uniform(0.001, took * 1.05)
        elif kind == "file size":
            limits = [(resource.RLIMIT_FSIZE, self.random.randrange(1 << 12, 12 << 20))]
        elif kind == "descriptors":
            limits = [(resource.RLIMIT_NOFILE, self.random.randrange(4, 40))]
        elif kind == "address space":
            limits = [(resource.RLIMIT_AS, self.random.randrange(200 << 20, 1600 << 20))]
        elif not self.fill(case):
            return
        begun = time.monotonic()
        try:
            code, _, err = run(args, limits, moment)
        finally:
            if kind == "disk":
                self.empty(case)
        if kind == "kill":
            if code is None:
                self.kills[phase] += 1
            else:
                # The command ended before it could be killed: the next command is killed earlier.
                self.took[phase] = time.monotonic() - begun
        else:
            self.faults[kind] += 1
            if code == 0 and kind == "disk":
                self.faults["disk, but the load finished"] += 1
        if "panicked" in err:
            raise Failed(f"{kind} during {phase}: {err[-800:]}")

    # A small in-memory file system, if the user may mount one.

    def fill(self, case):
        mount, size = case.parent / "small", self.random.randrange(1 << 20, 24 << 20)
        mount.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(mount)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
            return False
        for name in (case.name, f"{case.name}.wal"):
            file = case.parent / name
            try:
                if file.exists():
                    shutil.copy(file, mount / name)
            except OSError:
                self.empty(case, keep=False)
                return False
        for name in (case.name, f"{case.name}.wal"):
            (case.parent / name).unlink(missing_ok=True)
            (case.parent / name).symlink_to(mount / name)
        return True

    def empty(self, case, keep=True):
        """Moves the contents of the small file system to the large one, and unmounts the small one."""
        mount = case.parent / "small"
        if keep:
            for name in (case.name, f"{case.name}.wal"):
                (case.parent / name).unlink(missing_ok=True)
                if (mount / name).exists():
                    shutil.copy(mount / name, case.parent / name)
        subprocess.run(["umount", str(mount)], check=True)

    def round(self):
        self.rounds += 1
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = pathlib.Path(name)
            phase = self.random.choice(["load", "load", "reload", "reload", "rules", "checkpoint", "notes"])
            if phase == "notes":
                return self.notes(folder)
            case = self.take({"load": None, "reload": "first", "rules": "whole", "checkpoint": "first"}[phase], folder)
            took = self.cases["whole"][1]
            more = ["--rules", str(self.folder / "rules")] if phase == "rules" else []
            if self.random.random() < 0.5:
                more += MEMORY
            for _ in range(self.random.randint(1, 4)):
                args = self.load(case, [self.trail], *more)
                if phase == "checkpoint":
                    # The write-ahead log of a killed load is merged into the file when the case is opened.
                    run(args, kill_after=self.random.uniform(took * 0.3, took))
                    args, took = ["sql", "--db", str(case), "--write", "FORCE CHECKPOINT"], 1.0
                self.disturb(case, args, took, phase)
                took = self.cases["whole"][1]
            self.check(case, phase)
        return None

    def check(self, case, phase):
        # No matter when the load was stopped, the case opens or reports that its first load was stopped.
        code, _, err = run(["sql", "--db", str(case), "SELECT count(*) FROM events"])
        if code != 0 and not ("was stopped" in err or "does not exist" in err):
            raise Failed(f"after {phase}, the case does not open: {err[-800:]}")
        must((0, 4), self.load(case, [self.trail], *(MEMORY if self.random.random() < 0.5 else [])))
        left = [path.name for path in case.parent.iterdir() if path.name not in ("case.duckdb", "small")]
        if left:
            raise Failed(f"after {phase}, {left} still exists")
        found = self.content(case)
        for table, wanted in self.wanted.items():
            lost, doubled = wanted - found[table], found[table] - wanted
            self.lost += lost.total()
            self.doubled += doubled.total()
            if lost or doubled:
                print(f"chaos: {table} after {phase} (seed {SEED}, round {self.rounds}): {lost.total()} lost, {doubled.total()} duplicated")
                for row in [*list(lost)[:2], *list(doubled)[:2]]:
                    print(f"  {row[:400]!r}")

    def notes(self, folder):
        """Imports notes, one more each time: notes that a completed import has reported must remain."""
        case = self.take("first", folder)
        told = set()
        for number in range(self.random.randint(4, 12)):
            now = f"2026-01-01T00:00:{number:02d}.000000Z"
            note = {"id": f"{number:032x}", "kind": "comment", "text": f"note {number} " + "x" * 5000, "author": "chaos",
                    "target": {"type": "session", "id": "any"}, "created": now, "changed": now}
            file = folder / "more.jsonl"
            file.write_text(NOTE_HEAD + json.dumps(note) + "\n")
            code, _, err = run(["notes", "import", str(file), "--db", str(case)], kill_after=self.random.uniform(0.001, 0.08))
            if code == 0:
                told.add(note["text"])
            elif code is None:
                self.kills["notes"] += 1
            else:
                raise Failed(f"notes cannot be imported: {err}")
        path = folder / "case.notes.jsonl"
        lines = path.read_text().splitlines()[1:] if path.exists() else []
        found = collections.Counter(json.loads(line)["text"] for line in lines)
        self.lost += len(told - set(found))
        self.doubled += sum(count - 1 for count in found.values())


NOTE_HEAD = '{"format":"cartographer notes","version":1}\n'


def main():
    failure = None
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        campaign = Campaign(pathlib.Path(folder))
        begun = time.monotonic()
        try:
            while time.monotonic() - begun < MINUTES * 60 and not (campaign.lost or campaign.doubled):
                campaign.round()
        except Failed as failed:
            failure = failed
        rows = sum(table.total() for table in campaign.wanted.values())
    kills = ", ".join(f"{phase} {count}" for phase, count in sorted(campaign.kills.items()))
    faults = ", ".join(f"{kind} {count}" for kind, count in sorted(campaign.faults.items()))
    print(f"chaos: {(time.monotonic() - begun) / 60:.1f} minutes, seed {SEED}, {campaign.rounds} rounds, {rows} rows compared in each")
    print(f"chaos: {campaign.kills.total()} kills ({kills}); faults: {faults or 'none'}")
    print(f"chaos: {campaign.lost} rows lost, {campaign.doubled} rows duplicated")
    if failure:
        print(f"chaos: {failure}")
    return 1 if failure or campaign.lost or campaign.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
