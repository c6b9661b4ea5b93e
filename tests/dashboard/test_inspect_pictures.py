"""The Inspect page of a training on pictures, on a small real run."""

from __future__ import annotations

import csv
import io
import json
import shutil
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard.components import escape
from dashboard.downloads import model_zip, picture_stem, pictures_as
from dashboard.inspecting.drawing import start_picture_draw
from dashboard.inspecting.pictures.page import SECTIONS
from dashboard.moments import NEWEST
from dashboard.text import say
from fairgen_core.data.images.npz import read_arrays
from fairgen_core.errors import RunError
from fairgen_core.image_api import ImageRun
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport
from fairgen_core.numbers import number
from fairgen_core.results import Figure
from fairgen_core.runs.files import write_json
from fairgen_core.runs.pictures import other_seeds
from tests.dashboard.pages import again, labels, opened, widget, words
from tests.dashboard.picture_runs import N_IMAGES, SEED, train_digits, with_another_seed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures") / "home"


@pytest.fixture(scope="module")
def trained(home: Path) -> ImageRun:
    return train_digits(home)


@pytest.fixture
def run(trained: ImageRun, fairgen_home: Path) -> ImageRun:
    """The run in a home of this test's own."""
    shutil.copytree(trained.store.folder.parent, fairgen_home)
    return ImageRun(trained.id)


def shown(run: ImageRun, view: str = "") -> AppTest:
    query = {"view": say(f"picture_section.{view}")} if view else {}
    return opened("inspect", run=run.id, **query)


def report_of(run: ImageRun) -> ImageReport:
    report = run.report
    assert report is not None
    return report


# --- figures -----------------------------------------------------------------------------------


def test_shows_the_sentence_and_the_cards_with_their_intervals(run: ImageRun) -> None:
    report = report_of(run)
    at = shown(run)
    assert f"**{escape(report.headline)}**" in words(at)
    cards = {metric.label: metric.value for metric in at.metric}
    assert cards[say("picture_card.gap")] == number(report.gap.value)
    assert cards[say("picture_card.late_gap")] == number(report.late_gap)
    assert cards[say("picture_card.kl")] == number(report.kl.value)
    recognised = widget(at.metric, say("looks.recognised"))
    assert recognised.value == number(report.figures["recognisable"].value)
    real = report.figures["recognisable_real"].value
    assert recognised.delta == say("picture_card.real", value=number(real))
    for key in ("density", "coverage", "fid", "kid"):
        assert cards[report.metrics[key].title] == number(report.figures[key].value)
    captions = "\n".join(caption.value for caption in at.caption)
    assert "features of a classifier of 'label'" in captions
    low, high = number(report.gap.low), number(report.gap.high)
    assert f"n = {N_IMAGES} · 95 % interval {low} to {high}" in captions
    late = [point.gap for point in report.trace[-13:]]
    assert f"{number(min(late))} to {number(max(late))} in 13 looks" in captions


def test_a_generator_that_is_told_the_group_shows_whether_it_obeys(run: ImageRun) -> None:
    asked = Figure(value=0.97, low=0.95, high=0.98, n=N_IMAGES)
    report = report_of(run)
    told = report.model_copy(update={"figures": {**report.figures, "group_as_asked": asked}})
    assert report.metrics["group_as_asked"].title not in labels(shown(run).metric)
    write_json(run.folder / "report.json", told.model_dump(mode="json"))
    assert widget(shown(run).metric, report.metrics["group_as_asked"].title).value == "0.970"


def test_an_attacker_stands_beside_chance(run: ImageRun) -> None:
    found = Figure(value=0.55, low=0.5, high=0.6, n=360)
    report = report_of(run)
    attacked = report.model_copy(update={"figures": {**report.figures, "latent_attacker": found}})
    write_json(run.folder / "report.json", attacked.model_dump(mode="json"))
    assert say("picture_card.chance", value="0.500") in words(shown(run))


def test_every_section_opens_and_names_itself(run: ImageRun) -> None:
    at = shown(run)
    (sections,) = at.segmented_control
    assert sections.options == [say(f"picture_section.{name}") for name in SECTIONS]
    for name in SECTIONS:
        at = shown(run, name)
        assert at.segmented_control[0].value == name


def test_frequencies_say_who_told_the_groups_and_ask_for_seeds(run: ImageRun) -> None:
    at = shown(run, "frequencies")
    text = words(at)
    assert "the same rule tells them. Right on held-out real pictures: 1.00 (n = 360" in text
    assert say("picture_frequency.no_seeds") in text
    assert say("picture_frequency.by_class") in text


