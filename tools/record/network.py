"""Two hosts and a router as network namespaces, the servers that run there, and recording what they say.

client 10.10.1.2 ─ eth0 ─ router ─ eth0 ─ 10.10.2.2 … .5 server      (IPv6: fd00:10:1::2, fd00:10:2::2 …)
client 10.20.0.1 ─ tun0 ─ relay.py ─ tun0 ─ 10.20.0.2 server         (fd00:20::1, fd00:20::2)
client 10.30.0.1 ─ vxlan0 ═ over eth0 ═ vxlan0 ─ 10.30.0.2 server
"""

from __future__ import annotations

import contextlib
import random
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

RELAY = Path(__file__).resolve().parents[1] / "relay.py"
NAMES = ("www", "cdn", "api", "img")  # .example.test: the server's addresses 10.10.2.2 to .5


def ip(*words: str | int) -> None:
    subprocess.run(["ip", *map(str, words)], check=True)


class Host:
    """A network namespace; programs run in it."""

    def __init__(self, name: str):
        self.name = f"flowloom-{name}"
        ip("netns", "add", self.name)
        ip("-n", self.name, "link", "set", "lo", "up")
        self.background: list[subprocess.Popen] = []

    def command(self, *words: str | int | Path) -> list[str]:
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def run(self, *words: str | int | Path, check: bool = True, timeout: float = 60) -> None:
        done = subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=timeout, check=False
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.strip() or done.stdout.strip()}")

    def start(self, *words: str | int | Path, **options) -> subprocess.Popen:
        process = subprocess.Popen(self.command(*words), **options)
        self.background.append(process)
        return process

    def address(self, device: str, *addresses: str) -> None:
        for address in addresses:
            ip(
                "-n",
                self.name,
                "address",
                "add",
                address,
                "dev",
                device,
                *(["nodad"] if ":" in address else []),
            )

    def set(self, device: str, *words: str | int) -> None:
        ip("-n", self.name, "link", "set", "dev", device, *words)

    def route(self, target: str, gateway: str) -> None:
        ip("-n", self.name, "route", "add", target, "via", gateway)

    def close(self) -> None:
        for process in self.background:
            process.terminate()
            process.wait(timeout=10)
        subprocess.run(["ip", "netns", "delete", self.name], check=False)


