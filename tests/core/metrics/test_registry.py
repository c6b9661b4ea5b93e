"""The contract of METRICS: every entry can be shown by any screen."""

from __future__ import annotations

import pytest

from fairgen_core.metrics import METRICS


@pytest.mark.parametrize("key", list(METRICS))
def test_every_metric_says_what_a_screen_needs(key: str) -> None:
    info = METRICS[key]
    assert info.key == key
    assert info.title
    assert info.definition.endswith((".", "?"))
    if info.ideal is not None:
        assert info.low is None or info.ideal >= info.low
        assert info.high is None or info.ideal <= info.high
    if info.better == "lower":
        assert info.ideal is not None


def test_titles_are_unique() -> None:
    assert len({info.title for info in METRICS.values()}) == len(METRICS)
