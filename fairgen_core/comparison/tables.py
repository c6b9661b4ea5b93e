"""Runs on tables beside each other: figures, groups, intersections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from fairgen_core.comparison import weighted
from fairgen_core.comparison.differences import absent, direction, paired, to_ideal, unpaired
from fairgen_core.comparison.results import (
    ComparedFigure,
    ComparedGroup,
    Difference,
    Measure,
)
from fairgen_core.judged import BoolArray, FloatArray, Judged
from fairgen_core.results import Figure, Measured, Report
from fairgen_core.wilson import wilson
from fairgen_core.words import say

N_DRAWS = 300


@dataclass
class TableSide:
    """One run: its report, and what was kept of its judges' answers."""

    report: Report
    judged: Judged | None


@dataclass
class TableComparison:
    """The figures and groups of several runs, the first of which the others are held against.

    Args:
        sides: at least two.
        seed: of the redraws.
    """

    sides: Sequence[TableSide]
    seed: int = 0
    _drawn: dict[tuple[int, str], dict[str, FloatArray]] = field(default_factory=dict)

    @cached_property
    def same_rows(self) -> bool:
        """Whether every run's judges answered for the very same rows, and the answers are kept."""
        kept = [side.judged for side in self.sides]
        first = kept[0]
        return first is not None and all(
            other is not None
            and other.rows_sha256 == first.rows_sha256
            and other.group_names == first.group_names
            and np.array_equal(other.groups, first.groups)
            and np.array_equal(other.truth, first.truth)
            for other in kept
        )

    @cached_property
    def weights(self) -> FloatArray:
        """How often each held-out row is drawn; the same for every run."""
        judged = self.sides[0].judged
        n = 0 if judged is None else len(judged.groups)
        return weighted.draw_weights(n, N_DRAWS, self.seed)

    def figures(self) -> tuple[ComparedFigure, ...]:
        """Every figure that some run has, in the order of the metrics."""
        found = []
        keys = {(m.metric, m.judge): None for side in self.sides for m in side.report.figures}
        infos = {key: info for side in self.sides for key, info in side.report.metrics.items()}
        order = {key: place for place, key in enumerate(infos)}
        for metric, judge in sorted(keys, key=lambda k: order.get(k[0], len(order))):
            if metric not in infos or metric == "one_class":  # a flag; figures are struck by it
                continue
            measured = [_find(side.report, metric, judge) for side in self.sides]
            figures = tuple(m.synthetic if m else None for m in measured)
            real = next((m.real for m in measured if m is not None and m.real is not None), None)
            found.append(
                ComparedFigure(
                    info=infos[metric],
                    judge=judge,
                    real=real,
                    figures=figures,
                    differences=(
                        None,
                        *(
                            self._difference(place, metric, judge, figures[0], figure)
                            for place, figure in enumerate(figures[1:], start=1)
                        ),
                    ),
                )
            )
        return tuple(found)

    def _difference(
        self, place: int, metric: str, judge: str, a: Figure | None, b: Figure | None
    ) -> Difference:
        if a is None or b is None or a.value is None or b.value is None:
            return absent(a, b)
        if a.struck or b.struck:
            return Difference(value=None, reason=say("compare.struck"))
        info = self.sides[0].report.metrics.get(metric) or self.sides[place].report.metrics[metric]
        better = direction(info)
        if info.better == "closer" and better != "neither":
            return unpaired(to_ideal(a, info), to_ideal(b, info), "lower")
        draws = [self._draws(p, judge).get(metric) for p in (0, place)] if judge else [None]
        if any(d is None for d in draws):
            return unpaired(a, b, better)
        change = draws[1] - draws[0]  # type: ignore[operator]
        return paired(a, b, change, better, info.range_of_differences)

    def _draws(self, place: int, judge: str) -> dict[str, FloatArray]:
        """Every figure of a run's judge in each redraw of the rows."""
        if (place, judge) not in self._drawn:
            judged = self.sides[place].judged if self.same_rows else None
            answers = judged.find(judge, "synthetic") if judged is not None else None
            self._drawn[place, judge] = (
                weighted.figures(judged, answers, self.weights)
                if judged is not None and answers is not None
                else {}
            )
        return self._drawn[place, judge]

    # --- groups ------------------------------------------------------------------------------

    def groups(self) -> tuple[ComparedGroup, ...]:
        """Rates in each group; where several columns are crossed, in each of theirs as well."""
        if not self.same_rows:
            return self._reported_groups()
        first = self.sides[0].judged
        assert first is not None  # the same rows were kept
        judge = first.answers[0].judge
        found = []
        for columns, name, members in _parts(first):
            inside = np.isin(first.groups, members)
            if inside.any():
                found += self._group(columns, name, inside, judge)
        return tuple(found)

    def _group(
        self, columns: tuple[str, ...], name: str, inside: BoolArray, judge: str
    ) -> list[ComparedGroup]:
        measures: tuple[Measure, ...] = (
            "favourable", "true_positive", "false_positive", "accuracy",
        )  # fmt: skip
        rows = []
        for measure in measures:
            cells = [self._rate(p, inside, judge, measure) for p in range(len(self.sides))]
            real = self._rate(0, inside, judge, measure, "real")[0]
            differences = [
                _rate_difference(cells[0], cell, measure == "accuracy") for cell in cells[1:]
            ]
            rows.append(
                ComparedGroup(
                    columns=columns,
                    group=name,
                    measure=measure,
                    judge=judge,
                    real=real,
                    figures=tuple(cell[0] for cell in cells),
                    differences=(None, *differences),
                )
            )
        return rows

    def _rate(
        self,
        place: int,
        inside: BoolArray,
        judge: str,
        measure: Measure,
        trained_on: str = "synthetic",
    ) -> tuple[Figure | None, FloatArray | None]:
        """A rate within some rows, and the same in each redraw."""
        judged = self.sides[place].judged
        answers = judged.find(judge, trained_on) if judged is not None else None
        if judged is None or answers is None:
            return None, None
        n_outcomes = answers.scores.shape[1]
        hits = judged.hits(answers.decisions, n_outcomes)[:, judged.outcome]
        truth = judged.hits(judged.truth, n_outcomes)[:, judged.outcome]
        where = {
            "favourable": inside,
            "true_positive": inside & truth,
            "false_positive": inside & ~truth,
            "accuracy": inside,
        }[measure]
        right = answers.decisions == judged.truth if measure == "accuracy" else hits
        figure = _share(int(right[where].sum()), int(where.sum()))
        if figure.value is None or trained_on == "real":
            return figure, None
        return figure, weighted.rate(self.weights, right, where)

    def _reported_groups(self) -> tuple[ComparedGroup, ...]:
        """The groups' rates as the reports say them, where rows cannot be paired."""
        found = []
        names = {g.group: None for side in self.sides for g in side.report.group_results}
        columns = self.sides[0].report.sensitive
        for name in names:
            held = [
                next((g for g in s.report.group_results if g.group == name), None)
                for s in self.sides
            ]
            figures = tuple(g.predicted_rate_synthetic if g else None for g in held)
            if not any(figures):
                continue
            found.append(
                ComparedGroup(
                    columns=columns,
                    group=name,
                    measure="favourable",
                    real=held[0].predicted_rate_real if held[0] else None,
                    figures=figures,
                    differences=(None, *(_plain(figures[0], b) for b in figures[1:])),
                )
            )
        return tuple(found)


