"""Pictures made ready for training and judging: divided, with groups and classes as numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.groups import band_index, band_labels
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.images.image_set import ImageSet, Skipped
from fairgen_core.data.images.reading import OnProgress, read_images
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS, make_groups
from fairgen_core.data.schema import Column
from fairgen_core.errors import ConfigError, DataError
from fairgen_core.image_config import ImageDataConfig, ImageTrainConfig

MIN_GROUP = 20
"""Pictures of a group below which nothing can be trained or judged."""
FEW = 200
SHOWN_SKIPPED = 3
DEFAULT_SIZE = 28
MAX_GROUPS, MAX_CLASSES = 20, 100
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


def load_images(config: ImageTrainConfig, on_progress: OnProgress | None = None) -> ImageSet:
    """Read the pictures that a configuration names, in their size, with groups made if asked.

    Args:
        config: what is asked.
        on_progress: told the share of a person's own pictures that is read; whatever it raises
            ends the reading.

    Raises:
        DataError, ConfigError: they cannot be had or used.
    """
    data = config.data
    images = read_set(data, on_progress)
    if data.groups != "none":
        images = make_groups(images, data.groups, data.share, data.split_seed)
    made = data.groups != "none"
    return with_known(images, None if made else config.sensitive, config.class_column)


def with_known(images: ImageSet, *columns: str | None) -> ImageSet:
    """The pictures whose groups and classes are known; the others are named among the skipped.

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
    size = data.size or DEFAULT_SIZE
    entry = IMAGE_CATALOGUE.get(data.source)
    if entry is not None:
        images = entry.load(data, size)
    else:
        attributes = Path(data.attributes) if data.attributes else None
        images = read_images(
            Path(data.source),
            name=data.display_name or Path(data.source).stem,
            attributes=attributes,
            attributes_name=data.attributes_name or (attributes.name if attributes else ""),
            size=size,
            colour=data.colour,
            max_images=data.max_images,
            seed=data.split_seed,
            on_progress=on_progress,
        )
    if data.max_images and data.max_images < len(images):
        order = np.random.default_rng([data.split_seed, 5]).permutation(len(images))
        images = images.take(np.sort(order[: data.max_images]))
        note = f"{data.max_images:,} of them drawn at random."
        images = replace(images, notes=(*images.notes, note))
    return images


def group_codes(
    config: ImageTrainConfig, images: ImageSet
) -> tuple[str, Codes, tuple[str, ...], bool]:
    """Which group every picture belongs to.

    Returns:
        the column, (n,) codes, the groups' names in the order of the codes, and whether a
        construction made them.

    Raises:
        DataError: the column is missing or incomplete, a group too small, or there are too many.
        ConfigError: groups are made and an attribute was chosen as well.
    """
    entry = IMAGE_CATALOGUE.get(config.data.source)
    column = config.sensitive or config.data.groups
    made = config.data.groups != "none"
    if made and config.sensitive not in {None, config.data.groups}:
        raise ConfigError(
            "sensitive: with groups made for teaching, these are the groups, and "
            f"'{config.sensitive}' was chosen as well. Choose one of the two.",
            field="sensitive",
        )
    banded = _in_bands(images, column, config.data.bands)
    groups, names = banded or images.codes(column)
    made = made or (entry is not None and entry.made == column)
    if made:  # in the order of the construction, not of the alphabet
        wanted = TEACHING_GROUPS[column].names
        groups, names = np.array([wanted.index(n) for n in names])[groups], wanted
    if len(names) > MAX_GROUPS:
        raise DataError(
            f"At most {MAX_GROUPS} groups can be compared, and '{column}' has {len(names)} "
            "values. Choose an attribute with fewer values, or put them into bands."
        )
    for name, count in zip(names, np.bincount(groups, minlength=len(names)), strict=True):
        if count < MIN_GROUP:
            raise DataError(
                f"Each group needs at least {MIN_GROUP} pictures, and '{name}' of "
                f"'{column}' has {count}. Add pictures, or leave the group out."
            )
    return column, groups, names, made


def is_number(values: pd.Series) -> bool:
    """Whether an attribute's spellings are numbers, and too many to be a group each."""
    known_values = values.dropna()
    if known_values.nunique() <= MAX_GROUPS:
        return False
    return bool(pd.to_numeric(known_values, errors="coerce").notna().all())


