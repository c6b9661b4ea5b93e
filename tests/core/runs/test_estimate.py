from __future__ import annotations

from typing import Any

import pytest

from fairgen_core.config import (
    DataConfig,
    FairnessConfig,
    GeneratorConfig,
    RolesConfig,
    TrainConfig,
)
from fairgen_core.image_api import image_config
from fairgen_core.run_config import RunConfig
from fairgen_core.runs.estimate import estimate_seconds, stage_seconds
from fairgen_core.runs.image_estimate import estimate_image_seconds
from fairgen_core.runs.store import RunStore


def config(generator: str = "mixture", preset: str = "balanced", **changes: object) -> TrainConfig:
    return TrainConfig(
        data=DataConfig(source="hiring"),
        roles=RolesConfig(sensitive=("gender",), target="hired", positive="yes"),
        generator=GeneratorConfig(name=generator),
        preset=preset,
        **{"device": "cpu", **changes},
    )


def finished(store: RunStore, done: RunConfig, expected: float, taken: float) -> None:
    run_id = store.create(done)
    changes = {"state": "done", "expected_seconds": expected, "started": 0.0, "ended": taken}
    store.set_status(run_id, store.status(run_id).model_copy(update=changes))


@pytest.mark.parametrize("generator", ["mixture", "lsgan", "wgan-gp", "diffusion"])
def test_more_work_is_expected_to_take_longer(generator: str) -> None:
    presets = [
        estimate_seconds(config(generator, preset), 30_000, 15).seconds
        for preset in ("quick", "balanced", "thorough")
    ]
    assert presets == sorted(presets)
    sizes = [
        estimate_seconds(config(generator), n, 15).seconds for n in (100, 10_000, 100_000, 10**6)
    ]
    assert sizes == sorted(sizes)
    widths = [estimate_seconds(config(generator), 10_000, n).seconds for n in (2, 20, 100)]
    assert widths == sorted(widths)


def test_only_what_is_asked_for_is_expected() -> None:
    assert "evaluate" not in stage_seconds(config(evaluate=False), 1000, 10)
    free = config(fairness=FairnessConfig(target="none"))
    assert stage_seconds(free, 1000, 10)["labels"] < stage_seconds(config(), 1000, 10)["labels"]
    latent = config(fairness=FairnessConfig(enforce="latent", target="dp"))
    assert (
        stage_seconds(latent, 1000, 10)["compression"]
        > stage_seconds(config(), 1000, 10)["compression"]
    )


def test_finished_runs_correct_the_whole() -> None:
    store = RunStore()
    before = estimate_seconds(config(), 10_000, 15, store)
    assert not before.calibrated
    for taken in (30.0, 10.0, 20.0):
        finished(store, config(), 10.0, taken)
    after = estimate_seconds(config(), 10_000, 15, store)
    assert after.calibrated
    assert after.seconds == pytest.approx(2 * before.seconds)
    assert before.low < before.seconds < before.high
    assert after.high / after.low < before.high / before.low


def test_pictures_are_expected_to_take_longer_the_more_is_asked() -> None:
    def seconds(**choices: Any) -> float:
        asked = image_config("mnist", groups="background", device="cpu", **choices)
        return estimate_image_seconds(asked, 60_000, 1, store).seconds

    store = RunStore()
    presets = [seconds(preset=p) for p in ("instant", "standard", "thorough", "paper")]
    assert presets == sorted(presets)
    assert seconds(preset="instant", size=32) > seconds(preset="instant")
    assert seconds(preset="instant", n_images=100_000) > seconds(preset="instant")
    plain = seconds(preset="instant")
    finished(store, config(), 10.0, 90.0)
    assert seconds(preset="instant") == plain, "tables say nothing about pictures"
    done = image_config("mnist", groups="background", preset="instant", device="cpu")
    finished(store, done, 10.0, 20.0)
    assert seconds(preset="instant") == 2 * plain


def test_like_runs_count_before_others() -> None:
    store = RunStore()
    plain = estimate_seconds(config("diffusion"), 10_000, 15, store).seconds
    finished(store, config("mixture"), 10.0, 50.0)
    assert estimate_seconds(config("diffusion"), 10_000, 15, store).seconds == 5 * plain
    finished(store, config("diffusion"), 10.0, 20.0)
    assert estimate_seconds(config("diffusion"), 10_000, 15, store).seconds == 2 * plain
