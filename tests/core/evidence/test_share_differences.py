"""Differences of two runs' group shares, against a published example."""

from __future__ import annotations

import pytest

from fairgen_core.comparison.differences import unpaired
from fairgen_core.metrics.intervals import share


def test_newcombes_interval_of_two_proportions() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 873-890, table II (a), method 10.
    first, second = share(56, 70, "pictures"), share(48, 80, "pictures")
    found = unpaired(second, first, "neither")
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert found.verdict == "higher"
    other_way = unpaired(first, second, "neither")
    assert (other_way.low, other_way.high) == pytest.approx((-0.3339, -0.0524), abs=1e-4)
    assert other_way.verdict == "lower"


def test_too_few_pictures_of_a_group_give_no_difference() -> None:
    found = unpaired(share(3, 10, "pictures"), share(9, 40, "pictures"), "neither")
    assert found.value is None
    assert "10 pictures" in found.reason
