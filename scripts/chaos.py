#!/usr/bin/env python3
"""Disturbs the program at random moments, and checks that no row is lost or duplicated: chaos.py PROGRAM [MINUTES] [SEED]

Each round takes a case, starts a command on it, and kills it (SIGKILL) or takes something away from it: disk, file
descriptors, memory. After up to six such disturbances the load is run to its end, and the tables, in order, are compared
with those of a load that nobody disturbed. The trail is made from the demo. Prints figures; exit code 1 if a row is lost or
doubled, or if a load does not finish. Progress goes to standard error every five minutes.
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
# The processor time in seconds that no command here should need. The clock does not count, because the machine may be
# busy; but a command that makes no progress for STALL seconds hangs.
PATIENCE = 300
STALL = 120
# Seconds between two lines about progress.
PAUSE = 300
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
    used = 0.0
    while True:
        try:
            out, err = process.communicate(timeout=kill_after or STALL)
            return process.returncode, out, err.decode(errors="replace")
        except subprocess.TimeoutExpired:
            threads = ""
            if kill_after is None:
                before, used = used, processor_time(process.pid)
                if before + 0.02 < used < PATIENCE:
                    continue
                threads = describe_threads(process.pid)
            process.kill()
            out, err = process.communicate()
            said = err.decode(errors="replace")
            if kill_after is None:
                raise Failed(f"{args} hangs after {used:.1f} s of processor time ({threads}): {said[-500:]}") from None
            return None, out, said


def processor_time(process):
    """The processor time that a process has used, in seconds."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def describe_threads(process):
    """The state of each thread, and where in the kernel it waits."""
    found = []
    for task in pathlib.Path(f"/proc/{process}/task").iterdir():
        try:
            state = (task / "stat").read_text().rsplit(")", 1)[1].split()[0]
            found.append(f"{state} {(task / 'wchan').read_text()}")
        except FileNotFoundError:
            pass
    return ", ".join(f"{count} x {state}" for state, count in collections.Counter(found).items())


def must(codes, args, **options):
    code, out, err = run(args, **options)
    if code not in codes:
        raise Failed(f"{args} ended with {code}: {err[-800:]}")
    return out


