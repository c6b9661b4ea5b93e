"""Judge generated pictures: whom they show, how good they are, beside the held-out real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.prepared import Codes, PreparedImages
from fairgen_core.image_results import (
    ClassFrequency,
    GroupFrequency,
    ImageReport,
    NormPoint,
    TracePoint,
)
from fairgen_core.metrics.intervals import absent, share
from fairgen_core.metrics.pictures import (
    TrainedClassifier,
    corrected_shares,
    frechet_distance,
    kernel_distance,
    recognisable,
    train_classifier,
)
from fairgen_core.metrics.quality import density_and_coverage
from fairgen_core.metrics.representation import group_shares, kl_to_uniform, share_gap
from fairgen_core.results import Figure, MetricInfo
from fairgen_core.training import Observer, SilentObserver, stop_if_asked

Pixels = npt.NDArray[np.uint8]
MAX_CLOUD = 2_000
"""Pictures of each side that distances between all pairs are taken of."""
QUIET: Observer = SilentObserver()

IMAGE_METRICS: dict[str, MetricInfo] = {
    info.key: info
    for info in (
        MetricInfo(
            key="recognisable",
            title="Recognisability",
            definition="Share of pictures that a classifier trained on the real pictures "
            "recognises with a probability above .9.",
            section="quality",
            better="higher",
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="density",
            title="Density",
            definition="How many real pictures' neighbourhoods a synthetic picture lies in, over 5 "
            "(Naeem et al. 2020), in the feature space of our own classifier.",
            section="quality",
            better="closer",
            ideal=1.0,
            low=0.0,
        ),
        MetricInfo(
            key="coverage",
            title="Coverage",
            definition="Share of real pictures with a synthetic one among their five nearest.",
            section="quality",
            better="higher",
            ideal=1.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="fid",
            title="Frechet distance (own features)",
            definition="Frechet distance of real and synthetic features of a small classifier "
            "trained on these real pictures: not the Inception FID of the literature.",
            section="quality",
            better="lower",
            ideal=0.0,
            low=0.0,
        ),
        MetricInfo(
            key="kid",
            title="Kernel distance (own features)",
            definition="Squared maximum mean discrepancy with a cubic kernel, in the same features.",
            section="quality",
            better="lower",
            ideal=0.0,
        ),
    )
}


@dataclass(frozen=True)
class Judges:
    """What tells groups and classes of generated pictures.

    Attributes:
        group: a classifier of groups; None where a rule tells them.
        content: a classifier of classes (of groups, where there is no class): recognisability and
            the feature space.
        group_accuracy: of the rule or the classifier on held-out real pictures.
    """

    group: TrainedClassifier | None
    content: TrainedClassifier
    group_accuracy: Figure

    def groups_of(self, data: PreparedImages, images: Pixels) -> Codes:
        """Each picture's group."""
        if data.read_groups is not None:
            return data.read_groups(images)
        assert self.group is not None  # made so where there is no rule
        return self.group.probabilities(images).argmax(axis=1)


def fit_judges(data: PreparedImages, seed: int, observer: Observer = QUIET) -> Judges:
    """Train the classifiers on the real training pictures, try them on the held-out ones."""
    n_parts = (data.read_groups is None) + bool(data.class_names)

    def tick(part: int, done: float) -> None:
        stop_if_asked(observer)
        observer.on_progress("judges", (part + done) / max(1, n_parts))

    group = None
    if data.read_groups is None:
        group = train_classifier(
            data.train.images,
            data.train_groups,
            data.test.images,
            data.test_groups,
            len(data.group_names),
            seed,
            lambda done: tick(0, done),
        )
        right = round(group.accuracy * group.n_held_out)
    else:
        right = int((data.read_groups(data.test.images) == data.test_groups).sum())
    if data.class_names:
        content = train_classifier(
            data.train.images,
            data.train_classes,
            data.test.images,
            data.test_classes,
            len(data.class_names),
            seed,
            lambda done: tick(n_parts - 1, done),
        )
    else:
        content = group or train_classifier(
            data.train.images,
            data.train_groups,
            data.test.images,
            data.test_groups,
            len(data.group_names),
            seed,
        )
    return Judges(group, content, share(right, len(data.test), "pictures"))


