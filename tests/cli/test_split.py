"""flowloom split: the files together are the flows of `flowloom flows`, byte for byte, and tshark agrees."""

from __future__ import annotations

import json
import os
import shutil
import signal
import struct
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOWLOOM = Path(os.environ.get("FLOWLOOM_BIN", ROOT / "build" / "bin" / "flowloom"))
CAPTURES = sorted((ROOT / "tests" / "pcaps").glob("*.pcap*"))
LISTS = ("packet_lengths", "payload_lengths", "tcp_flags", "packet_times")


def run(*arguments: object, status: int = 0) -> subprocess.CompletedProcess:
    done = subprocess.run([FLOWLOOM, *map(str, arguments)], capture_output=True, text=True, timeout=300)
    assert done.returncode == status, done.stderr
    return done


def flows(*arguments: object) -> list[dict]:
    return [json.loads(line) for line in run("flows", *arguments).stdout.splitlines()]


def packets(path: Path) -> list[tuple]:
    """(seconds, fraction, bytes, original length) of a little-endian pcap; the link type comes first."""
    data = path.read_bytes()
    magic, _, _, _, _, _, link = struct.unpack_from("<IHHiIII", data)
    assert magic in (0xA1B2C3D4, 0xA1B23C4D)
    out: list[tuple] = [(magic, link)]
    at = 24
    while at < len(data):
        seconds, fraction, captured, original = struct.unpack_from("<IIII", data, at)
        out.append((seconds, fraction, data[at + 16 : at + 16 + captured], original))
        at += 16 + captured
    return out


def file_order_named(rows: list[dict]) -> list[str]:
    """The names of the flows' files: as the rows say, numbered when they return."""
    seen: dict[str, int] = {}
    out = []
    for row in rows:
        ends = []
        for end in ("src", "dst"):
            ends.append(row[f"{end}_ip"].replace(":", "-"))
            if row[f"{end}_port"] is not None:
                ends.append(str(row[f"{end}_port"]))
        label = "_".join([Path(row["capture"]).name, *ends, row["protocol"].upper()])
        seen[label] = seen.get(label, 0) + 1
        if seen[label] > 1:
            label += f"_{seen[label]}"
        out.append(label + ".pcap")
    return out


def file_order(folder: Path, rows: list[dict]) -> list[Path]:
    out = []
    for name in file_order_named(rows):
        found = [path for path in (folder / name, folder / f"{name}ng") if path.exists()]
        assert len(found) == 1, name
        out += found
    return out


@pytest.mark.parametrize("options", [(), ("--idle-timeout", "0.5"), ("--icmp-errors", "join"), ("--key", "vlan,tunnel")],
                         ids=lambda o: "-".join(o) or "plain")
@pytest.mark.parametrize("capture", CAPTURES, ids=lambda p: p.name)
def test_pieces_are_the_flows(capture: Path, options: tuple, tmp_path: Path) -> None:
    rows = flows(capture, "--order", "start", *options)
    run("split", capture, "-o", tmp_path / "out", *options)
    files = file_order(tmp_path / "out", rows)
    assert sorted(files) == sorted((tmp_path / "out").iterdir())
    for row, path in zip(rows, files):
        info = json.loads(run("info", path, "--format", "json").stdout)[0]
        assert info["packets"] == row["packets"]
        if info["accounting"]["fragments_waiting"] != 0:
            # Later pieces of a tunnel's packet: their first piece is in the flow inside the tunnel.
            assert capture.name == "vxlan.pcap"
            continue
        assert info["accounting"]["flow"] == row["packets"]
        if options:
            continue  # a piece alone lacks what would cut it or join others to it
        alone = flows(path)
        assert len(alone) == 1
        for name in ("src_ip", "dst_ip", "src_port", "dst_port", "protocol", "bytes", "start", "end", *LISTS):
            assert alone[0][name] == row[name], (path, name)


@pytest.mark.parametrize("capture", [c for c in CAPTURES if c.suffix == ".pcap"], ids=lambda p: p.name)
def test_packets_keep_their_bytes(capture: Path, tmp_path: Path) -> None:
    run("split", capture, "-o", tmp_path / "out")
    whole = packets(capture)
    pieces = [packets(path) for path in (tmp_path / "out").iterdir()]
    assert all(piece[0] == whole[0] for piece in pieces)
    together = sorted(packet for piece in pieces for packet in piece[1:])
    accounting = json.loads(run("info", capture, "--format", "json").stdout)[0]["accounting"]
    assert len(together) == accounting["flow"]
    left = whole[1:]
    for piece in pieces:
        position = 0
        for packet in piece[1:]:  # in the capture's order
            position = whole.index(packet, position + 1)
    for packet in together:
        left.remove(packet)


