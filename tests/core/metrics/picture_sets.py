"""Divided pictures and classifiers with weights set by hand, for the tests of this folder."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from torch import nn

from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.prepared import PreparedImages
from fairgen_core.metrics.pictures import TrainedClassifier
from fairgen_core.nn.picture_classifier import PictureClassifier

Part = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Pictures, groups, classes."""


def divided(
    train: Part,
    test: Part,
    made: str = "",
    groups: tuple[str, ...] = ("a", "b"),
    classes: tuple[str, ...] = ("no", "yes"),
) -> PreparedImages:
    sets = [
        ImageSet(part[0], pd.DataFrame({"file": range(len(part[0]))})) for part in (train, test)
    ]
    return PreparedImages(
        sets[0], sets[1], made or "group", groups, train[1], test[1], "class", classes,
        train[2], test[2], made,
    )  # fmt: skip


def wired(
    rows: list[list[float]], last: list[list[float]], size: int = 4, rectified: bool = True
) -> TrainedClassifier:
    """A classifier of grey pictures: one hidden unit a row of pixel weights, then `last`."""
    network = PictureClassifier(size, 1, len(last))
    weights, ends = torch.tensor(rows), torch.tensor(last)
    hidden = nn.Linear(weights.shape[1], weights.shape[0])
    out = nn.Linear(ends.shape[1], ends.shape[0])
    with torch.no_grad():
        hidden.weight.copy_(weights)
        out.weight.copy_(ends)
        hidden.bias.zero_()
        out.bias.zero_()
    network.body = nn.Sequential(nn.Flatten(), hidden, *[nn.ReLU()] * rectified)
    network.last = out
    k = len(last)
    return TrainedClassifier(network.eval(), (size, 1, k), 1.0, 1, np.eye(k))


def pixel(place: int, weight: float = 1.0, n_pixels: int = 16) -> list[float]:
    """Weights that read one pixel of a grey picture."""
    weights = [0.0] * n_pixels
    weights[place] = weight
    return weights
