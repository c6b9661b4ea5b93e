"""Pictures of one shape each, drawn here: groups that are neither digits nor painted on."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SIDE = 48
COLOURS = {"red": (215, 60, 50), "blue": (60, 90, 215)}
SHAPES = ("circle", "cross", "square", "triangle")
N_PICTURES = 4_000
_JITTER = 30


@cache
def shapes(share: float = 0.5, n: int = N_PICTURES, seed: int = 0) -> str:
    """The path of an npz of shapes in a temporary folder.

    Args:
        share: of the blue shapes; the shape itself is drawn evenly, whatever the colour.
        n: pictures.
        seed: of everything.

    Returns:
        a path; the arrays are ``images`` (n, 48, 48, 3), ``colour`` and ``shape``.
    """
    rng = np.random.default_rng(seed)
    colours = np.where(rng.permutation(n) < round(share * n), "blue", "red")
    kinds = rng.choice(SHAPES, size=n)
    images = np.stack([_draw(str(c), str(k), rng) for c, k in zip(colours, kinds, strict=True)])
    path = Path(tempfile.mkdtemp(prefix="fairgen-shapes-")) / f"shapes-{share:g}.npz"
    np.savez_compressed(path, images=images, colour=colours, shape=kinds)
    return str(path)


def _draw(colour: str, kind: str, rng: np.random.Generator) -> np.ndarray:
    """One shape of random size, place and tint on a random dark ground."""
    picture = Image.new("RGB", (SIDE, SIDE), tuple(int(v) for v in rng.integers(0, 60, 3)))
    draw = ImageDraw.Draw(picture)
    r = rng.uniform(0.22, 0.38) * SIDE
    x, y = SIDE / 2 + rng.uniform(-0.1, 0.1, 2) * SIDE
    noise = rng.integers(-_JITTER, _JITTER, 3)
    tint = tuple(int(v) for v in np.clip(np.array(COLOURS[colour]) + noise, 0, 255))
    if kind == "circle":
        draw.ellipse((x - r, y - r, x + r, y + r), fill=tint)
    elif kind == "square":
        draw.rectangle((x - r, y - r, x + r, y + r), fill=tint)
    elif kind == "triangle":
        draw.polygon([(x, y - r), (x - r, y + r), (x + r, y + r)], fill=tint)
    else:
        draw.rectangle((x - r, y - r / 3, x + r, y + r / 3), fill=tint)
        draw.rectangle((x - r / 3, y - r, x + r / 3, y + r), fill=tint)
    return np.asarray(picture)
