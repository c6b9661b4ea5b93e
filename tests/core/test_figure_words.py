"""Directions in words: no figure is called better beyond its ideal."""

from __future__ import annotations

import pytest

from fairgen_core.figure_words import direction_words
from fairgen_core.metrics import METRICS
from fairgen_core.metrics.picture_registry import PICTURE_METRICS
from fairgen_core.results import MetricInfo

EVERY = [*METRICS.values(), *PICTURE_METRICS.values()]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("dp", "0 is ideal, lower is better"),
        ("auroc", "1 is ideal, higher is better"),
        ("detector", "0.5 is ideal, the nearer the better"),
        ("density", "1 is ideal, the nearer the better"),
        ("proxy_auroc", "0.5 is ideal, the nearer the better"),
        ("bias_amplification", "0 or less is ideal, lower is better"),
        ("positive_rate", "neither high nor low is better"),
        ("kl_uniform", "0 is ideal, lower is better, in nats"),
        ("mae", "0 is ideal, lower is better, in units of the target"),
    ],
)
def test_direction_of_figures_on_tables(key: str, words: str) -> None:
    assert direction_words(METRICS[key]) == words


def test_the_unit_can_be_left_out() -> None:
    assert direction_words(METRICS["kl_uniform"], unit=False) == "0 is ideal, lower is better"


@pytest.mark.parametrize("info", EVERY, ids=lambda info: f"{info.section}-{info.key}")
def test_no_direction_leads_past_the_ideal(info: MetricInfo) -> None:
    if info.ideal is None or info.better == "closer":
        return
    low, high = info.range
    if info.better == "higher":
        assert high == info.ideal
    else:
        assert low == info.ideal or " or less " in direction_words(info)


def test_ranges_of_values_and_of_differences() -> None:
    assert METRICS["auroc"].range == (0, 1)
    assert METRICS["auroc"].range_of_differences == (-1, 1)
    assert METRICS["bias_amplification"].range_of_differences == (-2, 2)
    assert METRICS["r2"].range == (-float("inf"), 1)
    assert METRICS["r2"].range_of_differences == (-float("inf"), float("inf"))