def evaluate_images(
    data: PreparedImages,
    images: Pixels,
    judges: Judges,
    *,
    classes: Codes | None = None,
    asked_groups: Codes | None = None,
    trace: Sequence[TracePoint] = (),
    norms: Sequence[NormPoint] = (),
    seed: int = 0,
    observer: Observer = QUIET,
) -> ImageReport:
    """Judge generated pictures.

    Args:
        data: the real pictures.
        images: (n, size, size, channels) uint8.
        judges: from `fit_judges`.
        classes: (n,) what class each was asked to be; None: told by the classifier.
        asked_groups: (n,) what group each was asked to be, for generators that are told one.
        trace, norms: what was seen during the training.
        seed: of subsamples.
        observer: told the stage ``"evaluate"``.
    """
    told = judges.groups_of(data, images)
    k = len(data.group_names)
    counts = np.bincount(told, minlength=k)
    observer.on_progress("evaluate", 0.2)
    probabilities = judges.content.probabilities(images)
    if classes is None and data.class_names:
        classes = probabilities.argmax(axis=1)
    figures = _quality(data, images, probabilities, judges, seed)
    observer.on_progress("evaluate", 0.9)
    if asked_groups is not None:
        right = int((told == asked_groups).sum())
        figures["group_as_asked"] = share(right, len(told), "pictures")
    late = [p.gap for p in trace][-max(1, len(trace) // 3) :]
    late_gap = float(np.mean(late)) if late else None
    gap = share_gap(counts)
    report = ImageReport(
        headline=_headline(data, counts, gap, late_gap),
        data_name=data.train.name,
        data_sha256=data.train.sha256,
        size=data.train.size,
        n_channels=data.train.n_channels,
        group_column=data.group_column,
        groups=data.group_names,
        class_column=data.class_column,
        classes=data.class_names,
        n_train=len(data.train),
        n_test=len(data.test),
        n_synthetic=len(images),
        group_frequencies=_frequencies(data, counts, judges),
        group_rule=_how(data),
        group_accuracy=judges.group_accuracy,
        class_frequencies=_by_class(data, told, classes),
        kl=kl_to_uniform(counts, seed),
        gap=gap,
        late_gap=late_gap,
        trace=tuple(trace),
        norms=tuple(norms),
        figures=figures,
        metrics=IMAGE_METRICS,
        warnings=data.warnings,
    )
    observer.on_progress("evaluate", 1.0)
    return report


def _how(data: PreparedImages) -> Literal["rule", "classifier"]:
    return "rule" if data.read_groups is not None else "classifier"


def _frequencies(data: PreparedImages, counts: Codes, judges: Judges) -> tuple[GroupFrequency, ...]:
    shares = group_shares(counts)
    real = np.bincount(data.train_groups, minlength=len(counts)) / len(data.train)
    corrected: list[float | None] = [None] * len(counts)
    if judges.group is not None and counts.sum():
        found = corrected_shares(counts / counts.sum(), judges.group.confusion)
        corrected = [float(v) for v in found]
    return tuple(
        GroupFrequency(group=name, share=s, corrected=c, training_share=float(r))
        for name, s, c, r in zip(data.group_names, shares, corrected, real, strict=True)
    )


def _by_class(
    data: PreparedImages, told: Codes, classes: Codes | None
) -> tuple[ClassFrequency, ...]:
    if classes is None or not data.class_names:
        return ()
    found = []
    for code, label in enumerate(data.class_names):
        counts = np.bincount(told[classes == code], minlength=len(data.group_names))
        shares = tuple(group_shares(counts))
        found.append(ClassFrequency(label=label, n=int(counts.sum()), shares=shares))
    return tuple(found)


def _quality(
    data: PreparedImages,
    images: Pixels,
    probabilities: npt.NDArray[np.float64],
    judges: Judges,
    seed: int,
) -> dict[str, Figure]:
    known = recognisable(probabilities)
    real_known = recognisable(judges.content.probabilities(data.test.images))
    rng = np.random.default_rng([seed, 19])
    ours = images[rng.permutation(len(images))[:MAX_CLOUD]]
    theirs = data.test.images[rng.permutation(len(data.test))[:MAX_CLOUD]]
    real, synthetic = judges.content.features(theirs), judges.content.features(ours)
    density, coverage = density_and_coverage(real, synthetic)
    figures = {
        "recognisable": share(int(known.sum()), len(known), "pictures"),
        "recognisable_real": share(int(real_known.sum()), len(real_known), "pictures"),
        "density": density,
        "coverage": coverage,
        "fid": frechet_distance(real, synthetic),
        "kid": kernel_distance(real, synthetic, seed),
    }
    if not data.class_names:
        reason = "no class column: there is nothing to recognise"
        figures["recognisable"] = figures["recognisable_real"] = absent(reason)
    return figures


def _headline(data: PreparedImages, counts: Codes, gap: Figure, late_gap: float | None) -> str:
    if gap.value is None:
        return f"Only {int(counts.sum())} pictures were generated: {gap.reason}."
    shares = counts / counts.sum()
    most, least = int(shares.argmax()), int(shares.argmin())
    real = np.bincount(data.train_groups, minlength=len(counts)) / len(data.train)
    text = (
        f"'{data.group_names[most]}' makes up {shares[most]:.0%} of the generated pictures "
        f"({real[most]:.0%} of the real ones) and '{data.group_names[least]}' {shares[least]:.0%} "
        f"({real[least]:.0%})."
    )
    if gap.low == 0:
        text += " The difference cannot be told from even shares."
    if late_gap is not None:
        text += f" Over the last third of the training the gap was {late_gap:.2f} on average."
    return text
