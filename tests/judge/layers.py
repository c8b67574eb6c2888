"""From tshark's layers of one frame to the packet that the flow table speaks of.

A packet belongs to the flow of its innermost IP addresses. What counts as "inside" is the list of carriers
below, the tunnels of the documentation; an IP header that an application protocol carries as its data, or
that an ICMP error quotes, is not one of the packet's own headers.
"""

from __future__ import annotations

from dataclasses import dataclass

from pdml import Frame, Layer

# tshark's names of what may stand between two IP headers of one packet.
CARRIERS = frozenset(
    """ah gre erspan etherip vxlan geneve gtp l2tp ppp teredo eth vlan ieee8021ad ieee8021ah mpls pwethheuristic pwethcw
    pwethnocw llc pppoes pppoed chdlc udp mplspwethheuristic""".split()
)
# A service tag directly behind another is in the same layer of tshark's.
TAGS = {"vlan": ["vlan.id"], "ieee8021ad": ["ieee8021ad.id", "ieee8021ad.svid", "ieee8021ad.cvid"]}
IP = ("ip", "ipv6")
EXTENSIONS = {
    0: "ipv6.hopopts",
    43: "ipv6.routing",
    44: "ipv6.fraghdr",
    60: "ipv6.dstopts",
    140: "shim6",
    51: "ah",
}
TRANSPORT = {6: "tcp", 17: "udp", 136: "udplite", 132: "sctp", 1: "icmp", 58: "icmpv6", 33: "dccp"}
# Headers which have no upper-layer meaning: an IPv6 packet's protocol is what follows them. AH likewise.
# The prefix of a transport's fields where it is not the protocol's own name.
PREFIX = {"udplite": "udp"}


# Where a routing header's last stop stands among its addresses.
_LAST_STOP = {
    "ipv6.routing.src.addr": -1,
    "ipv6.routing.mipv6.home_address": 0,
    "ipv6.routing.rpl.full_address": -1,
    "ipv6.routing.srh.addr": 0,
}


def damaged_home(layer: Layer) -> bool:
    """A home address option of a wrong length, with the bytes behind it tshark's address."""
    return "ipv6.opt.mipv6.home_address" in layer.fields and "ipv6.opt.invalid_len" in layer.fields


def ends(ip: Layer, rest: list[Layer], whole_only: bool) -> tuple[str | None, str | None]:
    """Between whom a conversation is: source routes and home addresses name other ends than the header.
    `rest`: what follows, up to the next IP header at least; `whole_only`: not by options that are damaged,
    as flowloom, else as tshark."""
    # Of IPv4, tshark adds the last stop as a further ip.dst.
    source, destination = ip.get(f"{ip.name}.src"), ip.fields.get(f"{ip.name}.dst", [None])[-1]
    for layer in rest:
        if layer.name in IP or layer.name == "ipv6.fraghdr":
            break
        if layer.name == "ipv6.routing" and layer.number("ipv6.routing.segleft"):
            for field, which in _LAST_STOP.items():
                if field in layer.fields:
                    destination = layer.fields[field][which]
        if not (whole_only and damaged_home(layer)):
            source = layer.get("ipv6.opt.mipv6.home_address", source)
    return source, destination


