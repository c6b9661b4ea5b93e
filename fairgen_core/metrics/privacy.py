"""Whether the synthetic rows repeat people, and whether a model amplifies bias (METRICS.md)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.schema import Schema
from fairgen_core.metrics.features import FloatMatrix, subsample
from fairgen_core.metrics.intervals import MIN_ROWS, absent, around, from_draws, share, too_few
from fairgen_core.metrics.judges import FloatArray, IntArray
from fairgen_core.metrics.quality import TIE, nearest
from fairgen_core.results import Figure

Points = FloatMatrix | npt.NDArray[np.uint8]

MAX_QUERY_ROWS = 3_000
MAX_REFERENCE_ROWS = 50_000
_MAX_PRODUCTS = 4e10
"""Queries times references times coordinates, at most: what keeps wide tables quick."""


def closest_record_share(train: Points, held_out: Points, synthetic: Points, seed: int) -> Figure:
    """Share of synthetic rows nearer to a training row than to a held-out row; ties count half.

    Training and held-out rows are compared in equal numbers, so that .5 means 'no nearer to the
    rows it has seen than to rows it has not'. Interval: normal, synthetic rows with the same
    closest record counted as one cluster.

    Args:
        train, held_out, synthetic: points of the distance space; the rows that are looked at become
            float32 here, so that pictures can come as bytes.
    """
    n = min(len(train), len(held_out), MAX_REFERENCE_ROWS)
    if min(n, len(synthetic)) < MIN_ROWS:
        return too_few(min(n, len(synthetic)), "rows")
    generator = np.random.default_rng([seed, 8])
    queries = _queries(synthetic, n, generator).astype(np.float32, copy=False)
    (seen, seen_place), (unseen, unseen_place) = (
        nearest(queries, rows[subsample(len(rows), n, generator)].astype(np.float32, copy=False))
        for rows in (train, held_out)
    )
    nearer = np.where(np.abs(seen - unseen) < TIE, 0.5, seen < unseen)[:, 0]
    closest = np.where(seen < unseen, seen_place, n + unseen_place)[:, 0]
    value = float(nearer.mean())
    by_record = np.bincount(closest, weights=nearer - value)
    return around(value, float(np.sqrt((by_record**2).sum())) / len(queries), len(queries), 0, 1)


def authenticity(train: FloatMatrix, synthetic: FloatMatrix, seed: int) -> Figure:
    """Share of synthetic rows that are no near-copy of a training row (Alaa et al. 2022).

    A synthetic row is a near-copy if it lies nearer to its closest training row than that row's
    own closest neighbour among the training rows does. Equal training rows have distance 0, and a
    synthetic row at the same place then counts as authentic: it repeats nobody in particular.
    """
    if min(len(train), len(synthetic)) < MIN_ROWS:
        return too_few(min(len(train), len(synthetic)), "rows")
    generator = np.random.default_rng([seed, 9])
    rows = train[subsample(len(train), MAX_REFERENCE_ROWS, generator)]
    queries = _queries(synthetic, len(rows), generator)
    distances, places = nearest(queries, rows)
    asked, back = np.unique(places[:, 0], return_inverse=True)
    own = nearest(rows[asked], rows, 2)[0][:, 1][back]
    return share(int((distances[:, 0] + TIE >= own).sum()), len(queries))


def _queries(
    points: npt.NDArray[Any], n_others: int, generator: np.random.Generator
) -> npt.NDArray[Any]:
    affordable = int(_MAX_PRODUCTS / n_others / points.shape[1])
    return points[subsample(len(points), min(MAX_QUERY_ROWS, max(500, affordable)), generator)]


def exact_copies(schema: Schema, train: pd.DataFrame, rows: pd.DataFrame) -> Figure:
    """Share of `rows` whose modelled columns all equal those of some training row.

    A property of the table and no estimate: without interval.
    """
    if len(rows) == 0:
        return absent("No rows")
    names = [c.name for c in schema.modelled]
    copied = np.isin(_hashes(rows, names), _hashes(train, names))
    return Figure(value=float(copied.mean()), n=len(rows))


def _hashes(frame: pd.DataFrame, names: list[str]) -> npt.NDArray[np.uint64]:
    plain = pd.DataFrame(
        {
            name: column.astype("float64") if pd.api.types.is_numeric_dtype(column) else column
            for name, column in frame[names].items()
        }
    )
    return np.asarray(pd.util.hash_pandas_object(plain, index=False), dtype=np.uint64)


def bias_amplification(
    groups: IntArray, truth: IntArray, decisions: IntArray, n_groups: int, seed: int
) -> Figure:
    """Bias amplification: model leakage minus data leakage (Wang et al. 2019).

    The attacker guesses the group from one label; with one categorical label the best attacker is
    a table, and its accuracy has a closed form. lambda_M: from the model's decisions; lambda_D:
    from the true labels after noise that keeps their frequencies and brings them down to the
    model's F1 (of many classes: its accuracy). Deviation: accuracy is averaged over the groups,
    because with unequal groups the plain one is that of always guessing the largest.

    Args:
        groups: (n,) 0..K-1, -1 for none.
        truth, decisions: (n,) class indices.
    """
    sizes = np.bincount(groups[groups >= 0], minlength=n_groups)
    usable = np.flatnonzero(sizes >= MIN_ROWS)
    if len(usable) < 2:
        return absent(f"Two groups with {MIN_ROWS} or more rows are needed")
    keep = np.isin(groups, usable)
    k, c = len(usable), int(max(truth.max(), decisions.max(), 1)) + 1
    codes = np.searchsorted(usable, groups[keep]) * c * c + truth[keep] * c + decisions[keep]
    counts = np.bincount(codes, minlength=k * c * c).reshape(k, c, c)
    rows = counts.reshape(k, -1)
    generator = np.random.default_rng([seed, 10])
    redrawn = np.stack(
        [generator.multinomial(row.sum(), row / row.sum(), size=300) for row in rows], axis=1
    )
    draws = np.array([_amplification(draw.reshape(k, c, c)) for draw in redrawn])
    return from_draws(_amplification(counts), draws, int(rows.sum()), -1, 1)


def _amplification(counts: npt.NDArray[np.int64]) -> float:
    """lambda_M - lambda_D from counts (group, true class, decision)."""
    overall = counts.sum(axis=0)
    marginal = overall.sum(axis=1) / overall.sum()
    if len(marginal) == 2:
        hits = 2 * overall[1, 1]
        f1 = hits / max(1, hits + overall[0, 1] + overall[1, 0])
        agreement_by_chance = marginal[1]
    else:
        f1 = np.trace(overall) / overall.sum()
        agreement_by_chance = float((marginal**2).sum())
    noise = float(np.clip((1 - f1) / max(1e-12, 1 - agreement_by_chance), 0, 1))
    labels = counts.sum(axis=2) / counts.sum(axis=(1, 2))[:, None]
    noisy = (1 - noise) * labels + noise * marginal
    decisions = counts.sum(axis=1) / counts.sum(axis=(1, 2))[:, None]
    return leakage(decisions) - leakage(noisy)


def leakage(rates: FloatArray) -> float:
    """Mean accuracy over groups of the best guess of the group from one label.

    Args:
        rates: (K, classes) P(label given group). 1/K says the label tells nothing.
    """
    return float(rates.max(axis=0).sum() / len(rates))
