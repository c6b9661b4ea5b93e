"""The Lessons page: empty, predicted, revealed with a real small result, and while it runs."""

from __future__ import annotations

import pytest

from dashboard.lessons.running import Tried, of_setting, seeds_to_train, tried
from dashboard.lessons.settings import from_text, setting_words, to_text
from dashboard.text import say
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig
from fairgen_core.lesson_results import (
    WIRINGS,
    FairLatentResult,
    FairLatentSeed,
    FavouredGroupResult,
    GanSeed,
    Wiring,
    WiringFigures,
)
from fairgen_core.numbers import percent
from fairgen_core.results import Figure
from fairgen_core.runs import worker
from fairgen_core.runs.files import write_json
from fairgen_core.runs.lessons import RESULT, read_result
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, asked, labels, opened, widget, words

PLAIN = FavouredGroupConfig(seeds=(0, 1))


def gan_seed(seed: int, whites: list[float], clipped: float = 0.0) -> GanSeed:
    """Looks as a training leaves them."""
    trace = [
        {"step": 50 * (i + 1), "epoch": float(i + 1), "shares": (1 - w, w), "gap": abs(2 * w - 1),
         "recognisable": 0.5}
        for i, w in enumerate(whites)
    ]  # fmt: skip
    norms = [
        {"epoch": float(i + 1), "norms": {"black background": 3.0 + i, "white background": 2.0},
         "clipped_share": clipped}
        for i, _ in enumerate(whites)
    ]  # fmt: skip
    return GanSeed.model_validate({"seed": seed, "trace": trace, "norms": norms})


def finished(
    store: RunStore,
    config: FavouredGroupConfig | FairLatentConfig,
    result: FavouredGroupResult | FairLatentResult,
) -> str:
    """A lesson's run that is done, with that result."""
    run_id = store.create(config, owner="notebook")
    write_json(store.path(run_id) / RESULT, result.model_dump(mode="json"))
    status = store.status(run_id)
    store.set_status(
        run_id,
        status.model_copy(update={"state": "done", "started": 1.0, "ended": 21.0}),
    )
    return run_id


def gan_result(**white: float) -> FavouredGroupResult:
    """A result in which each seed's late share of white is as given: ``s3=.7``."""
    return FavouredGroupResult(
        groups=("black background", "white background"),
        training_share=0.5,
        n_train=1437,
        recognisable_real=Figure(value=0.93, n=360),
        seeds=tuple(gan_seed(int(key[1:]), [0.5, 0.5, w]) for key, w in white.items()),
    )


def latent_result() -> FairLatentResult:
    dp: dict[Wiring, float] = dict(zip(WIRINGS, (0.42, 0.04, 0.11, 0.05), strict=True))
    ftu: dict[Wiring, float] = dict(zip(WIRINGS, (0.07, 0.05, 0.002, 0.003), strict=True))

    def of(wiring: Wiring, any_gap: float, unaware: float) -> WiringFigures:
        values = {"auroc": 0.8, "dp": 0.1, "dp_any": any_gap, "ftu": unaware}
        figures = {key: Figure(value=value, n=14_000) for key, value in values.items()}
        figures["positive_rate"] = Figure(value=0.1, n=14_000)
        figures["one_class"] = Figure(value=0.0, n=14_000)
        return WiringFigures(wiring=wiring, figures=figures, rates={"man": 0.12, "woman": 0.08})

    return FairLatentResult(
        groups=("man", "woman"),
        favourable="yes",
        n_train=10_000,
        n_test=14_000,
        n_drawn=20_000,
        judge="gradient boosting",
        real=of("real", 0.38, 0.07),
        real_attacker=0.89,
        true_gap=0.18,
        seeds=tuple(
            FairLatentSeed(
                seed=seed,
                attacker=0.51,
                wirings=tuple(of(w, dp[w], ftu[w]) for w in WIRINGS),
            )
            for seed in (0, 1, 2)
        ),
    )


# --- what the page decides ---------------------------------------------------------------------


def test_missing_seeds_begin_with_the_classes_own() -> None:
    assert seeds_to_train(set(), 6, 0, 7) == (7, 0, 1, 2, 3, 4)
    assert seeds_to_train({0, 1, 2, 3, 4, 5}, 6, 0, 3) == ()
    assert seeds_to_train({0, 1, 2, 3, 4, 5}, 6, 0, 9) == (9,)
    assert seeds_to_train({0, 2}, 0, 3, None) == (1, 3, 4)


@pytest.mark.parametrize(
    "config",
    [
        FavouredGroupConfig(),
        FavouredGroupConfig(order="alternate", clip_norm=0.5, first_group=1, share=0.2),
        FavouredGroupConfig(order="random", clip_norm=10.0),
    ],
)
def test_a_setting_comes_back_from_the_url(config: FavouredGroupConfig) -> None:
    assert from_text(to_text(config)) == config


@pytest.mark.parametrize(
    "text", ["", "mixed", "mixed_off_50", "mixed_3_50_0", "sideways_off_50_0", "mixed_off_5_0",
             "mixed_off_x_0", "alternate_off_50_7"]
)  # fmt: skip
def test_a_setting_that_is_not_offered_is_none(text: str) -> None:
    assert from_text(text) is None


