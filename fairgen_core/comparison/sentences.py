"""A comparison in plain words: only what the intervals allow to be said."""

from __future__ import annotations

from collections.abc import Sequence

from fairgen_core.comparison.differences import of_distance, to_ideal
from fairgen_core.comparison.results import (
    ComparedFigure,
    ComparedGroup,
    ComparedRun,
    Difference,
)
from fairgen_core.numbers import number
from fairgen_core.words import say

_TOLD = (
    "dp", "dp_any", "ftu", "equal_opportunity", "equalized_odds", "data_parity", "auroc", "r2",
    "detector", "exact_copies",
    "gap", "late_gap", "kl", "recognisable", "coverage", "taught",
)  # fmt: skip
"""Figures that sentences speak of first; the others where none of these is clear."""


def sentences(
    runs: Sequence[ComparedRun],
    figures: Sequence[ComparedFigure],
    groups: Sequence[ComparedGroup],
) -> tuple[str, ...]:
    """What is better and worse in each run than in the first, who gains and who loses."""
    told = []
    judge = next((f.judge for f in figures if f.judge), "")
    shown = [f for f in figures if f.info.key in _TOLD and f.judge in ("", judge)]
    for place, run in enumerate(runs[1:], start=1):
        names = {"a": runs[0].letter, "b": run.letter}
        clear = _clear(shown, place, names) or _clear(figures, place, names)
        told += clear or [say("compare.none_clear", **names)]
        told += _movers(groups, place, names)
    return tuple(told)


def _clear(figures: Sequence[ComparedFigure], place: int, names: dict[str, str]) -> list[str]:
    """What is clearly better and what is clearly worse; nothing where nothing is."""
    told = []
    for verdict in ("better", "worse"):
        items = [_item(f, place) for f in figures if _verdict(f.differences[place]) == verdict]
        if items:
            told.append(say(f"compare.{verdict}", **names, items="; ".join(items)))
    return told


def _verdict(difference: Difference | None) -> str:
    return difference.verdict if difference is not None else "none"


def _item(figure: ComparedFigure, place: int) -> str:
    difference, a, b = figure.differences[place], figure.figures[0], figure.figures[place]
    if figure.info.better == "closer":
        a, b = (to_ideal(one, figure.info) if one else None for one in (a, b))
    assert difference is not None  # it has a verdict
    key = "compare.item" if figure.judge else "compare.item_plain"
    return say(
        key,
        title=", ".join(filter(None, [figure.info.title, of_distance(figure.info)])),
        judge=figure.judge,
        a=number(a.value if a else None),
        b=number(b.value if b else None),
        value=number(difference.value),
        low=number(difference.low),
        high=number(difference.high),
    )


def _movers(groups: Sequence[ComparedGroup], place: int, names: dict[str, str]) -> list[str]:
    """Whose rate rises and whose falls; intersections only where nothing else is known."""
    rates = [g for g in groups if g.measure in ("favourable", "share") and len(g.columns) == 1]
    rates = rates or [g for g in groups if g.measure in ("favourable", "share")]
    if not rates:
        return []
    is_share = rates[0].measure == "share"
    told = []
    for verdict, key in (
        ("higher", "compare.share_up" if is_share else "compare.gains"),
        ("lower", "compare.share_down" if is_share else "compare.loses"),
    ):
        items = [
            _group_item(g, g.differences[place])
            for g in rates
            if _verdict(g.differences[place]) == verdict
        ]
        if items:
            told.append(say(key, **names, items="; ".join(items)))
    return told or [say("compare.no_group_moves", **names)]


def _group_item(group: ComparedGroup, difference: Difference | None) -> str:
    assert difference is not None  # it has a verdict
    return say(
        "compare.group_item",
        group=group.group,
        value=number(difference.value),
        low=number(difference.low),
        high=number(difference.high),
    )
