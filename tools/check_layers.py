"""Checks that #include lines keep to the layers.

A packet's way through src/ is the list STAGES: a stage includes only base/ and the stages before it. What is
beside that way is in ASIDE.
Public headers include only public headers and the standard library. Arrow's headers stay in the component
that links Arrow; nothing below includes the command line.

    tools/check_layers.py [--self-test]
"""

import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

STAGES = ["base", "capture", "dissect", "filter", "reassemble", "track", "features", "table", "write",
          "store", "report", "engine"]
# Beside the way: what they may include. Only the command includes them.
ASIDE = {"construct": ["base", "capture", "dissect", "filter", "write"], "synth": ["base", "capture", "dissect"]}
ARROW_FOLDER = "src/write/arrow/"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def is_header(path: pathlib.Path) -> bool:
    """A file of the project, also one that CMake makes from its .in."""
    return path.is_file() or path.with_name(path.name + ".in").is_file()


def complaint(root: pathlib.Path, file: str, quote: str, target: str) -> str | None:
    """Why `file` (relative to `root`) may not include `target`; None if it may."""
    parts = file.split("/")
    first = target.split("/")[0]
    if target.startswith("flowloom/"):
        exists = (root / "include" / target).is_file()
        return None if exists else "no such public header"

    if parts[0] == "include":
        if quote == '"' or "/" in target or target.endswith(".h"):
            return "public headers include only public headers and the standard library"
        return None

    if first in ("arrow", "parquet"):
        return None if file.startswith(ARROW_FOLDER) else f"only {ARROW_FOLDER} may include Arrow's headers"
    if first == "CLI" and parts[0] == "src":
        return "the library knows nothing of the command line"
    if quote == "<":
        return None

    if parts[0] == "src":
        if not is_header(root / "src" / target):
            return "not a header of a stage (write the path from src/)"
        allowed = ASIDE.get(parts[1]) or STAGES[: STAGES.index(parts[1])]
        return None if first in (parts[1], *allowed) else f"{parts[1]} may not include {first}"

    # cli/ sees everything below it
    if is_header(root / "src" / target) or is_header(root / "cli" / target):
        return None
    return "no such header in src/ or cli/"


def check(root: pathlib.Path) -> list[str]:
    problems = []
    for folder in ("include", "src", "cli"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".hpp", ".cpp", ".def"):
                continue
            file = path.relative_to(root).as_posix()
            if folder == "src" and file.split("/")[1] not in [*STAGES, *ASIDE]:
                problems.append(f"{file}: not in a stage's folder ({', '.join([*STAGES, *ASIDE])})")
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if match := INCLUDE.match(line):
                    why = complaint(root, file, *match.groups())
                    if why:
                        problems.append(f"{file}:{number}: includes {match[2]}: {why}")
    return problems


def self_test() -> None:
    """A tree with one fault of each kind: each must be found, and nothing else."""
    good = {
        "include/flowloom/error.hpp": "#include <string>\n",
        "include/flowloom/flow.hpp": '#include "flowloom/error.hpp"\n',
        "src/base/cursor.hpp": '#include "flowloom/error.hpp"\n',
        "src/track/table.hpp": '#include "base/cursor.hpp"\n#include <fmt/format.h>\n',
        "src/track/key.hpp": '#include "track/table.hpp"\n',
        "src/engine/run.cpp": '#include "track/table.hpp"\n#include <flowloom/flow.hpp>\n',
        "src/write/arrow/file.cpp": "#include <arrow/api.h>\n",
        "cli/main.cpp": '#include "cli_options.hpp"\n#include <CLI/CLI.hpp>\n#include "engine/run.hpp"\n',
        "cli/synth.cpp": '#include "synth/path.hpp"\n',
        "src/engine/run.hpp": '#include "base/made.hpp"\n',
        "src/base/made.hpp.in": "",
        "src/synth/path.hpp": '#include "synth/path.hpp"\n#include "base/cursor.hpp"\n',
        "cli/cli_options.hpp": "",
    }
    bad = {
        "src/base/a.cpp": '#include "track/table.hpp"\n',
        "src/synth/a.cpp": '#include "track/table.hpp"\n',
        "src/engine/a.cpp": '#include "synth/path.hpp"\n',
        "src/track/b.cpp": '#include "engine/run.hpp"\n#include "synth/path.hpp"\n',
        "src/track/c.cpp": "#include <parquet/api/writer.h>\n",
        "src/track/d.cpp": '#include "table.hpp"\n',
        "src/write/e.cpp": '  # include "cli_options.hpp"\n',
        "src/write/f.cpp": "#include <CLI/CLI.hpp>\n",
        "src/misc/g.cpp": "",
        "src/write/h.cpp": '#include "flowloom/missing.hpp"\n',
        "include/flowloom/i.hpp": '#include "base/cursor.hpp"\n',
        "include/flowloom/j.hpp": "#include <fmt/format.h>\n",
        "include/flowloom/k.hpp": "#include <pcap.h>\n",
        "cli/l.cpp": '#include "nowhere.hpp"\n',
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in (good | bad).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        found = {problem.split(":")[0] for problem in check(root)}
    assert found == set(bad), f"missed {set(bad) - found}, wrongly reported {found - set(bad)}"


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        sys.exit()
    found_problems = check(ROOT)
    print("\n".join(found_problems) or "layers are kept")
    sys.exit(1 if found_problems else 0)
