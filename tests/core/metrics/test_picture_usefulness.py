"""What a classifier of pictures is seen to do: golden values of classifiers wired by hand."""

from __future__ import annotations

import numpy as np
import pytest

from fairgen_core.data.images.prepared import PreparedImages
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS
from fairgen_core.image_results import Taught
from fairgen_core.metrics.picture_registry import PICTURE_METRICS
from fairgen_core.metrics.picture_usefulness import NOT_SWITCHABLE, compare
from fairgen_core.metrics.pictures import TrainedClassifier
from fairgen_core.results import Figure
from tests.core.metrics.picture_sets import divided, pixel, wired

CORNER, CENTRE = 0, 5
N = 200

BACKGROUND_READER = wired([pixel(CORNER), pixel(CORNER, -1.0)], [[-1.0, 1.0], [1.0, -1.0]])
"""Answers 'yes' (class 1) where the corner is bright, whatever else is there."""


def stroke_reader() -> TrainedClassifier:
    """Answers 'yes' where the centre differs from the corner: the same on black and on white."""
    there = [a + b for a, b in zip(pixel(CENTRE), pixel(CORNER, -1.0), strict=True)]
    back = [-w for w in there]
    always = [0.0] * 16
    judge = wired([there, back, always], [[-1.0, -1.0, 1.0], [1.0, 1.0, -1.0]])
    judge.network.body[1].bias.data[2] = 1.0
    return judge


def pictures(made: str = "background") -> PreparedImages:
    """Half on black, half on white; half with a stroke in the centre: every cell a quarter."""
    groups, classes = np.arange(N) % 2, np.arange(N) // 2 % 2
    plain = np.zeros((N, 4, 4, 1), np.uint8)
    plain[classes == 1, 1, 1] = 255
    part = (TEACHING_GROUPS["background"].paint(plain, groups), groups, classes)
    names = TEACHING_GROUPS["background"].names
    return divided(part, part, made, names)


def figure(taught: Taught, metric: str, trained_on: str) -> Figure:
    (measured,) = [m for m in taught.figures if m.metric == metric]
    found = getattr(measured, trained_on)
    assert isinstance(found, Figure)
    return found


@pytest.fixture(scope="module")
def taught() -> Taught:
    return compare(pictures(), stroke_reader(), BACKGROUND_READER, "told", 500, 0)


@pytest.mark.parametrize(
    ("metric", "by_stroke", "by_background"),
    [
        ("accuracy", 1.0, 0.5),
        ("auroc", 1.0, 0.5),
        ("accuracy_gap", 0.0, 0.0),
        ("dp", 0.0, 1.0),
        ("dp_any", 0.0, 1.0),
        ("ftu", 0.0, 1.0),
        ("ftu_flips", 0.0, 1.0),
        ("equalized_odds", 0.0, 1.0),
    ],
)
def test_golden_values(taught: Taught, metric: str, by_stroke: float, by_background: float) -> None:
    assert figure(taught, metric, "real").value == pytest.approx(by_stroke)
    assert figure(taught, metric, "synthetic").value == pytest.approx(by_background)
    assert figure(taught, metric, "synthetic").n >= N / 2
    assert metric in PICTURE_METRICS


def test_groups_and_rates_are_those_of_the_answers(taught: Taught) -> None:
    assert [(g.real.value, g.synthetic.value, g.real.n) for g in taught.groups] == [
        (1.0, 0.5, 100), (1.0, 0.5, 100),
    ]  # fmt: skip
    assert taught.outcome == "yes"
    rates = {r.trained_on: [f.value for f in r.rates] for r in taught.rates}
    assert rates == {"real": [0.5, 0.5], "synthetic": [0.0, 1.0]}
    assert (taught.n_real, taught.n_synthetic, taught.n_test) == (N, 500, N)


def test_a_photograph_s_group_cannot_be_switched() -> None:
    taught = compare(pictures(""), stroke_reader(), BACKGROUND_READER, "asked", 500, 0)
    for metric in ("ftu", "ftu_flips"):
        assert figure(taught, metric, "synthetic").value is None
        assert figure(taught, metric, "synthetic").reason == NOT_SWITCHABLE
    assert figure(taught, "dp", "synthetic").value == 1.0


def test_a_classifier_of_one_answer_is_struck() -> None:
    never = wired([pixel(CORNER)], [[1.0], [-1.0]])
    never.network.last.bias.data[0] = 50.0
    taught = compare(pictures(), stroke_reader(), never, "told", 500, 0)
    for metric in ("dp", "ftu", "equalized_odds"):
        found = figure(taught, metric, "synthetic")
        assert found.struck
        assert "proves nothing" in found.reason
        assert "rows" not in found.reason
        assert not figure(taught, metric, "real").struck


def test_too_few_pictures_are_not_estimable() -> None:
    data = pictures()
    few = slice(0, 20)
    small = divided(
        (data.train.images, data.train_groups, data.train_classes),
        (data.test.images[few], data.test_groups[few], data.test_classes[few]),
        "background",
        data.group_names,
    )
    taught = compare(small, stroke_reader(), BACKGROUND_READER, "told", 500, 0)
    for measured in taught.figures:
        assert measured.synthetic is not None
        assert measured.synthetic.value is None
        assert "row" not in measured.synthetic.reason


@pytest.mark.parametrize("kind", sorted(TEACHING_GROUPS))
def test_a_switched_picture_is_the_same_in_another_look(kind: str) -> None:
    rng = np.random.default_rng(3)
    made = TEACHING_GROUPS[kind]
    n_groups = len(made.names)
    plain = np.zeros((60, 8, 8, 3), np.uint8)
    plain[:, 2:6, 2:6] = rng.integers(40, 256, (60, 4, 4, 1))
    codes = rng.integers(n_groups, size=60)
    painted = made.paint(plain, codes)
    for to in range(n_groups):
        wanted = made.paint(plain, np.full(60, to)).astype(int)
        found = made.switched(painted, codes, to).astype(int)
        # A shade loses what lies between its steps of 2.5; the other looks lose nothing.
        assert np.abs(found - wanted).max() <= (2 if kind == "shade" else 0)
    back = made.switched(painted, codes, 0)
    again = np.stack([made.switched(back, np.zeros(60, int), to) for to in range(n_groups)])
    np.testing.assert_array_equal(again[codes, np.arange(60)], painted)
