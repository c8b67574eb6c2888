"""What tshark and flowloom say of fields, side by side: values of every frame, and the table of fields.

Run as a program, it prints the differences of some protocols' fields:

    build/venv/bin/python tests/judge/field_values.py --protocol icmpv6 --protocol ipv6 [CAPTURE…]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import pickle
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import captures
import command
import field_frame
import field_rules
import pdml

# Raise when what is kept in the cache changes.
CACHE_SCHEMA = 3

UNIT, RECORD = "\x1f", "\x1e"
# Bytes as they are on the wire, nothing put together over packets, checksums looked at.
OPTIONS = """ip.defragment:FALSE ipv6.defragment:FALSE tcp.desegment_tcp_streams:FALSE
    tcp.relative_sequence_numbers:FALSE tcp.analyze_sequence_numbers:FALSE ip.check_checksum:TRUE
    tcp.check_checksum:TRUE udp.check_checksum:TRUE sctp.reassembly:FALSE
    sctp.checksum:CRC-32C sctp.relative_tsns:FALSE sctp.tsn_analysis:FALSE dccp.relative_sequence_numbers:FALSE
    udplite.check_checksum:TRUE frame.show_file_off:TRUE""".split()

Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class KnownField:
    """A line of `flowloom fields`."""

    name: str
    type: str
    base: str | None
    protocol: str


@cache
def known_fields() -> tuple[KnownField, ...]:
    done = command.run("fields", "--format", "jsonl")
    assert done.returncode == 0, done.stderr.decode()
    rows = map(json.loads, done.stdout.decode().splitlines())
    return tuple(KnownField(x["name"], x["type"], x["base"], x["protocol"]) for x in rows)


@cache
def known_protocols() -> frozenset[str]:
    return frozenset(x.protocol for x in known_fields())


@dataclass(frozen=True, slots=True)
class TsharkField:
    type: str
    base: str


@cache
def tshark_fields() -> dict[str, list[TsharkField]]:
    """`tshark -G fields`; one name may be registered several times, with several types."""
    done = subprocess.run(["tshark", "-G", "fields"], capture_output=True, text=True, check=True)
    fields: dict[str, list[TsharkField]] = {}
    for line in done.stdout.splitlines():
        kind, *rest = line.split("\t")
        if kind == "P":
            fields.setdefault(rest[1], []).append(TsharkField("FT_PROTOCOL", ""))
        elif kind == "F":
            fields.setdefault(rest[1], []).append(TsharkField(rest[2], rest[4]))
    return fields


# -- the table of fields ------------------------------------------------------------------------------

_TYPES = {
    "boolean": "FT_BOOLEAN", "frame": "FT_FRAMENUM", "double": "FT_DOUBLE", "float": "FT_FLOAT", "none": "FT_NONE",
    "time": "FT_ABSOLUTE_TIME", "duration": "FT_RELATIVE_TIME", "ipv4": "FT_IPv4", "ipv6": "FT_IPv6",
    "mac": "FT_ETHER", "eui64": "FT_EUI64", "guid": "FT_GUID", "protocol": "FT_PROTOCOL",
}  # fmt: skip
_TEXTS = {"FT_STRING", "FT_STRINGZ", "FT_UINT_STRING", "FT_STRINGZPAD", "FT_STRINGZTRUNC", "FT_OID", "FT_REL_OID",
          "FT_AX25", "FT_VINES", "FT_FCWWN", "FT_SYSTEM_ID", "FT_IPXNET"}  # fmt: skip
_BASES = {"dec": {"BASE_DEC", "BASE_DEC_HEX", "BASE_NONE", "BASE_CUSTOM", "BASE_PT_UDP", "BASE_PT_TCP",
                  "BASE_PT_SCTP", "BASE_PT_DCCP", "BASE_OCT", "BASE_OUI"},
          "hex": {"BASE_HEX", "BASE_HEX_DEC"}, "oct": {"BASE_OCT"}}  # fmt: skip


def _fits(own: KnownField, other: TsharkField) -> bool:
    if own.type == "text":
        return other.type in _TEXTS
    if own.type == "bytes":
        return other.type in ("FT_BYTES", "FT_UINT_BYTES")
    expected = _TYPES.get(own.type) or "FT_" + own.type.upper()
    if other.type == "FT_CHAR" and own.type == "uint8":
        return True
    return other.type == expected and (own.base not in _BASES or other.base in _BASES[own.base])


def table_differences(fields: tuple[KnownField, ...]) -> list[str]:
    """Where a field's type and base are not Wireshark's."""
    found = []
    for own in fields:
        others = tshark_fields().get(own.name)
        if others is None:
            if own.name not in field_frame.UNKNOWN_TO_TSHARK:
                found.append(f"{own.name}: tshark has no such field")
        elif not any(_fits(own, x) for x in others) and own.name not in field_frame.OTHER_TYPE:
            told = ", ".join(sorted({f"{x.type} {x.base}".strip() for x in others}))
            found.append(f"{own.name}: {own.type} {own.base or ''}, tshark has {told}")
    return found


# -- values -------------------------------------------------------------------------------------------


def tshark_values(path: Path, names: tuple[str, ...]) -> list[Values]:
    """`tshark -T fields`, a dictionary a frame, of the fields that occur; from the cache if it was asked before."""
    asked = tuple(dict.fromkeys(("frame.encap_type", *field_frame.TSHARK_CONTEXT, *names)))
    key = hashlib.sha256(path.read_bytes())
    key.update(repr((CACHE_SCHEMA, pdml.tshark_version(), OPTIONS, sorted(names))).encode())
    stored = pdml.cache_folder() / f"{key.hexdigest()}.fields"
    if stored.exists():
        try:
            return pickle.loads(stored.read_bytes())
        except Exception:  # a half-written or foreign entry is as good as none
            stored.unlink(missing_ok=True)
    arguments = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "occurrence=a"]
    arguments += ["-E", f"aggregator={UNIT}", "-E", f"separator={RECORD}"]
    for option in OPTIONS:
        arguments += ["-o", option]
    for name in asked:
        arguments += ["-e", name]
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(arguments, capture_output=True, env=environment, timeout=300)
    rows = []
    for line in done.stdout.decode("utf-8", "replace").split("\n")[:-1]:
        cells = line.split(RECORD)
        assert len(cells) == len(asked), f"{path}: {len(cells)} cells, asked for {len(asked)}"
        rows.append({k: v.split(UNIT) for k, v in zip(asked, cells) if v})
    if not rows and done.returncode != 0 and b"doesn't support" not in done.stderr and path.stat().st_size:
        raise RuntimeError(f"{path}: {done.stderr.decode()}")
    stored.parent.mkdir(parents=True, exist_ok=True)
    partial = stored.with_suffix(f".{os.getpid()}")
    partial.write_bytes(pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))
    partial.rename(stored)
    return rows


def own_values(path: Path, names: tuple[str, ...]) -> list[Values]:
    asked = ("frame.number", "frame.protocols", *field_frame.CONTEXT, *names)
    done = command.run(
        "packets", path, "--fields", ",".join(dict.fromkeys(asked)), "--print-format", "wireshark4",
        "--format", "jsonl",
    )  # fmt: skip
    assert done.returncode in (0, 1, 3), f"{path}: status {done.returncode}, {done.stderr.decode()}"
    rows = []
    for line in done.stdout.decode("utf-8").splitlines():
        row = json.loads(line)
        rows.append({k: v for k, v in row.items() if k not in ("number", "time") and v})
    return rows


@dataclass
class FieldVerdict:
    path: Path
    differences: list[str] = field(default_factory=list)
    uses: Counter = field(default_factory=Counter)
    frames: int = 0
    values: int = 0  # that were compared
    answers: int = 0  # fields of frames, each with all its values


def compared_names(protocols: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Fields whose values can be compared, of these protocols or of all. A protocol's text is a summary in tshark."""
    return tuple(
        dict.fromkeys(
            x.name
            for x in known_fields()
            if x.type != "protocol"
            and (not protocols or x.protocol in protocols)
            and x.name in tshark_fields()
            and x.name not in field_frame.NOT_COMPARED
        )
    )


