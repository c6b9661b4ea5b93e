"""Nearest real pictures: computed by hand, a memoriser caught, an honest generator let go."""

from __future__ import annotations

import numpy as np
import pytest

from fairgen_core.data.images.prepared import PreparedImages, prepare_images
from fairgen_core.image_api import image_config
from fairgen_core.metrics.picture_lookalikes import (
    N_CLOSEST,
    N_SPREAD,
    copied_from,
    look_for_copies,
    spread,
)
from fairgen_core.metrics.pictures import TrainedClassifier, train_classifier
from tests.core.metrics.picture_sets import divided, pixel, wired


@pytest.fixture(scope="module")
def halves() -> PreparedImages:
    """Digits: as many held-out pictures as training ones."""
    return prepare_images(image_config("digits", groups="background", size=8, test_share=0.5))


@pytest.fixture(scope="module")
def space(halves: PreparedImages) -> TrainedClassifier:
    return train_classifier(
        halves.train.images, halves.train_classes, halves.test.images, halves.test_classes, 10, 0
    )


def test_a_memoriser_is_caught(halves: PreparedImages, space: TrainedClassifier) -> None:
    copies = halves.train.images
    figures, found, kept = look_for_copies(
        halves, copies, halves.train_groups, halves.train_classes, space, 0
    )
    assert figures["exact_copies"].value == 1.0
    assert figures["exact_copies"].n == len(copies)
    assert (figures["nearer_features"].value or 0) > 0.99
    assert figures["authenticity"].value == 0.0
    assert found.space == "label"
    assert kept["copied"].all()
    assert (kept["training_distance"] == 0).all()
    np.testing.assert_array_equal(kept["made"], kept["training"])


def test_pictures_that_are_no_copies_are_let_go(
    halves: PreparedImages, space: TrainedClassifier
) -> None:
    """The held-out pictures' other look: nobody has seen them, neither part holds them."""
    fresh = 255 - halves.test.images
    figures, _, kept = look_for_copies(
        halves, fresh, 1 - halves.test_groups, halves.test_classes, space, 0
    )
    assert figures["exact_copies"].value == 0.0
    nearer, real = figures["nearer_features"], figures["nearer_features_real"]
    assert nearer.low is not None
    assert nearer.low < 0.5
    assert real.value == pytest.approx(0.5, abs=0.1)
    assert not kept["copied"].any()


def test_the_nearest_picture_is_the_one_by_hand() -> None:
    """One pixel is the whole space: distances are differences of it, over 127.5."""
    train = np.zeros((3, 4, 4, 1), np.uint8)
    train[:, 0, 0, 0] = [0, 100, 250]
    held_out = np.zeros((2, 4, 4, 1), np.uint8)
    held_out[:, 0, 0, 0] = [90, 130]
    made = np.zeros((3, 4, 4, 1), np.uint8)
    made[:, 0, 0, 0] = [96, 200, 3]
    codes = np.array([0, 1, 0])
    data = divided((train, codes, codes), (held_out, codes[:2], codes[:2]))
    space = wired([pixel(0)], [[1.0], [-1.0]], rectified=False)
    figures, found, kept = look_for_copies(data, made, codes, codes, space, 0)
    n = int(kept["n_spread"])
    assert n == 3
    order = np.argsort(kept["made"][:n, 0, 0, 0])
    pick = lambda name: kept[name][:n][order]  # noqa: E731
    assert pick("made")[:, 0, 0, 0].tolist() == [3, 96, 200]
    assert pick("training")[:, 0, 0, 0].tolist() == [0, 100, 250]
    assert pick("held_out")[:, 0, 0, 0].tolist() == [90, 90, 130]
    np.testing.assert_allclose(pick("training_distance") * 127.5, [3, 4, 50], atol=1e-3)
    np.testing.assert_allclose(pick("held_out_distance") * 127.5, [87, 6, 70], atol=1e-3)
    # The closest of all come after those that are drawn evenly, nearest first.
    assert kept["made"][n:, 0, 0, 0].tolist() == [3, 96, 200]
    # 90 lies 10 from 100, and 130 lies 30 from it.
    assert found.usual_distance * 127.5 == pytest.approx(20, abs=1e-3)
    assert figures["nearer_features"].value is None
    assert "not estimable below 30" in figures["nearer_features"].reason


def test_a_copy_is_found_wherever_its_original_stands() -> None:
    rng = np.random.default_rng(0)
    training = rng.integers(256, size=(50, 4, 4, 3)).astype(np.uint8)
    images = rng.integers(256, size=(4, 4, 4, 3)).astype(np.uint8)
    images[1], images[3] = training[49], training[7]
    images[2] = training[7]
    images[2, 0, 0, 0] ^= 1  # one bit off is no copy
    assert copied_from(images, training).tolist() == [-1, 49, -1, 7]


def test_rows_are_spread_evenly_over_cells() -> None:
    cells = np.array([0] * 100 + [1] * 3 + [2] * 50)
    rows = spread(cells, 12, np.random.default_rng(0))
    assert np.bincount(cells[rows]).tolist() == [5, 3, 4]
    assert cells[rows[:3]].tolist() == [0, 1, 2]
    assert len(set(rows.tolist())) == 12
    assert sorted(spread(cells, 999, np.random.default_rng(0)).tolist()) == list(range(153))


def test_what_is_kept_stays_small(halves: PreparedImages, space: TrainedClassifier) -> None:
    _, found, kept = look_for_copies(halves, halves.test.images, halves.test_groups, None, space, 0)
    assert len(kept["made"]) == N_SPREAD + N_CLOSEST
    assert "classes" not in kept
    assert found.n_looked_at == len(halves.test)
