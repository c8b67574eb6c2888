"""The named rules by which tshark's and flowloom's values of fields may differ. docs/judge.md gives the reasons.

No rule names a capture; each counts how often it was used and has a limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

Values = dict[str, list[str]]

# Fields that tshark 4.0 does not know; another judge is named.
UNKNOWN_TO_TSHARK: dict[str, str] = {}
# Fields whose type is another one here, and why.
OTHER_TYPE: dict[str, str] = {}
# Fields whose values cannot be compared, and why.
NOT_COMPARED: dict[str, str] = {}


@dataclass(slots=True)
class Frame:
    """Both answers about one frame."""

    own: Values
    other: Values


Rule = Callable[[str, list[str], list[str], Frame], bool]

# rule: (largest share of compared values, what it says, predicate)
RULES: dict[str, tuple[float, str, Rule]] = {}


def explains(name: str, own: list[str], other: list[str], frame: Frame) -> str | None:
    for rule, (_, _, holds) in RULES.items():
        if holds(name, own, other, frame):
            return rule
    return None
