"""How like the real rows the synthetic ones are (METRICS.md, quality)."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import euclidean_distances
from sklearn.neighbors import NearestNeighbors

from fairgen_core.boosting import for_boosting
from fairgen_core.data.schema import Schema
from fairgen_core.metrics.features import FloatMatrix, is_categorical, subsample
from fairgen_core.metrics.intervals import (
    MIN_ROWS,
    FloatArray,
    absent,
    from_draws,
    mean,
    share,
    too_few,
)
from fairgen_core.metrics.usefulness import auroc
from fairgen_core.results import Figure

N_NEIGHBOURS = 5
MAX_CLOUD_ROWS = 5_000
"""Rows of each side that distances between all pairs are taken of, at most."""
_MAX_PRODUCTS = 5e9
"""Pairs times coordinates, at most: what keeps wide tables quick."""
MAX_DETECTOR_ROWS = 20_000
MAX_REPORT_ROWS = 5_000
MAX_REPORT_COLUMNS = 20
TIE = 1e-5
"""Distances that differ by less are equal: rounding in products of single-precision numbers."""
_LEVELS = np.linspace(0, 1, 101)


def nearest(points: FloatMatrix, among: FloatMatrix, k: int = 1) -> tuple[Any, Any]:
    """Distances to, and places of, the k nearest of `among`: two (n, k) arrays."""
    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(among)
    return search.kneighbors(points)


def radii(points: FloatMatrix, k: int = N_NEIGHBOURS) -> FloatArray:
    """Each point's distance to its k-th nearest other point; of k or fewer points to the last."""
    k = min(k, len(points) - 1)
    # The nearest is the point itself (or its twin, at the same distance 0).
    distances: FloatArray = nearest(points, points, k + 1)[0][:, k]
    return distances


def cloud_rows(n_coordinates: int) -> int:
    """How many rows of each side all distances are affordable for."""
    return int(np.clip(np.sqrt(_MAX_PRODUCTS / n_coordinates), 1_000, MAX_CLOUD_ROWS))


def density_and_coverage(
    real: FloatMatrix, synthetic: FloatMatrix, reach: FloatArray
) -> tuple[Figure, Figure]:
    """Density and coverage (Naeem et al. 2020).

    density = mean over synthetic j of (1/k) #{real i: |y_j - x_i| <= r_i};
    coverage = share of real i with a synthetic row within r_i; r_i: distance to the k-th nearest
    other real row.

    Args:
        real, synthetic: points of the distance space.
        reach: `radii` of the real points.
    """
    n = min(len(real), len(synthetic))
    if n < MIN_ROWS:
        return too_few(n, "rows"), too_few(n, "rows")
    inside = euclidean_distances(real, synthetic) <= reach[:, None] + TIE
    return (
        mean(inside.sum(axis=0) / N_NEIGHBOURS, low=0),
        share(int(inside.any(axis=1).sum()), len(real)),
    )


def alpha_precision_and_beta_recall(
    real: FloatMatrix, synthetic: FloatMatrix, reach: FloatArray, seed: int
) -> tuple[Figure, Figure]:
    """Integrated alpha-precision and beta-recall (Alaa et al. 2022): 1 - 2 * int |P(t) - t| dt.

    The alpha-support is the ball around the real rows' mean that holds a share alpha of them;
    P(alpha) the share of synthetic rows in it. R(beta) is the share of real rows whose closest
    synthetic row is of the synthetic beta-support and nearer than their k-th real neighbour.
    Deviations: the balls lie in the standardised table and not in a learnt hypersphere embedding;
    the closest row of all is asked for and not the closest of each support, so that rows of one
    distribution reach 1; k = 5, as for coverage.

    Args:
        real, synthetic: points of the distance space.
        reach: `radii` of the real points.
        seed: of the intervals' bootstrap.
    """
    n = min(len(real), len(synthetic))
    if n < MIN_ROWS:
        return too_few(n, "rows"), too_few(n, "rows")
    generator = np.random.default_rng([seed, 5])
    precision_levels = _support_levels(real, synthetic)
    distances, places = nearest(real, synthetic)
    own = _support_levels(synthetic, synthetic)
    recall_levels = np.where(distances[:, 0] <= reach + TIE, own[places[:, 0]], np.inf)
    return _integrated(precision_levels, generator), _integrated(recall_levels, generator)


