"""Judge generated pictures: whom they show, how good they are, beside the held-out real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.prepared import Codes, PreparedImages
from fairgen_core.image_headline import (
    headline,
    misread_groups,
    unheeded_groups,
    unlike_real,
)
from fairgen_core.image_judges import Judges
from fairgen_core.image_results import (
    ClassFrequency,
    GroupFrequency,
    HeatMaps,
    ImageReport,
    Lookalikes,
    NormPoint,
    Taught,
    TracePoint,
)
from fairgen_core.metrics.intervals import absent, share
from fairgen_core.metrics.picture_explanations import explain_pictures
from fairgen_core.metrics.picture_lookalikes import MAX_PIXELS, look_for_copies
from fairgen_core.metrics.picture_registry import PICTURE_METRICS
from fairgen_core.metrics.picture_usefulness import compare
from fairgen_core.metrics.pictures import (
    TrainedClassifier,
    corrected_shares,
    correction_error,
    frechet_distance,
    kernel_distance,
    recognisable,
    train_classifier,
)
from fairgen_core.metrics.privacy import closest_record_share
from fairgen_core.metrics.quality import density_and_coverage, radii
from fairgen_core.metrics.representation import group_shares, kl_to_uniform, share_gap
from fairgen_core.results import Figure
from fairgen_core.training import Observer, SilentObserver, stop_if_asked

Pixels = npt.NDArray[np.uint8]
MAX_CLOUD = 2_000
"""Pictures of each side that distances between all pairs are taken of."""
MAX_NEIGHBOURS = 10_000
MOST_ERROR = 0.15
"""Standard error of a corrected share above which shares are not corrected."""
QUIET: Observer = SilentObserver()
Keep = Callable[[str, dict[str, npt.NDArray[Any]]], None]


NO_CLASS = "No class column: there is nothing that a classifier could be taught"


def _forget(_name: str, _arrays: dict[str, npt.NDArray[Any]]) -> None:
    """Keep nothing."""


@dataclass(frozen=True)
class Trained:
    """What was seen during a training: looks at the generator, and gradient norms."""

    trace: Sequence[TracePoint] = ()
    norms: Sequence[NormPoint] = ()


NOT_SEEN = Trained()


def evaluate_images(
    data: PreparedImages,
    images: Pixels,
    judges: Judges,
    *,
    asked_classes: Codes | None = None,
    asked_groups: Codes | None = None,
    trained: Trained = NOT_SEEN,
    more_figures: Mapping[str, Figure] | None = None,
    seed: int = 0,
    observer: Observer = QUIET,
    keep: Keep = _forget,
) -> ImageReport:
    """Judge generated pictures.

    Args:
        data: the real pictures.
        images: (n, size, size, channels) uint8.
        judges: from `fit_judges`.
        asked_classes: (n,) what class each was asked to be; None: told by the classifier.
        asked_groups: (n,) what group each was asked to be, for generators that are told one.
        trained: what was seen during the training.
        more_figures: figures that only the generator's maker can have, by key.
        seed: of subsamples and intervals.
        observer: told the stage ``"evaluate"``.
        keep: told the pictures that a page shows, by name: ``nearest`` (generated pictures beside
            their nearest real ones) and ``shap`` (heat maps over real ones). They hold real
            pictures, which the report never does.

    Raises:
        StoppedError: the person asked for a stop.
    """
    told = judges.groups_of(images)
    counts = np.bincount(told, minlength=len(data.group_names))

    def tick(fraction: float) -> None:
        observer.on_progress("evaluate", fraction)
        stop_if_asked(observer)

    tick(0.1)
    classes = judges.classes_of(images) if asked_classes is None else asked_classes
    figures = _quality(data, images, judges, seed)
    tick(0.2)
    made = _Made(images, told, classes, "told" if asked_classes is None else "asked")
    evidence = _look_closely(data, made, judges, seed, tick, keep)
    for measured in evidence.taught.figures if evidence.taught else ():
        if measured.metric == "accuracy" and measured.synthetic and measured.real:
            figures |= {"taught": measured.synthetic, "taught_real": measured.real}
    unheeded = ""
    if asked_groups is not None:
        recalls = judges.group_recalls(len(counts))
        unheeded = unheeded_groups(data.group_names, asked_groups, told, recalls)
        right = int((told == asked_groups).sum())
        figures["group_as_asked"] = share(right, len(told), "pictures")
    late = [p.gap for p in trained.trace][-max(1, len(trained.trace) // 3) :]
    late_gap = float(np.mean(late)) if late else None
    gap = share_gap(counts)
    blind = judges.blind_to_groups(data.test_groups)
    blank_classes = judges.blind_to_classes(data.class_column, data.test_classes)
    unlike = unlike_real(figures)
    judge = None if blind else judges.group
    frequencies = _frequencies(data, counts, judge, seed)
    misread = _misread(frequencies, judge)
    report = ImageReport(
        headline=blind
        or headline(
            data, counts, gap, late_gap, classes, more_figures or {}, unlike, misread, unheeded
        ),
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
        group_frequencies=frequencies,
        group_rule="classifier" if judges.rule == "" else "rule",
        group_accuracy=judges.group_accuracy,
        class_frequencies=_by_class(data, told, classes),
        kl=kl_to_uniform(counts, seed),
        gap=gap,
        late_gap=late_gap,
        clipped_share=_mean([p.clipped_share for p in trained.norms]),
        trace=tuple(trained.trace),
        norms=tuple(trained.norms),
        figures={**figures, **evidence.figures, **(more_figures or {})},
        lookalikes=evidence.lookalikes,
        taught=evidence.taught,
        taught_reason="" if evidence.taught else NO_CLASS,
        heat_maps=evidence.heat_maps,
        metrics=PICTURE_METRICS,
        warnings=(*filter(None, (blind, blank_classes, unlike)), *data.warnings),
    )
    observer.on_progress("evaluate", 1.0)
    return report


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _frequencies(
    data: PreparedImages, counts: Codes, judge: TrainedClassifier | None, seed: int
) -> tuple[GroupFrequency, ...]:
    """Shares by group, corrected for the confusion of `judge`, where that leaves them certain."""
    shares = group_shares(counts)
    real = np.bincount(data.train_groups, minlength=len(counts)) / len(data.train)
    corrected: list[float | None] = [None] * len(counts)
    if judge is not None and counts.sum():
        told, held_out = counts / counts.sum(), np.bincount(data.test_groups, minlength=len(counts))
        if correction_error(told, judge.confusion, held_out, seed) <= MOST_ERROR:
            corrected = [float(v) for v in corrected_shares(told, judge.confusion)]
    return tuple(
        GroupFrequency(group=name, share=s, corrected=c, training_share=float(r))
        for name, s, c, r in zip(data.group_names, shares, corrected, real, strict=True)
    )


def _misread(found: Sequence[GroupFrequency], judge: TrainedClassifier | None) -> str:
    """What `misread_groups` says of shares that were corrected, or could not be."""
    if judge is None or any(g.share.value is None for g in found):
        return ""
    told = np.array([g.share.value for g in found])
    known = [g.corrected for g in found if g.corrected is not None]
    corrected = np.array(known) if len(known) == len(found) else None
    return misread_groups([g.group for g in found], told, corrected, np.diag(judge.confusion))


def _by_class(
    data: PreparedImages, told: Codes, classes: Codes | None
) -> tuple[ClassFrequency, ...]:
    if classes is None:
        return ()
    found = []
    for code, label in enumerate(data.class_names):
        counts = np.bincount(told[classes == code], minlength=len(data.group_names))
        shares = tuple(group_shares(counts))
        found.append(ClassFrequency(label=label, n=int(counts.sum()), shares=shares))
    return tuple(found)


def _quality(data: PreparedImages, images: Pixels, judges: Judges, seed: int) -> dict[str, Figure]:
    """Recognisability, and the distances between real and synthetic pictures' features."""
    rng = np.random.default_rng([seed, 19])
    ours = images[rng.permutation(len(images))[:MAX_CLOUD]]
    theirs = data.test.images[rng.permutation(len(data.test))[:MAX_CLOUD]]
    learned_from = data.train.images[rng.permutation(len(data.train))[:MAX_CLOUD]]
    real, synthetic, training = (
        judges.features_of.features(cloud) for cloud in (theirs, ours, learned_from)
    )
    # Features have no unit of their own, and the kernel is cubic.
    unit = max(float(np.sqrt(np.square(real, dtype=np.float64).mean())), 1e-9)
    density, coverage = density_and_coverage(real, synthetic, radii(real))
    figures = {
        "density": density,
        "coverage": coverage,
        "fid": frechet_distance(real, synthetic),
        "fid_real": frechet_distance(real, training),
        "kid": kernel_distance(real / unit, synthetic / unit, seed),
        "kid_real": kernel_distance(real / unit, training / unit, seed),
    }
    at_most = min(MAX_NEIGHBOURS, MAX_PIXELS // ours[0].size)
    train, held_out, made = (
        cloud.reshape(len(cloud), -1)
        for cloud in (data.train.images[:at_most], data.test.images, ours)
    )
    figures["nearer_to_training"] = closest_record_share(train, held_out, made, seed)
    for key, pictures in (("recognisable", images), ("recognisable_real", data.test.images)):
        if judges.classes is None:
            figures[key] = absent("no class column: there is nothing to recognise")
        else:
            known = recognisable(judges.classes.probabilities(pictures))
            figures[key] = share(int(known.sum()), len(known), "pictures")
    return figures


@dataclass(frozen=True)
class _Made:
    """Generated pictures with their labels; `labels` says whence their classes are."""

    images: Pixels
    groups: Codes
    classes: Codes | None
    labels: Literal["asked", "told"]


@dataclass(frozen=True)
class _Evidence:
    figures: dict[str, Figure]
    lookalikes: Lookalikes
    taught: Taught | None = None
    heat_maps: HeatMaps | None = None


def _look_closely(
    data: PreparedImages,
    made: _Made,
    judges: Judges,
    seed: int,
    tick: Callable[[float], None],
    keep: Keep,
) -> _Evidence:
    """Nearest real pictures; a classifier that the synthetic pictures teach; where it looks."""
    figures, lookalikes, pairs = look_for_copies(
        data, made.images, made.groups, made.classes, judges.features_of, seed
    )
    keep("nearest", pairs)
    tick(0.3)
    real = judges.classes
    if real is None or made.classes is None:
        return _Evidence(figures, lookalikes)
    synthetic = train_classifier(
        made.images,
        made.classes,
        data.test.images,
        data.test_classes,
        len(data.class_names),
        seed,
        lambda done: tick(0.3 + 0.5 * done),
    )
    taught = compare(data, real, synthetic, made.labels, len(made.images), seed)
    tick(0.85)
    heat_maps, maps = explain_pictures(data, real, synthetic, seed)
    keep("shap", maps)
    return _Evidence(figures, lookalikes, taught, heat_maps)
