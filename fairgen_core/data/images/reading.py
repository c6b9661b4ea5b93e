"""Pictures from a zip, a folder, an npz or single files, brought to one size.

Nothing is ever unpacked to disk and no name inside an archive is used as a path. Every picture's
header is checked before a pixel is decoded. A bad file is counted, named and left out; a bad
archive is refused with a sentence.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image, UnidentifiedImageError

from fairgen_core.data.images.attributes import attach_attributes, folder_columns
from fairgen_core.data.images.image_set import ImageSet, Skipped
from fairgen_core.errors import DataError

PICTURE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})
TABLE_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".parquet"})
MIN_SIZE, MAX_SIZE = 8, 128
MIN_PICTURES = 50
MAX_PIXELS = 50_000_000
"""Of one picture, as its header declares; above it the file is left out undecoded."""
MAX_FILE_BYTES = 64 * 2**20
MAX_TOTAL_BYTES = 32 * 2**30
"""Of an archive, unpacked, as its directory declares."""
MAX_RATIO = 500
"""Unpacked to packed; pictures are packed already, so that even 20 is rare."""
MAX_FILES = 2_000_000
MAX_MEMORY_BYTES = 8 * 2**30

ColourChoice = Literal["auto", "grey", "rgb"]


@dataclass(frozen=True)
class NamedBytes:
    """A file's name inside its archive or folder, and a way to read at most `limit` bytes of it."""

    name: str
    n_bytes: int
    read: Callable[[], bytes]


def read_images(
    source: Path | bytes | Sequence[tuple[str, bytes]],
    *,
    name: str = "",
    attributes: Path | bytes | None = None,
    attributes_name: str = "",
    size: int = 28,
    colour: ColourChoice = "auto",
    on_progress: Callable[[float], None] | None = None,
) -> ImageSet:
    """Read pictures and what is known of them.

    Args:
        source: a zip, a folder, an npz (`images` and label arrays), or (name, bytes) pairs.
        name: display name.
        attributes: a CSV or Parquet table beside the pictures; None: one inside the archive
            where there is one, else folder names.
        attributes_name: that table's own name, for its ending.
        size: target height and width, 8..128 pixels.
        colour: auto keeps grey where every picture is grey.
        on_progress: told the share of files that is read.

    Raises:
        DataError: nothing usable; the message says what must hold, what was found, what to do.
    """
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise DataError(
            f"The picture size must lie between {MIN_SIZE} and {MAX_SIZE} pixels, and {size} was "
            "asked for. Choose a size in that range."
        )
    if _looks_like_npz(source):
        from fairgen_core.data.images.npz import read_npz

        return read_npz(source, name=name, size=size, colour=colour)  # type: ignore[arg-type]
    pictures, tables = _list_files(source)
    if not pictures:
        raise DataError(
            "The upload must hold pictures (PNG, JPEG, WebP or BMP), and none was found. "
            "Check that the right file was chosen."
        )
    decoded, kept, skipped, counts = _decode_all(pictures, size, colour, on_progress)
    if len(kept) < MIN_PICTURES:
        reasons = "; ".join(f"{s.file}: {s.reason}" for s in skipped[:3])
        raise DataError(
            f"At least {MIN_PICTURES} readable pictures are needed, and {len(kept)} of "
            f"{len(pictures)} files could be read{f' ({reasons})' if reasons else ''}. "
            "Add pictures, or check the files."
        )
    files = [pictures[i].name for i in kept]
    table = pd.DataFrame({"file": files})
    notes = list(_notes(counts, size, decoded.shape[3], len(skipped), len(pictures)))
    for column, values in folder_columns(files).items():
        table[column] = values
    if attributes is not None:
        table, more = attach_attributes(table, attributes, attributes_name or "attributes.csv")
        notes += more
    elif tables:
        table, more = attach_attributes(table, tables[0].read(), PurePosixPath(tables[0].name).name)
        notes += more
    return ImageSet(
        images=decoded,
        table=table,
        notes=tuple(notes),
        skipped=tuple(skipped),
        name=name,
        sha256=fingerprint(decoded, table),
    )


def fingerprint(images: npt.NDArray[np.uint8], table: pd.DataFrame) -> str:
    """SHA-256 over the pixels and the table's text."""
    digest = hashlib.sha256(str(images.shape).encode())
    digest.update(np.ascontiguousarray(images).data)
    digest.update(table.to_csv(index=False).encode())
    return digest.hexdigest()


