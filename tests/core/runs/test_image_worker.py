"""A training on pictures as a run: its folder, stop and resume, any number of pictures later."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fairgen_core import api
from fairgen_core.data.images.npz import read_arrays
from fairgen_core.errors import ConfigError, DataError, RunError, StoppedError
from fairgen_core.image_api import ImageRun, image_config, train_images
from fairgen_core.image_presets import IMAGE_PRESETS, FldgmKnobs, fill_fldgm, fill_gan
from fairgen_core.image_results import ImageReport
from fairgen_core.runs.image_estimate import image_stage_seconds
from fairgen_core.runs.image_worker import read_image_input
from fairgen_core.runs.pictures import grids
from fairgen_core.runs.status import ProgressEvent
from fairgen_core.runs.store import RunStore
from fairgen_core.training import IMAGE_STAGES

pytestmark = pytest.mark.slow

CHOICES: dict[str, Any] = {
    "groups": "background",
    "preset": "instant",
    "grouping": "alternate",
    "clip_norm": 2.0,
    "n_steps": 80,
    "n_images": 300,
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def run(runs: Path) -> ImageRun:
    return train_images("digits", runs=runs, seed=5, **CHOICES)


def labels(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))


def test_the_folder_holds_all_and_no_pickle(run: ImageRun) -> None:
    names = {path.name for path in run.folder.iterdir()}
    assert {"config.json", "status.json", "progress.jsonl", "previews", "model.json"} <= names
    assert {"model.safetensors", "images.npz", "report.json"} <= names
    assert not names & {"checkpoint.pt", "stop"}
    held = read_arrays(run.folder / "images.npz")
    assert held["images"].shape == (300, 8, 8, 1)
    assert len(held["groups"]) == len(held["classes"]) == 300


def test_progress_goes_through_the_stages_with_figures_by_group(run: ImageRun) -> None:
    events = run.store.progress(run.id)
    order = [IMAGE_STAGES.index(e.stage) for e in events]
    assert order == sorted(order)
    looks = [e.figures for e in events if "gap" in e.figures]
    assert len(looks) == 40
    for name in ("black background", "white background"):
        assert all(0 <= look[f"share:{name}"] <= 1 for look in looks)
        assert all(look[f"gradient_norm:{name}"] > 0 for look in looks)
    assert run.store.status(run.id).state == "done"


def test_pictures_from_fixed_noise_are_kept(run: ImageRun) -> None:
    found = grids(run.store, run.id)
    assert sorted(found) == list(range(2, 81, 2))
    with Image.open(found[80]) as grid:
        assert grid.size == (265, 265)  # each enlarged to 32 pixels, with lines


def test_the_report_says_what_the_looks_saw(run: ImageRun) -> None:
    report = run.report
    assert report is not None
    assert report.groups == ("black background", "white background")
    assert report.class_column == "label"
    assert report.group_accuracy.value == 1.0
    assert sum(g.share.value or 0 for g in report.group_frequencies) == pytest.approx(1)
    late = [p.gap for p in report.trace[-13:]]
    assert report.late_gap == pytest.approx(np.mean(late))
    assert [p.step for p in report.trace] == list(range(2, 81, 2))
    assert report.figures["recognisable_real"].value is not None
    held = read_arrays(run.folder / "images.npz")
    assert np.bincount(held["groups"], minlength=2).tolist() == [
        round((g.share.value or 0) * 300) for g in report.group_frequencies
    ]


def test_real_pictures_stand_in_their_own_files_only(run: ImageRun) -> None:
    report = run.report
    assert report is not None
    assert report.lookalikes is not None
    assert report.lookalikes.n_looked_at == 300
    pairs, maps = (read_arrays(run.folder / f"{name}.npz") for name in ("nearest", "shap"))
    data = read_image_input(run.config)
    training = {picture.tobytes() for picture in data.train.images}
    assert all(picture.tobytes() in training for picture in pairs["training"])
    held_out = {picture.tobytes() for picture in data.test.images}
    assert all(picture.tobytes() in held_out for picture in maps["pictures"])
    whole = json.loads((run.folder / "report.json").read_text(encoding="utf-8"))
    lists = [value for part in _parts(whole) for value in part.values() if isinstance(value, list)]
    assert max(map(len, lists)) < 64  # a picture would be a list of its pixels


def _parts(content: Any) -> list[dict[str, Any]]:
    """Every object of a JSON, however deep."""
    inner = content.values() if isinstance(content, dict) else content
    nested = [part for v in inner if isinstance(v, dict | list) for part in _parts(v)]
    return [content, *nested] if isinstance(content, dict) else nested


def test_a_gan_s_pictures_teach_by_the_classes_that_they_are_told_to_be(run: ImageRun) -> None:
    report = run.report
    assert report is not None
    assert report.taught is not None
    assert report.taught.labels == "told"
    assert (report.taught.n_real, report.taught.n_synthetic, report.taught.n_test) == (
        1437, 300, 360,
    )  # fmt: skip
    accuracy = next(m for m in report.taught.figures if m.metric == "accuracy")
    assert accuracy.synthetic == report.figures["taught"]
    assert accuracy.real == report.figures["taught_real"]
    assert (accuracy.real.value or 0) > 0.9
    assert {m.metric for m in report.taught.figures} <= set(report.metrics)
    assert set(report.figures) <= set(report.metrics)
    assert report.heat_maps is not None


def test_a_report_of_version_1_is_still_read(run: ImageRun) -> None:
    assert run.report is not None
    old = run.report.model_dump(mode="json")
    for name in ("lookalikes", "taught", "taught_reason", "heat_maps"):
        del old[name]
    found = ImageReport.model_validate({**old, "version": 1})
    assert found.version == 1
    assert found.taught is None
    assert found.group_frequencies == run.report.group_frequencies


def test_any_number_of_pictures_comes_from_the_kept_model(run: ImageRun, tmp_path: Path) -> None:
    own, more = tmp_path / "own.zip", tmp_path / "more.zip"
    assert run.write(own) == 300
    held = read_arrays(run.folder / "images.npz")
    with zipfile.ZipFile(own) as archive:
        names = [n for n in archive.namelist() if n.endswith(".png")]
        pixels = [np.asarray(Image.open(io.BytesIO(archive.read(n)))) for n in names]
    assert (np.stack(pixels) == held["images"][..., 0]).all()
    rows = labels(own)
    assert [row["file"] for row in rows] == names
    assert [row["class"] for row in rows] == [str(c) for c in held["classes"]]
    groups = ("black background", "white background")
    assert [row["group"] for row in rows] == [groups[g] for g in held["groups"]]
    assert run.write(more, n_images=4321, seed=9) == 4321
    assert len(labels(more)) == 4321
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix != "") == ["more.zip", "own.zip"]


def test_a_failed_write_leaves_nothing(run: ImageRun, tmp_path: Path) -> None:
    def fail(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.write(tmp_path / "half.zip", echo=fail)
    assert list(tmp_path.glob("*.zip")) == []
    assert list(tmp_path.glob(".*")) == []


def stopped_run(runs: Path, stage: str, share: float, **choices: Any) -> str:
    """A run that a person stopped once a share of a stage was done; its id."""

    def ask(event: ProgressEvent, _left: float | None) -> None:
        if event.stage == stage and event.fraction >= share:
            for folder in runs.glob("2*"):
                if RunStore(runs).status(folder.name).state == "running":
                    (folder / "stop").touch()

    with pytest.raises(StoppedError):
        train_images("digits", runs=runs, echo=ask, **choices)
    (stopped,) = [s.id for s in RunStore(runs).list() if s.state == "stopped"]
    return stopped


@pytest.mark.parametrize(
    ("stage", "share", "checkpoint"),
    [("judges", 0.1, False), ("generator", 0.4, True)],
)
def test_a_stopped_run_ends_as_one_without_a_stop(
    run: ImageRun, tmp_path: Path, stage: str, share: float, checkpoint: bool
) -> None:
    stopped = stopped_run(tmp_path, stage, share, seed=5, **CHOICES)
    folder = tmp_path / stopped
    assert (folder / "checkpoint.pt").exists() == checkpoint
    assert not (folder / "model.json").exists()
    resumed = api.resume(stopped, runs=tmp_path)
    assert isinstance(resumed, ImageRun)
    assert resumed.report == run.report
    for name in ("images.npz", "model.safetensors", "nearest.npz", "shap.npz"):
        assert (folder / name).read_bytes() == (run.folder / name).read_bytes()


def test_a_finished_model_is_not_trained_again(run: ImageRun, tmp_path: Path) -> None:
    stopped = stopped_run(tmp_path, "decode", 0.1, seed=5, **{**CHOICES, "n_images": 40_000})
    before = (tmp_path / stopped / "model.safetensors").stat().st_mtime_ns
    api.resume(stopped, runs=tmp_path)
    assert (tmp_path / stopped / "model.safetensors").stat().st_mtime_ns == before
    assert ImageRun(stopped, tmp_path).report is not None


def test_fldgm_runs_and_says_what_its_latent_betrays(tmp_path: Path) -> None:
    run = train_images(
        "digits", runs=tmp_path, groups="colour", synthesizer="fldgm", preset="instant",
        size=8, n_steps=30, n_images=200, alpha=5.0,
    )  # fmt: skip
    report = run.report
    assert report is not None
    assert report.late_gap is None
    attacker = report.figures["latent_attacker"].value
    assert attacker is not None
    assert 0.2 < attacker <= 1
    assert {"content_kept", "group_as_asked"} <= set(report.figures)
    assert run.write(tmp_path / "o.zip", 50) == 50


def test_runs_are_listed_with_their_switches(run: ImageRun) -> None:
    (summary,) = run.store.list()
    assert summary.task == "train-images"
    assert summary.generator == "gan alternate clip 2"
    assert summary.sensitive == ("background",)
    assert "gan-alternate-clip-2" in run.id
    assert summary.name == "digits, GAN, in turns, C = 2"


def test_what_is_about_tables_refuses_pictures_and_the_other_way_round(
    run: ImageRun, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match="is about pictures"):
        _ = api.Run(run.id, run.store.folder).config
    with pytest.raises(DataError, match=r"must end in .zip or .npz, and"):
        run.write(tmp_path / "rows.csv")
    with pytest.raises(ConfigError, match="number of pictures"):
        run.write(tmp_path / "rows.zip", n_images=0)


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({}, "sensitive"),
        ({"groups": "background", "n_steps": 5, "n_epochs": 5}, "gan.n_steps"),
        ({"groups": "background", "clip_norm": -1.0}, "gan.clip_norm"),
        ({"groups": "stripes"}, "data.groups"),
        ({"groups": "background", "size": 7}, "data.size"),
        ({"groups": "background", "colours": "red"}, "colours"),
        ({"sensitive": "label", "share": 0.3}, "data.share"),
        ({"groups": "colour", "synthesizer": "fldgm", "clip_norm": 2.0}, "gan"),
        ({"groups": "background", "alpha": 3.0}, "alpha"),
        ({"groups": "background", "generator": "lsgan"}, "alpha, generator"),
    ],
)
def test_impossible_choices_name_their_field(choices: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        image_config("digits", **choices)
    assert caught.value.field == field or str(caught.value).startswith(field)


def test_a_cgan_of_a_known_set_takes_its_usual_class() -> None:
    config = image_config("digits", groups="background", synthesizer="cgan")
    assert config.class_column == "label"
    with pytest.raises(ConfigError, match="conditioned on a class"):
        image_config("some.zip", sensitive="a", synthesizer="cgan")


def test_epochs_are_passes_over_the_pictures() -> None:
    config = image_config("digits", groups="background", preset="instant", n_epochs=10)
    assert fill_gan(config.gan, "instant", 1437).n_steps == 10 * 1437 // 64
    paper = image_config("digits", groups="background", preset="paper")
    assert fill_gan(paper.gan, "paper", 60_000).n_steps == 200 * 60_000 // 128


def test_a_presets_r1_is_left_to_wgan_gps_own_penalty_unless_it_is_asked_for() -> None:
    def weight(**choices: Any) -> float:
        config = image_config("digits", groups="background", **choices)
        return fill_gan(config.gan, "standard", 1437).r1_weight

    assert weight() > 0
    assert weight(objective="wgan-gp") == 0
    assert weight(objective="wgan-gp", settings={"gan.r1_weight": 0.5}) == 0.5


def test_alpha_grows_with_the_number_of_pixels_unless_it_is_given() -> None:
    def knobs(**choices: Any) -> FldgmKnobs:
        config = image_config("digits", groups="colour", synthesizer="fldgm", **choices)
        return fill_fldgm(config, 1437)

    own = IMAGE_PRESETS["standard"].fldgm
    assert knobs(preset="standard", size=16) == own
    large = knobs(preset="standard", size=64)
    assert (large.alpha, large.smoothing) == (16 * own.alpha, 1.0)
    for size, factor in ((17, 4), (24, 4), (32, 4), (48, 9)):
        assert knobs(preset="standard", size=size).alpha == factor * own.alpha
    assert knobs(preset="standard", size=64, alpha=3.0).alpha == 3.0


def test_expected_seconds_grow_with_the_work() -> None:
    def total(**choices: Any) -> float:
        config = image_config("digits", groups="background", **choices)
        return sum(image_stage_seconds(config, 20_000, 16, 1).values())

    assert total(preset="instant") < total(preset="standard") < total(preset="thorough")
    assert total(preset="standard") < total(preset="standard", n_images=1_000_000)
    config = image_config("digits", groups="background")
    assert set(image_stage_seconds(config, 100, 8, 1)) <= set(IMAGE_STAGES)


def test_a_report_is_plain_json(run: ImageRun) -> None:
    content: Mapping[str, Any] = json.loads((run.folder / "report.json").read_text())
    assert content["kind"] == "images"
