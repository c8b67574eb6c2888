"""`flowloom packets` and `flowloom fields`."""

from __future__ import annotations

import csv
import io
import json
import plistlib
import random
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from test_command import ROOT, SMALL, A, B, ethernet, packets, pcap, run, udp

PCAPS = ROOT / "tests" / "pcaps"
TIMES = "frame.number,frame.time_epoch,frame.time_delta,frame.time_relative"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.pcap"
    path.write_bytes(SMALL)
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Ports that belong to no protocol."""
    path = tmp_path / "plain.pcap"
    path.write_bytes(pcap([(100 + i, ethernet(udp(A, ("10.0.0.2", 1001), size=i))) for i in range(3)]))
    return path


def test_every_field_is_the_list_of_its_occurrences(small: Path) -> None:
    first, second, *_ = packets(small, "--fields", "ip.addr,udp.dstport,ip.flags.df,eth.src,tcp.flags,udp,ip.dsfield")
    assert first == {
        "number": 1, "time": 100, "ip.addr": ["10.0.0.1", "10.0.0.2"], "udp.dstport": [53], "ip.flags.df": [False],
        "eth.src": ["02:00:00:00:00:02"], "tcp.flags": [], "udp": [True], "ip.dsfield": [0],
    }  # fmt: skip
    assert (second["number"], second["ip.addr"]) == (2, ["10.0.0.2", "10.0.0.1"])


def test_texts_as_tshark_prints_them(small: Path) -> None:
    names = "ip.dsfield,ip.flags.df,udp.srcport,frame.time,frame.time_delta"
    row = packets(small, "--fields", names, "--print-format", "wireshark4")[1]
    assert [row[x] for x in names.split(",")] == [
        ["0x00"], ["0"], ["53"], ["Jan  1, 1970 00:01:41.000000000 UTC"], ["1.000000000"],
    ]  # fmt: skip
    assert packets(small, "--fields", "ip.dsfield", "--print-format", "wireshark3")[0]["ip.dsfield"] == ["0x00000000"]


def test_formats(small: Path, tmp_path: Path) -> None:
    fields = ("--fields", "ip.addr,udp.srcport,tcp.flags,frame.time_delta")
    lines = packets(small, *fields)
    assert json.loads(run("packets", small, *fields, "--format", "json").stdout)["packets"] == lines
    table = list(csv.DictReader(io.StringIO(run("packets", small, *fields, "--format", "csv").stdout)))
    assert table[1] == {"number": "2", "time": "101.000000", "ip.addr": "10.0.0.2,10.0.0.1", "udp.srcport": "53",
                        "tcp.flags": "", "frame.time_delta": "1.000000000"}  # fmt: skip
    out = tmp_path / "p.parquet"
    run("packets", small, *fields, "-o", out)
    rows = parquet.read_table(out).to_pylist()
    assert [x["ip.addr"] for x in rows] == [x["ip.addr"] for x in lines]
    assert rows[3]["frame.time_delta"][0].total_seconds() == 1
    assert rows[3]["udp.srcport"] == [53] and rows[3]["tcp.flags"] == []


def test_several_captures_are_named(small: Path) -> None:
    rows = packets(small, small, "--fields", "udp.srcport")
    assert [(x["capture"], x["number"]) for x in rows] == [(str(small), n) for n in [*range(1, 11)] * 2]


def test_times_go_on_over_the_borders_of_windows(tmp_path: Path) -> None:
    """Windows are read apart from each other: numbers and distances of time are those of the whole."""
    count = 3000
    path = tmp_path / "long.pcap"
    path.write_bytes(pcap([(1000 + i * i / 1000, ethernet(udp(A, B, size=600))) for i in range(count)]))
    seen = [run("packets", path, "--fields", TIMES, "--threads", n).stdout for n in (1, 2, 5)]
    assert seen[0] == seen[1] == seen[2]
    rows = [json.loads(x) for x in seen[0].splitlines()]
    assert [x["frame.number"] for x in rows] == [[i + 1] for i in range(count)]
    epochs = [round(x["frame.time_epoch"][0] * 10**6) for x in rows]
    deltas = [round(x["frame.time_delta"][0] * 10**6) for x in rows]
    assert deltas == [0] + [b - a for a, b in zip(epochs, epochs[1:])]
    assert [round(x["frame.time_relative"][0] * 10**6) for x in rows] == [x - epochs[0] for x in epochs]


@pytest.mark.parametrize("name", ["interfaces.pcapng", "bulk_loss.pcap", "fragments.pcap"])
def test_the_same_bytes_for_any_number_of_threads(name: str) -> None:
    fields = ("--fields", TIMES + ",ip.addr,ipv6.addr,tcp.flags,data.data")
    one, *others = (run("packets", PCAPS / name, *fields, "--threads", n).stdout for n in (1, 2, 3))
    assert one and all(x == one for x in others)


def test_limit_times_and_read_filter_act_as_if_the_rest_was_not_there(small: Path) -> None:
    def numbers(*arguments: object) -> list[tuple]:
        return [(x["number"], x["time"], *x["frame.time_delta"])
                for x in packets(small, "--fields", "frame.time_delta", *arguments)]  # fmt: skip

    assert numbers("--limit", 2) == [(1, 100, 0), (2, 101, 1)]
    assert numbers("--from", 104, "--to", 106) == [(1, 104, 0), (2, 105, 1)]
    assert numbers("--read-filter", "src port 1000")[:2] == [(1, 100, 0), (2, 102, 2)]


def test_damage_is_told_and_what_is_before_it_is_there(small: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(SMALL[:-5])
    done = run("packets", cut, small, "--fields", "ip.id", status=3)
    assert len(done.stdout.splitlines()) == 19
    assert str(cut) in done.stderr and "offset" in done.stderr
    none = tmp_path / "none.pcap"
    none.write_bytes(b"what is this?")
    assert run("packets", none, "--fields", "ip.id", status=1).stdout == ""
    assert len(run("packets", none, small, "--fields", "ip.id", status=3).stdout.splitlines()) == 10


def test_a_wrong_name_says_which_may_have_been_meant(small: Path) -> None:
    assert "did you mean tcp.flags.syn" in run("packets", small, "--fields", "tcp.flag.syn", status=2).stderr
    assert "twice" in run("packets", small, "--fields", "ip.id,ip.id", status=2).stderr
    spaced = run("packets", small, "--fields", " ip.id , ip.ttl", "-o", "-")
    assert spaced.stdout == run("packets", small, "--fields", "ip.id,ip.ttl", "-o", "-").stdout
    missing = run("packets", small, "--fields", "ip.id", "-o", small.parent / "no" / "x.csv", status=1)
    assert "no/x.csv" in missing.stderr


def test_a_header_that_is_cut_has_the_fields_before_the_cut(tmp_path: Path) -> None:
    whole = ethernet(udp(A, B))
    path = tmp_path / "cut.pcap"
    for size in range(len(whole) + 1):
        record = struct.pack("<IIII", 1, 0, size, len(whole)) + whole[:size]
        path.write_bytes(pcap([]) + record)
        (row,) = packets(path, "--fields", "eth.type,ip.ttl,udp.srcport,frame.len,frame.cap_len")
        assert row == {"number": 1, "time": 1, "frame.len": [len(whole)], "frame.cap_len": [size],
                       "eth.type": [0x800] * (size >= 14), "ip.ttl": [64] * (size >= 23),
                       "udp.srcport": [1000] * (size >= 36)}  # fmt: skip


def test_fields_are_listed_with_their_name_first() -> None:
    lines = run("fields").stdout.splitlines()
    assert lines[0].split() == ["name", "type", "base", "title", "protocol", "reference"]
    names = [x.split()[0] for x in lines[1:]]
    assert {"ip", "ip.src", "tcp.flags.syn", "vlan.id"} <= set(names) and len(set(names)) == len(names)
    assert [x.split()[0] for x in run("fields", "vlan.p*").stdout.splitlines()[1:]] == ["vlan.priority"]
    found = [json.loads(x) for x in run("fields", "PRIORITY CODE", "--format", "jsonl").stdout.splitlines()]
    assert {"name": "vlan.priority", "type": "uint16", "base": "dec", "title": "Priority code point", "protocol": "vlan",
            "reference": "IEEE 802.1Q"} in found  # fmt: skip
    assert "nothing_such" in run("fields", "nothing_such", status=1).stderr


def test_a_packet_is_an_object_with_its_layers(plain: Path) -> None:
    first = packets(plain)[1]
    assert [x["name"] for x in first["layers"]] == ["frame", "eth", "ip", "udp", "data"]
    assert (first["number"], first["time"], first["length"], first["captured"]) == (2, 101, 43, 43)
    assert first["protocols"] == "eth:ethertype:ip:udp:data" and first["anomalies"] == []
    places = [(x["offset"], x["length"], len(x["payload"]) // 2) for x in first["layers"]]
    assert places == [(0, 0, 43), (0, 14, 29), (14, 20, 9), (34, 8, 1), (42, 1, 0)]
    assert first["layers"][3]["fields"] == {
        "udp.srcport": [1000], "udp.dstport": [1001], "udp.length": [9], "udp.checksum": [0],
        "udp.payload": ["00"],
    }  # fmt: skip
    assert all("addr" not in name for name in first["layers"][2]["fields"])  # aliases are for filters


def test_documents_say_the_same_in_every_format(tmp_path: Path) -> None:
    capture = PCAPS / "vxlan.pcap"
    lines = packets(capture)
    document = json.loads(run("packets", capture, "--format", "json").stdout)
    assert document["packets"] == lines and set(document["provenance"]) == {"version", "command"}
    out = tmp_path / "x.plist"
    run("packets", capture, "-o", out)
    listed = plistlib.loads(out.read_bytes())["packets"]
    for line, packet in zip(lines, listed, strict=True):
        assert [x["name"] for x in packet["layers"]] == [x["name"] for x in line["layers"]]
        for a, b in zip(line["layers"], packet["layers"]):
            assert b["payload"].hex() == a["payload"]
            plain = {k: [x.hex() if isinstance(x, bytes) else x for x in v] for k, v in b["fields"].items()}
            assert plain == a["fields"]
    tree = run("packets", capture, "--format", "tree").stdout
    assert [x.split(": ")[1] for x in tree.splitlines() if x.startswith("Frame ")] == [x["protocols"] for x in lines]
    assert "    Source port: " in tree
    empty = tmp_path / "empty.pcap"
    empty.write_bytes(pcap([]))
    assert run("packets", empty).stdout == run("packets", empty, "--format", "tree").stdout == ""
    assert json.loads(run("packets", empty, "--format", "json").stdout)["packets"] == []
    assert plistlib.loads(run("packets", empty, "--format", "plist").stdout.encode())["packets"] == []


def test_pdml(tmp_path: Path) -> None:
    """Its values are judged against tshark's; here is what surrounds them."""
    capture = PCAPS / "gen" / "nd_options.pcap"
    out = tmp_path / "x.pdml"
    run("packets", capture, "-o", out)
    root = ElementTree.parse(out).getroot()
    assert root.tag == "pdml" and {x.tag for x in root} == {"packet"} and {x.tag for p in root for x in p} == {"proto"}
    for packet, line in zip(root, packets(capture), strict=True):
        names = [x.get("name") for x in packet]
        assert names == ["geninfo", *(x["name"] for x in line["layers"])]
        assert [(int(x.get("pos")), int(x.get("size"))) for x in packet][2:] == [(x["offset"], x["length"]) for x in line["layers"]][1:]
        assert [x.get("show") for x in packet[0]][:3] == [str(line[x]) for x in ("number", "length", "captured")]
        told = {x.get("name") for proto in packet[1:] for x in proto.iter("field")}
        assert told >= {name for x in line["layers"] for name in x["fields"]}
    option = root[0].find(".//field[@name='icmpv6.opt']")
    assert option.get("size") == "8" and "icmpv6.opt.type" in [x.get("name") for x in option]
    for path in PCAPS.rglob("*.pcap*"):
        ElementTree.fromstring(run("packets", path, PCAPS / "ping.pcap", "--format", "pdml", status=None).stdout.encode())
    text = tmp_path / "<&\"'>\n\x01.pcap"
    text.write_bytes(capture.read_bytes())
    root = ElementTree.fromstring(run("packets", text, capture, "--format", "pdml", "--limit", 1).stdout.encode())
    assert root.find(".//field[@name='capture']").get("show") == str(text).replace("\x01", "\ufffd")


