"""Packets that flowloom makes of fields, judged by tshark: nothing malformed, no error, every checksum right."""

from __future__ import annotations

import subprocess
from pathlib import Path

import command
import pytest

FIELDS = ("_ws.malformed", "_ws.expert.severity", "_ws.expert.message", "frame.protocols")
CHECKSUMS = ("ip", "tcp", "udp", "icmp", "igmp", "vrrp", "sctp", "dccp", "hip", "gre", "icmpv6")
# Less is no mistake (a connection that begins, say).
WARNING = 0x00600000
PREFERENCES = ("ip.check_checksum", "tcp.check_checksum", "udp.check_checksum", "udplite.check_checksum", "sctp.checksum:CRC 32c")


@pytest.fixture(scope="session")
def constructed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, list[str]]]]:
    """Each packet's name and what tshark says of it."""
    folder = tmp_path_factory.mktemp("constructed")
    program = command.binary().with_name("constructed")
    done = subprocess.run([str(program), str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    asked = (*FIELDS, *(f"{x}.checksum.status" for x in CHECKSUMS))
    options = [y for x in PREFERENCES for y in ("-o", x if ":" in x else f"{x}:TRUE")]
    packets = []
    for line in done.stdout.splitlines():
        path, *names = line.split("\t")
        arguments = ["tshark", "-n", "-r", path, *options, "-T", "fields", "-E", "occurrence=a", "-E", "separator=|"]
        for name in asked:
            arguments += ["-e", name]
        told = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.splitlines()
        assert len(told) == len(names), path
        for name, cells in zip(names, told):
            packets.append((name, dict(zip(asked, (x.split(",") if x else [] for x in cells.split("|"))))))
    return packets


def test_there_are_packets_of_all_layers(constructed) -> None:
    seen = {x for _, told in constructed for y in told["frame.protocols"] for x in y.split(":")}
    wanted = """eth vlan ieee8021ad mpls pppoes ppp pppoed arp llc ipx sll chdlc null ip ipv6 ah esp igmp vrrp icmp
        udp udplite tcp sctp vxlan geneve gre erspan gtp l2tp dns mdns llmnr dhcp dccp hip bfd icmpv6 ospf ipv6.hopopts ipv6.dstopts
        ipv6.routing ipv6.fraghdr mipv6 nflog""".split()
    assert set(wanted) - seen == set()


def test_no_packet_is_malformed(constructed) -> None:
    bad = [name for name, told in constructed if told["_ws.malformed"]]
    assert bad == []


def test_no_packet_has_an_error(constructed) -> None:
    bad = {
        name: told["_ws.expert.message"]
        for name, told in constructed
        if any(int(x, 0) >= WARNING for x in told["_ws.expert.severity"])
    }
    assert bad == {}


def test_every_checksum_is_right(constructed) -> None:
    states = [(name, x, state) for name, told in constructed for x in CHECKSUMS
              for state in told[f"{x}.checksum.status"]]  # fmt: skip
    assert {x for _, x, _ in states} == set(CHECKSUMS)
    assert [x for x in states if x[2] != "1"] == []
