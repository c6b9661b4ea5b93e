"""The words of a headline: short numbers, and when a difference is told as clear."""

from __future__ import annotations

from fairgen_core.evaluation.headline import _move, clearly_differ, short
from fairgen_core.results import Figure, GroupResult


def test_short_numbers_and_clear_differences() -> None:
    assert [short(v) for v in (0.083, 0.934, 0.0, 0.0012, 1.0, -0.25, None)] == [
        ".08",
        ".93",
        ".00",
        ".001",
        "1.00",
        "-.25",
        "?",
    ]
    near = Figure(value=0.5, low=0.45, high=0.55), Figure(value=0.56, low=0.51, high=0.61)
    assert not clearly_differ(*near)
    assert clearly_differ(near[0], Figure(value=0.6, low=0.55, high=0.65))
    assert not clearly_differ(near[0], Figure(value=None, reason="none"))


def test_a_rate_that_reads_the_same_has_not_moved() -> None:
    group = GroupResult(group="man", n_train=90, n_test=90, share_train=Figure(value=0.5))
    assert _move(group, 0.2248, 0.2198) == "stayed at .22 for man"
    assert _move(group, 0.2251, 0.2149) == "fell from .23 to .21 for man"
    assert _move(group, 0.2148, 0.2152) == "stayed at .22 for man"
