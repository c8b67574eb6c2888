"""What the machine may do to a run: no memory, no disk, no permission. Each ends in a clear error, with nothing
overwritten and nothing left behind."""

from __future__ import annotations

import gzip
import os
import re
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from test_command import FLOWLOOM, SMALL, A, ethernet, pcap, udp

FORMATS = ("jsonl", "json", "csv", "tsv", "txt", "parquet", "arrow")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 flows: several megabytes in every format."""
    path = tmp_path_factory.mktemp("large") / "large.pcap"
    path.write_bytes(pcap([(i / 1000, ethernet(udp(A, (f"10.{i >> 8}.{i & 255}.9", 7), size=i % 900)))
                           for i in range(20000)]))
    return path


def run(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FLOWLOOM, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)


def fails_and_keeps(result: subprocess.CompletedProcess[str], out: Path, says: str) -> None:
    assert result.returncode == 1, (result.returncode, result.stderr)
    assert says in result.stderr
    assert out.read_text() == "older"
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize("extension", FORMATS)
def test_file_size_limit(large: Path, tmp_path: Path, extension: str) -> None:
    out = tmp_path / f"out.{extension}"
    out.write_text("older")
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # noqa: E731
    fails_and_keeps(run("flows", large, "-o", out, preexec_fn=limit), out, "File too large")


@pytest.mark.parametrize("extension", FORMATS)
def test_full_disk(large: Path, tmp_path: Path, extension: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        out = disk / f"out.{extension}"
        out.write_text("older")
        fails_and_keeps(run("flows", large, "-o", out), out, "No space left on device")
    finally:
        subprocess.run(["umount", disk], check=True)


def test_full_device() -> None:
    small = subprocess.run([FLOWLOOM, "flows", "-", "-o", "/dev/full", "--format", "jsonl"], input=SMALL, capture_output=True)
    assert small.returncode == 1 and b"No space left on device" in small.stderr


@pytest.mark.parametrize("megabytes", [24, 32, 48, 64, 96, 128, 150, 160, 170, 180, 192, 224, 256])
@pytest.mark.parametrize("extension", ["jsonl", "parquet"])
def test_little_memory(large: Path, tmp_path: Path, megabytes: int, extension: str) -> None:
    """Whatever the limit on memory, either the job is done or the error is clear."""
    out = tmp_path / f"out.{extension}"
    out.write_text("older")
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20,) * 2)  # noqa: E731
    result = run("flows", large, "-o", out, preexec_fn=limit)
    if result.returncode == 0:
        assert out.read_bytes() != b"older"
        return
    assert result.returncode in (1, 127), (result.returncode, result.stderr)  # 127: the loader had no memory
    assert result.stderr
    assert out.read_text() == "older" and list(tmp_path.iterdir()) == [out]


def no_threads() -> None:
    """Of each thread's stack the system is asked for as much as RLIMIT_STACK says: here there is never room for one."""
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 36, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (1 << 34,) * 2)


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_STACK)[1] != resource.RLIM_INFINITY, reason="stacks have a limit")
@pytest.mark.parametrize("command", [
    ("flows",), ("flows", "--order", "end"), ("flows", "--order", "end", "--threads", "1"), ("flows", "--max-flows", "50"),
    ("flows", "--max-flows", "50", "--no-sequences"), ("flows", "--idle-timeout", "0.01"), ("flows", "--limit", "99", "--order", "end"),
    ("flows", "--order", "end", "--filter", "udp.length > 300", "--fields", "ip.ttl"), ("packets", "--fields", "ip.id,udp.length"),
    ("packets", "--count"),
], ids=" ".join)  # fmt: skip
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_no_threads(large: Path, tmp_path: Path, command: tuple[str, ...], packed: bool) -> None:
    """The calling thread does it all, with the same result."""
    capture = tmp_path / "large.pcap"
    capture.write_bytes(gzip.compress(large.read_bytes(), 1) if packed else large.read_bytes())
    alone, want = (run(*command, capture, preexec_fn=x) for x in (no_threads, None))
    assert (alone.returncode, alone.stderr) == (0, ""), alone.stderr
    assert alone.stdout == want.stdout and len(want.stdout) > 2


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_STACK)[1] != resource.RLIM_INFINITY, reason="stacks have a limit")
def test_no_threads_and_damage(large: Path, tmp_path: Path) -> None:
    """Errors and early ends, too: a capture that is cut, an output that is full, a reader that goes away."""
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(large.read_bytes()[:-3])
    asked = ("flows", "--order", "end", cut)
    alone, want = (run(*asked, preexec_fn=x) for x in (no_threads, None))
    assert alone.returncode == 3 and (alone.stdout, alone.stderr) == (want.stdout, want.stderr)
    several = (run("flows", "--max-flows", "5", large, cut, large, preexec_fn=x) for x in (no_threads, None))
    assert len({(x.returncode, x.stdout, x.stderr) for x in several}) == 1
    full = run(*asked, "-o", "/dev/full", "--format", "csv", preexec_fn=no_threads)
    assert full.returncode == 1 and "No space left on device" in full.stderr
    with subprocess.Popen([FLOWLOOM, *map(str, asked)], stdout=subprocess.PIPE, preexec_fn=no_threads) as process:
        assert process.stdout is not None and process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) in (0, -13, 141)


