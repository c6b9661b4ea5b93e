"""The Train page: the form, and a run in every state."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.forms.training import expected_seconds
from dashboard.live import queue_position
from dashboard.projects import ProjectStore
from dashboard.text import explain, say
from fairgen_core.config import (
    DataConfig,
    FairnessConfig,
    GeneratorConfig,
    RolesConfig,
)
from fairgen_core.numbers import duration
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, asked, labels, opened, widget, words
from tests.dashboard.training_runs import CONFIG, HIRING, event, made, tell

# --- the form ----------------------------------------------------------------------------------


def test_the_form_is_ready_with_times_for_every_preset(runs: RunStore) -> None:
    at = opened("train")
    assert widget(at.radio, say("hold.title")).value == "both"
    assert explain("gan") in widget(at.radio, say("make.title")).help
    presets = widget(at.main.button_group, say("preset.title"))
    assert all(" s" in option or " min" in option for option in presets.options)
    chosen = next(o for o in presets.options if o.startswith(say(f"preset.{HIRING.preset}")))
    assert f"About {chosen.split(', ')[1]} on this device" in words(at)
    assert not widget(at.button, say("train.button")).disabled
    assert say("runs.empty") in words(at)


def test_choices_are_kept_across_pages_and_browsers(runs: RunStore, quiet_home: Path) -> None:
    at = opened("train")
    widget(at.radio, say("hold.title")).set_value("dp")
    widget(at.slider, say("strength.label")).set_value(0.5)
    widget(at.number_input, say("field.latent_dims")).set_value(12)
    again(at)
    at.switch_page("views/inspect.py")
    again(at)
    at.switch_page("views/train.py")
    again(at)
    assert widget(at.radio, say("hold.title")).value == "dp"
    other_browser = opened("train", project="hiring")
    assert widget(other_browser.slider, say("strength.label")).value == 0.5
    kept = ProjectStore(quiet_home).load("hiring")
    assert kept is not None
    assert kept.compression.latent_dims == 12


def test_the_clip_norm_is_offered_where_it_acts(runs: RunStore, quiet_home: Path) -> None:
    at = opened("train")
    assert widget(at.toggle, say("clip.label")).disabled
    widget(at.radio, say("make.title")).set_value("lsgan")
    again(at)
    widget(at.toggle, say("clip.label")).set_value(True)
    again(at)
    widget(at.number_input, say("clip.value")).set_value(5.0)
    again(at)
    kept = ProjectStore(quiet_home).load("hiring")
    assert kept is not None
    assert kept.train_config().generator == GeneratorConfig(name="lsgan", clip_norm=5.0)


def test_a_choice_that_cannot_be_is_told_beside_its_field(runs: RunStore, quiet_home: Path) -> None:
    ProjectStore(quiet_home).save(HIRING.change(target=None, positive=None))
    at = opened("train", project="hiring")
    assert any("needs a target column" in error.value for error in at.error)
    assert widget(at.button, say("train.button")).disabled
    widget(at.radio, say("hold.title")).set_value("none")
    again(at)
    assert not at.error
    assert not widget(at.button, say("train.button")).disabled


def test_groups_too_small_for_parity_are_named_before_a_training(
    runs: RunStore, quiet_home: Path
) -> None:
    small = DataConfig(source="hiring", options={"n_rows": 200})
    ProjectStore(quiet_home).save(
        HIRING.change(data=small, sensitive=("gender", "region"), n_table_rows=200)
    )
    at = opened("train", project="hiring")
    (note,) = [warning.value for warning in at.warning if "Parity needs" in warning.value]
    assert "with 'yes'" in note
    widget(at.radio, say("hold.title")).set_value("ftu")
    again(at)
    assert not at.warning
    ProjectStore(quiet_home).save(HIRING)
    assert not opened("train", project="hiring").warning


def test_a_browser_that_forgot_the_preset_gets_the_form(runs: RunStore) -> None:
    at = opened("train", project="hiring")
    at.session_state["train.preset:hiring"] = None
    at = again(at)
    assert say("train.button") in labels(at.button)


def test_without_roles_the_page_leads_to_the_data(runs: RunStore, quiet_home: Path) -> None:
    ProjectStore(quiet_home).save(HIRING.change(sensitive=()))
    at = opened("train", project="hiring")
    assert say("train.no_roles") in words(at)
    assert say("train.button") not in labels(at.button)


def test_expected_times_grow_with_the_preset(runs: RunStore) -> None:
    times = expected_seconds(HIRING, 7000, 10)
    assert times["quick"] < times["balanced"] < times["thorough"]
    assert expected_seconds(HIRING.change(sensitive=()), 7000, 10) == {}


# --- a run in every state ----------------------------------------------------------------------


def test_a_running_training_shows_stage_figures_and_a_stop(runs: RunStore) -> None:
    run_id = made(runs, "running", stage="generator", fraction=0.6, seconds_left=9.0)
    tell(
        runs,
        run_id,
        event("compression", 0.2, losses={"loss": 9.0}, figures={"attacker_auroc": 0.61}),
        event("compression", 0.4, losses={"loss": 7.0}, figures={"attacker_auroc": 0.52}),
        event("generator", 0.6, figures={"preview_dp": 0.04, "preview_auroc": 0.87}),
    )
    rows = {"columns": ["gender", "hired"], "rows": [["woman", "yes"], ["man", "no"]]}
    folder = runs.path(run_id) / "previews"
    folder.mkdir()
    (folder / "rows.json").write_text(json.dumps(rows))
    at = opened("train", run=run_id)
    text = words(at)
    assert say("live.stage", n=4, total=6, stage=say("stage.generator")) in text
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown[say("live.attacker")] == "0.520"
    assert shown[say("live.preview_dp")] == "0.040"
    assert shown[say("live.preview_auroc")] == "0.870"
    assert say("live.preview") in text
    assert list(at.dataframe[0].value["gender"]) == ["woman", "man"]
    widget(at.button, say("live.stop")).click()
    again(at)
    assert (runs.path(run_id) / "stop").exists()
    assert say("live.stopping") in words(at)


def test_a_training_that_has_just_started_tells_its_expected_time(
    runs: RunStore, quiet_home: Path
) -> None:
    ProjectStore(quiet_home).save(HIRING)
    times = expected_seconds(HIRING, 7_000, 10)
    at = opened("train", run=made(runs, "running"))
    expected = say("time.expected", time=duration(times[HIRING.preset]))
    assert expected in at.main.get("progress")[0].proto.text
    # The places of the figures are there, so that nothing moves when they come.
    assert [metric.value for metric in at.metric] == ["–"] * 3


def test_a_clipped_training_shows_the_groups_gradient_norms(runs: RunStore) -> None:
    run_id = made(runs, "running", stage="generator")
    norms = {"gradient_norm:woman": 2.0, "gradient_norm:man": 3.0, "clipped_share": 0.5}
    tell(runs, run_id, event("generator", 0.5, figures=norms))
    assert f"{say('live.clipping')}" in words(opened("train", run=run_id))


def test_a_failed_run_gives_its_reason_its_log_and_a_resume(runs: RunStore) -> None:
    run_id = made(runs, "failed", message="The loss became nan. Lower the learning rate.")
    (runs.path(run_id) / "checkpoint.pt").write_bytes(b"kept")
    (runs.path(run_id) / "log.txt").write_text("last words\n")
    at = opened("train", run=run_id)
    assert "Lower the learning rate" in at.error[0].value
    assert at.code[0].value.strip() == "last words"
    assert say("live.resume_from") in words(at)
    widget(at.button, say("live.resume")).click()
    again(at)
    assert runs.status(run_id).state in {"queued", "running", "failed"}
    assert runs.status(run_id).owner == "worker"


def test_a_stopped_run_without_a_checkpoint_starts_over(runs: RunStore) -> None:
    at = opened("train", run=made(runs, "stopped", message="The run was stopped."))
    assert say("live.no_checkpoint") in words(at)
    assert say("live.start_over") in labels(at.button)


def test_an_ended_run_promises_no_figures(runs: RunStore) -> None:
    run_id = made(runs, "failed")
    tell(runs, run_id, event("read", 0.0))
    text = words(opened("train", run=run_id))
    assert say("live.never") in text
    assert say("live.not_yet") not in text


def test_a_waiting_run_tells_its_place(runs: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAIRGEN_SLOTS", "1")
    made(runs, "running")
    first, second = runs.create(CONFIG), runs.create(CONFIG)
    status = runs.status(second)
    runs.set_status(second, status.model_copy(update={"created": status.created + 1}))
    assert (queue_position(first), queue_position(second)) == (1, 2)
    at = opened("train", run=second)
    assert say("live.queued", position=2) in words(at)
    assert say("sidebar.queue", n=2) in words(at)


def test_a_finished_run_leads_on_and_can_be_changed(runs: RunStore, quiet_home: Path) -> None:
    config = CONFIG.model_copy(update={"fairness": FairnessConfig(target="ftu"), "seed": 5})
    run_id = runs.create(config, owner="notebook")
    runs.set_status(run_id, runs.status(run_id).model_copy(update={"state": "done"}))
    at = opened("train", run=run_id)
    assert say("live.done_words") in words(at)
    assert say("live.inspect") in labels(at.button)
    widget(at.button, say("live.again")).click()
    again(at)
    assert widget(at.radio, say("hold.title")).value == "ftu"
    assert widget(at.number_input, say("seed.label")).value == 5
    assert "run" not in at.query_params


def test_a_run_that_is_not_there_gets_a_sentence(runs: RunStore) -> None:
    at = opened("train", run="20200101-000000-nothing")
    assert at.error[0].value == say("runs.gone", id="20200101-000000-nothing")
    assert at.main.children[1].type == "error", "under the page's title"
    assert say("train.button") in labels(at.button)


# --- the real thing ----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_real_training_runs_to_its_end(runs: RunStore, quiet_home: Path) -> None:
    small = DataConfig(source="hiring", options={"n_rows": 600.0})
    project = HIRING.change(data=small, preset="quick", n_table_rows=600)
    ProjectStore(quiet_home).save(project)
    at = opened("train", project="hiring")
    widget(at.button, say("train.button")).click()
    again(at)
    run_id = asked(at, "run")
    assert runs.config(run_id).roles == RolesConfig(
        sensitive=("gender",), target="hired", positive="yes"
    )
    at = finished(at, runs, run_id)
    assert say("live.done_words") in words(at)
    widget(at.button, say("live.inspect")).click()
    again(at)
    assert asked(at, "run") == run_id
    assert say("inspect.title") in words(at)


def finished(at: AppTest, runs: RunStore, run_id: str, seconds: float = 300) -> AppTest:
    deadline = time.monotonic() + seconds
    while runs.status(run_id).active and time.monotonic() < deadline:
        time.sleep(1)
    assert runs.status(run_id).state == "done", runs.status(run_id).message
    return again(at)
