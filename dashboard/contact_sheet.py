"""A few pictures of each class under each other, with the classes' names. No streamlit import."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]

SHOWN_A_ROW = 8
MOST_ROWS = 10
_THUMB = 44
"""Pixels that a small picture is enlarged to at least, in whole steps, so that it stays sharp."""
_GAP = 4
_TEXT_SIZE = 15
_LONGEST_NAME = 14


def rows_of(
    groups: npt.NDArray[np.int64], classes: npt.NDArray[np.int64], group: int, n_classes: int
) -> list[npt.NDArray[np.int64]]:
    """The first pictures of a group, class by class.

    Args:
        groups, classes: (n,) codes.
        group: the group.
        n_classes: 0: the first rows of the group, whatever their class.

    Returns:
        For each row of a sheet, the row numbers of its pictures.
    """
    own = np.flatnonzero(groups == group)
    if not n_classes:
        first = own[: SHOWN_A_ROW * 4]
        return [first[i : i + SHOWN_A_ROW] for i in range(0, len(first), SHOWN_A_ROW)]
    return [own[classes[own] == c][:SHOWN_A_ROW] for c in range(min(n_classes, MOST_ROWS))]


def contact_sheet(
    images: Pixels, rows: Sequence[npt.NDArray[np.int64]], names: Sequence[str], ink: str
) -> Pixels:
    """One picture of some pictures, on a transparent ground.

    Args:
        images: (n, size, size, 1 or 3).
        rows: row numbers of `images` for each row of the sheet.
        names: what each row is called; empty: rows have no names.
        ink: the names' colour.

    Returns:
        (height, width, 4) uint8.
    """
    size = images.shape[1]
    times = max(1, -(-_THUMB // size))
    side = size * times + _GAP
    font = ImageFont.load_default(_TEXT_SIZE)
    short = [n if len(n) <= _LONGEST_NAME else n[: _LONGEST_NAME - 1] + "…" for n in names]
    margin = int(max((font.getlength(n) for n in short), default=-10)) + 10
    sheet = Image.new("RGBA", (margin + SHOWN_A_ROW * side, max(1, len(rows)) * side))
    draw = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        if short:
            middle = (0, number * side + side // 2)
            draw.text(middle, short[number], fill=ink, font=font, anchor="lm")
        for place, index in enumerate(row):
            whole = np.repeat(images[index], 3, 2) if images.shape[3] == 1 else images[index]
            large = whole.repeat(times, 0).repeat(times, 1)
            sheet.paste(Image.fromarray(large), (margin + place * side, number * side))
    return np.asarray(sheet)
