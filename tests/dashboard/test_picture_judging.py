"""Sections of a judged training on pictures: nearest real ones, heat maps, usefulness."""

from __future__ import annotations

import base64
import io
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard.inspecting.pictures.tiles import (
    AGAINST,
    DARKEST,
    FOR,
    PALEST,
    common_scale,
    grid,
    overlaid,
)
from dashboard.text import say
from fairgen_core import charts
from fairgen_core.image_api import ImageRun, train_images
from fairgen_core.image_results import AnswerRate, ImageReport, Taught, TaughtGroup
from fairgen_core.metrics.picture_usefulness import NOT_SWITCHABLE
from fairgen_core.results import Figure, Measured
from fairgen_core.runs.picture_evidence import picture_evidence
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, opened, widget, words

# --- tiles -------------------------------------------------------------------------------------


def colour(hexed: str) -> list[int]:
    return [int(hexed[i : i + 2], 16) for i in (1, 3, 5)]


def test_signs_are_orange_and_blue_and_nothing_is_grey() -> None:
    picture = np.array([[0, 255], [0, 255]], np.uint8)[..., None]
    values = np.array([[0.0, 0.0], [2.0, -5.0]])
    found = overlaid(picture, values, 2.0)
    dark, pale = round(DARKEST * 255), round(PALEST * 255)
    assert found[0].tolist() == [[dark] * 3, [pale] * 3]
    assert found[1].tolist() == [colour(FOR), colour(AGAINST)]
    half = overlaid(picture, values / 2, 2.0)[1, 0].astype(int)
    assert np.abs(half - (np.array(colour(FOR)) + dark) / 2).max() <= 1


def test_the_scale_is_that_of_both_maps_together() -> None:
    small, large = np.full((2, 4, 4), 0.5), np.full((2, 4, 4), -3.0)
    assert common_scale(small, large) == 3.0
    assert common_scale(small * 0, small * 0) > 0


def test_tiles_show_the_very_pixels_and_hostile_names_as_text() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(256, size=(2, 5, 5, 3)).astype(np.uint8)
    name = "<script>alert(1)</script>"
    html = grid([("a < b", [(p, f'"{name}"') for p in pictures])], [[name], ["plain"]])
    assert "<script" not in html
    assert "a &lt; b" in html
    sources = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    shown = [np.asarray(Image.open(io.BytesIO(base64.b64decode(s)))) for s in sources]
    np.testing.assert_array_equal(np.stack(shown), pictures)


# --- charts ------------------------------------------------------------------------------------


def figure(value: float, n: int = 100) -> Figure:
    return Figure(value=value, low=value - 0.05, high=value + 0.05, n=n)


def report() -> ImageReport:
    taught = Taught(
        labels="told",
        outcome="",
        n_real=1,
        n_synthetic=1,
        n_test=200,
        figures=(Measured(metric="accuracy", real=figure(0.9), synthetic=figure(0.7)),),
        groups=(
            TaughtGroup(group="black", real=figure(0.9), synthetic=figure(0.8)),
            TaughtGroup(group="white", real=figure(0.9), synthetic=figure(0.6)),
        ),
        rates=(
            AnswerRate(label="7", trained_on="real", rates=(figure(0.1), figure(0.12))),
            AnswerRate(label="7", trained_on="synthetic", rates=(figure(0.1), figure(0.3))),
        ),
    )
    return ImageReport(
        headline="", data_name="", data_sha256="", size=8, n_channels=1, group_column="ground",
        groups=("black", "white"), class_column="label", classes=("1", "7"), n_train=1, n_test=1,
        n_synthetic=1, group_frequencies=(), group_rule="rule", group_accuracy=figure(1.0),
        kl=figure(0.1), gap=figure(0.1), late_gap=None, taught=taught,
    )  # fmt: skip


def test_accuracy_by_group_has_real_beside_synthetic_with_intervals() -> None:
    chart = charts.accuracy_by_group(report())
    table = charts.chart_data(chart)
    points = table[table["Group"].notna()].drop_duplicates(["Group", "Rows"])
    found = {(r["Group"], r["Rows"]): r["Value"] for _, r in points.iterrows()}
    assert found == {
        ("black", "Real"): 0.9, ("black", "Synthetic"): 0.8,
        ("white", "Real"): 0.9, ("white", "Synthetic"): 0.6,
    }  # fmt: skip
    assert "white, synthetic: 0.600, n 100." in str(chart.description)


def test_the_widest_answer_is_named() -> None:
    drawn = str(charts.answers_by_group(report()).to_dict())
    assert "told to be '7'" in drawn
    without = report().model_copy(update={"taught": None})
    assert "no group was judged" in str(charts.answers_by_group(without).to_dict())