def _support_levels(reference: FloatMatrix, points: FloatMatrix) -> FloatArray:
    """The smallest alpha whose support of `reference` holds each point; infinite outside all."""
    centre = reference.mean(axis=0)
    own = np.sort(np.linalg.norm(reference - centre, axis=1))
    places = np.searchsorted(own, np.linalg.norm(points - centre, axis=1), side="left")
    return np.where(places < len(own), (places + 1) / len(own), np.inf)


def _integrated(levels: npt.NDArray[Any], generator: np.random.Generator) -> Figure:
    def score(rows: npt.NDArray[Any]) -> float:
        held = np.searchsorted(np.sort(rows), _LEVELS, side="right") / len(rows)
        return float(1 - 2 * np.abs(held - _LEVELS).mean())

    redrawn = [score(generator.choice(levels, len(levels))) for _ in range(200)]
    return from_draws(score(levels), np.array(redrawn), len(levels), 0, 1)


def detector(real: FloatMatrix, synthetic: FloatMatrix, seed: int) -> Figure:
    """AUROC of gradient boosting that tells synthetic from real rows, 3-fold cross-validated.

    Args:
        real, synthetic: codes; as many rows of each as the smaller has, at most
            `MAX_DETECTOR_ROWS`.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier  # heavy, and not for pictures
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    n = min(len(real), len(synthetic), MAX_DETECTOR_ROWS)
    if n < MIN_ROWS:
        return too_few(n, "rows of each kind")
    generator = np.random.default_rng([seed, 6])
    rows = np.concatenate(
        [
            real[subsample(len(real), n, generator)],
            synthetic[subsample(len(synthetic), n, generator)],
        ]
    )
    is_synthetic = np.repeat([0, 1], n)
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    model = HistGradientBoostingClassifier(random_state=seed)
    scores = cross_val_predict(
        model, for_boosting(rows), is_synthetic, cv=folds, method="predict_proba"
    )
    return auroc(is_synthetic[:, None] == 1, scores[:, 1:])


def quality_report(
    schema: Schema, real: pd.DataFrame, synthetic: pd.DataFrame, first: tuple[str, ...], seed: int
) -> tuple[Figure, Figure]:
    """Column shapes and pair trends by SDMetrics' quality report.

    On at most `MAX_REPORT_ROWS` rows of each and `MAX_REPORT_COLUMNS` columns (`first` ones kept),
    because the pairs grow with the square of the columns.
    """
    from sdmetrics.reports import QualityReport

    n = min(len(real), len(synthetic), MAX_REPORT_ROWS)
    if n < MIN_ROWS:
        return too_few(n, "rows of each kind"), too_few(n, "rows of each kind")
    names = [c.name for c in schema.modelled]
    names = sorted(names, key=lambda name: name not in first)[:MAX_REPORT_COLUMNS]
    columns = {name: {"sdtype": _sdtype(schema, name)} for name in names}
    generator = np.random.default_rng([seed, 7])
    tables = [
        {"rows": _plain(schema, frame.iloc[subsample(len(frame), n, generator)], names)}
        for frame in (real, synthetic)
    ]
    report = QualityReport()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        report.generate(*tables, {"tables": {"rows": {"columns": columns}}}, verbose=False)
    scores = report.get_properties().set_index("Property")["Score"]
    return _score(scores, "Column Shapes", n), _score(scores, "Column Pair Trends", n)


def _score(scores: pd.Series, name: str, n: int) -> Figure:
    value = float(scores.get(name, np.nan))
    if np.isnan(value):
        return absent("SDMetrics could not compute it for these columns", n)
    return Figure(value=value, n=n)


def _sdtype(schema: Schema, name: str) -> str:
    column = schema[name]
    if is_categorical(column):
        return "categorical"
    return "datetime" if column.kind == "datetime" else "numerical"


def _plain(schema: Schema, frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Columns in the dtypes SDMetrics expects: no nullable integers."""
    plain = frame[names].reset_index(drop=True)
    for name in names:
        if schema[name].kind in {"integer", "decimal"}:
            plain[name] = plain[name].astype("float64")
    return plain
