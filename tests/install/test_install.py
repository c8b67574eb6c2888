"""The installed product, used as a stranger would: library by CMake and by pkg-config, command, component."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pyarrow.parquet
import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "pcaps" / "gen" / "tcp_close_fin.pcap"  # four flows


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run([str(word) for word in command], env={**os.environ, **(env or {})}, cwd=cwd,
                          capture_output=True, text=True)
    assert done.returncode == 0, f"{shlex.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory) -> Path:
    """`cmake --install` into a folder that is not the configured prefix: nothing may depend on that one."""
    stage = tmp_path_factory.mktemp("a stage")
    run("cmake", "--install", ROOT / "build", "--prefix", stage)
    return stage


@pytest.fixture(scope="module")
def pkg_config(prefix) -> dict[str, str]:
    return {"PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}


def check_example(program: Path) -> None:
    lines = run(program, SAMPLE).splitlines()
    assert len(lines) == 4
    assert lines[0] == "tcp 10.1.0.1:50000 -> 10.2.0.2:443: 10 packets, lengths 44 -44 40 160 -40 -940 ..."


def test_example_with_cmake(prefix, tmp_path) -> None:
    run("cmake", "-G", "Ninja", "-S", ROOT / "examples", "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}")
    cache = (tmp_path / "CMakeCache.txt").read_text()
    assert f"flowloom_DIR:PATH={prefix}/" in cache
    run("cmake", "--build", tmp_path)
    check_example(tmp_path / "read_flows")
    made = tmp_path / "made.pcap"
    run(tmp_path / "make_packets", made)
    packets = [json.loads(x) for x in run(prefix / "bin" / "flowloom", "packets", made).splitlines()]
    assert [x["protocols"] for x in packets] == ["eth:ethertype:ip:tcp", "eth:ethertype:ipv6:udp:dns"]


@pytest.mark.parametrize("static", [False, True], ids=["shared-dependencies", "pkg-config --static"])
def test_example_with_pkg_config(prefix, pkg_config, tmp_path, static) -> None:
    flags = run("pkg-config", *(["--static"] if static else []), "--cflags", "--libs", "flowloom", env=pkg_config)
    program = tmp_path / "read_flows"
    run("g++", "-std=c++23", ROOT / "examples" / "read_flows.cpp", *shlex.split(flags), "-o", program)
    check_example(program)


def test_each_public_header_compiles_alone(prefix, pkg_config, tmp_path) -> None:
    headers = sorted(path.name for path in (prefix / "include" / "flowloom").iterdir())
    assert headers == sorted(path.name for path in (ROOT / "include" / "flowloom").iterdir())
    flags = shlex.split(run("pkg-config", "--cflags", "flowloom", env=pkg_config))
    for header in headers:
        run("g++", "-std=c++23", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", *flags, "-include",
            f"flowloom/{header}", "-x", "c++", "/dev/null")


def test_an_older_standard_is_told_as_such(pkg_config) -> None:
    flags = shlex.split(run("pkg-config", "--cflags", "flowloom", env=pkg_config))
    command = ["g++", "-std=c++20", *flags, "-fsyntax-only", "-include", "flowloom/flows.hpp", "-x", "c++", "/dev/null"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0 and "compile with -std=c++23" in done.stderr


@pytest.mark.parametrize(("kind", "read", "needed"), [
    ("arrow", lambda path: pyarrow.ipc.open_file(path).read_all(), {"libarrow"}),
    ("parquet", pyarrow.parquet.read_table, {"libarrow", "libparquet"}),
])
def test_command_writes_tables(prefix, tmp_path, kind, read, needed) -> None:
    """With the components' own copies of Arrow, not those of the build."""
    table = tmp_path / f"flows.{kind}"
    run(prefix / "bin" / "flowloom", "flows", SAMPLE, "-o", table)
    assert read(table).num_rows == 4
    libraries = run("ldd", prefix / "lib" / "flowloom" / f"libflowloom_{kind}.so")
    assert set(re.findall(r"lib(?:arrow|parquet)(?=\.)", libraries)) == needed
    for name in needed:
        where = re.search(rf"{name}\.so\.\S+ => (\S+)", libraries)
        assert where, libraries
        assert not where[1].startswith(f"{ROOT}/"), "found in the checkout, not in the installation"


def test_command_starts_without_what_few_need(prefix) -> None:
    libraries = run("ldd", prefix / "bin" / "flowloom")
    assert not re.search("arrow|pcap|crypto", libraries), libraries


def test_nothing_installed_names_the_build(prefix) -> None:
    """Texts that are installed can be moved to any place or machine."""
    for path in [*prefix.rglob("*.cmake"), *prefix.rglob("*.pc"), *prefix.rglob("*.hpp")]:
        text = path.read_text()
        assert str(ROOT) not in text and str(prefix) not in text, path


def test_make_install_honours_destdir_and_prefix(tmp_path) -> None:
    cache = ROOT / "build" / "CMakeCache.txt"
    before = re.search(r"CMAKE_INSTALL_PREFIX:PATH=(.*)", cache.read_text())[1]
    stage = tmp_path / "with space"
    try:
        run("make", "-s", "install", f"DESTDIR={stage}", f"PREFIX={before} too", cwd=ROOT)
    finally:
        run("cmake", f"-DCMAKE_INSTALL_PREFIX={before}", ROOT / "build")
    installed = stage / f"{before} too".lstrip("/")
    for name in ("bin/flowloom", "lib/libflowloom.a", "lib/flowloom/libflowloom_arrow.so", "lib/flowloom/libflowloom_parquet.so",
                 "lib/cmake/flowloom/flowloomConfig.cmake", "lib/pkgconfig/flowloom.pc",
                 "share/doc/flowloom/LICENSE"):
        assert (installed / name).is_file(), name
