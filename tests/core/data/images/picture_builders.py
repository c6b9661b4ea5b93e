"""Small pictures of our own, in every form that a person may bring them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import numpy as np
from PIL import Image


def picture(seed: int, size: int = 12, channels: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    flat = rng.integers(0, 256, (size // 4, size // 4, channels), dtype=np.uint8)
    return np.kron(flat, np.ones((4, 4, 1), np.uint8))


def encoded(pixels: np.ndarray | Image.Image, form: str = "PNG", **options: object) -> bytes:
    if isinstance(pixels, np.ndarray):
        pixels = Image.fromarray(pixels.squeeze(-1) if pixels.shape[-1] == 1 else pixels)
    out = io.BytesIO()
    pixels.save(out, form, **options)
    return out.getvalue()


def folders(n: int = 60) -> list[tuple[str, bytes]]:
    """Pictures in the folders ``cat`` and ``dog``."""
    return [(f"{('cat', 'dog')[i % 2]}/{i:03d}.png", encoded(picture(i))) for i in range(n)]


def zipped(files: list[tuple[str, bytes]], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def table(files: list[tuple[str, bytes]], name: Callable[[str], str] = str) -> bytes:
    """A CSV of the pictures' names with the attributes ``shade`` and ``kind``."""
    lines = ["shade,picture,kind"]
    lines += [f"{('light', 'dark')[i % 2]},{name(f)},{i % 3}" for i, (f, _) in enumerate(files)]
    return "\n".join(lines).encode()