def test_memory_budget_does_not_change_the_files(tmp_path: Path) -> None:
    """Many packets, so that a small budget is exceeded: see the unit tests for the spool itself."""
    capture = ROOT / "tests" / "pcaps" / "downloads.pcap"
    run("split", capture, "-o", tmp_path / "a")
    data = subprocess.run([FLOWLOOM, "split", "-", "-o", tmp_path / "b", "-q"], input=capture.read_bytes(), check=True)
    assert data.returncode == 0
    assert sorted(p.read_bytes() for p in (tmp_path / "a").iterdir()) == sorted(
        p.read_bytes() for p in (tmp_path / "b").iterdir())


def test_tshark_sees_one_conversation_in_each(tmp_path: Path) -> None:
    for name in ("https.pcap", "port_reuse.pcap"):
        capture = ROOT / "tests" / "pcaps" / name
        out = tmp_path / name
        run("split", capture, "-o", out, "--read-filter", "tcp")
        for path in out.iterdir():
            text = subprocess.run(["tshark", "-r", path, "-q", "-z", "conv,tcp"], capture_output=True, text=True,
                                  check=True).stdout
            assert text.count("<->") == 1, text
            streams = subprocess.run(["tshark", "-r", path, "-T", "fields", "-e", "tcp.stream"], capture_output=True,
                                     text=True, check=True).stdout.split()
            assert set(streams) == {"0"}


def test_pcapng_keeps_interfaces(tmp_path: Path) -> None:
    """A file has those of its packets, with all that the capture says of them."""
    capture = ROOT / "tests" / "pcaps" / "interfaces.pcapng"
    run("split", capture, "-o", tmp_path / "out", "--format", "pcapng")
    known = interfaces(capture)
    used = []
    for path in (tmp_path / "out").iterdir():
        assert path.suffix == ".pcapng"
        for interface in interfaces(path):
            assert interface.pop("packets") > 0
            assert interface in [{k: v for k, v in i.items() if k != "packets"} for i in known]
            used.append(interface["link_type"])
        subprocess.run(["capinfos", path], check=True, capture_output=True)
    assert set(used) == {interface["link_type"] for interface in known}


def interfaces(path: Path) -> list[dict]:
    return json.loads(run("info", path, "--format", "json").stdout)[0]["interfaces"]


def test_which_flows(tmp_path: Path) -> None:
    capture = ROOT / "tests" / "pcaps" / "https.pcap"
    rows = flows(capture)
    run("split", capture, "-o", tmp_path / "few", "--min-packets", 30)
    assert len(list((tmp_path / "few").iterdir())) == sum(row["packets"] >= 30 for row in rows) > 0
    run("split", capture, "-o", tmp_path / "ids", "--flow-id", "1,3")
    assert len(list((tmp_path / "ids").iterdir())) == 2
    cut = flows(capture, "--from", str(rows[2]["start"] + 0.001))
    run("split", capture, "-o", tmp_path / "syn", "--from-syn", "--from", str(rows[2]["start"] + 0.001))
    kept = [row for row in cut if row["protocol"] != "tcp" or row["tcp_flags"][0] & 0x12 == 2]
    assert len(list((tmp_path / "syn").iterdir())) == len(kept) < len(cut)


def test_too_many_files_are_left_out_and_counted(tmp_path: Path) -> None:
    capture = ROOT / "tests" / "pcaps" / "https.pcap"
    done = run("split", capture, "-o", tmp_path / "out", "--max-files", 3, status=3)
    rows = flows(capture)
    left = sum(row["packets"] for row in rows[3:])
    assert f"the first 3 files; {len(rows) - 3} more with {left} packets were left out" in done.stderr
    assert sorted(file_order_named(rows[:3])) == sorted(path.name for path in (tmp_path / "out").iterdir())