# --- the page ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> ImageRun:
    return train_images(
        "digits", runs=tmp_path_factory.mktemp("runs"), groups="background", preset="instant",
        n_steps=40, n_images=300, seed=3,
    )  # fmt: skip


@pytest.fixture
def run(judged: ImageRun, runs: RunStore) -> Path:
    """The judged run in this test's own home."""
    folder = runs.folder / judged.id
    shutil.copytree(judged.folder, folder)
    return folder


def section(run: Path, view: str) -> AppTest:
    """The run's page; the URL has the section by the name that the page shows."""
    return opened("inspect", run=run.name, view=say(f"picture_section.{view}"))


def tiles(at: AppTest) -> list[list[str]]:
    """The words of every picture on the page: the first row's, the second's, the third's."""
    bodies = [element.proto.body for element in at.get("html")]
    parts = [part for body in bodies for part in body.split('<div class="fairgen-part">')[1:]]
    rows: list[list[str]] = [[], [], []]
    for part in parts:
        alts = re.findall(r'<img alt="([^"]*)"', part)
        n = len(alts) // 3
        for i, row in enumerate(rows):
            row += alts[n * i : n * (i + 1)]
    return rows


def test_nearest_pictures_are_shown_in_both_orders(run: Path) -> None:
    at = section(run, "nearest")
    assert say("real_shown") in words(at)
    assert {m.label: m.value for m in at.metric}["Exact copies"] == "0 of 300"
    made, training, held_out = tiles(at)
    assert len(made) == len(training) == len(held_out) == 8
    assert all(alt.startswith("Generated: ") for alt in made)
    assert all(alt.startswith("The training picture nearest to the gen") for alt in training)
    assert all(alt.startswith("The held-out picture nearest to the gen") for alt in held_out)
    widget(at.button_group, say("nearest.which")).set_value("spread")
    assert [len(row) for row in tiles(again(at))] == [24, 24, 24]
    widget(at.toggle, say("real_shown.data")).set_value(True)
    table = again(at).dataframe[0].value
    assert len(table) == 24
    assert (table[say("nearest.to_training")] > 0).all()


def test_heat_maps_show_both_classifiers_over_the_same_pictures(run: Path) -> None:
    at = section(run, "heatmaps")
    assert say("real_shown") in words(at)
    pictures, reals, synthetics = tiles(at)
    assert len(pictures) == 8
    for picture, real, synthetic in zip(pictures, reals, synthetics, strict=True):
        what = picture.removeprefix("Held-out real picture: ")
        assert real.startswith(f"Heat map of the real-trained classifier on {what}: it tells ")
        assert synthetic.startswith(f"Heat map of the synthetic-trained classifier on {what}:")
    assert say("maps.background") in words(at)
    assert "black background: the background is" in words(at)


def test_usefulness_says_whence_the_classes_are(run: Path) -> None:
    at = section(run, "usefulness")
    assert say("taught.labels.told") in words(at)
    found = {m.label: (m.value, m.delta) for m in at.metric}
    assert {"Accuracy", "AUROC", "DP difference", "FTU difference", "Equalized odds"} <= set(found)
    assert found["Accuracy"][1].startswith("trained on real: 0.9")
    assert found["Equalized odds"][0] == "–"
    assert NOT_SWITCHABLE not in words(at)


def test_without_a_class_the_sections_say_so(run: Path) -> None:
    reason = "No class column: there is nothing that a classifier could be taught"
    path = run / "report.json"
    whole = ImageReport.model_validate_json(path.read_bytes())
    gone = {"taught": None, "heat_maps": None, "taught_reason": reason}
    path.write_text(whole.model_copy(update=gone).model_dump_json(), encoding="utf-8")
    for view in ("usefulness", "heatmaps"):
        assert reason in words(section(run, view)).replace("\\", "")


def test_a_run_judged_before_says_so(run: Path) -> None:
    path = run / "report.json"
    whole = ImageReport.model_validate_json(path.read_bytes())
    gone = {"taught": None, "heat_maps": None, "lookalikes": None, "version": 1}
    path.write_text(whole.model_copy(update=gone).model_dump_json(), encoding="utf-8")
    for view, key in (
        ("usefulness", "taught.none"),
        ("heatmaps", "maps.none"),
        ("nearest", "nearest.none"),
    ):
        assert say(key) in words(section(run, view))


@pytest.mark.parametrize("content", [b"no npz", None, {"pictures": np.zeros(3)}])
def test_files_that_are_gone_or_broken_leave_the_figures(run: Path, content: object) -> None:
    for name in ("nearest", "shap"):
        path = run / f"{name}.npz"
        path.unlink()
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, dict):
            np.savez(path, **content)
        assert picture_evidence(RunStore(), run.name, name) is None
    for view, key in (("nearest", "nearest.gone"), ("heatmaps", "maps.gone")):
        assert say(key) in words(section(run, view))