class Campaign:
    def __init__(self, folder):
        self.folder, self.random = folder, random.Random(SEED)
        self.kills, self.faults, self.lost, self.doubled, self.rounds = collections.Counter(), collections.Counter(), 0, 0, 0
        self.late, self.kept = 0, pathlib.Path(tempfile.gettempdir()) / f"chaos-kept-{os.getpid()}"
        self.trail, self.first = folder / "trail", folder / "first"
        all_records = records()
        make_trail(self.trail, COPIES, all_records)
        shutil.copytree(self.trail / "00", self.first)
        # A custom rule, so that loading with it maps everything again.
        (folder / "rules" / "iam").mkdir(parents=True)
        shipped = (ROOT / "rules/iam/users.toml").read_text()
        (folder / "rules/iam/users.toml").write_text(f"# Another version.\n{shipped}")
        self.cases = {}
        for name, path in {"first": self.trail / "00", "whole": self.trail}.items():
            self.cases[name] = folder / f"{name}.duckdb"
            # Because of the rejected record, the load is partial.
            must((0, 4), self.load(self.cases[name], [path]))
        self.wanted = self.content(self.cases["whole"])
        if len(self.wanted["events"]) < COPIES * len(all_records) or not self.wanted["rejects"]:
            raise Failed("the trail was not loaded completely")
        # How long the command of each phase takes if nothing disturbs it, in seconds. Kills are spread over this time.
        self.took = {}
        for phase in STARTS:
            self.took[phase] = self.measure(phase)

    def measure(self, phase):
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            case = self.take(STARTS[phase], pathlib.Path(name))
            if phase == "checkpoint":
                run(self.load(case, [self.trail]), kill_after=self.took["reload"] / 2)
            begun = time.monotonic()
            must((0, 4), self.command(case, phase))
            return time.monotonic() - begun

    def command(self, case, phase, *more):
        """What is disturbed in a phase."""
        if phase == "checkpoint":
            return ["sql", "--db", str(case), "--write", "FORCE CHECKPOINT"]
        rules = ["--rules", str(self.folder / "rules")] if phase == "rules" else []
        return self.load(case, [self.trail], *rules, *more)

    def load(self, case, paths, *more):
        return ["load", *map(str, paths), "--db", str(case), "-q", *more]

    def content(self, case):
        rows = "SELECT '{0}' AS name, to_json(r)::VARCHAR AS row FROM (SELECT {1} FROM {0}) AS r"
        query = " UNION ALL ".join(rows.format(table, columns) for table, columns in TABLES.items())
        found = {table: collections.Counter() for table in TABLES}
        for line in must((0,), ["sql", "--db", str(case), "--format", "jsonl", query]).splitlines():
            row = json.loads(line)
            found[row["name"]][row["row"]] += 1
        return found

    def take(self, name, folder):
        """Returns a copy of a case to be disturbed, in a folder of its own."""
        place = folder / "place"
        place.mkdir()
        case = place / "case.duckdb"
        if name:
            shutil.copy(self.cases[name], case)
        return case

    def moment(self, phase, is_first):
        """When to kill a command, in seconds after its start. A load that continues another one may be short, so its kills
        are more frequent near its start."""
        whole = self.took[phase] * 1.05
        if is_first:
            return self.random.uniform(0.001, whole)
        return 0.01 * (whole / 0.01) ** self.random.random()

    def disturb(self, case, phase, more, is_first):
        """Runs the command of a phase, and kills it while it may still be running, or takes a resource away from it. Returns
        whether the command may have more to do."""
        kind = self.random.choices(["kill", "file size", "disk", "descriptors", "address space"], [12, 1, 1, 1, 1])[0]
        limits, moment = [], None
        if kind == "kill":
            moment = self.moment(phase, is_first)
        elif kind == "file size":
            limits = [(resource.RLIMIT_FSIZE, self.random.randrange(1 << 12, 12 << 20))]
        elif kind == "descriptors":
            limits = [(resource.RLIMIT_NOFILE, self.random.randrange(4, 40))]
        elif kind == "address space":
            limits = [(resource.RLIMIT_AS, self.random.randrange(200 << 20, 1600 << 20))]
        elif not self.fill(case.parent):
            return True
        begun = time.monotonic()
        try:
            code, _, err = run(self.command(case, phase, *more), limits, moment)
        finally:
            if kind == "disk":
                self.empty(case.parent)
        elapsed = time.monotonic() - begun
        if kind != "kill":
            self.faults[kind] += 1
            if code == 0 and kind == "disk":
                self.faults["disk, but the load finished"] += 1
        elif code is None:
            self.kills[phase] += 1
            if is_first and elapsed > self.took[phase] * 0.95:
                # The machine may be busier than it was.
                self.took[phase] *= 1.05
        else:
            self.late += 1
            if is_first:
                self.took[phase] = min(self.took[phase], elapsed)
        if "panicked" in err:
            raise Failed(f"{kind} during {phase}: {err[-800:]}")
        return code not in (0, 4)

    # A small in-memory file system, if the user may mount one. The folder of the case is moved to it and back.

    def fill(self, place):
        kept, size = place.with_name("kept"), self.random.randrange(1 << 20, 24 << 20)
        if os.geteuid() != 0:
            return False
        place.rename(kept)
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            try:
                shutil.copytree(kept, place, dirs_exist_ok=True)
                return True
            except shutil.Error:
                subprocess.run(["umount", str(place)], check=True)
        place.rmdir()
        kept.rename(place)
        return False

    def empty(self, place):
        kept, moved = place.with_name("kept"), place.with_name("moved")
        shutil.copytree(place, moved)
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()
        moved.rename(place)
        shutil.rmtree(kept)

    def round(self):
        self.rounds += 1
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = pathlib.Path(name)
            phase = self.random.choice(["load", "load", "reload", "reload", "rules", "checkpoint", "notes"])
            if phase == "notes":
                return self.notes(folder)
            case = self.take(STARTS[phase], folder)
            more = MEMORY if phase != "checkpoint" and self.random.random() < 0.5 else []
            for number in range(self.random.randint(2, 6)):
                if phase == "checkpoint":
                    # The write-ahead log of a killed load is merged into the file when the case is opened.
                    run(self.load(case, [self.trail]), kill_after=self.random.uniform(self.took["reload"] * 0.3, self.took["reload"]))
                    self.disturb(case, phase, more, is_first=True)
                elif not self.disturb(case, phase, more, is_first=number == 0):
                    break
            self.check(case, phase)
        return None

    def check(self, case, phase):
        # If a check fails, the case as it was left is needed to find out why.
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(case.parent, self.kept)
        # No matter when the load was stopped, the case opens or reports that its first load was stopped.
        code, _, err = run(["sql", "--db", str(case), "SELECT count(*) FROM events"])
        if code != 0 and not ("was stopped" in err or "does not exist" in err):
            raise Failed(f"after {phase}, the case does not open: {err[-800:]}")
        must((0, 4), self.load(case, [self.trail], *(MEMORY if self.random.random() < 0.5 else [])))
        left = [path.name for path in case.parent.iterdir() if path.name != "case.duckdb"]
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
        path = case.with_name("case.notes.jsonl")
        lines = path.read_text().splitlines()[1:] if path.exists() else []
        found = collections.Counter(json.loads(line)["text"] for line in lines)
        self.lost += len(told - set(found))
        self.doubled += sum(count - 1 for count in found.values())


# The case from which each phase starts.
STARTS = {"load": None, "reload": "first", "rules": "whole", "checkpoint": "first"}
NOTE_HEAD = '{"format":"cartographer notes","version":1}\n'


def main():
    failure = None
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        campaign = Campaign(pathlib.Path(folder))
        begun = told = time.monotonic()
        try:
            while time.monotonic() - begun < MINUTES * 60 and not (campaign.lost or campaign.doubled):
                campaign.round()
                if time.monotonic() - told > PAUSE:
                    told = time.monotonic()
                    print(f"chaos: {(told - begun) / 60:.0f} minutes, {campaign.rounds} rounds, {campaign.kills.total()} kills", file=sys.stderr)
        except Failed as failed:
            failure = failed
        rows = sum(table.total() for table in campaign.wanted.values())
    kills = ", ".join(f"{phase} {count}" for phase, count in sorted(campaign.kills.items()))
    faults = ", ".join(f"{kind} {count}" for kind, count in sorted(campaign.faults.items()))
    print(f"chaos: {(time.monotonic() - begun) / 60:.1f} minutes, seed {SEED}, {campaign.rounds} rounds, {rows} rows compared in each")
    print(f"chaos: {campaign.kills.total()} kills ({kills}); {campaign.late} too late; faults: {faults or 'none'}")
    print(f"chaos: {campaign.lost} rows lost, {campaign.doubled} rows duplicated")
    if failure or campaign.lost or campaign.doubled:
        print(f"chaos: {failure or 'rows differ'}; the case before the check is in {campaign.kept}")
        return 1
    shutil.rmtree(campaign.kept, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
