"""Explorations of pictures on the Compare page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard.state import PLAN
from dashboard.text import say
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sweep_config import Axis, SweepConfig, members
from tests.dashboard.explorations import explore, shown_setting
from tests.dashboard.pages import again, opened, widget, words
from tests.dashboard.picture_runs import train_digits


@pytest.mark.slow
def test_an_exploration_of_pictures_shows_grids_and_shares(quiet_home: Path) -> None:
    run = train_digits(quiet_home)
    runs, sweeps = RunStore(), SweepStore()
    base = runs.config(run.id)
    assert isinstance(base, ImageTrainConfig)
    config = SweepConfig(
        base=base,
        vary=(
            Axis(name="grouping", values=("mixed", "alternate")),
            Axis(name="clip_norm", values=(0.5, 2.0)),
        ),
    )
    sweep = sweeps.create(config, owner="notebook")
    for member in members(config):
        folder = sweeps.path(sweep) / "runs" / sweeps.run_id(sweep, member)
        shutil.copytree(runs.path(run.id), folder)
        write_json(folder / "config.json", member.config.model_dump(mode="json"))
    status = sweeps.status(sweep).model_copy(update={"state": "done", "n_done": 4})
    sweeps.set_status(sweep, status)
    at = explore(sweep)
    text = words(at)
    assert say("dial.shares") in text
    assert at.get("image")
    assert widget(at.selectbox, say("explore.disparity")).value == "late_gap"
    assert widget(at.selectbox, say("explore.usefulness")).value == "recognisable"
    assert len(at.select_slider[0].options) == 2
    at.select_slider[0].set_value(2.0)
    again(at)
    assert "Clip norm 2" in shown_setting(at)
    plan = opened("compare", base=run.id)
    assert widget(plan.multiselect, "Real pictures of a step").value


def test_an_exploration_starts_from_what_the_form_of_pictures_says(quiet_home: Path) -> None:
    train = opened("train", project="pictures-digits")
    assert train.button(key="train.explore")
    widget(train.number_input, say("pictures.n_images")).set_value(777)
    again(train)
    plan = opened("compare", base=PLAN, project="pictures-digits")
    text = words(plan)
    assert say("explore.vary_pictures") in text
    assert widget(plan.multiselect, "Share of the last group").options
    widget(plan.multiselect, "Real pictures of a step").set_value(["mixed", "alternate"])
    again(plan)
    widget(plan.multiselect, "Clip norm").set_value(["none"])
    again(plan)
    widget(plan.multiselect, "Share of the last group").set_value(["0.2", "0.5"])
    again(plan)
    assert "4 runs · about" in words(plan)
    assert "instead of" not in words(plan)  # every one is a full run