def test_documents_of_any_bytes_are_well_formed(tmp_path: Path) -> None:
    rng = random.Random(5)
    real = [ethernet(udp(A, (B[0], port), size=40)) for port in (53, 67, 4789, 5353)]
    bent = []
    for _ in range(400):
        packet = bytearray(rng.choice(real))
        for _ in range(rng.randrange(12)):
            packet[rng.randrange(12, len(packet))] = rng.randrange(256)
        packet[42:] = rng.randbytes(len(packet) - 42)
        bent.append((1.0, bytes(packet)[: rng.randrange(len(packet) + 1)]))
    path = tmp_path / "bent.pcap"
    path.write_bytes(pcap(bent))
    assert len(packets(path)) == len(bent)
    assert len(plistlib.loads(run("packets", path, "--format", "plist").stdout.encode())["packets"]) == len(bent)
    assert len(ElementTree.fromstring(run("packets", path, "--format", "pdml").stdout.encode())) == len(bent)
    tree = run("packets", path, "--format", "tree").stdout
    assert all(x.isprintable() for x in tree.splitlines())


def test_anomalies_say_where_what_is_missing(tmp_path: Path) -> None:
    whole = ethernet(udp(A, B))
    path = tmp_path / "cut.pcap"
    path.write_bytes(pcap([]) + struct.pack("<IIII", 1, 0, 40, len(whole)) + whole[:40])
    (row,) = packets(path)
    assert row["anomalies"] == [{"layer": "udp", "name": "truncated", "offset": 34, "needed": 8, "available": 6}]
    assert "! truncated at 34: 8 bytes needed, 6 there" in run("packets", path, "--format", "tree").stdout


