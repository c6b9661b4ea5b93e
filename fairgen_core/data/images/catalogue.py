"""Sets of pictures known by name: what they are, where from, and how to load them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from fairgen_core.data.images import colour_mnist, public_sets
from fairgen_core.data.images.fetching import find
from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.reading import OnProgress
from fairgen_core.errors import DataError
from fairgen_core.image_config import ImageDataConfig


@dataclass(frozen=True)
class ImageEntry:
    """One set of pictures.

    Attributes:
        title, description, licence, source: for the person.
        class_column: its usual class.
        n_images: pictures in it.
        offline: whether it is there without a download.
        load: reads it in the size, and with the dials, that a configuration says; the size is
            filled in. Told to tell the share that is read.
        files: any of these in the folder `folder` means that it is there.
        sensitive: its usual groups; "": groups are made for teaching.
        made: the construction of the group `sensitive`, where it is one.
        brought: its publisher allows no download: the person brings the files.
        split_column: tells the publisher's training and test pictures apart, where it is there.
    """

    title: str
    description: str
    licence: str
    source: str
    class_column: str
    n_images: int
    offline: bool
    load: Callable[[ImageDataConfig, int, OnProgress | None], ImageSet]
    folder: str = ""
    files: tuple[str, ...] = ()
    sensitive: str = ""
    made: str = ""
    brought: bool = False
    split_column: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it can be read without a download."""
        return self.offline or find(self.folder, *self.files) is not None


def _digits(_config: ImageDataConfig, size: int, tell: OnProgress | None) -> ImageSet:
    """The table that scikit-learn brings: 64 intensities 0..16 and the digit a line."""
    found = find_spec("sklearn")  # finds the folder without loading the library into a page
    if found is None or not found.submodule_search_locations:
        raise DataError(
            "The digits come with scikit-learn, and it is not installed. Install what "
            "requirements.txt lists, or choose another set."
        )
    table = Path(found.submodule_search_locations[0], "datasets", "data", "digits.csv.gz")
    raw = np.loadtxt(table, delimiter=",", dtype=np.float64)
    images = (raw[:, :-1] * (255 / 16)).round().astype(np.uint8).reshape(-1, 8, 8, 1)
    return public_sets.labelled("digits", images, raw[:, -1].astype(np.int64), size, tell)


_MNIST_FILES = ("train.npz", "train-images-idx3-ubyte.gz")
_MNIST_SOURCE = "LeCun, Cortes and Burges"
_MNIST_LICENCE = "CC BY-SA 3.0 (commonly listed)"

IMAGE_CATALOGUE: dict[str, ImageEntry] = {
    "digits": ImageEntry(
        title="Digits",
        description="1,797 handwritten digits of 8 x 8 pixels; comes with scikit-learn.",
        licence="CC BY 4.0 (UCI)",
        source="UCI optical recognition of handwritten digits, via scikit-learn",
        class_column="label",
        n_images=1_797,
        offline=True,
        load=_digits,
    ),
    "mnist": ImageEntry(
        title="MNIST",
        description="60,000 handwritten digits of 28 x 28 pixels.",
        licence=_MNIST_LICENCE,
        source=_MNIST_SOURCE,
        class_column="label",
        n_images=60_000,
        offline=False,
        load=lambda _config, size, tell: public_sets.mnist(size, on_progress=tell),
        folder="mnist",
        files=_MNIST_FILES,
    ),
    "colour-mnist": ImageEntry(
        title="Color MNIST, generation set",
        description="MNIST in red, green or blue, whatever the digit (FLDGM).",
        licence=_MNIST_LICENCE,
        source=f"{_MNIST_SOURCE}; coloured by FairGen",
        class_column="label",
        n_images=60_000,
        offline=False,
        load=lambda config, size, tell: colour_mnist.generation_set(size, config.split_seed, tell),
        folder="mnist",
        files=_MNIST_FILES,
        sensitive="colour",
        made="colour",
    ),
    "colour-mnist-bias": ImageEntry(
        title="Color MNIST, bias set",
        description="MNIST whose colours give the digit away in training and not in testing.",
        licence=_MNIST_LICENCE,
        source=f"{_MNIST_SOURCE}; coloured by FairGen",
        class_column="label",
        n_images=70_000,
        offline=False,
        load=lambda config, size, tell: colour_mnist.bias_set(
            size, config.colour_variance, config.split_seed, tell
        ),
        folder="mnist",
        files=_MNIST_FILES,
        sensitive="colour",
        split_column="split",
    ),
    "svhn": ImageEntry(
        title="SVHN",
        description="Photographs of house numbers, one digit each, 32 x 32 pixels in colour.",
        licence="non-commercial use only",
        source="Netzer et al. 2011",
        class_column="label",
        n_images=73_257,
        offline=False,
        load=lambda _config, size, tell: public_sets.svhn(size, tell),
        folder="svhn",
        files=("svhn.npz", "svhn_small.npz", "train_32x32.mat"),
        split_column="split",
    ),
    "celeba": ImageEntry(
        title="CelebA",
        description="202,599 aligned faces with forty attributes; to be brought by the person.",
        licence="non-commercial research only",
        source="Liu, Luo, Wang and Tang 2015",
        class_column="Smiling",
        n_images=202_599,
        offline=False,
        load=lambda config, size, tell: public_sets.celeba(
            size, config.max_images, config.split_seed, tell
        ),
        folder="celeba",
        brought=True,
        files=("img_align_celeba", "img_align_celeba.zip"),
        sensitive="Male",
    ),
}
