"""Color MNIST in both of FLDGM's variants, made from MNIST.

generation set: each digit is written into one of three colour channels, and the channel is the
group, independent of the digit. bias set: each digit has a mean colour, and a training picture's
colour is drawn around its digit's with a given variance, a test picture's around any digit's: the
smaller the variance, the more the colour predicts the digit in training, and never in testing.

Deviation: the mean colours are ten evenly spaced hues of our own, because the original ones are
published in a data file only. The published deviations .020 to .050 are variances in the code
that made the original set, and so they are here.
"""

from __future__ import annotations

import colorsys
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.public_sets import Part, mnist
from fairgen_core.data.images.reading import OnProgress, fingerprint
from fairgen_core.data.images.teaching_groups import make_groups

HUES = (
    "red", "orange", "yellow", "lime", "green", "teal", "azure", "blue", "violet", "magenta",
)  # fmt: skip
MEAN_COLOURS = np.array([colorsys.hsv_to_rgb(i / 10, 0.75, 0.9) for i in range(10)])
"""(10, 3) RGB in 0..1, by digit."""


def generation_set(size: int, seed: int = 0, on_progress: OnProgress | None = None) -> ImageSet:
    """MNIST with the group ``colour``: red, green or blue."""
    plain = mnist(size, on_progress=on_progress)
    return replace(make_groups(plain, "colour", None, seed), name="colour-mnist")


def bias_set(
    size: int, variance: float, seed: int = 0, on_progress: OnProgress | None = None
) -> ImageSet:
    """Both parts of MNIST, coloured; columns ``label``, ``colour`` (nearest mean) and ``split``.

    Args:
        size: in pixels.
        variance: of each channel of a training picture's colour, in 0..1.
        seed: of the colours.
        on_progress: told the share that is read; whatever it raises ends the reading.
    """
    rng = np.random.default_rng([seed, 83])
    images, tables = [], []
    parts: tuple[Part, ...] = ("train", "test")
    for part in parts:
        plain = mnist(size, part, _of_both(on_progress, part))
        digits = plain.table["label"].to_numpy().astype(np.int64)
        means = digits if part == "train" else rng.integers(10, size=len(digits))
        colours = tinted(means, variance, rng)
        images.append(paint(plain.images, colours))
        nearest = ((colours[:, None] - MEAN_COLOURS) ** 2).sum(axis=2).argmin(axis=1)
        table = plain.table[["file", "label"]].copy()
        table["file"] = part + "/" + table["file"]
        table["colour"] = np.array(HUES, dtype=object)[nearest]
        table["split"] = part
        tables.append(table)
    whole, table = np.concatenate(images), pd.concat(tables, ignore_index=True)
    notes = (
        f"Brought to {size} x {size} pixels, RGB.",
        f"Training digits are coloured around their digit's mean with variance {variance:g}, test "
        "digits around any digit's.",
    )
    return ImageSet(whole, table, notes, (), "colour-mnist-bias", fingerprint(whole, table))


def _of_both(on_progress: OnProgress | None, part: Part) -> OnProgress | None:
    """Turns the share of one part into the share of both: six of seven digits are training ones."""
    if on_progress is None:
        return None
    before, share = (0.0, 6 / 7) if part == "train" else (6 / 7, 1 / 7)
    return lambda done: on_progress(before + share * done)


def tinted(
    means: npt.NDArray[np.int64], variance: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """(n, 3) colours around the mean colours of these digits, within 0..1."""
    noise = rng.normal(0.0, np.sqrt(variance), (len(means), 3))
    return np.clip(MEAN_COLOURS[means] + noise, 0.0, 1.0)


def paint(images: npt.NDArray[np.uint8], colours: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Grey pictures (n, size, size, 1) times colours (n, 3)."""
    strokes = images.astype(np.float32) * colours.astype(np.float32)[:, None, None, :]
    return (strokes + 0.5).astype(np.uint8)
