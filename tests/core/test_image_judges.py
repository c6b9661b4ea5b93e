"""Groups that no classifier can tell: the report says so before anything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fairgen_core.data.images.prepared import prepare_images
from fairgen_core.image_api import image_config
from fairgen_core.image_evaluation import evaluate_images
from fairgen_core.image_headline import misread_groups, unheeded_groups, unlike_real
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


def test_a_class_that_cannot_be_told_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped(folders(160)))
    groups_told = judges((0.9, 0.1), (0.2, 0.8))
    data = prepare_images(image_config(path, sensitive="folder", size=8))
    coin = np.arange(len(data.test)) % 2
    for rows, told in ((((0.5, 0.5), (0.5, 0.5)), False), (((0.9, 0.1), (0.1, 0.9)), True)):
        both = replace(groups_told, classes=judges(*rows).group)
        assert both.blind_to_groups(coin) == ""
        said = both.blind_to_classes("weather", coin)
        assert (said == "") == told
        assert told or "cannot tell 'weather'" in said
    assert groups_told.blind_to_classes("", coin) == "", "there is no class"
    made = np.random.default_rng(0).integers(0, 256, (100, 8, 8, 3), dtype=np.uint8)
    named = replace(data, class_column="weather", class_names=("dry", "wet"), test_classes=coin,
                    train_classes=np.arange(len(data.train)) % 2)  # fmt: skip
    blank = replace(groups_told, classes=judges((0.5, 0.5), (0.5, 0.5)).group)
    found = evaluate_images(named, made, blank, asked_classes=np.arange(len(made)) % 2)
    assert found.warnings[0].startswith("A classifier of the real pictures cannot tell 'weather'")


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


@pytest.mark.parametrize(
    ("density", "coverage", "unlike"),
    [(0, 0, True), (7, 3, True), (0, 60, False), (60, 0, False), (12, 12, False)],
)
def test_pictures_unlike_any_real_one_are_said_to_be(
    density: int, coverage: int, unlike: bool
) -> None:
    """In hundredths; either alone may be small where pictures are good."""
    figures = {"density": share(density, 100, "pictures"), "coverage": share(coverage, 100, "")}
    said = unlike_real(figures)
    assert bool(said) == unlike
    assert not unlike or f"density 0.0{density}0, coverage 0.0{coverage}0" in said


def test_every_group_that_vanished_is_named_and_real_distances_stand_beside() -> None:
    data = prepare_images(image_config("digits", groups="colour", size=8))
    blue = data.train.images[data.train_groups == data.group_names.index("blue")][:100]
    judge = judges((0.5, 0.5), (0.5, 0.5)).features_of
    by_rule = Judges("colour", None, None, judge, share(100, 100, "pictures"))
    found = evaluate_images(data, blue, by_rule)
    assert "'blue' makes up 100 %" in found.headline
    assert "'red' 0 % (33 %)" in found.headline
    both = "'red' (33 % of the real ones), 'green' (33 % of the real ones)"
    assert f"As good as missing: {both}." in found.headline
    assert "Of 'label'" not in found.headline, "nothing tells the digits here"
    assert "missing" not in evaluate_images(data, data.train.images, by_rule).headline
    for key in ("fid", "kid"):
        real, synthetic = found.figures[f"{key}_real"].value, found.figures[key].value
        assert real is not None
        assert synthetic is not None
        assert abs(real) < synthetic / 3, "real training pictures are nearer than one colour alone"


def test_the_headline_of_exactly_even_shares_names_two_groups() -> None:
    data = prepare_images(image_config("digits", groups="colour", size=8))
    thirds = [data.train.images[data.train_groups == code][:100] for code in range(3)]
    judge = judges((0.5, 0.5), (0.5, 0.5)).features_of
    by_rule = Judges("colour", None, None, judge, share(100, 100, "pictures"))
    said = evaluate_images(data, np.concatenate(thirds), by_rule).headline
    assert "'red' makes up 33 %" in said
    assert "and 'blue' 33 %" in said
    assert "cannot be told from even shares" in said
    assert "less even" not in said
    # 200, 100 and 100: a gap of 1/4 where the real pictures have none.
    said = evaluate_images(data, np.concatenate([thirds[0], *thirds]), by_rule).headline
    assert "less even than among the real pictures: 0.250 lie between the largest" in said


def test_pictures_that_do_not_show_the_group_they_were_asked_for_are_told_of() -> None:
    """Over all pictures a twentieth that is never shown would be right in .95."""
    asked = (np.arange(1000) % 20 == 0).astype(np.int64)
    names, sees = ("sans", "serif"), np.array([1.0, 0.9])
    said = unheeded_groups(names, asked, np.zeros(1000, np.int64), sees)
    assert "asked to be 'serif', 0 % are told to be that, and of real ones 90 %" in said
    assert unheeded_groups(names, asked, asked, sees) == ""
    # The classifier knows none of the real ones either: it says nothing of the generator.
    assert unheeded_groups(names, asked, np.zeros(1000, np.int64), np.array([1.0, 0.05])) == ""
    assert unheeded_groups(names, asked[:100], np.zeros(100, np.int64), sees) == "", "5 pictures"
    data = prepare_images(image_config("digits", groups="colour", size=8))
    judge = judges((0.5, 0.5), (0.5, 0.5)).features_of
    by_rule = Judges("colour", None, None, judge, share(100, 100, "pictures"))
    right = data.train_groups
    wrong = np.where(right == 1, 2, right)
    found = evaluate_images(data, data.train.images, by_rule, asked_groups=right)
    assert "asked to be" not in found.headline
    found = evaluate_images(data, data.train.images, by_rule, asked_groups=wrong)
    assert "asked to be 'blue', 50 % are told to be that, and of real ones 100 %" in found.headline


def test_the_kernel_distance_does_not_hang_on_the_features_unit() -> None:
    data = prepare_images(image_config("digits", groups="colour", size=8))
    judge = judges((0.5, 0.5), (0.5, 0.5)).features_of
    by_rule = Judges("colour", None, None, judge, share(100, 100, "pictures"))
    made = data.train.images[::2] // 2
    small = evaluate_images(data, made, by_rule).figures["kid"].value
    linear = judge.network.body[-2]
    with torch.no_grad():
        linear.weight.mul_(100.0)
        linear.bias.mul_(100.0)
    large = evaluate_images(data, made, by_rule).figures["kid"].value
    assert large == pytest.approx(small, rel=1e-3)


def test_classes_that_vanished_are_named() -> None:
    data = prepare_images(image_config("digits", groups="colour", size=8))
    judge = judges((0.5, 0.5), (0.5, 0.5)).features_of
    by_rule = Judges("colour", None, None, judge, share(100, 100, "pictures"))
    no_sevens = data.train.images[data.train_classes != 7]
    asked = data.train_classes[data.train_classes != 7]
    found = evaluate_images(data, no_sevens, by_rule, asked_classes=asked)
    assert "Of 'label', as good as missing: '7' (10 % of the real ones)." in found.headline
    whole = evaluate_images(data, data.train.images, by_rule, asked_classes=data.train_classes)
    assert "missing" not in whole.headline


@pytest.mark.parametrize(("right", "leaks"), [(34, False), (39, False), (50, True)])
def test_a_latent_that_gives_the_group_away_is_told_of_first(right: int, leaks: bool) -> None:
    data = prepare_images(image_config("digits", groups="colour", size=8))
    judge = judges((0.5, 0.5), (0.5, 0.5)).features_of
    by_rule = Judges("colour", None, None, judge, share(100, 100, "pictures"))
    attacker = {"latent_attacker": share(right, 100, "pictures")}
    found = evaluate_images(data, data.train.images, by_rule, more_figures=attacker)
    assert ("gives the group away" in found.headline) == leaks
    assert not leaks or "is 0.500, and chance is 0.333" in found.headline


def test_shares_that_a_lopsided_classifier_tells_are_put_right_in_the_headline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows half of the cats: where it tells one in three of them, there are two in three."""
    told, corrected = np.array([2 / 3, 1 / 3]), np.array([1 / 3, 2 / 3])
    said = misread_groups(("dogs", "cats"), told, corrected, np.array([1.0, 0.5]))
    assert "right on only 50 % of the held-out pictures of 'cats'" in said
    assert "'cats' makes up about 67 % and 'dogs' about 33 %." in said
    assert (
        misread_groups(("dogs", "cats"), told, told + np.array([0.09, -0.09]), np.array([1.0, 0.9]))
        == ""
    )
    path = tmp_path / "pets.zip"
    path.write_bytes(zipped(folders(600)))
    data = prepare_images(image_config(path, sensitive="folder", size=8))
    made = np.random.default_rng(0).integers(0, 256, (99, 8, 8, 3), dtype=np.uint8)
    one_in_three = (np.arange(len(made)) % 3 == 0).astype(np.int64)
    monkeypatch.setattr(Judges, "groups_of", lambda _self, _images: one_in_three)
    first, second = data.group_names
    lopsided = evaluate_images(data, made, judges((1.0, 0.0), (0.5, 0.5)))
    words = f"allowing for how it confuses the groups, '{second}' makes up about 67 % and '{first}'"
    assert words in lopsided.headline
    fair = evaluate_images(data, made, judges((1.0, 0.0), (0.0, 1.0)))
    assert "allowing for" not in fair.headline
    # 9 of 60 seen: what is told would be explained by half of them or by nearly all.
    one_in_eleven = (np.arange(len(made)) % 11 == 0).astype(np.int64)
    monkeypatch.setattr(Judges, "groups_of", lambda _self, _images: one_in_eleven)
    lost = evaluate_images(data, made, judges((1.0, 0.0), (0.85, 0.15)))
    assert [g.corrected for g in lost.group_frequencies] == [None, None]
    words = f"right on only 15 % of the held-out pictures of '{second}', too few to correct"
    assert words in lost.headline
