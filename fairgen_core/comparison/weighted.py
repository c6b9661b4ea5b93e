"""The figures of a judge's answers under many weightings of the rows: a bootstrap without refits.

Every function takes weights (draws, n), how often each row was drawn, and gives (draws,). With
weights of 1 it gives the reported figure.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairgen_core.judged import Answers, BoolArray, FloatArray, IntArray, Judged

MIN_ROWS = 30
"""Groups with fewer rows take no part, as in the reported figures (`metrics.intervals`)."""
_MAX_THRESHOLDS = 1000
_CHUNK = 64


def draw_weights(n: int, n_draws: int, seed: int) -> FloatArray:
    """How often each of n rows is drawn in n draws with replacement; (n_draws, n)."""
    generator = np.random.default_rng([seed, 41])
    rows = np.empty((n_draws, n), dtype=np.float32)
    for i in range(n_draws):
        rows[i] = np.bincount(generator.integers(0, n, n), minlength=n)
    return rows  # type: ignore[return-value]


def rate(weights: FloatArray, hits: BoolArray, where: BoolArray) -> FloatArray:
    """The share of `hits` among the rows `where`; NaN in draws that have none of them."""
    chosen = np.flatnonzero(where)
    part = weights[:, chosen]
    total = part.sum(axis=1, dtype=np.float64)
    caught = part @ hits[chosen].astype(np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: FloatArray = np.where(total > 0, caught / total, np.nan)
    return shares


def figures(judged: Judged, answers: Answers, weights: FloatArray) -> dict[str, FloatArray]:
    """Every parity and usefulness figure that the answers allow, by metric key; (draws,) each."""
    n_outcomes = answers.scores.shape[1]
    hits = judged.hits(answers.decisions, n_outcomes)
    truth = judged.hits(judged.truth, n_outcomes)
    everyone = np.ones(len(judged.groups), dtype=bool)
    found = {
        "dp": _gap(judged, weights, hits, None),
        "dp_any": _over_thresholds(judged, weights, answers.scores),
        "equal_opportunity": _gap(judged, weights, hits, truth),
        "positive_rate": rate(weights, hits[:, judged.outcome], everyone),
        "auroc": _auroc(weights, truth, answers.scores),
        "accuracy": rate(weights, answers.decisions == judged.truth, everyone),
        "balanced_accuracy": _balanced(weights, judged.truth, answers.decisions),
        "f1": _f1(weights, hits, truth),
        "precision": _macro(weights, hits, truth, hits),
        "recall": _macro(weights, hits, truth, truth),
    }
    gaps = [found["equal_opportunity"], _gap(judged, weights, hits, ~truth)]
    found["equalized_odds"] = np.maximum(*gaps)
    if answers.shifted.shape[1] == len(judged.groups):
        shifted = judged.hits(answers.shifted, n_outcomes)
        found["ftu"] = _unawareness(weights, shifted)
        flips = (answers.shifted != answers.shifted[0]).any(axis=0)
        found["ftu_flips"] = rate(weights, flips, everyone)
    return found


def usable(groups: IntArray, n_groups: int) -> IntArray:
    """The groups with at least `MIN_ROWS` rows."""
    sizes = np.bincount(groups[groups >= 0], minlength=n_groups)
    places: IntArray = np.flatnonzero(sizes >= MIN_ROWS)
    return places


def _gap(
    judged: Judged, weights: FloatArray, hits: BoolArray, condition: BoolArray | None
) -> FloatArray:
    """The largest gap of a rate between two groups, over the outcomes."""
    largest = np.full(len(weights), np.nan)
    for outcome in range(hits.shape[1]):
        inside = (judged.groups >= 0) if condition is None else condition[:, outcome]
        within = np.where(inside, judged.groups, -1)
        groups = usable(within, len(judged.group_names))
        if len(groups) < 2:
            continue
        rates = np.stack([rate(weights, hits[:, outcome], within == a) for a in groups])
        largest = np.fmax(largest, np.nanmax(rates, axis=0) - np.nanmin(rates, axis=0))
    return largest


def _over_thresholds(judged: Judged, weights: FloatArray, scores: FloatArray) -> FloatArray:
    """The largest distance between two groups' distribution functions of the scores."""
    groups = usable(judged.groups, len(judged.group_names))
    largest = np.full(len(weights), np.nan)
    if len(groups) < 2:
        return largest
    for column in scores.T:
        grid = np.unique(column)
        if len(grid) > _MAX_THRESHOLDS:
            grid = grid[np.linspace(0, len(grid) - 1, _MAX_THRESHOLDS).round().astype(int)]
        below = [_distribution(weights, column, judged.groups == a, grid) for a in groups]
        spread = np.max(below, axis=0) - np.min(below, axis=0)
        largest = np.fmax(largest, spread.max(axis=1))
    return largest


