"""Figures, groups and columns in words, one a row: what reports and cards print."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fairgen_core.figure_words import direction_words
from fairgen_core.numbers import number, why_no_interval
from fairgen_core.results import Figure, MetricInfo
from fairgen_core.words import say


@dataclass(frozen=True)
class Shown:
    """A figure in words. `struck`: to be shown struck out; `note` says why, or why there is no
    value or no interval.
    """

    value: str = "–"
    interval: str = ""
    n: str = ""
    note: str = ""
    struck: bool = False

    @property
    def sound(self) -> bool:
        """Whether the value counts: the note then only says why there is no interval."""
        return not self.struck and self.value != say("number.missing")


@dataclass(frozen=True)
class FigureRow:
    """One figure of what was made, the real data's beside it."""

    key: str
    title: str
    definition: str
    judge: str
    better: str
    """Which way it is better, and its ideal."""
    made: Shown
    real: Shown
    section: str


@dataclass(frozen=True)
class GroupRow:
    """A group with its sizes and its share among what was made."""

    name: str
    n_train: str
    n_test: str
    n_made: str
    share: Shown
    real_share: str
    rate: Shown
    real_rate: Shown
    """Of pictures: the accuracy of the classifier that is taught."""
    corrected: str = ""
    """Its share, corrected for the confusion of the classifier that tells groups."""


@dataclass(frozen=True)
class ColumnRow:
    """A column of the table; `reason` says why it was left out of the model."""

    name: str
    kind: str
    holds: str
    missing: str
    reason: str


def shown(figure: Figure | None) -> Shown:
    """A figure in words."""
    if figure is None:
        return Shown()
    n = f"{figure.n:,}" if figure.n else ""
    if figure.value is None:
        return Shown(value=say("number.missing"), n=n, note=figure.reason)
    interval = ""
    if figure.low is not None and figure.high is not None:
        interval = f"{number(figure.low)} to {number(figure.high)}"
    note = figure.reason if figure.struck else ""
    return Shown(number(figure.value), interval, n, note, figure.struck)


def better(info: MetricInfo) -> str:
    """Which way a figure is better, and its ideal."""
    return direction_words(info, unit=False)


def figure_row(info: MetricInfo, judge: str, made: Figure | None, real: Figure | None) -> FigureRow:
    """A figure in words, with what its metric means, and why what was made has no interval."""
    figure = shown(made)
    if made is not None and made.value is not None and not (figure.interval or figure.note):
        figure = replace(figure, note=why_no_interval(info.key))
    return FigureRow(
        key=info.key,
        title=info.title,
        definition=info.definition + (f" Unit: {info.unit}." if info.unit else ""),
        judge=judge,
        better=better(info),
        made=figure,
        real=shown(real),
        section=info.section,
    )
