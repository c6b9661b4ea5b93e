"""SHAP maps: a linear classifier's by hand, and a trained one's sum."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairgen_core.data.images.prepared import PreparedImages, prepare_images
from fairgen_core.image_api import image_config
from fairgen_core.metrics.picture_explanations import (
    N_SHOWN,
    background_of,
    explain_pictures,
    one_score,
    shap_maps,
)
from fairgen_core.metrics.pictures import TrainedClassifier, as_tensor, train_classifier
from tests.core.metrics.picture_sets import pixel, wired


@pytest.fixture(scope="module")
def digits() -> PreparedImages:
    return prepare_images(image_config("digits", groups="background", size=8))


@pytest.fixture(scope="module")
def classifier(digits: PreparedImages) -> TrainedClassifier:
    return train_classifier(
        digits.train.images, digits.train_classes, digits.test.images, digits.test_classes, 10, 0
    )


def test_a_linear_classifier_is_explained_as_by_hand() -> None:
    """Value of a pixel = weight times (pixel - mean of the references); log-odds of two classes."""
    judge = wired([pixel(2, 3.0), pixel(7, -1.0)], [[0.0, 0.0], [1.0, 2.0]], rectified=False)
    rng = np.random.default_rng(0)
    images, references = (rng.integers(256, size=(n, 4, 4, 1)).astype(np.uint8) for n in (6, 10))
    classes = np.array([0, 1, 1, 0, 1, 0])
    values, base = shap_maps(judge, images, classes, references)
    x, r = (pictures.reshape(len(pictures), 16) / 127.5 - 1 for pictures in (images, references))
    weights = np.zeros(16)
    weights[2], weights[7] = 3.0, -2.0
    sign = np.where(classes == 1, 1.0, -1.0)
    expected = sign[:, None] * weights * (x - r.mean(axis=0))
    np.testing.assert_allclose(values.reshape(6, 16), expected, atol=1e-5)
    np.testing.assert_allclose(base, sign * (r.mean(axis=0) @ weights), atol=1e-5)


def test_a_map_adds_up_to_the_score(digits: PreparedImages, classifier: TrainedClassifier) -> None:
    images, classes = digits.test.images[:20], digits.test_classes[:20]
    values, base = shap_maps(classifier, images, classes, digits.train.images[:16])
    with torch.no_grad():
        logits = classifier.network(as_tensor(images)).numpy().astype(float)
    own = logits[np.arange(20), classes]
    score = own - (logits.sum(axis=1) - own) / 9
    assert np.abs(score).max() > 5
    np.testing.assert_allclose(values.sum(axis=(1, 2)) + base, score, atol=1e-3)


def test_explaining_leaves_the_classifier_as_it_was(
    digits: PreparedImages, classifier: TrainedClassifier
) -> None:
    before = classifier.probabilities(digits.test.images[:5])
    shap_maps(classifier, digits.test.images[:5], np.zeros(5, int), digits.train.images[:5])
    np.testing.assert_array_equal(classifier.probabilities(digits.test.images[:5]), before)
    assert all(not m._backward_hooks for m in classifier.network.modules())
    assert one_score(classifier, 3)[0] is not classifier.network.body


def test_both_classifiers_are_explained_on_the_same_pictures(
    digits: PreparedImages, classifier: TrainedClassifier
) -> None:
    found, kept = explain_pictures(digits, classifier, classifier, 4)
    assert kept["pictures"].shape == (N_SHOWN, 8, 8, 1)
    assert kept["groups"].tolist() == [0, 1] * 4
    assert len(set(kept["classes"].tolist())) == 4
    assert kept["real"].dtype == np.float16
    np.testing.assert_array_equal(kept["real"], kept["synthetic"])
    again = explain_pictures(digits, classifier, classifier, 4)
    np.testing.assert_array_equal(again[1]["real"], kept["real"])
    assert again[0] == found
    assert [share.group for share in found.background] == list(digits.group_names)
    for share in found.background:
        assert share.area.n >= 30
        assert share.real == share.synthetic
        assert 0 < (share.real.value or 0) < 1


def test_attribution_that_lies_on_the_background_alone_is_all_of_it(
    digits: PreparedImages,
) -> None:
    """A corner of a digit is background on black and on white: its reader looks nowhere else."""
    corner = wired([pixel(0, 1.0, 64)], [[float(k)] for k in range(10)], size=8, rectified=False)
    centre = wired([pixel(36, 1.0, 64)], [[float(k)] for k in range(10)], size=8, rectified=False)
    found, _ = explain_pictures(digits, corner, centre, 0)
    for share in found.background:
        assert share.real.value == pytest.approx(1.0)
        assert (share.synthetic.value or 0) < 0.5
        assert 0.4 < (share.area.value or 0) < 0.7


def test_the_background_is_the_same_on_black_and_on_white(digits: PreparedImages) -> None:
    images = digits.test.images[:50]
    np.testing.assert_array_equal(background_of(images), background_of(255 - images))


def test_other_groups_have_no_background() -> None:
    data = prepare_images(image_config("digits", groups="colour", size=8))
    reader = wired([pixel(0, 1.0, 192)], [[1.0], [-1.0]] * 5, size=8, rectified=False)
    found, kept = explain_pictures(data, reader, reader, 0)
    assert found.background == ()
    assert "black and white backgrounds" in found.background_reason
    assert kept["real"].shape == (N_SHOWN, 8, 8)
