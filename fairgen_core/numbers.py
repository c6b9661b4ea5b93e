"""Numbers, shares and times in words, the same in cards, tables and charts."""

from __future__ import annotations

import math

from fairgen_core.words import TEXT, say


def number(value: float | None, digits: int = 3) -> str:
    """A number for people: three significant digits below 1,000, whole and grouped above.

    Args:
        value: None or NaN gives the words for a missing number.
        digits: significant digits; at most that many decimals are shown.
    """
    if value is None or math.isnan(value):
        return say("number.missing")
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= 1000 or (float(value).is_integer() and abs(value) >= 10):
        text = f"{value:,.0f}"
    else:
        whole_digits = len(str(int(abs(value)))) if abs(value) >= 1 else 0
        text = f"{value:.{max(digits - whole_digits, 0)}f}"
        if float(text) == 0:
            text = text.lstrip("-")
    return text.replace("-", "−")


def whole(value: float) -> str:
    """A column's whole number: grouped from five digits on, so that a year reads as a year."""
    return (f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.0f}").replace("-", "−")


def struck_out(words: str) -> str:
    """Words with a stroke through every character, for places without markdown."""
    return "".join(f"{character}\N{COMBINING LONG STROKE OVERLAY}" for character in words)


def percent(share: float | None) -> str:
    """A share as a percentage with sensible digits: ``12 %``, ``3.4 %``, ``0.05 %``."""
    if share is None or math.isnan(share):
        return say("number.missing")
    value = 100 * share
    digits = 0 if value >= 10 or value == 0 else 1 if value >= 1 else 2
    return f"{value:.{digits}f} %"


def duration(seconds: float | None) -> str:
    """A duration in its largest sensible unit: ``25 s``, ``3 min``, ``1.5 h``; empty if unknown."""
    if seconds is None or math.isnan(seconds):
        return ""
    if seconds < 90:
        return say("time.seconds", n=max(1, round(seconds)))
    if seconds < 5400:
        return say("time.minutes", n=round(seconds / 60))
    return say("time.hours", n=number(seconds / 3600, 2))


def why_no_interval(metric: str) -> str:
    """Why a figure that has a value has no interval.

    Args:
        metric: its key.
    """
    key = f"no_interval.{metric}"
    return say(key if key in TEXT else "no_interval.other")
