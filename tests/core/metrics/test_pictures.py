"""Figures of pictures: golden values, and what each failure must look like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgen_core.metrics.fair_latent import content_kept, latent_attacker
from fairgen_core.metrics.picture_registry import PICTURE_METRICS
from fairgen_core.metrics.pictures import (
    TrainedClassifier,
    corrected_shares,
    frechet_distance,
    kernel_distance,
    recognisable,
    train_classifier,
)
from fairgen_core.metrics.quality import density_and_coverage, radii


def cloud(n: int, seed: int, mean: float = 0.0, scale: float = 1.0, d: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, scale, (n, d)).astype(np.float32)


def test_equal_clouds_are_at_distance_0() -> None:
    x = cloud(400, 1)
    assert frechet_distance(x, x).value == pytest.approx(0, abs=1e-3)
    found = kernel_distance(x, cloud(700, 2), 0)
    assert found.value == pytest.approx(0, abs=0.05)
    assert found.n == 400  # the pictures, not the draws of them


def test_frechet_distance_of_gaussians_has_its_closed_form() -> None:
    # |m1 - m2|^2 + d (s1 - s2)^2 for isotropic Gaussians: 6 * 1 + 6 * 0.25.
    found = frechet_distance(cloud(40_000, 1), cloud(40_000, 2, mean=1.0, scale=1.5)).value
    assert found == pytest.approx(7.5, rel=0.03)


def test_kernel_distance_is_the_unbiased_mmd() -> None:
    x, y = cloud(40, 1, d=2), cloud(40, 2, mean=0.5, d=2)
    k = lambda a, b: (float(a @ b) / 2 + 1) ** 3  # noqa: E731
    pairs = [(i, j) for i in range(40) for j in range(40) if i != j]
    within = sum(k(x[i], x[j]) + k(y[i], y[j]) for i, j in pairs) / (40 * 39)
    across = sum(k(a, b) for a in x for b in y) / 40**2
    assert kernel_distance(x, y, 0).value == pytest.approx(within - 2 * across, rel=1e-4)


def test_mode_collapse_is_dense_and_covers_little() -> None:
    real = cloud(500, 1)
    collapsed = cloud(500, 2, scale=0.05)
    density, coverage = density_and_coverage(real, collapsed, radii(real))
    assert density.value is not None
    assert coverage.value is not None
    assert density.value > 1.5
    assert coverage.value < 0.2


def test_too_few_pictures_are_not_estimable() -> None:
    assert frechet_distance(cloud(10, 1), cloud(500, 2)).value is None
    assert kernel_distance(cloud(500, 1), cloud(10, 2), 0).value is None


@given(
    st.lists(st.floats(0.02, 1), min_size=2, max_size=4),
    st.floats(0.6, 0.99),
)
def test_correction_recovers_the_shares_behind_a_confused_classifier(
    weights: list[float], right: float
) -> None:
    true = np.array(weights) / np.sum(weights)
    k = len(true)
    confusion = np.full((k, k), (1 - right) / (k - 1))
    np.fill_diagonal(confusion, right)
    np.testing.assert_allclose(corrected_shares(confusion.T @ true, confusion), true, atol=1e-6)


def test_correction_never_leaves_0_to_1() -> None:
    confusion = np.array([[0.9, 0.1], [0.1, 0.9]])
    found = corrected_shares(np.array([1.0, 0.0]), confusion)
    assert found.tolist() == [1.0, 0.0]


def test_recognised_is_what_is_told_with_more_than_nine_tenths() -> None:
    told = np.array([[0.91, 0.09], [0.9, 0.1], [0.5, 0.5], [0.05, 0.95]])
    assert recognisable(told).tolist() == [True, False, False, True]


@pytest.fixture(scope="module")
def bars() -> tuple[np.ndarray, np.ndarray]:
    """Noisy pictures with a bright upper or a bright lower half."""
    rng = np.random.default_rng(0)
    codes = rng.integers(2, size=400)
    images = rng.integers(0, 60, (400, 8, 8, 1)).astype(np.uint8)
    images[codes == 0, :4] += 150
    images[codes == 1, 4:] += 150
    return images, codes


@pytest.fixture(scope="module")
def classifier(bars: tuple[np.ndarray, np.ndarray]) -> TrainedClassifier:
    images, codes = bars
    return train_classifier(images[:300], codes[:300], images[300:], codes[300:], 2, seed=1)


def test_a_classifier_learns_and_knows_how_well(
    classifier: TrainedClassifier, bars: tuple[np.ndarray, np.ndarray]
) -> None:
    images, codes = bars
    told = classifier.probabilities(images[300:]).argmax(axis=1)
    assert classifier.accuracy == (told == codes[300:]).mean()
    assert classifier.accuracy > 0.95
    assert classifier.n_held_out == 100
    np.testing.assert_allclose(classifier.confusion.sum(axis=1), 1)
    assert classifier.features(images[:5]).shape == (5, 64)


def test_a_kept_classifier_tells_the_same(
    classifier: TrainedClassifier, bars: tuple[np.ndarray, np.ndarray]
) -> None:
    again = TrainedClassifier.parse(*classifier.dump())
    np.testing.assert_array_equal(
        again.probabilities(bars[0][:20]), classifier.probabilities(bars[0][:20])
    )
    np.testing.assert_array_equal(again.confusion, classifier.confusion)


def test_an_attacker_finds_what_is_there_and_nothing_else() -> None:
    groups = np.arange(2000) % 4 // 3  # three quarters and one quarter
    plain = cloud(2000, 3)
    half = slice(1000), slice(1000, None)
    blind = latent_attacker(plain[half[0]], groups[half[0]], plain[half[1]], groups[half[1]], 0)
    telling = plain.copy()
    telling[:, 0] += 6 * groups
    sees = latent_attacker(telling[half[0]], groups[half[0]], telling[half[1]], groups[half[1]], 0)
    assert blind.value is not None
    assert sees.value is not None
    assert blind.value == pytest.approx(0.5, abs=0.06)
    assert sees.value > 0.97
    assert blind.low is not None
    assert blind.high is not None
    assert blind.low < blind.value < blind.high


def test_content_is_kept_where_every_look_is_of_one_class() -> None:
    classes = np.array([[1, 1, 1]] * 30 + [[1, 2, 1]] * 10)
    assert content_kept(classes).value == 0.75


def test_every_metric_is_described() -> None:
    assert all(key == info.key and info.definition for key, info in PICTURE_METRICS.items())
