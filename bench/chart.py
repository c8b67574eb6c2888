"""The results as a picture: a row a contestant, its time for a gigabyte and its peak of memory, both on
logarithmic scales. Colours and background suit light pages and dark ones."""

from __future__ import annotations

import math
from html import escape

OURS, THEIRS, TEXT, LINE = "#d9622b", "#5b87a8", "#808080", "#80808055"
WIDTH, LEFT, TIME, MEMORY, GAP = 920, 240, 380, 160, 60
ROW, TOP, BOTTOM = 24, 46, 56


class Scale:
    """Powers of ten around the values, over `width` points from `left`."""

    def __init__(self, values: list[float], left: int, width: int) -> None:
        self.low = math.floor(math.log10(min(values)))
        self.high = max(math.ceil(math.log10(max(values))), self.low + 1)
        self.left, self.width = left, width

    def at(self, value: float) -> float:
        return self.left + self.width * (math.log10(value) - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def text(x: float, y: float, words: str, anchor: str = "start", color: str = TEXT, extra: str = "") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}"{extra}>{escape(words)}</text>'
    )


def short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def draw(said: dict) -> str:
    rows = [row for row in said["contestants"] if not (row["on_part"] and row["name"].startswith("flowloom"))]
    rows.sort(key=lambda row: row.get("seconds_per_gb", math.inf))
    timed = [row for row in rows if "failure" not in row]
    height = TOP + ROW * len(rows) + BOTTOM
    time = Scale([row["seconds_per_gb"] for row in timed], LEFT, TIME)
    memory = Scale(
        [row["peak_rss"] / 1e6 for row in timed if row["peak_rss"]] or [1], LEFT + TIME + GAP, MEMORY
    )
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}"'
        ' font-family="sans-serif" font-size="13" role="img" aria-label="Time and memory of each program">'
    ]
    for scale, title in ((time, "seconds for a gigabyte"), (memory, "peak memory, MB")):
        out.append(text(scale.left, 18, title, extra=' font-weight="bold"'))
        for tick in scale.ticks():
            x = scale.at(tick)
            out.append(
                f'<line x1="{x:.1f}" y1="{TOP - 12}" x2="{x:.1f}" y2="{height - BOTTOM}" stroke="{LINE}"/>'
            )
            out.append(text(x, height - BOTTOM + 18, f"{tick:g}", "middle", extra=' font-size="11"'))
    for number, row in enumerate(rows):
        y = TOP + ROW * number + ROW / 2 - 6
        ours = row["name"].startswith("flowloom")
        color, weight = (OURS, ' font-weight="bold"') if ours else (THEIRS, "")
        out.append(
            text(
                LEFT - 14,
                y + 4,
                row["name"] + (" ¹" if row["on_part"] else ""),
                "end",
                OURS if ours else TEXT,
                weight,
            )
        )
        if "failure" in row:
            out.append(text(LEFT + 6, y + 4, "does not run: see the table", extra=' font-style="italic"'))
            continue
        out += dot(time, row["seconds_per_gb"], short(row["seconds_per_gb"]), y, color)
        if row["peak_rss"]:
            out += dot(memory, row["peak_rss"] / 1e6, short(row["peak_rss"] / 1e6), y, color)
    if any(row["on_part"] for row in rows):
        size = said["part"]["size"] / 1e6
        note = f"¹ read only {size:.0f} MB: time for a gigabyte is extrapolated, memory is not"
        out.append(text(LEFT, height - 8, note, extra=' font-size="11"'))
    return "\n".join([*out, "</svg>"]) + "\n"


def dot(scale: Scale, value: float, label: str, y: float, color: str) -> list[str]:
    x = scale.at(value)
    return [
        f'<line x1="{scale.left}" y1="{y:.1f}" x2="{x:.1f}" y2="{y:.1f}" stroke="{color}"'
        ' stroke-opacity="0.35"/>',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{color}"/>',
        text(x + 9, y + 4, label, color=color, extra=' font-size="12"'),
    ]
