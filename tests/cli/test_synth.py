"""flowloom synth: tshark and flowloom itself find in its captures what it says that it has made."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import make_pcaps  # noqa: E402  (after the path to it)

FLOWLOOM = Path(os.environ.get("FLOWLOOM_BIN", ROOT / "build" / "bin" / "flowloom"))
GEN = ROOT / "tests" / "pcaps" / "gen"
PROFILES = "web dns bulk scan iot tunnels voip mail ssh ping flood tiny".split()
needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="needs tshark")

# Made once and looked at; a change of what is generated must be meant, and changes these.
PINNED = {
    "": "f286a08ba9d93314df152e3b1e516eccadb16226bdc2194329a064fff55f4da9",
    "flood,tiny": "9f15573d033468523297a2ce704ef5d84767da73d37d0b3aee94b18145c0a2ec",
}


def synth(*arguments: object, status: int = 0, **options) -> subprocess.CompletedProcess[str]:
    command = [FLOWLOOM, "synth", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)
    assert done.returncode == status, (done.returncode, done.stderr)
    return done


def flows(path: Path) -> list[dict]:
    command = [FLOWLOOM, "flows", path, "-o", "-", "--format", "jsonl"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def records(path: Path) -> list[tuple[int, int]]:
    """(time in units of the file, captured bytes) of each packet of a little-endian pcap."""
    data = path.read_bytes()
    out, at = [], 24
    while at < len(data):
        seconds, fraction, captured, _ = struct.unpack_from("<IIII", data, at)
        out.append((seconds * 10**6 + fraction, captured))
        at += 16 + captured
    return out


def truth(done: subprocess.CompletedProcess[str]) -> Counter[str]:
    """The sums of what --verbose says of each profile."""
    total: Counter[str] = Counter()
    for line in done.stderr.splitlines():
        for count, what in re.findall(r"(\d+) ([^,]+)", line.split(": ", 2)[2]):
            total[what] += int(count)
    return total


def tshark_fields(path: Path, *fields: str, options: tuple[str, ...] = ()) -> list[list[str]]:
    arguments = [word for field in fields for word in ("-e", field)]
    return [line.split("\t") for line in make_pcaps.tshark(path, "-T", "fields", *arguments, *options).splitlines()]


# --- invented traffic ------------------------------------------------------------------------------


@needs_tshark
@pytest.mark.parametrize("profile", PROFILES)
def test_tshark_finds_what_was_made(tmp_path: Path, profile: str) -> None:
    path = tmp_path / "out.pcap"
    made = truth(synth("-o", path, "--profile", profile, "--packets", 6000, "--seed", 11, "-v"))
    names = ["tcp.stream", "udp.stream", "tcp.analysis.retransmission", "tcp.analysis.lost_segment",
             "tcp.analysis.out_of_order", "tcp.analysis.ack_lost_segment", "tcp.analysis.window_full",
             "tcp.analysis.spurious_retransmission"]
    # Without the option tshark takes a segment that was lost before the capture for a contradiction.
    ordered = ("-o", "tcp.reassemble_out_of_order:TRUE")
    rows = tshark_fields(path, *names, options=ordered)
    column = {name: [row[i] for row in rows if row[i]] for i, name in enumerate(names)}
    assert len(rows) == 6000
    assert not make_pcaps.tshark(path, "-Y", f"_ws.malformed || ({make_pcaps.BAD})", *ordered)

    assert len(set(column["tcp.stream"])) == made["of them TCP"]
    if profile not in ("tunnels", "voip"):  # tshark also numbers the tunnels' own, and each way of a call's sound
        assert len(set(column["udp.stream"])) == made["of them UDP"]
    # A segment lost before the capture is seen as a gap if another of its round comes before it is repaired,
    # and only then as a retransmission; one behind its successor makes a gap, too.
    gaps = len(column["tcp.analysis.lost_segment"]) - made["reordered"]
    assert 0 <= gaps <= made["segments lost before the capture"]
    assert len(column["tcp.analysis.out_of_order"]) == made["reordered"]
    again = made["retransmissions"] - made["segments lost before the capture"] + gaps
    duplicates = made["duplicates"] if made["of them TCP"] == made["flows"] else 0  # not of UDP and ICMP
    found = len(column["tcp.analysis.retransmission"]) + len(column["tcp.analysis.spurious_retransmission"])
    if duplicates == made["duplicates"]:
        assert found == again + duplicates
    else:
        assert again <= found <= again + made["duplicates"]
    assert not column["tcp.analysis.ack_lost_segment"] and not column["tcp.analysis.window_full"]


@needs_tshark
def test_conversations_are_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.pcap"
    synth("-o", path, "--profile", "web,mail,ssh,bulk,tunnels", "--packets", 20000)
    rows = tshark_fields(path, "tcp.stream", "tcp.completeness", options=("-2",))
    last = {row[0]: int(row[1]) for row in rows if row[0]}
    kinds = Counter(last.values())
    # Flags: 1 SYN, 2 SYN and ACK, 4 ACK, 8 data, 16 FIN, 32 RST
    assert set(kinds) <= {1, 37, 33, 31, 47, 63}, kinds
    assert kinds[31] > len(last) / 2 and kinds[47] and kinds[63] and kinds[1]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", [1, 2])
def test_flowloom_finds_what_was_made(tmp_path: Path, profile: str, seed: int) -> None:
    path = tmp_path / "out.pcap"
    made = truth(synth("-o", path, "--profile", profile, "--packets", 20000, "--seed", seed, "-v"))
    rows = flows(path)
    protocols = Counter(row["protocol"] for row in rows)
    assert len(rows) == made["flows"]
    assert protocols["tcp"] == made["of them TCP"] and protocols["udp"] == made["of them UDP"]
    assert sum(row["packets"] for row in rows) == made["packets"] == 20000
    if profile == "tunnels":
        assert {row["tunnel"] for row in rows} == {"ipip", "gre", "vxlan", "gtp", "geneve"}
    if profile in ("iot", "voip"):
        assert {tuple(row["vlan"]) for row in rows} == {(20,) if profile == "iot" else (100,)}


@pytest.mark.parametrize("packets", [1, 2, 3, 7, 40, 999, 12345])
def test_packets_are_exactly_as_many(tmp_path: Path, packets: int) -> None:
    for profile in PROFILES:
        path = tmp_path / "out.pcap"
        synth("-o", path, "--profile", profile, "--packets", packets)
        got = records(path)
        assert len(got) == packets, profile
        assert [when for when, _ in got] == sorted(when for when, _ in got), profile
        assert min(size for _, size in got) >= 60 and max(size for _, size in got) <= 1522


def test_all_kinds_are_in_a_small_capture(tmp_path: Path) -> None:
    done = synth("-o", tmp_path / "out.pcap", "-v")
    said = {line.split(": ")[1]: int(line.split(": ")[2].split()[0]) for line in done.stderr.splitlines()}
    assert list(said) == PROFILES[:-2] and all(said.values()) and sum(said.values()) == 10000


def test_flows_end_the_traffic(tmp_path: Path) -> None:
    path = tmp_path / "out.pcap"
    for profile, count in (("flood", 2500), ("web", 100), ("dns", 300)):
        assert truth(synth("-o", path, "--profile", profile, "--flows", count, "-v"))["flows"] == count
        assert len(flows(path)) == count
    synth("-o", path, "--profile", "web", "--flows", 5, "--packets", 3000)
    assert len(flows(path)) == 5 and len(records(path)) < 3000
    synth("-o", path, "--profile", "web", "--flows", 3000, "--packets", 500)
    assert len(flows(path)) < 3000 and len(records(path)) == 500
    synth("-o", path, "--profile", "tiny", "--flows", 123, "--packets", 5000)
    rows = flows(path)
    assert len(rows) == 123 and {row["packets"] for row in rows} == {40, 41}
    assert {size for _, size in records(path)} == {60}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one.pcap", "two.pcap", "other.pcap"))
    synth("-o", one, "--seed", 5)
    synth("-o", two, "--seed", 5)
    synth("-o", other, "--seed", 6)
    assert one.read_bytes() == two.read_bytes() != other.read_bytes()


@pytest.mark.parametrize("profile", PINNED)
def test_bytes_never_change(tmp_path: Path, profile: str) -> None:
    path = tmp_path / "out.pcap"
    synth("-o", path, "--seed", 42, "--packets", 5000, *(["--profile", profile] if profile else []))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == PINNED[profile]


def test_standard_output(tmp_path: Path) -> None:
    path = tmp_path / "out.pcap"
    synth("-o", path, "--packets", 3000)
    made = subprocess.run([FLOWLOOM, "synth", "-o", "-", "--packets", "3000"], capture_output=True, check=True)
    assert made.stdout == path.read_bytes() and made.stderr == b""
    read = subprocess.run([FLOWLOOM, "flows", "-", "-o", "-"], input=made.stdout, capture_output=True, check=True)
    assert len(read.stdout.splitlines()) == len(flows(path))


def test_memory_does_not_grow_with_the_packets() -> None:
    def peak(packets: int) -> int:
        command = [str(FLOWLOOM), "synth", "-o", "/dev/null", "--packets", str(packets)]
        process = subprocess.Popen(command)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return usage.ru_maxrss

    assert peak(1_500_000) < peak(50_000) + 8 * 1024  # kB


def test_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "out.pcap"
    process = subprocess.Popen([FLOWLOOM, "synth", "-o", path, "--packets", "1000000000"], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not any(file.stat().st_size > 10**6 for file in tmp_path.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and b"interrupted" in errors
    assert [file.name for file in tmp_path.iterdir()] == ["out.pcap"]
    assert sum(row["packets"] for row in flows(path)) == len(records(path)) > 1000


@pytest.mark.parametrize("option", ["--packets", "--flows", "--seed"])
@pytest.mark.parametrize("number", ["-1", "1e3", "18446744073709551616", "0x10", ""])
def test_numbers_that_are_none(option: str, number: str, tmp_path: Path) -> None:
    command = [FLOWLOOM, "synth", "-o", tmp_path / "out.pcap", option, number]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and f"{number} is no whole number from" in done.stderr
    assert len(done.stderr) < 150
    assert not list(tmp_path.iterdir())


# --- copies ----------------------------------------------------------------------------------------

SOURCES = sorted(
    path.stem
    for pattern in ("link_*", "eth_*", "tunnel_*", "frag_*", "icmp*", "ip*", "sctp*", "udp*", "snap_cut*",
                    "dccp*", "flows_mixed*", "tcp_loss*")
    for path in GEN.glob(pattern + ".pcap")
)
COUNTED = ["frame", "ip", "ipv6", "tcp", "udp", "icmp", "icmpv6", "sctp", "_ws.malformed", make_pcaps.BAD]
# A checksum in a later fragment than the addresses is not reached; a wrong length hides where a packet ends.
UNCORRECTED = {"frag_ipv4_incomplete", "ip_length_wrong"}


def counts(path: Path) -> dict[str, int]:
    case = make_pcaps.Case(path.name, "", dict.fromkeys(COUNTED, 0), (), lambda: b"")
    said = make_pcaps.ask(case, path)
    return {name: said[name] for name in COUNTED}


@needs_tshark
@pytest.mark.parametrize("name", SOURCES)
def test_copies_decode_as_their_source(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out.pcap"
    source = GEN / f"{name}.pcap"
    synth("-o", out, "--copies", 3, "--interleave", 2, "--from", source)
    was, is_now = counts(source), counts(out)
    if name in UNCORRECTED:
        was.pop(make_pcaps.BAD)
        is_now.pop(make_pcaps.BAD)
    assert is_now == {key: 3 * value for key, value in was.items()}
    assert len(flows(out)) == 3 * len(flows(source))


@pytest.mark.parametrize("name", ["ng_options.pcapng", "format_ns_be.pcap", "format_us_be.pcap"])
def test_other_formats_and_compressed(tmp_path: Path, name: str) -> None:
    import gzip

    source, out, again = tmp_path / "source.gz", tmp_path / "out.pcap", tmp_path / "again.pcap"
    source.write_bytes(gzip.compress((GEN / name).read_bytes()))
    synth("-o", out, "--copies", 4, "--interleave", 4, "--from", source)
    synth("-o", again, "--copies", 4, "--interleave", 4, "--from", GEN / name)
    assert out.read_bytes() == again.read_bytes()
    assert len(flows(out)) == 4 * len(flows(GEN / name))


def test_folders_globs_and_standard_input(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("udp.pcap", "sctp.pcap"):
        shutil.copy(GEN / name, folder)
    (folder / "notes.txt").write_text("no capture")
    outs = [tmp_path / f"{i}.pcap" for i in range(4)]
    synth("-o", outs[0], "--from", GEN / "sctp.pcap", GEN / "udp.pcap")
    synth("-o", outs[1], "--from", folder)
    synth("-o", outs[2], "--from", folder / "*.pcap")
    assert outs[0].read_bytes() == outs[1].read_bytes() == outs[2].read_bytes()
    assert len(records(outs[0])) == len(records(GEN / "udp.pcap")) + len(records(GEN / "sctp.pcap"))
    with (GEN / "udp.pcap").open("rb") as file:
        synth("-o", outs[3], "--from", "-", stdin=file)
    assert len(flows(outs[3])) == len(flows(GEN / "udp.pcap"))


def test_nanoseconds_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    synth("-o", out, "--from", GEN / "format_ns_le.pcap")
    assert out.read_bytes()[:4] == b"\x4d\x3c\xb2\xa1"

    def gaps(path: Path) -> list[int]:
        times = [seconds * 10**9 + fraction for seconds, fraction in stamps(path)]
        return [time - times[0] for time in times]

    def stamps(path: Path) -> list[tuple[int, int]]:
        data, at, out = path.read_bytes(), 24, []
        while at < len(data):
            seconds, fraction, captured = struct.unpack_from("<III", data, at)
            out.append((seconds, fraction))
            at += 16 + captured
        return out

    assert gaps(out) == gaps(GEN / "format_ns_le.pcap")


def test_copies_are_new_flows_in_order_of_time(tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    source = GEN / "flows_mixed.pcap"
    synth("-o", out, "--copies", 40, "--interleave", 4, "--from", source)
    times = [when for when, _ in records(out)]
    assert len(times) == 40 * len(records(source)) and times == sorted(times)
    rows, recorded = flows(out), flows(source)
    assert len(rows) == 40 * len(recorded)
    shape = Counter((row["protocol"], row["packets"], row["bytes"], row["end_reason"]) for row in recorded)
    got = Counter((row["protocol"], row["packets"], row["bytes"], row["end_reason"]) for row in rows)
    assert got == Counter({key: 40 * count for key, count in shape.items()})
    # Four at a time: a copy begins when a quarter of the one before has passed.
    begun = [row["start"] for row in rows if row["src_ip"] == min(r["src_ip"] for r in rows)]
    assert len(begun) >= 1
    length = max(row["end"] for row in recorded) - min(row["start"] for row in recorded)
    whole = max(row["end"] for row in rows) - min(row["start"] for row in rows)
    assert whole == pytest.approx(length * (1 + 39 / 4), rel=1e-3)


def test_long_captures_are_replayed_faster(tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    synth("-o", out, "--profile", "voip", "--packets", 2000)
    long = records(out)
    faster = tmp_path / "faster.pcap"
    synth("-o", faster, "--from", out, "--seconds", 2)
    short = records(faster)
    assert long[-1][0] - long[0][0] > 10_000_000
    assert short[-1][0] - short[0][0] == 2_000_000
    assert len(short) == len(long)


@needs_tshark
def test_wrong_checksums_of_a_source_are_made_right(tmp_path: Path) -> None:
    data = bytearray((GEN / "link_ethernet.pcap").read_bytes())
    data[24 + 16 + 14 + 10] ^= 0x55  # first packet, IPv4 header checksum
    source, out = tmp_path / "source.pcap", tmp_path / "out.pcap"
    source.write_bytes(data)
    assert counts(source)[make_pcaps.BAD] == 1
    synth("-o", out, "--copies", 2, "--from", source)
    assert counts(out)[make_pcaps.BAD] == 0


def test_checksums_of_udplite_are_never_zero(tmp_path: Path) -> None:
    """RFC 3828, section 3.1: 0 would say that there is none, so 0xFFFF stands for it."""

    def total(data: bytes) -> int:
        return sum(struct.unpack(f">{len(data) // 2}H", data)) % 0xFFFF

    ends, content = bytes([10, 0, 0, 1, 10, 0, 0, 2]), b"abcd"
    datagram = struct.pack(">HHHH", 1000, 2000, 0, 0) + content
    check = 0xFFFF - total(ends + struct.pack(">HH", 136, len(datagram)) + datagram)
    datagram = datagram[:6] + struct.pack(">H", check) + content
    packet = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, 64, 136, 0) + ends + datagram
    frame = bytes(12) + b"\x08\x00" + packet
    source, out = tmp_path / "one.pcap", tmp_path / "out.pcap"
    source.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
                       + struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame)
    copies = 140_000
    synth("-o", out, "--from", source, "--copies", copies)
    data, size = out.read_bytes(), 16 + len(frame)
    assert len(data) == 24 + copies * size
    checks = set()
    for at in range(24 + 16 + 14, len(data), size):
        ends, datagram = data[at + 12 : at + 20], data[at + 20 : at + 20 + len(datagram)]
        assert total(ends + struct.pack(">HH", 136, len(datagram)) + datagram) == 0
        checks.add(datagram[6:8])
    assert bytes(2) not in checks
    assert b"\xff\xff" in checks


def test_copies_of_ipv6_alone_need_no_ipv4_addresses() -> None:
    process = subprocess.Popen([FLOWLOOM, "synth", "-o", "-", "--from", GEN / "icmpv6.pcap", "--copies", "20000000"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout and process.stderr
    begin = process.stdout.read(100_000)
    process.stdout.close()
    assert (len(begin), process.stderr.read()) == (100_000, b"")
    process.wait(timeout=60)


def test_copies_that_would_last_too_long(tmp_path: Path) -> None:
    """Said before the work: pcap's times end in 2106."""
    data = bytearray((GEN / "udp.pcap").read_bytes())
    struct.pack_into("<I", data, 24, 1)  # the first packet's time, 50 years before the others
    source = tmp_path / "long.pcap"
    source.write_bytes(data)
    synth("-o", tmp_path / "one.pcap", "--from", source, "--copies", 1)
    assert "after 2106" in synth("-o", tmp_path / "two.pcap", "--from", source, "--copies", 2, status=2).stderr
    synth("-o", tmp_path / "two.pcap", "--from", source, "--copies", 2, "--seconds", 10)