def test_settings_differ_in_words() -> None:
    settings = [
        FavouredGroupConfig(order=order, clip_norm=clip, first_group=first, share=share)
        for order in ("mixed", "alternate", "random")
        for clip in (None, 2.0)
        for first in ((0, 1) if order == "alternate" else (0,))
        for share in (0.5, 0.2)
    ]
    assert len({setting_words(config) for config in settings}) == len(settings)


def test_runs_of_one_setting_belong_together(runs: RunStore) -> None:
    finished(runs, PLAIN, gan_result(s0=0.7, s1=0.3))
    finished(runs, FavouredGroupConfig(seeds=(2,)), gan_result(s2=0.9))
    finished(runs, FavouredGroupConfig(order="alternate"), gan_result(s0=0.5))
    every = tried(FavouredGroupConfig, FavouredGroupResult)
    assert [one.known for one in every] == [{0, 1, 2}, {0}]
    assert of_setting(every, PLAIN).known == {0, 1, 2}
    empty: Tried[FavouredGroupConfig, FavouredGroupResult]
    empty = of_setting(every, FavouredGroupConfig(clip_norm=2.0))
    assert (empty.known, empty.active) == (set(), None)


# --- lesson 1 ----------------------------------------------------------------------------------


def test_first_lesson_asks_before_it_tells(runs: RunStore) -> None:
    finished(runs, PLAIN, gan_result(s0=0.7, s1=0.3))
    at = opened("lessons")
    text = words(at)
    assert say("lesson.favours-a-group") in str(at.segmented_control[0].options)
    assert say("gan.predict.title") in text
    assert say("gan.reveal.title") not in text  # known results stay hidden until the prediction
    assert say("gan.card.gap") not in text
    assert say("gan.honest.title") not in text  # it gives the answers away


def test_locking_in_starts_the_missing_seeds_with_the_classes_own(runs: RunStore) -> None:
    at = opened("lessons")
    widget(at.number_input, say("gan.seed")).set_value(42)
    widget(at.slider, say("gan.guess")).set_value(70)
    widget(at.radio, say("gan.pattern")).set_value("white")
    widget(at.button, say("gan.lock")).click()
    again(at)
    (run,) = runs.list()
    assert run.task == "lesson-favours-a-group"
    config = runs.config(run.id)
    assert isinstance(config, FavouredGroupConfig)
    assert config.seeds == (42, 0, 1, 2, 3, 4)
    assert (asked(at, "guess"), asked(at, "seed"), asked(at, "pattern")) == ("70", "42", "white")
    assert say("gan.reveal.title") in words(at)
    assert say("lesson.stop") in labels(at.button)


def test_known_results_are_shown_at_once_after_the_prediction(runs: RunStore) -> None:
    finished(runs, PLAIN, gan_result(s0=0.7, s1=0.3, s2=0.6, s3=0.35, s4=0.62, s5=0.41))
    at = opened("lessons", guess="50", seed="3", pattern="even")
    text = words(at)
    assert say("gan.yours", guess="50 %", seed=3, white="35 %") in text
    assert "3 of 6 seeds drew more white, 3 more black" in text
    # mean of .7 .3 .6 .35 .62 .41, and of the gaps .4 .4 .2 .3 .24 .18
    assert say("gan.lottery", white="50 %", gap="0.287") in text
    assert [run for run in runs.list() if run.state == "queued"] == []
    assert len(at.metric) == 3
    assert [float(metric.value) for metric in at.metric] == pytest.approx([0.497, 0.287, 0.5])


def test_a_bet_is_settled_over_shared_seeds(runs: RunStore) -> None:
    whites = {"s0": 0.7, "s1": 0.28, "s2": 0.69, "s3": 0.32}
    finished(runs, PLAIN, gan_result(**whites))
    turns = FavouredGroupConfig(order="alternate")
    finished(runs, turns, gan_result(s0=0.52, s1=0.49, s2=0.51, s3=0.5))
    at = opened(
        "lessons", guess="50", seed="0", pattern="lottery", setting=to_text(turns), bet="larger"
    )
    text = words(at)
    assert say("gan.bet.larger").lower() in text
    assert f"**{say('gan.found.smaller')}**" in text
    assert say("gan.compare.title") in text
    assert say("gan.closer.title") in text
    assert widget(at.expander, say("gan.honest.title")).proto.expanded


