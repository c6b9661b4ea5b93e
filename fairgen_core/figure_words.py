"""Which way a figure is better, and its ideal and unit: the same words on every screen."""

from __future__ import annotations

from fairgen_core.results import MetricInfo
from fairgen_core.words import say


def direction_words(info: MetricInfo, unit: bool = True) -> str:
    """``0 is ideal, lower is better``.

    A figure that is better when lower, and can fall below its ideal, says so: ``0 or less is
    ideal``. One that has no ideal to be near says that it has no better side.

    Args:
        info: what the figure is.
        unit: whether to name the unit, where there is one.
    """
    parts = []
    if info.ideal is not None:
        below = info.better == "lower" and (info.low is None or info.low < info.ideal)
        key = "figure.ideal_or_less" if below else "figure.ideal"
        parts.append(say(key, ideal=f"{info.ideal:g}"))
    if info.better == "closer" and info.ideal is None:
        parts.append(say("figure.neither"))
    else:
        parts.append(say(f"figure.{info.better}"))
    if unit and info.unit:
        parts.append(say("figure.unit", unit=info.unit))
    return ", ".join(parts)
