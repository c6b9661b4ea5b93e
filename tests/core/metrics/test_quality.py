"""Quality: slow references straight from the definitions, and what each failure must look like."""

from __future__ import annotations

import numpy as np
import pytest

from fairgen_core.metrics.quality import (
    alpha_precision_and_beta_recall,
    density_and_coverage,
    detector,
    quality_report,
    radii,
)
from tests.core.metrics.builders import canonical, hiring


def cloud(n: int, seed: int, shift: float = 0.0, scale: float = 1.0) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return (shift + scale * draw.normal(size=(n, 3))).astype(np.float32)


def slow_density_and_coverage(real: np.ndarray, fake: np.ndarray, k: int) -> tuple[float, float]:
    """Naeem et al. 2020, equations 3 and 4, point by point."""
    spheres = []
    for i, x in enumerate(real):
        others = sorted(np.linalg.norm(x - o) for j, o in enumerate(real) if j != i)
        spheres.append(others[k - 1])
    inside = [
        [np.linalg.norm(y - x) <= r for y in fake] for x, r in zip(real, spheres, strict=True)
    ]
    return float(np.sum(inside) / (k * len(fake))), float(np.mean([any(row) for row in inside]))


def test_density_and_coverage_follow_the_definition() -> None:
    real, fake = cloud(60, 0), cloud(45, 1, shift=0.4)
    density, coverage = density_and_coverage(real, fake, radii(real))
    expected = slow_density_and_coverage(real, fake, 5)
    assert (density.value, coverage.value) == pytest.approx(expected, abs=1e-6)
    assert density.low < density.value < density.high


def test_one_distribution_scores_near_one() -> None:
    real, fake = cloud(800, 0), cloud(800, 1)
    density, coverage = density_and_coverage(real, fake, radii(real))
    precision, recall = alpha_precision_and_beta_recall(real, fake, radii(real), 0)
    assert density.value == pytest.approx(1, abs=0.1)
    assert coverage.value > 0.93
    assert precision.value > 0.93
    assert recall.value > 0.93


def test_mode_collapse_has_high_density_and_low_coverage() -> None:
    real, fake = cloud(800, 0), cloud(800, 1, scale=0.15)
    density, coverage = density_and_coverage(real, fake, radii(real))
    _, recall = alpha_precision_and_beta_recall(real, fake, radii(real), 0)
    assert density.value > 1
    assert coverage.value < 0.3
    assert recall.value < 0.6


def test_a_cloud_elsewhere_has_neither() -> None:
    real, fake = cloud(300, 0), cloud(300, 1, shift=20)
    density, coverage = density_and_coverage(real, fake, radii(real))
    precision, recall = alpha_precision_and_beta_recall(real, fake, radii(real), 0)
    assert density.value == coverage.value == 0
    assert precision.value == pytest.approx(0, abs=0.02)
    assert recall.value == pytest.approx(0, abs=0.02)


def test_figures_do_not_depend_on_the_rows_order() -> None:
    real, fake = cloud(200, 0), cloud(200, 1, shift=0.3)
    order = np.random.default_rng(2).permutation(200)
    first = density_and_coverage(real, fake, radii(real))
    second = density_and_coverage(real[order], fake[order], radii(real[order]))
    assert [f.value for f in first] == pytest.approx([f.value for f in second])


def test_radii_are_distances_to_the_kth_other_point() -> None:
    points = cloud(40, 0)
    slow = np.sort(np.linalg.norm(points[:, None] - points[None], axis=-1), axis=1)
    assert radii(points, 3) == pytest.approx(slow[:, 3], rel=1e-5)


def test_copies_of_repeated_rows_lie_within_their_radius_of_zero() -> None:
    repeated = np.repeat(cloud(10, 0), 8, axis=0)
    density, coverage = density_and_coverage(repeated, repeated.copy(), radii(repeated))
    assert coverage.value == 1
    assert density.value >= 1


def test_detector() -> None:
    assert detector(cloud(500, 0), cloud(500, 1), 0).value == pytest.approx(0.5, abs=0.06)
    apart = detector(cloud(500, 0), cloud(500, 1, shift=3), 0)
    assert apart.value > 0.98
    assert detector(cloud(500, 0), cloud(20, 1), 0).value is None


def test_sdmetrics_report_tells_like_from_unlike() -> None:
    real, schema = canonical(hiring(400, 0))
    like, _ = canonical(hiring(400, 1))
    unlike = like.copy()
    unlike["skill"] += 3
    unlike["team"] = "red"
    shapes, trends = quality_report(schema, real, like, ("group",), 0)
    worse, _ = quality_report(schema, real, unlike, ("group",), 0)
    assert shapes.value > 0.9
    assert trends.value is not None
    assert worse.value < shapes.value - 0.15


def test_fewer_than_thirty_rows_are_not_estimable() -> None:
    real, few = cloud(100, 0), cloud(12, 1)
    for figure in (
        *density_and_coverage(real, few, radii(real)),
        *alpha_precision_and_beta_recall(few, real, radii(few), 0),
    ):
        assert figure.value is None
        assert figure.reason == "12 rows; not estimable below 30"
