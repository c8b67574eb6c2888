"""What tshark says of a capture: one pass, PDML, reduced to the few fields the judge compares.

PDML rather than `-T fields` because it keeps the nesting and the order of the layers: which transport
header belongs to which IP header of a tunnel, and which headers are only quoted inside an ICMP error.
The reduced answer is cached by the capture's content, so that a rerun costs next to nothing.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

# Raise when what is kept below changes: older cache entries are then not used.
CACHE_SCHEMA = 15

# Only these fields are kept; tshark's names.
WANTED = frozenset(
    b"""ip.version ip.hdr_len ip.len ip.id ip.flags.mf ip.frag_offset ip.proto ip.src ip.dst
    ipv6.src ipv6.dst ipv6.plen ipv6.nxt ipv6.fraghdr.nxt ipv6.fraghdr.offset ipv6.fraghdr.more ipv6.fraghdr.ident
    ipv6.routing.nxt ipv6.routing.len_oct ipv6.hopopts.nxt ipv6.hopopts.len_oct ipv6.dstopts.nxt ipv6.dstopts.len_oct
    ipv6.routing.segleft ipv6.routing.src.addr ipv6.routing.mipv6.home_address ipv6.routing.rpl.full_address
    ipv6.routing.srh.addr ipv6.opt.mipv6.home_address ipv6.opt.invalid_len ipv6.opt.length
    shim6.nxt ipv6.opt.jumbo ah.next_header
    tcp.srcport tcp.dstport tcp.stream tcp.len tcp.flags tcp.seq tcp.seq_raw tcp.ack_raw tcp.hdr_len
    udp.srcport udp.dstport udp.stream udp.length sctp.srcport sctp.dstport dccp.srcport dccp.dstport
    icmp.type icmp.code icmp.ident icmpv6.type icmpv6.code icmpv6.echo.identifier
    vlan.id ieee8021ad.id ieee8021ad.svid ieee8021ad.cvid gre.proto gre.key gre.key.call_id erspan.spanid
    vxlan.vni gtp.teid geneve.vni l2tp.tunnel
    l2tp.session frame.number frame.len frame.cap_len frame.time_epoch frame.protocols frame.encap_type""".split()
)

# Where Debian puts sentences about running as root and the like.
_NOISE = re.compile(r"^Running as user .*$", re.M)


@dataclass(slots=True)
class Layer:
    """One protocol of a frame: its name, the names of the layers it lies in, place and wanted fields."""

    name: str
    inside: tuple[str, ...]
    pos: int
    size: int
    fields: dict[str, list[str]] = field(default_factory=dict)

    def get(self, name: str, default: str | None = None) -> str | None:
        values = self.fields.get(name)
        return values[0] if values else default

    def number(self, name: str) -> int | None:
        value = self.get(name)
        return int(value, 0) if value else None


@dataclass(slots=True)
class Frame:
    number: int
    time_ns: int
    length: int
    captured: int
    protocols: tuple[str, ...]
    encap: int | None  # None: a custom block, which tshark counts as a frame
    layers: list[Layer]


@dataclass(slots=True)
class Dissection:
    frames: list[Frame]
    status: int
    message: str

    @property
    def damaged(self) -> bool:
        """tshark read what there was and said that the file ends early or is corrupt."""
        return bool(re.search(r"cut short|damaged or corrupt|corrupt", self.message))


def nanoseconds(text: str) -> int:
    """Seconds in decimal, exactly; tshark prints nine digits."""
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.lstrip("-").partition(".")
    return sign * (int(whole) * 1_000_000_000 + int((fraction + "000000000")[:9]))


_PROTO = re.compile(rb'\s*<proto name="([^"]*)"')
_POS = re.compile(rb' pos="(\d+)"')
_SIZE = re.compile(rb' size="(\d+)"')
_SHOW = re.compile(rb' show="([^"]*)"')


def _parse(stream) -> list[Frame]:
    """PDML is one element a line and everything in attributes is escaped, so lines are enough."""
    frames: list[Frame] = []
    stack: list[Layer | None] = []
    layers: list[Layer] = []
    for line in stream:
        body = line.lstrip()
        if body.startswith(b"<field"):
            start = body.find(b'"') + 1
            name = body[start : body.find(b'"', start)]
            if name in WANTED and stack:
                show = _SHOW.search(body)
                owner = stack[-1]
                owner.fields.setdefault(name.decode(), []).append(show[1].decode("latin1") if show else "")
        elif body.startswith(b"<proto"):
            match = _PROTO.match(line)
            pos, size = _POS.search(body), _SIZE.search(body)
            layer = Layer(
                match[1].decode("latin1"),
                tuple(x.name for x in stack),
                int(pos[1]) if pos else 0,
                int(size[1]) if size else 0,
            )
            layers.append(layer)
            if not body.rstrip().endswith(b"/>"):
                stack.append(layer)
        elif body.startswith(b"</proto"):
            stack.pop()
        elif body.startswith(b"<packet"):
            stack, layers = [], []
        elif body.startswith(b"</packet"):
            frames.append(_frame(layers))
    return frames


def _frame(layers: list[Layer]) -> Frame:
    head = next(x for x in layers if x.name == "frame")
    return Frame(
        int(head.get("frame.number")),
        nanoseconds(head.get("frame.time_epoch") or "0"),  # a simple packet block has no time
        int(head.get("frame.len")),
        int(head.get("frame.cap_len")),
        tuple((head.get("frame.protocols") or "").split(":")),
        head.number("frame.encap_type"),
        [x for x in layers if x.name not in ("geninfo", "frame")],
    )


def _run(path: Path, options: tuple[str, ...]) -> Dissection:
    command = ["tshark", "-r", str(path), "-n", *options, "-T", "pdml"]
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)
        frames = _parse(process.stdout)
        status = process.wait()
        errors.seek(0)
        message = _NOISE.sub("", errors.read().decode("utf-8", "replace")).strip()
    return Dissection(frames, status, message)


@cache
def tshark_version() -> str:
    result = subprocess.run(["tshark", "-v"], capture_output=True, text=True, check=True)
    return result.stdout.splitlines()[0]


def cache_folder() -> Path:
    """In the checkout: what is unpickled from it must be nobody else's."""
    own = Path(__file__).resolve().parents[2] / "build" / "judge-cache"
    return Path(os.environ.get("FLOWLOOM_JUDGE_CACHE") or own)


