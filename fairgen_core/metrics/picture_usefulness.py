"""What a classifier of the class learns from synthetic pictures, and how it treats the groups.

The same classifier is trained on synthetic and on real pictures and both are tested on the same
held-out real ones. The parity figures are those of tables (METRICS.md), over pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.prepared import PreparedImages
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS
from fairgen_core.image_results import AnswerRate, Taught, TaughtGroup
from fairgen_core.metrics.fairness import (
    STRUCK_METRICS,
    group_counts,
    odds_gap,
    one_class_reason,
    parity_gap,
    unawareness_flips,
    unawareness_gap,
)
from fairgen_core.metrics.features import subsample
from fairgen_core.metrics.intervals import absent, largest_ks, largest_rate_gap, share
from fairgen_core.metrics.pictures import MAX_TRAINING, Codes, FloatArray, TrainedClassifier
from fairgen_core.metrics.usefulness import auroc
from fairgen_core.results import Figure, Measured

BoolArray = npt.NDArray[np.bool_]

MAX_TEST = 10_000
MAX_SWITCHED = 20_000
"""Held-out pictures times groups that are shown in another group's look."""
NOT_SWITCHABLE = "Not measurable: the group of a photograph cannot be switched"


@dataclass(frozen=True)
class Test:
    """The held-out real pictures that both classifiers answer for.

    Attributes:
        images, truth, groups: pictures, their classes and groups.
        looks: the pictures of some rows in every group's look, one array a group; () where the
            group cannot be switched.
        group_names, class_names: spellings of the codes.
    """

    images: npt.NDArray[np.uint8]
    truth: Codes
    groups: Codes
    looks: tuple[npt.NDArray[np.uint8], ...]
    group_names: tuple[str, ...]
    class_names: tuple[str, ...]

    def hits(self, decisions: Codes) -> BoolArray:
        """(..., outcomes): of two classes whether it is the last one, else whether it is each."""
        n_classes = len(self.class_names)
        wanted = np.array([1]) if n_classes == 2 else np.arange(n_classes)
        return decisions[..., None] == wanted


def held_out_test(data: PreparedImages, seed: int) -> Test:
    """At most 10,000 held-out pictures, some of them in every group's look where that is known."""
    rng = np.random.default_rng([seed, 29])
    rows = subsample(len(data.test), MAX_TEST, rng)
    images, groups = data.test.images[rows], data.test_groups[rows]
    looks: tuple[npt.NDArray[np.uint8], ...] = ()
    if data.made:
        n_groups = len(data.group_names)
        some = subsample(len(rows), MAX_SWITCHED // n_groups, rng)
        made = TEACHING_GROUPS[data.made]
        looks = tuple(made.switched(images[some], groups[some], to) for to in range(n_groups))
    return Test(images, data.test_classes[rows], groups, looks, data.group_names, data.class_names)


def compare(
    data: PreparedImages,
    real: TrainedClassifier,
    synthetic: TrainedClassifier,
    labels: Literal["asked", "told"],
    n_synthetic: int,
    seed: int,
) -> Taught:
    """Judge both classifiers on the same held-out real pictures.

    Args:
        data: the real pictures, with a class.
        real, synthetic: the classifiers, by what they were trained on.
        labels: whence the synthetic pictures had their classes.
        n_synthetic: how many synthetic pictures there were.
        seed: of the choice of pictures where they are very many.
    """
    test = held_out_test(data, seed)
    judges = {"real": real, "synthetic": synthetic}
    scores = {key: judge.probabilities(test.images) for key, judge in judges.items()}
    decisions = {key: told.argmax(axis=1).astype(np.int64) for key, told in scores.items()}
    shifted = {
        key: np.stack([judge.probabilities(look).argmax(axis=1) for look in test.looks])
        if test.looks
        else None
        for key, judge in judges.items()
    }
    figures = {
        key: picture_figures(test, scores[key], decisions[key], shifted[key]) for key in judges
    }
    right = {key: told == test.truth for key, told in decisions.items()}
    return Taught(
        labels=labels,
        outcome=data.class_names[1] if len(data.class_names) == 2 else "",
        n_real=min(len(data.train), MAX_TRAINING),
        n_synthetic=min(n_synthetic, MAX_TRAINING),
        n_test=len(test.images),
        figures=tuple(
            Measured(metric=key, real=figures["real"][key], synthetic=figures["synthetic"][key])
            for key in figures["real"]
        ),
        groups=tuple(
            TaughtGroup(
                group=name,
                **{
                    key: share(int(hit[of].sum()), int(of.sum()), "pictures")
                    for key, hit in right.items()
                },
            )
            for name, of in zip(
                test.group_names, _members(test.groups, len(test.group_names)), strict=True
            )
        ),
        rates=_widest_rates(test, decisions),
    )


def picture_figures(
    test: Test, scores: FloatArray, decisions: Codes, shifted: Codes | None
) -> dict[str, Figure]:
    """Accuracy, AUROC and every parity figure of one classifier, by metric key.

    Args:
        test: what was asked.
        scores: (n, classes) probabilities.
        decisions: (n,) classes.
        shifted: (groups, m) classes of m pictures in every group's look; None: they have no other.
    """
    k = len(test.group_names)
    hits, is_true = test.hits(decisions), test.hits(test.truth)
    asked = scores[:, 1:] if len(test.class_names) == 2 else scores
    right = decisions == test.truth
    figures = {
        "accuracy": share(int(right.sum()), len(right), "pictures"),
        "auroc": auroc(is_true, asked),
        "accuracy_gap": largest_rate_gap(*group_counts(right[:, None], test.groups, k), "pictures"),
        "dp": parity_gap(hits, test.groups, k),
        "dp_any": largest_ks(asked, test.groups, k),
        "ftu": absent(NOT_SWITCHABLE) if shifted is None else unawareness_gap(test.hits(shifted)),
        "ftu_flips": absent(NOT_SWITCHABLE) if shifted is None else unawareness_flips(shifted),
        "equalized_odds": odds_gap(hits, is_true, test.groups, k),
    }
    reason = one_class_reason(hits, is_true, test.class_names[1])
    for key in STRUCK_METRICS:
        if reason and key in figures and figures[key].value is not None:
            figures[key] = figures[key].model_copy(update={"struck": True, "reason": reason})
    return {key: _of_pictures(figure) for key, figure in figures.items()}


def _of_pictures(figure: Figure) -> Figure:
    """The figures of tables say 'rows' where they give a reason."""
    words = figure.reason.replace("rows", "pictures").replace(" row;", " picture;")
    return figure.model_copy(update={"reason": words.replace("favourable value", "asked class")})


def _members(groups: Codes, n_groups: int) -> list[BoolArray]:
    return [groups == code for code in range(n_groups)]


def _widest_rates(test: Test, decisions: dict[str, Codes]) -> tuple[AnswerRate, ...]:
    """Rates by group of the one class whose DP difference is largest, by either classifier."""
    k, n_classes = len(test.group_names), len(test.class_names)
    members = _members(test.groups, k)
    usable = [of for of in members if of.any()]

    def gap(label: int) -> float:
        rates = [[(told[of] == label).mean() for of in usable] for told in decisions.values()]
        return float(np.ptp(rates, axis=1).max())

    label = 1 if n_classes == 2 else max(range(n_classes), key=gap)
    return tuple(
        AnswerRate(
            label=test.class_names[label],
            trained_on="real" if key == "real" else "synthetic",
            rates=tuple(
                share(int((told[of] == label).sum()), int(of.sum()), "pictures") for of in members
            ),
        )
        for key, told in decisions.items()
    )
