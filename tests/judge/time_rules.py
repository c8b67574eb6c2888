"""What becomes of times in tshark 4.0, in exact arithmetic: rules of field_rules.py."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Callable

from field_frame import Frame, Values


def _parts(text: str) -> tuple[int, int]:
    """Seconds and nanoseconds, both with the sign, as tshark prints them: the second may have more than nine digits."""
    sign = -1 if text.startswith("-") else 1
    seconds, _, nanoseconds = text.lstrip("-").partition(".")
    return sign * int(seconds), sign * int(nanoseconds)


def _nanoseconds(text: str) -> int:
    seconds, nanoseconds = _parts(text)
    return seconds * 10**9 + nanoseconds


def _not_carried(own: str, other: str) -> bool:
    """The same time with 10^9 nanoseconds or more, of which 32 bits are kept; the printed sign is the seconds'."""
    seconds, nanoseconds = _parts(other)
    told = (abs(seconds), -abs(seconds))
    missing = [_nanoseconds(own) - x * 10**9 for x in told]
    return abs(nanoseconds) >= 10**9 and any((x - y) % 2**32 == 0 for x in missing for y in (nanoseconds, -nanoseconds))


def _overflown(own: str, other: str) -> bool:
    """Units of a second times 10^9 is more than 64 bits hold, for some if_tsresol: a power of 2 or of 10."""
    (seconds, nanoseconds), (told, fraction) = _parts(own), _parts(other)
    for units in [2**x for x in range(35, 64)] + [10**x for x in range(11, 20)]:
        product = nanoseconds * units // 10**9 * 10**9
        if product >= 2**64 and product % 2**64 // units == fraction:
            return seconds == told
    return False


Answer = tuple[Values, Values]


def _epoch(answer: Answer, wrong: Callable[[str, str], bool]) -> tuple[bool, int]:
    """Whether tshark's time is wrong in this way; that time."""
    own, other = (x.get("frame.time_epoch", [""])[0] for x in answer)
    return (bool(own and other) and wrong(own, other), _nanoseconds(other) if other else 0)


# Times that are counted from another frame's.
SINCE = {"frame.time_delta": "previous", "frame.time_relative": "first"}


def time_fraction(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    if name == "frame.time":
        return _epoch((frame.own, frame.other), _not_carried)[0]
    times = name == "frame.time_epoch" or name in SINCE
    return times and len(own) == len(other) == 1 and _not_carried(own[0], other[0])


def time_resolution(name: str, own: list[str], other: list[str], frame: Frame) -> bool:
    wrong, here = _epoch((frame.own, frame.other), _overflown)
    if name in ("frame.time", "frame.time_epoch"):
        return wrong
    if name not in SINCE or len(other) != 1:
        return False
    wrong_there, there = _epoch(getattr(frame, SINCE[name]), _overflown)
    return (wrong or wrong_there) and _nanoseconds(other[0]) == here - there


def _moment(text: str) -> tuple[int, int]:
    """Seconds since 1970 and what is behind the point, of a time in words."""
    whole, _, rest = text.removesuffix(" UTC").partition(".")
    when = datetime.strptime(whole, "%b %d, %Y %H:%M:%S").replace(tzinfo=timezone.utc)
    return int(when.timestamp()), int(rest)


# From 1900, where NTP's time begins, to 1970.
SECONDS_BEFORE_1970 = 2_208_988_800


def ntp_as_unix(own: str, other: str) -> bool:
    (seconds, nanoseconds), (told, fraction) = _moment(own), _moment(other)
    return told == seconds + SECONDS_BEFORE_1970 and fraction * 10**9 >> 32 == nanoseconds