def test_until(plain: Path) -> None:
    def chain(name: str) -> str:
        return packets(plain, "--until", name, "--limit", 2)[1]["protocols"]

    assert chain("link") == "eth:ethertype:data"
    assert chain("internet") == chain("ip") == chain("IPv4") == "eth:ethertype:ip:data"
    assert chain("transport") == chain("UDP") == "eth:ethertype:ip:udp:data"
    assert "nothing" in run("packets", plain, "--until", "nothing", status=2).stderr


def test_count_and_verbose(plain: Path) -> None:
    assert run("packets", plain, plain, "--count").stdout == "6\n"
    done = run("packets", plain, "--count", "--limit", 2, "--verbose")
    assert done.stdout == "2\n"
    assert done.stderr == "Frame 1: Ethernet:IPv4:UDP\nFrame 2: Ethernet:IPv4:UDP:Raw\n"


def test_a_copy_is_the_same_capture(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.pcap"
    run("packets", small, "-o", out)
    assert out.read_bytes() == SMALL
    run("packets", small, "-o", out, "--from", 104)
    assert out.read_bytes() == SMALL[:24] + SMALL[24 + sum(16 + 42 + i for i in range(4)) :]
    other = tmp_path / "other.pcap"
    other.write_bytes(SMALL[:20] + struct.pack("<I", 101) + SMALL[24:])
    assert "cannot be in one" in run("packets", small, other, "-o", out, status=1).stderr


def test_what_needs_fields(small: Path) -> None:
    assert "--fields" in run("packets", small, "--format", "parquet", status=2).stderr
    assert run("packets", small, "--fields", "ip.id", "--format", "tree", status=2).stderr
    assert run("packets", small, "--print-format", "wireshark4", status=2).stderr
    assert "--format" in run("packets", small, "-o", small.with_suffix(".xyz"), status=2).stderr


def test_filter(small: Path) -> None:
    rows = packets(small, "--filter", "udp.srcport == 1000 && udp.length > 8", "--fields", "udp.length,frame.time_delta")
    assert [(x["number"], x["udp.length"], x["frame.time_delta"]) for x in rows] == [
        (3, [10], [1]), (5, [12], [1]), (7, [14], [1]), (9, [16], [1]),
    ]  # fmt: skip
    assert run("packets", small, "--filter", "udp.length > 8", "--count").stdout == "9\n"
    assert run("packets", small, "--filter", "tcp", "--count").stdout == "0\n"
    assert [x["number"] for x in packets(small, "--filter", "frame.number == 4")] == [4]
    three = "udp.port == 53 || ip.id == 7 && udp.length == 8"
    assert run("packets", small, "--count", "--filter", three).stdout == "10\n"
    assert run("packets", small, "--count", "--filter", three, "--filter-dialect", "wireshark3").stdout == "1\n"
    wrong = run("packets", small, "--filter", "tcp.flag.syn == 1", status=2).stderr
    assert "column 1" in wrong and "tcp.flags.syn" in wrong


def test_a_copy_as_pcapng_keeps_interfaces(tmp_path: Path) -> None:
    capture, out = PCAPS / "interfaces.pcapng", tmp_path / "copy.pcapng"
    run("packets", capture, "-o", out, "--threads", 2)
    names = "frame.time_epoch,frame.interface_id,frame.len,frame.cap_len,eth.src,ip.id"
    assert packets(out, "--fields", names) == packets(capture, "--fields", names)
    described = [json.loads(run("info", x, "--format", "json").stdout)[0]["interfaces"] for x in (capture, out)]
    assert [(x["name"], x["link_type"], x["packets"]) for x in described[0]] == [
        (x["name"], x["link_type"], x["packets"]) for x in described[1]
    ]  # fmt: skip


def test_a_copy_as_pcapng_keeps_times_before_1970(tmp_path: Path) -> None:
    def block(number: int, body: bytes) -> bytes:
        return struct.pack("<II", number, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    first = -9_223_372_036  # the first whole second of 64 bits of ns
    content = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    content += block(1, struct.pack("<HHIHHqHHI", 1, 0, 0, 14, 8, first, 9, 1, 9))
    times = [0, 1, -first * 10**9 - 1, -first * 10**9, -first * 10**9 + 5, 1_700_000_000_123_456_789]
    for time in times:
        content += block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, 16, 16) + bytes(16))
    capture, out = tmp_path / "early.pcapng", tmp_path / "copy.pcapng"
    capture.write_bytes(content)
    run("packets", capture, "-o", out)
    names = "frame.time_epoch,frame.len,frame.interface_name"
    assert len(packets(capture, "--fields", names)) == len(times)
    assert packets(out, "--fields", names) == packets(capture, "--fields", names)


def test_a_file_for_each_packet(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "each"
    run("packets", small, "--each", out, "--filter", "udp.length > 15")
    assert sorted(x.name for x in out.iterdir()) == ["small.pcap_10.json", "small.pcap_9.json"]
    (packet,) = json.loads((out / "small.pcap_9.json").read_text())["packets"]
    assert packet == packets(small)[8]
    assert run("packets", small, "--each", out, status=1).stderr  # not empty
    run("packets", small, "--each", tmp_path / "p", "--format", "pcap", "--limit", 2)
    assert (tmp_path / "p" / "small.pcap_2.pcap").read_bytes() == SMALL[:24] + SMALL[24 + 16 + 42 :][: 16 + 43]
    run("packets", small, "--each", tmp_path / "t", "--format", "tree", "--limit", 1)
    assert (tmp_path / "t" / "small.pcap_1.txt").read_text().startswith("Frame 1: eth")