def dissect(path: Path, options: tuple[str, ...] = ()) -> Dissection:
    """tshark's dissection of `path`, from the cache where the same bytes were dissected before."""
    key = hashlib.sha256(path.read_bytes())
    key.update(repr((CACHE_SCHEMA, tshark_version(), options, sorted(WANTED))).encode())
    stored = cache_folder() / f"{key.hexdigest()}.pickle"
    if stored.exists():
        try:
            return pickle.loads(stored.read_bytes())
        except Exception:  # a half-written or foreign entry is as good as none
            stored.unlink(missing_ok=True)
    result = _run(path, options)
    stored.parent.mkdir(parents=True, exist_ok=True)
    partial = stored.with_suffix(f".{os.getpid()}")
    partial.write_bytes(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
    partial.rename(stored)
    return result


def capinfos_count(path: Path) -> tuple[int | None, str]:
    """`capinfos -c -M`: the number of packets (None where it opened nothing) and what it complained of."""
    result = subprocess.run(
        ["capinfos", "-c", "-M", "-T", "-r", str(path)],
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    lines = [x for x in result.stdout.splitlines() if x.strip()]
    last = lines[-1].rsplit("\t", 1)[-1] if lines else ""
    return (int(last) if last.isdigit() else None), _NOISE.sub("", result.stderr).strip()
