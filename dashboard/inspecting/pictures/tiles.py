"""Small pictures in named rows, as one block of HTML: real words around them, in any script."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from dashboard.looks import STACK_BELOW
from fairgen_core.data.images.writing import as_png

Pixels = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]
Tile = tuple[Pixels, str]
"""A picture (size, size, 1 or 3), and what a screen reader says in its place."""

FOR, AGAINST = "#E69F00", "#0072B2"
"""Okabe and Ito's orange and blue: they differ in lightness as well."""
PALEST, DARKEST = 0.8, 0.22
"""White and black of a picture under a heat map: both colours are seen on either."""
SATURATED = 99.5
"""Percentile of the absolute values from which a heat map's colour is full."""
PIXELATED_BELOW = 48
"""Pixels of a side below which a pixel is shown as a square, without blur."""
A_PART = 4
"""Columns that stand side by side on a narrow page too."""

_NAMES, _TILES = "7rem", f"repeat({A_PART}, minmax(0, 7.5rem))"
STYLE = f"""<style>
.fairgen-tiles {{ display: flex; flex-wrap: wrap; gap: 0.5rem; font-size: 0.85rem;
  line-height: 1.35; max-width: 72rem; }}
.fairgen-part {{ display: grid; gap: 0.5rem; flex: 1 1 0; text-align: center;
  grid-template-columns: {_TILES}; overflow-wrap: anywhere; }}
.fairgen-part:first-child {{ flex-basis: calc({_NAMES} + 0.5rem);
  grid-template-columns: {_NAMES} {_TILES}; }}
.fairgen-part img {{ width: 100%; aspect-ratio: 1; outline: 1px solid #80808066; }}
.fairgen-name {{ align-self: center; text-align: left; }}
.fairgen-part:not(:first-child) .fairgen-name {{ display: none; }}
@media (max-width: {STACK_BELOW}px) {{
  .fairgen-part, .fairgen-part:first-child {{ flex: 1 1 100%;
    grid-template-columns: {_NAMES} {_TILES}; }}
  .fairgen-part:not(:first-child) .fairgen-name {{ display: block; }}
}}
</style>"""
"""Lays out `grid`. An element of its own: streamlit hides one that holds nothing but a style."""


def common_scale(*maps: npt.NDArray[np.generic]) -> float:
    """The value at which colours are full, one for all maps."""
    sizes = np.abs(np.concatenate([m.astype(np.float64).ravel() for m in maps]))
    return max(float(np.percentile(sizes, SATURATED)), 1e-6)


def overlaid(picture: Pixels, values: npt.NDArray[np.generic], scale: float) -> Pixels:
    """A picture in grey with its signed values over it, (size, size, 3).

    Args:
        picture: (size, size, 1 or 3).
        values: (size, size); above 0 orange, below blue, the stronger the larger.
        scale: at and beyond it the colour is full.
    """
    grey = picture.astype(np.float64).mean(axis=2) / 255 * (PALEST - DARKEST) + DARKEST
    signed = np.clip(values.astype(np.float64) / scale, -1, 1)
    top = np.where((signed > 0)[..., None], _rgb(FOR), _rgb(AGAINST))
    strength = np.abs(signed)[..., None]
    mixed = grey[..., None] * (1 - strength) + top * strength
    return np.clip(mixed * 255 + 0.5, 0, 255).astype(np.uint8)


def _rgb(colour: str) -> Values:
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def grid(rows: Sequence[tuple[str, Sequence[Tile]]], under: Sequence[Sequence[str]]) -> str:
    """HTML of named rows of pictures, with lines of words under every column.

    A narrow page shows it in parts below each other. It needs `STYLE` once on the page.

    Args:
        rows: a name, and one tile a column.
        under: the lines under each column.
    """
    parts = []
    for start in range(0, len(under), A_PART):
        here = slice(start, start + A_PART)
        cells = []
        for name, tiles in rows:
            cells.append(f'<div class="fairgen-name">{escape(name)}</div>')
            cells += [_image(*tile) for tile in tiles[here]]
        cells.append('<div class="fairgen-name"></div>')
        for lines in under[here]:
            cells.append(f"<div>{'<br>'.join(escape(line) for line in lines)}</div>")
        parts.append(f'<div class="fairgen-part">{"".join(cells)}</div>')
    return f'<div class="fairgen-tiles">{"".join(parts)}</div>'


def _image(picture: Pixels, words: str) -> str:
    content = base64.b64encode(as_png(picture)).decode()
    how = "pixelated" if picture.shape[0] < PIXELATED_BELOW else "auto"
    return (
        f'<img alt="{escape(words)}" src="data:image/png;base64,{content}" '
        f'style="image-rendering:{how}">'
    )


def colour_key(against: str, middle: str, speaks_for: str) -> str:
    """HTML of the colours of a heat map as a bar, with words under its ends and its middle."""
    grey = f"rgb({', '.join([str(round((PALEST + DARKEST) / 2 * 255))] * 3)})"
    words = "".join(f"<span>{escape(text)}</span>" for text in (against, middle, speaks_for))
    return (
        '<div style="max-width:34rem;font-size:0.85rem">'
        f'<div style="height:0.9rem;background:linear-gradient(to right, {AGAINST}, {grey}, '
        f'{FOR})"></div><div style="display:flex;justify-content:space-between">{words}</div></div>'
    )
