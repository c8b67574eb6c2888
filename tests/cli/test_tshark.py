"""Fields and filters that only tshark knows: its answers are joined with ours, whatever is in them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
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
    for way in (("--join", HTTP, HTTP), ("--follow", HTTP)):
        assert f"not with {way[0]}" in run("flows", *way, "--filter", "http", status=2).stderr


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
FRAME = 'def frame(n, **f): return {"_index": "x", "_score": None, "_source": {"layers": {"frame.number": [str(n)], **f}}}\n'


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
    env = fake(f"values = {HOSTILE!r}\nprint(json.dumps([frame(2, **{{'fake.text': values}}), frame(4, **{{'fake.text': 'one'}})],"
               f" indent=2, ensure_ascii={ascii_only}))\n")  # fmt: skip
    env["PYTHONIOENCODING"] = "utf-8"
    got = packets(five, "--fields", "fake.text", env=env)
    assert [x["fake.text"] for x in got] == [[], HOSTILE, [], ["one"], []]
    (flow,) = rows(five, "--fields", "fake.text", env=env)
    assert flow["fake.text"] == [*({"value": x, "packet": 1} for x in HOSTILE), {"value": "one", "packet": 3}]


def test_bytes_that_are_no_text_do_not_break_the_json(fake, five: Path) -> None:
    env = fake("sys.stdout.buffer.write(json.dumps([frame(1, **{'fake.text': ['x?y']})]).encode().replace(b'?', b'\\xff\\xc3'))\n")
    assert packets(five, "--fields", "fake.text", env=env)[0]["fake.text"] == ["x\ufffd\ufffdy"]


def test_types_and_what_is_not_of_them(fake, five: Path) -> None:
    env = fake("""print(json.dumps([frame(1, **{"fake.number": ["7", "0x00000010"], "fake.flag": ["1", "False", "True"], "fake": "Fake",
"fake.bytes": ["0aff", "0a:ff", ""], "fake.time": ["-0.500000000", "3.25"], "fake.signed": ["-3"], "fake.two": ["0x1"], "fake.real": ["1.5"]})]))""")
    names = "fake.number,fake.flag,fake,fake.bytes,fake.time,fake.signed,fake.two,fake.real"
    got = packets(five, "--fields", names, env=env)[0]
    assert got["fake.number"] == [7, 16] and got["fake.flag"] == [True, False, True] and got["fake"] == [True]
    assert got["fake.bytes"] == ["0aff", "0aff", ""] and got["fake.time"] == [-0.5, 3.25]
    assert got["fake.signed"] == [-3] and got["fake.two"] == ["0x1"] and got["fake.real"] == [1.5]
    odd = fake("""print(json.dumps([frame(1, **{"fake.number": ["7", "seven"]})]))""")
    result = run("packets", five, "--fields", "fake.number", status=3, env=odd)
    assert json.loads(result.stdout.splitlines()[0])["fake.number"] == [7] and "1 values by tshark" in result.stderr


@pytest.mark.parametrize("body, told", [
    ("print(json.dumps([frame(1)])[:-1])\nsys.exit('disk on fire')", "disk on fire"),
    ("print('[{\"_source\": {\"layers\": {\"fake.text\": [\"abc')", "ends in the middle"),
    ("print('[[[[[[[[1]]]]]]]]')", "not understood"),
    ("print(json.dumps([{'_source': {'layers': {'fake.text': ['x']}}}]))", "which packet"),
    ("sys.stdout.flush()\nos.kill(os.getpid(), 9)", "status 137"),
])  # fmt: skip
@pytest.mark.parametrize("command", ["packets", "flows"])
def test_what_goes_wrong_is_told(fake, five: Path, command: str, body: str, told: str) -> None:
    result = run(command, five, "--fields", "fake.text", status=3, env=fake(body))
    assert told in result.stderr and str(five) in result.stderr
    assert len(result.stdout.splitlines()) == (5 if command == "packets" else 1)


def test_versions(fake, five: Path) -> None:
    good = "print(json.dumps([frame(2)] if len(data) > 24 else []))"
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
    endless = fake("print('[')\nfor n in range(1, 1 << 60): print(json.dumps(frame(n, **{'fake.number': [str(n % 100)]})), ',')")
    got = packets(five, "--fields", "fake.number", "--limit", 3, env=endless)
    assert [x["fake.number"] for x in got] == [[1], [2], [3]]


def test_much_on_standard_error_does_not_block(fake, five: Path) -> None:
    loud = fake("sys.stderr.write('warning\\n' * 300000)\nprint(json.dumps([frame(n, **{'fake.number': ['5']}) for n in range(1, 6)]))")
    assert [x["fake.number"] for x in packets(five, "--fields", "fake.number", env=loud)] == [[5]] * 5
