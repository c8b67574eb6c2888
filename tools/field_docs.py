"""Writes docs/fields.md from what the command says of its fields, and from the names of anomalies in the sources.

    tools/field_docs.py            writes it
    tools/field_docs.py --check    says whether it is as it should be (make check)
"""

import collections
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "fields.md"
ANOMALY = re.compile(r"\banomaly\(\s*(?:[^;\"]*\?\s*)?((?:\"[a-z0-9_]+\"(?:\s*:\s*)?)+)")

HEAD = """# Fields

Made by `tools/field_docs.py` from the tables in `src/dissect/`; do not change it by hand.

Names are Wireshark's, so that filters and scripts stay as they are. `flowloom fields [PATTERN]` prints this list,
`flowloom packets --fields NAME,…` the values ([packets.md](packets.md)). A protocol's name stands for its layers.
Types: `uint8` … `uint64`, `int8` … `int64`; the base is how texts write them (`hex`, else decimal).

"""


def known() -> list[dict]:
    binary = os.environ.get("FLOWLOOM_BIN") or ROOT / "build" / "bin" / "flowloom"
    done = subprocess.run([binary, "fields", "--format", "jsonl"], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def anomalies() -> dict[str, set[str]]:
    """By name: the files of the protocols that tell of it."""
    found = collections.defaultdict(set)
    for path in sorted((ROOT / "src" / "dissect").rglob("*.cpp")):
        for match in ANOMALY.finditer(path.read_text(encoding="utf-8")):
            for name in re.findall(r'"([a-z0-9_]+)"', match[1]):
                found[name].add("every protocol" if path.stem == "dissector" else path.stem)
    return found


def cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def page() -> str:
    rows = known()
    protocols = [x for x in rows if x["type"] == "protocol"]
    out = [HEAD, f"{len(protocols)} protocols, {len(rows) - len(protocols)} fields.\n"]
    for protocol in protocols:
        out.append(f"\n## {protocol['name']}\n\n{protocol['title']} ({protocol['reference']})\n")
        fields = [x for x in rows if x["protocol"] == protocol["name"] and x is not protocol]
        if fields:
            out.append("\n| field | type | title |\n|---|---|---|\n")
        for field in fields:
            base = field["base"] if field["base"] in ("hex", "oct") else ""
            out.append(f"| `{field['name']}` | {field['type']}{base and ', ' + base} | {cell(field['title'])} |\n")
    out.append("\n## Anomalies\n\nWhat may be wrong with a packet: the names in `anomalies`, and where they come from.\n\n")
    out.append("| name | of |\n|---|---|\n")
    for name, places in sorted(anomalies().items()):
        out.append(f"| `{name}` | {', '.join(sorted(places))} |\n")
    return "".join(out)


def main() -> int:
    wanted = page()
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    present = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if present == wanted:
        print("docs/fields.md is what the tables say")
        return 0
    sys.stdout.writelines(difflib.unified_diff(present.splitlines(True), wanted.splitlines(True), "present", "wanted", n=0))
    print("docs/fields.md is not what the tables say: run tools/field_docs.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
