"""How MNIST, SVHN and CelebA are read, as their publishers write them or as a plain npz."""

from __future__ import annotations

import gzip
import io
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.images.fetching import fetch, find
from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.npz import read_npz, resized
from fairgen_core.data.images.reading import OnProgress, fingerprint, read_images
from fairgen_core.data.public import datasets_folder
from fairgen_core.errors import DataError

Part = Literal["train", "test"]

# MD5 sums as the publishers' mirrors list them.
_MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_MNIST: dict[Part, tuple[tuple[str, str], tuple[str, str]]] = {
    "train": (
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
    ),
    "test": (
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ),
}
_SVHN_URL = "http://ufldl.stanford.edu/housenumbers/"
_SVHN = ("train_32x32.mat", "e26dedcc434d2e4c54c9b2d4a06d8373")
_CELEBA_PICTURES = ("img_align_celeba", "img_align_celeba.zip")
_CELEBA_TABLES = ("list_attr_celeba.txt", "list_attr_celeba.csv")


def labelled(
    name: str,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.generic],
    size: int,
    on_progress: OnProgress | None = None,
) -> ImageSet:
    """A set of pictures (n, h, w, channels) with the column ``label``.

    Args:
        name: the set's.
        images, labels: as its publisher gives them.
        size: in pixels, that the pictures are brought to.
        on_progress: told the share that was; whatever it raises ends the reading.
    """
    files = [f"{name}_{i:06d}.png" for i in range(len(images))]
    table = pd.DataFrame({"file": files, "label": labels.astype(str).astype(object)})
    pictures = resized(images, size, on_progress)
    colours = "grey" if pictures.shape[3] == 1 else "RGB"
    note = f"Brought to {size} x {size} pixels, {colours}."
    return ImageSet(pictures, table, (note,), (), name, fingerprint(pictures, table))


def mnist(size: int, part: Part = "train", on_progress: OnProgress | None = None) -> ImageSet:
    """One part of MNIST."""
    plain = find("mnist", f"{part}.npz")
    if plain is not None:
        return _from_npz(plain, "mnist", size, on_progress)
    images, labels = (_idx(fetch("mnist", _MNIST_URL, *file), file[0]) for file in _MNIST[part])
    return labelled("mnist", images[..., None], labels, size, on_progress)


def _from_npz(path: Path, name: str, size: int, on_progress: OnProgress | None) -> ImageSet:
    """A copy that somebody put there; what is wrong with it is said of the file."""
    try:
        return read_npz(path, name=name, size=size, on_progress=on_progress)
    except DataError as error:
        raise DataError(
            f"{name} is read from '{path}', and that cannot be used. {error} "
            "Or take the file away, so that the published one is used."
        ) from error


def _idx(packed: bytes, name: str) -> npt.NDArray[np.uint8]:
    """An IDX file of bytes: two zeros, type 8, the number of axes, their lengths, the values."""
    raw = gzip.decompress(packed)
    if raw[:3] != b"\0\0\x08":
        raise DataError(f"{name} must be an IDX file of bytes, and it is not. Download it again.")
    n_axes = raw[3]
    lengths = np.frombuffer(raw, ">u4", n_axes, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * n_axes).reshape(lengths)


def svhn(size: int, on_progress: OnProgress | None = None) -> ImageSet:
    """SVHN's cropped digits, training part; an npz may bring a column ``split``."""
    plain = find("svhn", "svhn.npz", "svhn_small.npz")
    if plain is not None:
        return _from_npz(plain, "svhn", size, on_progress)
    from scipy.io import loadmat  # a heavy import, for this set only

    held = loadmat(io.BytesIO(fetch("svhn", _SVHN_URL, *_SVHN)))
    images = np.ascontiguousarray(held["X"].transpose(3, 0, 1, 2))
    digits = held["y"].ravel() % 10  # the file writes 0 as 10
    return labelled("svhn", images, digits, size, on_progress)


def celeba(
    size: int,
    max_images: int | None = None,
    seed: int = 0,
    on_progress: OnProgress | None = None,
) -> ImageSet:
    """CelebA's aligned faces with their forty attributes as ``yes`` and ``no``.

    Its publisher asks every user to agree to his terms, so there is no download.

    Raises:
        DataError: the pictures or the table of attributes are not there.
    """
    pictures, table = find("celeba", *_CELEBA_PICTURES), find("celeba", *_CELEBA_TABLES)
    if pictures is None or table is None:
        raise DataError(
            f"CelebA needs {' or '.join(_CELEBA_PICTURES)} and {' or '.join(_CELEBA_TABLES)} in "
            f"{datasets_folder() / 'celeba'} (or in 'celeba' under FAIRGEN_DATA), and they are not "
            "there. Get them from mmlab.ie.cuhk.edu.hk/projects/CelebA.html."
        )
    images = read_images(
        pictures,
        name="celeba",
        attributes=read_celeba_attributes(table).to_csv(index=False).encode(),
        attributes_name="list_attr_celeba.csv",
        size=size,
        colour="rgb",
        max_images=max_images,
        seed=seed,
        on_progress=on_progress,
    )
    return replace(images, name="celeba")


def read_celeba_attributes(path: Path) -> pd.DataFrame:
    """``list_attr_celeba``: a count, forty names, then a file and forty times 1 or -1 a line.

    Raises:
        DataError: the file is written in another way.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix == ".csv":
            raw = pd.read_csv(io.StringIO(text))
            raw = raw.rename(columns={raw.columns[0]: "file"})
        else:
            lines = text.splitlines()
            int(lines[0])  # the count; without it the names would be taken for a row
            raw = pd.read_csv(
                io.StringIO("\n".join(lines[2:])),
                sep=r"\s+",
                names=["file", *lines[1].split()],
                index_col=False,
            )
        words = {1: "yes", -1: "no"}
        values = raw.drop(columns="file").astype(int).map(words.__getitem__)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise DataError(
            f"{path.name} must hold a file name and a 1 or -1 for each attribute a line, and it "
            "does not. Download it again."
        ) from error
    return pd.concat([raw[["file"]].astype(str), values], axis=1)