class Network:
    def __init__(self, folder: Path):
        self.folder = folder
        self.client, self.router, self.server = Host("client"), Host("router"), Host("server")
        self.hosts = (self.client, self.router, self.server)
        for number, (host, network) in enumerate(((self.client, 1), (self.server, 2))):
            outside = f"eth{number}"
            ip(
                "-n",
                host.name,
                "link",
                "add",
                "eth0",
                "address",
                f"02:00:00:00:0{network}:02",
                "type",
                "veth",
                "peer",
                "name",
                outside,
                "address",
                f"02:00:00:00:0{network}:01",
                "netns",
                self.router.name,
            )
            for end, device in ((host, "eth0"), (self.router, outside)):
                end.set(device, "up")
                # Segments and checksums as they would be on a wire.
                end.run("ethtool", "-K", device, "tx", "off", "tso", "off", "gso", "off", "gro", "off")
            self.router.address(outside, f"10.10.{network}.1/24", f"fd00:10:{network}::1/64")
        self.client.address("eth0", "10.10.1.2/24", "fd00:10:1::2/64")
        for last in range(2, 2 + len(NAMES)):
            self.server.address("eth0", f"10.10.2.{last}/24", f"fd00:10:2::{last}/64")
        self.router.run(
            "sysctl",
            "-qw",
            "net.ipv4.ip_forward=1",
            "net.ipv6.conf.all.forwarding=1",
            "net.ipv4.icmp_ratelimit=0",
        )
        self.client.route("default", "10.10.1.1")
        self.client.route("default", "fd00:10:1::1")
        self.server.route("default", "10.10.2.1")
        self.server.route("default", "fd00:10:2::1")
        resolver = (
            Path("/etc/netns") / self.client.name / "resolv.conf"
        )  # ip-netns(8): what the client's programs see
        resolver.parent.mkdir(parents=True, exist_ok=True)
        resolver.write_text("nameserver 10.10.2.2\n")

    @contextlib.contextmanager
    def tun(self, *options: str | int | float) -> Iterator[None]:
        """TUN devices at client and server for a while, and relay.py with these options between them."""
        places = []
        for host, last in ((self.client, 1), (self.server, 2)):
            ip("-n", host.name, "tuntap", "add", "dev", "tun0", "mode", "tun")
            host.set("tun0", "addrgenmode", "none", "mtu", 1500)
            host.set("tun0", "up")
            host.address("tun0", f"10.20.0.{last}/24", f"fd00:20::{last}/64")
            places.append(f"{host.name}:tun0")
        relay = subprocess.Popen(
            [sys.executable, str(RELAY), *map(str, options), *places], stdout=subprocess.DEVNULL
        )
        time.sleep(0.5)
        try:
            yield
        finally:
            relay.terminate()
            relay.wait(timeout=10)
            for host in (self.client, self.server):
                ip("-n", host.name, "link", "delete", "tun0")

    @contextlib.contextmanager
    def vxlan(self) -> Iterator[None]:
        """VXLAN devices at client and server for a while."""
        addresses = ("10.10.1.2", "10.10.2.2")
        for host, here, there, last in ((self.client, *addresses, 1), (self.server, *addresses[::-1], 2)):
            mac = f"02:00:00:00:03:0{last}"
            ip(
                "-n",
                host.name,
                "link",
                "add",
                "vxlan0",
                "address",
                mac,
                "type",
                "vxlan",
                "id",
                42,
                "dstport",
                4789,
                "remote",
                there,
                "local",
                here,
            )
            host.set("vxlan0", "up")
            host.address("vxlan0", f"10.30.0.{last}/24", f"fd00:30::{last}/64")
        try:
            yield
        finally:
            for host in (self.client, self.server):
                ip("-n", host.name, "link", "delete", "vxlan0")

    def close(self) -> None:
        for host in self.hosts:
            host.close()
        (Path("/etc/netns") / self.client.name / "resolv.conf").unlink(missing_ok=True)
        (Path("/etc/netns") / self.client.name).rmdir()


# --- servers ---------------------------------------------------------------------------------------


def certificates(folder: Path) -> None:
    """A throw-away authority and server certificates, RSA and ECDSA; they live as long as the folder."""
    names = ",".join(f"DNS:{name}.example.test" for name in NAMES)
    openssl = [
        "openssl",
        "req",
        "-x509",
        "-nodes",
        "-days",
        "30",
        "-subj",
        "/O=Example/CN=Example Test Authority",
    ]
    issue = [
        "openssl",
        "req",
        "-nodes",
        "-days",
        "30",
        "-x509",
        "-CA",
        str(folder / "ca.pem"),
        "-CAkey",
        str(folder / "ca.key"),
        "-subj",
        "/O=Example/CN=www.example.test",
        "-addext",
        f"subjectAltName={names}",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
    ]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    for command in (
        [*openssl, *curve, "-keyout", str(folder / "ca.key"), "-out", str(folder / "ca.pem")],
        [*issue, *curve, "-keyout", str(folder / "ec.key"), "-out", str(folder / "ec.pem")],
        [*issue, "-newkey", "rsa:2048", "-keyout", str(folder / "rsa.key"), "-out", str(folder / "rsa.pem")],
    ):
        subprocess.run(command, check=True, capture_output=True)


