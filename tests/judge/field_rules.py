"""The named rules by which tshark's and flowloom's values of fields may differ. docs/judge.md gives the reasons.

No rule names a capture; each counts how often it was used.
"""

from __future__ import annotations

import re
from typing import Callable

from field_frame import Frame
from time_rules import ntp_as_unix, time_fraction, time_resolution

# What tshark prints for a value of no bytes.
EMPTY = {"<MISSING>", "<none>", ""}

Rule = Callable[[str, list[str], list[str], Frame], bool]


def _begins(own: list[str], other: list[str]) -> bool:
    return own == other[: len(own)]


def _unknown_protocol(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    goes_on = frame.parting[1]
    if not goes_on or goes_on in frame.known:
        return False
    return name.startswith("data.") or name == "frame.protocols" or _begins(own, other)


def _guessed(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    a, b = frame.parting
    if frame.before not in ("udp", "tcp") or a not in ("data", "") or not b:
        return False
    return name.startswith("data.") or name == "frame.protocols" or _begins(own, other)


# What is carried by these without a layer of its own in tshark.
LEAVE_OFF = {"tcp", "gtp", "l2tp", "ipx"}


def _no_layer(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if frame.before not in LEAVE_OFF or frame.parting != ("data", ""):
        return False
    if name == "frame.protocols":
        return frame.chain(frame.own) == [*frame.chain(frame.other), "data"]
    return name in ("data.data", "data.len") and not other


def _vxlan_8472(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return frame.parting[0] == "vxlan"


def _direction_byte(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    lengths = name in ("frame.len", "frame.cap_len") and "ppp.direction" in frame.own
    return lengths and bool(other) and int(own[0]) == int(other[0]) + 1


# Of bytes that no protocol was found for.
OF_DATA = {"frame.protocols", "data.data", "data.len"}


def _teredo_nonce(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if frame.before != "icmpv6" or frame.parting != ("data", "") or "teredo" not in frame.chain(frame.own):
        return False
    return name in OF_DATA


def _teredo_version(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    plain = frame.chain(frame.other)[-2:] == ["teredo", "data"]
    return plain and name in ("ip.version", "ipv6.version") and own == other[:-1]


def _empty_values(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return [x for x in own if x not in EMPTY] == [x for x in other if x not in EMPTY]


def _interface_number(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    """So many are in earlier sections as before, or, where a section begins, more than the one before had."""
    if name != "frame.interface_id" or not other or not all(name in x for x in frame.previous):
        return False
    mine, yours = (int(x[name][0]) for x in frame.previous)
    earlier = int(own[0]) - int(other[0])
    return earlier == mine - yours or earlier > mine


def _no_time(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name.startswith("frame.time") and not other


def _no_time_shift(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    no_time = "frame.time_epoch" not in frame.other
    return name == "frame.offset_shift" and own == ["0.000000000"] and not other and no_time


def _custom_block(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name == "frame.number" and int(own[0]) < int(other[0])


def _made_layer(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name == "frame.protocols" and frame.chain(frame.own) == frame.chain(frame.other)


def _cut_header(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    last = next((x for x in reversed(frame.chain(frame.own)) if x != "data"), "")
    # the last header, shorter than its fixed part or than it says
    damaged = frame.malformed and name.startswith(last + ".") and not other
    if name == "frame.protocols":
        return frame.cut and _begins(frame.chain(frame.other), frame.chain(frame.own))
    return (frame.cut or damaged) and len(other) < len(own) and _begins(other, own)


# Fields that are made of others: names of hosts, states of checksums.
MADE_FIELDS = {"ip.checksum.status", "ip.src_host", "ip.host", "ipv6.src_host", "ipv6.host"}


def _cut_made(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    last = frame.chain(frame.own)[-1:]
    return name in MADE_FIELDS and frame.cut and last == [name.partition(".")[0]] and _begins(own, other)


def _layer_twice(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if name != "frame.protocols":
        return False
    mine, yours = frame.chain(frame.own), frame.chain(frame.other)
    extended = not {"icmp", "icmpv6"}.isdisjoint(mine) and yours == [*mine, "icmp"]
    return extended or (mine[-1:] == ["igmp"] and yours == [*mine, "igmp"])


def _ip_length_short(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    lengths = zip(frame.numbers("ip.len"), frame.numbers("ip.hdr_len"))
    return name.startswith("ip.") and _begins(other, own) and any(0 < x < y for x, y in lengths)


def _ip_length_zero(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    pairs = list(zip(own, other))
    return name == "ip.len" and len(own) == len(other) and all(a in (b, "0") for a, b in pairs)


def _tcp_header_damaged(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name.startswith("tcp.") and not other and any(x < 20 for x in frame.numbers("tcp.hdr_len"))


# Of a TCP header that is not all there.
NOT_OF_PIECES = {"tcp.seq_raw", "tcp.ack_raw", "tcp.len"}


def _tcp_piece(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name in NOT_OF_PIECES and frame.within and len(other) < len(own) and set(other) <= set(own)


def _tcp_cut(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    ports, windows = frame.numbers("tcp.srcport"), frame.numbers("tcp.window_size_value")
    short = frame.within and len(windows) == len(ports) - 1
    return short and name.startswith("tcp.") and len(own) == len(other) + 1 and _begins(other, own)


def _mptcp_checksum(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name == "tcp.options.mptcp.checksum" and len(own) == 1 and not other


SOURCE_ROUTES = {131, 137}
ROUTED = {"ip.addr", "ip.host", "ip.dst", "ip.dst_host"}


def _source_route(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if SOURCE_ROUTES.isdisjoint(frame.numbers("ip.opt.type")):
        return False
    if name in ("ip.src_rt", "ip.src_rt_host"):
        return other == own[:-1]
    return name in ROUTED and len(own) == len(other)


# As many headers as are looked into, and the frame.
MOST_LAYERS = 127


def _many_layers(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    mine = frame.chain(frame.own)
    if name == "frame.protocols":
        own, other = mine, frame.chain(frame.other)
    return len([x for x in mine if x != "ethertype"]) == MOST_LAYERS and _begins(own, other)


def _wlan_body(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    own_chain = frame.chain(frame.own)
    if own_chain[-2:] == ["wlan", "data"] and name.startswith(("data.", "frame.protocols")):
        return True
    return "wlan" in own_chain and frame.parting == ("data", "llc")


def _isl(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return frame.chain(frame.other)[:2] == ["eth", "eth"]


def _fabricpath(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return frame.chain(frame.other)[:2] == ["eth", "cfp"]


CUT_RECORD = {"record", "record_length", "name"}


def _dns_piece(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    piece = (frame.within or "tcp" in frame.chain(frame.own)) and not CUT_RECORD.isdisjoint(frame.anomalies)
    return name.startswith("dns.") and piece and len(own) == len(other) + 1 and _begins(other, own)


BEHIND_ETHERNET = {"eth.padding", "eth.trailer", "eth.fcs"}


def _padding_behind_pppoe(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name in BEHIND_ETHERNET and not other and not {"pppoed", "pppoes"}.isdisjoint(frame.chain(frame.own))


def _padding_elsewhere(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    mine = frame.chain(frame.own)
    return name == "eth.padding" and not own and (mine[0] == "sll" or "vlan" in mine)


def _ipv6_length_zero(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if "0" not in frame.own.get("ipv6.plen", []):
        return False
    behind = frame.before == "ipv6" and frame.parting == ("data", "") and name in OF_DATA
    return behind or name in BEHIND_ETHERNET


def _dhcp_end(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name == "dhcp.option.type" and ["0" if x == "255" else x for x in own] == other


def _dropped_packet(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if name == "frame.protocols":
        return [x.replace(":sctp:sctp", ":sctp") for x in own] == other
    return "sctp:sctp" in ":".join(frame.chain(frame.own)) and name.startswith("sctp.") and sorted(own) == sorted(other)


def _ospf_instance(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    of_family = name.startswith("ospf.v3.") and name.endswith((".ipv4", ".ipv6"))
    return of_family and frame.own.get("ospf.instance_id") in (["64"], ["65"])


# Options of neighbour discovery that tshark goes on reading at the wrong place: NBMA shortcut limit, acknowledgement,
# handover keys, handover assist information, mobile node identifier.
LOST_PLACE = {"6", "20", "27", "28", "29", "30"}


def _nd_option_place(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    lost = not LOST_PLACE.isdisjoint(frame.own.get("icmpv6.opt.type", []))
    return lost and (name == "icmpv6.opt.naack.supplied_ncoa" or (name == "icmpv6.unknown_data" and not own))


def _last_name(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name in ("icmp.int_info.name", "icmpv6.int_info.name") and len(own) == len(other) + 1 and _begins(other, own)


def _not_all_there(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if not frame.within:
        return False
    if name.endswith(".checksum_calculated"):
        return len(own) < len(other) and set(own) <= set(other)
    states = list(zip(own, other))
    known = all(a == b or (a, b) == ("2", "0") for a, b in states)
    return name.endswith(".checksum.status") and len(own) == len(other) and known


# Last fields of the Mobility Header's options of which tshark leaves out two bytes.
SHORT_BY_TWO = {"mip6.auth.auth_data", "mip6.cgar.cga_par", "mip6.sign.sign", "mip6.phkt.phkt", "mip6.mocot.co_keygen_tok",
                "mip6.dnsu.mn_id", "mip6.vsm.data", "mip6.badff.auth"}  # fmt: skip


def _mobility_short(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    return name in SHORT_BY_TWO and [x[:-4] for x in own if len(x) > 4] == other


def _routing_place(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    """tshark reads the messages from the header's first byte on, instead of from behind its checksum."""
    told = [frame.own.get(f"mip6.{x}", ["0"]) for x in ("proto", "hlen", "mhtype", "reserved", "csum")]
    if any(len(x) != 1 for x in told) or told[2] not in (["17"], ["18"]):
        return False
    proto, length, kind, reserved, checksum = (int(x[0], 0) for x in told)
    wrong = {
        "sequence": proto << 8 | length,
        "lifetime": checksum,
        "unsolicited": kind >> 7,
        "reserved": kind << 8 | reserved if kind == 17 else kind & 0x7F,
        "status": reserved,
    }
    part = name.removeprefix("mip6.lri.").removeprefix("mip6.lra.")
    if part in wrong:
        values = [{"True": 1, "False": 0}.get(x) if x in ("True", "False") else int(x, 0) for x in other]
        return values == [wrong[part]]
    return (name.startswith("mip6.mobility_opt") or name == "mip6.padn") and own == other[1:]


def _mobility_time(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if name != "mip6.mseg_id.timestamp" or len(own) != len(other):
        return False
    return all(map(ntp_as_unix, own, other))


# -- headers that tshark does not go behind, or goes through otherwise -----------------------------------


def _gre_version(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if frame.before != "gre" or frame.parting[0] != "data" or max(frame.numbers("gre.flags.version"), default=0) < 2:
        return False
    return name.startswith("data.") or name == "frame.protocols" or _begins(own, other)


def _ipv6_version(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    mine = frame.chain(frame.own)
    if mine[-1] != "ipv6" or "version" not in frame.anomalies or frame.chain(frame.other) != [*mine[:-1], "data"]:
        return False
    return name == "frame.protocols" or (name.startswith("data.") and not own)


# Types that tshark knows.
KNOWN_IGMP = {*range(0x10), 0x11, 0x12, 0x13, 0x14, 0x16, 0x17, 0x1E, 0x1F, 0x22, 0x40, 0x41, 0x42}


def _igmp_type(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    unknown = KNOWN_IGMP.isdisjoint(int(x, 16) for x in frame.own.get("igmp.type", ["0"]))
    return unknown and name in ("igmp.checksum", "igmp.checksum.status") and not other


# IPv4's options that 4.0 shows nothing of: RFC 4727's experiment, the address extension (147).
NOT_SHOWN = {"ip.opt.type", "ip.opt.type.copy", "ip.opt.type.class", "ip.opt.type.number", "ip.opt.len"}
UNKNOWN_OPTIONS = {94, 147}


def _ip_option_unknown(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if name not in NOT_SHOWN:
        return False
    kinds = frame.numbers("ip.opt.type")
    if name == "ip.opt.len":
        kinds = [x for x in kinds if x > 1]
    return len(kinds) == len(own) and [x for x, y in zip(own, kinds) if y not in UNKNOWN_OPTIONS] == other


def _ipv6_option_damaged(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    mine, yours = frame.chain(frame.own), frame.chain(frame.other)
    ends = "option_length" in frame.anomalies and yours[-1] in ("ipv6.hopopts", "ipv6.dstopts") and _begins(yours, mine)
    return ends and (name == "frame.protocols" or _begins(other, own))


def _home_address(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    kinds = [x for x in frame.own.get("ipv6.opt.type", []) if x != "0x00"]
    shorter = any(x == "0xc9" and y < 16 for x, y in zip(kinds, frame.numbers("ipv6.opt.length")))
    if name == "ipv6.opt.mipv6.home_address":
        return shorter and _begins(own, other)
    if name in ("udp.checksum.status", "udp.checksum_calculated"):
        return shorter
    return shorter and name.startswith("ipv6.opt") and _begins(other, own)


def _jumbo_zero(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    empty = "0" in frame.own.get("ipv6.plen", []) and "0" in frame.own.get("ipv6.opt.jumbo", [])
    if name == "frame.protocols":
        own, other = frame.chain(frame.own), frame.chain(frame.other)
    return empty and _begins(other, own)


def _not_utf8(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    def once(values: list[str]) -> list[str]:
        return [re.sub("\ufffd+", "\ufffd", x) for x in values]

    return len("".join(other)) < len("".join(own)) and once(own) == once(other)


# rule: (what it says, predicate)
RULES: dict[str, tuple[str, Rule]] = {
    "unknown-protocol": ("tshark goes on into a protocol that is not looked into", _unknown_protocol),
    "guessed": ("tshark tells a protocol by its contents or by earlier packets, not by its port", _guessed),
    "no-layer": ("tshark gives what is carried to a dissector that shows no layer of it", _no_layer),
    "direction-byte": ("PPP with direction: tshark takes the direction out of the frame", _direction_byte),
    "teredo-nonce": ("a ping's data in Teredo: a nonce for tshark, with nothing behind it", _teredo_nonce),
    "teredo-version": ("a version of what is no IPv6 in Teredo, without a layer", _teredo_version),
    "vxlan-8472": ("port 8472 is VXLAN's, too", _vxlan_8472),
    "empty-values": ("a value of no bytes is printed as <MISSING>, <none> or not at all", _empty_values),
    "interface-number": ("interfaces are numbered through all sections of a file", _interface_number),
    "no-time": ("packets of a pcapng simple packet block have no time: 0 here", _no_time),
    "no-time-shift": ("nor a shift of it", _no_time_shift),
    "custom-block": ("pcapng custom blocks are frames in tshark", _custom_block),
    "made-layer": ("tshark names a layer that has no bytes", _made_layer),
    "cut-header": ("tshark shows less of what is cut", _cut_header),
    "cut-made": ("nothing is made of the values of a header that is cut", _cut_made),
    "layer-twice": ("tshark counts IGMP and ICMP's extensions as two layers", _layer_twice),
    "ip-length-short": ("tshark reads no more of IPv4 with a length below its header's", _ip_length_short),
    "ip-length-zero": ("tshark shows the frame's length for an IPv4 length of 0", _ip_length_zero),
    "tcp-header-damaged": ("tshark reads no more of TCP with a header length below 20", _tcp_header_damaged),
    "tcp-piece": ("tshark has no raw numbers and length of TCP that is quoted or a piece", _tcp_piece),
    "tcp-cut": ("tshark needs 16 bytes of a TCP header for its length and flags", _tcp_cut),
    "igmp-type": ("tshark shows no checksum of IGMP of unknown type", _igmp_type),
    "mptcp-checksum": ("tshark does not show the checksum that ends a DSS option", _mptcp_checksum),
    "source-route": ("tshark shows the last address of a source route as the destination", _source_route),
    "many-layers": ("not more than 127 headers are looked into", _many_layers),
    "dns-piece": ("tshark shows nothing of a record that goes on in the next segment", _dns_piece),
    "wlan-body": ("802.11 bodies but whole data frames are not looked into", _wlan_body),
    "isl": ("Cisco's ISL before Ethernet is not known", _isl),
    "padding-behind-pppoe": ("tshark takes what is behind PPPoE's length for its contents", _padding_behind_pppoe),
    "padding-elsewhere": ("tshark calls what pads a VLAN's or a cooked frame Ethernet's padding", _padding_elsewhere),
    "ipv6-length-zero": ("an IPv6 length of 0 is segmentation offload's", _ipv6_length_zero),
    "fabricpath": ("Cisco FabricPath is not known", _fabricpath),
    "dhcp-end": ("tshark's value of DHCP's last option is 0", _dhcp_end),
    "dropped-packet": ("tshark makes no layer of the SCTP packet that a PKTDROP chunk quotes", _dropped_packet),
    "ospf-instance": ("tshark takes OSPF instances 64 and 65 for IPv6's", _ospf_instance),
    "mobility-short": ("tshark leaves out the last two bytes of some of the Mobility Header's options", _mobility_short),
    "routing-place": ("tshark reads messages of localized routing from the Mobility Header's first byte on", _routing_place),
    "mobility-time": ("tshark reads the NTP time of a message identification as seconds since 1970 and nanoseconds", _mobility_time),
    "nd-option-place": ("tshark goes on at the wrong place in some options", _nd_option_place),
    "last-name": ("tshark shows no interface's name that ends an ICMP extension", _last_name),
    "not-all-there": ("tshark takes what an error or a fragment has of a packet for all of it", _not_all_there),
    "time-fraction": ("tshark does not carry nanoseconds beyond a second, and keeps 32 bits of them", time_fraction),
    "time-resolution": ("tshark's arithmetic overflows for some resolutions of pcapng's times", time_resolution),
    "gre-version": ("tshark reads a GRE of unknown version as if it was version 0", _gre_version),
    "ipv6-version": ("tshark calls an IPv6 header of another version data", _ipv6_version),
    "ip-option-unknown": ("tshark shows nothing of IPv4's options that it does not know", _ip_option_unknown),
    "ipv6-option-damaged": ("tshark stops at an IPv6 option that is longer than its header", _ipv6_option_damaged),
    "home-address": ("tshark takes 16 bytes for a home address whatever its length", _home_address),
    "jumbo-zero": ("tshark reads no more of IPv6 whose jumbo payload has no bytes", _jumbo_zero),
    "not-utf8": ("tshark takes more bytes at a time for no UTF-8", _not_utf8),
}


def explains(name: str, own: list[str], other: list[str], frame: Frame) -> str | None:
    for rule, (_, holds) in RULES.items():
        if holds(name, own, other, frame):
            return rule
    return None
