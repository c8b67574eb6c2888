"""Captures on which a well-known flow tool is wrong, a test each: what it says, and what is right.

The captures are made ones beside the checkout (`edge/` among the shared captures); "the tool" is NFStream 6.6,
whose answers are kept beside them.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import captures
import command
import made

A, B = "10.0.0.1", "10.0.0.2"


@pytest.fixture(autouse=True)
def _edge() -> None:
    if not captures.EDGE.is_dir():
        pytest.skip(f"no captures in {captures.EDGE}; set FLOWLOOM_CAPTURES")


def flows(*names: str, status: int = 0, options: tuple[str, ...] = ()) -> list[dict]:
    result = command.flows(*(captures.EDGE / x for x in names), *options)
    assert result.status == status, result.stderr
    return result.rows


def in_order(rows: list[dict]) -> list[dict]:
    """Rows by flow_id: with timeouts they may be written as they are cut."""
    return sorted(rows, key=lambda x: x["flow_id"])


def test_port_reuse_gives_two_flows(tmp_path: Path) -> None:
    """Two connections of one port pair a second apart: the tool merges them into one flow of 12 packets.

    All segments of the shared capture have sequence number 1, so that by the documented rule (a SYN with another
    number begins a stream) its second SYN is a copy of the first; with numbers as hosts choose them it is not.
    """
    (merged,) = flows("reuse.pcap")
    assert (merged["packets"], merged["stream"]) == (12, 0)
    capture = made.write(
        tmp_path, "reuse.pcap", made.pcap([*made.connection(100, 500), *made.connection(9000, 70)])
    )
    result = command.flows(capture)
    assert result.status == 0, result.stderr
    first, second = result.rows
    assert [x["packets"] for x in (first, second)] == [6, 6]
    assert (first["stream"], second["stream"]) == (0, 1)
    assert (first["end_reason"], second["end_reason"]) == ("port_reuse", "fin")
    assert [(x["src_ip"], x["src_port"], x["dst_port"]) for x in (first, second)] == [
        (made.CLIENT, 40000, 80)
    ] * 2


def test_syn_ack_first_names_the_client() -> None:
    """The first packet seen is the server's SYN-ACK: the tool calls the server the initiator."""
    (flow,) = flows("synack.pcap")
    assert (flow["src_ip"], flow["src_port"], flow["dst_ip"], flow["dst_port"]) == (A, 4000, B, 80)
    assert flow["packet_lengths"] == [-40, 40]
    assert flow["tcp_flags"] == [0x12, 0x10]


def test_frame_of_more_than_65535_bytes() -> None:
    """A 71,042-byte frame: the tool says 5506 bytes, its length modulo 2^16. The IP packet has 1028."""
    (flow,) = flows("big.pcap")
    assert (flow["packets"], flow["bytes"]) == (1, 1028)
    assert (flow["packet_lengths"], flow["payload_lengths"]) == ([1028], [1000])


def test_two_vlan_tags() -> None:
    """802.1ad and doubled 802.1Q: the tool loses the first flow and knows one tag of the second."""
    first, second = flows("qinq.pcap")
    assert first["vlan"] == second["vlan"] == [100, 200]
    assert (first["src_port"], second["src_port"]) == (1, 3)


def test_times_below_a_millisecond() -> None:
    """Packets 400 microseconds apart: the tool keeps milliseconds, so most gaps become 0."""
    (flow,) = flows("submsec.pcap")
    assert [Decimal(x) for x in flow["packet_times"]] == [Decimal(i) * 4 / 10000 for i in range(10)]
    assert Decimal(flow["end"]) - Decimal(flow["start"]) == Decimal("0.0036")


def test_what_is_not_ip_is_no_flow() -> None:
    """An experimental EtherType whose payload looks like IPv4: the tool makes a flow of it."""
    assert flows("fake.pcap") == []
    _, _, (told,) = command.info(captures.EDGE / "fake.pcap")
    assert told["packets"] == 1 == sum(told["accounting"].values())


def test_pings_are_told_apart() -> None:
    """Two pings with their own identifiers and an error: the tool makes one flow of all five packets."""
    first, second, error = flows("icmp.pcap")
    assert [(x["icmp_type"], x["icmp_id"], x["packets"]) for x in (first, second)] == [(8, 1, 2), (8, 2, 2)]
    assert (error["icmp_type"], error["icmp_code"], error["icmp_id"], error["packets"]) == (3, 0, None, 1)
    assert all(x["src_port"] is None and x["dst_port"] is None for x in (first, second, error))
    assert first["packet_lengths"] == [60, -60] and first["payload_lengths"] == [32, -32]


def test_truncated_file_is_reported() -> None:
    """The last record is cut: the tool reads eleven packets and says nothing."""
    result = command.flows(captures.EDGE / "trunc.pcap")
    assert (result.status, [x["packets"] for x in result.rows]) == (3, [11])
    assert "trunc.pcap" in result.stderr and any(x.isdigit() for x in result.stderr)


def test_sll2_is_read() -> None:
    """Linux cooked capture version 2: the tool finds no flow."""
    (flow,) = flows("sll2.pcap")
    assert (flow["src_ip"], flow["src_port"], flow["dst_port"], flow["packet_lengths"]) == (A, 1, 2, [48])


def test_snap_length_does_not_shorten() -> None:
    """UDP of 500 bytes cut to 60: the tool has no flow for IPv6, and its IPv4 size depends on a mode."""
    first, second = flows("snap.pcap")
    assert (first["packet_lengths"], first["payload_lengths"]) == ([528], [500])
    assert (second["packet_lengths"], second["payload_lengths"]) == ([548], [500])
    assert (second["src_ip"], second["src_port"], second["dst_port"]) == ("2001:db8::1", 1, 2)


def test_ipv6_length_counts_the_header() -> None:
    (flow,) = flows("v6.pcap")
    assert (flow["packet_lengths"], flow["payload_lengths"]) == ([148], [100])


def test_files_out_of_order() -> None:
    """The later file first: the tool clamps the earlier file's packets to the later time."""
    late, early = flows("late.pcap", "early.pcap")
    assert [Path(x["capture"]).name for x in (late, early)] == ["late.pcap", "early.pcap"]
    assert [x["flow_id"] for x in (late, early)] == [0, 1]
    assert Decimal(early["end"]) < Decimal(late["start"])
    assert Decimal(early["end"]) - Decimal(early["start"]) == 5
    assert (late["stream"], early["stream"]) == (0, 0)


def test_idle_flow_is_cut_although_another_goes_on() -> None:
    """Idle timeout of 10 s: the tool's cache closes flows in order of creation only, so the long flow at its
    head keeps the idle one open. Here each flow's own gap decides."""
    long, short = in_order(flows("hol.pcap", options=("--idle-timeout", "10")))
    assert (long["packets"], short["packets"]) == (60, 1)
    cut = flows("hol.pcap", options=("--idle-timeout", "0.5"))
    assert len(cut) == 61
    assert {x["end_reason"] for x in cut if x["src_port"] == 1000} == {"idle", "capture_end"}
