"""Pictures from an ``.npz``: an array `images` and label arrays of the same length."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from fairgen_core.data.images.archives import MAX_RATIO
from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.lists import named_parts
from fairgen_core.data.images.reading import (
    AT_ONCE,
    MAX_MEMORY_BYTES,
    MIN_PICTURES,
    TELL_SECONDS,
    ColourChoice,
    OnProgress,
    fingerprint,
)
from fairgen_core.errors import DataError

_CHANNELS = frozenset({1, 3, 4})
_SEE_THROUGH = 4
"""Channels of a picture whose last one says how little can be seen through it."""
_PIECE = 4096
_PARTS = ("train", "val", "test")


def read_npz(
    source: Path | bytes,
    *,
    name: str = "",
    size: int = 28,
    colour: ColourChoice = "auto",
    on_progress: OnProgress | None = None,
) -> ImageSet:
    """Read `images` and label arrays.

    Pictures are (n, h, w) or have 1, 3 or 4 channels (see-through parts are laid on white) as
    their last or second axis; uint8, or numbers
    in 0..255, 0..1 or (decimals) -1..1. Labels are (n,) or (n, 1) of any plain kind, or one-hot
    rows (n, K). An array of another name is taken for `images` where it alone has their shape.

    Raises:
        DataError: no such array, an array of another shape or type, or too few pictures.
    """
    held = _one_set(read_arrays(source))
    key, images = _as_pictures(held)
    if len(images) < MIN_PICTURES:
        raise DataError(
            f"At least {MIN_PICTURES} pictures are needed, and '{key}' holds {len(images)}."
            " Add pictures."
        )
    notes: list[str] = []
    if images.shape[3] == _SEE_THROUGH:
        images, n = _on_white(images)
        if n:
            laid = "1 picture was" if n == 1 else f"{n:,} pictures were"
            notes.append(f"{laid} see-through in parts, and laid on white.")
    table = pd.DataFrame({"file": [f"{i:06d}.png" for i in range(len(images))]})
    for name_of, values in held.items():
        labels = _labels(values) if name_of != key else None
        if labels is not None and len(labels) == len(images):
            table[_singular(name_of)] = labels
        elif labels is not None and len(labels) >= MIN_PICTURES:
            notes.append(
                f"The array '{name_of}' was left out: it has {len(labels):,} values for "
                f"{len(images):,} pictures."
            )
    table, numbered = named_parts(table)
    notes += numbered
    notes = [*_fitted(images.shape, size), *notes]
    images = resized(images, size, on_progress)
    if images.shape[3] == 3 and colour == "grey":
        luma = images.astype(np.uint32) @ np.array([299, 587, 114], np.uint32)
        images = ((luma + 500) // 1000).astype(np.uint8)[..., None]
    elif images.shape[3] == 1 and colour == "rgb":
        images = np.repeat(images, 3, axis=3)
    brought = f"Brought to {size} x {size} pixels, {'grey' if images.shape[3] == 1 else 'RGB'}."
    if key != "images":
        notes.insert(0, f"The pictures are the array '{key}'.")
    return ImageSet(images, table, (brought, *notes), (), name, fingerprint(images, table))


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


def _one_set(held: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Arrays by part (``x_train``, ``x_test``; ``val_images``) joined, with a column ``split``."""
    parts: dict[str, dict[str, npt.NDArray[Any]]] = {}
    for key, values in held.items():
        part = next((p for p in _PARTS if p in key.lower().split("_")), None)
        if part is None or not values.ndim:
            return held
        rest = "_".join(word for word in key.split("_") if word.lower() != part)
        parts.setdefault(rest, {})[part] = values
    if len({tuple(sorted(of)) for of in parts.values()}) != 1:
        return held
    first = next(iter(parts.values()))
    order = [part for part in _PARTS if part in first]
    try:
        joined = {rest: np.concatenate([of[part] for part in order]) for rest, of in parts.items()}
    except ValueError:  # shapes that differ
        return held
    return joined | {"split": np.repeat(order, [len(first[part]) for part in order])}


def _singular(key: str) -> str:
    """``labels`` is a set's usual name for its classes; a page shows one picture's ``label``."""
    return {"labels": "label", "classes": "class", "groups": "group"}.get(key, key)


def _labels(values: npt.NDArray[Any]) -> list[str | None] | None:
    """One spelling a picture of an array of labels; None where it is none."""
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    elif values.ndim == 2 and values.dtype.kind in "biuf" and _is_one_hot(values):
        values = values.argmax(axis=1)
    if values.ndim != 1 or values.dtype.kind not in "biufSUM":
        return None
    if values.dtype.kind == "S":
        return [text.decode("utf-8", "replace") for text in values.tolist()]
    if values.dtype.kind == "f" and (values == np.floor(values)).all():
        values = values.astype(np.int64)
    return [None if v != v else str(v) for v in values.tolist()]  # not a number: missing


