"""Groups that no classifier can tell: the report says so before anything else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairgen_core.data.images.prepared import prepare_images
from fairgen_core.image_api import image_config
from fairgen_core.image_evaluation import evaluate_images
from fairgen_core.image_judges import Judges
from fairgen_core.metrics.intervals import share
from fairgen_core.metrics.pictures import TrainedClassifier
from fairgen_core.nn.picture_classifier import PictureClassifier
from tests.core.data.images.picture_builders import folders, zipped


def judges(*rows: tuple[float, ...], n: int = 48) -> Judges:
    """Judges whose group classifier has this confusion (row: the true group)."""
    confusion = np.array(rows)
    right = float(np.diag(confusion).mean())
    network = PictureClassifier(8, 3, len(rows)).eval()
    judge = TrainedClassifier(network, (8, 3, len(rows)), right, n, confusion)
    return Judges("", judge, None, judge, share(round(right * n), n, "pictures"))


@pytest.mark.parametrize(
    ("rows", "sizes", "blind"),
    [
        (((0.5, 0.5), (0.5, 0.5)), (24, 24), True),
        # (.62 + .62) / 2 - 1.96 sqrt(2 x .62 x .38 / 26) / 2 = .48: as chance would have it.
        (((0.625, 0.375), (0.375, 0.625)), (24, 24), True),
        # (.87 + .78) / 2 - 1.96 sqrt((.87 x .13 + .78 x .22) / 26) / 2 = .72
        (((0.9, 0.1), (0.2, 0.8)), (24, 24), False),
        # Nine in ten are of one group: to tell all pictures to be of it is right in .9, and blind.
        (((1.0, 0.0), (1.0, 0.0)), (180, 20), True),
        (((0.4, 0.3, 0.3), (0.3, 0.4, 0.3), (0.3, 0.3, 0.4)), (500, 500, 500), False),
    ],
)
def test_a_classifier_that_does_no_better_than_chance_is_blind(
    rows: tuple[tuple[float, ...], ...], sizes: tuple[int, ...], blind: bool
) -> None:
    said = judges(*rows).blind_to_groups(np.repeat(np.arange(len(sizes)), sizes))
    assert bool(said) == blind
    if blind:
        assert f"chance is {1 / len(sizes):.2f}" in said


def test_the_report_says_first_that_groups_cannot_be_told(tmp_path: Path) -> None:
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped(folders(160)))
    data = prepare_images(image_config(path, sensitive="folder", size=8))
    made = np.random.default_rng(0).integers(0, 256, (100, 8, 8, 3), dtype=np.uint8)
    blind = evaluate_images(data, made, judges((0.5, 0.5), (0.5, 0.5)))
    assert blind.headline.startswith("A classifier of the real pictures cannot tell these groups")
    assert blind.warnings[0] == blind.headline
    assert [group.corrected for group in blind.group_frequencies] == [None, None]
    sees = evaluate_images(data, made, judges((0.9, 0.1), (0.2, 0.8)))
    assert "of the generated pictures" in sees.headline
    assert all(group.corrected is not None for group in sees.group_frequencies)