# --- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "arguments", "message"),
    [
        (2, ["--profile", "wbe"], "wbe"),
        (2, ["--packets", "0"], "--packets"),
        (2, ["--seed", "-1"], "--seed"),
        (2, ["--copies", "3"], "--from"),
        (2, ["--from", GEN / "udp.pcap", "--copies", "0"], "--copies"),
        (2, ["--from", GEN / "udp.pcap", "--profile", "web"], "--profile"),
        (2, ["--from", GEN / "empty_us_le.pcap"], "no packet"),
        (2, ["--from", GEN / "link_ethernet.pcap", "--copies", "9999999"], "not as many addresses"),
        (1, ["--from", GEN / "absent.pcap"], "absent.pcap"),
        (1, ["--from", GEN / "ng_interfaces.pcapng"], "RAW besides ETHERNET"),
        (1, ["--from", ROOT / "LICENSE"], "LICENSE"),
    ],
)
def test_refusals(tmp_path: Path, status: int, arguments: list[object], message: str) -> None:
    out = tmp_path / "out.pcap"
    done = synth("-o", out, *arguments, status=status)
    assert message in done.stderr + done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_capture_is_not_copied(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes((GEN / "udp.pcap").read_bytes()[:-5])
    done = synth("-o", tmp_path / "out.pcap", "--from", cut, status=1)
    assert re.search(r"cut\.pcap, offset \d+", done.stderr)
    assert not (tmp_path / "out.pcap").exists()


@pytest.mark.parametrize("name", ["out.pcapng", "out.pcap.gz", "out.pcap.zst"])
def test_only_plain_pcap_is_written(tmp_path: Path, name: str) -> None:
    assert "plain pcap" in synth("-o", tmp_path / name, status=2).stderr


def test_output_is_needed_and_must_be_writable(tmp_path: Path) -> None:
    assert "--output" in synth(status=2).stderr
    assert "folder" in synth("-o", tmp_path / "folder" / "x.pcap", status=1).stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_an_error() -> None:
    assert "/dev/full" in synth("-o", "/dev/full", status=1).stderr
