"""One picture's bytes made a square of pixels; its header is checked before a pixel is decoded."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from fairgen_core.data.images.archives import MAX_FILE_BYTES, NamedBytes

MAX_PIXELS = 50_000_000
"""Of one picture, as its header declares; above it the file is left out undecoded."""
FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
"""What Pillow may take a file for, whatever its name says."""
COLOURED_SPREAD, COLOURED_SHARE = 12, 0.005
"""A picture is coloured where more than this share of its pixels has channels further apart."""


class UnusableError(Exception):
    """One picture cannot be used; the message is the reason shown."""


FACTS = ("cropped", "enlarged", "shrunk", "coloured", "depth", "dim", "cmyk", "see_through")
"""What `decode` says of a picture: not square, smaller or larger than asked for, coloured, more
than 8 bits a pixel, those of 16 bits that use less than a quarter of their range, coded for print,
see-through in parts."""
DIM = 2**14
"""Brightness below which a picture of 16 bits uses less than a quarter of its range."""


def decode(file: NamedBytes, size: int) -> tuple[npt.NDArray[np.uint8], dict[str, bool]]:
    """One picture as (size, size, 3) uint8, its middle square, and which `FACTS` hold.

    Raises:
        UnusableError: it cannot be used; the message is the reason.
    """
    if file.n_bytes > MAX_FILE_BYTES:
        raise UnusableError(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
    Image.init()  # registers every format, once; `formats` below knows registered ones only
    try:
        with Image.open(io.BytesIO(file.read()), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise UnusableError(f"{width} x {height} pixels, above {MAX_PIXELS:,} in all")
            # MPO: a phone's JPEG with a second picture behind it, for depth.
            if getattr(picture, "is_animated", False) and picture.format != "MPO":
                raise UnusableError("animated, several pictures in one file")
            deep, cmyk = picture.mode.startswith("I"), picture.mode == "CMYK"
            dim = deep and bool(np.asarray(picture).max() < DIM)
            if picture.format == "JPEG":
                picture.draft("RGB", (2 * size, 2 * size))
            flat, see_through = _to_rgb(_upright(picture))
            pixels = _square(flat, size)
    except UnusableError:
        raise
    except Image.DecompressionBombError as error:
        raise UnusableError("declares far too many pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise UnusableError("not a picture that can be decoded") from error
    except Exception as error:
        raise UnusableError(f"cannot be decoded ({type(error).__name__})") from error
    red, green, blue = (pixels[..., i] for i in range(3))
    largest, least = np.maximum(red, green), np.minimum(red, green)
    spread = np.maximum(largest, blue) - np.minimum(least, blue)
    found = (
        width != height,
        min(width, height) < size,
        min(width, height) > size,
        int((spread > COLOURED_SPREAD).sum()) > COLOURED_SHARE * spread.size,
        deep,
        dim,
        cmyk,
        see_through,
    )
    return pixels, dict(zip(FACTS, found, strict=True))


def _upright(picture: Image.Image) -> Image.Image:
    """As its camera says; notes that cannot be read say nothing, and spoil no picture."""
    with contextlib.suppress(Exception):  # Pillow raises many kinds for broken notes
        ImageOps.exif_transpose(picture, in_place=True)
    return picture


def _square(picture: Image.Image, size: int) -> npt.NDArray[np.uint8]:
    """The middle square, brought to `size` pixels."""
    side = min(picture.size)
    left, top = (picture.size[0] - side) // 2, (picture.size[1] - side) // 2
    middle = (left, top, left + side, top + side)
    square = picture if picture.size == (side, side) else picture.crop(middle)
    return np.asarray(square.resize((size, size), Image.Resampling.LANCZOS, reducing_gap=3))


def _to_rgb(picture: Image.Image) -> tuple[Image.Image, bool]:
    """16 bits scaled to 8, see-through parts on white as a page shows them; whether it had any."""
    if picture.mode.startswith("I"):
        numbers = np.asarray(picture).astype(np.float64)
        picture = Image.fromarray((np.clip(numbers / 65535, 0, 1) * 255 + 0.5).astype(np.uint8))
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        see_through = layered.getchannel("A").getextrema() != (255, 255)
        ground = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        return Image.alpha_composite(ground, layered).convert("RGB"), see_through
    return picture if picture.mode == "RGB" else picture.convert("RGB"), False