def judge(path: Path, names: tuple[str, ...]) -> FieldVerdict:
    verdict = FieldVerdict(path)
    theirs = [x for x in tshark_values(path, names) if "frame.encap_type" in x]
    ours = own_values(path, names)
    verdict.frames = len(theirs)
    if not theirs:  # a link type that tshark does not know at all
        return verdict
    if len(theirs) != len(ours):
        verdict.differences.append(f"{len(ours)} packets, tshark has {len(theirs)}")
        return verdict
    first = previous = (ours[0], theirs[0])
    for own, other in zip(ours, theirs):
        frame = field_frame.Frame(own, other, known_protocols(), first, previous)
        previous = (own, other)
        for name in names:
            mine, yours = own.get(name, []), other.get(name, [])
            verdict.values += len(yours)
            verdict.answers += bool(mine or yours)
            if mine == yours:
                continue
            rule = field_rules.explains(name, mine, yours, frame)
            if rule:
                verdict.uses[rule] += 1
            else:
                verdict.differences.append(
                    f"frame {other['frame.number'][0]} ({' '.join(other.get('frame.protocols', ['-']))}): "
                    f"{name}: tshark {_short(yours)}, flowloom {_short(mine)}"
                )
    return verdict


def _short(values: list[str]) -> str:
    text = " | ".join(values) if values else "nothing"
    return text if len(text) < 200 else text[:197] + "..."