def test_failures_change_nothing(tmp_path: Path) -> None:
    capture = ROOT / "tests" / "pcaps" / "https.pcap"
    out = tmp_path / "out"
    out.mkdir()
    run("split", capture, "-o", out)  # an empty folder may be there
    before = sorted(out.iterdir())
    assert "not empty" in run("split", capture, "-o", out, status=1).stderr
    assert sorted(out.iterdir()) == before
    run("split", tmp_path / "missing.pcap", "-o", tmp_path / "other", status=1)
    run("split", capture, "-o", tmp_path / "other", "--read-filter", "no such thing", status=2)
    run("split", capture, "-o", tmp_path / "none" / "other", status=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_damage_is_told_and_the_rest_written(tmp_path: Path) -> None:
    whole = (ROOT / "tests" / "pcaps" / "https.pcap").read_bytes()
    capture = tmp_path / "cut.pcap"
    capture.write_bytes(whole[:100_001])
    done = run("split", capture, "-o", tmp_path / "out", status=3)
    assert "offset" in done.stderr
    assert len(list((tmp_path / "out").iterdir())) == len(
        subprocess.run([FLOWLOOM, "flows", capture], capture_output=True, text=True).stdout.splitlines())


def test_names_are_safe_everywhere(tmp_path: Path) -> None:
    strange = tmp_path / 'a:b"c %\n?.pcap'
    strange.write_bytes((ROOT / "tests" / "pcaps" / "http.pcap").read_bytes())
    run("split", strange, "-o", tmp_path / "out")
    names = [path.name for path in (tmp_path / "out").iterdir()]
    assert names and all(name.startswith("a%3Ab%22c %25%0A%3F.pcap_") for name in names)


def test_interrupted_keeps_what_was_read(tmp_path: Path) -> None:
    whole = (ROOT / "tests" / "pcaps" / "https.pcap").read_bytes()
    process = subprocess.Popen([FLOWLOOM, "split", "-", "-o", tmp_path / "out"], stdin=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(whole)
    process.stdin.flush()
    while not list(tmp_path.iterdir()):
        pass
    process.send_signal(signal.SIGINT)
    process.stdin.close()
    assert process.wait(timeout=60) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("there_before", [False, True])
def test_interrupted_while_files_are_written(there_before: bool, tmp_path: Path) -> None:
    """The files that are there are whole; what is not in them is told."""
    capture = tmp_path / "made.pcap"
    run("synth", "-o", capture, "--packets", "200000", "--flows", "60000", "--profile", "dns", "-q")
    run("split", capture, "-o", tmp_path / "whole")
    whole = {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    out = tmp_path / "out"
    if there_before:
        out.mkdir()
    for _ in range(10):  # until the signal meets the writing in its middle
        process = subprocess.Popen([FLOWLOOM, "split", capture, "-o", out], stderr=subprocess.PIPE)
        while process.poll() is None:
            partial = list(tmp_path.glob(".out.*.partial"))
            if partial and sum(1 for _ in os.scandir(partial[0])) > 100:
                process.send_signal(signal.SIGINT)
                break
        assert process.stderr is not None
        said = process.stderr.read().decode()
        status = process.wait(timeout=60)
        kept = tmp_path / "out.partial" if there_before and status == 130 else out
        got = {path.name: path.read_bytes() for path in kept.iterdir()}
        if status == 130 and len(got) < len(whole):
            break
        assert got == whole
        shutil.rmtree(kept)
        if there_before:
            out.mkdir(exist_ok=True)
    else:
        pytest.fail("never interrupted while files were written")
    assert got.items() <= whole.items()
    assert f"what was read is in {kept}, but for {len(whole) - len(got)} files" in said
    assert not list(tmp_path.glob(".out*"))
    if there_before:
        assert list(out.iterdir()) == []


def test_permissions(tmp_path: Path) -> None:
    capture = ROOT / "tests" / "pcaps" / "http.pcap"
    for mask, files, folder in (("022", 0o644, 0o755), ("077", 0o600, 0o700)):
        out = tmp_path / mask
        command = f'umask {mask}; exec "{FLOWLOOM}" split "{capture}" -o "{out}"'
        subprocess.run(["bash", "-c", command], check=True, timeout=60)
        assert out.stat().st_mode & 0o7777 == folder
        assert {path.stat().st_mode & 0o7777 for path in out.iterdir()} == {files}
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    run("split", capture, "-o", private)
    assert private.stat().st_mode & 0o7777 == 0o700 and list(private.iterdir())


@pytest.mark.parametrize("options", [(), ("--by", "packets:10"), ("--format", "json")])
def test_files_of_folders_that_are_no_captures(options: tuple, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("text")
    (folder / "b.pcap").write_bytes(b"")
    skipped = [f"flowloom: {folder / name}: skipped, not a capture" for name in ("a.txt", "b.pcap")]
    said = run("split", folder, "-o", tmp_path / "out", "--verbose", *options, status=2).stderr
    assert said.splitlines() == [*skipped, "flowloom: no capture in what was given"]
    assert not (tmp_path / "out").exists()
    (folder / "c.pcap").write_bytes((ROOT / "tests" / "pcaps" / "http.pcap").read_bytes())
    said = run("split", folder, "-o", tmp_path / "out", "--verbose", *options).stderr
    assert said.splitlines()[:2] == skipped
    run("split", folder / "c.pcap", "-o", tmp_path / "alone", *options)
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "alone").iterdir()}
    # A file that was named is no matter of skipping.
    assert "no capture" in run("split", folder / "a.txt", folder, "-o", tmp_path / "named", *options, status=3).stderr


@pytest.mark.parametrize("name", ["http3s.pcap", "dhcp.pcapng", "http_fin.pcap"])
def test_as_pypcaptools(name: str, tmp_path: Path) -> None:
    """Where no rule differs: the same names (IPv4 TCP and UDP from their first packets), the same packets."""
    shared = Path(os.environ.get("FLOWLOOM_CAPTURES", ROOT.parent / "shared" / "captures")).parent
    oracle = shared / "oracle" / "pypcaptools"
    if not (oracle / "captures" / name).exists():
        pytest.skip("the other tool's results are not here")
    run("split", oracle / "captures" / name, "-o", tmp_path / "out")
    theirs = oracle / "split" / f"{name.split('.')[0]}.pcap.tcpfirst0"
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(p.name for p in theirs.iterdir())
    for path in theirs.iterdir():
        assert packets(path)[1:] == packets(tmp_path / "out" / path.name)[1:]


@pytest.mark.parametrize("name", ["http3s.pcap", "dhcp.pcapng", "http_fin.pcap", "in.pcap", "vlan.pcap"])
def test_json_as_pypcaptools(name: str, tmp_path: Path) -> None:
    """Byte for byte."""
    shared = Path(os.environ.get("FLOWLOOM_CAPTURES", ROOT.parent / "shared" / "captures")).parent
    oracle = shared / "oracle" / "pypcaptools"
    if not (oracle / "captures" / name).exists():
        pytest.skip("the other tool's results are not here")
    run("split", oracle / "captures" / name, "-o", tmp_path / "out", "--format", "json")
    theirs = oracle / "split" / f"{name.split('.')[0]}.json.tcpfirst0" / f"{name}.json"
    assert (tmp_path / "out" / f"{name}.json").read_bytes() == theirs.read_bytes()


def test_json(tmp_path: Path) -> None:
    https, ping = (ROOT / "tests" / "pcaps" / name for name in ("https.pcap", "ping.pcap"))
    rows = flows(https, ping)
    run("split", https, ping, "-o", tmp_path / "out", "--format", "json", "--min-packets", 10)
    assert json.loads((tmp_path / "out" / "ping.pcap.json").read_text()) == []
    wanted = [row for row in rows if row["protocol"] in ("tcp", "udp") and row["packets"] >= 10]
    got = json.loads((tmp_path / "out" / "https.pcap.json").read_text())
    assert len(got) == len(wanted) > 0
    for row, flow in zip(wanted, got):
        assert (flow["src_ip"], flow["src_port"]) == (row["src_ip"], str(row["src_port"]))
        assert [int(text) for text in flow["payload"]] == row["payload_lengths"]
        assert [text[0] for text in flow["payload"]] == ["-" if n < 0 else "+" for n in row["packet_lengths"]]
        assert flow["timestamp"] == pytest.approx([row["start"] + t for t in row["packet_times"]], abs=2e-6)
    run("split", https, "-o", tmp_path / "one", "--format", "json", "--flow-id", rows.index(wanted[2]))
    assert json.loads((tmp_path / "one" / "https.pcap.json").read_text()) == [got[2]]


@pytest.mark.parametrize("kind", ["host", "host-pair", "port"])
@pytest.mark.parametrize("name", ["https.pcap", "fragments.pcap", "icmp_errors.pcap", "interfaces.pcapng"])
def test_groups_hold_their_flows_in_order(kind: str, name: str, tmp_path: Path) -> None:
    capture = ROOT / "tests" / "pcaps" / name
    rows = flows(capture)
    run("split", capture, "-o", tmp_path / "out", "--by", kind)
    wanted: dict[str, int] = {}
    for row in rows:
        ends = [row[f"{end}_ip"].replace(":", "-") for end in ("src", "dst")]
        if kind == "host":
            labels = set(ends)
        elif kind == "host-pair":
            labels = {"_".join(sorted(ends))}
        else:
            port = [] if row["dst_port"] is None else [str(row["dst_port"])]
            labels = {"_".join([*port, row["protocol"].upper()])}
        for label in labels:
            wanted[label] = wanted.get(label, 0) + row["packets"]
    got = {}
    for path in (tmp_path / "out").iterdir():
        label = path.stem.removeprefix(capture.name + "_")
        if kind == "host-pair":
            label = "_".join(sorted(label.split("_")))
        if path.suffix == ".pcap":
            times = [packet[:2] for packet in packets(path)[1:]]
            assert times == sorted(times) or name != "https.pcap"
        got[label] = json.loads(run("info", path, "--format", "json").stdout)[0]["packets"]
    assert got == wanted


@pytest.mark.parametrize("kind", ["time:100ms", "time:1s", "packets:7", "packets:1000"])
@pytest.mark.parametrize("name", ["https.pcap", "interfaces.pcapng"])
def test_pieces_in_order_are_the_capture(kind: str, name: str, tmp_path: Path) -> None:
    capture = ROOT / "tests" / "pcaps" / name
    run("split", capture, "-o", tmp_path / "out", "--by", kind, "--read-filter", "ip or ip6")
    pieces = sorted((tmp_path / "out").iterdir())
    assert all(piece.suffix == capture.suffix for piece in pieces)
    def frames(*paths: Path) -> list[str]:
        return [line for path in paths for line in subprocess.run(
            ["tshark", "-r", path, "-Y", "ip or ipv6", "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len",
             "-e", "frame.cap_len", "-e", "ip.id", "-e", "tcp.seq_raw"], capture_output=True, text=True,
            check=True).stdout.splitlines()]
    assert frames(*pieces) == frames(capture)
    if kind.startswith("packets:"):
        counts = [json.loads(run("info", path, "--format", "json").stdout)[0]["packets"] for path in pieces]
        assert set(counts[:-1]) <= {int(kind.split(":")[1])} and counts[-1] > 0
    if kind == "time:1s":
        for path in pieces:
            seconds = {line.split(".")[0] for line in frames(path)}
            assert len(seconds) == 1


def test_pieces_hold_everything(tmp_path: Path) -> None:
    capture = ROOT / "tests" / "pcaps" / "https.pcap"  # with ARP
    run("split", capture, "-o", tmp_path / "out", "--by", "packets:50", "--names", "splitcap")
    pieces = [tmp_path / "out" / f"https.pcap.Packets_{i}.pcap" for i in range(9)]
    assert packets(capture)[1:] == [packet for path in pieces for packet in packets(path)[1:]]
    done = run("split", capture, "-o", tmp_path / "few", "--by", "packets:50", "--max-files", 2, status=3)
    assert "the first 2 files; 7 more with 304 packets" in done.stderr
    assert len(list((tmp_path / "few").iterdir())) == 2


@pytest.mark.parametrize("options", [("--by", "time:60s", "--min-packets", "3"), ("--by", "time:0"), ("--by", "host:1"),
                                     ("--by", "packets:x"), ("--by", "time:5y"), ("--by", "port", "--format", "json"),
                                     ("--by", "packets:5", "--flow-id", "1"), ("--names", "other"), ("--max-files", "0")])
def test_wrong_usage(options: tuple, tmp_path: Path) -> None:
    run("split", ROOT / "tests" / "pcaps" / "http.pcap", "-o", tmp_path / "out", *options, status=2)
    assert list(tmp_path.iterdir()) == []


def test_threads_do_not_show(tmp_path: Path) -> None:
    capture = tmp_path / "made.pcap"
    subprocess.run([FLOWLOOM, "synth", "-o", capture, "--packets", "30000", "-q"], check=True)
    contents = []
    for threads in (1, 4):
        run("split", capture, "-o", tmp_path / str(threads), "--threads", threads)
        contents.append({path.name: path.read_bytes() for path in (tmp_path / str(threads)).iterdir()})
    assert contents[0] == contents[1]
    rows = flows(capture)
    assert len(contents[0]) == len(rows)
    ids = [row["flow_id"] for row in rows if row["packets"] > 40][:5]
    run("split", capture, "-o", tmp_path / "ids", "--flow-id", ",".join(map(str, ids)))
    names = file_order_named(rows)
    for i in ids:
        name = names[i] if (tmp_path / "ids" / names[i]).exists() else names[i].rsplit("_", 1)[0] + ".pcap"
        assert (tmp_path / "ids" / name).read_bytes() == contents[0][names[i]]


def test_disk_full_leaves_nothing(tmp_path: Path) -> None:
    """Files may not be larger than 20 kB: a write fails as it does on a full disk."""
    capture = ROOT / "tests" / "pcaps" / "https.pcap"
    command = f'trap "" XFSZ; ulimit -f 20; exec "{FLOWLOOM}" split "{capture}" -o "{tmp_path}/out"'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "cannot write" in done.stderr
    assert list(tmp_path.iterdir()) == []
