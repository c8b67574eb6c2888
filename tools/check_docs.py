"""Runs the examples of the documentation and compares what they print with what is shown.

    tools/check_docs.py [--update] [FILE...]        (default: README.md and docs/**/*.md)

An example is a block that begins with ```console and a line `$ command`. It is run if it calls flowloom;
other blocks (how to install, …) are only for reading. Commands see a terminal of 110 columns, build/bin and
build/venv/bin come first in PATH, and the working folder looks like the checkout, so that `tests/pcaps/…`
is there while files that are written vanish afterwards. A command must succeed. What it prints on the
terminal is compared, standard error last; in the text shown, `…` stands for anything within a line, and a
line of only `…` for any number of lines. --update writes what is printed into blocks that differ.
"""

import argparse
import contextlib
import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALLS_FLOWLOOM = re.compile(r"(^|[|&;(]\s*)flowloom\b", re.MULTILINE)
TIMEOUT = 60


def run_on_terminal(command: str, folder: pathlib.Path) -> tuple[int, str]:
    """Exit status and output of a shell command whose standard output is a terminal."""
    environment = dict(os.environ, PATH=f"{ROOT}/build/bin:{ROOT}/build/venv/bin:{os.environ['PATH']}",
                       TERM="dumb", COLUMNS="110", LC_ALL="C.UTF-8", TZ="UTC")
    terminal, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 110, 0, 0))
    chunks: list[bytes] = []

    def collect() -> None:
        with contextlib.suppress(OSError):  # EIO: the last writer has closed the terminal
            while data := os.read(terminal, 65536):
                chunks.append(data)

    process = subprocess.Popen(["bash", "-o", "pipefail", "-c", command], cwd=folder, env=environment,
                               stdin=subprocess.DEVNULL, stdout=slave, stderr=subprocess.PIPE)
    os.close(slave)
    reader = threading.Thread(target=collect)
    reader.start()
    try:
        errors = process.communicate(timeout=TIMEOUT)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        errors = process.communicate()[1] + b"(timed out)\n"
    reader.join()
    os.close(terminal)
    return process.returncode, (b"".join(chunks).replace(b"\r\n", b"\n") + errors).decode(errors="replace")


def split_commands(block: str) -> list[tuple[str, str]]:
    """A block's commands (continued lines joined as they are) and the text shown after each."""
    commands: list[list[str]] = []
    continued = False
    for line in block.splitlines(keepends=True):
        if continued:
            commands[-1][0] += line
        elif line.startswith("$ "):
            commands.append([line[2:], ""])
        else:
            commands[-1][1] += line
        continued = (continued or line.startswith("$ ")) and line.endswith("\\\n")
    return [(command, shown) for command, shown in commands]


def strip_ends(text: str) -> str:
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def matches(shown: str, printed: str) -> bool:
    pattern = ""
    for line in strip_ends(shown).splitlines():
        if line == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split("…")) + r"\n"
    return re.fullmatch(pattern, strip_ends(printed)) is not None


def check_file(path: pathlib.Path, update: bool) -> tuple[int, list[str]]:
    """How many commands were run, and what is wrong."""
    text = path.read_text(encoding="utf-8")
    problems: list[str] = []
    count = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for entry in ROOT.iterdir():
            (folder / entry.name).symlink_to(entry)

        def run_block(found: re.Match) -> str:
            nonlocal count
            block = found[1]
            if not block.startswith("$ ") or not any(CALLS_FLOWLOOM.search(c) for c, _ in split_commands(block)):
                return found[0]
            line = text.count("\n", 0, found.start()) + 1
            new = ""
            for command, shown in split_commands(block):
                count += 1
                status, printed = run_on_terminal(command, folder)
                where = f"{path.relative_to(ROOT)}:{line}: $ {command.strip()}"
                if status != 0:
                    problems.append(f"{where}\n  exit status {status}:\n{printed}")
                elif not matches(shown, printed):
                    if update:
                        shown = strip_ends(printed)
                    else:
                        problems.append(f"{where}\n--- shown\n{shown}--- printed\n{printed}")
                new += f"$ {command}{shown}"
            return f"```console\n{new}```"

        new_text = BLOCK.sub(run_block, text)
    if new_text != text:
        path.write_text(new_text, encoding="utf-8")
    return count, problems


def self_test() -> None:
    assert matches("a  \n…\nz\n", "a\nb\nc\nz\n") and matches("a\n…\n", "a\n") and matches("took … s\n", "took 3 s\n")
    assert not matches("a\n", "a\nb\n") and not matches("a.c\n", "abc\n") and not matches("a\n…\nz\n", "a\n")
    assert split_commands("$ a \\\n  b\nout\n$ c\n") == [("a \\\n  b\n", "out\n"), ("c\n", "")]
    assert run_on_terminal("test -t 1 && echo yes && false", ROOT) == (1, "yes\n")
    assert run_on_terminal("echo e >&2; echo o", ROOT) == (0, "o\ne\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    self_test()
    files = [f.resolve() for f in options.files] or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    total, problems = 0, []
    for path in files:
        count, found = check_file(path, options.update)
        total += count
        problems += found
    print("\n".join(problems + [f"{total} commands run, {len(problems)} wrong"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
