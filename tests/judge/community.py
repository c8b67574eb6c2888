"""Community ID version 1, seed 0, written from its specification (github.com/corelight/community-id-spec)."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import struct

# Message types that have a counterpart: the counterpart's type stands for the "port" of the other side.
ICMP = {8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 10: 9, 9: 10, 17: 18, 18: 17}
ICMP6 = {128: 129, 129: 128, 133: 134, 134: 133, 135: 136, 136: 135, 130: 131, 131: 130, 144: 145, 145: 144}
WITH_PORTS = {6, 17, 132}


def community_id(
    src: str, dst: str, protocol: int, sport: int | None, dport: int | None,
    icmp_type: int | None = None, icmp_code: int | None = None, seed: int = 0,
) -> str:  # fmt: skip
    source, destination = ipaddress.ip_address(src).packed, ipaddress.ip_address(dst).packed
    one_way = False
    ports: tuple[int, int] | None = None
    if protocol in (1, 58) and icmp_type is not None:
        table = ICMP if protocol == 1 else ICMP6
        if icmp_type in table:
            ports = icmp_type, table[icmp_type]
        else:
            ports, one_way = (icmp_type, icmp_code or 0), True
    elif protocol in WITH_PORTS and sport is not None and dport is not None:
        ports = sport, dport
    first = (source, ports[0]) if ports else (source, 0)
    second = (destination, ports[1]) if ports else (destination, 0)
    if not one_way and second < first:
        first, second = second, first
    data = struct.pack("!H", seed) + first[0] + second[0] + struct.pack("!BB", protocol, 0)
    if ports:
        data += struct.pack("!HH", first[1], second[1])
    return "1:" + base64.b64encode(hashlib.sha1(data).digest()).decode()
