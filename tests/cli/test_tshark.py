"""Fields and filters that only tshark knows: its answers are joined with ours, whatever is in them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from test_command import A, B, FLOWLOOM, ROOT, ethernet, pcap, rows, run, udp

HTTPS, HTTP = (ROOT / "tests/pcaps" / x for x in ("https.pcap", "http.pcap"))
real = pytest.mark.skipif(shutil.which("tshark") is None, reason="no tshark")


def packets(*arguments: object, **options) -> list[dict]:
    return [json.loads(x) for x in run("packets", *arguments, **options).stdout.splitlines()]


def tshark(*arguments: object) -> list[str]:
    done = subprocess.run(["tshark", "-n", "-2", *map(str, arguments)], capture_output=True, text=True, check=True,
                          env={**os.environ, "TZ": "UTC"})  # fmt: skip
    return done.stdout.splitlines()


@real
@pytest.mark.parametrize("capture", [HTTPS, HTTP], ids=lambda x: x.stem)
@pytest.mark.parametrize("expression", ["tls", "http.request", "tcp.stream == 1", 'ip.proto == "TCP"', "tcp.analysis.flags || http",
                                        'frame matches "(?=GET)"', "tls.handshake.type == 1 && frame.number > 20"])  # fmt: skip
def test_filters_find_what_tshark_finds(capture: Path, expression: str) -> None:
    numbers = [int(x) for x in tshark("-r", capture, "-Y", expression, "-T", "fields", "-e", "frame.number")]
    result = run("packets", capture, "--filter", expression, "--fields", "frame.number")
    assert [json.loads(x)["number"] for x in result.stdout.splitlines()] == numbers
    assert result.stderr.count("tshark") == 1 and "answers for the filter" in result.stderr
    assert run("packets", capture, "--filter", expression, "--count").stdout == f"{len(numbers)}\n"
    found = rows(capture, "--filter", expression, "--fields", "frame.number")
    told = sorted(y["value"] for x in found for y in x["frame.number"])
    not_ip = set(numbers) - {x["number"] for x in packets(capture, "--fields", "ip,ipv6") if x["ip"] or x["ipv6"]}
    assert told == sorted(set(numbers) - not_ip)


FIELDS = ["tls.handshake.type", "tls.handshake.ciphersuite", "http.host", "tcp.stream", "tls.handshake.random", "http",
          "tcp.time_delta", "tls.handshake.extensions_alpn_str"]  # fmt: skip


@real
@pytest.mark.parametrize("capture", [HTTPS, HTTP], ids=lambda x: x.stem)
def test_values_are_tsharks(capture: Path) -> None:
    """As texts they are what it prints; typed, the same in another form."""
    options = [y for x in FIELDS for y in ("-e", x)]
    printed = [x.split("\t") for x in tshark("-r", capture, "-T", "fields", "-E", "aggregator=|", *options)]
    texts = packets(capture, "--fields", ",".join(FIELDS), "--print-format", "wireshark4")
    typed = packets(capture, "--fields", ",".join([*FIELDS, "ip.ttl"]))
    assert len(printed) == len(texts) == len(typed) > 30
    for cells, text, value in zip(printed, texts, typed):
        for name, cell in zip(FIELDS, cells + [""] * (len(FIELDS) - len(cells))):
            want = cell.split("|") if cell else []
            assert text[name] == want
            if name in ("tls.handshake.type", "tls.handshake.ciphersuite", "tcp.stream"):
                assert value[name] == [int(x, 0) for x in want]
            elif name == "http":
                assert value[name] == [True] * len(want)
            elif name == "tcp.time_delta":
                assert value[name] == [float(x) for x in want]
            else:
                assert value[name] == want


@real
def test_whatever_the_input_is(tmp_path: Path) -> None:
    asked = ("--filter", "http.request", "--fields", "http.host,ip.src")
    want = run("packets", HTTP, *asked).stdout
    packed = tmp_path / "x.pcap.gz"
    packed.write_bytes(gzip.compress(HTTP.read_bytes()))
    named = tmp_path / "-n x.pcap"
    named.write_bytes(HTTP.read_bytes())
    assert run("packets", packed, *asked).stdout == want
    assert run("packets", "./-n x.pcap", *asked, cwd=tmp_path).stdout == want
    for data in (HTTP, packed):
        with data.open("rb") as file:
            assert run("packets", "-", *asked, stdin=file).stdout == want
        piped = subprocess.run([FLOWLOOM, "packets", "-", *asked], input=data.read_bytes(), capture_output=True, check=True)
        assert piped.stdout.decode() == want
    both = [json.loads(x) for x in run("packets", HTTP, HTTPS, *asked).stdout.splitlines()]
    assert [x for x in both if x["capture"] == str(HTTP)] == [{"capture": str(HTTP), **json.loads(x)} for x in want.splitlines()]


@real
def test_the_same_bytes_for_any_number_of_threads(tmp_path: Path) -> None:
    capture = tmp_path / "many.pcap"
    run("synth", "-o", capture, "--packets", 8000, "--seed", 3)
    for command in ("flows", "packets"):
        asked = (command, capture, "--filter", "tls || dns.flags.response == 0", "--fields", "tls.record.length,ip.ttl,tcp.stream")
        one = run(*asked, "--threads", 1).stdout
        assert one and all(run(*asked, "--threads", n).stdout == one for n in (2, 5))
    (tmp_path / "copy.pcap").write_bytes(capture.read_bytes())
    asked = ("flows", tmp_path / "copy.pcap", capture, HTTPS, "--fields", "tls.record.length")
    assert run(*asked).stdout == run(*asked, "--threads", 1).stdout


@real
def test_streams_of_flows_are_tsharks() -> None:
    for row in rows(HTTPS, "--fields", "tcp.stream", "--filter", "tcp"):
        assert {x["value"] for x in row["tcp.stream"]} == {row["stream"]}
        assert [x["packet"] for x in row["tcp.stream"]] == list(range(row["packets"]))


def block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


SECOND = 1_700_000_000
BETWEEN = {
    "custom": block(0xBAD, struct.pack("<I", 32473) + b"anything"),
    "custom, of four bytes": block(0xBAD, struct.pack("<I", 32473)),
    "custom, not to be copied": block(0x40000BAD, struct.pack("<I", 32473) + b"anything"),
    "journal": block(9, b"__CURSOR=a\n__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=x\n\n"),
    "sysdig event": block(0x204, struct.pack("<HQQIH", 0, SECOND * 10**9, 77, 22, 1)),
    "sysdig event of version 2": block(0x216, struct.pack("<HQQIHI", 0, SECOND * 10**9, 77, 26, 1, 0)),
    "secrets": block(10, struct.pack("<II", 0x544C534B, 4) + b"abcd"),
    "names": block(4, bytes(4)),
    "statistics": block(5, bytes(12)),
    "unknown": block(0x777, b"abcdefgh"),
    "somebody's own": block(0x80000001, b"abcdefgh"),
    "empty simple packet": block(3, bytes(4)),
}  # fmt: skip


def with_between(between: list[bytes], requests: int = 6) -> bytes:
    """HTTP requests, each in another kind of block, with these blocks before, between and behind them."""
    many = b"".join(between)
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 0)) + many
    for i in range(requests):
        request = f"GET /{i} HTTP/1.1\r\nHost: {'x' * i}.test\r\n\r\n".encode()
        tcp = struct.pack(">HHIIBBHHH", 4000 + i, 80, 1, 1, 0x50, 0x18, 1024, 0, 0) + request
        addresses = bytes([10, 0, 0, 1, 10, 0, 0, 2])
        frame = ethernet(struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + addresses + tcp)
        frame += bytes(-len(frame) % 4)
        units = (SECOND * 10**6 + i) >> 32, (SECOND * 10**6 + i) & 0xFFFFFFFF
        length = len(frame), len(frame)
        if i % 3 == 0:
            out += block(6, struct.pack("<5I", 0, *units, *length) + frame)
        elif i % 3 == 1:
            out += block(3, struct.pack("<I", len(frame)) + frame)
        else:
            out += block(2, struct.pack("<HH4I", 0, 0, *units, *length) + frame)
        out += many
    return out


@real
@pytest.mark.parametrize("between", [["custom, of four bytes"], ["journal"], ["empty simple packet"], list(BETWEEN)])
def test_blocks_that_are_no_packets(tmp_path: Path, between: list[str]) -> None:
    """tshark counts some of them as frames."""
    path = tmp_path / "blocks.pcapng"
    path.write_bytes(with_between([BETWEEN[x] for x in between]))
    for data in (path, tmp_path / "blocks.pcapng.gz"):
        if data != path:
            data.write_bytes(gzip.compress(path.read_bytes()))
        whole = packets(data, "--fields", "http.request.uri,tcp.srcport")
        assert [x["http.request.uri"] for x in whole if x["tcp.srcport"]] == [[f"/{i}"] for i in range(6)]
        assert [x["tcp.srcport"] for x in whole if x["http.request.uri"]] == [[4000 + i] for i in range(6)]
        asked = ("--filter", "http.request.uri == \"/3\" || frame.file_off || frame.number == 2", "--fields", "tcp.srcport")
        assert len(packets(data, *asked)) == len(whole)
        (found,) = packets(data, "--filter", 'http.host == "xxxx.test"', "--fields", "tcp.srcport")
        assert found["tcp.srcport"] == [4004]
        some = packets(data, "--fields", "http.request.uri", "--read-filter", "tcp src port 4001 or tcp src port 4005")
        assert [x["http.request.uri"] for x in some] == [["/1"], ["/5"]]
        told = rows(data, "--fields", "http.request.uri", "--threads", 2)
        assert [(x["src_port"], [y["value"] for y in x["http.request.uri"]]) for x in told] == [(4000 + i, [f"/{i}"]) for i in range(6)]


@real
def test_joined_captures(tmp_path: Path) -> None:
    """Each capture is asked for by itself: its values go with its packets, whatever comes between them."""
    parts = []
    data = HTTP.read_bytes()
    records, at = [], 24
    while at < len(data):
        size = 16 + int.from_bytes(data[at + 8 : at + 12], "little")
        records.append(data[at : at + size])
        at += size
    for i, share in enumerate((records[0::3], records[1::3], records[2::3], [])):
        parts.append(tmp_path / f"{i}.pcap")
        parts[-1].write_bytes(data[:24] + b"".join(share))
    packed = tmp_path / "1.pcap.gz"
    packed.write_bytes(gzip.compress(parts[1].read_bytes()))
    parts[1] = packed
    asked = ("--fields", "frame.time_epoch,frame.file_off")
    alone = {tuple(x[y][0] for y in ("frame.time_epoch", "frame.file_off")) for part in parts for x in packets(part, *asked)}
    assert len(alone) == len(records)
    for threads in (1, 3):
        joined = rows("--join", *parts, *asked, "--threads", threads)
        told = [(x["value"], y["value"]) for f in joined for x, y in zip(f["frame.time_epoch"], f["frame.file_off"], strict=True)]
        assert set(told) <= alone and len(told) == len(set(told)) == sum(f["packets"] for f in joined) > 20
    piped = subprocess.run([FLOWLOOM, "flows", "--join", "-", parts[0], *asked], input=parts[2].read_bytes(), capture_output=True, check=True)
    assert piped.stdout


@real
def test_filters_on_joined_captures(tmp_path: Path) -> None:
    halves = [tmp_path / "a.pcap", tmp_path / "b.pcapng"]
    halves[0].write_bytes(HTTP.read_bytes())
    halves[1].write_bytes(with_between(list(BETWEEN.values())))
    for threads in (1, 2):
        found = rows("--join", *halves, "--filter", "http.request", "--fields", "http.request.uri", "--threads", threads)
        alone = [y["value"] for x in halves for f in rows(x, "--filter", "http.request", "--fields", "http.request.uri") for y in f["http.request.uri"]]
        assert sorted(y["value"] for x in found for y in x["http.request.uri"]) == sorted(alone) and len(alone) > 6


def test_what_goes_wrong_with_a_joined_capture_is_told(fake, five: Path) -> None:
    later = five.with_name("later.pcap")
    later.write_bytes(pcap([(i, ethernet(udp(A, B))) for i in range(3, 9)]))
    good = "values = {n: {'fake.number': [str(n)]} for n in range(1, 9)}\n"
    one_bad = fake(good + "print(json.dumps(all_frames(values)) if len(offsets) == 5 else '[')")
    for threads in (1, 2):
        result = run("flows", "--join", five, later, "--fields", "fake.number", "--threads", threads, status=3, env=one_bad)
        assert f"{later}: tshark's answer ends in the middle" in result.stderr and str(five) not in result.stderr
        (flow,) = [json.loads(x) for x in result.stdout.splitlines()]
        assert flow["packets"] == 11 and [x["value"] for x in flow["fake.number"]] == [1, 2, 3, 4, 5]
    both = fake(good + "print(json.dumps(all_frames(values)))")
    (flow,) = rows("--join", five, later, "--fields", "fake.number", env=both)
    assert [x["value"] for x in flow["fake.number"]] == [1, 2, 3, 4, 1, 5, 2, 3, 4, 5, 6]
    cut = five.with_name("cut.pcap")
    cut.write_bytes(later.read_bytes()[:-1])
    told = run("flows", "--join", five, cut, "--fields", "fake.number", status=3, env=both).stderr
    assert "cut after" in told and "tshark" not in told.split("slowly")[1]
    assert rows("--join", five, later, "--fields", "fake.number", "--limit", 3, env=both)


def test_a_pipe_cannot_be_read_twice(fake, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", 'exec cat "$0" > "$1"', HTTP, pipe], stderr=subprocess.DEVNULL) as writer:
        result = run("packets", pipe, "--fields", "fake.text", status=2, env=fake("print('[]')"))
        assert "can be read only once" in result.stderr
        writer.kill()


@real
def test_the_read_filter_leaves_numbers_alone() -> None:
    names = ["http.host", "ip.id", "tcp.dstport"]
    whole = packets(HTTP, "--fields", ",".join(names))
    some = packets(HTTP, "--fields", ",".join(names), "--read-filter", "tcp dst port 80")
    told = [[[x[name] for name in names] for x in table if x["tcp.dstport"] == [80]] for table in (whole, some)]
    assert told[0] == told[1] and len(some) == len(told[1]) > 20
    assert packets(HTTP, "--fields", "http.host", "--limit", 20) == [
        {k: v for k, v in x.items() if k not in names[1:]} for x in whole[:20]
    ]


@real
def test_what_nobody_knows() -> None:
    text = run("packets", HTTP, "--fields", "dns.qry.nam", status=2).stderr
    assert "did you mean dns.qry.name" in text and 'does not know "dns.qry.nam" either' in text
    assert "does not take this filter either" in run("flows", HTTP, "--filter", "http.hos", status=2).stderr
    assert "(" not in run("flows", HTTP, "--filter", "tcp.port ==", status=2).stderr
    assert "not with --follow" in run("flows", "--follow", HTTP, "--filter", "http", status=2).stderr


def test_without_tshark(tmp_path: Path) -> None:
    nowhere = {**os.environ, "PATH": str(tmp_path)}
    for asked in (("--fields", "http.host"), ("--filter", "http.host")):
        text = run("packets", HTTP, *asked, status=2, env=nowhere).stderr
        assert 'unknown field "http.host"' in text and "tshark, if it were installed" in text
    assert rows(HTTP, "--fields", "dns.qry.name", "--filter", "dns", env=nowhere)


# --- a tshark of our own: old, odd or broken ---------------------------------------------------------------------

HOSTILE = ['a,b', 'tab\there', 'new\nline', '"quoted"', "back\\slash", "`|;'", "{[]}:", "\u0001\u001f", "né €", "\U0001f600", "", " "]
FAKE = r"""#!{python}
import json, os, sys, time
arguments = sys.argv[1:]
def field(name, kind): print("F", "A title", name, kind, "fake", "BASE_DEC", "0x0", "", sep="\t")
if "--version" in arguments:
    print("TShark (Wireshark) {version} (Git v{version} packaged as {version}-1)\n\nCopyright")
