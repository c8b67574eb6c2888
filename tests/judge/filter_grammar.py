"""Display filters made at random from a grammar, the same for the same seed."""

from __future__ import annotations

import random

NUMBERS = ["ip.ttl", "ip.len", "tcp.port", "tcp.srcport", "tcp.dstport", "udp.port", "udp.srcport", "udp.length",
           "frame.len", "frame.number", "tcp.flags", "tcp.window_size_value", "eth.type", "ip.id", "ipv6.hlim"]  # fmt: skip
FLAGS = ["tcp.flags.syn", "tcp.flags.ack", "tcp.flags.push", "ip.flags.df", "eth.dst.ig"]
ADDRESSES = ["ip.src", "ip.dst", "ip.addr"]
ADDRESSES6 = ["ipv6.src", "ipv6.dst", "ipv6.addr"]
STATIONS = ["eth.src", "eth.dst", "eth.addr"]
PROTOCOLS = ["frame", "eth", "ip", "ipv6", "tcp", "udp", "arp"]
COMPARISONS = ["==", "!=", "===", "!==", "~=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge",
               "any_eq", "all_ne", "any_ne", "all_eq"]  # fmt: skip


class Grammar:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, words: list[str]) -> str:
        return self.random.choice(words)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self) -> str:
        value = self.one(["0", "1", "2", "6", "17", "20", "53", "64", "80", "255", str(self.random.randrange(256))])
        return hex(int(value)) if self.chance(0.2) else value

    def numeric(self, depth: int = 0) -> str:
        field = self.one(NUMBERS) + (f"#{self.random.randrange(1, 3)}" if self.chance(0.05) else "")
        if depth < 2 and self.chance(0.3):
            operator = self.one([" + ", " - ", " * ", " / ", " % ", " & "])
            other = self.one([self.number(), self.one(NUMBERS)])
            return field + operator + other
        if self.chance(0.1):
            return f"{self.one(['max', 'min', 'abs'])}({self.one(NUMBERS)})"
        if self.chance(0.08):
            return f"count({self.one(NUMBERS + ADDRESSES + STATIONS)})"
        return field

    def range(self) -> str:
        first, second = self.random.randrange(12), self.random.randrange(1, 8)
        return self.one([f"{first}", f"{first}:{second}", f"{first}-{first + second}", f":{second}", f"{first}:",
                         f"-{second}:", f"-{second}"])  # fmt: skip

    def slice(self) -> str:
        of = self.one(STATIONS + ADDRESSES + ADDRESSES6 + PROTOCOLS)
        return f"{of}[{','.join(self.range() for _ in range(self.one([1, 1, 1, 2])))}]"

    def bytes(self) -> str:
        return ":".join(f"{self.random.choice([0, 0, 1, 2, 6, 8, 10, 255]):02x}" for _ in range(self.random.randrange(2, 5)))

    def relation(self) -> str:
        quantifier = self.one(["", "", "", "any ", "all "])
        compare = self.one(COMPARISONS)
        kind = self.random.randrange(11)
        if kind == 0:
            return self.one(PROTOCOLS + NUMBERS + FLAGS + ADDRESSES6 + [self.slice(), f"ip#{self.one(['1', '2'])}"])
        if kind == 1:
            return f"{self.one(FLAGS)} {compare} {self.one(['0', '1', 'True', 'FALSE', self.one(FLAGS)])}"
        if kind == 2:
            value = self.one([f"10.0.0.{self.random.randrange(4)}", "10.0.0.0/8", "192.168.0.0/16", self.one(ADDRESSES)])
            return f"{quantifier}{self.one(ADDRESSES)} {compare} {value}"
        if kind == 3:
            value = self.one(["fe80::/10", "::1", "fd00::/8", "ff02::1", self.one(ADDRESSES6)])
            return f"{quantifier}{self.one(ADDRESSES6)} {compare} {value}"
        if kind == 4:
            value = self.one(["ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", self.one(STATIONS)])
            return f"{quantifier}{self.one(STATIONS)} {compare} {value}"
        if kind == 5:
            return f"{quantifier}{self.slice()} {compare} {self.one([self.bytes(), self.slice(), '0x00'])}"
        if kind == 6:
            text = self.one([self.bytes(), '"GET"', '"a"', "0x06", self.slice()])
            return f"{quantifier}{self.one(PROTOCOLS)} contains {text}"
        if kind == 7:
            return f'{self.one(PROTOCOLS)} {self.one(["matches", "~"])} {self.one([chr(34) + "http" + chr(34), chr(34) + "[a-f]{3}" + chr(34), chr(34) + "^.{6}" + chr(34)])}'
        if kind == 8:
            low = self.random.randrange(100)
            items = [self.number(), f"{low}..{low + self.random.randrange(100)}", str(self.random.randrange(200))]
            return f"{quantifier}{self.one(NUMBERS)} in {{{', '.join(self.random.sample(items, self.random.randrange(1, 4)))}}}"
        if kind == 9:
            return self.numeric() if self.chance(0.3) else f"len({self.one(PROTOCOLS + STATIONS)}) {compare} {self.number()}"
        return f"{quantifier}{self.numeric()} {compare} {self.one([self.number(), self.numeric(1)])}"

    def expression(self, depth: int = 0) -> str:
        if depth > 3 or self.chance(0.45):
            return self.relation()
        kind = self.random.randrange(5)
        if kind == 0:
            return f"{self.one(['not ', '!'])}({self.expression(depth + 1)})"
        if kind == 1:
            return f"({self.expression(depth + 1)})"
        return f"{self.expression(depth + 1)} {self.one(['and', '&&', 'or', '||'])} {self.expression(depth + 1)}"


def expressions(seed: int, count: int) -> list[str]:
    grammar = Grammar(seed)
    return [grammar.expression() for _ in range(count)]
