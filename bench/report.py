"""What was measured: as JSON, as a table for the terminal and for Markdown, and whether targets are met."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from agreement import Agreement
from capture import Contents
from contestant import Contestant

ROOT = Path(__file__).resolve().parent.parent

# What the project promises of whole sequences on all cores: times dd's time, times faster than others.
TIMES_DD = {"arrow": 1.5, "parquet": 2.2}
FASTER = {"nfpcapd": 3, "argus": 6, "NFStream, whole": 60}
SECOND_THREAD = 1.7
MEMORY_BASE, MEMORY_PACKET, MEMORY_FLOW = 100_000_000, 20, 350


def machine() -> dict:
    model = re.search(r"^model name\s*: (.*)$", read("/proc/cpuinfo"), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+) kB$", read("/proc/meminfo"), re.MULTILINE)
    return {
        "processor": model.group(1) if model else platform.processor(),
        "cores": os.cpu_count(),
        "memory": int(memory.group(1)) * 1024 if memory else None,
        "system": f"{platform.system()} {platform.machine()}",
    }


def read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def commit() -> str:
    if not shutil.which("git"):
        return "unknown"
    said = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip() or "unknown"


def results(
    contestants: list[Contestant],
    absent: list[str],
    whole: Contents,
    part: Contents,
    flows: int | None,
    agreement: Agreement,
    threads: int,
) -> dict:
    """Everything in plain values. `reference`: flowloom to .arrow on all threads, over the same packets."""
    reference = {
        c.on_part: c
        for c in contestants
        if c.name.startswith("flowloom .arrow") and not c.failure and f", {threads} thread" in c.name
    }
    dd = next(c for c in contestants if c.name == "dd")
    rows = []
    for c in contestants:
        row = {"name": c.name, "gives": c.gives, "version": c.version, "on_part": c.on_part}
        if c.failure:
            rows.append({**row, "failure": c.failure})
            continue
        ours = reference.get(c.on_part)
        rows.append(
            {
                **row,
                "elapsed": c.elapsed,
                "processor": c.processor,
                "others": c.others,
                "seconds": c.seconds,
                "seconds_are": "processor" if c.ticks else "elapsed",
                "seconds_per_gb": c.seconds * 1e9 / (part if c.on_part else whole).size,
                "times_dd": None if c.on_part else c.seconds / dd.seconds,
                "times_flowloom": c.seconds / ours.seconds if ours else None,
                "peak_rss": c.peak_rss,
                "peak_anonymous": c.peak_anonymous,
            }
        )
    return {
        "commit": commit(),
        "machine": machine(),
        "threads": threads,
        "capture": vars(whole),
        "part": vars(part),
        "flows": flows,
        "agreement": agreement.lines,
        "contestants": rows,
        "absent": absent,
        "targets": targets(rows, whole, flows, threads),
    }


def targets(rows: list[dict], whole: Contents, flows: int | None, threads: int) -> list[dict]:
    by_name = {row["name"]: row for row in rows if not row["on_part"] and "failure" not in row}
    of_all = f", {threads} thread{'s' if threads > 1 else ''}"
    out = []

    def add(what: str, limit: float, value: float, at_most: bool) -> None:
        met = value <= limit if at_most else value >= limit
        out.append({"what": what, "limit": limit, "value": value, "at_most": at_most, "met": met})

    for kind, limit in TIMES_DD.items():
        row = by_name.get(f"flowloom .{kind}{of_all}")
        if row is None:
            continue
        add(f"flowloom .{kind}{of_all}: times dd", limit, row["times_dd"], True)
        if flows is not None:
            budget = MEMORY_BASE + MEMORY_PACKET * whole.packets + MEMORY_FLOW * flows
            add(f"flowloom .{kind}{of_all}: anonymous memory", budget, row["peak_anonymous"], True)
    for name, limit in FASTER.items():
        if name in by_name and by_name[name]["times_flowloom"] is not None:
            add(
                f"flowloom .arrow{of_all}: times faster than {name}",
                limit,
                by_name[name]["times_flowloom"],
                False,
            )
    one, two = by_name.get("flowloom .arrow, 1 thread"), by_name.get("flowloom .arrow, 2 threads")
    if one and two:
        add("flowloom .arrow: two threads against one", SECOND_THREAD, one["seconds"] / two["seconds"], False)
    return out


HEAD = ["", "seconds", "processor", "s/GB", "× dd", "× flowloom", "peak MB"]
WIDTHS = [31, 10, 11, 9, 9, 12, 9]


def cells(row: dict) -> list[str]:
    name = row["name"] + (" ¹" if row["on_part"] else "")
    if "failure" in row:
        return [name, f"failed: {row['failure']}"]
    dd, ours = row["times_dd"], row["times_flowloom"]
    return [
        name,
        f"{min(row['elapsed']):.3f}" + (" ²" if row["seconds_are"] == "processor" else ""),
        f"{min(row['processor']):.3f}",
        f"{row['seconds_per_gb']:.3g}",
        f"{dd:.2f}" if dd is not None else "",
        f"{ours:.2f}" if ours is not None and ours < 10 else f"{ours:.0f}" if ours is not None else "",
        f"{row['peak_rss'] / 1e6:.0f}" if row["peak_rss"] else "",
    ]


def notes(said: dict) -> list[str]:
    out = []
    if any(row["on_part"] for row in said["contestants"]):
        part = said["part"]
        out.append(
            f"¹ over the capture's first {part['packets']:,} packets ({part['size'] / 1e6:.0f} MB); "
            "× flowloom: against flowloom over the same packets, all cores"
        )
    if any(row.get("seconds_are") == "processor" for row in said["contestants"]):
        out.append("² ends at a full second only: what counts is its processor time")
    return out


def in_columns(line: list[str]) -> str:
    first, *rest = zip(line, WIDTHS, strict=True)
    return first[0].ljust(first[1]) + "".join(cell.rjust(width) for cell, width in rest)


def text_table(said: dict) -> str:
    lines = [in_columns(HEAD)]
    for row in said["contestants"]:
        line = cells(row)
        if "failure" in row:
            lines.append(line[0].ljust(WIDTHS[0]) + "  " + line[1])
        else:
            lines.append(in_columns(line))
    lines += notes(said)
    if said["absent"]:
        lines.append("not installed (make bench-tools): " + ", ".join(said["absent"]))
    lines.append("")
    for target in said["targets"]:
        lines.append(
            f"{'met    ' if target['met'] else 'NOT MET'}  {target['what']}: {number(target['value'])} "
            f"({'≤' if target['at_most'] else '≥'} {number(target['limit'])})"
        )
    return "\n".join(lines)


def number(value: float) -> str:
    return f"{value / 1e6:.0f} MB" if value > 1e6 else f"{value:.3g}"


def markdown(said: dict) -> str:
    """For docs/benchmarks.md."""
    machine, capture = said["machine"], said["capture"]
    lines = [
        f"Machine: {machine['cores']} cores ({machine['processor']}), "
        f"{(machine['memory'] or 0) / 2**30:.0f} GiB of memory, {machine['system']}. "
        f"Capture: {capture['packets']:,} packets in {capture['size'] / 1e9:.2f} GB, "
        f"{said['flows'] or 0:,} flows.",
        "",
        "| | gives | seconds | processor | s/GB | × dd | × flowloom | peak MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in said["contestants"]:
        line = cells(row)
        label = (
            f"{line[0].removesuffix(' ¹')} {row['version']}".strip()
            if "flowloom" not in row["name"]
            else line[0]
        )
        label += " ¹" if row["on_part"] and not label.endswith("¹") else ""
        rest = line[1:] if "failure" not in row else [line[1], "", "", "", "", ""]
        lines.append("| " + " | ".join([label, row["gives"], *rest]) + " |")
    lines += ["", *(f"{note}.  " for note in notes(said))]
    return "\n".join(lines).rstrip() + "\n"


def into_page(said: dict, page: Path) -> None:
    """Replaces what lies between the page's two markers."""
    begin, end = "<!-- results -->\n", "<!-- end of results -->"
    before, rest = page.read_text().split(begin)
    after = rest.split(end)[1]
    page.write_text(before + begin + "\n" + markdown(said) + "\n" + end + after)
