"""What is computed over seeds: hand-made numbers."""

from __future__ import annotations

import math

import pytest
from pydantic import ValidationError

from fairgen_core.image_results import NormPoint, TracePoint
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig
from fairgen_core.lesson_results import GanSeed, even_gap, over_seeds, paired_difference
from fairgen_core.run_config import parse_run_config
from fairgen_core.runs.lessons import seed_stage, stage_seconds
from fairgen_core.stability import SHARES


def test_mean_over_seeds_has_students_interval() -> None:
    figure = over_seeds([1.0, 2.0, 3.0])
    # t(2 degrees, 97.5 %) = 4.302653, s = 1, n = 3
    half = 4.302653 / math.sqrt(3)
    assert figure.value == pytest.approx(2.0)
    assert figure.low == pytest.approx(2 - half, abs=1e-5)
    assert figure.high == pytest.approx(2 + half, abs=1e-5)
    assert figure.n == 3


def test_an_interval_of_shares_stays_among_shares_and_says_so() -> None:
    figure = over_seeds([0.05, 0.2], SHARES)
    assert figure.low == 0
    assert "cut" in figure.reason
    assert over_seeds([0.5, 0.5, 0.51], SHARES).reason == ""
    change = paired_difference({1: 0.9, 2: 0.8}, {1: 0.1, 2: 0.3})
    assert change.low == -1


def test_one_seed_has_no_interval_and_none_no_value() -> None:
    one = over_seeds([0.2])
    assert (one.value, one.low, one.high, one.n) == (0.2, None, None, 1)
    assert one.reason
    none = over_seeds([])
    assert none.value is None
    assert none.reason


def test_difference_is_taken_seed_by_seed() -> None:
    figure = paired_difference({1: 0.5, 2: 0.3, 9: 7.0}, {1: 0.2, 2: 0.2, 5: 7.0})
    assert figure.value == pytest.approx(-0.2)
    assert figure.n == 2
    assert paired_difference({1: 0.5}, {2: 0.5}).value is None


def test_even_gap_is_that_of_fair_coins() -> None:
    assert even_gap(1000) == pytest.approx(0.0252, abs=1e-4)


def gan_seed(whites: list[float]) -> GanSeed:
    trace = tuple(
        TracePoint(
            step=i + 1,
            epoch=float(i),
            shares=(1 - w, w),
            gap=abs(2 * w - 1),
            recognisable=w / 2,
        )
        for i, w in enumerate(whites)
    )
    norms = tuple(
        NormPoint(epoch=float(i), norms={}, clipped_share=w) for i, w in enumerate(whites)
    )
    return GanSeed(seed=0, trace=trace, norms=norms)


def test_a_seed_is_summed_up_over_the_last_third_of_its_looks() -> None:
    seed = gan_seed([1.0, 1.0, 1.0, 1.0, 0.8, 0.2])
    assert seed.white == pytest.approx(0.5)
    assert seed.gap == pytest.approx(0.6)  # the mean of the gaps, not the gap of the mean
    assert seed.recognisable == pytest.approx(0.25)
    assert seed.clipped == pytest.approx(5.0 / 6)
    assert gan_seed([0.7]).white == pytest.approx(0.7)


def test_settings_without_alternation_have_no_first_group() -> None:
    mixed = FavouredGroupConfig.model_validate({"order": "mixed", "first_group": 1})
    assert mixed.setting == FavouredGroupConfig().setting
    alternate = FavouredGroupConfig(order="alternate", first_group=1)
    assert alternate.first_group == 1
    assert alternate.setting != FavouredGroupConfig(order="alternate").setting


def test_a_setting_is_all_but_name_and_seeds() -> None:
    one = FairLatentConfig(seeds=(1, 2), name="a")
    assert one.setting == FairLatentConfig(seeds=(3,), name="b").setting
    assert one.setting != FairLatentConfig(bias=1.0).setting
    assert one.seed == 1


@pytest.mark.parametrize("seeds", [(), (1, 1), (-1,), (2**31,), tuple(range(51))])
def test_impossible_seeds_are_refused(seeds: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        FavouredGroupConfig(seeds=seeds)


@pytest.mark.parametrize("config", [FavouredGroupConfig(clip_norm=2.0), FairLatentConfig()])
def test_a_run_folder_gives_back_the_configuration(
    config: FavouredGroupConfig | FairLatentConfig,
) -> None:
    assert parse_run_config(config.model_dump_json()) == config


def test_every_seed_is_a_stage_that_takes_time() -> None:
    config = FavouredGroupConfig(seeds=(4, 7))
    stages = stage_seconds(config, config.seeds)
    assert list(stages) == ["read", seed_stage(4), seed_stage(7)]
    assert all(seconds > 0 for seconds in stages.values())
