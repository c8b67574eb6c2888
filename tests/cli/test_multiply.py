"""The maker of the benchmark's capture: copies are new flows, and their checksums are right."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import make_pcaps  # noqa: E402  (after the path to it)

GEN = make_pcaps.GEN
COMPILER = os.environ.get("CXX", "c++")
SOURCES = (
    "link_ethernet eth_vlan eth_trailer eth_other icmp_errors icmpv6 frag_ipv4 frag_ipv6 sctp udp udplite "
    "snap_cut tunnel_vxlan flows_mixed"
).split()
COUNTED = ["frame", "ip", "ipv6", "tcp", "udp", "icmp", "icmpv6", "sctp", "_ws.malformed", make_pcaps.BAD]


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which(COMPILER) is None or shutil.which("tshark") is None:
        pytest.skip("needs a C++ compiler and tshark")
    path = tmp_path_factory.mktemp("tool") / "multiply"
    source = ROOT / "bench" / "multiply.cpp"
    subprocess.run([COMPILER, "-std=c++20", "-O1", str(source), "-o", str(path)], check=True)
    return path


def run(tool: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(tool), *map(str, arguments)], capture_output=True, text=True, check=False)


def counts(path: Path) -> dict[str, int]:
    case = make_pcaps.Case(path.name, "", dict.fromkeys(COUNTED, 0), (), lambda: b"")
    said = make_pcaps.ask(case, path)
    return {name: said[name] for name in COUNTED}


def streams(path: Path) -> int:
    """Pairs of addresses, which is what copies must multiply."""
    text = make_pcaps.tshark(
        path, "-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-e", "ipv6.src", "-e", "ipv6.dst"
    )
    return len({frozenset(line.split()) for line in text.splitlines() if line.strip()})


@pytest.mark.parametrize("name", SOURCES)
def test_copies_decode_as_their_source(tool: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out.pcap"
    source = GEN / f"{name}.pcap"
    done = run(tool, "--copies", 3, "--overlap", 2, "-o", out, source)
    assert done.returncode == 0, done.stderr
    assert counts(out) == {key: 3 * value for key, value in counts(source).items()}


def test_copies_are_new_flows_in_order_of_time(tool: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pcap"
    source = GEN / "flows_mixed.pcap"
    assert run(tool, "--copies", 40, "--overlap", 4, "-o", out, source).returncode == 0
    assert streams(out) == 40 * streams(source)
    assert counts(out)["frame"] == 40 * counts(source)["frame"]
    times = [
        float(line) for line in make_pcaps.tshark(out, "-T", "fields", "-e", "frame.time_epoch").splitlines()
    ]
    assert times == sorted(times)


def test_wrong_checksums_of_a_source_are_made_right(tool: Path, tmp_path: Path) -> None:
    data = bytearray((GEN / "link_ethernet.pcap").read_bytes())
    data[24 + 16 + 14 + 10] ^= 0x55  # first packet, IPv4 header checksum
    source, out = tmp_path / "source.pcap", tmp_path / "out.pcap"
    source.write_bytes(data)
    assert counts(source)[make_pcaps.BAD] == 1
    assert run(tool, "--copies", 2, "-o", out, source).returncode == 0
    assert counts(out)[make_pcaps.BAD] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--copies", "1", "-o", "OUT", str(GEN / "link_raw101.pcap")], "not Ethernet"),
        (["--copies", "1", "-o", "OUT", str(GEN / "ng_sections.pcapng")], "no pcap file"),
        (["--copies", "1", "-o", "OUT", str(GEN / "empty_us_le.pcap")], "no packet"),
        (["--copies", "9999999", "-o", "OUT", str(GEN / "link_ethernet.pcap")], "not as many addresses"),
        (["--copies", "0", "-o", "OUT", str(GEN / "link_ethernet.pcap")], "number above 0"),
        ([], "use: multiply"),
    ],
)
def test_refusals(tool: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(tool, *(str(tmp_path / "out.pcap") if a == "OUT" else a for a in arguments))
    assert done.returncode == 1
    assert message in done.stderr