def picture(noise: random.Random, rows: int) -> bytes:
    """A grey PNG picture of noise, 100 pixels wide."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    pixels = b"".join(b"\0" + noise.randbytes(100) for _ in range(rows))
    size = struct.pack(">IIBBBBB", 100, rows, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


def website(folder: Path) -> None:
    """Pages, styles, pictures (noise, which does not compress) and a download; always the same."""
    noise = random.Random(1)
    words = ["flow", "packet", "window", "stream", "header", "socket", "reply", "segment", "route", "frame"]

    def text(count: int) -> str:
        return " ".join(noise.choice(words) for _ in range(count))

    folder.mkdir()
    (folder / "index.html").write_text(f"<!doctype html><title>Example</title><p>{text(400)}</p>\n")
    (folder / "style.css").write_text("".join(f".c{i} {{ margin: {i}px }}\n" for i in range(120)))
    (folder / "app.js").write_text(f"console.log('{text(300)}');\n")
    for number, rows in enumerate((15, 40, 90, 180)):
        (folder / f"picture{number}.png").write_bytes(picture(noise, rows))
    (folder / "download.bin").write_bytes(noise.randbytes(90_000))
    (folder / "large.bin").write_bytes(noise.randbytes(1_600_000))


def nginx(network: Network) -> None:
    folder = network.folder
    listen = "listen 80; listen [::]:80; listen 443 ssl http2; listen [::]:443 ssl http2;"
    (folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; user root;
events {{}}
http {{
  access_log off; types {{ text/html html; text/css css; text/javascript js; image/png png; }} gzip on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/ec.pem; ssl_certificate_key {folder}/ec.key;
  ssl_certificate {folder}/rsa.pem; ssl_certificate_key {folder}/rsa.key;
  ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:tls:1m;
  server {{ {listen} root {folder}/site; location /api {{ return 200 '{{"status":"ok"}}\\n'; }} }}
  server {{ listen 8443 ssl; listen [::]:8443 ssl; ssl_ecdh_curve secp384r1; root {folder}/site; }}
}}
""")
    network.server.start("nginx", "-c", folder / "nginx.conf", "-e", folder / "nginx.log")


def dnsmasq(network: Network) -> None:
    records = [
        f"--host-record={name}.example.test,10.10.2.{2 + i},fd00:10:2::{2 + i}"
        for i, name in enumerate(NAMES)
    ]
    records += [
        "--host-record=mail.example.test,10.10.2.9",
        "--mx-host=example.test,mail.example.test,10",
        "--cname=shop.example.test,www.example.test",
        "--srv-host=_http._tcp.example.test,www.example.test,80",
        "--txt-record=example.test,v=spf1 -all",
    ]
    records += [f"--txt-record=large.example.test,{'0123456789abcdef' * 15}" for _ in range(8)]
    network.server.start(
        "dnsmasq",
        "--no-daemon",
        "--conf-file=/dev/null",
        "--no-resolv",
        "--no-hosts",
        "--user=root",
        "--local=/test/",
        "--local-ttl=300",
        "--log-facility=-",
        *records,
        stderr=subprocess.DEVNULL,
    )


def sshd(network: Network) -> None:
    folder = network.folder
    for name in ("host", "login"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "example", "-f", str(folder / name)],
            check=True,
        )
    Path("/run/sshd").mkdir(exist_ok=True)
    (folder / "sshd.conf").write_text(f"""
ListenAddress 0.0.0.0
ListenAddress ::
HostKey {folder}/host
AuthorizedKeysFile {folder}/login.pub
PidFile {folder}/sshd.pid
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
""")
    network.server.start("/usr/sbin/sshd", "-D", "-e", "-f", folder / "sshd.conf", stderr=subprocess.DEVNULL)


# --- recording -------------------------------------------------------------------------------------


class Recording:
    """`with Recording(host, device, path): …` keeps what passes the device meanwhile."""

    def __init__(self, host: Host, device: str, path: Path, *options: str):
        command = host.command("tcpdump", "-n", "-U", "--immediate-mode", "-i", device, "-w", path, *options)
        self.command = command

    def __enter__(self) -> Recording:
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "listening on" in line:
                return self
        raise RuntimeError("tcpdump did not start")

    def __exit__(self, *_) -> None:
        time.sleep(0.4)
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=10)
