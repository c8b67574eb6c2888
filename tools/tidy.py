"""Runs clang-tidy-19 over src/ and cli/ with the checks of .clang-tidy.

    tools/tidy.py [--jobs N] BUILD_DIR      (a build with compile_commands.json, made by clang)

Most of the time goes into headers of the system, which checks of syntax walk through anew for each file. So
these checks look at several files of a folder at once, as one file that includes them; where they find
something, or the files do not go together (two functions of one name), at halves of them, and in the end at
each alone: what counts is found in a file alone. The static analyzer skips what a file includes, as do
those of ALONE: they look at each file.

What was found clean is not looked at again until a file, a header it includes, its compile command or
.clang-tidy changes: the state is kept in BUILD_DIR/tidy.
"""

import argparse
import concurrent.futures
import hashlib
import itertools
import json
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = "clang-tidy-19"
ALONE = ("clang-analyzer-", "bugprone-suspicious-include", "misc-unused-alias-decls", "misc-unused-using-decls")
AT_ONCE = 8


def compile_arguments(entry: dict) -> list[str]:
    """The unit's command without compiler (and ccache before it), output and source."""
    command = shlex.split(entry["command"])
    start = next(i for i, word in enumerate(command) if "clang++" in word)
    return command[start + 1 : command.index("-o")]


def included_files(entry: dict) -> list[pathlib.Path]:
    """The files of the project that a translation unit is made of (compiler's -MM: no system headers)."""
    command = ["clang++-19", *compile_arguments(entry), "-MM", entry["file"]]
    rule = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True, check=True)
    return [pathlib.Path(word) for word in rule.stdout.replace("\\\n", " ").split()[1:]]


def fingerprint(entry: dict) -> str:
    digest = hashlib.sha256(entry["command"].encode())
    for path in [ROOT / ".clang-tidy", *sorted(included_files(entry))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Tidy:
    def __init__(self, build: pathlib.Path):
        self.build = build
        self.state = build / "tidy"
        self.state.mkdir(exist_ok=True)
        listed = subprocess.run([TOOL, "--list-checks"], cwd=ROOT, capture_output=True, text=True, check=True)
        checks = listed.stdout.split()[2:]  # behind "Enabled checks:"
        self.alone = [check for check in checks if check.startswith(ALONE)]
        self.together = [check for check in checks if not check.startswith(ALONE)]

    def run(self, units: list[dict], checks: list[str]) -> str:
        """What the checks have to say of the units as one file; empty when they are clean."""
        prints = [*(unit["print"] for unit in units), *checks]
        clean = self.state / hashlib.sha256(",".join(prints).encode()).hexdigest()
        if clean.exists():
            return ""
        source = units[0]["file"]
        if len(units) > 1:
            source = f"{clean}.cpp"
            pathlib.Path(source).write_text("".join(f'#include "{unit["file"]}"\n' for unit in units))
        command = [TOOL, "--quiet", "--warnings-as-errors=*", f"--config-file={ROOT / '.clang-tidy'}"]
        command += ["--checks=-*," + ",".join(checks), source, "--", *compile_arguments(units[0])]
        result = subprocess.run(command, cwd=units[0]["directory"], capture_output=True, text=True)
        if result.returncode == 0:
            clean.touch()
            return ""
        return result.stdout or result.stderr or f"{source}: {TOOL} ended with {result.returncode}\n"

    def look_over(self, units: list[dict]) -> str:
        """What the checks of syntax find."""
        found = self.run(units, self.together)
        if not found or len(units) == 1:
            return found
        half = len(units) // 2
        return self.look_over(units[:half]) + self.look_over(units[half:])

    def analyze(self, unit: dict) -> str:
        """What the static analyzer finds, and the others that look at a file alone."""
        return self.run([unit], self.alone)


def groups(units: list[dict]) -> list[list[dict]]:
    """Units of one folder that are compiled alike, a few at a time."""

    def alike(unit: dict) -> tuple[pathlib.Path, list[str]]:
        return pathlib.Path(unit["file"]).parent, compile_arguments(unit)

    some = []
    for _, group in itertools.groupby(sorted(units, key=alike), alike):
        all_of_them = list(group)
        some += [all_of_them[i : i + AT_ONCE] for i in range(0, len(all_of_them), AT_ONCE)]
    return some


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("build", type=pathlib.Path)
    options = parser.parse_args()
    tidy = Tidy(options.build.resolve())
    entries = json.loads((tidy.build / "compile_commands.json").read_text())
    units = [e for e in entries if e["file"].startswith((f"{ROOT}/src/", f"{ROOT}/cli/"))]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for unit, fingerprint_of_unit in zip(units, pool.map(fingerprint, units)):
            unit["print"] = fingerprint_of_unit
        work = [pool.submit(tidy.look_over, group) for group in groups(units)]
        work += [pool.submit(tidy.analyze, unit) for unit in units]
        findings = [found for done in work if (found := done.result())]
    print("".join(findings), end="")
    print(f"{len(units)} files, {len(findings) or 'no'} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