def test_a_new_setting_needs_a_bet_and_starts_a_run(runs: RunStore) -> None:
    finished(runs, PLAIN, gan_result(s0=0.7, s1=0.3))
    at = opened("lessons", guess="50", seed="0", pattern="even")
    # The paper's answer is not read before the bet by accident.
    assert not widget(at.expander, say("gan.honest.title")).proto.expanded
    assert widget(at.button, say("gan.try")).disabled
    widget(at.button, say("gan.paper")).click()
    again(at)
    widget(at.button_group, say("gan.bet")).set_value("smaller")
    again(at)
    widget(at.button, say("gan.try")).click()
    again(at)
    active = [run for run in runs.list() if run.state in {"queued", "running"}]
    assert len(active) == 1
    config = runs.config(active[0].id)
    assert isinstance(config, FavouredGroupConfig)
    assert (config.order, config.clip_norm, len(config.seeds)) == ("alternate", 2.0, 6)
    assert asked(at, "setting") == to_text(config)


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_an_ended_run_keeps_its_seeds_and_can_go_on(runs: RunStore, state: str) -> None:
    run_id = finished(runs, PLAIN, gan_result(s0=0.7))
    ended = {"state": state, "message": "It ended early."}
    runs.set_status(run_id, runs.status(run_id).model_copy(update=ended))
    at = opened("lessons", guess="50", seed="0", pattern="even")
    assert say("lesson.go_on") in labels(at.button)
    assert say("gan.yours", guess="50 %", seed=0, white="70 %") in words(at)


def test_a_real_small_training_is_revealed_with_its_pictures(runs: RunStore) -> None:
    run_id = runs.create(FavouredGroupConfig(seeds=(0,), n_steps=40), "notebook")
    worker.run(runs.path(run_id))
    assert say("gan.closer.title") not in words(opened("lessons", guess="20", seed="0"))
    # The page offers one length only: let the short training pass for it.
    write_json(runs.path(run_id) / "config.json", PLAIN.model_dump(mode="json"))
    at = opened("lessons", guess="20", seed="0", pattern="black")
    result = read_result(runs.path(run_id))
    assert isinstance(result, FavouredGroupResult)
    white = percent(result.seeds[0].white)
    epochs = {point.step: f"{point.epoch:.0f}" for point in result.seeds[0].trace}
    assert say("gan.yours", guess="20 %", seed=0, white=white) in words(at)
    captions = {one for shown in at.get("image") for one in shown.captions}
    assert say("gan.closer.picture", step=40, epoch=epochs[40]) in captions
    widget(at.select_slider, say("gan.closer.step")).set_value(7)
    again(at)
    captions = {one for shown in at.get("image") for one in shown.captions}
    assert say("gan.closer.picture", step=7, epoch=epochs[7]) in captions


def test_from_the_lesson_a_class_can_watch_two_trainings_live(runs: RunStore) -> None:
    finished(runs, PLAIN, gan_result(s0=0.7, s1=0.3))
    at = opened("lessons", guess="50", seed="0", pattern="even")
    widget(at.button, say("gan.live")).click()
    again(at)
    assert at.title[0].value == say("train.title")
    assert asked(at, "project") == "pictures-digits"
    assert say("train.two") in labels(at.button)


# --- lesson 2 ----------------------------------------------------------------------------------


def test_second_lesson_asks_what_holds_and_trains(runs: RunStore) -> None:
    at = opened("lessons", lesson="fair-latent")
    assert say("latent.predict.title") in words(at)
    assert say("latent.reveal.title") not in words(at)
    assert len(at.toggle) == 2 * len(WIRINGS)
    at.toggle[0].set_value(True)
    widget(at.button, say("latent.lock")).click()
    again(at)
    assert asked(at, "wirings") == "ynnnnnnn"
    assert say("latent.wires.caption") in words(at)  # z, s, y and x, where they first stand
    (run,) = runs.list()
    assert run.task == "lesson-fair-latent"
    assert say("latent.honest.title") not in words(at)  # it gives the answers away


def test_one_seed_is_not_counted_as_several(runs: RunStore) -> None:
    result = latent_result()
    finished(runs, FairLatentConfig(), result.model_copy(update={"seeds": result.seeds[:1]}))
    text = words(opened("lessons", lesson="fair-latent", wirings="nnynnyyy", attacker="0.80"))
    assert say("latent.shown", bias="0.5", alpha="30", n=1) in text
    assert "1 seeds" not in text


def test_second_lesson_holds_predictions_against_what_was_measured(runs: RunStore) -> None:
    finished(runs, FairLatentConfig(), latent_result())
    at = opened("lessons", lesson="fair-latent", wirings="nnynnyyy", attacker="0.80")
    text = words(at)
    assert say("latent.score", right=8, n=8) in text
    assert say("latent.honest.title") in text
    assert say("latent.attacker.note", guess="0.8") in text
    table = at.dataframe[0].value
    held = table[say("latent.table.dp")].tolist()
    assert [cell.split()[-1] for cell in held] == ["fails", "fails", "holds", "fails", "holds"]
    unaware = table[say("latent.table.ftu")].tolist()
    assert [cell.split()[-1] for cell in unaware] == ["fails", "fails", "fails", "holds", "holds"]
    wrong = opened("lessons", lesson="fair-latent", wirings="yyyyyyyy")
    assert say("latent.score", right=4, n=8) in words(wrong)


# --- the other pages ---------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["data", "train", "inspect", "compare"])
def test_other_pages_bear_a_lessons_run(runs: RunStore, view: str) -> None:
    run_id = finished(runs, PLAIN, gan_result(s0=0.7))
    at = opened(view, run=run_id)
    assert not at.error
    assert "favoured group" not in words(at)
    if view == "inspect":
        assert say("inspect.is_lesson") in words(at)
