"""Which pictures are held out: as a column says, or drawn at random."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.attributes import held_out_values, split_columns
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.images.image_set import ImageSet, digest
from fairgen_core.errors import DataError
from fairgen_core.image_config import ImageTrainConfig

Codes = npt.NDArray[np.int64]
_SHOWN = 3
SEEN_SHARE = 0.05
"""Of the held-out pictures: so many may be copies of training ones before that is told."""


def held_out(config: ImageTrainConfig, images: ImageSet, groups: Codes) -> npt.NDArray[np.bool_]:
    """Whether each picture is held out: as the column of the division says, else at random.

    Args:
        config: what is asked.
        images: all pictures.
        groups: (n,) their groups' codes.

    Raises:
        DataError: the column cannot divide them.
    """
    column = _column(config, images)
    if column:
        return _published_split(images, column, groups)
    return _drawn(groups, config.data.test_share, config.data.split_seed)


def found_division(config: ImageTrainConfig, images: ImageSet) -> ImageTrainConfig:
    """`config` with the column that divides its pictures, where it names none and one does.

    Args:
        config: what is asked; of a set of the catalogue the publisher's column is known.
        images: its pictures.
    """
    if config.data.split_column is not None or config.data.source in IMAGE_CATALOGUE:
        return config
    column = next(iter(split_columns(images.table)), None)
    data = config.data.model_copy(update={"split_column": column})
    return config.model_copy(update={"data": data})


def unused_division(config: ImageTrainConfig, images: ImageSet) -> list[str]:
    """A sentence where the pictures were divided at random though a column divides them."""
    found = split_columns(images.table)
    if not found or _column(config, images):
        return []
    return [
        f"The pictures were divided at random, though their column '{found[0]}' tells training and "
        "test pictures apart: choose it as the column that divides to hold out those it names."
    ]


def seen_before(train: npt.NDArray[np.uint8], test: npt.NDArray[np.uint8]) -> list[str]:
    """A sentence where held-out pictures are no news: they are among those to train on."""
    known = {digest(picture) for picture in train}
    n = sum(digest(picture) in known for picture in test)
    if n < SEEN_SHARE * len(test):
        return []
    return [
        f"Of {len(test):,} held-out pictures, {n:,} are the same, pixel by pixel, as one to train "
        f"on: figures measured on them look better than they are."
    ]


def _column(config: ImageTrainConfig, images: ImageSet) -> str:
    """The column that divides: the one asked for, else the publisher's; "" is at random."""
    entry = IMAGE_CATALOGUE.get(config.data.source)
    published = entry.split_column if entry else ""
    return config.data.split_column or (published if published in images.table.columns else "")


def _published_split(images: ImageSet, column: str, groups: Codes) -> npt.NDArray[np.bool_]:
    """Whether each picture is held out, as the table says: see `held_out_values`."""
    if column not in images.table.columns:
        raise DataError(
            f"The pictures must have an attribute named '{column}' that divides them, and they "
            f"have: {', '.join(images.table.columns[1:]) or 'none'}. Check the spelling."
        )
    values = images.table[column]
    test = values.isin(held_out_values(values)).to_numpy()
    n_groups = len(np.unique(groups))
    if values.isna().any() or any(
        len(np.unique(groups[part])) < n_groups for part in (test, ~test)
    ):
        said = ", ".join(f"'{value}'" for value in values.dropna().unique()[:_SHOWN])
        n_none = int(values.isna().sum())
        none = f"nothing of {n_none:,} pictures" if n_none else ""
        raise DataError(
            f"'{column}' must say 'train' or 'test' of each picture, with pictures of every group "
            f"in both, and it does not: it says {' and '.join(filter(None, [said, none]))}. "
            "Choose another column, or a random division (--random-split)."
        )
    return test


def _drawn(groups: Codes, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """Whether each picture is held out: `share` of every group, at least one."""
    rng = np.random.default_rng([seed, 7])
    test = np.zeros(len(groups), bool)
    for group in np.unique(groups):
        rows = rng.permutation(np.flatnonzero(groups == group))
        test[rows[: max(1, round(share * len(rows)))]] = True
    return test
