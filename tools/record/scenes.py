"""What is recorded: a function a capture, which has programs talk while a recording runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from network import Network, Recording


@dataclass(frozen=True)
class Scene:
    name: str
    title: str
    how: str
    play: Callable[[Network, Path], None]


SCENES: dict[str, Scene] = {}


def scene(name: str, title: str, how: str):
    def register(play: Callable[[Network, Path], None]):
        SCENES[name] = Scene(name, title, how, play)
        return play

    return register


def curl(network: Network, *words: str) -> None:
    network.client.run("curl", "-sS", "--cacert", network.folder / "ca.pem", "-o", "/dev/null", *words)


def page(host: str, *paths: str) -> list[str]:
    """URLs of one site, each thrown away, for one curl."""
    words = []
    for path in paths:
        words += ["-o", "/dev/null", f"https://{host}.example.test/{path}"]
    return words[2:]


def dig(network: Network, *words: str) -> None:
    network.client.run("dig", "@10.10.2.2", "+tries=1", *words, check=False)


def peer(name: str) -> list[str]:
    """A program of peers.py."""
    return [sys.executable, str(Path(__file__).with_name("peers.py")), name]


@scene(
    "https.pcap",
    "what a browser's first minute looks like: names looked up, pages and pictures over TLS 1.3 and HTTP/2 "
    "from four "
    "hosts, over IPv4 and IPv6, a download over HTTP, two pings",
    "curl, dig and ping against nginx and dnsmasq",
)
def https(network: Network, path: Path) -> None:
    steps = [
        lambda: network.client.run("ping", "-c", "2", "-i", "0.2", "10.10.2.2"),
        lambda: curl(network, "-4", *page("www", "index.html", "style.css", "app.js")),
        lambda: curl(network, "-4", *page("cdn", "picture0.png", "picture3.png", "picture2.png")),
        lambda: curl(network, "-6", *page("api", "api/v1/user")),
        lambda: curl(network, "-6", *page("img", "picture1.png", "picture2.png", "picture3.png")),
        lambda: curl(network, "-4", "-d", "name=value", *page("api", "api/v1/events")),
        lambda: [
            dig(network, f"{name}.example.test", kind) for name in ("shop", "none") for kind in ("A", "AAAA")
        ],
        lambda: curl(network, "-4", *page("www", "index.html", "picture3.png", "picture1.png")),
        lambda: curl(network, "-6", *page("cdn", "picture2.png", "picture0.png")),
        lambda: curl(network, "-4", *page("api", "api/v1/status")),
        lambda: curl(network, "-4", "http://www.example.test/download.bin"),
        lambda: network.client.run("ping", "-c", "2", "-i", "0.2", "fd00:10:2::2"),
    ]
    with Recording(network.client, "eth0", path):
        for step in steps:
            step()
            time.sleep(0.4)


@scene(
    "downloads.pcap",
    "two downloads at once, one over TLS and one over HTTP, an upload, a download that is interrupted and "
    "goes on",
    "curl against nginx",
)
def downloads(network: Network, path: Path) -> None:
    site = network.folder / "site"
    with Recording(network.client, "eth0", path):
        curl(
            network,
            "-4",
            "--parallel",
            *page("www", "download.bin"),
            "-o",
            "/dev/null",
            "http://cdn.example.test/download.bin",
        )
        curl(network, "-6", "-F", f"file=@{site}/picture3.png", "http://api.example.test/api/upload")
        curl(network, "-4", "-r", "0-19999", "http://img.example.test/download.bin")
        curl(network, "-4", "-r", "20000-49999", "http://img.example.test/download.bin")


@scene(
    "call.pcap",
    "long connections: voice over UDP in both directions, and messages of many sizes over TCP",
    "peers.py",
)
def call(network: Network, path: Path) -> None:
    with Recording(network.client, "eth0", path):
        network.server.start(*peer("answer"))
        time.sleep(0.5)
        network.client.run(*peer("call"))


@scene(
    "http.pcap",
    "HTTP/1.1: pages on one kept connection, a 404, an upload, a HEAD request, gzip; IPv6",
    "curl against nginx",
)
def http(network: Network, path: Path) -> None:
    url = "http://www.example.test"
    with Recording(network.client, "eth0", path):
        curl(
            network,
            "-4",
            f"{url}/index.html",
            "-o",
            "/dev/null",
            f"{url}/style.css",
            "-o",
            "/dev/null",
            f"{url}/missing",
        )
        curl(network, "-4", "--compressed", f"{url}/index.html")
        curl(network, "-4", "-I", f"{url}/picture3.png")
        curl(network, "-4", "-F", f"file=@{network.folder}/site/picture2.png", f"{url}/api/upload")
        curl(network, "-6", f"{url}/picture2.png")


@scene(
    "tls12.pcap",
    "TLS 1.2 and HTTP/1.1: ECDHE with ECDSA and with RSA certificates, RSA key exchange, an answer to an "
    "unknown "
    "authority",
    "curl --tls-max 1.2 against nginx; openssl s_client -reconnect",
)
def tls12(network: Network, path: Path) -> None:
    old = ("-4", "--tls-max", "1.2", "--http1.1")
    with Recording(network.client, "eth0", path):
        curl(network, *old, *page("www", "index.html", "style.css"))
        curl(network, *old, "--ciphers", "ECDHE-RSA-AES256-GCM-SHA384", *page("cdn", "picture1.png"))
        curl(network, *old, "--ciphers", "AES128-GCM-SHA256", *page("api", "api"))
        network.client.run(
            "curl", "-sS", *old, "--cacert", network.folder / "rsa.pem", "https://10.10.2.3/", check=False
        )
        network.client.run(
            "sh", "-c", "openssl s_client -tls1_2 -reconnect -connect 10.10.2.2:443 </dev/null", check=False
        )


@scene(
    "tls13.pcap",
    "TLS 1.3, times in ns: HTTP/1.1, a hello retry request, a resumed session, an alert for a version that "
    "is too old; IPv6",
    "curl --tlsv1.3 against nginx; openssl s_client -sess_out and -sess_in; tcpdump "
    "--time-stamp-precision=nano",
)
def tls13(network: Network, path: Path) -> None:
    session = network.folder / "session"
    client = "openssl s_client -tls1_3 -quiet -no_ign_eof -connect 10.10.2.2:443 -servername www.example.test"
    request = r"printf 'GET /style.css HTTP/1.0\r\nHost: www.example.test\r\n\r\n'; sleep 0.3"
    with Recording(network.client, "eth0", path, "--time-stamp-precision=nano"):
        curl(network, "-4", "--tlsv1.3", "--http1.1", *page("www", "index.html", "picture1.png"))
        curl(network, "-4", "--tlsv1.3", "https://www.example.test:8443/style.css")
        curl(network, "-6", "--tlsv1.3", "--http1.1", *page("cdn", "picture2.png"))
        network.client.run("sh", "-c", f"({request}) | {client} -sess_out {session}", check=False)
        network.client.run("sh", "-c", f"({request}) | {client} -sess_in {session}", check=False)
        network.client.run(
            "sh",
            "-c",
            "openssl s_client -tls1_1 -cipher ALL:@SECLEVEL=0 -connect 10.10.2.2:443 </dev/null",
            check=False,
        )


@scene(
    "http2.pcap",
    "HTTP/2 over TLS 1.3: eight streams at once on one connection, an upload; HTTP/2 without TLS asked for "
    "and not had",
    "curl --parallel --http2 against nginx",
)
def http2(network: Network, path: Path) -> None:
    with Recording(network.client, "eth0", path):
        names = (
            "index.html",
            "style.css",
            "app.js",
            "picture0.png",
            "picture1.png",
            "picture2.png",
            "picture3.png",
            "api",
        )
        curl(network, "-4", "--parallel", "--parallel-max", "8", *page("www", *names))
        curl(
            network,
            "-6",
            "--http2",
            "-T",
            str(network.folder / "site" / "picture2.png"),
            *page("api", "api/upload"),
        )
        curl(network, "-4", "--http2", "http://www.example.test/style.css")


@scene(
    "dns.pcap",
    "DNS over UDP and TCP, IPv4 and IPv6: A, AAAA, MX, TXT, SRV, CNAME, PTR, a name that does not exist, an "
    "answer that is "
    "cut and asked again over TCP, a server that does not answer",
    "dig against dnsmasq",
)
def dns(network: Network, path: Path) -> None:
    with Recording(network.client, "eth0", path):
        for words in (
            ("www.example.test", "A"),
            ("www.example.test", "AAAA"),
            ("example.test", "MX"),
            ("example.test", "TXT"),
            ("_http._tcp.example.test", "SRV"),
            ("shop.example.test", "A"),
            ("-x", "10.10.2.2"),
            ("none.example.test", "A"),
            ("+noedns", "large.example.test", "TXT"),
            ("+tcp", "www.example.test", "A"),
            ("+bufsize=4096", "large.example.test", "TXT"),
        ):
            dig(network, *words)
        network.client.run("dig", "@fd00:10:2::2", "www.example.test", "AAAA")
        network.client.run("dig", "@10.10.2.77", "+tries=2", "+time=1", "www.example.test", check=False)


@scene(
    "ssh.pcap",
    "SSH 2: a command, a file copied there and back, a login that is refused; IPv6",
    "ssh and scp against sshd",
)
def ssh(network: Network, path: Path) -> None:
    trusting = "-q -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null".split()
    login = [*trusting, "-i", network.folder / "login"]
    copy = network.folder / "copy"
    with Recording(network.client, "eth0", path):
        network.client.run("ssh", *login, "root@10.10.2.2", "ls /usr/bin | head -200")
        network.client.run("scp", *login, network.folder / "site" / "picture3.png", f"root@10.10.2.2:{copy}")
        network.client.run("scp", *login, f"root@[fd00:10:2::2]:{copy}", network.folder / "back")
        nobody = ["-o", "BatchMode=yes", "-o", "IdentityFile=none", "nobody@10.10.2.2"]
        network.client.run("ssh", *trusting, *nobody, check=False)


@scene(
    "ping.pcap",
    "two pings at once, of several sizes, over IPv4 and IPv6; one that nobody answers; one to all nodes "
    "(multicast)",
    "ping",
)
def ping(network: Network, path: Path) -> None:
    with Recording(network.client, "eth0", path):
        first = network.client.start("ping", "-c", "5", "-i", "0.2", "10.10.2.2", stdout=subprocess.DEVNULL)
        network.client.run("ping", "-c", "3", "-i", "0.3", "-s", "1000", "10.10.2.2")
        network.client.run("ping", "-c", "3", "-i", "0.2", "fd00:10:2::3")
        network.client.run("ping", "-c", "2", "-i", "0.2", "-s", "0", "10.10.2.4")
        network.client.run("ping", "-c", "2", "-i", "0.2", "-W", "1", "10.10.2.77", check=False)
        network.client.run("ping", "-c", "2", "-i", "0.3", "ff02::1%eth0", check=False)
        first.wait(timeout=20)


@scene(
    "icmp_errors.pcap",
    "time exceeded, port, host and network unreachable, fragmentation needed and packet too big, over IPv4 "
    "and "
    "IPv6, for UDP, TCP and ICMP",
    "traceroute (-I, -T, -6), ping -M do through a link with an MTU of 1280, dig to a closed port",
)
def icmp_errors(network: Network, path: Path) -> None:
    client, router = network.client, network.router
    with Recording(client, "eth0", path):
        for words in (
            ("10.10.2.2",),
            ("-I", "10.10.2.2"),
            ("-T", "-p", "80", "10.10.2.2"),
            ("-6", "fd00:10:2::2"),
            ("-6", "-I", "fd00:10:2::2"),
        ):
            client.run("traceroute", "-n", "-q", "2", "-m", "4", "-w", "1", *words, check=False)
        client.run("dig", "@10.10.2.2", "-p", "5300", "+tries=1", "+time=1", "www.example.test", check=False)
        client.run("ping", "-c", "1", "-W", "1", "10.99.0.1", check=False)
        client.run("ping", "-c", "1", "-W", "1", "fd00:99::1", check=False)
        router.set("eth1", "mtu", 1280)
        client.run(
            "ping", "-c", "2", "-i", "0.2", "-M", "do", "-s", "1400", "-W", "1", "10.10.2.3", check=False
        )
        client.run(
            "ping", "-c", "2", "-i", "0.2", "-M", "do", "-s", "1400", "-W", "1", "fd00:10:2::3", check=False
        )
        curl(
            network,
            "-4",
            "-F",
            f"file=@{network.folder}/site/picture1.png",
            "http://www.example.test/api/upload",
        )
        router.set("eth1", "mtu", 1500)
        time.sleep(3.5)  # the answer of the host that is not there


@scene(
    "fragments.pcap",
    "datagrams in fragments, both directions, IPv4 and IPv6: pings of 4000 bytes, UDP of 8000 bytes there "
    "and back",
    "ping -s 4000; peers.py",
)
def fragments(network: Network, path: Path) -> None:
    network.server.start(*peer("echo-udp"))
    time.sleep(0.5)
    with Recording(network.client, "eth0", path):
        network.client.run("ping", "-c", "2", "-i", "0.2", "-s", "4000", "10.10.2.2")
        network.client.run("ping", "-c", "2", "-i", "0.2", "-s", "4000", "fd00:10:2::2")
        network.client.run(*peer("large-udp"))


def transfer(network: Network, *words: str) -> None:
    network.client.run("curl", "-sS", "-o", "/dev/null", "--max-time", "50", *words)


@scene(
    "bulk_loss.pcap",
    "a download and an upload over a link that loses, doubles and reorders packets; link type RAW, recorded "
    "at the "
    "client",
    "curl against nginx through relay.py --seed 7 --loss 0.03 --duplicate 0.01 --reorder 0.03 --delay 8 "
    "--jitter 3",
)
def bulk_loss(network: Network, path: Path) -> None:
    faults = (
        "--seed",
        7,
        "--loss",
        0.03,
        "--duplicate",
        0.01,
        "--reorder",
        0.03,
        "--delay",
        8,
        "--jitter",
        3,
    )
    with network.tun(*faults), Recording(network.client, "tun0", path):
        transfer(network, "http://10.20.0.2/download.bin")
        transfer(network, "-F", f"file=@{network.folder}/site/download.bin", "http://[fd00:20::2]/api/upload")
        network.client.run("ping", "-c", "5", "-i", "0.2", "10.20.0.2", check=False)


@scene(
    "bulk_snaplen.pcap",
    "a download of 1.6 MB over a slow link with some loss, each packet cut to 96 bytes; link type RAW",
    "curl against nginx through relay.py --seed 3 --loss 0.005 --delay 10 --rate 20; tcpdump -s 96",
)
def bulk_snaplen(network: Network, path: Path) -> None:
    faults = ("--seed", 3, "--loss", 0.005, "--delay", 10, "--rate", 20)
    with network.tun(*faults), Recording(network.client, "tun0", path, "-s", "96"):
        transfer(network, "http://10.20.0.2/large.bin")


@scene(
    "vxlan.pcap",
    "HTTP and pings, IPv4 and IPv6, inside VXLAN, as seen outside",
    "curl and ping through the kernel's vxlan devices",
)
def vxlan(network: Network, path: Path) -> None:
    with network.vxlan(), Recording(network.client, "eth0", path):
        transfer(network, "http://10.30.0.2/picture2.png")
        transfer(network, "http://[fd00:30::2]/picture1.png")
        network.client.run("ping", "-c", "2", "-i", "0.2", "10.30.0.2")


@scene(
    "loopback.pcap",
    "a host that talks to itself: each packet once, Ethernet addresses of zero, TCP checksums that the "
    "kernel never made",
    "curl -4 and -6 to localhost; tcpdump -i lo",
)
def loopback(network: Network, path: Path) -> None:
    with Recording(network.server, "lo", path):
        network.server.run("curl", "-sS", "-o", "/dev/null", "http://127.0.0.1/style.css")
        network.server.run("curl", "-sS", "-o", "/dev/null", "http://[::1]/style.css")


@scene(
    "any.pcap",
    "all interfaces of a router at once: each packet twice; link type LINUX_SLL2",
    "curl; tcpdump -i any",
)
def any_device(network: Network, path: Path) -> None:
    with Recording(network.router, "any", path):
        curl(network, "-4", *page("www", "index.html"))


@scene("any_sll.pcap", "the same with link type LINUX_SLL", "curl; tcpdump -i any -y LINUX_SLL")
def any_device_sll(network: Network, path: Path) -> None:
    with Recording(network.router, "any", path, "-y", "LINUX_SLL"):
        curl(network, "-6", *page("www", "index.html"))


@scene(
    "interfaces.pcapng",
    "two interfaces of different link types (Ethernet, RAW) in one pcapng file",
    "curl and ping; two tcpdumps, mergecap; names of machine and system removed",
)
def interfaces(network: Network, path: Path) -> None:
    one, two, merged = (network.folder / name for name in ("one.pcap", "two.pcap", "merged.pcapng"))
    recordings = Recording(network.client, "eth0", one), Recording(network.client, "tun0", two)
    with network.tun("--seed", 1), recordings[0], recordings[1]:
        curl(network, "-4", *page("www", "index.html"))
        transfer(network, "http://10.20.0.2/index.html")
        network.client.run("ping", "-c", "2", "-i", "0.2", "fd00:20::2")
    subprocess.run(["mergecap", "-w", str(merged), str(one), str(two)], check=True)
    path.write_bytes(anonymous(merged.read_bytes()))


def anonymous(data: bytes) -> bytes:
    """A little-endian pcapng file whose section header says nothing of the machine: it loses its options."""
    length = int.from_bytes(data[4:8], "little")
    head = data[:4] + (28).to_bytes(4, "little") + data[8:24] + (28).to_bytes(4, "little")
    return head + data[length:]


@scene("udplite.pcap", "UDP-Lite between two programs, with full and partial checksum coverage", "peers.py")
def udplite(network: Network, path: Path) -> None:
    network.server.start(*peer("echo-udplite"))
    time.sleep(0.5)
    with Recording(network.client, "eth0", path):
        network.client.run(*peer("udplite"))


@scene(
    "port_reuse.pcap",
    "three TCP connections from the same port, closed by FIN, by FIN, by RST; a connection that is refused, "
    "one to a host that is not there (SYN sent again and again)",
    "peers.py (SO_REUSEADDR, SO_LINGER); curl",
)
def port_reuse(network: Network, path: Path) -> None:
    with Recording(network.client, "eth0", path):
        network.client.run(*peer("reuse"))
        network.client.run("curl", "-sS", "--max-time", "2", "http://10.10.2.2:81/", check=False)
        network.client.run("curl", "-sS", "--max-time", "4", "http://10.10.2.77/", check=False)
