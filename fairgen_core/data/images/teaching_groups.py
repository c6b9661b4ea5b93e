"""Groups made for teaching: the papers' constructions, over any set of pictures.

Because we make the groups, the truth is known and a generated picture's group can be read off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.reading import fingerprint
from fairgen_core.errors import ConfigError

SHADE = 0.4
"""Brightness of a shaded picture beside the normal one: a black layer of opacity 0.6."""

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class TeachingGroups:
    """One construction.

    Attributes:
        title: for menus.
        names: the groups, in the order of their codes.
        paint: (pictures, codes) -> pictures in their group's look.
        read: pictures -> codes, the rule that tells a generated picture's group; None where no
            rule tells it and a classifier must.
        plain: (painted pictures, codes) -> pictures that `paint` makes the same painted ones of.
    """

    title: str
    names: tuple[str, ...]
    paint: Callable[[Pixels, npt.NDArray[np.int64]], Pixels]
    read: Callable[[Pixels], npt.NDArray[np.int64]] | None
    plain: Callable[[Pixels, npt.NDArray[np.int64]], Pixels]

    def switched(self, images: Pixels, codes: npt.NDArray[np.int64], to: int) -> Pixels:
        """The same pictures in the look of group `to`.

        Args:
            images: (n, size, size, channels) pictures in their groups' look.
            codes: (n,) the groups that they show.
            to: the code of the wanted group.
        """
        return self.paint(self.plain(images, codes), np.full(len(images), to))


def corner_mean(images: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    """Mean intensity of the four corners, each a square of an eighth of the side: (n,)."""
    k = max(1, images.shape[1] // 8)
    corners = [
        images[:, rows, columns]
        for rows in (slice(k), slice(-k, None))
        for columns in (slice(k), slice(-k, None))
    ]
    return np.mean([c.reshape(len(images), -1).mean(axis=1) for c in corners], axis=0)


def _paint_background(images: Pixels, codes: npt.NDArray[np.int64]) -> Pixels:
    """Black background: as it is (inverted first where the corners are bright); white: inverted."""
    bright = corner_mean(images) > 127.5
    invert = bright != (codes == 1)
    return np.where(invert[:, None, None, None], 255 - images, images)


def _paint_shade(images: Pixels, codes: npt.NDArray[np.int64]) -> Pixels:
    shaded = (images.astype(np.float32) * SHADE + 0.5).astype(np.uint8)
    return np.where((codes == 1)[:, None, None, None], shaded, images)


def _unshaded(images: Pixels, codes: npt.NDArray[np.int64]) -> Pixels:
    """Shaded pictures as bright as before, but in steps of 2.5: shading rounds."""
    bright = np.minimum(images.astype(np.float32) / SHADE + 0.5, 255).astype(np.uint8)
    return np.where((codes == 1)[:, None, None, None], bright, images)


def _paint_colour(images: Pixels, codes: npt.NDArray[np.int64]) -> Pixels:
    """The picture's brightness in one of the three channels, the others black (FLDGM, Color MNIST,
    generation set).
    """
    grey = images.mean(axis=3).round().astype(np.uint8)
    out = np.zeros((*grey.shape, 3), np.uint8)
    out[np.arange(len(grey)), :, :, codes] = grey
    return out


TEACHING_GROUPS: dict[str, TeachingGroups] = {
    "background": TeachingGroups(
        "Black or white background",
        ("black background", "white background"),
        _paint_background,
        lambda images: (corner_mean(images) > 127.5).astype(np.int64),
        lambda images, _codes: images,  # its paint looks at the corners itself
    ),
    "shade": TeachingGroups(
        "Normal or shaded", ("normal", "shaded"), _paint_shade, None, _unshaded
    ),
    "colour": TeachingGroups(
        "A colour a group",
        ("red", "green", "blue"),
        _paint_colour,
        lambda images: (
            images.reshape(len(images), -1, 3).sum(axis=1, dtype=np.int64).argmax(axis=1)
        ),
        # The two other channels are black: the brightest one is the picture before.
        lambda images, _codes: np.repeat(images.max(axis=3, keepdims=True), 3, axis=3),
    ),
}


def make_groups(images: ImageSet, kind: str, share: float | None = None, seed: int = 0) -> ImageSet:
    """Divide a set at random and paint each part in its group's look.

    Args:
        images: any set; grey pictures become RGB for ``colour``.
        kind: a key of `TEACHING_GROUPS`; also the new attribute's name.
        share: of the last group (white, shaded, blue), 0.1 to 0.9; the others share the rest
            evenly. None: all groups alike. Counts are exact, not drawn.
        seed: of the division.

    Raises:
        ConfigError: unknown kind, or a share outside 0.1 to 0.9.
    """
    if kind not in TEACHING_GROUPS:
        raise ConfigError(
            f"The groups must be one of {', '.join(TEACHING_GROUPS)}, and '{kind}' was asked for. "
            "Choose one of these.",
            field="groups",
        )
    rule = TEACHING_GROUPS[kind]
    n_groups = len(rule.names)
    share = 1.0 / n_groups if share is None else share
    if not 0.1 <= share <= 0.9:
        raise ConfigError(
            f"The share of '{rule.names[-1]}' must lie between 0.1 and 0.9, and {share} was asked "
            "for. Choose a share in that range.",
            field="share",
        )
    shares = np.array([(1 - share) / (n_groups - 1)] * (n_groups - 1) + [share])
    borders = np.round(np.cumsum(shares) * len(images)).astype(int)
    codes = np.searchsorted(borders, np.arange(len(images)), side="right").astype(np.int64)
    np.random.default_rng([seed, 71]).shuffle(codes)
    painted = rule.paint(images.images, codes)
    table = images.table.copy()
    table[kind] = np.array(rule.names, dtype=object)[codes]
    counts = np.bincount(codes, minlength=n_groups)
    note = "Groups made for teaching: " + ", ".join(
        f"{name} {count:,}" for name, count in zip(rule.names, counts, strict=True)
    )
    return replace(
        images,
        images=painted,
        table=table,
        notes=(*images.notes, note + "."),
        sha256=fingerprint(painted, table),
    )