def _is_one_hot(values: npt.NDArray[Any]) -> bool:
    return bool(np.isin(values, (0, 1)).all() and (values.sum(axis=1) == 1).all())


def _as_pictures(held: dict[str, npt.NDArray[Any]]) -> tuple[str, npt.NDArray[np.uint8]]:
    """The pictures' array by its name, as bytes (n, h, w, channels)."""
    key = _pictures_key(held)
    images = held[key]
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim == 4 and images.shape[3] not in _CHANNELS and images.shape[1] in _CHANNELS:
        images = images.transpose(0, 2, 3, 1)
    if images.ndim != 4 or images.shape[3] not in _CHANNELS or 0 in images.shape:
        raise DataError(
            f"'{key}' must have the shape (n, height, width), or 1, 3 or 4 channels as its last "
            f"or second axis, and it has {held[key].shape}. Reshape it."
        )
    if images.dtype.kind not in "bfiu":
        raise DataError(
            f"'{key}' must hold numbers, and it holds {images.dtype}. Save it as uint8."
        )
    return key, _as_bytes(key, np.ascontiguousarray(images))


def _pictures_key(held: dict[str, npt.NDArray[Any]]) -> str:
    if "images" in held:
        return "images"
    shaped = [key for key, values in held.items() if values.ndim in {3, 4}]
    if len(shaped) == 1:
        return shaped[0]
    raise DataError(
        "The npz must hold an array named 'images', and it holds: "
        f"{', '.join(held) or 'nothing'}. Rename the array."
    )


def _as_bytes(key: str, images: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Whatever the numbers' range is, 0..255."""
    low, high = float(images.min()), float(images.max())
    if images.dtype == np.uint8 and high > 1:
        return images
    signed = images.dtype.kind == "f" and -1 <= low < 0 and high <= 1
    if not np.isfinite([low, high]).all() or (low < 0 and not signed) or high > 255:
        raise DataError(
            f"'{key}' must hold values from 0 to 255, from 0 to 1 or from -1 to 1, and it holds "
            "others. Scale the pictures and save them as uint8."
        )
    # In pieces: a float copy of the whole would be several times its size.
    out = np.empty(images.shape, np.uint8)
    for start in range(0, len(images), _PIECE):
        numbers = images[start : start + _PIECE].astype(np.float64)
        if signed:
            numbers = (numbers + 1) / 2
        scale = 255.0 if high <= 1 else 1.0
        out[start : start + _PIECE] = np.clip(numbers * scale + 0.5, 0, 255)
    return out


def _fitted(shape: tuple[int, ...], size: int) -> list[str]:
    """What bringing pictures (n, h, w, ...) to `size` does to them, in the words for files."""
    n, height, width = shape[:3]
    side = min(height, width)
    done = {
        "not square; only the middle is used": height != width,
        f"smaller than {size} pixels, and enlarged": side < size,
        "larger, and reduced": side > size,
    }
    return [f"{n:,} pictures were {words}." for words, holds in done.items() if holds]


def _on_white(images: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], int]:
    """RGBA pictures on a white ground, as those of files are; and how many are see-through."""
    out = np.empty((*images.shape[:3], 3), np.uint8)
    n = 0
    for start in range(0, len(images), _PIECE):
        piece = images[start : start + _PIECE]
        alpha = piece[..., 3:].astype(np.uint32)
        n += int((alpha.min(axis=(1, 2, 3)) < 255).sum())
        laid = piece[..., :3] * alpha + 255 * (255 - alpha)
        out[start : start + _PIECE] = (laid + 127) // 255
    return out, n


def resized(
    images: npt.NDArray[np.uint8], size: int, on_progress: OnProgress | None = None
) -> npt.NDArray[np.uint8]:
    """Pictures (n, h, w, channels) cut to their middle square and brought to `size` pixels.

    Args:
        images: of any size.
        size: in pixels.
        on_progress: told the share that is done, several times a second; whatever it raises ends
            the work.
    """
    side = min(images.shape[1:3])
    top, left = (images.shape[1] - side) // 2, (images.shape[2] - side) // 2
    square = images[:, top : top + side, left : left + side]
    if side == size:
        return np.ascontiguousarray(square)
    out = np.empty((len(square), size, size, square.shape[3]), np.uint8)
    told = time.monotonic()
    for i, picture in enumerate(square):
        if on_progress and i % AT_ONCE == 0 and time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            on_progress(i / len(square))
        whole = Image.fromarray(picture.squeeze(-1) if picture.shape[2] == 1 else picture)
        resized = np.asarray(whole.resize((size, size), Image.Resampling.LANCZOS))
        out[i] = resized[..., None] if resized.ndim == 2 else resized
    return out
