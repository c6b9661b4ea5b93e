"""The words of a headline: what moved, and when a difference is told as clear."""

from __future__ import annotations

import pytest

from fairgen_core.evaluation.headline import (
    _gap_left,
    _move,
    _usefulness,
    _who_moved,
    clearly_differ,
)
from fairgen_core.metrics.judges import GRADIENT_BOOSTING
from fairgen_core.results import Figure, GroupResult, Measured, Report
from tests.dashboard.report_builder import evaluation


def test_clear_differences() -> None:
    near = Figure(value=0.5, low=0.45, high=0.55), Figure(value=0.56, low=0.51, high=0.61)
    assert not clearly_differ(*near)
    assert clearly_differ(near[0], Figure(value=0.6, low=0.55, high=0.65))
    assert not clearly_differ(near[0], Figure(value=None, reason="none"))


def test_a_rate_that_reads_the_same_has_not_moved() -> None:
    group = GroupResult(group="man", n_train=90, n_test=90, share_train=Figure(value=0.5))
    assert _move(group, 0.2248, 0.2199) == "stayed at 0.220 for man"
    assert _move(group, 0.2251, 0.2149) == "fell from 0.225 to 0.215 for man"
    assert _move(group, 0.2148, 0.2152) == "stayed at 0.215 for man"


def moved(*pairs: tuple[float, float]) -> str:
    group = GroupResult(group="g", n_train=90, n_test=90, share_train=Figure(value=0.3))
    named = [group.model_copy(update={"group": name}) for name in "abc"[: len(pairs)]]
    return _who_moved([(g, *pair) for g, pair in zip(named, pairs, strict=True)])


def test_groups_that_all_stayed_are_not_said_to_have_moved_most() -> None:
    assert moved((0.48, 0.481), (0.6, 0.6), (0.5, 0.5)) == "stayed as it was in all 3 groups"
    assert moved((0.3, 0.4), (0.6, 0.6), (0.5, 0.5)) == (
        "rose from 0.300 to 0.400 for a and stayed at 0.600 for b "
        "(the two that moved most of 3 groups)"
    )
    assert moved((0.48, 0.481), (0.6, 0.6)) == "stayed at 0.481 for a and at 0.600 for b"


def reported(metric: str, real: Figure, synthetic: Figure, auroc: float = 0.8) -> Report:
    use = Figure(value=auroc, low=auroc - 0.01, high=auroc + 0.01)
    figures = (
        Measured(metric=metric, judge=GRADIENT_BOOSTING, real=real, synthetic=synthetic),
        Measured(metric="auroc", judge=GRADIENT_BOOSTING, real=use, synthetic=use),
    )
    return evaluation().model_copy(update={"figures": figures})


def test_usefulness_that_reads_the_same_did_not_fall() -> None:
    sure, less = (Figure(value=v, low=v - 0.0001, high=v + 0.0001) for v in (0.9999, 0.9996))
    assert clearly_differ(sure, less)
    assert _usefulness(reported("auroc", sure, less)) == "AUROC stayed at 1.000."


def test_a_likely_cost_does_not_read_as_none() -> None:
    wide = [Figure(value=v, low=v - 0.06, high=v + 0.06) for v in (0.81, 0.75, 0.80)]
    assert not clearly_differ(wide[0], wide[1])
    may_have = "AUROC may have fallen (from 0.810 to 0.750, within the intervals)."
    assert _usefulness(reported("auroc", wide[0], wide[1])) == may_have
    assert "may have risen" in _usefulness(reported("auroc", wide[1], wide[0]))
    unclear = _usefulness(reported("auroc", wide[0], wide[2]))
    assert unclear == "AUROC did not clearly change (0.810 to 0.800)."


@pytest.mark.parametrize(
    ("before", "after", "low", "auroc", "said"),
    [
        (0.74, 0.48, 0.33, 0.8, "a gap of 0.480 is left. Full strength"),
        (0.16, 0.14, 0.04, 1.0, "a gap of 0.140 is left. Some column gives the target away"),
        (0.20, 0.12, 0.0, 0.8, ""),  # it may be none
        (0.74, 0.30, 0.20, 0.8, ""),  # most of it is gone
        (0.06, 0.04, 0.02, 0.8, ""),  # too small to matter
    ],
)
def test_a_gap_that_is_left_is_told(before, after, low, auroc, said: str) -> None:
    report = reported(
        "dp",
        Figure(value=before, low=before / 2, high=0.9),
        Figure(value=after, low=low, high=0.9),
        auroc,
    )
    words = _gap_left(report)
    assert said in words
    assert bool(words) == bool(said)
