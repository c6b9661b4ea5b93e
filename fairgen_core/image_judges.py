"""What tells the groups and classes of generated pictures: rules, and classifiers of real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.prepared import Codes, PreparedImages
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS
from fairgen_core.metrics.intervals import share
from fairgen_core.metrics.pictures import TrainedClassifier, recognisable, train_classifier
from fairgen_core.numbers import number
from fairgen_core.results import Figure
from fairgen_core.training import Observer, SilentObserver, stop_if_asked

Pixels = npt.NDArray[np.uint8]
Arrays = dict[str, npt.NDArray[Any]]
QUIET: Observer = SilentObserver()


@dataclass(frozen=True)
class Judges:
    """What tells groups and classes of generated pictures.

    Attributes:
        rule: key of the construction whose rule tells the groups; "" where `group` does.
        group: a classifier of groups; None where a rule tells them.
        classes: a classifier of classes; None where there is no class.
        group_accuracy: of the rule or the classifier on held-out real pictures.
        features_of: the classifier whose last hidden layer is the feature space.
    """

    rule: str
    group: TrainedClassifier | None
    classes: TrainedClassifier | None
    features_of: TrainedClassifier
    group_accuracy: Figure

    def groups_of(self, images: Pixels) -> Codes:
        """Each picture's group."""
        read = TEACHING_GROUPS[self.rule].read if self.rule else None
        if read is not None:
            return read(images)
        told = (self.group or self.features_of).probabilities(images).argmax(axis=1)
        return told.astype(np.int64)

    def group_recalls(self, n_groups: int) -> npt.NDArray[np.float64]:
        """(K,) how often each group's held-out real pictures are told right."""
        if self.group is not None and not self.rule:
            return np.diag(self.group.confusion)
        return np.full(n_groups, self.group_accuracy.value or 0.0)

    def blind_to_groups(self, held_out: Codes) -> str:
        """Why nothing can be said of groups: the classifier does no better than chance; else "".

        Args:
            held_out: (n,) true groups of the held-out real pictures.
        """
        found = None if self.rule else _no_better_than_chance(self.group, held_out)
        if found is None:
            return ""
        return (
            f"A classifier of the real pictures cannot tell these groups: averaged over the groups "
            f"it is {found}. What is said of groups here means little."
        )

    def blind_to_classes(self, column: str, held_out: Codes) -> str:
        """Why nothing can be said of classes: the classifier does no better than chance; else "".

        Args:
            column: the class.
            held_out: (n,) true classes of the held-out real pictures.
        """
        found = _no_better_than_chance(self.classes, held_out)
        if found is None:
            return ""
        return (
            f"A classifier of the real pictures cannot tell '{column}': averaged over its values "
            f"it is {found}. Recognisability, distances between pictures and what the pictures "
            f"teach mean little here: choose another class, or none."
        )

    def classes_of(self, images: Pixels) -> Codes | None:
        """Each picture's class; None where there is none."""
        if self.classes is None:
            return None
        return self.classes.probabilities(images).argmax(axis=1).astype(np.int64)

    def recognisable_share(self) -> Callable[[Pixels], float] | None:
        """What gives the share of pictures that are recognised; None where there is no class."""
        judge = self.classes
        if judge is None:
            return None
        return lambda images: float(recognisable(judge.probabilities(images)).mean())

    def dump(self) -> tuple[dict[str, Any], Arrays]:
        """Plain values and arrays, for a model's two files."""
        plain: dict[str, Any] = {
            "rule": self.rule,
            "group_accuracy": self.group_accuracy.model_dump(),
        }
        arrays: Arrays = {}
        for name, judge in (("group", self.group), ("classes", self.classes)):
            if judge is not None:
                plain[name], own = judge.dump()
                arrays |= {f"{name}.{key}": value for key, value in own.items()}
        if self.group is None and self.classes is None:
            plain["features_of"], own = self.features_of.dump()
            arrays |= {f"features_of.{key}": value for key, value in own.items()}
        return plain, arrays

    @classmethod
    def parse(cls, plain: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Judges:
        """Take back what `dump` gave."""
        found = {
            name: TrainedClassifier.parse(
                plain[name],
                {
                    k.removeprefix(f"{name}."): v
                    for k, v in arrays.items()
                    if k.startswith(f"{name}.")
                },
            )
            for name in ("group", "classes", "features_of")
            if name in plain
        }
        group, classes = found.get("group"), found.get("classes")
        features_of = classes or group or found["features_of"]
        accuracy = Figure.model_validate(plain["group_accuracy"])
        return cls(plain["rule"], group, classes, features_of, accuracy)


def _no_better_than_chance(judge: TrainedClassifier | None, held_out: Codes) -> str | None:
    """How often it is right beside chance, where it does no better; None: it does, or is none.

    Judged by the mean of its rates of being right in each group or class that is held out, less
    1.96 standard errors (of shares with a success and a failure added), against one over their
    number.
    """
    if judge is None:
        return None
    counts = np.bincount(held_out, minlength=len(judge.confusion))
    n, recalls = counts[counts > 0], np.diag(judge.confusion)[counts > 0]
    smoothed = (recalls * n + 1) / (n + 2)
    error = float(np.sqrt((smoothed * (1 - smoothed) / (n + 2)).sum())) / len(n)
    if smoothed.mean() - 1.96 * error > 1 / len(n):
        return None
    return (
        f"right on {number(recalls.mean())} of the {int(n.sum())} held-out ones, and chance "
        f"is {number(1 / len(n))}"
    )


def fit_judges(data: PreparedImages, seed: int, observer: Observer = QUIET) -> Judges:
    """Train the classifiers on the real training pictures, try them on the held-out ones.

    Groups need one only where no rule tells them, and where there is no class either: then their
    classifier gives the feature space alone.
    """
    needs_group = data.read_groups is None or not data.class_names
    n_parts = needs_group + bool(data.class_names)

    def fit(train: Codes, test: Codes, names: tuple[str, ...], part: int) -> TrainedClassifier:
        def tick(done: float) -> None:
            stop_if_asked(observer)
            observer.on_progress("judges", (part + done) / n_parts)

        return train_classifier(
            data.train.images, train, data.test.images, test, len(names), seed, tick
        )

    group = classes = None
    if needs_group:
        group = fit(data.train_groups, data.test_groups, data.group_names, 0)
    if data.class_names:
        classes = fit(data.train_classes, data.test_classes, data.class_names, n_parts - 1)
    features_of = classes or group
    assert features_of is not None  # one of the two was fitted
    if data.read_groups is not None:
        right = int((data.read_groups(data.test.images) == data.test_groups).sum())
        accuracy = share(right, len(data.test), "pictures")
        return Judges(data.made, None, classes, features_of, accuracy)
    assert group is not None  # fitted where no rule tells groups
    right = round(group.accuracy * group.n_held_out)
    accuracy = share(right, group.n_held_out, "pictures")
    return Judges("", group, classes, features_of, accuracy)
