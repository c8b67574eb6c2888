"""tsharks of our own, old, odd or broken: what they answer is joined with ours, or what is wrong with it is told."""

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

from test_command import A, B, FLOWLOOM, ROOT, ethernet, packets, pcap, rows, run, udp

HTTP = ROOT / "tests/pcaps/http.pcap"


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
    for version, dialect, status in (("3.4.10", "wireshark4", 2), ("3.4.10", "wireshark3", 0), ("3.6.1", "wireshark4", 2),
                                     ("3.6.1", "wireshark3", 2), ("4.2.0", "wireshark4", 0), ("4.2.0", "wireshark3", 2)):  # fmt: skip
        asked = ("packets", five, "--count", "--filter-dialect", dialect, "--filter")
        assert ("in another way" in run(*asked, mixed, status=status, env=fake(good, version)).stderr) == (status == 2)
        assert run(*asked, "fake.text || (udp && udp)", env=fake(good, version)).stdout == "1\n"
        asked_unequal = run(*asked, "udp.port != 3 && fake.text", status=status, env=fake(good, version))
        assert ("in another way" in asked_unequal.stderr) == (status == 2)


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


def test_without_tshark(tmp_path: Path) -> None:
    nowhere = {**os.environ, "PATH": str(tmp_path)}
    for asked in (("--fields", "http.host"), ("--filter", "http.host")):
        text = run("packets", HTTP, *asked, status=2, env=nowhere).stderr
        assert 'unknown field "http.host"' in text and "tshark, if it were installed" in text
    assert rows(HTTP, "--fields", "dns.qry.name", "--filter", "dns", env=nowhere)
