"""Sets known by name tell how far their reading is, and it can be left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairgen_core.data.images import npz
from fairgen_core.data.images.prepared import read_set
from fairgen_core.errors import StoppedError
from fairgen_core.image_config import ImageDataConfig


@pytest.mark.parametrize("name", ["mnist", "colour-mnist", "colour-mnist-bias", "svhn", "digits"])
def test_a_set_that_takes_long_tells_its_share_and_can_be_left(
    name: str, mnist_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (mnist_home.parent / "svhn").mkdir()
    pixels = np.arange(100, dtype=np.uint8).repeat(32 * 32 * 3).reshape(100, 32, 32, 3)
    np.savez(mnist_home.parent / "svhn" / "svhn.npz", images=pixels, labels=np.arange(100) % 10)
    monkeypatch.setattr(npz, "TELL_SECONDS", -1.0)
    shares: list[float] = []
    data = ImageDataConfig(source=name, size=16)
    found = read_set(data, shares.append)
    assert len(found) >= 100
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.2
    assert 0.8 < shares[-1] <= 1

    def leave(share: float) -> None:
        raise StoppedError("left")

    with pytest.raises(StoppedError):
        read_set(data, leave)