elif arguments == ["-G", "fields"]:
    print("P", "Fake", "fake", sep="\t")
    field("fake.text", "FT_STRING"); field("fake.number", "FT_UINT16"); field("fake.flag", "FT_BOOLEAN")
    field("fake.bytes", "FT_BYTES"); field("fake.time", "FT_RELATIVE_TIME"); field("fake.signed", "FT_INT32")
    field("fake.two", "FT_UINT8"); field("fake.two", "FT_STRING"); field("fake.real", "FT_DOUBLE")
else:
    assert arguments[:3] == ["-n", "-2", "-r"] and os.environ["TZ"] == "UTC", arguments
    data = open(arguments[3], "rb").read()
    assert sys.stdin.read() == ""
    {body}
"""
# frame(1): of the first packet; all_frames(): of all, with these values.
FRAME = """
offsets, offset = [], 24
while offset < len(data):
    offsets.append(offset)
    offset += 16 + int.from_bytes(data[offset + 8 : offset + 12], "little")
def at(offset, f): return {"_index": "x", "_score": None, "_source": {"layers": {"frame.file_off": [str(offset)], "frame.encap_type": ["1"], "frame.offset_shift": ["0"], **f}}}
def frame(n, **f): return at(offsets[n - 1], f)
def all_frames(values={}): return [frame(n, **values.get(n, {})) for n in range(1, len(offsets) + 1)]
"""


@pytest.fixture
def fake(tmp_path: Path):
    def make(body: str, version: str = "3.0.5") -> dict:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "tshark"
        lines = (FRAME + body).strip().replace("\n", "\n    ")
        text = FAKE.replace("{python}", sys.executable).replace("{version}", version).replace("{body}", lines)
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)
        return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}

    return make


@pytest.fixture
def five(tmp_path: Path) -> Path:
    path = tmp_path / "five.pcap"
    path.write_bytes(pcap([(i, ethernet(udp(A, B))) for i in range(5)]))
    return path


@pytest.mark.parametrize("ascii_only", [True, False])
def test_values_survive_whatever_is_in_them(fake, five: Path, ascii_only: bool) -> None:
    env = fake(f"values = {HOSTILE!r}\nprint(json.dumps(all_frames({{2: {{'fake.text': values}}, 4: {{'fake.text': 'one'}}}}),"
               f" indent=2, ensure_ascii={ascii_only}))\n")  # fmt: skip
    env["PYTHONIOENCODING"] = "utf-8"
    got = packets(five, "--fields", "fake.text", env=env)
    assert [x["fake.text"] for x in got] == [[], HOSTILE, [], ["one"], []]
    (flow,) = rows(five, "--fields", "fake.text", env=env)
    assert flow["fake.text"] == [*({"value": x, "packet": 1} for x in HOSTILE), {"value": "one", "packet": 3}]


def test_bytes_that_are_no_text_do_not_break_the_json(fake, five: Path) -> None:
    env = fake("sys.stdout.buffer.write(json.dumps(all_frames({1: {'fake.text': ['x?y']}})).encode().replace(b'?', b'\\xff\\xc3'))\n")
    assert packets(five, "--fields", "fake.text", env=env)[0]["fake.text"] == ["x\ufffd\ufffdy"]


def test_types_and_what_is_not_of_them(fake, five: Path) -> None:
    env = fake("""print(json.dumps(all_frames({1: {"fake.number": ["7", "0x00000010"], "fake.flag": ["1", "False", "True"], "fake": "Fake",
"fake.bytes": ["0aff", "0a:ff", ""], "fake.time": ["-0.500000000", "3.25"], "fake.signed": ["-3"], "fake.two": ["0x1"], "fake.real": ["1.5"]}})))""")
    names = "fake.number,fake.flag,fake,fake.bytes,fake.time,fake.signed,fake.two,fake.real"
    got = packets(five, "--fields", names, env=env)[0]
    assert got["fake.number"] == [7, 16] and got["fake.flag"] == [True, False, True] and got["fake"] == [True]
    assert got["fake.bytes"] == ["0aff", "0aff", ""] and got["fake.time"] == [-0.5, 3.25]
    assert got["fake.signed"] == [-3] and got["fake.two"] == ["0x1"] and got["fake.real"] == [1.5]
    odd = fake("""print(json.dumps(all_frames({1: {"fake.number": ["7", "seven"]}})))""")
    result = run("packets", five, "--fields", "fake.number", status=3, env=odd)
    assert json.loads(result.stdout.splitlines()[0])["fake.number"] == [7] and "1 values by tshark" in result.stderr


LINES = "\n".join(["lines = [json.dumps(x) + ',' for x in all_frames({3: {'fake.text': ['three']}})]", "lines[-1] = lines[-1][:-1]", ""])


@pytest.mark.parametrize("body, told", [
    ("print(json.dumps([frame(1)])[:-1])\nsys.exit('disk on fire')", "disk on fire"),
    ("print('[{\"_source\": {\"layers\": {\"fake.text\": [\"abc')", "ends in the middle"),
    ("print('[[[[[[[[1]]]]]]]]')", "not understood"),
    ("print('{}')", "not understood"),
    ("print(json.dumps([{'_source': {'layers': {'fake.text': ['x']}}}]))", "which packet"),
    ("print(json.dumps([{'_source': {'layers': {'frame.file_off': ['-1']}}}]))", "which packet"),
    ("sys.stdout.flush()\nos.kill(os.getpid(), 9)", "status 137"),
    ("", "ends in the middle"),
    (LINES + "print('[', *lines)", "ends in the middle"),
    (LINES + "print('[', *lines[:3], ']')", "says nothing of the packet at offset"),
    (LINES + "print('[]')", "says nothing of the packet at offset"),
    (LINES + "print('[', *lines[:2], *lines[3:], ']')", "says nothing of the packet at offset"),
    (LINES + "print('[', lines[1], lines[0], *lines[2:], ']')", "nothing of the packet at offset"),
    (LINES + "print('[', lines[0], lines[0], *lines[1:], ']')", "not in the order of the capture"),
    (LINES + "print('[', json.dumps(at(25, {})), ',', *lines, ']')", "a packet at offset 25, where there is none"),
    (LINES + "print('[', *lines, ',', json.dumps(at(10000, {})), ']')", "a packet at offset 10000, where there is none"),
    (LINES + "print('[', *lines, '][', *lines, ']')", "not understood"),
    (LINES + "print('[', *lines, ']')\nsys.exit('no memory')", "no memory"),
    (LINES + "print('[', *lines, ']', flush=True)\nos.kill(os.getpid(), 11)", "status 139"),
])  # fmt: skip
@pytest.mark.parametrize("command", ["packets", "flows"])
def test_what_goes_wrong_is_told(fake, five: Path, command: str, body: str, told: str) -> None:
    result = run(command, five, "--fields", "fake.text", status=3, env=fake(body))
    assert told in result.stderr and str(five) in result.stderr
    assert len(result.stdout.splitlines()) == (5 if command == "packets" else 1)


@pytest.mark.parametrize("body, told", [
    (LINES + "print('[', lines[0])", "ends in the middle"),
    (LINES + "print('[', lines[0][:-1], ']')\nsys.exit('a packet is too long')", "a packet is too long"),
    (LINES + "print('[', lines[1], lines[0][:-1], ']')", "not in the order of the capture"),
    (LINES + "print('[', lines[0], json.dumps(at(50, {})), ']')", "a packet at offset 50, where there is none"),
])  # fmt: skip
@pytest.mark.parametrize("limit", [(), ("--limit", 4)], ids=["all", "limit"])
def test_what_goes_wrong_with_a_filter_is_told(fake, five: Path, body: str, told: str, limit: tuple) -> None:
    """Of packets that it does not find, nothing is said: so all else must be right."""
    body = f"if len(data) > 24:\n    {body.strip().replace(chr(10), chr(10) + '    ')}\nelse: print('[]')"
    result = run("packets", five, "--filter", "fake.text", "--count", *limit, status=3, env=fake(body))
    assert told in result.stderr and str(five) in result.stderr


def test_what_lacks_is_told_however_little_is_read(fake, five: Path) -> None:
    """With a limit, and up to a damage."""
    short = fake(LINES + "print('[', *lines[:2], ']')")
    assert "nothing of the packet" in run("packets", five, "--fields", "fake.text", "--limit", 3, status=3, env=short).stderr
    assert run("packets", five, "--fields", "fake.text", "--limit", 2, env=short).stdout
    cut = five.with_name("cut.pcap")
    cut.write_bytes(five.read_bytes()[:-1])
    assert "nothing of the packet" in run("packets", cut, "--fields", "fake.text", status=3, env=short).stderr
    cutting = fake(LINES + "print('[', *lines[:4], ']')\nsys.exit('cut short')")
    told = run("packets", cut, "--fields", "fake.text", status=3, env=cutting).stderr
    assert "record" in told and "cut short" not in told


def test_versions(fake, five: Path) -> None:
    good = "print(json.dumps([frame(2)] if offsets else []))"
    assert run("packets", five, "--filter", "fake.text", "--count", env=fake(good, "3.0.0")).stdout == "1\n"
    assert "not version 3.0" in run("packets", five, "--filter", "fake.text", status=2, env=fake(good, "2.6.20")).stderr
    mixed = "fake.text || udp && udp"
    for version, dialect, status in (("3.6.1", "wireshark4", 2), ("3.6.1", "wireshark3", 0), ("4.2.0", "wireshark4", 0), ("4.2.0", "wireshark3", 2)):
        asked = ("packets", five, "--count", "--filter-dialect", dialect, "--filter")
        assert ("in another way" in run(*asked, mixed, status=status, env=fake(good, version)).stderr) == (status == 2)
        assert run(*asked, "fake.text || (udp && udp)", env=fake(good, version)).stdout == "1\n"


def test_it_ends_with_us(fake, five: Path, tmp_path: Path) -> None:
    """On interrupt, and where no more is wanted of it."""
    mark = tmp_path / "pid"
    waits = fake(f"open({str(mark)!r}, 'w').write(str(os.getpid()))\nprint('[', flush=True)\ntime.sleep(600)")
    process = subprocess.Popen([FLOWLOOM, "packets", five, "--fields", "fake.text"], env=waits, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    deadline = time.monotonic() + 30
    while not (mark.exists() and mark.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
    endless = fake("print('[')\nfor x in all_frames(): print(json.dumps({**x, '_source': {'layers': {**x['_source']['layers'], 'fake.number': ['7']}}}), ',')\n"
                   "for n in range(1 << 20, 1 << 60): print(json.dumps(at(n, {})), ',')")
    got = packets(five, "--fields", "fake.number", "--limit", 3, env=endless)
    assert [x["fake.number"] for x in got] == [[7]] * 3


def test_much_on_standard_error_does_not_block(fake, five: Path) -> None:
    loud = fake("sys.stderr.write('warning\\n' * 300000)\nprint(json.dumps([frame(n, **{'fake.number': ['5']}) for n in range(1, 6)]))")
    assert [x["fake.number"] for x in packets(five, "--fields", "fake.number", env=loud)] == [[5]] * 5
