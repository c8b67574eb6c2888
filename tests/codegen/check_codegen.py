"""Checks that the table-driven reads become what one would write by hand, and how the walk clears records.

    check_codegen.py OBJECT LIBRARY     (reads.cpp compiled with -O2 for x86-64; libflowloom)

Each function read_<bits>_<field> must load once and, if it is wider than a byte, swap once: no call, no
jump, no loop. That is easily lost: GCC 12 keeps a `for` loop in the big-endian load (see endian.hpp).

The walk over plain packets may not use `rep stos`, whose start takes as long as all else that it does with a packet.
GCC clears a record that way where it is told nothing (cmake/FlowloomCompiler.cmake), or takes the code for unlikely.
"""

import re
import subprocess
import sys

SWAP = re.compile(r"^(bswap|movbe|rol|ror|xchg)")
# Beyond load and swap: shift, mask, scale, zero-extension. 24 bits have no load of their own.
MOST_INSTRUCTIONS = {8: 6, 16: 6, 24: 12, 32: 4}


def functions(listing: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in listing.splitlines():
        if head := re.match(r"^[0-9a-f]+ <(read_\w+)>:", line):
            found[head[1]] = []
        elif found and (code := re.match(r"^\s+[0-9a-f]+:\t(.+)$", line)):
            found[list(found)[-1]].append(re.sub(r"\s+", " ", code[1].strip()))
    return found


def complaint(bits: int, code: list[str]) -> str | None:
    code = [c for c in code if not re.match(r"endbr64|(cs |data16 )*nop|xchg %ax,%ax", c)]  # padding
    if any(re.match(r"j\w+ |call|loop", c) for c in code):
        return "jumps or calls"
    loads = sum("(%rdi)" in c for c in code)
    if bits != 24 and loads != 1:
        return f"{loads} loads"
    if bits in (16, 32) and sum(bool(SWAP.match(c)) for c in code) != 1:
        return "not one byte swap"
    if len(code) > MOST_INSTRUCTIONS[bits]:
        return f"{len(code)} instructions"
    return None


def disassembled(path: str, *options: str) -> str:
    command = ["objdump", "-d", "--no-show-raw-insn", *options, path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def slow_walks(listing: str) -> int:
    """How many of the functions that walk several packets repeat string instructions; prints them."""
    code = re.findall(r"^[0-9a-f]+ <flowloom::walk_headers\(std::span.*>:\n((?:.+\n)*)", listing, re.MULTILINE)
    if not code:
        print("no function walk_headers in the library")
        return 1
    slow = [line for body in code for line in body.splitlines() if re.search(r"\trep ", line)]
    print("\n".join(slow) if slow else f"{len(code)} walk looked at")
    return len(slow)


def main() -> int:
    found = functions(disassembled(sys.argv[1]))
    if not found:
        print("no function read_… in the object")
        return 1
    failed = False
    for name, code in found.items():
        why = complaint(int(name.split("_")[1]), code)
        if why:
            failed = True
            print(f"{name}: {why}\n  " + "\n  ".join(code))
    print(f"{len(found)} reads looked at")
    return 1 if failed or slow_walks(disassembled(sys.argv[2], "-C")) else 0


if __name__ == "__main__":
    sys.exit(main())
