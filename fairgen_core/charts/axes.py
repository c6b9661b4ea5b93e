"""The settings of an exploration in words, the same in charts, tables and sliders."""

from __future__ import annotations

from collections.abc import Mapping

from fairgen_core.sweep_results import Setting
from fairgen_core.words import TEXT, say

_SHORT = {
    "fairness": "short",
    "generator": "make",
    "grouping": "grouping.short",
    "synthesizer": "what",
}
"""Axes whose values have short names of their own."""


def axis_title(name: str) -> str:
    """What a choice is called."""
    return say(f"axis.{name}")


def value_words(name: str, value: Setting) -> str:
    """One value of an axis; a number stands with as many digits as it needs."""
    if value is None:
        return say(f"axis.{name}.none")
    if isinstance(value, str):
        return TEXT.get(f"{_SHORT.get(name, name)}.{value}", value)
    return f"{value:.3g}"


def setting_words(settings: Mapping[str, Setting]) -> str:
    """A setting in one line: ``FTU and DP · Strength 0.5 · Gaussian mixture``."""
    parts = [
        say("axis.value", axis=axis_title(name), value=value_words(name, value))
        if isinstance(value, float | int)
        else value_words(name, value)
        for name, value in settings.items()
    ]
    return " · ".join(parts) or say("axis.as_it_is")
