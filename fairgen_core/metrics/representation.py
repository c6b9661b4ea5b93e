"""How often each group occurs (METRICS.md, representational fairness)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.stats import chi2, norm

from fairgen_core.metrics.intervals import LEVEL, MIN_ROWS, fold, from_draws, too_few, wilson
from fairgen_core.metrics.judges import FloatArray, IntArray
from fairgen_core.results import Figure


def group_shares(counts: IntArray) -> list[Figure]:
    """Each group's share of the rows with its Wilson interval."""
    n = int(counts.sum())
    if n < MIN_ROWS:
        return [too_few(n, "rows") for _ in counts]
    low, high = wilson(counts, np.full(len(counts), n))
    return [
        Figure(value=float(c / n), low=float(a), high=float(b), n=n)
        for c, a, b in zip(counts, low, high, strict=True)
    ]


def kl_to_uniform(counts: IntArray, seed: int) -> Figure:
    """KL(shares || uniform) = log K - entropy, in nats (RepFair-GAN's measure).

    Interval: bootstrap of the counts. Near evenness the estimate is biased upwards, so the lower
    end is 0 wherever the likelihood-ratio test (2 n KL, chi-squared) does not reject evenness.
    """
    n, k = int(counts.sum()), len(counts)
    if n < MIN_ROWS:
        return too_few(n, "rows")
    value = float(_kl(counts / n))
    generator = np.random.default_rng([seed, 3])
    draws = _kl(generator.multinomial(n, counts / n, size=1000) / n)
    figure = from_draws(value, draws, n, 0, float(np.log(k)))
    even = 2 * n * value < chi2.ppf(LEVEL, k - 1)
    return figure.model_copy(update={"low": 0.0}) if even else figure


def _kl(shares: FloatArray) -> FloatArray:
    k = shares.shape[-1]
    logs = np.log(np.where(shares > 0, shares * k, 1))
    return np.maximum(0, (shares * logs).sum(axis=-1))


def share_gap(counts: IntArray) -> Figure:
    """The largest difference of two groups' shares, with Bonferroni's interval over the pairs."""
    n, k = int(counts.sum()), len(counts)
    if n < MIN_ROWS:
        return too_few(n, "rows")
    p = counts / n
    z = float(norm.isf((1 - LEVEL) / 2 / max(1, k * (k - 1) / 2)))
    low, high = 0.0, 0.0
    for a, b in combinations(range(k), 2):
        d = p[a] - p[b]
        half = z * np.sqrt(max(0.0, p[a] + p[b] - d**2) / n)
        ends = fold(float(d - half), float(d + half))
        low, high = max(low, ends[0]), max(high, ends[1])
    return Figure(value=float(np.ptp(p)), low=low, high=min(1.0, high), n=n)