def _looks_like_npz(source: Path | bytes | Sequence[tuple[str, bytes]]) -> bool:
    if isinstance(source, Path):
        return source.suffix == ".npz" and source.is_file()
    if isinstance(source, bytes) and source[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(io.BytesIO(source)) as archive:
                names = archive.namelist()
        except zipfile.BadZipFile:
            return False
        return bool(names) and all(n.endswith(".npy") for n in names)
    return False


def _list_files(
    source: Path | bytes | Sequence[tuple[str, bytes]],
) -> tuple[list[NamedBytes], list[NamedBytes]]:
    """Pictures and tables in a source, by ending, in sorted order."""
    if isinstance(source, Path) and source.is_dir():
        found = list(_walk(source))
    elif isinstance(source, Path | bytes):
        found = _open_zip(source)
    else:
        found = [NamedBytes(n, len(b), lambda b=b: b) for n, b in source]  # type: ignore[misc]
    if len(found) > MAX_FILES:
        raise DataError(
            f"At most {MAX_FILES:,} files are read at once, and {len(found):,} were found. "
            "Bring a part of them."
        )
    found.sort(key=lambda f: f.name)
    pictures = [f for f in found if PurePosixPath(f.name).suffix.lower() in PICTURE_ENDINGS]
    tables = [f for f in found if PurePosixPath(f.name).suffix.lower() in TABLE_ENDINGS]
    return pictures, tables


def _walk(folder: Path) -> Iterator[NamedBytes]:
    for root, folders, files in os.walk(folder, followlinks=False):
        folders.sort()
        for file in files:
            path = Path(root, file)
            if not path.is_symlink() and not file.startswith("."):
                name = path.relative_to(folder).as_posix()
                yield NamedBytes(name, path.stat().st_size, path.read_bytes)


def _open_zip(source: Path | bytes) -> list[NamedBytes]:
    try:
        archive = zipfile.ZipFile(source if isinstance(source, Path) else io.BytesIO(source))
    except FileNotFoundError as error:
        raise DataError(
            f"A zip or a folder of pictures is needed, and there is nothing at '{source}'. "
            "Check the path."
        ) from error
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(
            "The file must be a zip of pictures, and it cannot be opened as a zip. "
            "Pack the pictures again, or choose another file."
        ) from error
    entries = [e for e in archive.infolist() if not e.is_dir() and not _hidden(e.filename)]
    unpacked = sum(e.file_size for e in entries)
    packed = max(1, sum(e.compress_size for e in entries))
    if unpacked > MAX_TOTAL_BYTES or (unpacked > 2**28 and unpacked / packed > MAX_RATIO):
        raise DataError(
            f"The zip must unpack to at most {MAX_TOTAL_BYTES // 2**30} GiB and {MAX_RATIO} times its "
            f"size, and it declares {unpacked / 2**30:.1f} GiB, {unpacked / packed:,.0f} times. "
            "It was not unpacked. Bring a zip of ordinary pictures."
        )
    unsafe = [e.filename for e in entries if _leaves_archive(e.filename)]
    if unsafe:
        raise DataError(
            f"Names in a zip must stay inside it, and '{unsafe[0][:80]}' points outside. "
            "Pack the pictures again from their own folder."
        )
    if any(e.flag_bits & 0x1 for e in entries):
        raise DataError(
            "The zip must open without a password, and this one is locked. Pack it without one."
        )
    return [
        NamedBytes(e.filename, e.file_size, lambda e=e: _read_entry(archive, e))  # type: ignore[misc]
        for e in entries
    ]


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """At most the declared bytes: an entry that lies about its size is cut off and then unreadable."""
    with archive.open(entry) as stream:
        return stream.read(min(entry.file_size, MAX_FILE_BYTES) + 1)


def _hidden(name: str) -> bool:
    return any(
        part.startswith(".") and part not in {".", ".."} or part == "__MACOSX"
        for part in PurePosixPath(name).parts
    )


def _leaves_archive(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name.split("/")[0]


class _UnusableError(Exception):
    """One picture cannot be used; the message is the reason shown."""


def _decode_all(
    pictures: list[NamedBytes],
    size: int,
    colour: ColourChoice,
    on_progress: Callable[[float], None] | None,
) -> tuple[npt.NDArray[np.uint8], list[int], list[Skipped], dict[str, int]]:
    if len(pictures) * size * size * 3 > MAX_MEMORY_BYTES:
        raise DataError(
            f"The pictures must fit into {MAX_MEMORY_BYTES // 2**30} GiB of memory at {size} pixels, "
            f"and {len(pictures):,} of them do not. Choose a smaller size, or bring fewer."
        )
    counts = {"cropped": 0, "enlarged": 0, "shrunk": 0, "coloured": 0, "depth": 0}
    out = np.empty((len(pictures), size, size, 3), np.uint8)
    kept: list[int] = []
    skipped: list[Skipped] = []

    def one(i: int) -> tuple[int, dict[str, bool] | str]:
        try:
            picture, facts = _decode(pictures[i], size)
        except _UnusableError as reason:
            return i, str(reason)
        out[i] = picture
        return i, facts

    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        for i, result in pool.map(one, range(len(pictures))):
            if isinstance(result, str):
                skipped.append(Skipped(pictures[i].name, result))
            else:
                kept.append(i)
                for fact, holds in result.items():
                    counts[fact] += holds
            if on_progress and i % 256 == 0:
                on_progress(i / len(pictures))
    grey = colour == "grey" or (colour == "auto" and counts["coloured"] == 0)
    images = out[kept]
    if grey:
        # ITU-R 601 luma, as Pillow's own conversion to 'L'.
        weights = np.array([299, 587, 114], np.uint32)
        images = ((images.astype(np.uint32) @ weights + 500) // 1000).astype(np.uint8)[..., None]
    return images, kept, skipped, counts


def _decode(file: NamedBytes, size: int) -> tuple[npt.NDArray[np.uint8], dict[str, bool]]:
    """One picture as (size, size, 3) uint8, centre-cropped, and what was done to it."""
    if file.n_bytes > MAX_FILE_BYTES:
        raise _UnusableError(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
    try:
        with Image.open(io.BytesIO(file.read())) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise _UnusableError(f"{width} x {height} pixels, above {MAX_PIXELS:,} in all")
            if getattr(picture, "n_frames", 1) > 1:
                raise _UnusableError("animated, several pictures in one file")
            if picture.mode in {"I", "F"} or picture.mode.startswith("I;16"):
                picture = Image.fromarray(_to_8_bit(np.asarray(picture)))
                deep = True
            else:
                deep = False
            if picture.format == "JPEG":
                picture.draft("RGB", (2 * size, 2 * size))
            picture = _flatten(picture)
            side = min(picture.size)
            left, top = (picture.size[0] - side) // 2, (picture.size[1] - side) // 2
            square = picture.crop((left, top, left + side, top + side))
            pixels = np.asarray(
                square.resize((size, size), Image.Resampling.LANCZOS, reducing_gap=3)
            )
    except _UnusableError:
        raise
    except Image.DecompressionBombError as error:
        raise _UnusableError("declares far too many pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise _UnusableError("not a picture that can be decoded") from error
    except Exception as error:  # a hostile file may raise anything inside a codec
        raise _UnusableError(f"cannot be decoded ({type(error).__name__})") from error
    coloured = bool((np.ptp(pixels.astype(np.int16), axis=2) > 12).mean() > 0.005)
    facts = {
        "cropped": width != height,
        "enlarged": min(width, height) < size,
        "shrunk": min(width, height) > size,
        "coloured": coloured,
        "depth": deep,
    }
    return pixels, facts


def _to_8_bit(values: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """16-bit and float pictures scaled by their type's range (floats: 0..1 or 0..255)."""
    numbers = np.asarray(values, np.float64)
    if not np.isfinite(numbers).all():
        raise _UnusableError("holds values that are no numbers")
    top = 1.0 if numbers.max(initial=0.0) <= 1.0 else 255.0
    if numbers.max(initial=0.0) > 255.0:
        top = 65535.0
    return np.clip(numbers / top * 255.0 + 0.5, 0, 255).astype(np.uint8)


def _flatten(picture: Image.Image) -> Image.Image:
    """To RGB; transparent parts on black."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGBA", layered.size, (0, 0, 0, 255))
        return Image.alpha_composite(ground, layered).convert("RGB")
    return picture.convert("RGB")


def _notes(
    counts: dict[str, int], size: int, channels: int, n_skipped: int, n_files: int
) -> Iterator[str]:
    yield f"Brought to {size} x {size} pixels, {'grey' if channels == 1 else 'RGB'}."
    if counts["cropped"]:
        yield f"{counts['cropped']:,} pictures were not square: their middle was cut out."
    if counts["enlarged"]:
        yield f"{counts['enlarged']:,} pictures were smaller than {size} pixels and were enlarged."
    if counts["shrunk"]:
        yield f"{counts['shrunk']:,} pictures were larger and were reduced."
    if counts["depth"]:
        yield f"{counts['depth']:,} pictures had more than 8 bits a pixel and were reduced to 8."
    if channels == 1 and counts["coloured"]:
        yield f"{counts['coloured']:,} coloured pictures were turned to grey."
    if n_skipped:
        yield f"{n_skipped:,} of {n_files:,} files could not be used and were left out."