def test_folder_missing(large: Path, tmp_path: Path) -> None:
    result = run("flows", large, "-o", tmp_path / "nowhere" / "out.parquet")
    assert result.returncode == 1 and "nowhere" in result.stderr and "No such file or directory" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_folder_in_the_way(large: Path, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").mkdir()
    result = run("flows", large, "-o", tmp_path / "out.jsonl")
    assert result.returncode == 1 and result.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "out.jsonl"] and not list((tmp_path / "out.jsonl").iterdir())


def run_with_permissions(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """As run(), but permissions count for root too. (Another user might not even reach the program.)"""
    capabilities = "-dac_override,-dac_read_search"
    drop = ["setpriv", f"--bounding-set={capabilities}", f"--inh-caps={capabilities}"] if os.geteuid() == 0 else []
    command = [*drop, FLOWLOOM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def test_unreadable_capture(tmp_path: Path) -> None:
    path = tmp_path / "secret.pcap"
    path.write_bytes(SMALL)
    path.chmod(0)
    result = run_with_permissions("flows", path)
    assert result.returncode == 1 and "Permission denied" in result.stderr and "secret.pcap" in result.stderr


def test_folder_not_writable(large: Path, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    result = run_with_permissions("flows", large, "-o", folder / "out.jsonl")
    assert result.returncode == 1 and "Permission denied" in result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("errors", ["2>&-", "2>/dev/full", "<&- >&- 2>&-"])
def test_no_room_for_messages_changes_nothing_else(errors: str, tmp_path: Path) -> None:
    """A closed descriptor is not taken by a file, which would get the messages."""
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes(SMALL + bytes(5))
    plain = run("flows", "damaged.pcap", "-o", "plain.jsonl", cwd=tmp_path)
    assert plain.returncode == 3 and "offset" in plain.stderr

    def shell(command: str) -> int:
        return subprocess.run(f"{FLOWLOOM} {command} {errors}", shell=True, cwd=tmp_path, timeout=60).returncode

    assert shell("flows damaged.pcap -o out.jsonl --progress always") == 3
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "plain.jsonl").read_bytes()
    assert (shell("flows missing.pcap"), shell("flows --no-such-option")) == (1, 2)
    assert shell("packets damaged.pcap -v -o out.pcap") == 3
    assert (tmp_path / "out.pcap").read_bytes() == SMALL


@pytest.mark.parametrize("output", [">/dev/full", ">&-"])
@pytest.mark.parametrize(
    "command",
    ["--help", "--version", "flows --help", "fields", "info --format json" + " x.pcap" * 20, "packets --count x.pcap"],
)
def test_what_is_not_printed_is_an_error(command: str, output: str, tmp_path: Path) -> None:
    (tmp_path / "x.pcap").write_bytes(SMALL)
    done = subprocess.run(f"{FLOWLOOM} {command} {output}", shell=True, cwd=tmp_path, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"standard output" in done.stderr and done.stderr.count(b"\n") == 1


SHORT_READS = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>

static ssize_t read_some(const char* name, int fd, void* to, size_t size, off_t at) {
  ssize_t (*real)(int, void*, size_t, off_t) = dlsym(RTLD_NEXT, name);
  const char* const end = getenv("READS_FAIL_FROM");
  if (end != NULL && at >= atol(end)) {
    errno = EIO;
    return -1;
  }
  if (end != NULL && at + (off_t)size > atol(end)) size = atol(end) - at;
  return real(fd, to, size < 1000 ? size : 1000, at);
}
ssize_t pread(int fd, void* to, size_t size, off_t at) { return read_some("pread", fd, to, size, at); }
ssize_t pread64(int fd, void* to, size_t size, off_t at) { return read_some("pread64", fd, to, size, at); }
"""


@pytest.fixture(scope="module")
def short_reads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library to be loaded before others: reads give 1000 bytes at most, and fail from READS_FAIL_FROM on."""
    folder = tmp_path_factory.mktemp("short_reads")
    (folder / "reads.c").write_text(SHORT_READS)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", folder / "reads.so", folder / "reads.c", "-ldl"], check=True)
    return folder / "reads.so"


@pytest.mark.parametrize("threads", [1, 2])
def test_reads_that_are_short_lose_nothing(large: Path, short_reads: Path, tmp_path: Path, threads: int) -> None:
    captures = tmp_path / "captures"
    captures.mkdir()
    for i in range(40):
        packets = [(n, ethernet(udp(A, (f"10.0.{i}.{n}", 7), size=50 * n))) for n in range(1, 3 + i % 20)]
        (captures / f"{i:02}.pcap").write_bytes(pcap(packets))
    (captures / "large.pcap").write_bytes(large.read_bytes()[:300_000])
    whole = run("flows", captures, "--threads", threads)
    assert whole.returncode == 3  # the large one is cut
    shorter = run("flows", captures, "--threads", threads, env={**os.environ, "LD_PRELOAD": str(short_reads)})
    assert (shorter.returncode, shorter.stderr, shorter.stdout) == (whole.returncode, whole.stderr, whole.stdout)

    # What cannot be read is told, in a small file as in a large one, and all before it is there.
    failing = run("flows", captures, "--threads", threads,
                  env={**os.environ, "LD_PRELOAD": str(short_reads), "READS_FAIL_FROM": "2000"})
    assert failing.returncode == 3
    for i in range(40):
        name = f"{i:02}.pcap"
        told = any(name in line and "Input/output error" in line for line in failing.stderr.splitlines())
        assert told == ((captures / name).stat().st_size >= 2000), name


@pytest.mark.parametrize("packed", [False, True])
def test_ctrl_c_is_no_damage(packed: bool) -> None:
    """What a pipe brings next is not known: a record of which half was there is not cut."""
    whole = pcap([(i, ethernet(udp(A, ("10.0.0.9", 7), size=500))) for i in range(50)])
    part = gzip.compress(whole)[:-100] if packed else whole[:-100]
    for arguments in (["info", "-", "--format", "json"], ["flows", "-"], ["flows", "-", "--order", "end"]):
        process = subprocess.Popen([FLOWLOOM, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=False)
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(part)
        process.stdin.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, errors = process.stdout.read(), process.stderr.read()
        assert process.wait(timeout=30) == 130
        assert not re.search(b"cut|early", errors) and b'damage": {' not in out, (errors, out)
    done = subprocess.run([FLOWLOOM, "flows", "-"], input=part, capture_output=True)
    assert done.returncode == 3 and re.search(b"cut|early", done.stderr), "the end of a pipe is the end"


def test_names_that_cannot_be_meant() -> None:
    for command in ("flows", "packets"):
        done = run(command, "-", "-o", "", stdin=subprocess.DEVNULL)
        assert (done.returncode, done.stdout) == (2, "") and "the name is empty" in done.stderr
    for arguments in (["flows", "-", "-"], ["flows", "-", "-", "--join"], ["info", "-", "-"], ["packets", "-", "-"]):
        done = run(*arguments, stdin=subprocess.DEVNULL)
        assert (done.returncode, done.stdout) == (2, "") and "can be read once" in done.stderr
