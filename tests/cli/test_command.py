"""The command as its users meet it: arguments, formats, exit status, what is printed where."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import re
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOWLOOM = Path(os.environ.get("FLOWLOOM_BIN", ROOT / "build" / "bin" / "flowloom"))
GEN = ROOT / "tests" / "pcaps" / "gen"


def run(*arguments: object, status: int | None = 0, **options) -> subprocess.CompletedProcess[str]:
    result = subprocess.run([FLOWLOOM, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)
    assert status is None or result.returncode == status, (result.returncode, result.stderr)
    return result


def rows(*arguments: object, **options) -> list[dict]:
    return [json.loads(line) for line in run("flows", *arguments, **options).stdout.splitlines()]


def packets(*arguments: object, **options) -> list[dict]:
    return [json.loads(line) for line in run("packets", *arguments, **options).stdout.splitlines()]


def ethernet(payload: bytes, ether_type: int = 0x0800) -> bytes:
    return bytes.fromhex("020000000001020000000002") + struct.pack(">H", ether_type) + payload


def udp(source: tuple[str, int], destination: tuple[str, int], size: int = 10) -> bytes:
    datagram = struct.pack(">HHHH", source[1], destination[1], 8 + size, 0) + bytes(size)
    addresses = b"".join(bytes(map(int, x[0].split("."))) for x in (source, destination))
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0) + addresses + datagram


def pcap(packets: list[tuple[float, bytes]]) -> bytes:
    out = bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    for when, data in packets:
        us = round(when * 1e6)
        out += struct.pack("<IIII", us // 10**6, us % 10**6, len(data), len(data)) + data
    return bytes(out)


A, B = ("10.0.0.1", 1000), ("10.0.0.2", 53)
SMALL = pcap([(100 + i, ethernet(udp(*((A, B) if i % 2 == 0 else (B, A)), size=i))) for i in range(10)])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.pcap"
    path.write_bytes(SMALL)
    return path


def test_help_names_only_what_is_there() -> None:
    text = run("flows", "--help").stdout
    assert "--tls-keylog" not in text
    for option in ("--idle-timeout", "--active-timeout", "--key", "--icmp-errors", "--community-id", "--read-filter", "--filter ", "--fields",
                   "--from", "--to", "--limit", "--format", "--progress", "--quiet", "--verbose", "--threads",
                   "--join", "--follow", "--order", "--max-flows", "--no-sequences", "--sequence-limit"):
        assert option in text
    assert set(re.findall(r"^  (\w+) ", run("--help").stdout.split("Subcommands:")[1], re.M)) == {"fields", "flows", "info", "packets", "split", "synth"}


def test_version() -> None:
    assert re.fullmatch(r"flowloom \d+\.\d+\.\d+\n", run("--version").stdout)


@pytest.mark.parametrize("arguments", [(), ("flows",), ("flows", "--nope", "x"), ("nope",),
                                       ("flows", "x.pcap", "--format", "xls"), ("flows", "x.pcap", "--idle-timeout", "-1"),
                                       ("flows", "x.pcap", "-q", "-v")])
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert run(*arguments, status=2).stderr


def test_wrong_values_are_usage(small: Path) -> None:
    assert "syntax error" in run("flows", small, "--read-filter", "tcpp", status=2).stderr
    assert "not a time" in run("flows", small, "--from", "yesterday", status=2).stderr
    assert "--format" in run("flows", small, "-o", small.with_suffix(".xyz"), status=2).stderr


def test_lists_end_before_the_captures(small: Path, tmp_path: Path) -> None:
    for wanted in (("--fields", "ip.src"), ("--key", "vlan,tunnel")):
        found = run("flows", *wanted, small, small, "--format", "jsonl").stdout.splitlines()
        assert [json.loads(x)["packets"] for x in found] == [10, 10]
    found = run("packets", "--fields", "ip.src,ip.dst", small, small, "--format", "csv", "--limit", "1").stdout
    assert found.splitlines()[0] == "capture,number,time,ip.src,ip.dst"
    twice = run("packets", "--fields", "ip.src", "--fields", "ip.dst", small, "--format", "csv").stdout
    assert twice.splitlines()[0] == "number,time,ip.src,ip.dst"
    run("split", "--flow-id", "0", small, "-o", tmp_path / "files")
    run("synth", "--profile", "web", "-o", tmp_path / "web.pcap", "--packets", "10")


@pytest.mark.parametrize(
    "arguments",
    [
        ("packets", "CAPTURE", "-o", "CAPTURE"),
        ("packets", "FOLDER", "-o", "CAPTURE"),
        ("packets", "CAPTURE", "-o", "LINK"),
        ("packets", "LINK", "-o", "CAPTURE", "--format", "csv"),
        ("flows", "CAPTURE", "-o", "CAPTURE", "--format", "csv"),
        ("flows", "FOLDER", "-o", "CAPTURE", "--format", "csv"),
        ("flows", "GLOB", "-o", "LINK", "--format", "csv"),
        ("flows", "-", "-o", "CAPTURE", "--format", "csv"),
        ("packets", "-", "-o", "CAPTURE"),
        ("synth", "--from", "-", "-o", "CAPTURE"),
        ("synth", "--from", "CAPTURE", "-o", "CAPTURE"),
    ],
)
def test_a_capture_that_is_read_is_not_replaced(small: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    capture, link = folder / "capture.pcap", tmp_path / "link.pcap"
    capture.write_bytes(small.read_bytes())
    link.symlink_to(capture)
    names = {"CAPTURE": str(capture), "FOLDER": str(folder), "LINK": str(link), "GLOB": f"{folder}/*"}
    with capture.open("rb") as file:
        result = run(*[names.get(a, a) for a in arguments], status=2, stdin=file)
    assert "capture that is to be read" in result.stderr
    assert capture.read_bytes() == small.read_bytes()
    assert sorted(p.name for p in folder.iterdir()) == ["capture.pcap"]


def test_a_table_may_be_written_again_into_the_folder_that_is_read(small: Path, tmp_path: Path) -> None:
    (tmp_path / "capture.pcap").write_bytes(small.read_bytes())
    for _ in range(2):
        run("flows", tmp_path, "-o", tmp_path / "flows.csv")
    assert len((tmp_path / "flows.csv").read_text().splitlines()) > 1


def test_json_lines_in_a_pipe(small: Path) -> None:
    (row,) = rows(small)
    assert row["capture"] == str(small)
    assert (row["src_ip"], row["src_port"], row["dst_ip"], row["dst_port"]) == ("10.0.0.1", 1000, "10.0.0.2", 53)
    assert row["packet_lengths"] == [28, -29, 30, -31, 32, -33, 34, -35, 36, -37]
    assert row["payload_lengths"] == [0, -1, 2, -3, 4, -5, 6, -7, 8, -9]
    assert row["packet_times"] == list(range(10))
    assert (row["start"], row["end"], row["duration"]) == (100, 109, 9)


def test_standard_input_and_compression(small: Path) -> None:
    expected = [row | {"capture": "-"} for row in rows(small)]
    for data in (SMALL, gzip.compress(SMALL)):
        out = subprocess.run([FLOWLOOM, "flows", "-"], input=data, capture_output=True, check=True).stdout
        assert [json.loads(line) for line in out.splitlines()] == expected


def test_several_captures_are_one_run(small: Path) -> None:
    late = small.with_name("a late.pcap")
    late.write_bytes(pcap([(5, ethernet(udp(A, B))), (6, ethernet(udp(A, ("10.0.0.3", 5))))]))
    (small.parent / "notes.txt").write_text("no capture")
    folder = rows(small.parent)
    assert [(x["flow_id"], Path(x["capture"]).name, x["stream"]) for x in folder] == [
        (0, "a late.pcap", 0), (1, "a late.pcap", 1), (2, "small.pcap", 0)]
    assert rows(small.parent / "*.pcap") == folder
    assert [x["flow_id"] for x in rows(small, late)] == [0, 1, 2]
    assert "notes.txt" in run("flows", "-v", small.parent).stderr


@pytest.mark.parametrize("name", ["https.pcap", "gen/frag_ipv4.pcap", "gen/ng_sections.pcapng"])
def test_the_same_bytes_for_any_number_of_threads(tmp_path: Path, name: str) -> None:
    """Also of a capture of many windows, and of many captures."""
    single = ROOT / "tests" / "pcaps" / name
    many = [tmp_path / f"{i}.pcap" for i in range(40)]
    for path in many:
        path.write_bytes(single.read_bytes())
    for captures in ([single], many):
        one = run("flows", *captures, "--threads", 1).stdout
        assert one and all(run("flows", *captures, "--threads", n).stdout == one for n in (2, 3, 7))


def test_exit_status_tells_of_damage(small: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(SMALL[:-3])
    result = run("flows", cut, status=3)
    assert json.loads(result.stdout)["packets"] == 9
    assert "cut.pcap" in result.stderr and "offset" in result.stderr
    run("info", cut, status=3)

    text = tmp_path / "text.pcap"
    text.write_text("hello, this is text\n")
    out = tmp_path / "out.jsonl"
    assert "text" in run("flows", text, "-o", out, status=1).stderr
    assert not out.exists()
    assert [x["packets"] for x in rows(text, small, status=3)] == [10]
    assert run("flows", tmp_path / "missing.pcap", status=1).stderr
    run("info", text, status=1)


def test_empty_captures_are_fine(tmp_path: Path) -> None:
    for data in (b"", SMALL[:24]):
        empty = tmp_path / "empty.pcap"
        empty.write_bytes(data)
        assert rows(empty) == []
        assert json.loads(run("info", "--format", "json", empty).stdout)[0]["packets"] == 0


def test_formats_by_extension(small: Path, tmp_path: Path) -> None:
    for name in ("x.jsonl", "x.ndjson", "x.json", "x.csv", "x.tsv", "x.parquet", "x.arrow", "x.txt"):
        result = run("flows", small, "-o", tmp_path / name)
        assert (tmp_path / name).stat().st_size > 0 and not result.stdout
    wrapped = json.loads((tmp_path / "x.json").read_text())
    assert wrapped["flows"] == rows(small)
    provenance = wrapped["provenance"]
    assert provenance["accounting"]["packets"] == 10 and str(small) in provenance["command"]
    assert sorted(x.name for x in tmp_path.iterdir() if x.name.startswith(".")) == []


@pytest.mark.parametrize("options", [(), ("--format", "json"), ("--limit", 300), ("--progress", "always")])
def test_info_says_the_same_by_any_number_of_threads(options: tuple[object, ...], tmp_path: Path) -> None:
    (tmp_path / "damaged").write_bytes(SMALL[:-1])
    samples = ROOT / "tests" / "pcaps"
    arguments = (samples, tmp_path, samples / "gen", *options)
    results = [run("info", *arguments, "--threads", threads, status=None) for threads in (1, 2, 5)]
    assert len({(x.returncode, x.stdout) for x in results}) == 1
    assert results[0].returncode == (0 if "--limit" in options else 3)
    assert results[0].stdout.count(str(samples)) > 1
    if "--progress" not in options:
        assert len({x.stderr for x in results}) == 1


@pytest.mark.parametrize("cut", [b"", bytes(9)])
def test_damage_behind_the_limit_is_not_told(cut: bytes, small: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes(small.read_bytes()[: None if cut else -1] + cut)
    commands = [
        ("flows",), ("flows", "--threads", 1), ("flows", "--join"), ("flows", "--order", "end"), ("info",), ("packets",),
        ("packets", "--fields", "ip.id"), ("split",), ("split", "--format", "json"), ("split", "--by", "packets:2"),
    ]  # fmt: skip
    there = 10 if cut else 9
    for number, (name, *options) in enumerate(commands):
        for limit in (1, there - 1, there):
            out = ("-o", tmp_path / f"{number}-{limit}") if name == "split" else ()
            run(name, damaged, *options, *out, "--limit", limit)
        out = ("-o", tmp_path / f"{number}-{there + 1}") if name == "split" else ()
        assert "offset" in run(name, damaged, *options, *out, "--limit", there + 1, status=3).stderr
        if name != "split":  # joined, both captures' packets come in turn
            limit = 20 if "--join" in options else there + 1
            assert "offset" in run(name, damaged, small, *options, "--limit", limit, status=3).stderr


def test_limit_times_and_read_filter_act_as_if_the_rest_was_not_there(small: Path) -> None:
    assert [x["packets"] for x in rows(small, "--limit", 3)] == [3]
    (row,) = rows(small, "--from", "102", "--to", "1970-01-01T00:01:45Z")
    assert (row["packets"], row["start"], row["end"]) == (3, 102, 104)
    (row,) = rows(small, "--read-filter", "src host 10.0.0.2")
    assert (row["packets"], row["src_ip"], row["start"]) == (5, "10.0.0.2", 101)
    info = json.loads(run("info", "--format", "json", "--read-filter", "src host 10.0.0.2", small).stdout)[0]
    assert info["packets"] == 10 and info["accounting"]["filtered_out"] == 5 and info["accounting"]["flow"] == 5
    assert "5 filtered_out" in run("flows", "-v", "--read-filter", "src host 10.0.0.2", small).stderr


def test_timeouts(tmp_path: Path) -> None:
    path = tmp_path / "gaps.pcap"
    path.write_bytes(pcap([(t, ethernet(udp(A, B))) for t in (0, 5, 10, 21, 22)] + [(60, ethernet(udp(B, A)))]))
    pieces = rows(path, "--idle-timeout", "10.5")
    assert [(x["packets"], x["end_reason"], x["src_port"], x["stream"]) for x in pieces] == [
        (3, "idle", 1000, 0), (2, "idle", 1000, 0), (1, "capture_end", 1000, 0)]
    assert pieces[2]["packet_lengths"] == [-38], "a piece keeps the initiator"
    assert [x["packets"] for x in rows(path, "--idle-timeout", "11")] == [5, 1], "equal is not more"
    assert [(x["packets"], x["end_reason"]) for x in rows(path, "--active-timeout", "20")] == [
        (3, "active"), (2, "active"), (1, "capture_end")]


def test_key(tmp_path: Path) -> None:
    tagged = [ethernet(struct.pack(">HH", tag, 0x0800) + udp(A, B), 0x8100) for tag in (7, 8, 7)]
    path = tmp_path / "vlan.pcap"
    path.write_bytes(pcap(list(enumerate(tagged))))
    assert [x["packets"] for x in rows(path)] == [3]
    keyed = rows(path, "--key", "vlan")
    assert [(x["vlan"], x["packets"], x["stream"]) for x in keyed] == [([7], 2, 0), ([8], 1, 0)]


def test_icmp_errors(tmp_path: Path) -> None:
    packet = udp(A, B)
    body = bytes([3, 3, 0, 0, 0, 0, 0, 0]) + packet[:28]
    error = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, 1, 0) + packet[16:20] + packet[12:16] + body
    path = tmp_path / "error.pcap"
    path.write_bytes(pcap([(0, ethernet(packet)), (1, ethernet(error))]))
    assert [(x["protocol"], x["packets"], x["icmp_type"]) for x in rows(path)] == [("udp", 1, None), ("icmp", 1, 3)]
    (joined,) = rows(path, "--icmp-errors", "join")
    assert [x["packets"] for x in rows(path, "--icmp-errors", "join", "--key", "vlan")] == [2]
    assert [x["packets"] for x in rows(path, "--icmp-errors", "join", "--idle-timeout", "0.5")] == [1, 1]
    assert (joined["protocol"], joined["packet_lengths"]) == ("udp", [38, -56])


def test_info_as_people_read_it(small: Path) -> None:
    text = run("info", small).stdout
    assert re.search(r"packets +10\n", text) and "ETHERNET (1)" in text and "1970-01-01 00:01:40.000000 UTC" in text


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    nasty = tmp_path / "x\x1b[31m\x07.pcap"
    nasty.write_bytes(SMALL[:-3])
    for arguments in (("info", nasty), ("flows", nasty, "--format", "table")):
        result = run(*arguments, status=3)
        assert "\x1b" not in result.stdout + result.stderr and "\x07" not in result.stdout + result.stderr


def test_progress_on_demand(small: Path) -> None:
    assert run("flows", small, "--progress", "never").stderr == ""
    assert run("flows", small).stderr == "", "standard error is no terminal"


def _wait(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


@pytest.mark.parametrize("existing", [False, True])
def test_ctrl_c_keeps_what_was_read(tmp_path: Path, existing: bool) -> None:
    out = tmp_path / "out.jsonl"
    if existing:
        out.write_text("older\n")
    process = subprocess.Popen([FLOWLOOM, "flows", "-", "-o", out], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin and process.stderr

    def catches() -> bool:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16) >> (signal.SIGINT - 1) & 1 == 1

    def drained() -> bool:
        return struct.unpack("i", fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4)))[0] == 0

    _wait(catches)
    process.stdin.write(SMALL)
    process.stdin.flush()
    _wait(drained)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    errors = process.stderr.read().decode()
    assert process.wait(timeout=30) == 130, errors
    kept = tmp_path / "out.jsonl.partial" if existing else out
    assert json.loads(kept.read_text())["packets"] == 10
    if existing:
        assert out.read_text() == "older\n"
    assert sorted(tmp_path.iterdir()) == sorted({kept, out} if existing else {out})


def test_a_folder_below_that_cannot_be_listed(tmp_path: Path) -> None:
    """As a file that cannot be read: it is named, and the others are read. Broken links are skipped."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "z.pcap").write_bytes(SMALL)
    (folder / "broken").symlink_to("nowhere")
    name = "x" * 250
    here = os.open(folder, os.O_RDONLY)
    for _ in range(20):  # longer than any path that can be named
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        expected = run("flows", folder / "z.pcap").stdout
        for options in ((), ("--threads", 1), ("--join",), ("--order", "end")):
            result = run("flows", folder, "--verbose", *options, status=3)
            assert result.stdout == expected
            told = [line[-60:] for line in result.stderr.splitlines()]
            assert sorted(told)[1:] == [
                f"flowloom: {folder / 'broken'}: skipped, not a capture"[-60:],
                f"{'x' * 60}: cannot open: File name too long"[-60:],
            ]
    finally:
        subprocess.run(["rm", "-r", folder], check=True)  # rmtree() does not go so deep


