"""Pictures from a zip, a folder, an npz or single files, brought to one size.

Nothing is ever unpacked to disk and no name inside an archive is used as a path. Every picture's
header is checked before a pixel is decoded. A bad file is counted, named and left out; a bad
archive is refused with a sentence.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal, TypedDict, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.images.archives import MAX_FILE_BYTES, NamedBytes, Source, list_files
from fairgen_core.data.images.attributes import attach_attributes, folder_columns
from fairgen_core.data.images.decoding import FACTS, UnusableError, decode
from fairgen_core.data.images.image_set import ImageSet, Skipped
from fairgen_core.data.images.lists import named_parts
from fairgen_core.errors import DataError

MIN_SIZE, MAX_SIZE = 8, 128
MIN_PICTURES = 50
MAX_MEMORY_BYTES = 8 * 2**30
AT_ONCE = 16
"""Pictures that a thread decodes before it is given others."""
TELL_SECONDS = 0.1

ColourChoice = Literal["auto", "grey", "rgb"]
OnProgress = Callable[[float], None]


class How(TypedDict, total=False):
    """What `read_pictures` takes besides the source."""

    name: str
    size: int
    colour: ColourChoice
    max_images: int | None
    seed: int
    on_progress: OnProgress | None


@dataclass(frozen=True)
class PlainPictures:
    """Pictures before a table of attributes is joined to them: what takes long to read.

    Attributes:
        images: with what folders, or arrays of an npz, say of them. Of an archive without its
            hash, which the table belongs to.
        tables: files inside the archive that may hold attributes.
    """

    images: ImageSet
    tables: tuple[NamedBytes, ...] = ()


def read_images(
    source: Source,
    *,
    attributes: Path | bytes | None = None,
    attributes_name: str = "",
    **how: Unpack[How],
) -> ImageSet:
    """Read pictures and what is known of them: `read_pictures`, then `with_attributes`.

    Raises:
        DataError: nothing usable; the message says what must hold, what was found, what to do.
    """
    return with_attributes(read_pictures(source, **how), attributes, attributes_name)


def with_attributes(
    plain: PlainPictures, attributes: Path | bytes | None = None, attributes_name: str = ""
) -> ImageSet:
    """The pictures with the attributes that a table tells.

    Args:
        plain: the pictures.
        attributes: a CSV or Parquet table beside them; None: one inside the archive where there
            is one.
        attributes_name: that table's own name, for its ending.

    Raises:
        DataError: the table cannot be used.
    """
    images = plain.images
    if attributes is not None:
        table, notes = attach_attributes(
            images.table, attributes, attributes_name or "attributes.csv"
        )
    elif plain.tables:
        table, notes = _attach_inside(images.table, plain.tables)
    else:
        table, notes = images.table, []
        if images.sha256:
            return images
    table, numbered = named_parts(table)
    return replace(
        images,
        table=table,
        notes=(*images.notes, *notes, *numbered),
        sha256=fingerprint(images.images, table),
    )


def read_pictures(
    source: Source,
    *,
    name: str = "",
    size: int = 28,
    colour: ColourChoice = "auto",
    max_images: int | None = None,
    seed: int = 0,
    on_progress: OnProgress | None = None,
) -> PlainPictures:
    """Read pictures and what their folders say.

    Args:
        source: a zip, a folder, an npz (`images` and label arrays), or (name, bytes) pairs.
        name: display name.
        size: target height and width, 8..128 pixels.
        colour: auto keeps grey where every picture is grey.
        max_images: read no more files than this, drawn at random; None: all.
        seed: of that draw.
        on_progress: told the share of files that is read, several times a second; whatever it
            raises ends the reading.

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

        arrays = read_npz(
            source,  # type: ignore[arg-type]
            name=name,
            size=size,
            colour=colour,
            on_progress=on_progress,
        )
        return PlainPictures(arrays)
    listed = list_files(source)
    pictures = listed.pictures
    if not pictures:
        n = len(listed.others)
        found = f"{n:,} of other kinds (such as '{listed.others[0]}')" if n else "none"
        raise DataError(
            f"The upload must hold pictures (PNG, JPEG, WebP or BMP), and {found} "
            f"{'were' if n else 'was'} found. "
            f"{'Save them as PNG.' if n else 'Check that the right file was chosen.'}"
        )
    if max_images is not None and max_images < len(pictures):
        order = np.random.default_rng([seed, 5]).permutation(len(pictures))
        pictures = [pictures[i] for i in np.sort(order[:max_images])]
    decoded, kept, skipped, counts = _decode_all(pictures, size, colour, on_progress)
    skipped += [Skipped(name, "not PNG, JPEG, WebP or BMP") for name in listed.others]
    n_files = len(pictures) + len(listed.others)
    if len(kept) < MIN_PICTURES:
        reasons = "; ".join(f"{s.file}: {s.reason}" for s in skipped[:3])
        raise DataError(
            f"At least {MIN_PICTURES} readable pictures are needed, and {len(kept)} of "
            f"{n_files:,} files could be read{f' ({reasons})' if reasons else ''}. "
            "Add pictures, or check the files."
        )
    files = [pictures[i].name for i in kept]
    table = pd.DataFrame({"file": files})
    notes = list(_notes(counts, size, decoded.shape[3], len(skipped), n_files))
    for column, values in folder_columns(files).items():
        table[column] = values
    images = ImageSet(
        images=decoded,
        table=table,
        notes=tuple(notes),
        skipped=tuple(skipped),
        name=name,
    )
    return PlainPictures(images, tuple(listed.tables))


