#!/usr/bin/env python3
"""Records the sample captures of tests/pcaps anew, from real programs between network namespaces.

    tools/record/record.py [--out DIR] [NAME…]        (as root; default: all, into tests/pcaps)

Needs from Debian: curl, nginx-light, dnsmasq-base, bind9-dnsutils, openssh-server, openssh-client, openssl,
tcpdump, traceroute, iputils-ping, iproute2, ethtool, and wireshark-common (mergecap). Keys and certificates
are made for each run in a temporary folder and vanish with it. All traffic stays in the namespaces.
README.md in the output folder, the table of the captures, is written from the list in scenes.py.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from network import Network, certificates, dnsmasq, nginx, sshd, website
from scenes import SCENES

ROOT = Path(__file__).resolve().parents[2]


# --- the table -------------------------------------------------------------------------------------


def first_line(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0]


def versions() -> str:
    texts = [
        " ".join(first_line("curl", "--version").split()[:2]),
        first_line("nginx", "-v").split(": ")[-1],
        "dnsmasq " + first_line("dnsmasq", "--version").split()[2],
        first_line("dig", "-v").split("-")[0],
        first_line("ssh", "-V").split(" ")[0].rstrip(","),
        " ".join(first_line("openssl", "version").split()[:2]),
        " ".join(first_line("tcpdump", "--version").split()[:3]),
        "traceroute " + first_line("traceroute", "--version").split()[-1],
        first_line("ping", "-V").replace(" from", ""),
        "Linux " + ".".join(os.uname().release.split(".")[:2]),
    ]
    return ", ".join(texts)


def packets(path: Path) -> int:
    done = subprocess.run(["capinfos", "-Mc", str(path)], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])


def readme(out: Path) -> str:
    lines = [
        "# Sample captures",
        "",
        "Recorded from real programs between network namespaces by `tools/record/record.py`, which makes "
        "them anew",
        "(as root) and writes this table. Addresses, names and contents are invented; keys and certificates "
        "lived only",
        "while the recording ran. `gen/` holds captures that a script generates, a table of its own beside "
        "them.",
        "",
        f"Programs: {versions()}.",
        "",
        "| file | what is in it | packets | made with |",
        "|---|---|---|---|",
    ]
    for item in SCENES.values():
        if (out / item.name).exists():
            lines.append(f"| {item.name} | {item.title} | {packets(out / item.name)} | {item.how} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "tests" / "pcaps", help="folder (default: tests/pcaps)"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="captures to record (default: all)")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in SCENES]
    if unknown:
        parser.error(f"no such capture: {', '.join(unknown)}")
    with tempfile.TemporaryDirectory(prefix="record-") as name:
        folder = Path(name)
        certificates(folder)
        website(folder / "site")
        network = Network(folder)
        try:
            for start in (nginx, dnsmasq, sshd):
                start(network)
            time.sleep(2)  # servers are up, router and neighbour discovery has calmed down
            for item in SCENES.values():
                if not options.names or item.name in options.names:
                    recorded = folder / "recorded"
                    item.play(network, recorded)
                    (options.out / item.name).write_bytes(recorded.read_bytes())
                    recorded.unlink()
                    size = (options.out / item.name).stat().st_size
                    print(f"{item.name}: {packets(options.out / item.name)} packets, {size} bytes")
        finally:
            network.close()
    (options.out / "README.md").write_text(readme(options.out), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
