"""A few pictures in rows, each row with its name before it. No streamlit import."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]

N_COLUMNS = 8
MOST_ROWS = 10
SHEET_PIXELS = 900
_LONGEST_NAME = 14
_GREY = (128, 128, 128, 255)
"""Of names and frames: seen on light and dark pages alike; the sheet's ground is transparent."""


def rows_of(groups: Codes, classes: Codes, group: int, n_classes: int) -> list[Codes]:
    """The first pictures of a group, class by class.

    Args:
        groups, classes: (n,) codes.
        group: the group.
        n_classes: 0: the first pictures of the group, whatever their class.

    Returns:
        For each row of a sheet, the numbers of its pictures.
    """
    own = np.flatnonzero(groups == group)
    if not n_classes:
        first = own[: N_COLUMNS * 4]
        return [first[i : i + N_COLUMNS] for i in range(0, len(first), N_COLUMNS)]
    return [own[classes[own] == c][:N_COLUMNS] for c in range(min(n_classes, MOST_ROWS))]


def contact_sheet(rows: Sequence[tuple[str, Pixels]], width: int = SHEET_PIXELS) -> bytes:
    """Rows of pictures as one PNG, small pictures enlarged in whole steps, so that they stay sharp.

    Args:
        rows: a name and (n, size, size, channels) uint8 pictures, at most `N_COLUMNS`.
        width: pixels of the sheet, about; large pictures make it wider.
    """
    size = max((len(pictures[0]) for _, pictures in rows if len(pictures)), default=1)
    factor = max(1, width // (N_COLUMNS * (size + 1)))
    cell = size * factor
    gap = max(2, factor // 3)
    font = ImageFont.load_default(size=max(14, min(26, cell // 3)))
    names = [n if len(n) <= _LONGEST_NAME else n[: _LONGEST_NAME - 1] + "…" for n, _ in rows]
    margin = gap + (round(max(map(font.getlength, names))) + 12 if any(names) else 0)
    whole = Image.new("RGBA", (margin + N_COLUMNS * (cell + gap), len(rows) * (cell + gap) + gap))
    pen = ImageDraw.Draw(whole)
    for row, (name, (_, pictures)) in enumerate(zip(names, rows, strict=True)):
        top = gap + row * (cell + gap)
        if name:
            pen.text((0, top + cell / 2), name, fill=_GREY, font=font, anchor="lm")
        for column, picture in enumerate(pictures):
            one = Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)
            large = one.resize((cell, cell), Image.Resampling.NEAREST)
            left = margin + column * (cell + gap)
            frame = (left - gap, top - gap, left + cell + gap - 1, top + cell + gap - 1)
            pen.rectangle(frame, fill=_GREY)
            whole.paste(large, (left, top))
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()