def _in_bands(
    images: ImageSet, column: str, cuts: tuple[float, ...]
) -> tuple[Codes, tuple[str, ...]] | None:
    """Groups of a number attribute: below and above cut points, or its median; None: no number."""
    values = images.table.get(column)
    if values is None or values.isna().any() or not (cuts or is_number(values)):
        return None
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.isna().any() or list(cuts) != sorted(set(cuts)):
        raise ConfigError(
            f"Cut points must be ascending and belong to an attribute of numbers, and '{column}' "
            f"is cut at {', '.join(f'{c:g}' for c in cuts)}. Put them in order, or leave them out.",
            field="data.bands",
        )
    whole = bool((numbers == numbers.round()).all())
    # The median as a value that occurs, as for tables; of decimals, as many digits as are read.
    median = float(np.sort(numbers)[len(numbers) // 2])
    cuts = cuts or (median if whole else float(f"{median:.3g}"),)
    codes = band_index(numbers, cuts)
    names = band_labels(Column(name=column, kind="integer" if whole else "decimal"), cuts)
    present = np.unique(codes)
    if len(present) < 2:
        return None
    return np.searchsorted(present, codes), tuple(names[i] for i in present)


def class_codes(config: ImageTrainConfig, images: ImageSet) -> tuple[str, Codes, tuple[str, ...]]:
    """Which class every picture belongs to: the column, (n,) codes, and their names.

    Without a class the column is "", there are no names, and every code is 0.

    Raises:
        DataError: the column is missing or incomplete, or there are too many classes.
    """
    entry = IMAGE_CATALOGUE.get(config.data.source)
    usual = entry.class_column if entry is not None else ""
    column = config.class_column or (usual if usual in images.table.columns else "")
    if not column:
        return "", np.zeros(len(images), np.int64), ()
    classes, names = images.codes(column)
    if len(names) > MAX_CLASSES:
        raise DataError(
            f"At most {MAX_CLASSES} classes are learned, and '{column}' has {len(names)} values. "
            "Choose another class column, or none."
        )
    return column, classes, names


def prepare_images(config: ImageTrainConfig, images: ImageSet | None = None) -> PreparedImages:
    """Divide the pictures, stratified by group, and number groups and classes.

    Args:
        config: what is asked.
        images: the pictures, where the caller has read them (`load_images`).

    Raises:
        DataError: a column is missing, a group too small, or there are too many groups.
        ConfigError: the class is not a column of the table.
    """
    images = load_images(config) if images is None else images
    entry = IMAGE_CATALOGUE.get(config.data.source)
    group_column, groups, names, made = group_codes(config, images)
    class_column, classes, class_names = class_codes(config, images)
    counts = np.bincount(groups, minlength=len(names))
    column = config.data.split_column or (entry.split_column if entry else "")
    if column and (config.data.split_column or column in images.table.columns):
        test = _published_split(images, column, groups)
    else:
        test = _held_out(groups, config.data.test_share, config.data.split_seed)
    kept, out = np.flatnonzero(~test), np.flatnonzero(test)
    warnings = [
        f"Only {count} pictures of '{name}': figures of this group are uncertain."
        for name, count in zip(names, counts, strict=True)
        if count < FEW
    ]
    if images.skipped:
        n_out = len(images.skipped)
        warnings.append(f"Files left out: {n_out:,} ({first_names(images.skipped)}).")
    return PreparedImages(
        train=images.take(kept),
        test=images.take(out),
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


def _published_split(images: ImageSet, column: str, groups: Codes) -> npt.NDArray[np.bool_]:
    """Whether each picture is held out, as the table says: ``test``, any case."""
    if column not in images.table.columns:
        raise DataError(
            f"The pictures must have an attribute named '{column}' that divides them, and they "
            f"have: {', '.join(images.table.columns[1:]) or 'none'}. Check the spelling."
        )
    test = (images.table[column].astype("string").str.lower() == "test").fillna(False).to_numpy()
    n_groups = len(np.unique(groups))
    if any(len(np.unique(groups[part])) < n_groups for part in (test, ~test)):
        raise DataError(
            f"'{column}' must say 'train' or 'test', with pictures of every group in both, and it "
            "does not. Choose another column, or a random division."
        )
    return test.astype(bool)


def _held_out(groups: Codes, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """Whether each picture is held out: `share` of every group, at least one."""
    rng = np.random.default_rng([seed, 7])
    test = np.zeros(len(groups), bool)
    for group in np.unique(groups):
        rows = rng.permutation(np.flatnonzero(groups == group))
        test[rows[: max(1, round(share * len(rows)))]] = True
    return test
