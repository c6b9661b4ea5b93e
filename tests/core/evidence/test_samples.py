"""The grid of pictures in a report: every picture has an edge, whatever its ground."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from fairgen_core.report.samples import grid_png
from fairgen_core.synthesizers.images.training import as_grid


def test_white_and_black_pictures_have_an_edge_on_every_side() -> None:
    pictures = np.zeros((14, 8, 8, 1), np.uint8)
    pictures[::2] = 255
    content = grid_png(pictures)
    assert content is not None
    grid = np.asarray(Image.open(io.BytesIO(content)))
    assert grid.shape == (2 * 41 + 1, 12 * 41 + 1)  # 8 pixels are magnified to 40
    assert (grid[::41] == 128).all()
    assert (grid[:, ::41] == 128).all()
    assert (grid[1:41, 1:41] == 255).all()
    assert (grid[1:41, 42:82] == 0).all()
    assert grid_png(pictures[:0]) is None


def test_small_pictures_are_enlarged_so_that_lines_stay_thin() -> None:
    pictures = np.full((4, 8, 8, 3), 255, np.uint8)
    pictures[3] = 7
    grid = as_grid(pictures, 2)
    assert grid.shape == (2 * 33 + 1, 2 * 33 + 1, 3)
    assert (grid[::33] == 128).all()
    assert (grid[:, ::33] == 128).all()
    assert (grid[1:33, 1:33] == 255).all()
    assert (grid[34:66, 34:66] == 7).all()
    assert as_grid(np.zeros((4, 64, 64, 1), np.uint8), 2).shape == (131, 131, 1)