@pytest.mark.parametrize(("corrected", "sentence"), [(0.5, "corrected"), (None, "not_corrected")])
def test_shares_are_said_to_be_corrected_only_where_they_are(
    run: ImageRun, corrected: float | None, sentence: str
) -> None:
    report = report_of(run)
    told = report.model_copy(
        update={
            "group_rule": "classifier",
            "group_frequencies": tuple(
                g.model_copy(update={"corrected": corrected}) for g in report.group_frequencies
            ),
        }
    )
    write_json(run.folder / "report.json", told.model_dump(mode="json"))
    text = words(shown(run, "frequencies"))
    assert "A classifier trained on the real pictures tells the groups." in text
    for key in ("corrected", "not_corrected"):
        assert (say(f"picture_frequency.{key}") in text) == (key == sentence)


def test_other_seeds_stand_beside_and_in_the_mean(run: ImageRun, fairgen_home: Path) -> None:
    other = with_another_seed(fairgen_home, run.id, SEED + 1, 0.1)
    another_c = run.config.model_copy(
        update={"seed": 9, "gan": run.config.gan.model_copy(update={"clip_norm": 3.0})}
    )
    unlike = with_another_seed(fairgen_home, run.id, 9, 0.2)
    write_json(run.store.path(unlike) / "config.json", another_c.model_dump(mode="json"))
    (found,) = other_seeds(run.store, run.id)
    assert (found.run_id, found.seed) == (other, SEED + 1)
    own = report_of(run).group_frequencies[0].share.value or 0
    assert found.report.group_frequencies[0].share.value == pytest.approx(own + 0.1)
    text = words(shown(run, "frequencies"))
    assert f"2 runs with the same settings, seeds {SEED}, {SEED + 1}" in text
    assert "mean of 2 seeds" in text


# --- pictures ----------------------------------------------------------------------------------


def test_pictures_stand_by_group_real_beside_synthetic(run: ImageRun) -> None:
    at = shown(run, "pictures")
    images = at.get("image")
    assert len(images) == 1 + 4, "the last look, and of two groups real and synthetic"
    counts = np.bincount(read_arrays(run.folder / "images.npz")["groups"], minlength=2)
    for n in counts:
        assert say("sheets.synthetic", n=f"{n:,}") in words(at)
    widget(at.selectbox, "label").set_value("3")
    assert len(again(at).get("image")) == 1 + 4


def test_a_page_beyond_the_last_says_that_there_are_none(run: ImageRun) -> None:
    at = shown(run, "pictures")
    at.number_input(key="sheets.page").set_value(900)
    assert words(again(at)).count(say("sheets.none")) == 2


def test_a_source_that_is_gone_is_said_and_the_synthetic_ones_stay(run: ImageRun) -> None:
    gone = run.config.model_copy(
        update={"data": run.config.data.model_copy(update={"source": "/nowhere/digits.zip"})}
    )
    write_json(run.folder / "config.json", gone.model_dump(mode="json"))
    at = shown(run, "pictures")
    assert "The real pictures cannot be shown" in words(at)
    assert len(at.get("image")) == 1 + 2


def test_a_source_that_has_changed_is_not_shown_as_real(run: ImageRun) -> None:
    changed = report_of(run).model_copy(update={"data_sha256": "0" * 64})
    write_json(run.folder / "report.json", changed.model_dump(mode="json"))
    at = shown(run, "pictures")
    assert say("sheets.changed") in words(at)
    assert len(at.get("image")) == 1 + 2


def test_fldgm_shows_one_latent_in_every_groups_look(run: ImageRun) -> None:
    config = run.config.model_dump(mode="json")
    plain = {"grouping": "mixed", "clip_norm": None}
    told = {**config, "synthesizer": "fldgm", "gan": {**config["gan"], **plain}}
    at = shown(run, "pictures")
    assert say("sheets.latents") not in words(at)
    write_json(run.folder / "config.json", told)
    at = shown(run, "pictures")
    assert say("sheets.latents") in words(at)
    groups = ", ".join(report_of(run).groups)
    first, second = at.get("image")[:2]
    assert second.proto.imgs[0].alt == say("sheets.latents_alt", groups=groups)
    assert first.proto.imgs[0].caption == say("picture_page.latents", groups=groups)


def test_every_picture_of_the_page_is_described(run: ImageRun) -> None:
    for view in SECTIONS:
        images = [image for one in shown(run, view).get("image") for image in one.proto.imgs]
        assert images
        assert all(len(image.alt) > 10 for image in images), view


# --- training ----------------------------------------------------------------------------------


