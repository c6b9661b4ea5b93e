"""A comparison's sentences say what its table shows."""

from __future__ import annotations

from typing import Literal

import pytest

from fairgen_core.comparison.results import ComparedFigure, ComparedRun, Difference
from fairgen_core.comparison.sentences import sentences
from fairgen_core.results import Figure, MetricInfo

RUNS = [ComparedRun(letter=a, id=a, name=a, data="", seed=0, headline="") for a in "AB"]


def compared(key: str, verdict: Literal["better", "worse", "unclear"]) -> ComparedFigure:
    return ComparedFigure(
        info=MetricInfo(key=key, title=key, definition="x", section="fairness", better="lower"),
        judge="boosting",
        figures=(Figure(value=0.5, n=100), Figure(value=0.2, n=100)),
        differences=(None, Difference(value=-0.3, low=-0.4, high=-0.2, verdict=verdict)),
    )


@pytest.mark.parametrize(
    ("verdicts", "named"),
    [
        ({"dp": "better", "ftu_flips": "better"}, "B is better in: dp (boosting"),
        ({"dp": "unclear", "ftu_flips": "better"}, "B is better in: ftu_flips (boosting"),
        ({"dp": "unclear", "ftu_flips": "worse"}, "B is worse in: ftu_flips (boosting"),
        ({"dp": "unclear", "ftu_flips": "unclear"}, "no figure of B is clearly better or worse"),
    ],
)
def test_no_figure_is_better_only_where_the_table_shows_none(
    verdicts: dict[str, Literal["better", "worse", "unclear"]], named: str
) -> None:
    (told,) = sentences(RUNS, [compared(key, verdict) for key, verdict in verdicts.items()], [])
    assert named in told
