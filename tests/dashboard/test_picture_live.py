"""Trainings on pictures on the Train page: at work, ended, two side by side."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.moments import NEWEST
from dashboard.picture_live import STAGES
from dashboard.text import say
from fairgen_core.data.images.writing import as_png
from fairgen_core.image_api import image_config
from fairgen_core.runs.pictures import planned_epochs, seen_so_far
from fairgen_core.runs.status import ProgressEvent, RunState
from fairgen_core.runs.store import RunStore
from fairgen_core.training import IMAGE_STAGES
from tests.dashboard.pages import again, labels, opened, widget, words

N_TRAIN, N_STEPS, BATCH = 1_437, 400, 64


def look(step: int, black: float, norm: float = 2.0, clipped: float = 0.5) -> ProgressEvent:
    """What a training tells at a look."""
    figures = {
        "share:black background": black,
        "share:white background": 1 - black,
        "gradient_norm:black background": norm,
        "gradient_norm:white background": 2 * norm,
        "step": step,
        "epoch": step / (N_TRAIN / BATCH),
        "gap": abs(1 - 2 * black),
        "clipped_share": clipped,
        "recognisable": 0.25,
    }
    losses = {"generator": 1.0}
    return ProgressEvent(t=float(step), stage="generator", fraction=step / N_STEPS,
                         overall=step / N_STEPS, losses=losses, figures=figures)  # fmt: skip


def make(
    store: RunStore,
    events: list[ProgressEvent],
    state: RunState = "running",
    **choices: Any,
) -> str:
    """A run's folder in the middle of a training; this process counts as its worker."""
    config = image_config(
        "digits", groups="background", preset="instant", n_steps=N_STEPS, **choices
    )
    run_id = store.create(config, owner="notebook")
    folder = store.path(run_id)
    lines = [event.model_dump_json() for event in events]
    (folder / "progress.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "previews").mkdir()
    for event in events:
        step = int(event.figures.get("step", N_STEPS))
        grid = np.full((72, 72, 1), step % 256, np.uint8)
        (folder / "previews" / f"grid-{step:08d}.png").write_bytes(as_png(grid))
    changes: dict[str, Any] = {"state": state, "n_rows": N_TRAIN, "started": time.time()}
    changes |= {"stage": "generator", "fraction": 0.4, "seconds_left": 12.0}
    store.set_status(run_id, store.status(run_id).model_copy(update=changes))
    return run_id


def gaps(at: AppTest) -> list[str]:
    return [metric.value for metric in at.metric if metric.label == say("looks.gap")]


def test_the_page_knows_every_stage_of_a_training() -> None:
    assert STAGES == IMAGE_STAGES


def test_a_training_at_work_shows_its_stage_its_newest_look_and_a_stop(runs: RunStore) -> None:
    run_id = make(runs, [look(10, 0.5), look(20, 0.3, clipped=0.75)], clip_norm=2.0)
    at = opened("train", run=run_id)
    text = words(at)
    assert "Stage 3 of 5: Training the generator" in text
    assert "C = 2" in text
    assert f"train.stop:{run_id}" in [button.key for button in at.button]
    assert gaps(at) == ["0.400"]
    assert widget(at.metric, say("looks.steps_clipped")).value == "75 %"
    assert widget(at.metric, say("looks.recognised")).value == "0.250"
    assert at.select_slider[0].value == NEWEST
    assert len(at.get("image")) == 1
    assert at.get("image")[0].proto.imgs[0].alt == say(
        "looks.grid_alt", name="Digits, GAN, mixed, C = 2", epoch="0.891"
    )


def test_the_slider_has_the_whole_training_from_the_start(runs: RunStore) -> None:
    run_id = make(runs, [look(10, 0.5)])
    at = opened("train", run=run_id)
    config = runs.config(run_id)
    planned = planned_epochs(config, N_TRAIN)  # type: ignore[arg-type]
    assert len(at.select_slider[0].options) == len(planned) == 40
    assert planned[-1] == pytest.approx(N_STEPS / (N_TRAIN / BATCH))
    assert at.select_slider[0].options[-1] == say("looks.newest")


def add_look(runs: RunStore, run_id: str, event: ProgressEvent) -> None:
    with (runs.path(run_id) / "progress.jsonl").open("a") as lines:
        lines.write(event.model_dump_json() + "\n")


def test_only_a_person_moves_the_slider(runs: RunStore) -> None:
    """A browser that lags behind answers with the slider's place: it must never be an old one."""
    run_id = make(runs, [look(10, 0.5)])
    at = opened("train", run=run_id)
    place = at.select_slider[0].value
    add_look(runs, run_id, look(20, 0.3))
    at = again(at)
    assert (at.select_slider[0].value, gaps(at)) == (place, ["0.400"])
    add_look(runs, run_id, look(30, 0.2))
    assert gaps(again(at)) == ["0.600"]


def test_a_moment_to_come_is_the_newest_until_then(runs: RunStore) -> None:
    run_id = make(runs, [look(10, 0.5)])
    at = opened("train", run=run_id)
    at.select_slider[0].set_value(20 / (N_TRAIN / BATCH))
    at = again(at)
    assert gaps(at) == ["0.000"]
    add_look(runs, run_id, look(20, 0.3))
    add_look(runs, run_id, look(30, 0.2))
    assert gaps(again(at)) == ["0.400"]


def test_two_runs_are_shown_at_the_same_moment(runs: RunStore) -> None:
    one = make(runs, [look(10, 0.5), look(20, 0.3)])
    two = make(runs, [look(10, 0.45), look(20, 0.1)], grouping="alternate", clip_norm=2.0)
    at = opened("train", run=one, beside=two)
    assert gaps(at) == ["0.400", "0.800"]
    assert say("looks.one_draw") in words(at)
    (moment,) = at.select_slider
    moment.set_value(10 / (N_TRAIN / BATCH))
    at = again(at)
    assert gaps(at) == ["0.000", "0.100"]
    assert len([m for m in at.metric if m.label == say("looks.steps_clipped")]) == 2
    assert say("looks.clip_off") in words(at)
    at.select_slider[0].set_value(NEWEST)
    assert gaps(again(at)) == ["0.400", "0.800"]


def test_a_run_that_is_behind_shows_its_newest_look(runs: RunStore) -> None:
    ahead = make(runs, [look(10, 0.5), look(20, 0.3)])
    behind = make(runs, [look(10, 0.4)])
    assert gaps(opened("train", run=ahead, beside=behind)) == ["0.400", "0.200"]


def test_without_looks_yet_it_says_when_pictures_come(runs: RunStore) -> None:
    event = ProgressEvent(t=1.0, stage="judges", fraction=0.5, overall=0.1)
    run_id = make(runs, [])
    (runs.path(run_id) / "progress.jsonl").write_text(event.model_dump_json() + "\n")
    at = opened("train", run=run_id)
    assert say("looks.none_yet") in words(at)
    assert not at.select_slider


def fldgm(runs: RunStore, numbers: list[int], **choices: Any) -> str:
    """A training of FLDGM that was looked at so often."""
    stage = "generator" if max(numbers, default=0) > N_STEPS else "compression"
    event = ProgressEvent(t=1.0, stage=stage, fraction=0.5, overall=0.5)
    run_id = make(runs, [], synthesizer="fldgm", **choices)
    (runs.path(run_id) / "progress.jsonl").write_text(event.model_dump_json() + "\n")
    for number in numbers:
        grid = as_png(np.full((19, 109, 1), number % 256, np.uint8))
        (runs.path(run_id) / "previews" / f"grid-{number:08d}.png").write_bytes(grid)
    return run_id


def caption(at: AppTest) -> str:
    (picture,) = at.get("image")
    return str(picture.proto.imgs[0].caption)


def test_fldgm_shows_fixed_noise_while_its_parts_train(runs: RunStore) -> None:
    at = opened("train", run=fldgm(runs, [20, 40]))
    (moment,) = at.select_slider
    assert len(moment.options) == 30
    assert (moment.options[0], moment.options[-1]) == ("compression 5 %", say("looks.newest"))
    assert caption(at).startswith(say("looks.latent.compression", when="compression 10 %"))
    moment.set_value(0.05)
    at = again(at)
    assert caption(at).startswith(say("looks.latent.compression", when="compression 5 %"))
    (picture,) = at.get("image")
    assert "one latent a column" in picture.proto.imgs[0].alt


def test_fldgm_follows_its_newest_look_into_the_generator(runs: RunStore) -> None:
    run_id = fldgm(runs, [20, 400, 401, 403])
    at = opened("train", run=run_id)
    assert caption(at).startswith(say("looks.latent.generator", when="generator 30 %"))
    assert say("looks.latent_grid") in caption(at)


def test_fldgm_beside_a_gan_shows_its_newest_look(runs: RunStore) -> None:
    gan = make(runs, [look(10, 0.5), look(20, 0.3)])
    at = opened("train", run=gan, beside=fldgm(runs, [20, 40]))
    at.select_slider[0].set_value(10 / (N_TRAIN / BATCH))
    at = again(at)
    captions = [str(one.proto.imgs[0].caption) for one in at.get("image")]
    assert len(captions) == 2
    assert captions[1].startswith(say("looks.latent.compression", when="compression 10 %"))


def test_a_stopped_run_can_go_on_and_be_changed(runs: RunStore) -> None:
    run_id = make(runs, [look(10, 0.5)], state="stopped")
    (runs.path(run_id) / "checkpoint.pt").write_bytes(b"x")
    at = opened("train", run=run_id)
    assert {say("live.resume"), say("live.again")} <= set(labels(at.button))
    assert gaps(at) == ["0.000"]


def test_a_finished_run_leads_to_its_result(runs: RunStore) -> None:
    run_id = make(runs, [look(10, 0.5)], state="done")
    at = opened("train", run=run_id)
    assert say("live.inspect") in labels(at.button)
    assert say("looks.done_judged") in words(at)


# --- what the looks saw ------------------------------------------------------------------------


def test_a_look_that_was_done_again_after_a_resume_counts_once() -> None:
    seen = seen_so_far([look(10, 0.5), look(20, 0.3), look(20, 0.1), look(30, 0.2)])
    assert [point.step for point in seen.trace] == [10, 20, 30]
    assert [point.gap for point in seen.trace] == pytest.approx([0.0, 0.8, 0.6])
    assert seen.groups == ("black background", "white background")
    assert seen.norms[0].norms == {"black background": 2.0, "white background": 4.0}


def test_events_that_are_no_looks_are_left_out() -> None:
    plain = ProgressEvent(t=0.0, stage="generator", fraction=0.1, overall=0.1, losses={"a": 1.0})
    assert seen_so_far([plain]).trace == ()


def test_the_last_step_is_looked_at_whatever_the_division() -> None:
    config = image_config("digits", groups="background", preset="instant", n_steps=83)
    steps = [epoch * N_TRAIN / BATCH for epoch in planned_epochs(config, N_TRAIN)]
    assert steps[:2] == pytest.approx([2, 4])
    assert steps[-1] == pytest.approx(83)
