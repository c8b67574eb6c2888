"""Runs clang-tidy-19 over src/ and cli/ with the checks of .clang-tidy.

    tools/tidy.py [--jobs N] BUILD_DIR      (a build with compile_commands.json, made by clang)

A file that was found clean is not looked at again until it, a header it includes, its compile command or
.clang-tidy changes: the state is kept in BUILD_DIR/tidy.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = "clang-tidy-19"


def included_files(entry: dict) -> list[pathlib.Path]:
    """The files of the project that a translation unit is made of (compiler's -MM: no system headers)."""
    command = shlex.split(entry["command"])
    start = next(i for i, word in enumerate(command) if "clang++" in word)  # past ccache
    command = command[start:]
    output = command.index("-o")
    del command[output : output + 2]
    command.remove("-c")
    rule = subprocess.run([*command, "-MM"], cwd=entry["directory"], capture_output=True, text=True, check=True)
    return [pathlib.Path(word) for word in rule.stdout.replace("\\\n", " ").split()[1:]]


def fingerprint(entry: dict) -> str:
    digest = hashlib.sha256(entry["command"].encode())
    for path in [ROOT / ".clang-tidy", *sorted(included_files(entry))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def check(entry: dict, build: pathlib.Path) -> tuple[str, str]:
    """The unit's path and what clang-tidy has to say of it; empty when it is clean."""
    source = pathlib.Path(entry["file"])
    name = str(source.relative_to(ROOT))
    stamp = build / "tidy" / name.replace("/", "__")
    print_of_unit = fingerprint(entry)
    if stamp.exists() and stamp.read_text() == print_of_unit:
        return name, ""
    command = [TOOL, "-p", str(build), "--quiet", "--warnings-as-errors=*", str(source)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 0:
        stamp.write_text(print_of_unit)
        return name, ""
    return name, result.stdout or result.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("build", type=pathlib.Path)
    options = parser.parse_args()
    build = options.build.resolve()
    (build / "tidy").mkdir(exist_ok=True)

    entries = json.loads((build / "compile_commands.json").read_text())
    units = [e for e in entries if e["file"].startswith((f"{ROOT}/src/", f"{ROOT}/cli/"))]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for name, complaints in pool.map(lambda e: check(e, build), units):
            if complaints:
                failed += 1
                print(f"-- {name}\n{complaints}")
    print(f"{len(units)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