def _distribution(
    weights: FloatArray, scores: FloatArray, where: BoolArray, grid: FloatArray
) -> FloatArray:
    """(draws, grid): the weighted share of the rows `where` with a score at or below it."""
    rows = np.flatnonzero(where)
    places = np.searchsorted(grid, scores[rows], side="left")
    counts = _summed(weights, rows, places, len(grid))
    cumulated: FloatArray = np.cumsum(counts, axis=1)
    total = cumulated[:, -1:] if len(rows) else np.ones((len(weights), 1))
    return cumulated / np.maximum(total, 1)


def _summed(
    weights: FloatArray, rows: IntArray, places: npt.NDArray[np.intp], n_places: int
) -> FloatArray:
    """(draws, n_places): the weights of `rows` summed by place."""
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    counts = np.zeros((len(weights), n_places))
    kept = ordered < n_places
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    if len(starts):
        sums = np.add.reduceat(weights[:, rows[order]], starts, axis=1)
        inside = kept[starts]
        counts[:, ordered[starts][inside]] = sums[:, inside]
    return counts


def _auroc(weights: FloatArray, truth: BoolArray, scores: FloatArray) -> FloatArray:
    """AUROC, ties counted half; of several outcomes the mean, one against the rest."""
    values = []
    for is_true, score in zip(truth.T, scores.T, strict=True):
        if min(is_true.sum(), (~is_true).sum()) < 2:
            continue
        grid, places = np.unique(score, return_inverse=True)
        parts = []
        for start in range(0, len(weights), _CHUNK):
            piece = weights[start : start + _CHUNK]
            sides = []
            for side in (is_true, ~is_true):
                rows = np.flatnonzero(side)
                sides.append(_summed(piece, rows, places[rows], len(grid)))
            high, low = sides
            beaten = np.cumsum(low, axis=1) - low / 2
            pairs = high.sum(axis=1) * low.sum(axis=1)
            parts.append((high * beaten).sum(axis=1) / np.maximum(pairs, 1))
        values.append(np.concatenate(parts))
    return np.mean(values, axis=0) if values else np.full(len(weights), np.nan)


def _macro(weights: FloatArray, hits: BoolArray, truth: BoolArray, given: BoolArray) -> FloatArray:
    """The share of right ones among the `given`; of several outcomes the mean."""
    places = [o for o in range(truth.shape[1]) if truth[:, o].any()]
    if not places:
        return np.full(len(weights), np.nan)
    rates = [rate(weights, hits[:, o] & truth[:, o], given[:, o]) for o in places]
    if len(places) == 1:
        return rates[0]
    return np.mean([np.nan_to_num(r) for r in rates], axis=0)


def _balanced(weights: FloatArray, truth: IntArray, decisions: IntArray) -> FloatArray:
    """The share decided rightly within each true value, averaged over the values."""
    right = decisions == truth
    found: FloatArray = np.mean(
        [rate(weights, right, truth == c) for c in np.unique(truth)], axis=0
    )
    return found


def _f1(weights: FloatArray, hits: BoolArray, truth: BoolArray) -> FloatArray:
    """Twice the caught over the caught and the true ones; of several outcomes the mean."""
    places = [o for o in range(truth.shape[1]) if truth[:, o].any()]
    if not places:
        return np.full(len(weights), np.nan)
    shares = []
    for o in places:
        caught = weights @ (hits[:, o] & truth[:, o]).astype(np.float32)
        total = weights @ (hits[:, o].astype(np.float32) + truth[:, o])
        shares.append(2 * caught / np.maximum(total, 1))
    return np.mean(shares, axis=0)


def _unawareness(weights: FloatArray, shifted: BoolArray) -> FloatArray:
    """How the mean decision moves when only the sensitive attribute changes."""
    total = np.maximum(weights.sum(axis=1), 1)
    largest = np.zeros(len(weights))
    for outcome in range(shifted.shape[2]):
        means = weights @ shifted[:, :, outcome].T.astype(np.float32) / total[:, None]
        largest = np.maximum(largest, means.max(axis=1) - means.min(axis=1))
    return largest
