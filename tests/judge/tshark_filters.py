"""Which packets of a capture match which display filters: by tshark, all filters in one run, and by filter_hits."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

from command import binary

TIMEOUT_S = 300
OPTIONS = ("ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE",
           "tcp.relative_sequence_numbers:FALSE")  # fmt: skip
# Each filter is a tap's; the display filter's compiler refuses and evaluates both.
SCRIPT = r"""
local out = assert(io.open(os.getenv("FILTER_OUT"), "w"))
local taps, number = {}, 0
for line in io.lines(os.getenv("FILTER_IN")) do
  local index = number
  number = number + 1
  local good, tap = pcall(Listener.new, "frame", line)
  if good then
    taps[index] = tap
    function tap.packet(pinfo) out:write("hit\t", index, "\t", pinfo.number, "\n") end
  else
    out:write("refused\t", index, "\n")
  end
end
"""


class Answers:
    """Refused expressions, and the packets that match each of the others, by the expression's place."""

    def __init__(self) -> None:
        self.refused: set[int] = set()
        self.hits: dict[int, set[int]] = defaultdict(set)


def tshark(capture: Path, expressions: list[str], program: str | Path = "tshark") -> Answers:
    answers = Answers()
    with tempfile.TemporaryDirectory() as folder:
        script, given, made = (Path(folder) / x for x in ("filters.lua", "in", "out"))
        script.write_text(SCRIPT)
        given.write_text("\n".join(expressions) + "\n", encoding="utf-8")
        settings = [x for option in OPTIONS for x in ("-o", option)]
        done = subprocess.run(
            [str(program), "-n", "-q", "-X", f"lua_script:{script}", *settings, "-r", str(capture)],
            capture_output=True,
            timeout=TIMEOUT_S,
            env={**os.environ, "FILTER_IN": str(given), "FILTER_OUT": str(made), "TZ": "UTC"},
        )
        assert done.returncode in (0, 2), done.stderr.decode("utf-8", "replace")
        for line in made.read_text(encoding="utf-8").splitlines():
            kind, index, *packet = line.split("\t")
            if kind == "refused":
                answers.refused.add(int(index))
            else:
                answers.hits[int(index)].add(int(packet[0]))
    return answers


def ours(capture: Path, expressions: list[str], dialect: str = "wireshark4") -> Answers:
    answers = Answers()
    done = subprocess.run(
        [str(binary().with_name("filter_hits")), "--dialect", dialect, str(capture)],
        input="\n".join(expressions).encode() + b"\n",
        capture_output=True,
        timeout=TIMEOUT_S,
        env={**os.environ, "TZ": "UTC"},
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        kind, index, *rest = line.split("\t")
        if kind == "refused":
            answers.refused.add(int(index))
        elif kind == "hit":
            answers.hits[int(index)].add(int(rest[0]))
    return answers
