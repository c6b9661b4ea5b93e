"""What the tests of pictures share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def mnist_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Something in MNIST's form: a bright square whose column tells the digit."""
    folder = tmp_path / "sets" / "mnist"
    folder.mkdir(parents=True)
    for part, n in (("train", 400), ("test", 200)):
        labels = np.arange(n) % 10
        images = np.zeros((n, 28, 28), np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[8:20, 4 + 2 * label : 8 + 2 * label] = 255
        np.savez(folder / f"{part}.npz", images=images, labels=labels.astype(np.uint8))
    monkeypatch.setenv("FAIRGEN_DATA", str(tmp_path / "sets"))
    return folder
