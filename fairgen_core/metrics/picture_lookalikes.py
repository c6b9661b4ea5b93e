"""Which real pictures the generated ones resemble most: were training pictures memorised?"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fairgen_core.data.images.image_set import digest
from fairgen_core.data.images.prepared import PreparedImages
from fairgen_core.image_results import Lookalikes
from fairgen_core.metrics.features import subsample
from fairgen_core.metrics.intervals import absent
from fairgen_core.metrics.pictures import Codes, Features, Pixels, TrainedClassifier
from fairgen_core.metrics.privacy import authenticity, closest_record_share
from fairgen_core.metrics.quality import nearest
from fairgen_core.results import Figure

Arrays = dict[str, npt.NDArray[Any]]

MAX_LOOKED_AT = 2_000
"""Generated pictures whose nearest real ones are searched."""
MAX_REFERENCES = 20_000
MAX_PIXELS = 10**8
"""Of the real pictures that they are compared with: what keeps large pictures quick."""
N_SPREAD, N_CLOSEST = 24, 8
"""Generated pictures that are kept for a page: drawn evenly, and the closest of all."""


def look_for_copies(
    data: PreparedImages,
    images: Pixels,
    groups: Codes,
    classes: Codes | None,
    space: TrainedClassifier,
    seed: int,
) -> tuple[dict[str, Figure], Lookalikes, Arrays]:
    """Compare generated pictures with the real ones that the generator saw and did not see.

    Distances are Euclidean in the last hidden layer of a classifier. That classifier has seen the
    training pictures and not the held-out ones, so the same figures of held-out real pictures
    stand beside those of the generated ones. The cost is linear in the pictures: at most
    `MAX_LOOKED_AT` generated ones are compared; exact copies are counted among all.

    Args:
        data: the real pictures.
        images: (n, size, size, channels) generated ones.
        groups: (n,) codes.
        classes: (n,) codes; None where there is no class.
        space: whose features are the space.
        seed: of what is drawn.

    Returns:
        Figures by metric key, what they rest on, and the pictures for ``nearest.npz``. These hold
        real pictures: they stay in the run folder and belong into no download of synthetic data.
    """
    rng = np.random.default_rng([seed, 23])
    affordable = min(MAX_REFERENCES, MAX_PIXELS // images[0].size)
    train, held_out = (
        cloud[subsample(len(cloud), affordable, rng)]
        for cloud in (data.train.images, data.test.images)
    )
    seen, unseen = space.features(train), space.features(held_out)
    # Copies are searched among all training pictures, also where distances are not.
    source = copied_from(images, data.train.images)
    figures = {"exact_copies": Figure(value=float((source >= 0).mean()), n=len(images))}

    cells = groups if classes is None else classes * len(data.group_names) + groups
    even = spread(cells, N_SPREAD, rng)
    copies = np.flatnonzero(source >= 0)[:N_CLOSEST]
    some = subsample(len(images), MAX_LOOKED_AT, rng)
    rows = np.unique(np.concatenate([even, copies, some]))
    features = space.features(images[rows])
    drawn = features[np.searchsorted(rows, some)]
    figures["nearer_features"] = closest_record_share(seen, unseen, drawn, seed)
    figures["authenticity"] = authenticity(seen, drawn, seed)
    figures["authenticity_real"] = authenticity(seen, unseen, seed)
    figures["nearer_features_real"] = _nearer_by_chance(seen, unseen, rng, seed)

    near = nearest(features, seen)
    far = nearest(features, unseen)
    usual = float(np.median(nearest(unseen, seen)[0]))
    pictures, distance = train[near[1][:, 0]], near[0][:, 0]
    copied = source[rows] >= 0  # the original may lie outside the compared training pictures
    pictures[copied], distance[copied] = data.train.images[source[rows][copied]], 0.0
    closest = np.argsort(distance, kind="stable")[:N_CLOSEST]
    shown = np.concatenate([np.searchsorted(rows, even), closest])
    arrays: Arrays = {
        "made": images[rows[shown]],
        "training": pictures[shown],
        "held_out": held_out[far[1][shown, 0]],
        "training_distance": distance[shown].astype(np.float32),
        "held_out_distance": far[0][shown, 0].astype(np.float32),
        "copied": copied[shown],
        "groups": groups[rows[shown]],
        "n_spread": np.array(len(even)),
        "usual_distance": np.array(usual),
        "group_names": np.array(data.group_names),
        "class_names": np.array(data.class_names, dtype=str),
    }
    if classes is not None:
        arrays["classes"] = classes[rows[shown]]
    found = Lookalikes(
        space=data.class_column or data.group_column,
        usual_distance=usual,
        n_looked_at=len(some),
        n_training=len(train),
        n_held_out=len(held_out),
    )
    return figures, found, arrays


def spread(cells: Codes, n: int, rng: np.random.Generator) -> Codes:
    """Rows drawn at random, as evenly over the cells as can be: at most `n`, cell by cell."""
    order = rng.permutation(len(cells))
    turn = pd.Series(cells[order]).groupby(cells[order]).cumcount().to_numpy()
    return order[np.lexsort([cells[order], turn])][:n].astype(np.int64)


def copied_from(images: Pixels, training: Pixels) -> Codes:
    """The training picture that each picture equals pixel by pixel, (n,); -1: none."""
    known = {digest(picture): place for place, picture in reversed(list(enumerate(training)))}
    return np.array([known.get(digest(picture), -1) for picture in images], dtype=np.int64)


def _nearer_by_chance(
    seen: Features, unseen: Features, rng: np.random.Generator, seed: int
) -> Figure:
    """The share of one half of the held-out pictures that lie nearer to training pictures than to
    the other half: what the space itself does to pictures that nobody has seen.
    """
    order = rng.permutation(len(unseen))
    half = len(order) // 2
    if half == 0:
        return absent("One held-out picture", 1)
    return closest_record_share(seen, unseen[order[:half]], unseen[order[half:]], seed)
