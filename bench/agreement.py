"""Whether the contestants' answers are the same where they should be."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from capture import Contents
from contestant import Answer, Contestant


@dataclass
class Agreement:
    lines: list[str] = field(default_factory=list)
    fine: bool = True

    def check(self, who: str, what: str, got: int | None, wanted: int | None, because: str = "") -> None:
        if got is None:
            return
        if wanted is None:
            self.lines.append(f"{who}: {what}: {got:,}, not compared: {because}")
            return
        self.fine = self.fine and got == wanted
        self.lines.append(
            f"{who}: {what}: {got:,} " + ("as expected" if got == wanted else f"DIFFERS FROM {wanted:,}")
        )

    def fail(self, contestant: Contestant) -> None:
        self.lines.append(f"{contestant.name} FAILED: {contestant.failure}")


@dataclass(frozen=True)
class Table:
    """flowloom's table, counted by others' definitions of a flow."""

    flows: int
    five_tuples: int  # no ICMP types and identifiers, no cut where ports are used again
    streams: int  # Wireshark's
    tcp4: Answer  # TCP over IPv4 only; bytes of payload


def read_table(path: Path, contents: Contents, who: str, agreement: Agreement) -> Table:
    """Reads what flowloom wrote, and compares it with what capture.count() found without it."""
    import pyarrow.compute as pc
    import pyarrow.ipc
    import pyarrow.parquet

    columns = [
        "src_ip",
        "src_port",
        "dst_ip",
        "dst_port",
        "protocol",
        "packets",
        "bytes",
        "stream",
        "ip_version",
    ]
    columns.append("payload_lengths")
    if path.suffix == ".parquet":
        table = pyarrow.parquet.read_table(path, columns=columns)
    else:
        table = pyarrow.ipc.open_file(path).read_all().select(columns)
    agreement.check(who, "packets in flows", pc.sum(table["packets"]).as_py() or 0, contents.ip_packets)
    agreement.check(who, "IP bytes in flows", pc.sum(table["bytes"]).as_py() or 0, contents.ip_bytes)
    entries = pc.sum(pc.list_value_length(table["payload_lengths"])).as_py() or 0
    agreement.check(who, "packets in its sequences", entries, contents.ip_packets)

    streams = table.filter(pc.is_valid(table["stream"])).group_by(["protocol", "stream"]).aggregate([])
    tcp4 = table.filter(pc.and_(pc.equal(table["protocol"], "tcp"), pc.equal(table["ip_version"], 4)))
    payload = pc.sum(pc.abs(pc.list_flatten(tcp4["payload_lengths"]))).as_py() or 0
    return Table(
        table.num_rows,
        len(five_tuples(table)),
        streams.num_rows,
        Answer(pc.sum(tcp4["packets"]).as_py() or 0, payload, len(five_tuples(tcp4))),
    )


def five_tuples(table) -> set:
    names = ["src_ip", "src_port", "dst_ip", "dst_port", "protocol"]
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    return {
        (protocol, *sorted([(source, source_port or 0), (target, target_port or 0)]))
        for source, source_port, target, target_port, protocol in rows
    }


def expect(contestant: Contestant, contents: Contents, table: Table) -> tuple[Answer, str]:
    """What this contestant should say, and what its bytes are."""
    packets, size, flows = contents.ip_packets, contents.ip_bytes, table.five_tuples
    name = contestant.name.split(",")[0].split()[0]
    if name == "argus":  # counts frames, and what is not IP
        return Answer(contents.packets, contents.frame_bytes, flows), "bytes of frames"
    if name == "nfpcapd":
        return Answer(packets, size), "IP bytes"
    if name == "tshark":
        return Answer(packets, size, table.streams), "IP bytes"
    if name == "pypcaptools":
        return table.tcp4, "bytes of TCP payload over IPv4"
    if name == "flowcontainer":
        return Answer(), "bytes of payload"
    return Answer(packets, size, flows), "IP bytes"


def check(contestant: Contestant, text: str, contents: Contents, table: Table, agreement: Agreement) -> None:
    said = contestant.answer(text)
    wanted, kind = expect(contestant, contents, table)
    agreement.check(contestant.name, "packets", said.packets, wanted.packets, contestant.because)
    agreement.check(contestant.name, kind, said.bytes, wanted.bytes, contestant.because)
    agreement.check(contestant.name, "flows", said.flows, wanted.flows, contestant.because)
