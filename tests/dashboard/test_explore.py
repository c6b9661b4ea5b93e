"""Explorations on the Compare page: the form, how one goes, the frontier, the dial, stability."""

from __future__ import annotations

import pytest

from dashboard.components import escape
from dashboard.exploring.selection import (
    dials,
    first_setting,
    members_of,
    neighbour,
    settings_of,
    turned,
)
from dashboard.text import say
from fairgen_core import charts
from fairgen_core.numbers import duration
from fairgen_core.runs import launcher
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sweep_config import members
from fairgen_core.sweep_results import SweepResults, frontier
from tests.dashboard.explorations import FAIREST, explore, shown_setting
from tests.dashboard.pages import again, asked, labels, opened, widget, words
from tests.dashboard.sweep_builder import (
    make_member,
    make_sweep,
    point,
    results,
    sweep_config,
)

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


def test_a_stopped_exploration_compares_what_was_done_with_as_many_full_runs(
    runs: RunStore,
) -> None:
    text = words(explore(make_sweep(n_done=2, state="stopped")))
    assert say("explore.took", time=duration(16)) in text  # 8 s each, whatever the last stretch
    assert say("explore.instead", n=2, time=duration(100)) in text


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
    failed = members(sweep_config())[5]
    name = charts.setting_words(failed.settings)
    words_of_it = escape(say("explore.failed", setting=name, seed=failed.seed))
    assert words_of_it in words(at)
    assert failed.key not in words(at)
    assert say("live.resume") in labels(at.button)
    assert shown_setting(at) == FAIREST


def test_where_every_member_failed_nothing_is_promised(runs: RunStore) -> None:
    sweep = make_sweep(n_done=0)
    sweeps = SweepStore()
    for member in members(sweep_config()):
        make_member(sweeps, sweep, member, "failed")
    status = sweeps.status(sweep)
    n = len(members(sweep_config()))
    sweeps.set_status(sweep, status.model_copy(update={"n_failed": n}))
    at = explore(sweep)
    assert say("explore.nothing") in words(at)
    assert say("explore.nothing_yet") not in words(at)
    # It is not called done, and the reasons need no click.
    assert say("state.failed") in words(at)
    assert say("state.done") not in words(at)
    assert sweeps.list()[0].state == "failed", "in every list of sweeps too"
    (reasons,) = (e for e in at.expander if e.label == say("explore.failures", n=n))
    assert reasons.proto.expanded


@pytest.mark.parametrize("address", ["", "head:6379", "nonsense"])
def test_a_resume_may_take_another_cluster_or_none(
    runs: RunStore, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "tick", lambda _store: None)
    sweep = make_sweep(n_done=2, state="failed")
    sweeps = SweepStore()
    status = sweeps.status(sweep).model_copy(update={"ray": "wrong:1", "message": "Nobody there."})
    sweeps.set_status(sweep, status)
    at = explore(sweep)
    field = widget(at.text_input, say("explore.ray"))
    assert field.value == "wrong:1"
    field.set_value(address)
    at.button(key="explore.resume_button").click()
    again(at)
    after = sweeps.status(sweep)
    if address == "nonsense":
        assert any("address of a Ray cluster must" in error.value for error in at.error)
        assert (after.state, after.ray) == ("failed", "wrong:1")
    else:
        assert (after.state, after.ray) == ("queued", address)


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


def test_what_stands_against_parity_is_told_beside_the_results(runs: RunStore) -> None:
    sweep = make_sweep()
    status = SweepStore().status(sweep)
    note = "Parity needs 30 training rows."
    SweepStore().set_status(sweep, status.model_copy(update={"notes": (note,)}))
    assert [one.value for one in explore(sweep).warning] == [escape(note)]


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
