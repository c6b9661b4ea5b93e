"""Figures of generated pictures: whom they show, whether they can be recognised, how like the real.

Everything that needs a network uses a small classifier trained on the same real pictures; its
held-out accuracy stands beside every figure that rests on it. There are no downloaded weights, so
FID and KID here are not those of Inception and cannot be compared with published ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scipy import linalg
from scipy.optimize import nnls

from fairgen_core.metrics.intervals import MIN_ROWS, from_draws, too_few
from fairgen_core.nn.adam import Adam
from fairgen_core.nn.mlp import seeded_init
from fairgen_core.nn.picture_classifier import PictureClassifier
from fairgen_core.results import Figure

Pixels = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Features = npt.NDArray[np.float32]

CONFIDENT = 0.9
"""A picture is recognisable where the classifier's largest probability lies above this."""
MAX_TRAINING = 20_000
BATCH = 128
N_STEPS = 1200
LEARNING_RATE = 2e-3
KID_SUBSETS, KID_SIZE = 20, 500
ERROR_DRAWS = 200


@dataclass(frozen=True)
class TrainedClassifier:
    """A classifier with what it was seen to do on held-out real pictures.

    Attributes:
        network: the fitted network, on the CPU.
        shape: size in pixels, channels and classes, what the network is made from.
        accuracy: share of held-out real pictures that it tells right.
        n_held_out: how many those are.
        confusion: (K, K); row: true class, column: told class; rows add up to 1.
    """

    network: PictureClassifier
    shape: tuple[int, int, int]
    accuracy: float
    n_held_out: int
    confusion: FloatArray

    def probabilities(self, images: Pixels) -> FloatArray:
        """(n, K) probabilities."""
        return _apply(images, lambda x: torch.softmax(self.network(x), dim=1))

    def features(self, images: Pixels) -> Features:
        """(n, 64) values of the last hidden layer."""
        return _apply(images, self.network.body).astype(np.float32)

    def dump(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Plain values and arrays that `parse` takes back."""
        plain = {
            "shape": self.shape,
            "accuracy": self.accuracy,
            "n_held_out": self.n_held_out,
            "confusion": self.confusion.tolist(),
        }
        return plain, {k: v.numpy() for k, v in self.network.state_dict().items()}

    @classmethod
    def parse(
        cls, plain: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]
    ) -> TrainedClassifier:
        """Take back what `dump` gave."""
        size, n_channels, n_classes = plain["shape"]
        network = PictureClassifier(size, n_channels, n_classes)
        network.load_state_dict({k: torch.from_numpy(v) for k, v in arrays.items()})
        return cls(
            network.eval(),
            (size, n_channels, n_classes),
            plain["accuracy"],
            plain["n_held_out"],
            np.array(plain["confusion"]),
        )


def train_classifier(
    images: Pixels,
    codes: Codes,
    held_out: Pixels,
    held_out_codes: Codes,
    n_classes: int,
    seed: int,
    tick: Callable[[float], None] = lambda _: None,
) -> TrainedClassifier:
    """Train on pictures (at most 20,000) and try on held-out real ones.

    Args:
        images: (n, size, size, channels) uint8.
        codes: (n,) 0..n_classes-1.
        held_out, held_out_codes: likewise.
        n_classes: K.
        seed: of weights and batches.
        tick: told the share done; may raise to stop.
    """
    rng = np.random.default_rng([seed, 13])
    rows = rng.permutation(len(images))[:MAX_TRAINING]
    x = as_tensor(images[rows])
    y = torch.from_numpy(codes[rows])
    with seeded_init(seed):
        network = PictureClassifier(images.shape[1], images.shape[3], n_classes)
    adam = Adam(network.parameters(), LEARNING_RATE)
    for step in range(N_STEPS):
        some = torch.from_numpy(rng.integers(len(x), size=min(BATCH, len(x))))
        loss = torch.nn.functional.cross_entropy(network(x[some]), y[some])
        adam.zero_grad()
        loss.backward()
        adam.cycle(step, N_STEPS, LEARNING_RATE)
        adam.step()
        if step % 50 == 0:
            tick(step / N_STEPS)
    network.eval()
    told = _apply(held_out, network).argmax(axis=1)
    confusion = np.zeros((n_classes, n_classes))
    np.add.at(confusion, (held_out_codes, told), 1.0)
    sums = np.maximum(confusion.sum(axis=1, keepdims=True), 1.0)
    accuracy = float((told == held_out_codes).mean())
    shape = (images.shape[1], images.shape[3], n_classes)
    return TrainedClassifier(network, shape, accuracy, len(held_out), confusion / sums)


def corrected_shares(told: FloatArray, confusion: FloatArray) -> FloatArray:
    """Group shares that the classifier's confusion would turn into the told ones.

    The non-negative p with confusion^T p nearest to `told`, scaled to sum 1 (Buonaccorsi's matrix
    method with its bounds).
    """
    found, _ = nnls(confusion.T, told)
    total = found.sum()
    return found / total if total > 0 else told


def correction_error(
    told: FloatArray, confusion: FloatArray, n_held_out: Codes, seed: int
) -> float:
    """Largest standard error of a corrected share, from how few pictures the confusion rests on.

    Args:
        told: (K,) shares as told.
        confusion: (K, K), as `TrainedClassifier.confusion`.
        n_held_out: (K,) pictures of each group that it was seen on.
        seed: of the draws.
    """
    rng = np.random.default_rng([seed, 23])
    rows = [rng.multinomial(n, row, ERROR_DRAWS) / max(1, n) for n, row in
            zip(n_held_out, confusion, strict=True)]  # fmt: skip
    draws = [corrected_shares(told, drawn) for drawn in np.stack(rows, axis=1)]
    return float(np.std(draws, axis=0).max())


def recognisable(probabilities: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether each picture is recognised with confidence, (n,)."""
    return probabilities.max(axis=1) > CONFIDENT


def frechet_distance(real: Features, synthetic: Features) -> Figure:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two clouds of features (Heusel 2017)."""
    n = min(len(real), len(synthetic))
    if n < MIN_ROWS:
        return too_few(n, "pictures")
    c1, c2 = np.cov(real, rowvar=False), np.cov(synthetic, rowvar=False)
    root = linalg.sqrtm(c1 @ c2 + 1e-9 * np.eye(len(c1)))
    gap = real.mean(axis=0) - synthetic.mean(axis=0)
    value = gap @ gap + np.trace(c1) + np.trace(c2) - 2 * np.trace(np.real(root))
    return Figure(value=float(max(0.0, value)), n=n)


def kernel_distance(real: Features, synthetic: Features, seed: int) -> Figure:
    """Squared MMD with the kernel (x.y / d + 1)^3, over 20 subsets (Binkowski 2018)."""
    n_pictures = min(len(real), len(synthetic))
    if n_pictures < MIN_ROWS:
        return too_few(n_pictures, "pictures")
    n = min(n_pictures, KID_SIZE)
    rng = np.random.default_rng([seed, 17])
    draws = np.empty(KID_SUBSETS)
    for i in range(KID_SUBSETS):
        x = real[rng.permutation(len(real))[:n]]
        y = synthetic[rng.permutation(len(synthetic))[:n]]
        xx, yy, xy = (_cubic(a, b) for a, b in ((x, x), (y, y), (x, y)))
        within = (xx.sum() - np.trace(xx) + yy.sum() - np.trace(yy)) / (n * (n - 1))
        draws[i] = within - 2 * xy.mean()
    # Subsets overlap: what stands behind the figure are the pictures, not all draws of them.
    return from_draws(float(draws.mean()), draws, n_pictures, -np.inf, np.inf)


def _cubic(a: Features, b: Features) -> FloatArray:
    return (a.astype(np.float64) @ b.T / a.shape[1] + 1) ** 3


def as_tensor(images: Pixels) -> torch.Tensor:
    """(n, size, size, channels) bytes -> (n, channels, size, size) in -1..1, as networks see it."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)


@torch.no_grad()
def _apply(images: Pixels, function: Callable[[torch.Tensor], torch.Tensor]) -> FloatArray:
    parts = [function(as_tensor(images[i : i + 2048])).numpy() for i in range(0, len(images), 2048)]
    return np.concatenate(parts).astype(np.float64)
