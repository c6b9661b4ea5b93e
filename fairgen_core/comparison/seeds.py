"""'Is A better than B' over seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from fairgen_core.comparison.results import SeedComparison
from fairgen_core.errors import DataError
from fairgen_core.numbers import number
from fairgen_core.words import say

MIN_SEEDS = 2


def paired_over_seeds(
    a_values: Sequence[float],
    b_values: Sequence[float],
    names: tuple[str, str] = ("A", "B"),
    figure: str = "the figure",
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> SeedComparison:
    """The mean of B minus A over seeds, with Student's 95 % interval of the paired differences.

    Args:
        a_values, b_values: one figure a seed, in the same order of seeds.
        names: what the sentence calls the two.
        figure: what it calls what was measured.
        bounds: the smallest and the largest difference that there can be; the interval ends there
            at the latest, and the sentence says so.

    Raises:
        DataError: the two do not pair up, or a value is not a number.

    Source: Student (1908), for pairs.
    """
    if len(a_values) != len(b_values):
        raise DataError(
            "Both settings must have run with the same seeds, and there are "
            f"{len(a_values)} values of one and {len(b_values)} of the other. "
            "Run the seeds that are missing."
        )
    differences = np.asarray(b_values, dtype=float) - np.asarray(a_values, dtype=float)
    if not np.isfinite(differences).all():
        raise DataError(
            "Every seed must have a value of both settings, and one has none. Leave that seed out."
        )
    n = len(differences)
    words = {"a": names[0], "b": names[1], "figure": figure, "n": n}
    if n < MIN_SEEDS:
        mean = float(differences[0]) if n else None
        sentence = say("seeds.one" if n else "seeds.none", **words)
        return SeedComparison(
            n_seeds=n, mean_difference=mean, verdict="cannot tell", sentence=sentence
        )
    mean = float(differences.mean())
    error = float(differences.std(ddof=1)) / np.sqrt(n)
    half = float(stdtrit(n - 1, 0.975)) * error
    low, high = max(mean - half, bounds[0]), min(mean + half, bounds[1])
    cut = low > mean - half or high < mean + half
    words |= {"mean": number(mean), "low": number(low), "high": number(high)}
    if low == 0 == high:  # as where neither run changes what is measured
        sentence, verdict = say("seeds.same", **words), "cannot tell"
    elif low <= 0 <= high:
        sentence, verdict = say("seeds.cannot_tell", **words), "cannot tell"
    else:
        verdict = "higher" if mean > 0 else "lower"
        sentence = say(f"seeds.{verdict}", **words)
    if cut:
        sentence += f" {say('seeds.cut')}"
    return SeedComparison(
        n_seeds=n, mean_difference=mean, low=low, high=high, verdict=verdict, sentence=sentence
    )
