"""What a capture file says beside its packets, of captures larger than a window: the same however they are read."""

from __future__ import annotations

import gzip
import plistlib
import random
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from test_command import A, B, ethernet, packets, pcap, rows, run, udp

FIELDS = (
    "frame.interface_name,frame.interface_description,frame.section_number,frame.comment,frame.packet_flags,"
    "frame.drop_count,frame.file_off,frame.p2p_dir,frame.len"
)
NAMES = [(None, None), ("eth0", "the first"), (None, "without a name"), ("wlan0", None)]


class Made:
    """A pcapng with packets of one flow, and the values that they must have."""

    def __init__(self, seed: int, count: int, start: int = 100) -> None:
        self.random = random.Random(seed)
        self.data = b""
        self.expected: list[dict] = []
        self.order, self.section, self.interfaces = "<", 0, []
        for i in range(count):
            if i % (count // 5 + 1) == 0:
                self.begin_section()
            if self.random.random() < 0.01:
                self.add_interface()
            self.add_packet(start + i)

    def block(self, kind: int, body: bytes) -> None:
        body += bytes(-len(body) % 4)
        length = struct.pack(self.order + "I", 12 + len(body))
        self.data += struct.pack(self.order + "I", kind) + length + body + length

    def option(self, code: int, value: bytes) -> bytes:
        return struct.pack(self.order + "HH", code, len(value)) + value + bytes(-len(value) % 4)

    def begin_section(self) -> None:
        self.order = self.random.choice("<>")
        self.section, self.interfaces = self.section + 1, []
        self.block(0x0A0D0D0A, struct.pack(self.order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
        self.add_interface()

    def add_interface(self) -> None:
        name, description = self.random.choice(NAMES)
        options = self.option(2, name.encode()) if name else b""
        options += self.option(3, description.encode()) if description else b""
        self.interfaces.append((name or description or "unknown", description))
        self.block(1, struct.pack(self.order + "HHI", 1, 0, 0) + options)

    def add_packet(self, second: int) -> None:
        frame = ethernet(udp(*self.random.choice([(A, B), (B, A)]), size=self.random.randrange(1200)))
        number = self.random.randrange(len(self.interfaces))
        name, description = self.interfaces[number]
        says: dict[str, list] = {
            "frame.interface_name": [name], "frame.interface_description": [description] if description else [],
            "frame.section_number": [self.section], "frame.comment": [], "frame.packet_flags": [],
            "frame.drop_count": [], "frame.p2p_dir": [], "frame.file_off": [len(self.data)], "frame.len": [len(frame)],
        }  # fmt: skip
        options = b""
        if self.random.random() < 0.2:
            says["frame.comment"] = ["c" * self.random.randrange(300) for _ in range(self.random.randrange(1, 4))]
            options += b"".join(self.option(1, x.encode()) for x in says["frame.comment"])
        if self.random.random() < 0.2:
            way = self.random.randrange(4)
            says["frame.packet_flags"], says["frame.p2p_dir"] = [way], {1: [1], 2: [0]}.get(way, [])
            options += self.option(2, struct.pack(self.order + "I", way))
        if self.random.random() < 0.1:
            says["frame.drop_count"] = [self.random.randrange(2**64)]
            options += self.option(4, struct.pack(self.order + "Q", says["frame.drop_count"][0]))
        time = second * 10**6
        head = struct.pack(self.order + "IIIII", number, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame))
        self.block(6, head + frame + bytes(-len(frame) % 4) + (options + bytes(4) if options else b""))
        self.expected.append(says)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    made = Made(3, 2500)
    path = tmp_path_factory.mktemp("notes") / "notes.pcapng"
    path.write_bytes(made.data)
    assert len(made.data) > 1_000_000  # several windows
    return path, made


def told(found: list[dict]) -> list[dict]:
    return [{k: v for k, v in x.items() if k not in ("number", "time", "capture")} for x in found]


def test_values_of_any_reading(made: tuple[Path, Made], tmp_path: Path) -> None:
    path, capture = made
    for threads in (1, 2, 5):
        assert told(packets(path, "--fields", FIELDS, "--threads", threads)) == capture.expected, threads
    packed = tmp_path / "notes.pcapng.gz"
    packed.write_bytes(gzip.compress(capture.data, 1))
    assert told(packets(packed, "--fields", FIELDS)) == capture.expected
    with path.open("rb") as file:
        assert told(packets("-", "--fields", FIELDS, stdin=file)) == capture.expected
    assert told(packets(path, "--fields", FIELDS, "--limit", 2000)) == capture.expected[:2000]
    some = [x for x in capture.expected if x["frame.interface_name"] == ["eth0"] and x["frame.comment"]]
    expression = 'frame.interface_name == "eth0" && frame.comment'
    assert told(packets(path, "--fields", FIELDS, "--filter", expression)) == some != []
    assert run("packets", path, "--count", "--filter", expression).stdout == f"{len(some)}\n"


def test_flows_have_them(made: tuple[Path, Made]) -> None:
    path, capture = made
    some = [x for x in capture.expected if x["frame.drop_count"] or x["frame.packet_flags"] == [2]]
    for threads in (1, 3):
        found = rows(path, "--filter", "frame.drop_count || frame.packet_flags_direction == 2", "--fields", FIELDS,
                     "--threads", threads)  # fmt: skip
        assert sum(x["packets"] for x in found) == len(some)
        for name in FIELDS.split(","):
            values = [y["value"] for x in found for y in x[name]]
            assert sorted(values) == sorted(y for x in some for y in x[name]), name


def test_joined_captures_keep_their_own(made: tuple[Path, Made], tmp_path: Path) -> None:
    """Packets of three captures in turn: each is told of by its own file."""
    path, capture = made
    other = Made(4, 2000, start=300)
    second, third = tmp_path / "second.pcapng", tmp_path / "third.pcap"
    second.write_bytes(other.data)
    third.write_bytes(pcap([(90 + 2 * i, ethernet(udp(A, B, size=i % 50))) for i in range(900)]))
    whole = [*capture.expected, *other.expected, *({"frame.file_off": x["frame.file_off"]} for x in packets(third, "--fields", "frame.file_off"))]
    for threads in (1, 3):
        found = rows("--join", path, second, third, "--fields", FIELDS, "--threads", threads)
        for name in FIELDS.split(",")[:-1]:
            values = [y["value"] for x in found for y in x[name]]
            assert sorted(values) == sorted(y for x in whole for y in x.get(name, [])), name
        (one,) = rows("--join", path, second, third, "--filter", f"frame.file_off == {other.expected[1700]['frame.file_off'][0]} && frame.section_number",
                      "--fields", FIELDS, "--threads", threads)  # fmt: skip
        assert {name: [y["value"] for y in one[name]] for name in FIELDS.split(",")} == other.expected[1700]


@pytest.fixture
def kept() -> str:
    """What copies say, too: all but the places in the file."""
    return ",".join(x for x in FIELDS.split(",") if x not in ("frame.file_off", "frame.section_number"))


def test_copies_say_the_same(made: tuple[Path, Made], tmp_path: Path, kept: str) -> None:
    path, _ = made
    copy = tmp_path / "copy.pcapng"
    run("packets", path, "--format", "pcapng", "-o", copy)
    assert packets(copy, "--fields", kept) == packets(path, "--fields", kept)


@pytest.mark.parametrize("by", ["flow", "host", "packets:100", "time:60"])
@pytest.mark.parametrize("threads", [1, 3])
def test_pieces_say_the_same(made: tuple[Path, Made], tmp_path: Path, kept: str, by: str, threads: int) -> None:
    path, _ = made
    whole = {x["time"]: told([x]) for x in packets(path, "--fields", kept)}
    out = tmp_path / "out"
    run("split", path, "-o", out, "--by", by, "--format", "pcapng", "--threads", threads)
    times = [x["time"] for file in out.iterdir() for x in packets(file, "--fields", kept) if whole[x["time"]] == told([x])]
    assert sorted(times) == sorted([*whole] * (2 if by == "host" else 1))


def test_a_pcap_has_only_the_packets(made: tuple[Path, Made], tmp_path: Path, kept: str) -> None:
    path, _ = made
    run("split", path, "-o", tmp_path / "auto")
    run("split", path, "-o", tmp_path / "pcap", "--format", "pcap")
    (auto,), (named,) = (tmp_path / "auto").iterdir(), (tmp_path / "pcap").iterdir()
    assert auto.suffix == named.suffix == ".pcap" and auto.read_bytes() == named.read_bytes()
    names = ("time", "frame.len")
    assert [[x[y] for y in names] for x in packets(auto, "--fields", kept)] == [
        [x[y] for y in names] for x in packets(path, "--fields", kept)
    ]


def test_texts_of_the_file_are_hostile(tmp_path: Path) -> None:
    """Comments and names may be any bytes: what is written of them is valid in every format."""
    comment, name = b"a\tb\nc\rd\x01\x1b[31m<&\"'\xff\xc0e", b"x\xe2\x82,\x07y\0z"
    made = Made(1, 0)
    made.section, made.interfaces = 1, [("", None)]
    made.block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    made.block(1, struct.pack("<HHI", 147, 0, 0) + made.option(2, name))
    made.block(6, struct.pack("<IIIII", 0, 0, 1, 4, 4) + b"data" + made.option(1, comment) + bytes(4))
    path = tmp_path / "hostile.pcapng"
    path.write_bytes(made.data)
    text, shown = "a\tb\nc\rd\x01\x1b[31m<&\"'\ufffd\ufffde", "x\ufffd,\x07y"
    (found,) = packets(path, "--format", "jsonl")
    fields = found["layers"][0]["fields"]
    assert (fields["frame.comment"], fields["frame.interface_name"]) == ([text], [shown])
    (found,) = packets(path, "--fields", "frame.comment,frame.interface_name")
    assert (found["frame.comment"], found["frame.interface_name"]) == ([text], [shown])
    document = ElementTree.fromstring(run("packets", path, "--format", "pdml").stdout)
    said = {x.get("name"): x.get("show") for x in document.iter("field")}
    assert said["frame.comment"] == "a\tb\nc\\xdd\\x1\\x1b[31m<&\"'\ufffd\ufffde"
    assert said["frame.interface_name"] == "x\ufffd,\\x7y"
    plist = str(plistlib.loads(run("packets", path, "--format", "plist").stdout.encode()))
    assert repr("a\tb\nc")[1:-1] in plist and "[31m<&" in plist
    tree = run("packets", path, "--format", "tree").stdout
    assert "[31m<&" in tree and not any(x in tree for x in "\x01\x07\x1b\r")