def test_files_of_folders_that_are_no_captures(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("text")
    (folder / "b.pcap").write_bytes(b"")
    (folder / "c.gz").write_bytes(gzip.compress(b"text"))
    (folder / "sub" / "link").symlink_to(folder)
    skipped = [f"flowloom: {folder / name}: skipped, not a capture" for name in ("a.txt", "b.pcap", "c.gz", "sub/link")]
    for options in ((), ("--threads", 1), ("--join",)):
        result = run("flows", folder, "--verbose", *options, "-o", tmp_path / "out.csv", status=2)
        assert sorted(result.stderr.splitlines()[:4]) == skipped
        assert result.stderr.splitlines()[4] == "flowloom: no capture in what was given"
        assert not (tmp_path / "out.csv").exists()
    for options in ((), ("--format", "json")):
        result = run("info", folder, "--verbose", *options, status=2)
        assert sorted(result.stderr.splitlines()[:4]) == skipped and result.stdout == ""
        assert result.stderr.splitlines()[4] == "flowloom: no capture in what was given"
    (folder / "z").write_bytes(SMALL)
    for options in ((), ("--threads", 1), ("--join",)):
        assert len(rows(folder, *options)) == 1
        assert run("flows", folder, *options).stderr == ""
    assert [x["capture"] for x in json.loads(run("info", folder, "--format", "json").stdout)] == [str(folder / "z")]
    # A file that was named is no matter of skipping.
    assert "no capture" in run("flows", folder / "a.txt", folder, status=3).stderr
