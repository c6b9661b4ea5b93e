"""One line of the benchmark table: what was measured, what it must be, what it aims at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["aim", "must", "MISSED", "-"]


@dataclass(frozen=True)
class Line:
    """A measured value beside its bounds.

    Attributes:
        what: the figure in words.
        value: as measured; NaN where it could not be had (`note` says why).
        must: the bound that has to hold; None: the figure is for information.
        aim: the bound that is hoped for.
        unit: ``"s"``, ``"GiB"``; empty for shares and ratios.
        better: whether values below or above the bounds are good.
        command: how to measure it again.
        note: what a reader must know (settings, spread, number of seeds).
    """

    what: str
    value: float
    must: float | None = None
    aim: float | None = None
    unit: str = ""
    better: Literal["lower", "higher"] = "lower"
    command: str = ""
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """Which of the two bounds the value keeps; ``-`` where there is none."""
        if self.must is None:
            return "-"
        if self._keeps(self.aim):
            return "aim"
        return "must" if self._keeps(self.must) else "MISSED"

    def _keeps(self, bound: float | None) -> bool:
        if bound is None or math.isnan(self.value):
            return False
        return self.value <= bound if self.better == "lower" else self.value >= bound


def number(value: float | None, unit: str = "") -> str:
    """A figure for people: three digits that matter, with its unit."""
    if value is None:
        return ""
    if math.isnan(value):
        return "not measured"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if unit else 3
    return f"{value:.{digits}f} {unit}".strip()


def markdown(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table."""
    titles = ("what", "measured", "must", "aim", "keeps", "note", "command")
    rows = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for line in lines:
        sign = "&le; " if line.better == "lower" else "&ge; "
        bounds = [
            sign + number(bound, line.unit) if bound is not None else ""
            for bound in (line.must, line.aim)
        ]
        command = f"`{line.command}`" if line.command else ""
        value = number(line.value, line.unit)
        cells = [line.what, value, *bounds, line.verdict, line.note, command]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
