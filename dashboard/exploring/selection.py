"""Which setting of an exploration is looked at, and where a dial can move it. No streamlit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from fairgen_core.sweep_config import NUMBER_AXES
from fairgen_core.sweep_results import Frontier, Setting, SweepPoint, SweepResults

Settings = Mapping[str, Setting]


def settings_of(results: SweepResults) -> list[Settings]:
    """Every setting once, in the order of the members."""
    return list({tuple(p.settings.items()): p.settings for p in results.points}.values())


def members_of(results: SweepResults, settings: Settings) -> list[SweepPoint]:
    """The members of a setting, by rising seed."""
    found = [p for p in results.points if p.settings == settings]
    return sorted(found, key=lambda p: p.seed)


def first_setting(results: SweepResults, found: Frontier) -> Settings | None:
    """What is looked at first: the least disparate setting on the frontier, else the first one."""
    best = [p for p in found.points if p.best]
    if best:
        return min(best, key=lambda p: p.disparity.mean).settings
    done = [p.settings for p in results.points if p.state == "done"]
    return done[0] if done else None


def dials(results: SweepResults, settings: Settings) -> dict[str, list[Setting]]:
    """The number axes along which finished members lie that differ in nothing else.

    Returns:
        by axis its values in rising order; axes with a single value are left out.
    """
    found: dict[str, list[Setting]] = {}
    for axis in settings:
        if axis not in NUMBER_AXES:
            continue
        values = {
            p.settings[axis]
            for p in results.points
            if p.state == "done" and _apart(p.settings, axis) == _apart(settings, axis)
        }
        if len(values) > 1:
            found[axis] = sorted(values, key=_size)
    return found


def turned(settings: Settings, axis: str, value: Setting) -> dict[str, Setting]:
    """The same setting with another value on one axis."""
    return {**settings, axis: value}


def neighbour(values: Sequence[Setting], value: Setting) -> Setting:
    """`value` where it is among `values`, else the nearest one."""
    if value in values:
        return value
    return min(values, key=lambda v: abs(_size(v) - _size(value)))


def _apart(settings: Settings, axis: str) -> dict[str, Setting] | None:
    if axis not in settings:
        return None
    return {name: value for name, value in settings.items() if name != axis}


def _size(value: Setting) -> float:
    """Numbers by size; no clipping is a clip norm without bound."""
    return float(value) if isinstance(value, int | float) else math.inf
