"""Colours and shapes: one fixed colour a group, synthetic strong, real grey.

Okabe and Ito's colours ("Color Universal Design", 2008), the light ones darkened at the same hue
until every one has a contrast of 3:1 against white and near-black pages alike, so that a chart need
not know the theme it stands in. Black is left to the text; synthetic rows have their own violet.
"""

from __future__ import annotations

from collections.abc import Sequence

REAL = "#858585"
SYNTHETIC = "#7A5FCB"
SENSITIVE = "#D55E00"
LINE = "#808080"
"""Reference lines and intervals."""

GROUPS = ("#B87F00", "#1B90D2", "#009E73", "#C76C9F", "#D55E00", "#958B0C")
"""Orange, sky blue, bluish green, reddish purple, vermillion, yellow."""

NAMED = {
    **dict(zip(("orange", "blue", "green", "pink", "red", "yellow"), GROUPS, strict=True)),
    "purple": GROUPS[3],
}
"""The hue of a group that is called by one: blue pictures' bar must not be green."""

ON_GROUP = "#0B0F14"
"""Words on a group's colour; white ones would have less contrast than 4.5:1 on any of them."""

SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (12, 4), (4, 1))

LEVELS = ("#1B90D2", "#8A8093", "#D55E00")
"""Low, middle, high: a scale that can be seen on light and dark pages."""

STRUCK_SHAPE = "M-1,-1L1,1M1,-1L-1,1"
"""An SVG path: the cross of a value that is struck out."""


def group_colours(groups: Sequence[str]) -> dict[str, str]:
    """The colour of each group, fixed by its place in the report's order.

    Up to six groups of which some are called by a colour have that one, and the others the rest.
    More than six groups use the colours again; `group_shapes` and `group_dashes` then shift by one
    place, so that no two of 36 groups look alike.
    """
    found: dict[str, str] = {}
    if len(groups) <= len(GROUPS):
        for group in groups:
            hue = NAMED.get(group.casefold())
            if hue is not None and hue not in found.values():
                found[group] = hue
    free = [colour for colour in GROUPS if colour not in found.values()]
    others = [group for group in groups if group not in found]
    found |= {group: free[i % len(free)] for i, group in enumerate(others)}
    return {group: found[group] for group in groups}


def group_shapes(groups: Sequence[str]) -> dict[str, str]:
    """The point shape of each group, so that no chart speaks by colour alone."""
    return {group: SHAPES[(i + i // len(GROUPS)) % len(SHAPES)] for i, group in enumerate(groups)}


def group_dashes(groups: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The line pattern of each group."""
    return {group: DASHES[(i + i // len(GROUPS)) % len(DASHES)] for i, group in enumerate(groups)}
