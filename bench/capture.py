"""The benchmark's capture: made once by `flowloom synth`; what it holds is counted without flowloom."""

from __future__ import annotations

import hashlib
import json
import mmap
import shutil
import struct
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Contents:
    """`ip_bytes`: sum of the IP total lengths (IPv6: 40 + payload length). `frame_bytes`: of all packets."""

    packets: int
    ip_packets: int
    ip_bytes: int
    frame_bytes: int
    size: int


def copy(maker: Path, sources: list[Path], copies: int, out: Path) -> None:
    """Copies that overlap in time, so that many flows are open at once; none lasts so long that a usual
    timeout cuts its flows."""
    command = [str(maker), "synth", "-o", str(out), "--copies", str(copies), "--interleave", "64"]
    subprocess.run([*command, "--seconds", "60", "--from", *map(str, sources)], check=True)


def count(path: Path) -> Contents:
    """Walks a little-endian pcap file of Ethernet frames with IP directly behind the Ethernet header."""
    packets = ip_packets = ip_bytes = frame_bytes = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        end, at = len(data), 24
        record, word = struct.Struct("<8xI4x12xH"), struct.Struct(">H")
        while at < end:
            captured, kind = record.unpack_from(data, at)
            packets += 1
            frame_bytes += captured
            if kind == 0x0008:  # 0800, read in the wrong order
                ip_packets += 1
                ip_bytes += word.unpack_from(data, at + 32)[0]
            elif kind == 0xDD86:
                ip_packets += 1
                ip_bytes += 40 + word.unpack_from(data, at + 34)[0]
            at += 16 + captured
    return Contents(packets, ip_packets, ip_bytes, frame_bytes, end)


def part(path: Path, size: int) -> tuple[Path, Contents]:
    """The first packets of the capture, at least `size` bytes of them, as a capture of their own."""
    out = path.with_name("part.pcap")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = 24
        while at < min(size, len(data)):
            at += 16 + int.from_bytes(data[at + 8 : at + 12], "little")
        out.write_bytes(data[:at])
    return out, count(out)


def usable(path: Path) -> bool:
    """Whether count() can read copies of it: pcap, Ethernet, with at least a packet."""
    with path.open("rb") as file:
        head = file.read(40)
    order = {
        b"\xd4\xc3\xb2\xa1": "<",
        b"\x4d\x3c\xb2\xa1": "<",
        b"\xa1\xb2\xc3\xd4": ">",
        b"\xa1\xb2\x3c\x4d": ">",
    }
    return len(head) == 40 and head[:4] in order and struct.unpack(order[head[:4]] + "I", head[20:24])[0] == 1


def make(maker: Path, folder: Path, sources: list[Path], size: int) -> tuple[Path, Contents]:
    """The capture of at least `size` bytes, made anew only when size, sources or what the maker (the command
    flowloom) makes of them have changed."""
    if not maker.exists():
        raise SystemExit(f"bench: {maker} makes the capture, but has not been built")
    folder.mkdir(parents=True, exist_ok=True)
    once = folder / "once.pcap"
    copy(maker, sources, 1, once)
    digest = hashlib.sha256(str(size).encode() + once.read_bytes()).hexdigest()
    copies = -(-size // (once.stat().st_size - 24))
    once.unlink()
    path, note = folder / "capture.pcap", folder / "capture.json"
    if path.exists() and note.exists():
        known = json.loads(note.read_text())
        same_shape = known["contents"].keys() == Contents.__dataclass_fields__.keys()
        if same_shape and known["made_from"] == digest and known["contents"]["size"] == path.stat().st_size:
            return path, Contents(**known["contents"])
    note.unlink(missing_ok=True)
    path.unlink(missing_ok=True)

    free = shutil.disk_usage(folder).free
    if free < 2 * size:
        raise SystemExit(
            f"bench: {folder} has {free >> 20} MiB free, the capture and the outputs need {2 * size >> 20}"
        )
    print(f"bench: making {path} from {len(sources)} captures, {copies} copies", flush=True)
    copy(maker, sources, copies, path)
    contents = count(path)
    note.write_text(json.dumps({"made_from": digest, "contents": asdict(contents)}))
    return path, contents
