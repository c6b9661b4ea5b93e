"""Pictures as PNG: what any reader of PNG sees is what was written."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from fairgen_core.data.images.writing import as_png


@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (8, 8, 1), (16, 16, 3), (5, 31, 3), (64, 1, 1), (300, 200, 3)]
)
def test_a_png_holds_the_pixels(shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    with Image.open(io.BytesIO(as_png(pixels))) as found:
        found.verify()
    with Image.open(io.BytesIO(as_png(pixels))) as found:
        assert found.format == "PNG"
        assert found.mode == ("L" if shape[2] == 1 else "RGB")
        assert (np.asarray(found).reshape(shape) == pixels).all()


def test_a_view_of_other_pixels_is_written_as_it_looks() -> None:
    whole = np.arange(12 * 12 * 3, dtype=np.uint16).astype(np.uint8).reshape(12, 12, 3)
    turned = whole[::2, ::-1].transpose(1, 0, 2)
    with Image.open(io.BytesIO(as_png(turned))) as found:
        assert (np.asarray(found) == turned).all()