# -- as a program -------------------------------------------------------------------------------------


def judged(task: tuple[Path, tuple[str, ...]]) -> FieldVerdict:
    """For a pool of processes: what goes wrong is a difference, too."""
    try:
        return judge(*task)
    except Exception as error:
        return FieldVerdict(task[0], [f"{type(error).__name__}: {error}"])


def main() -> int:
    parser = argparse.ArgumentParser(description="Differences between flowloom's and tshark's fields.")
    parser.add_argument("captures", nargs="*", type=Path, help="default: all there are")
    parser.add_argument("--protocol", action="append", default=[], help="only fields of this protocol")
    parser.add_argument("--field", action="append", default=[], help="only fields whose name has this beginning")
    parser.add_argument("--most", type=int, default=10, help="differences shown of a capture and of a field")
    options = parser.parse_args()
    unknown = set(options.protocol) - {x.protocol for x in known_fields()}
    if unknown:
        parser.error(f"unknown protocol {' '.join(sorted(unknown))}")
    chosen = tuple(
        x for x in known_fields()
        if (not options.protocol or x.protocol in options.protocol) and x.name.startswith(tuple(options.field) or "")
    )  # fmt: skip
    for line in table_differences(chosen):
        print("table:", line)
    names = tuple(x for x in compared_names() if x in {y.name for y in chosen})
    paths = options.captures or captures.everything()
    total, values, uses, shown = 0, 0, Counter(), Counter()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for verdict in pool.imap(judged, [(x, names) for x in paths]):
            values += verdict.values
            uses.update(verdict.uses)
            total += len(verdict.differences)
            here = 0
            for line in verdict.differences:
                about = re.sub(r"^frame .*?\): (\S+):.*", r"\1", line)
                shown[about] += 1
                if here >= options.most or shown[about] > options.most:
                    continue
                here += 1
                print(f"{captures.short(verdict.path)}: {line}")
    print(f"{len(paths)} captures, {values} values of {len(names)} fields, {total} differences")
    for name, count in shown.most_common(60):
        print(f"  {count:6} {name}")
    for rule, count in uses.most_common():
        print(f"  rule {rule}: {count}")
    return 1 if total else 0


if __name__ == "__main__":
    raise SystemExit(main())
