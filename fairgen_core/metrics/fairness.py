"""Parity of what a model learns from a table (METRICS.md, first table).

The group figures are fairlearn's (`demographic_parity_difference`, `equal_opportunity_difference`,
`equalized_odds_difference`; the tests hold the equality), for one or several outcomes. They are
computed from counts here because their intervals need the counts, and because a bootstrap over
fairlearn's `MetricFrame` takes 9 s on 16,000 rows.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from fairgen_core.data.prepared import PreparedTable
from fairgen_core.metrics.features import code_column, is_categorical
from fairgen_core.metrics.intervals import (
    LEVEL,
    MIN_ROWS,
    absent,
    around,
    fold,
    largest_ks,
    largest_rate_gap,
    share,
    too_few,
)
from fairgen_core.metrics.judges import IntArray, Question, Verdict
from fairgen_core.results import Figure

BoolArray = npt.NDArray[np.bool_]

RARE_POSITIVE = 0.01
RARE_RECALL = 0.05
STRUCK_METRICS = (
    "dp",
    "dp_any",
    "ftu",
    "ftu_flips",
    "equal_opportunity",
    "equalized_odds",
    "conditional",
)
"""Figures that prove nothing when the model answers one class almost always."""


def group_counts(hits: BoolArray, groups: IntArray, n_groups: int) -> tuple[IntArray, IntArray]:
    """Hits and rows by group.

    Args:
        hits: (n, outcomes).
        groups: (n,) 0..K-1, -1 for none.

    Returns:
        (outcomes, K) hits and (outcomes, K) rows.
    """
    known = groups >= 0
    rows = np.bincount(groups[known], minlength=n_groups)
    counts = [np.bincount(groups[known & column], minlength=n_groups) for column in hits.T]
    return np.array(counts), np.tile(rows, (hits.shape[1], 1))


def parity_gap(hits: BoolArray, groups: IntArray, n_groups: int) -> Figure:
    """DP difference: the largest gap of P(hit given group) over pairs of groups and outcomes."""
    return largest_rate_gap(*group_counts(hits, groups, n_groups), what="rows")


def true_positive_gap(hits: BoolArray, truth: BoolArray, groups: IntArray, k: int) -> Figure:
    """Equal opportunity: the largest gap of true-positive rates (Hardt et al. 2016)."""
    caught, positives = _conditional_counts(hits, truth, groups, k)
    return largest_rate_gap(caught, positives, what="rows of the favourable value")


def odds_gap(hits: BoolArray, truth: BoolArray, groups: IntArray, k: int) -> Figure:
    """Equalized odds: the larger of the gaps of true- and of false-positive rates."""
    caught, positives = _conditional_counts(hits, truth, groups, k)
    raised, negatives = _conditional_counts(hits, ~truth, groups, k)
    tpr = largest_rate_gap(caught, positives, what="rows of the favourable value")
    fpr = largest_rate_gap(raised, negatives, what="rows of the other values")
    if tpr.value is None or fpr.value is None:
        return tpr if tpr.value is None else fpr
    both = largest_rate_gap(
        np.concatenate([caught, raised]), np.concatenate([positives, negatives]), what="rows"
    )
    return both.model_copy(update={"n": len(groups)})


def _conditional_counts(
    hits: BoolArray, condition: BoolArray, groups: IntArray, k: int
) -> tuple[IntArray, IntArray]:
    counts, rows = [], []
    for hit, wanted in zip(hits.T, condition.T, strict=True):
        rows.append(np.bincount(groups[(groups >= 0) & wanted], minlength=k))
        counts.append(np.bincount(groups[(groups >= 0) & wanted & hit], minlength=k))
    return np.array(counts), np.array(rows)


def unawareness_gap(shifted_hits: BoolArray) -> Figure:
    """FTU difference: how the mean decision moves when only the sensitive attribute is changed.

    Args:
        shifted_hits: (K, n, outcomes), entry a: the same n rows with s set to a.

    The interval is that of a paired difference, Bonferroni over the pairs.
    """
    k, n, n_outcomes = shifted_hits.shape
    if n < MIN_ROWS:
        return too_few(n, "rows")
    z = float(norm.isf((1 - LEVEL) / 2 / (k * (k - 1) / 2 * n_outcomes)))
    value, low, high = 0.0, 0.0, 0.0
    for a, b in combinations(range(k), 2):
        difference = shifted_hits[a].astype(np.int8) - shifted_hits[b].astype(np.int8)
        means = difference.mean(axis=0)
        half = z * difference.std(axis=0, ddof=1) / np.sqrt(n)
        for d, h in zip(means, half, strict=True):
            ends = fold(float(d - h), float(d + h))
            value, low, high = max(value, abs(float(d))), max(low, ends[0]), max(high, ends[1])
    return Figure(value=value, low=low, high=min(1.0, high), n=n)


def unawareness_flips(shifted: IntArray) -> Figure:
    """FTU flips: share of rows whose decision changes for some value of s.

    Args:
        shifted: (K, n) decisions.
    """
    flips = (shifted != shifted[0]).any(axis=0)
    return share(int(flips.sum()), flips.size)


def one_class_reason(hits: BoolArray, truth: BoolArray, outcome_name: str) -> str:
    """Why a model's parity figures prove nothing; empty where they do.

    One outcome: it is answered for under 1 % or over 99 % of the rows, or under 5 % of either
    class is recognised. Several: one of them is answered for over 99 % of the rows.

    Args:
        hits, truth: (n, outcomes).
    """
    rates = hits.mean(axis=0)
    tail = "; a parity figure of a model that answers one class proves nothing"
    if hits.shape[1] > 1:
        if rates.max() > 1 - RARE_POSITIVE:
            return f"The model gives one answer for {100 * rates.max():.1f} % of the rows{tail}"
        return ""
    rate = float(rates[0])
    if rate < RARE_POSITIVE or rate > 1 - RARE_POSITIVE:
        return f"The model answers '{outcome_name}' for {100 * rate:.1f} % of the rows{tail}"
    for wanted, name in ((truth[:, 0], f"'{outcome_name}'"), (~truth[:, 0], "the other value")):
        recall = float((hits[wanted, 0] == truth[wanted, 0]).mean()) if wanted.any() else 1.0
        if recall < RARE_RECALL:
            return f"The model recognises {100 * recall:.1f} % of the rows of {name}{tail}"
    return ""


def strata(data: PreparedTable) -> IntArray | None:
    """The stratum of each test row by the explanatory columns, or None where none is named.

    Numbers and dates are cut at the training rows' quartiles; several columns are crossed.
    """
    names = [n for n in data.roles.explanatory if n in data.schema.names]
    if not names:
        return None
    parts = []
    for name in names:
        column = data.schema[name]
        codes = code_column(column, data.test[name])
        if not is_categorical(column):
            known = code_column(column, data.train[name])
            cuts = np.unique(np.nanquantile(known, [0.25, 0.5, 0.75]))
            codes = np.where(np.isnan(codes), np.nan, np.searchsorted(cuts, codes, side="right"))
        parts.append(pd.Series(codes).fillna(-1))
    crossed = pd.DataFrame(dict(enumerate(parts))).groupby(list(range(len(parts))), sort=True)
    return np.asarray(crossed.ngroup(), dtype=np.int64)


def conditional_gap(
    hits: BoolArray, groups: IntArray, strata_of: IntArray, k: int, seed: int
) -> Figure:
    """DP difference within strata, averaged by stratum size.

    Strata without two groups of `MIN_ROWS` rows are left out; `n` counts the rows of the others.
    The interval is normal, its standard error from 500 redraws of the counts.
    """
    generator = np.random.default_rng([seed, 2])
    gaps, draws, weights = [], [], []
    for stratum in np.unique(strata_of):
        inside = strata_of == stratum
        counts, rows = group_counts(hits[inside], groups[inside], k)
        usable = rows[0] >= MIN_ROWS
        if usable.sum() < 2:
            continue
        n, p = rows[:, usable], counts[:, usable] / rows[:, usable]
        redrawn = generator.binomial(n, p, size=(500, *n.shape)) / n
        gaps.append(np.ptp(p, axis=1).max())
        draws.append(np.ptp(redrawn, axis=2).max(axis=1))
        weights.append(int(n[0].sum()))
    if not weights:
        return absent(f"No stratum holds two groups with {MIN_ROWS} or more rows each")
    value = float(np.average(gaps, weights=weights))
    error = float(np.average(draws, axis=0, weights=weights).std())
    return around(value, error, sum(weights), 0, 1)


def parity_figures(
    question: Question,
    verdict: Verdict,
    truth: IntArray,
    groups: IntArray,
    strata_of: IntArray | None,
    seed: int,
) -> dict[str, Figure]:
    """Every parity figure of one verdict, by metric key, struck where one class is answered."""
    k = question.n_groups
    hits, is_true = question.hits(verdict.decisions), question.hits(truth)
    shifted_hits = np.stack([question.hits(row) for row in verdict.shifted])
    reason = one_class_reason(hits, is_true, question.outcome_name)
    shown = hits[:, question.outcome]
    figures = {
        "dp": parity_gap(hits, groups, k),
        "dp_any": largest_ks(verdict.scores, groups, k),
        "ftu": unawareness_gap(shifted_hits),
        "ftu_flips": unawareness_flips(verdict.shifted),
        "equal_opportunity": true_positive_gap(hits, is_true, groups, k),
        "equalized_odds": odds_gap(hits, is_true, groups, k),
        "positive_rate": share(int(shown.sum()), shown.size),
        "one_class": too_few(shown.size, "rows")
        if shown.size < MIN_ROWS
        else Figure(value=float(bool(reason)), n=shown.size, reason=reason),
        "conditional": absent("No explanatory columns were named")
        if strata_of is None
        else conditional_gap(hits, groups, strata_of, k, seed),
    }
    if reason:
        for key in STRUCK_METRICS:
            if figures[key].value is not None:
                figures[key] = figures[key].model_copy(update={"struck": True, "reason": reason})
    return figures