@dataclass(slots=True)
class Hop:
    """One IP header of the packet with what follows it up to the next IP header."""

    ip: Layer
    rest: list[Layer]

    @property
    def version(self) -> int:
        return 4 if self.ip.name == "ip" else 6

    @property
    def readable(self) -> bool:
        """tshark read the header whole: addresses, length and protocol."""
        return None not in (self.src, self.dst, self.length, self.protocol)

    @property
    def header_end(self) -> int:
        """Where the fixed header and IPv4's options end in the frame."""
        return self.ip.pos + (self.ip.number("ip.hdr_len") or 20 if self.version == 4 else 40)

    @property
    def src(self) -> str | None:
        return ends(self.ip, self.rest, whole_only=True)[0]

    @property
    def dst(self) -> str | None:
        return ends(self.ip, self.rest, whole_only=True)[1]

    def child(self, name: str) -> Layer | None:
        return next((x for x in self.rest if x.name == name), None)

    @property
    def extensions(self) -> list[Layer]:
        """IPv6 extension headers, and AH, up to one that is cut."""
        names = EXTENSIONS.values() if self.version == 6 else ("ah",)
        found = [x for x in self.rest if x.name in names]
        cut = next(
            (i for i, x in enumerate(found) if x.size < (x.number(f"{x.name}.len_oct") or 8)), len(found)
        )
        return found[:cut]

    @property
    def protocol(self) -> int | None:
        """The protocol that the innermost header of the chain announces."""
        number = self.ip.number("ip.proto") if self.version == 4 else self.ip.number("ipv6.nxt")
        for layer in self.extensions:
            announced = layer.number("ah.next_header" if layer.name == "ah" else f"{layer.name}.nxt")
            if announced is not None:
                number = announced
        return number

    @property
    def fragment(self) -> tuple[int, bool, int] | None:
        """(offset in bytes, more to come, identification) where the header says so."""
        if self.version == 4:
            offset, more = self.ip.number("ip.frag_offset"), self.ip.number("ip.flags.mf")
            if offset is None or not (offset or more):
                return None
            return offset * 8, bool(more), self.ip.number("ip.id")
        header = self.child("ipv6.fraghdr")
        if header is None:
            return None
        offset, more = header.number("ipv6.fraghdr.offset"), header.number("ipv6.fraghdr.more")
        if not (offset or more):
            return None
        return offset * 8, bool(more), header.number("ipv6.fraghdr.ident")

    @property
    def length(self) -> int | None:
        """IP total length as tshark reports it, which puts the frame's rest where the field is 0."""
        if self.version == 4:
            return self.ip.number("ip.len")
        jumbo = next((x.number("ipv6.opt.jumbo") for x in self.rest if x.get("ipv6.opt.jumbo")), None)
        plen = self.ip.number("ipv6.plen")
        return None if plen is None else 40 + (plen or jumbo or 0)

    @property
    def transport(self) -> Layer | None:
        name = TRANSPORT.get(self.protocol or -1)
        return self.child(name) if name else None

    @property
    def tunnel(self) -> tuple[str, int | None]:
        """What carries the next IP header in this one: kind and identifier as the flow table names them."""
        names = [x.name for x in self.rest]
        kind = next((x for x in ("vxlan", "geneve", "gtp", "l2tp", "teredo", "etherip") if x in names), None)
        gre = self.child("gre")
        if kind is None and gre is not None:
            kind = {0x88BE: "erspan", 0x22EB: "erspan", 0x880B: "pptp"}.get(gre.number("gre.proto"), "gre")
        kind = kind or "ipip"
        place = {
            "vxlan": ("vxlan", "vxlan.vni"),
            "geneve": ("geneve", "geneve.vni"),
            "gtp": ("gtp", "gtp.teid"),
            "gre": ("gre", "gre.key"),
            "pptp": ("gre", "gre.key.call_id"),
            "erspan": ("erspan", "erspan.spanid"),
        }
        if kind == "l2tp":
            layer = self.child("l2tp")
            return kind, layer.number("l2tp.tunnel") << 16 | layer.number("l2tp.session")
        if kind not in place:
            return kind, None
        layer, field = place[kind]
        found = self.child(layer)
        return kind, found.number(field) if found is not None else None

    def header_bytes(self) -> int:
        """From the start of this IP header to what it carries, extension headers and AH included."""
        size = (self.ip.number("ip.hdr_len") or 20) if self.version == 4 else 40
        for layer in self.extensions:
            size += layer.size
        return size


@dataclass(slots=True)
class Path:
    """The IP headers of a packet, outermost first, and why tshark sees more where it does."""

    hops: list[Hop]
    vlan: list[int]
    carried_by: str | None  # the application protocol in whose data tshark found more IP headers


def path(frame: Frame) -> Path:
    hops: list[Hop] = []
    vlan: list[int] = []
    blocked: str | None = None
    carried: str | None = None
    for layer in frame.layers:
        name = layer.name
        if any(x in ("icmp", "icmpv6") for x in layer.inside):
            continue
        if layer.inside[:1] in (("ip",), ("ipv6",)):
            if hops and blocked is None:
                hops[-1].rest.append(layer)
            continue
        if layer.inside:
            if name in IP:
                carried = carried or layer.inside[0]
            continue
        if name in TAGS and blocked is None:
            vlan += [x for x in map(layer.number, TAGS[name]) if x is not None] or [0]
        if name in IP:
            if blocked:
                carried = carried or blocked
            else:
                hops.append(Hop(layer, []))
        elif hops and blocked is None:
            hops[-1].rest.append(layer)
            if name not in CARRIERS and name != "fake-field-wrapper":
                blocked = name
    return Path(hops, vlan, carried)
