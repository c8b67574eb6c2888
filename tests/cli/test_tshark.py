"""Fields and filters that only tshark knows: its answers are joined with ours, whatever is in them."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from test_command import FLOWLOOM, ROOT, ethernet, packets, rows, run

sys.path.insert(0, str(ROOT / "tools"))

from fetch_tshark import RELEASES, place_of  # noqa: E402

HTTPS, HTTP = (ROOT / "tests/pcaps" / x for x in ("https.pcap", "http.pcap"))


@pytest.fixture(autouse=True, params=["installed", *RELEASES])
def release(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which tshark is in PATH: the system's, and older and newer ones."""
    if request.param != "installed":
        if not place_of(request.param).is_dir():
            pytest.skip(f"no tshark {request.param} (tools/fetch_tshark.py fetches it)")
        monkeypatch.setenv("PATH", str(place_of(request.param)), prepend=":")
    elif shutil.which("tshark") is None:
        pytest.skip("no tshark is installed")
    return request.param


def tshark(*arguments: object) -> list[str]:
    done = subprocess.run(["tshark", "-n", "-2", *map(str, arguments)], capture_output=True, text=True, check=True,
                          env={**os.environ, "TZ": "UTC"})  # fmt: skip
    return done.stdout.splitlines()


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


# As -T fields has them.
ESCAPES = {ord(x): y for x, y in (("\b", r"\b"), ("\f", r"\f"), ("\n", r"\n"), ("\r", r"\r"), ("\t", r"\t"), ("\v", r"\v"))}
NAME = re.compile(r'<(?:field|proto) name="([a-z][\w.-]*)"')


@pytest.mark.parametrize("name", ["icmp_errors.pcap", "interfaces.pcapng", "dns.pcap"])
def test_every_field_of_a_capture(name: str) -> None:
    """Whatever types and texts a release has for them."""
    capture = ROOT / "tests/pcaps" / name
    known = {x.split()[0] for x in run("fields").stdout.splitlines() if x}
    names = sorted({x for line in tshark("-r", capture, "-T", "pdml") for x in NAME.findall(line)} - known)
    names = [x for x in names if "." in x]  # others are of the dump itself
    assert len(names) > 30
    told = json.loads("".join(tshark("-r", capture, "-T", "json", *(y for x in names for y in ("-e", x)))))
    asked = ("--fields", ",".join(names))
    texts = packets(capture, *asked, "--print-format", "wireshark4")
    assert len(told) == len(texts)
    for frame, row in zip(told, texts):
        layers = frame["_source"]["layers"]
        for field in names:
            assert row[field] == [x.translate(ESCAPES) for x in layers.get(field, [])], field
    # Typed, none of them is of another type than the release says: that would be a damage.
    assert len(packets(capture, *asked)) == len(told)


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
    names = ("frame.time_epoch", "frame.file_off", "frame.time_delta_displayed")  # of which the last is tshark's
    asked = ("--fields", ",".join(names))
    alone = {tuple(x[y][0] for y in names) for part in parts for x in packets(part, *asked)}
    assert len(alone) == len(records)
    for threads in (1, 3):
        joined = rows("--join", *parts, *asked, "--threads", threads)
        told = [tuple(x["value"] for x in said) for f in joined for said in zip(*(f[y] for y in names), strict=True)]
        assert set(told) <= alone and len(told) == len(set(told)) == sum(f["packets"] for f in joined) > 20
    piped = subprocess.run([FLOWLOOM, "flows", "--join", "-", parts[0], *asked], input=parts[2].read_bytes(), capture_output=True, check=True)
    assert piped.stdout


def test_filters_on_joined_captures(tmp_path: Path) -> None:
    halves = [tmp_path / "a.pcap", tmp_path / "b.pcapng"]
    halves[0].write_bytes(HTTP.read_bytes())
    halves[1].write_bytes(with_between(list(BETWEEN.values())))
    for threads in (1, 2):
        found = rows("--join", *halves, "--filter", "http.request", "--fields", "http.request.uri", "--threads", threads)
        alone = [y["value"] for x in halves for f in rows(x, "--filter", "http.request", "--fields", "http.request.uri") for y in f["http.request.uri"]]
        assert sorted(y["value"] for x in found for y in x["http.request.uri"]) == sorted(alone) and len(alone) > 6


def test_the_read_filter_leaves_numbers_alone() -> None:
    names = ["http.host", "ip.id", "tcp.dstport"]
    whole = packets(HTTP, "--fields", ",".join(names))
    some = packets(HTTP, "--fields", ",".join(names), "--read-filter", "tcp dst port 80")
    told = [[[x[name] for name in names] for x in table if x["tcp.dstport"] == [80]] for table in (whole, some)]
    assert told[0] == told[1] and len(some) == len(told[1]) > 20
    assert packets(HTTP, "--fields", "http.host", "--limit", 20) == [
        {k: v for k, v in x.items() if k not in names[1:]} for x in whole[:20]
    ]


def test_what_nobody_knows() -> None:
    text = run("packets", HTTP, "--fields", "dns.qry.nam", status=2).stderr
    assert "did you mean dns.qry.name" in text and 'does not know "dns.qry.nam" either' in text
    assert "does not take this filter either" in run("flows", HTTP, "--filter", "http.hos", status=2).stderr
    # What tshark alone knows is proposed, too.
    text = run("packets", HTTP, "--fields", "kerberos.realms", status=2).stderr
    assert 'unknown field "kerberos.realms"; did you mean kerberos.realm' in text
    text = run("flows", HTTP, "--filter", "tcp and http.hos", status=2).stderr
    assert 'unknown field "http.hos" at column 9; did you mean http.host' in text
    assert "(" not in run("flows", HTTP, "--filter", "tcp.port ==", status=2).stderr
    assert "not with --follow" in run("flows", "--follow", HTTP, "--filter", "http", status=2).stderr
