"""Pictures made ready for training and judging: divided, with groups and classes as numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.images.division import held_out, seen_before, unused_division
from fairgen_core.data.images.image_set import ImageSet, Skipped, refuse_one_picture
from fairgen_core.data.images.reading import (
    OnProgress,
    PlainPictures,
    read_pictures,
    with_attributes,
)
from fairgen_core.data.images.roles import class_codes, group_codes, small_together
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS, make_groups
from fairgen_core.errors import ConfigError
from fairgen_core.image_config import ImageDataConfig, ImageTrainConfig

FEW = 200
SHOWN_SKIPPED = 3
DEFAULT_SIZE = 28
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PreparedImages:
    """Training and held-out pictures with what is asked of them.

    Attributes:
        train, test: the pictures.
        group_column, group_names: the sensitive attribute and its groups, codes 0..K-1.
        train_groups, test_groups: (n,) codes.
        class_column, class_names: the class, or "" and ().
        train_classes, test_classes: (n,) codes; all 0 where there is no class.
        made: the construction that made the groups, a key of `TEACHING_GROUPS`; "": none did.
        warnings: sentences for the person.
    """

    train: ImageSet
    test: ImageSet
    group_column: str
    group_names: tuple[str, ...]
    train_groups: Codes
    test_groups: Codes
    class_column: str
    class_names: tuple[str, ...]
    train_classes: Codes
    test_classes: Codes
    made: str
    warnings: tuple[str, ...] = ()

    @property
    def read_groups(self) -> Callable[[npt.NDArray[np.uint8]], Codes] | None:
        """The rule that tells a generated picture's group; None: a classifier must."""
        return TEACHING_GROUPS[self.made].read if self.made else None


def load_images(
    config: ImageTrainConfig,
    on_progress: OnProgress | None = None,
    read: ImageSet | None = None,
) -> ImageSet:
    """Read the pictures that a configuration names, in their size, with groups made if asked.

    Args:
        config: what is asked.
        on_progress: told the share of a person's own pictures that is read; whatever it raises
            ends the reading.
        read: the pictures as `read_set` gives them, where the caller has read them.

    Raises:
        DataError, ConfigError: they cannot be had or used.
    """
    data = config.data
    images = read_set(data, on_progress) if read is None else read
    if data.groups != "none":
        images = make_groups(images, data.groups, data.share, data.split_seed)
    made = data.groups != "none"
    sensitive = None if made else config.sensitive
    known = with_known(images, sensitive, config.class_column, data.split_column)
    return small_together(known, sensitive, data.merge_below)


def with_known(images: ImageSet, *columns: str | None) -> ImageSet:
    """The pictures whose value of each column is known; the others are named among the skipped.

    Where most have none, nothing is left out: then it is the table that is wrong, and whoever
    needs the column says so.
    """
    for column in columns:
        if column is None or column not in images.table.columns:
            continue
        missing = images.table[column].isna().to_numpy()
        if 0 < missing.sum() < len(missing) / 2:
            reason = f"no value of '{column}'"
            skipped = [Skipped(str(f), reason) for f in images.table["file"][missing]]
            images = images.take(np.flatnonzero(~missing))
            images = replace(images, skipped=(*images.skipped, *skipped))
    return images


def first_names(skipped: Sequence[Skipped]) -> str:
    """The first files that were left out, each with its reason, and how many more there are."""
    first = "; ".join(f"{s.file}: {s.reason}" for s in skipped[:SHOWN_SKIPPED])
    more = len(skipped) - SHOWN_SKIPPED
    return f"{first} and {more:,} more" if more > 0 else first


def read_set(data: ImageDataConfig, on_progress: OnProgress | None = None) -> ImageSet:
    """Read the pictures as they are: no groups are made.

    Args:
        data: which, and in what size.
        on_progress: as `load_images`.

    Raises:
        DataError: they cannot be had or used.
    """
    return with_table(data, read_plain(data, on_progress))


def read_plain(data: ImageDataConfig, on_progress: OnProgress | None = None) -> PlainPictures:
    """The part of `read_set` that takes long: pictures before a table beside them is joined.

    Its result depends on neither that table nor the names that a person knows both by.
    """
    size = data.size or DEFAULT_SIZE
    entry = IMAGE_CATALOGUE.get(data.source)
    if entry is not None:
        plain = PlainPictures(entry.load(data, size, on_progress))
    else:
        plain = read_pictures(
            Path(data.source),
            size=size,
            colour=data.colour,
            max_images=data.max_images,
            seed=data.split_seed,
            on_progress=on_progress,
        )
    images = plain.images
    refuse_one_picture(images)
    if data.max_images and data.max_images < len(images):
        order = np.random.default_rng([data.split_seed, 5]).permutation(len(images))
        images = images.take(np.sort(order[: data.max_images]))
        note = f"{data.max_images:,} of them drawn at random."
        images = replace(images, notes=(*images.notes, note))
    return replace(plain, images=images)


def with_table(data: ImageDataConfig, plain: PlainPictures) -> ImageSet:
    """The rest of `read_set`: the pictures with their table of attributes, and their name.

    Raises:
        DataError: the table cannot be used.
    """
    table = Path(data.attributes) if data.attributes else None
    name = data.attributes_name or (table.name if table else "")
    images = with_attributes(plain, table, name)
    return replace(images, name=images.name or data.display_name or Path(data.source).stem)


def prepare_images(config: ImageTrainConfig, images: ImageSet | None = None) -> PreparedImages:
    """Divide the pictures, stratified by group, and number groups and classes.

    Args:
        config: what is asked.
        images: the pictures, where the caller has read them (`load_images`).

    Raises:
        DataError: a column is missing, a group too small, or there are too many groups.
        ConfigError: the class is that of the groups, or the first group none.
    """
    images = load_images(config) if images is None else images
    group_column, groups, names, made = group_codes(config, images)
    class_column, classes, class_names = class_codes(config, images)
    counts = np.bincount(groups, minlength=len(names))
    first = config.gan.first_group
    if config.gan.grouping == "alternate" and first >= len(names):
        raise ConfigError(
            f"gan.first_group: the group that comes first must be counted from 0 to "
            f"{len(names) - 1} ({', '.join(names)}), and it is {first}. Choose one of these.",
            field="gan.first_group",
        )
    in_test = held_out(config, images, groups)
    kept, out = np.flatnonzero(~in_test), np.flatnonzero(in_test)
    train, test = images.take(kept), images.take(out)
    warnings = [
        f"Only {count} pictures of '{name}': figures of this group are uncertain."
        for name, count in zip(names, counts, strict=True)
        if count < FEW
    ]
    warnings += images.warnings
    warnings += unused_division(config, images)
    warnings += seen_before(train.images, test.images)
    if images.skipped:
        n_out = len(images.skipped)
        warnings.append(f"Files left out: {n_out:,} ({first_names(images.skipped)}).")
    return PreparedImages(
        train=train,
        test=test,
        group_column=group_column,
        group_names=names,
        train_groups=groups[kept],
        test_groups=groups[out],
        class_column=class_column,
        class_names=class_names,
        train_classes=classes[kept],
        test_classes=classes[out],
        made=group_column if made else "",
        warnings=tuple(warnings),
    )
