"""Which group and which class every picture belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.groups import OTHER_GROUP, band_index, band_labels
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.images.image_set import ImageSet, Skipped
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS
from fairgen_core.data.schema import Column
from fairgen_core.errors import ConfigError, DataError
from fairgen_core.image_config import ImageTrainConfig

MIN_GROUP = 20
"""Pictures of a group below which nothing can be trained or judged."""
MAX_GROUPS, MAX_CLASSES = 20, 100
_SAY_LITTLE = frozenset({"yes", "no", "true", "false", "y", "n"})
Codes = npt.NDArray[np.int64]


def in_sentences(column: str, values: Sequence[str]) -> tuple[str, ...]:
    """What groups are called: their values, with the column's name where a value says little.

    'yes' or '1' alone tells a reader nothing; 'Smiling: yes' does.
    """
    if any(v.casefold() in _SAY_LITTLE or _is_number(v) for v in values):
        return tuple(f"{column}: {value}" for value in values)
    return tuple(values)


def in_tables(column: str, names: Sequence[str]) -> tuple[str, ...]:
    """The values that `in_sentences` gave names to, as a table holds them."""
    return tuple(name.removeprefix(f"{column}: ") for name in names)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def small_together(images: ImageSet, column: str | None, below: int | None) -> ImageSet:
    """The pictures with groups of fewer than `below` put together as one, where that is asked.

    Where they are fewer than `MIN_GROUP` together, they are left out and named among the skipped.

    Args:
        images: read, with their table.
        column: the attribute of the groups; None: they are made, and none is small.
        below: as asked; None: nothing is put together.
    """
    if (
        below is None
        or column is None
        or column not in images.table
        or images.table[column].isna().any()
    ):
        return images
    values = images.table[column]
    counts = values.value_counts()
    few = counts[counts < max(below, MIN_GROUP)]
    if is_number(values) or few.empty or (len(few) == 1 and few.iloc[0] >= MIN_GROUP):
        return images
    small = values.isin(few.index)
    if small.sum() < MIN_GROUP:
        reason = f"too few of '{column}' together"
        skipped = [Skipped(str(f), reason) for f in images.table["file"][small]]
        kept = images.take(np.flatnonzero(~small))
        return replace(kept, skipped=(*kept.skipped, *skipped))
    apart = set(counts.index) - set(few.index)
    taken = OTHER_GROUP in {str(value).casefold() for value in apart}
    name = f"{OTHER_GROUP} (put together)" if taken else OTHER_GROUP
    parts = ", ".join(f"'{value}' with {n:,}" for value, n in few.items())
    said = (
        f"Groups of '{column}' with fewer than {max(below, MIN_GROUP):,} pictures are put together "
        f"as '{name}' ({int(small.sum()):,} pictures): {parts}."
    )
    table = images.table.assign(**{column: values.where(~small, name)})
    return replace(images, table=table, warnings=(*images.warnings, said))


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
    elif banded is None:
        names = in_sentences(column, names)
    if len(names) > MAX_GROUPS:
        raise DataError(
            f"At most {MAX_GROUPS} groups can be compared, and '{column}' has {len(names)} "
            "values. Choose an attribute with fewer values, or put small groups together as "
            "'other'."
        )
    for name, count in zip(names, np.bincount(groups, minlength=len(names)), strict=True):
        if count < MIN_GROUP:
            raise DataError(
                f"Each group needs at least {MIN_GROUP} pictures, and '{name}' of "
                f"'{column}' has {count}. Add pictures of it, put small groups together as "
                "'other', leave it out by emptying its cells in the table, or choose another "
                "attribute."
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
        ConfigError: it is the attribute of the groups as well.
        DataError: the column is missing or incomplete, or there are too many classes.
    """
    entry = IMAGE_CATALOGUE.get(config.data.source)
    usual = entry.class_column if entry is not None else ""
    group_column = config.sensitive or config.data.groups
    suits = usual in images.table.columns and usual != group_column
    column = config.class_column or (usual if suits else "")
    if column == group_column:
        raise ConfigError(
            f"class_column: the class must be another attribute than that of the groups, and both "
            f"are '{column}'. Choose another class, or none; a GAN that is told the group has the "
            "grouping 'condition'.",
            field="class_column",
        )
    if not column:
        return "", np.zeros(len(images), np.int64), ()
    classes, names = images.codes(column)
    if len(names) > MAX_CLASSES:
        raise DataError(
            f"At most {MAX_CLASSES} classes are learned, and '{column}' has {len(names)} values. "
            "Choose another class column, or none."
        )
    return column, classes, names
