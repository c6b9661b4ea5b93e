"""SHAP heat maps: where in a picture a classifier looks, trained on real or synthetic pictures."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from fairgen_core.data.images.prepared import PreparedImages
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS
from fairgen_core.image_results import BackgroundShare, HeatMaps
from fairgen_core.metrics.intervals import mean
from fairgen_core.metrics.picture_lookalikes import spread
from fairgen_core.metrics.pictures import Codes, FloatArray, Pixels, TrainedClassifier, as_tensor
from fairgen_core.results import Figure

Arrays = dict[str, npt.NDArray[Any]]

N_SHOWN = 8
N_REFERENCES = 24
N_MEASURED = 40
"""Pictures of a group whose share of the background is measured."""
MAX_MEASURED_SIZE = 64
"""In pixels; for larger pictures the share would cost more than it says."""
DARK = 32
"""Below this a pixel of a picture on black is background."""


def explain_pictures(
    data: PreparedImages, real: TrainedClassifier, synthetic: TrainedClassifier, seed: int
) -> tuple[HeatMaps, Arrays]:
    """Explain both classifiers on the same held-out real pictures, drawn over groups and classes.

    A value says how much a pixel moves the score of the picture's true class over the others, away
    from the mean score of some real training pictures; a pixel's channels are summed.

    Args:
        data: the real pictures, with a class.
        real, synthetic: classifiers of the class, by what they were trained on.
        seed: of the choice of pictures.

    Returns:
        What the maps rest on, and the arrays for ``shap.npz``. These hold real pictures: they
        stay in the run folder and belong into no download of synthetic data.

    Source: DeepExplainer of shap (Lundberg and Lee 2017), which is DeepLIFT (Shrikumar et al.
    2017) averaged over references.
    """
    rng = np.random.default_rng([seed, 31])
    n_groups = len(data.group_names)
    references = data.train.images[
        spread(data.train_classes * n_groups + data.train_groups, N_REFERENCES, rng)
    ]
    reason = ""
    if data.made != "background":
        reason = "It is measured where the groups are black and white backgrounds"
    elif data.train.size > MAX_MEASURED_SIZE:
        reason = f"It is measured in pictures of at most {MAX_MEASURED_SIZE} pixels"
    rows = spread(
        data.test_classes * n_groups + data.test_groups,
        N_SHOWN if reason else N_MEASURED * n_groups,
        rng,
    )
    pictures, classes = data.test.images[rows], data.test_classes[rows]
    groups = data.test_groups[rows]
    arrays: Arrays = {
        "pictures": pictures[:N_SHOWN],
        "groups": groups[:N_SHOWN],
        "classes": classes[:N_SHOWN],
        "group_names": np.array(data.group_names),
        "class_names": np.array(data.class_names),
    }
    maps = {}
    for key, judge in (("real", real), ("synthetic", synthetic)):
        values, base = shap_maps(judge, pictures, classes, references)
        maps[key] = values
        arrays[key] = values[:N_SHOWN].astype(np.float16)
        arrays[f"{key}_base"] = base[:N_SHOWN].astype(np.float32)
        arrays[f"{key}_told"] = judge.probabilities(pictures[:N_SHOWN]).argmax(axis=1)
    found = HeatMaps(
        n_shown=min(N_SHOWN, len(rows)),
        n_references=len(references),
        background=() if reason else _background_shares(data, pictures, groups, maps),
        background_reason=reason,
    )
    return found, arrays


def shap_maps(
    judge: TrainedClassifier, images: Pixels, classes: Codes, references: Pixels
) -> tuple[FloatArray, FloatArray]:
    """SHAP values of the pictures' scores for their classes.

    The score is the class's logit minus the mean of the others' (of two classes: the log-odds).

    Args:
        judge: the classifier.
        images: (n, size, size, channels).
        classes: (n,) the class that each is explained for.
        references: pictures whose mean score is the base.

    Returns:
        (n, size, size) values and (n,) bases; a map adds up to its score minus its base.
    """
    import shap

    values = np.zeros(images.shape[:3])
    base = np.zeros(len(images))
    for code in np.unique(classes):
        of = np.flatnonzero(classes == code)
        network = one_score(judge, int(code))
        explainer = shap.DeepExplainer(network, as_tensor(references))
        # Values have the shape of the pictures as the network sees them, and the one score's axis.
        found = np.asarray(explainer.shap_values(as_tensor(images[of]), check_additivity=False))
        values[of] = found.sum(axis=(1, 4))
        with torch.no_grad():
            base[of] = float(network(as_tensor(references)).mean())
    return values, base


def one_score(judge: TrainedClassifier, code: int) -> nn.Module:
    """A copy of the classifier that gives one class's logit minus the mean of the others'."""
    n_classes = judge.shape[2]
    contrast = torch.full((1, n_classes), -1.0 / max(1, n_classes - 1))
    contrast[0, code] = 1.0
    whole = copy.deepcopy(judge.network)  # the explainer hangs hooks on what it is given
    last = nn.Linear(whole.last.in_features, 1)
    with torch.no_grad():
        last.weight.copy_(contrast @ whole.last.weight)
        last.bias.copy_(contrast @ whole.last.bias)
    return nn.Sequential(whole.body, last).eval()


def background_of(images: Pixels) -> npt.NDArray[np.bool_]:
    """Which pixels are background, (n, size, size): dark ones once the background is black."""
    dark = TEACHING_GROUPS["background"].paint(images, np.zeros(len(images), dtype=np.int64))
    found: npt.NDArray[np.bool_] = dark.max(axis=3) < DARK
    return found


def _background_shares(
    data: PreparedImages, pictures: Pixels, groups: Codes, maps: dict[str, FloatArray]
) -> tuple[BackgroundShare, ...]:
    background = background_of(pictures)

    def share_of(weights: FloatArray, of: npt.NDArray[np.bool_]) -> Figure:
        whole = np.maximum(weights[of].sum(axis=(1, 2)), 1e-12)
        figure = mean((weights[of] * background[of]).sum(axis=(1, 2)) / whole, 0, 1)
        return figure.model_copy(update={"reason": figure.reason.replace("rows", "pictures")})

    area = np.ones(background.shape)
    return tuple(
        BackgroundShare(
            group=name,
            area=share_of(area, groups == code),
            real=share_of(np.abs(maps["real"]), groups == code),
            synthetic=share_of(np.abs(maps["synthetic"]), groups == code),
        )
        for code, name in enumerate(data.group_names)
    )
