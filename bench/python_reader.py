"""What one writes with a Python package to get flows with their packets' times and lengths. Its own process:

    python_reader.py PACKAGE CAPTURE        prints {"packets", "bytes", "flows"} as JSON

bytes: of IP (total lengths), with pypcaptools and flowcontainer of payload.
"""

from __future__ import annotations

import json
import sys

ANSWER = tuple[int, int, int]  # packets, bytes, flows


def nfstream(path: str, **options) -> ANSWER:
    from nfstream import NFStreamer

    # No application guessing, one meter; accounting_mode 1 counts IP bytes, not frames.
    flows = packets = size = 0
    for flow in NFStreamer(source=path, n_dissections=0, n_meters=1, accounting_mode=1, **options):
        flows += 1
        packets += flow.bidirectional_packets
        size += flow.bidirectional_bytes
    return packets, size, flows


def nfstream_100(path: str) -> ANSWER:
    """Sequences by NFStream's own means, of each flow's first 100 packets."""
    return nfstream(path, splt_analysis=100)


def nfstream_whole(path: str) -> ANSWER:
    """Sequences of all packets: by a plugin, since splt_analysis reserves its length for each flow. Flags,
    which flowloom has too, are left out: they would have to be put together one by one."""
    from nfstream import NFPlugin

    class Sequences(NFPlugin):
        def on_init(self, packet, flow):
            flow.udps.times, flow.udps.lengths, flow.udps.payloads = [], [], []
            self.on_update(packet, flow)

        def on_update(self, packet, flow):
            flow.udps.times.append(packet.time)
            flow.udps.lengths.append(packet.ip_size if packet.direction == 0 else -packet.ip_size)
            flow.udps.payloads.append(packet.payload_size)

    return nfstream(path, udps=Sequences())


def dpkt(path: str) -> ANSWER:
    import dpkt

    flows: dict = {}
    with open(path, "rb") as file:
        for time, frame in dpkt.pcap.Reader(file):
            ip = dpkt.ethernet.Ethernet(frame).data
            if isinstance(ip, dpkt.ip.IP):
                length, protocol = ip.len, ip.p
            elif isinstance(ip, dpkt.ip6.IP6):
                length, protocol = 40 + ip.plen, ip.p
            else:
                continue
            ports = isinstance(ip.data, (dpkt.tcp.TCP, dpkt.udp.UDP))
            ends = (ip.src, ip.data.sport if ports else 0), (ip.dst, ip.data.dport if ports else 0)
            payload = len(ip.data.data) if ports else 0
            add(flows, protocol, ends, (time, length, payload))
    return total(flows)


def scapy(path: str) -> ANSWER:
    from scapy.layers.inet import IP, TCP, UDP
    from scapy.layers.inet6 import IPv6
    from scapy.utils import PcapReader

    flows: dict = {}
    for packet in PcapReader(path):
        if IP in packet:
            ip = packet[IP]
            length, protocol = ip.len, ip.proto
        elif IPv6 in packet:
            ip = packet[IPv6]
            length, protocol = 40 + ip.plen, ip.nh
        else:
            continue
        layer = ip[TCP] if TCP in ip else ip[UDP] if UDP in ip else None
        ends = (ip.src, layer.sport if layer else 0), (ip.dst, layer.dport if layer else 0)
        payload = len(layer.payload) if layer else 0
        add(flows, protocol, ends, (float(packet.time), length, payload))
    return total(flows)


def add(flows: dict, protocol: int, ends: tuple, packet: tuple) -> None:
    forward = ends[0] <= ends[1]
    key = (protocol, *(ends if forward else ends[::-1]))
    time, length, payload = packet
    times, lengths, payloads = flows.setdefault(key, ([], [], []))
    times.append(time)
    lengths.append(length if forward else -length)
    payloads.append(payload)


def total(flows: dict) -> ANSWER:
    packets = sum(len(times) for times, _, _ in flows.values())
    return packets, sum(abs(length) for _, lengths, _ in flows.values() for length in lengths), len(flows)


def pypcaptools(path: str) -> ANSWER:
    from pypcaptools import PcapHandler

    flows = PcapHandler(path).get_flow_sequences()
    sequences = [flow["payload_seq"] for flow in flows.values()]
    return sum(map(len, sequences)), sum(map(sum, sequences)), len(flows)


def flowcontainer(path: str) -> ANSWER:
    from flowcontainer.extractor import extract

    flows = extract(path, verbose=False)
    packets = sum(len(flow.ip_lengths) for flow in flows.values())
    return packets, sum(abs(n) for flow in flows.values() for n in flow.payload_lengths), len(flows)


def pypcapkit(path: str) -> ANSWER:
    """All that the packets say, as JSON. Bytes and flows are not asked for."""
    import tempfile

    import pcapkit

    with tempfile.TemporaryDirectory() as folder:
        done = pcapkit.extract(fin=path, fout=folder + "/packets.json", format="json", extension=False, store=False)
    return done.length, 0, 0


READERS = {
    "pypcapkit": pypcapkit,
    "nfstream-100": nfstream_100,
    "nfstream-whole": nfstream_whole,
    "dpkt": dpkt,
    "scapy": scapy,
    "pypcaptools": pypcaptools,
    "flowcontainer": flowcontainer,
}

if __name__ == "__main__":  # NFStream starts processes of its own, which import this file
    packets, size, flows = READERS[sys.argv[1]](sys.argv[2])
    print(json.dumps({"packets": packets, "bytes": size, "flows": flows}))
