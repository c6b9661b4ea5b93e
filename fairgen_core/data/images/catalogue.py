"""Sets of pictures known by name: scikit-learn's digits, and sets that the person brings once."""

from __future__ import annotations

import gzip
import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.npz import read_npz, resized
from fairgen_core.data.images.reading import fingerprint
from fairgen_core.data.public import datasets_folder
from fairgen_core.errors import DataError

_TIMEOUT_SECONDS = 60.0
_MAX_BYTES = 200_000_000


@dataclass(frozen=True)
class ImageEntry:
    """One set of pictures.

    Attributes:
        key, title, description, licence, source: for the person.
        class_column: its usual class.
        n_images: pictures in it.
        offline: whether it is there without a download.
        load: reads it, given a size in pixels.
    """

    key: str
    title: str
    description: str
    licence: str
    source: str
    class_column: str
    n_images: int
    offline: bool
    load: Callable[[int], ImageSet]


def _digits(size: int) -> ImageSet:
    from sklearn.datasets import load_digits

    raw = load_digits()
    images = (raw.images * (255 / 16)).round().astype(np.uint8)[..., None]
    table = pd.DataFrame(
        {
            "file": [f"digit_{i:04d}.png" for i in range(len(images))],
            "label": raw.target.astype(str).astype(object),
        }
    )
    images = resized(images, size)
    note = f"Brought to {size} x {size} pixels, grey."
    return ImageSet(images, table, (note,), (), "digits", fingerprint(images, table))


# MD5 sums as the publishers' mirrors and torchvision list them.
_MNIST_FILES = {
    "images": ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
    "labels": ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
}
_MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"


def _mnist(size: int) -> ImageSet:
    for folder in _folders("mnist"):
        if (folder / "train.npz").is_file():
            return read_npz(folder / "train.npz", name="mnist", size=size)
    images = _idx(_fetch("mnist", _MNIST_URL, *_MNIST_FILES["images"]))
    labels = _idx(_fetch("mnist", _MNIST_URL, *_MNIST_FILES["labels"]))
    table = pd.DataFrame(
        {
            "file": [f"mnist_{i:05d}.png" for i in range(len(images))],
            "label": labels.astype(str).astype(object),
        }
    )
    pictures = resized(images[..., None], size)
    note = f"Brought to {size} x {size} pixels, grey."
    return ImageSet(pictures, table, (note,), (), "mnist", fingerprint(pictures, table))


def _idx(packed: bytes) -> npt.NDArray[np.uint8]:
    """An IDX file of bytes: two zeros, type 8, the number of axes, their lengths, the values."""
    raw = gzip.decompress(packed)
    n_axes = raw[3]
    lengths = np.frombuffer(raw, ">u4", n_axes, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * n_axes).reshape(lengths)


_SVHN_URL = "http://ufldl.stanford.edu/housenumbers/"
_SVHN_FILE = ("train_32x32.mat", "e26dedcc434d2e4c54c9b2d4a06d8373")


def _svhn(size: int) -> ImageSet:
    for folder in _folders("svhn"):
        for name in ("svhn.npz", "svhn_small.npz"):
            if (folder / name).is_file():
                return read_npz(folder / name, name="svhn", size=size)
    import io

    from scipy.io import loadmat

    held = loadmat(io.BytesIO(_fetch("svhn", _SVHN_URL, *_SVHN_FILE)))
    images = np.ascontiguousarray(held["X"].transpose(3, 0, 1, 2))
    labels = held["y"].ravel() % 10  # the file writes the digit zero as 10
    table = pd.DataFrame(
        {
            "file": [f"svhn_{i:05d}.png" for i in range(len(images))],
            "label": labels.astype(str).astype(object),
        }
    )
    pictures = resized(images, size)
    note = f"Brought to {size} x {size} pixels, RGB."
    return ImageSet(pictures, table, (note,), (), "svhn", fingerprint(pictures, table))


IMAGE_CATALOGUE: dict[str, ImageEntry] = {
    "digits": ImageEntry(
        "digits",
        "Digits",
        "1,797 handwritten digits of 8 x 8 pixels; comes with scikit-learn.",
        "CC BY 4.0 (UCI)",
        "UCI optical recognition of handwritten digits, via scikit-learn",
        "label",
        1797,
        True,
        _digits,
    ),
    "mnist": ImageEntry(
        "mnist",
        "MNIST",
        "60,000 handwritten digits of 28 x 28 pixels.",
        "CC BY-SA 3.0 (commonly listed)",
        "LeCun, Cortes and Burges",
        "label",
        60_000,
        False,
        _mnist,
    ),
    "svhn": ImageEntry(
        "svhn",
        "SVHN",
        "Photographs of house numbers, one digit each, 32 x 32 pixels in colour.",
        "non-commercial use only",
        "Netzer et al. 2011",
        "label",
        73_257,
        False,
        _svhn,
    ),
}


def _folders(key: str) -> list[Path]:
    given = os.environ.get("FAIRGEN_DATA")
    return [*([Path(given).expanduser() / key] if given else []), datasets_folder() / key]


def is_here(key: str) -> bool:
    """Whether a set is there without a download."""
    entry = IMAGE_CATALOGUE[key]
    names = {
        "mnist": ("train.npz", "train-images-idx3-ubyte.gz"),
        "svhn": ("svhn.npz", "svhn_small.npz", "train_32x32.mat"),
    }.get(key, ())
    return entry.offline or any((f / n).is_file() for f in _folders(key) for n in names)


def _fetch(key: str, url: str, name: str, md5: str) -> bytes:
    """A publisher's file, from a local folder or downloaded once; its checksum always holds."""
    for folder in _folders(key):
        if (folder / name).is_file():
            return _checked((folder / name).read_bytes(), name, md5)
    try:
        request = urllib.request.Request(url + name, headers={"User-Agent": "FairGen"})
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
            content = response.read(_MAX_BYTES + 1)
    except (urllib.error.URLError, OSError) as error:
        raise DataError(
            f"{key} must be downloaded once from {url}, and that did not work "
            f"({getattr(error, 'reason', None) or error}). Connect to the internet and try again, "
            f"or put {name} into {datasets_folder() / key}, or name its folder's parent in "
            "FAIRGEN_DATA."
        ) from error
    content = _checked(content, name, md5)
    target = datasets_folder() / key / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(target.suffix + ".part")
        part.write_bytes(content)
        part.replace(target)
    except OSError:
        pass  # An unwritable home only means another download next time.
    return content


def _checked(content: bytes, name: str, md5: str) -> bytes:
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != md5:
        raise DataError(
            f"{name} must be the published file, and its checksum is another. Delete it to "
            "download it again, or load the pictures as your own."
        )
    return content
