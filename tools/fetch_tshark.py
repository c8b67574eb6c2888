"""Puts other releases of tshark into folders of their own, for the tests that ask them: build/tshark-3.4, build/tshark-4.4.

    tools/fetch_tshark.py [--folder BUILD] [VERSION…]

The packages, and all they need, come by apt-get from other releases of Debian: from the server that this machine's
apt is set up with, checked with Debian's installed keys, with lists and a cache of their own. Nothing is installed:
FOLDER/run/tshark runs the unpacked program with its own libraries and loader. What is there already stays. Ends
with status 1 and says so if a release cannot be had (no Debian, no network); nothing is changed then.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEYS = pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg")
RELEASES = {"3.4": "bullseye", "4.4": "trixie"}
LIMIT_S = 120  # of one command: a server that hangs must not hang the tests

# Of its data, Wireshark asks beside the program, which is here the loader as the kernel sees it. Releases before 4.0
# that root starts look only where a package puts it; what they find there of another release they can do without.
RUN = """#!/bin/sh
# tshark {version} of Debian's {release}, with the libraries and the loader it was built for.
here=$(cd "${{0%/*}}/.." && pwd)
export WIRESHARK_DATA_DIR="$here/{data}"
exec "$here/{data}/loader" --library-path "{libraries}" "$here/usr/bin/tshark" "$@"
"""
DATA = "usr/share/wireshark"


def place_of(version: str, build: pathlib.Path = ROOT / "build") -> pathlib.Path:
    """The folder with nothing but the command, for PATH."""
    return build / f"tshark-{version}/run"


class NotHad(Exception):
    """Why a release cannot be had."""


def run(*command: object, **environment: str) -> str:
    try:
        done = subprocess.run([str(x) for x in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL, timeout=LIMIT_S, env={**os.environ, "LC_ALL": "C", **environment})  # fmt: skip
    except OSError as error:
        raise NotHad(f"{command[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise NotHad(f"{command[0]} takes longer than {LIMIT_S} s") from None
    if done.returncode != 0:
        lines = [x for x in (done.stdout + done.stderr).splitlines() if x.startswith(("E:", "Err", "dpkg"))]
        raise NotHad(f"{command[0]}: {lines[-1] if lines else done.returncode}")
    return done.stdout


def own_release() -> str:
    release = pathlib.Path("/etc/os-release")
    lines = release.read_text(encoding="utf-8").splitlines() if release.exists() else []
    said = dict(x.split("=", 1) for x in lines if "=" in x)
    if said.get("ID", "").strip('"') != "debian":
        raise NotHad("this is not Debian")
    return said.get("VERSION_CODENAME", "").strip('"')


def server() -> str:
    """Of this machine's own release, as apt has it: "SCHEME://PLACE/"."""
    own = own_release()
    found = re.findall(r"^'(\S+)dists/(\w+)/(?:In)?Release'", run("apt-get", "--print-uris", "update"), re.M)
    places = sorted(found, key=lambda x: x[1] != own)
    if not places:
        raise NotHad("apt has no source with releases of Debian")
    return places[0][0]


def program_loader(program: pathlib.Path) -> str:
    """The path of the loader that an ELF program asks for."""
    found = re.search(rb"/lib\w*/ld[\w.-]+\.so\.\d", program.read_bytes()[:4096])
    if found is None:
        raise NotHad(f"{program} asks for no loader")
    return found[0].decode()


def unpack(archives: list[pathlib.Path], folder: pathlib.Path) -> None:
    for archive in archives:
        run("dpkg-deb", "-x", archive, folder)
    # What only an installation needs.
    for name in ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/perl5"):
        shutil.rmtree(folder / name, ignore_errors=True)


def make_command(folder: pathlib.Path, version: str, release: str) -> None:
    def places(name: str) -> list[pathlib.Path]:
        found = sorted(x for x in folder.rglob(name) if x.resolve().is_relative_to(folder))
        if not found:
            raise NotHad(f"tshark {version} comes without {name}")
        return found

    # Not by name alone: it is a link in some releases.
    shutil.copyfile(places(pathlib.PurePath(program_loader(folder / "usr/bin/tshark")).name)[0], folder / DATA / "loader")
    (folder / DATA / "loader").chmod(0o755)
    libraries = {x.parent: None for name in ("libc.so.6", "libglib-2.0.so.0", "libwireshark.so.*") for x in places(name)}
    paths = ":".join(f"$here/{x.relative_to(folder)}" for x in libraries)
    text = RUN.format(version=version, release=release, data=DATA, libraries=paths)
    command = folder / "run/tshark"
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(text, encoding="utf-8")
    command.chmod(0o755)


def fetch(version: str, build: pathlib.Path, place: str) -> None:
    release, final = RELEASES[version], build / f"tshark-{version}"
    with tempfile.TemporaryDirectory(prefix=f"fetch-{version}-", dir=build) as name:
        work = pathlib.Path(name)
        for part in ("lists/partial", "cache/archives/partial", "tree"):
            (work / part).mkdir(parents=True)
        (work / "status").touch()  # nothing is installed: all that is needed comes along
        (work / "sources").write_text(f"deb [signed-by={KEYS}] {place} {release} main\n", encoding="utf-8")
        own = {
            "Dir::State": work,
            "Dir::State::Lists": work / "lists",
            "Dir::State::status": work / "status",
            "Dir::Cache": work / "cache",
            "Dir::Cache::archives": work / "cache/archives",
            "Dir::Etc::sourcelist": work / "sources",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Acquire::Languages": "none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
            "Acquire::http::Timeout": "15",
            "Acquire::Retries": "1",
            "APT::Update::Error-Mode": "any",
            "APT::Sandbox::User": "",
        }
        apt = ["apt-get", "-q", "-y", *(y for x in own.items() for y in ("-o", "=".join(map(str, x))))]
        run(*apt, "update")
        run(*apt, "install", "--download-only", "--no-install-recommends", "tshark")
        unpack(sorted((work / "cache/archives").glob("*.deb")), work / "tree")
        make_command(work / "tree", version, release)
        said = run(work / "tree/run/tshark", "--version").splitlines()[0]
        if f" {version}." not in said:
            raise NotHad(f"Debian's {release} has another version: {said}")
        os.rename(work / "tree", final)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build", help="where the folders are made")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=f"of {', '.join(RELEASES)}; none: all")
    options = parser.parse_args()
    unknown = set(options.versions) - set(RELEASES)
    if unknown:
        parser.error(f"no release is known for {', '.join(sorted(unknown))}")
    build = options.folder.resolve()
    lacking = [x for x in options.versions or RELEASES if not (build / f"tshark-{x}").is_dir()]
    if not lacking:
        return 0
    build.mkdir(exist_ok=True)
    begin, status = time.monotonic(), 0
    try:
        place = server()
    except NotHad as why:
        print(f"fetch_tshark: {why}: tests with tshark {' and '.join(lacking)} are skipped", file=sys.stderr)
        return 1
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for version, done in [(x, pool.submit(fetch, x, build, place)) for x in lacking]:
            try:
                done.result()
            except NotHad as why:
                status = 1
                print(f"fetch_tshark: {why}: tests with tshark {version} are skipped", file=sys.stderr)
            else:
                print(f"fetch_tshark: tshark {version} is in {build / f'tshark-{version}'} ({time.monotonic() - begin:.0f} s)")
    return status


if __name__ == "__main__":
    sys.exit(main())
