"""Pictures from an ``.npz``: an array `images` and label arrays of the same length."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from fairgen_core.data.images.archives import MAX_RATIO
from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.reading import (
    MAX_MEMORY_BYTES,
    MIN_PICTURES,
    ColourChoice,
    fingerprint,
)
from fairgen_core.errors import DataError


def read_npz(
    source: Path | bytes, *, name: str = "", size: int = 28, colour: ColourChoice = "auto"
) -> ImageSet:
    """Read `images` (n, h, w) or (n, h, w, 1 or 3), uint8 or floats in 0..1, and label arrays.

    Raises:
        DataError: no such array, an array of another shape or type, or too few pictures.
    """
    held = read_arrays(source)
    images = _as_pictures(held)
    if len(images) < MIN_PICTURES:
        raise DataError(
            f"At least {MIN_PICTURES} pictures are needed, and `images` holds {len(images)}."
            " Add pictures."
        )
    table = pd.DataFrame({"file": [f"{i:06d}.png" for i in range(len(images))]})
    for key, values in held.items():
        if key != "images" and values.ndim == 1 and len(values) == len(images):
            table[_singular(key)] = [str(v) for v in values.tolist()]
    images = resized(images, size)
    if images.shape[3] == 3 and colour == "grey":
        luma = images.astype(np.uint32) @ np.array([299, 587, 114], np.uint32)
        images = ((luma + 500) // 1000).astype(np.uint8)[..., None]
    elif images.shape[3] == 1 and colour == "rgb":
        images = np.repeat(images, 3, axis=3)
    notes = (f"Brought to {size} x {size} pixels, {'grey' if images.shape[3] == 1 else 'RGB'}.",)
    return ImageSet(images, table, notes, (), name, fingerprint(images, table))


def read_arrays(source: Path | bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an npz by name; no Python objects are ever read from it.

    Raises:
        DataError: it cannot be read, or would not fit into memory.
    """
    try:
        with zipfile.ZipFile(source if isinstance(source, Path) else io.BytesIO(source)) as archive:
            unpacked = sum(e.file_size for e in archive.infolist())
            packed = max(1, sum(e.compress_size for e in archive.infolist()))
        if unpacked > MAX_MEMORY_BYTES or (unpacked > 2**30 and unpacked / packed > MAX_RATIO):
            raise DataError(
                f"The npz must unpack to at most {MAX_MEMORY_BYTES // 2**30} GiB, and it declares "
                f"{unpacked / 2**30:.1f} GiB. Bring a part of the pictures."
            )
        with np.load(
            source if isinstance(source, Path) else io.BytesIO(source), allow_pickle=False
        ) as arrays:
            return {key: arrays[key] for key in arrays.files}
    except DataError:
        raise
    except Exception as error:  # numpy raises many kinds for a broken file
        raise DataError(
            "The file must be a readable npz of plain arrays, and it is not. "
            "Write it again with numpy.savez, without Python objects."
        ) from error


def _singular(key: str) -> str:
    """``labels`` is a set's usual name for its classes; a page shows one picture's ``label``."""
    return {"labels": "label", "classes": "class", "groups": "group"}.get(key, key)


def _as_pictures(held: dict[str, npt.NDArray[np.generic]]) -> npt.NDArray[np.uint8]:
    if "images" not in held:
        raise DataError(
            "The npz must hold an array named 'images', and it holds: "
            f"{', '.join(held) or 'nothing'}. Rename the array."
        )
    images = held["images"]
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[3] not in {1, 3} or 0 in images.shape:
        raise DataError(
            "'images' must have the shape (n, height, width) or (n, height, width, 1 or 3), and it "
            f"has {held['images'].shape}. Reorder its axes."
        )
    if images.dtype == np.uint8:
        return images  # type: ignore[return-value]
    if images.dtype.kind not in "fiu":
        raise DataError(
            f"'images' must hold numbers, and it holds {images.dtype}. Save it as uint8."
        )
    numbers = images.astype(np.float64)
    if not np.isfinite(numbers).all() or numbers.min() < 0 or numbers.max() > 255:
        raise DataError(
            "'images' must hold values from 0 to 255 or from 0 to 1, and it holds others. "
            "Scale the pictures and save them as uint8."
        )
    return np.clip(numbers * (255.0 if numbers.max() <= 1.0 else 1.0) + 0.5, 0, 255).astype(
        np.uint8
    )


def resized(images: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    """Pictures (n, h, w, channels) cut to their middle square and brought to `size` pixels."""
    side = min(images.shape[1:3])
    top, left = (images.shape[1] - side) // 2, (images.shape[2] - side) // 2
    square = images[:, top : top + side, left : left + side]
    if side == size:
        return np.ascontiguousarray(square)
    out = np.empty((len(square), size, size, square.shape[3]), np.uint8)
    for i, picture in enumerate(square):
        whole = Image.fromarray(picture.squeeze(-1) if picture.shape[2] == 1 else picture)
        resized = np.asarray(whole.resize((size, size), Image.Resampling.LANCZOS))
        out[i] = resized[..., None] if resized.ndim == 2 else resized
    return out
