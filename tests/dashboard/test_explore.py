"""Explorations on the Compare page: the form, how one goes, the frontier, the dial, stability."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exploring.selection import (
    dials,
    first_setting,
    members_of,
    neighbour,
    settings_of,
    turned,
)
from dashboard.projects import Project, ProjectStore
from dashboard.state import PLAN
from dashboard.text import say
from fairgen_core.config import DataConfig, FairnessConfig
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sweep_config import Axis, SweepConfig, members
from fairgen_core.sweep_results import SweepResults, frontier
from tests.dashboard.pages import again, asked, labels, opened, widget, words
from tests.dashboard.picture_runs import train_digits
from tests.dashboard.sweep_builder import (
    make_member,
    make_sweep,
    point,
    results,
    sweep_config,
)

FAIREST = "DP · Strength 1"


def shown_setting(at: AppTest) -> str:
    """The setting that the dial stands at."""
    found = [m.value for m in at.markdown if say("dial.seed", seed=0) in str(m.value)]
    return found[0].removeprefix("**").split("**")[0] if found else ""


def explore(sweep_id: str) -> AppTest:
    return opened("compare", sweep=sweep_id)


# --- pure --------------------------------------------------------------------------------------


def test_every_setting_stands_once_with_its_seeds_in_order() -> None:
    found = results(3)
    assert len(settings_of(found)) == 11
    assert [p.seed for p in members_of(found, {"fairness": "dp", "strength": 0.5})] == [0, 1, 2]
    assert members_of(found, {"fairness": "dp"}) == []


def test_what_is_looked_at_first_is_the_fairest_setting_of_the_frontier() -> None:
    found = results()
    assert first_setting(found, frontier(found)) == {"fairness": "dp", "strength": 1.0}
    assert first_setting(SweepResults(), frontier(SweepResults())) is None


def test_a_dial_moves_along_settings_that_differ_in_nothing_else() -> None:
    points = [point({"generator": "lsgan", "clip_norm": c}, 0, 0.1, 0.9) for c in (None, 5.0, 1.0)]
    points.append(point({"generator": "wgan-gp", "clip_norm": 2.0}, 0, 0.1, 0.9))
    found = SweepResults(points=tuple(points))
    at = {"generator": "lsgan", "clip_norm": 1.0}
    assert dials(found, at) == {"clip_norm": [1.0, 5.0, None]}
    assert dials(found, {"generator": "wgan-gp", "clip_norm": 2.0}) == {}
    assert turned(at, "clip_norm", None) == {"generator": "lsgan", "clip_norm": None}
    assert neighbour([1.0, 5.0, None], 4.0) == 5.0
    assert neighbour([1.0, 5.0, None], None) is None


def test_a_dial_stands_on_finished_members_only() -> None:
    done = point({"strength": 0.0}, 0, 0.1, 0.9)
    waiting = point({"strength": 1.0}, 0, 0.1, 0.9).model_copy(update={"state": "queued"})
    assert dials(SweepResults(points=(done, waiting)), {"strength": 0.0}) == {}


# --- a finished exploration --------------------------------------------------------------------


@pytest.fixture
def sweep(runs: RunStore) -> str:
    return make_sweep()


def test_a_finished_exploration_shows_frontier_dial_and_what_it_saved(sweep: str) -> None:
    at = explore(sweep)
    text = words(at)
    assert say("explore.done", n=6, total=6) in text
    assert say("explore.instead", n=6, time="5 min") in text
    assert shown_setting(at) == FAIREST
    assert say("dial.rates") in text
    assert at.get("vega_lite_chart")


def test_a_link_without_an_exploration_opens_the_newest(sweep: str) -> None:
    at = opened("compare")
    widget(at.button_group, say("compare.part")).set_value("explore")
    again(at)
    assert asked(at, "sweep") == sweep
    assert shown_setting(at) == FAIREST


def test_the_dial_moves_figures_rates_and_rows_in_step(sweep: str) -> None:
    at = explore(sweep)
    slider = at.select_slider[0]
    assert slider.value == 1.0
    assert "0.010" in [metric.value for metric in at.metric]
    slider.set_value(0.0)
    again(at)
    assert shown_setting(at) == "DP · Strength 0"
    assert "0.170" in [metric.value for metric in at.metric]
    rows = at.dataframe[-1].value
    assert list(rows.columns[:2]) == ["income", "sex"]
    assert list(rows["income"][:4]) == [">50K", "<=50K", "<=50K", "<=50K"]
    at.select_slider[0].set_value(1.0)
    again(at)
    assert list(at.dataframe[-1].value["income"][:4]) == [">50K"] * 4


def test_a_ticked_row_of_the_table_is_what_the_dial_shows(sweep: str) -> None:
    at = explore(sweep)
    table = at.dataframe[0].value
    assert table["setting"].iloc[0] == FAIREST
    at.session_state[f"explore.setting:{sweep}"] = {"fairness": "both", "strength": 0.5}
    again(at)
    assert shown_setting(at) == "FTU and DP · Strength 0.5"
    assert at.select_slider[0].value == 0.5
    key = at.dataframe[0].key
    place = list(at.dataframe[0].value["setting"]).index("FTU and DP · Strength 0.5")
    assert at.session_state[key]["selection"]["rows"] == [place]


def test_runs_of_the_dial_are_put_side_by_side(sweep: str) -> None:
    at = explore(sweep)
    at.button(key="dial.beside").click()
    again(at)
    at.select_slider[0].set_value(0.0)
    again(at)
    at.button(key="dial.beside").click()
    again(at)
    runs = asked(at, "runs").split(",")
    assert [("strength-1-" in run, "strength-0-" in run) for run in runs] == [
        (True, False),
        (False, True),
    ]
    widget(at.button_group, say("compare.part")).set_value("compare")
    again(at)
    assert say("side.figures") in words(at)


def test_axes_can_be_chosen(sweep: str) -> None:
    at = explore(sweep)
    assert "DP over every threshold" in at.get("vega_lite_chart")[0].proto.spec
    widget(at.selectbox, say("explore.disparity")).set_value("dp")
    again(at)
    assert "Demographic parity" in at.get("vega_lite_chart")[0].proto.spec


def test_several_seeds_can_be_looked_at_one_by_one(runs: RunStore) -> None:
    at = explore(make_sweep(sweep_config((0, 1, 2))))
    assert say("dial.seed", seed=0) in words(at)
    widget(at.button_group, say("dial.seeds")).set_value(2)
    again(at)
    assert say("dial.seed", seed=2) in words(at)


def test_stability_answers_whether_one_is_better(runs: RunStore) -> None:
    sweep = make_sweep(sweep_config((0, 1, 2)))
    at = explore(sweep)
    widget(at.button_group, say("explore.view")).set_value("stability")
    again(at)
    text = words(at)
    assert say("stable.better") in text
    assert "Over 3 seeds, AUROC is lower with FTU and DP · Strength 1" in text
    assert "**DP · Strength 0**" in text
    widget(at.selectbox, say("stable.b")).set_value(0)
    again(at)
    assert say("stable.same") in words(at)


def test_with_one_seed_nothing_can_be_told(sweep: str) -> None:
    at = explore(sweep)
    widget(at.button_group, say("explore.view")).set_value("stability")
    again(at)
    assert "cannot be told from one pair" in words(at)


# --- at work, stopped, failed ------------------------------------------------------------------


def test_an_exploration_at_work_shows_what_is_there_and_a_stop(runs: RunStore) -> None:
    at = explore(make_sweep(n_done=2, state="running"))
    assert say("live.stop") in labels(at.button)
    assert say("live.leave") in words(at)
    assert "2 of 6 runs · 33 %" in at.get("progress")[0].proto.text
    assert shown_setting(at) == "DP · Strength 0.5"


def test_before_the_first_run_is_done_the_page_says_so(runs: RunStore) -> None:
    at = explore(make_sweep(n_done=0, state="running"))
    assert say("explore.nothing_yet") in words(at)


def test_a_member_that_failed_is_named_with_its_reason(runs: RunStore) -> None:
    sweep = make_sweep(n_done=5)
    sweeps = SweepStore()
    make_member(sweeps, sweep, members(sweep_config())[5], "failed")
    status = sweeps.status(sweep)
    sweeps.set_status(sweep, status.model_copy(update={"n_failed": 1}))
    at = explore(sweep)
    assert "It did not work out\\." in words(at) or "It did not work out." in words(at)
    assert say("live.resume") in labels(at.button)
    assert shown_setting(at) == FAIREST


def test_a_deleted_exploration_comes_back_with_undo(sweep: str) -> None:
    at = explore(sweep)
    at.button(key=f"explore.delete:{sweep}").click()
    again(at)
    assert SweepStore().ids() == []
    at.button(key="explore.undo").click()
    again(at)
    assert SweepStore().ids() == [sweep]


def test_an_exploration_is_renamed(sweep: str) -> None:
    at = explore(sweep)
    widget(at.text_input, say("runs.rename")).set_value("Parity for the board")
    at.button(key="explore.rename_button").click()
    again(at)
    assert SweepStore().config(sweep).name == "Parity for the board"


def test_an_exploration_that_is_gone_is_answered_with_a_sentence(runs: RunStore) -> None:
    at = explore("20260101-000000-gone-sweep-000000")
    assert any("no exploration named" in error.value for error in at.error)
    assert say("explore.start") in labels(at.button)


# --- a new one ---------------------------------------------------------------------------------


def test_the_form_counts_the_runs(runs: RunStore) -> None:
    at = opened("compare", base="plan")
    assert "10 runs · about " in words(at)
    widget(at.number_input, say("explore.n_seeds")).set_value(3)
    again(at)
    assert "30 runs · about " in words(at)
    widget(at.multiselect, "Strength").set_value(["0.5", "0:1:3"])
    again(at)
    assert "18 runs · about " in words(at)


def test_without_a_target_the_form_offers_what_is_left(runs: RunStore) -> None:
    ProjectStore(runs.folder.parent).save(
        Project(
            id="hiring",
            data=DataConfig(source="hiring"),
            roles_chosen=True,
            sensitive=("gender",),
            fairness=FairnessConfig(target="none"),
            n_rows=500,
        )
    )
    at = opened("compare", base="plan", project="hiring")
    assert [one.value for one in at.error] == []
    assert "2 runs · about " in words(at)
    assert say("axis.representation") in labels(at.multiselect)
    assert say("axis.fairness") not in labels(at.multiselect)


def test_a_value_that_is_no_number_is_answered_with_a_sentence(runs: RunStore) -> None:
    at = opened("compare", base="plan")
    widget(at.multiselect, "Strength").set_value(["a lot"])
    again(at)
    assert any("must be numbers" in error.value for error in at.error)
    assert say("explore.start") not in labels(at.button)


# --- among all runs ----------------------------------------------------------------------------


def test_the_runs_of_explorations_are_listed_on_demand_and_stay(sweep: str) -> None:
    at = opened("compare", part="All runs")
    if not at.toggle:
        widget(at.button_group, say("compare.part")).set_value("runs")
        again(at)
    assert say("table.none") in words(at)
    widget(at.toggle, say("table.members")).set_value(True)
    again(at)
    assert len(at.dataframe[0].value) == 6
    ids = [p.run for p in SweepStore().results(sweep).points]
    at.session_state["table.selected"] = (ids[0],)
    again(at)
    assert at.button(key="table.delete").disabled
    at.button(key="table.explore").click()
    again(at)
    assert asked(at, "base") == ids[0]
    assert say("explore.start") in labels(at.button)


# --- pictures ----------------------------------------------------------------------------------


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
