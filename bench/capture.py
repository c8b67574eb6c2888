"""The benchmark's capture: made once by multiply.cpp, and what it holds, counted without flowloom."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import struct
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Contents:
    """`ip_bytes`: sum of the IP total lengths (IPv6: 40 + payload length)."""

    packets: int
    ip_packets: int
    ip_bytes: int
    size: int


def compile_multiply(folder: Path) -> Path:
    tool = folder / "multiply"
    sources = [HERE / "multiply.cpp", HERE / "multiply_packet.hpp"]
    if not tool.exists() or tool.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        compiler = os.environ.get("CXX", "c++")
        subprocess.run([compiler, "-std=c++20", "-O2", str(sources[0]), "-o", str(tool)], check=True)
    return tool


def count(path: Path) -> Contents:
    """Walks a little-endian pcap file of Ethernet frames with IP directly behind the Ethernet header."""
    packets = ip_packets = ip_bytes = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        end, at = len(data), 24
        record, word = struct.Struct("<8xI4x12xH"), struct.Struct(">H")
        while at < end:
            captured, kind = record.unpack_from(data, at)
            packets += 1
            if kind == 0x0008:  # 0800, read in the wrong order
                ip_packets += 1
                ip_bytes += word.unpack_from(data, at + 32)[0]
            elif kind == 0xDD86:
                ip_packets += 1
                ip_bytes += 40 + word.unpack_from(data, at + 34)[0]
            at += 16 + captured
    return Contents(packets, ip_packets, ip_bytes, end)


def usable(path: Path) -> bool:
    """Whether multiply takes the file: pcap, Ethernet, with at least a packet."""
    with path.open("rb") as file:
        head = file.read(40)
    order = {
        b"\xd4\xc3\xb2\xa1": "<",
        b"\x4d\x3c\xb2\xa1": "<",
        b"\xa1\xb2\xc3\xd4": ">",
        b"\xa1\xb2\x3c\x4d": ">",
    }
    return len(head) == 40 and head[:4] in order and struct.unpack(order[head[:4]] + "I", head[20:24])[0] == 1


def make(folder: Path, sources: list[Path], size: int) -> tuple[Path, Contents]:
    """The capture of at least `size` bytes, made anew only when sources, size or the tool have changed."""
    folder.mkdir(parents=True, exist_ok=True)
    tool = compile_multiply(folder)
    digest = hashlib.sha256(str(size).encode() + tool.read_bytes())
    for source in sources:
        digest.update(source.read_bytes())
    path, note = folder / "capture.pcap", folder / "capture.json"
    if path.exists() and note.exists():
        known = json.loads(note.read_text())
        if known["made_from"] == digest.hexdigest() and known["contents"]["size"] == path.stat().st_size:
            return path, Contents(**known["contents"])
    note.unlink(missing_ok=True)
    path.unlink(missing_ok=True)

    once = folder / "once.pcap"
    subprocess.run(
        [str(tool), "--copies", "1", "-o", str(once), *map(str, sources)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    copies = -(-size // (once.stat().st_size - 24))
    once.unlink()
    free = shutil.disk_usage(folder).free
    if free < 2 * size:
        raise SystemExit(
            f"bench: {folder} has {free >> 20} MiB free, the capture and the outputs need {2 * size >> 20}"
        )
    print(f"bench: making {path} from {len(sources)} captures, {copies} copies", flush=True)
    subprocess.run([str(tool), "--copies", str(copies), "-o", str(path), *map(str, sources)], check=True)
    contents = count(path)
    note.write_text(json.dumps({"made_from": digest.hexdigest(), "contents": asdict(contents)}))
    return path, contents
