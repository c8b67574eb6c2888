#!/usr/bin/env python3
"""A link with faults between two TUN devices, for recordings on kernels without tc netem.

    tools/relay.py [--seed N] [--loss P] [--duplicate P] [--reorder P] [--delay MS] [--jitter MS]
                   [--rate MBIT] NAMESPACE:DEVICE NAMESPACE:DEVICE

Every packet that one device sends comes out of the other after a delay, or is lost, doubled, or held back
so that later ones overtake it. What happens to the n-th packet of a direction depends on the seed alone.
The devices exist already (`ip -n NAMESPACE tuntap add dev DEVICE mode tun`). Ends with SIGINT or SIGTERM,
then prints what it did. Needs root, or whoever owns the devices.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import heapq
import os
import random
import selectors
import signal
import struct
import sys
import time
from dataclasses import dataclass

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
LARGEST = 65536


@dataclass(frozen=True)
class Faults:
    loss: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    delay: float = 0.0  # seconds
    jitter: float = 0.0  # seconds, at most; does not reorder
    rate: float = 0.0  # bits a second; 0: no limit


class Link:
    """One direction: decides when the copies of a packet come out."""

    def __init__(self, faults: Faults, seed: str):
        self.faults = faults
        self.random = random.Random(seed)
        self.free = 0.0  # when the wire has finished with the packets before
        self.latest = 0.0  # when the last packet that was not held back comes out
        self.counts = dict.fromkeys(("passed", "lost", "doubled", "held"), 0)

    def departures(self, size: int, now: float) -> list[float]:
        """Times at which a packet of `size` bytes that comes in `now` goes out: none, one or two."""
        # The same number of draws for each packet: the n-th one's fate does not depend on times.
        lost, doubled, held, jitter = (self.random.random() for _ in range(4))
        faults = self.faults
        if faults.rate:
            now = self.free = max(self.free, now) + size * 8 / faults.rate
        if lost < faults.loss:
            self.counts["lost"] += 1
            return []
        self.counts["passed"] += 1
        out = now + faults.delay + jitter * faults.jitter
        if held < faults.reorder:
            self.counts["held"] += 1
            out += faults.delay + 0.005
        else:
            out = self.latest = max(out, self.latest)
        if doubled < faults.duplicate:
            self.counts["doubled"] += 1
            return [out, out + 0.0005]
        return [out]


def open_tun(place: str) -> int:
    """A descriptor of the TUN device NAMESPACE:DEVICE."""
    namespace, device = place.split(":", 1)
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net", "rb") as home, open(f"/run/netns/{namespace}", "rb") as other:
        if libc.setns(other.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter the namespace {namespace}")
        try:
            descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
        finally:
            libc.setns(home.fileno(), CLONE_NEWNET)
    return descriptor


def relay(descriptors: tuple[int, int], links: tuple[Link, Link]) -> None:
    """Carries packets until the process is told to end."""
    ended = False

    def end(*_) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    selector = selectors.DefaultSelector()
    for side in (0, 1):
        selector.register(descriptors[side], selectors.EVENT_READ, side)
    waiting: list[tuple[float, int, int, bytes]] = []
    order = 0
    while not ended:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, target, packet = heapq.heappop(waiting)
            os.write(descriptors[target], packet)
        timeout = min(0.1, waiting[0][0] - now) if waiting else 0.1
        for key, _ in selector.select(max(timeout, 0)):
            packet = os.read(descriptors[key.data], LARGEST)
            for departure in links[key.data].departures(len(packet), time.monotonic()):
                order += 1
                heapq.heappush(waiting, (departure, order, 1 - key.data, packet))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--loss", type=float, default=0.0, metavar="P", help="probability of loss")
    parser.add_argument(
        "--duplicate", type=float, default=0.0, metavar="P", help="probability of a second copy"
    )
    parser.add_argument(
        "--reorder", type=float, default=0.0, metavar="P", help="probability of being overtaken"
    )
    parser.add_argument("--delay", type=float, default=5.0, metavar="MS", help="one way (5)")
    parser.add_argument("--jitter", type=float, default=0.0, metavar="MS", help="added to the delay, at most")
    parser.add_argument(
        "--rate", type=float, default=0.0, metavar="MBIT", help="Mbit/s of each direction (no limit)"
    )
    parser.add_argument("devices", nargs=2, metavar="NAMESPACE:DEVICE")
    options = parser.parse_args()
    faults = Faults(
        options.loss,
        options.duplicate,
        options.reorder,
        options.delay / 1000,
        options.jitter / 1000,
        options.rate * 1e6,
    )
    links = (Link(faults, f"{options.seed} there"), Link(faults, f"{options.seed} back"))
    relay((open_tun(options.devices[0]), open_tun(options.devices[1])), links)
    for link, name in zip(links, ("there", "back"), strict=True):
        print(name, link.counts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