def _attach_inside(
    table: pd.DataFrame, candidates: Iterable[NamedBytes]
) -> tuple[pd.DataFrame, list[str]]:
    """Attributes from the tables beside the pictures that name them.

    Tables of parts (``train.csv``, ``val.csv``) add up. A readme is no table; another one that
    cannot be used is told of, and refused where nothing else is known of the pictures.
    """
    notes: list[str] = []
    problem: DataError | None = None
    for candidate in candidates:
        name = PurePosixPath(candidate.name).name
        try:
            if candidate.n_bytes > MAX_FILE_BYTES:
                raise DataError(
                    f"A table inside the zip must be at most {MAX_FILE_BYTES // 2**20} MiB, and "
                    f"'{name}' is larger. Bring it as a file of its own."
                )
            table, more = attach_attributes(table, candidate.read(), name)
            notes += more
        except DataError as error:
            if not name.lower().endswith(".txt"):
                problem = problem or error
    if problem is None:
        return table, notes
    if len(table.columns) == 1:
        raise problem
    return table, [*notes, f"A table was not used. {problem}"]


def fingerprint(images: npt.NDArray[np.uint8], table: pd.DataFrame) -> str:
    """SHA-256 over the pixels and the table's text."""
    digest = hashlib.sha256(str(images.shape).encode())
    digest.update(np.ascontiguousarray(images).data)
    digest.update(table.to_csv(index=False).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _looks_like_npz(source: Source) -> bool:
    if isinstance(source, Path):
        return source.suffix.lower() == ".npz" and source.is_file()
    if isinstance(source, bytes) and source[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(io.BytesIO(source)) as archive:
                names = archive.namelist()
        except Exception:  # noqa: BLE001 - zipfile raises many kinds; the zip's reader says it
            return False
        return bool(names) and all(n.endswith(".npy") for n in names)
    return False


def _decode_all(
    pictures: list[NamedBytes],
    size: int,
    colour: ColourChoice,
    on_progress: OnProgress | None,
) -> tuple[npt.NDArray[np.uint8], list[int], list[Skipped], dict[str, int]]:
    if len(pictures) * size * size * 3 > MAX_MEMORY_BYTES:
        raise DataError(
            f"The pictures must fit into {MAX_MEMORY_BYTES // 2**30} GiB of memory, and "
            f"{len(pictures):,} of {size} pixels do not. Choose a smaller size, or bring fewer."
        )
    counts = dict.fromkeys(FACTS, 0)
    out = np.empty((len(pictures), size, size, 3), np.uint8)
    kept: list[int] = []
    skipped: list[Skipped] = []

    def one(i: int) -> dict[str, bool] | str:
        try:
            out[i], facts = decode(pictures[i], size)
        except UnusableError as reason:
            return str(reason)
        return facts

    def some(first: int) -> list[dict[str, bool] | str]:
        return [one(i) for i in range(first, min(first + AT_ONCE, len(pictures)))]

    told = time.monotonic()
    firsts = range(0, len(pictures), AT_ONCE)
    pool = ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1))
    try:
        for first, results in zip(firsts, pool.map(some, firsts), strict=True):
            for i, result in enumerate(results, first):
                if isinstance(result, str):
                    skipped.append(Skipped(pictures[i].name, result))
                else:
                    kept.append(i)
                    for fact, holds in result.items():
                        counts[fact] += holds
            if on_progress and time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                on_progress(min(1.0, (first + AT_ONCE) / len(pictures)))
    finally:  # Whoever leaves does not wait for the rest.
        pool.shutdown(cancel_futures=True)
    grey = colour == "grey" or (colour == "auto" and counts["coloured"] == 0)
    images = out[kept]
    if grey:
        # ITU-R 601 luma, as Pillow's own conversion to 'L'.
        weights = np.array([299, 587, 114], np.uint32)
        images = ((images.astype(np.uint32) @ weights + 500) // 1000).astype(np.uint8)[..., None]
    return images, kept, skipped, counts


def _notes(
    counts: dict[str, int], size: int, channels: int, n_skipped: int, n_files: int
) -> Iterator[str]:
    yield f"Brought to {size} x {size} pixels, {'grey' if channels == 1 else 'RGB'}."
    told = {
        "cropped": "not square; only the middle is used",
        "enlarged": f"smaller than {size} pixels, and enlarged",
        "shrunk": "larger, and reduced",
        "cmyk": "coded for print (CMYK), and turned to RGB",
        "depth": "of more than 8 bits a pixel, and reduced to 8",
        "see_through": "see-through in parts, and laid on white",
        "coloured": "coloured, and turned to grey",
    }
    for fact, words in told.items():
        n = counts[fact]
        if n and (fact != "coloured" or channels == 1):
            yield f"{'1 picture was' if n == 1 else f'{n:,} pictures were'} {words}."
    if counts["dim"] and counts["dim"] == counts["depth"]:
        yield (
            "These use less than a quarter of the range of 16 bits and so look dark: stretch "
            "their values before you bring them."
        )
    if n_skipped:
        yield f"{n_skipped:,} of {n_files:,} files could not be used and were left out."