def test_the_training_is_shown_at_the_moment_that_is_chosen(run: ImageRun) -> None:
    report = report_of(run)
    at = shown(run, "training")
    (moment,) = at.select_slider
    assert moment.value == NEWEST
    assert len(moment.options) == 40
    gap = widget(at.metric, say("looks.gap"))
    assert gap.value == number(report.trace[-1].gap)
    moment.set_value(report.trace[9].epoch)
    at = again(at)
    assert widget(at.metric, say("looks.gap")).value == number(report.trace[9].gap)
    clipped = widget(at.metric, say("looks.steps_clipped")).value
    assert clipped == f"{report.norms[9].clipped_share:.0%}".replace("%", " %")
    at.select_slider[0].set_value(NEWEST)
    assert widget(again(at).metric, say("looks.gap")).value == number(report.trace[-1].gap)


# --- take away ---------------------------------------------------------------------------------


def test_takes_away_pictures_arrays_report_settings_and_model(run: ImageRun) -> None:
    at = shown(run, "takeaway")
    found = labels(at.get("download_button"))
    for key in ("picture_take.zip", "picture_take.npz", "inspect.report", "take.config"):
        assert say(key) in found
    assert say("take.model") in found


def test_the_zip_and_the_arrays_hold_the_same_pictures(run: ImageRun) -> None:
    held = read_arrays(run.folder / "images.npz")
    with zipfile.ZipFile(io.BytesIO(pictures_as(run.store, run.id, ".zip"))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))
        last = np.asarray(Image.open(io.BytesIO(archive.read(rows[-1]["file"]))))
    assert len(rows) == N_IMAGES
    assert (last == held["images"][-1, ..., 0]).all()
    with np.load(io.BytesIO(pictures_as(run.store, run.id, ".npz")), allow_pickle=False) as arrays:
        assert (arrays["images"] == held["images"]).all()
        assert arrays["group"].tolist() == [row["group"] for row in rows]
        assert arrays["class"].tolist() == [row["class"] for row in rows]
        assert arrays["told"].tolist() == ["class", "group"]


def test_names_say_data_groups_synthesizer_and_seed(run: ImageRun) -> None:
    assert picture_stem(run.config) == f"digits-background-gan-alternate-clip0.5-seed{SEED}"


def test_the_model_goes_with_its_settings(run: ImageRun) -> None:
    content = model_zip(run.store, run.id, ("config.json",))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(archive.namelist()) == {"model.safetensors", "model.json", "config.json"}
    (run.folder / "model.json").unlink()
    with pytest.raises(RunError, match="Train it again"):
        model_zip(run.store, run.id, ("config.json",))
    assert say("picture_take.model_gone") in words(shown(run, "takeaway"))


def test_any_number_is_drawn_later_in_a_process_of_its_own(run: ImageRun) -> None:
    draw = start_picture_draw(run.store, run.id, 33, 8, ".npz")
    deadline = time.monotonic() + 120
    while draw.state == "drawing" and time.monotonic() < deadline:
        time.sleep(0.1)
    assert draw.state == "done", draw.reason
    with np.load(draw.path, allow_pickle=False) as arrays:
        assert arrays["images"].shape == (33, 8, 8, 1)


# --- how it was made ---------------------------------------------------------------------------


def test_the_same_stands_as_a_command_and_as_python(run: ImageRun) -> None:
    codes = [code.value for code in shown(run).code if "verify" not in code.value]
    command, python = codes[-2:]
    assert f"fairgen_core train-images --data {run.config.data.source}" in command.replace(
        " \\\n   ", ""
    )
    assert picture_stem(run.config) in command
    assert "train_images(" in python


# --- without figures ---------------------------------------------------------------------------


def test_a_run_that_was_not_judged_still_gives_its_pictures(run: ImageRun) -> None:
    (run.folder / "report.json").unlink()
    at = shown(run)
    assert say("picture_page.not_judged") in words(at)
    assert say("picture_take.zip") in labels(at.get("download_button"))


def test_pictures_that_are_gone_are_said(run: ImageRun) -> None:
    (run.folder / "images.npz").unlink()
    assert say("picture_take.gone") in words(shown(run, "takeaway"))
    at = shown(run, "pictures")
    assert at.error
    assert "Traceback" not in at.error[0].value


def test_a_run_at_work_leads_to_the_train_page(run: ImageRun) -> None:
    status = json.loads((run.folder / "status.json").read_text())
    write_json(run.folder / "status.json", {**status, "state": "stopped", "message": "Stopped."})
    assert say("inspect.stopped") in words(shown(run))


def test_the_settings_of_such_a_run_are_read_as_such(run: ImageRun) -> None:
    assert isinstance(run.store.config(run.id), ImageTrainConfig)