def _find(report: Report, metric: str, judge: str) -> Measured | None:
    return report.find(metric, judge)


def _plain(a: Figure | None, b: Figure | None) -> Difference:
    return absent(a, b) if a is None or b is None else unpaired(a, b, "neither")


def _rate_difference(
    a: tuple[Figure | None, FloatArray | None],
    b: tuple[Figure | None, FloatArray | None],
    higher_is_better: bool,
) -> Difference:
    if a[0] is None or b[0] is None or a[1] is None or b[1] is None:
        return absent(a[0], b[0])
    return paired(a[0], b[0], b[1] - a[1], "higher" if higher_is_better else "neither", (-1, 1))


def _parts(judged: Judged) -> list[tuple[tuple[str, ...], str, list[int]]]:
    """Columns, name and codes of every group; first each column's values, then those crossed."""
    parts: list[tuple[tuple[str, ...], str, list[int]]] = []
    if len(judged.columns) > 1:
        for place, column in enumerate(judged.columns):
            values = dict.fromkeys(v[place] for v in judged.group_values if len(v) > place)
            for value in values:
                codes = [a for a, v in enumerate(judged.group_values) if v[place] == value]
                parts.append(((column,), value, codes))
    parts += [(judged.columns, name, [a]) for a, name in enumerate(judged.group_names)]
    return parts


def _share(hits: int, n: int) -> Figure:
    """A share with Wilson's interval; none below `MIN_ROWS` rows."""
    if n < weighted.MIN_ROWS:
        return Figure(value=None, n=n, reason=say("compare.too_few", n=n, least=weighted.MIN_ROWS))
    low, high = wilson(hits, n)
    return Figure(value=hits / n, low=float(low), high=float(high), n=n)
