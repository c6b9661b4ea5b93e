from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgen_core.config import DataConfig, FairnessConfig, RolesConfig, TrainConfig
from fairgen_core.errors import ConfigError
from fairgen_core.image_config import ImageDataConfig, ImageTrainConfig
from fairgen_core.runs.names import RUN_ID
from fairgen_core.sweep_config import (
    Axis,
    SweepConfig,
    members,
    parse_sweep,
    parse_vary,
    seeds_from,
    with_more_seeds,
)

BASE = TrainConfig(
    data=DataConfig(source="hiring"),
    roles=RolesConfig(sensitive=("gender",), target="hired", positive="yes"),
)
PICTURES = ImageTrainConfig(data=ImageDataConfig(source="digits", groups="background"))


def sweep(*vary: str, seeds: tuple[int, ...] = (0,), base: object = BASE) -> SweepConfig:
    return SweepConfig(base=base, vary=tuple(map(parse_vary, vary)), seeds=seeds)


def test_a_range_has_both_ends() -> None:
    axis = parse_vary("strength=0:1:8")
    assert axis.name == "strength"
    assert axis.values == (0.0, 0.142857, 0.285714, 0.428571, 0.571429, 0.714286, 0.857143, 1.0)


def test_lists_hold_words_numbers_ranges_and_nothing() -> None:
    assert parse_vary("fairness=ftu, dp,both").values == ("ftu", "dp", "both")
    assert parse_vary("clip-norm=none,1,2:4:2") == Axis(
        name="clip_norm", values=(None, 1.0, 2.0, 4.0)
    )
    assert parse_vary("alpha=preset,10").values == (None, 10.0)


@pytest.mark.parametrize(
    "text", ["strength", "strength=", "=1", "strength=a", "strength=0:1:1", "strength=0:1",
             "strength=none", "strength=inf", "strength=0:1:9999999"]
)  # fmt: skip
def test_what_is_not_written_like_that_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_vary(text)


def test_members_are_every_combination_with_every_seed() -> None:
    found = members(sweep("fairness=ftu,dp,both", "strength=0:1:8", seeds=(0, 1)))
    assert len(found) == 3 * 8 * 2
    assert len({m.key for m in found}) == len(found)
    first = found[0]
    assert first.settings == {"fairness": "ftu", "strength": 0.0}
    assert isinstance(first.config, TrainConfig)
    assert (first.config.fairness.target, first.config.fairness.strength) == ("ftu", 0.0)
    assert [m.seed for m in found[:2]] == [0, 1]
    assert first.config.name == "ftu, strength 0, seed 0"


def test_choices_that_mean_nothing_make_no_members() -> None:
    found = members(
        sweep("fairness=none,both", "strength=0,0.5,1", "generator=mixture,lsgan", "clip_norm=1,2")
    )
    # none: no strength; mixture: no clip norm.  (1 + 3) x (1 + 2)
    assert len(found) == 12
    assert {tuple(m.settings) for m in found} == {
        ("fairness", "generator"),
        ("fairness", "generator", "clip_norm"),
        ("fairness", "strength", "generator"),
        ("fairness", "strength", "generator", "clip_norm"),
    }


def test_a_key_depends_on_settings_and_seed_but_on_no_name_and_no_neighbour() -> None:
    few = members(sweep("strength=0.5,1"))
    many = members(sweep("strength=1,0.25,0.5", "fairness=both,dp", seeds=(3, 0)))
    by_label = {(m.config.fairness, m.seed): m.key.rpartition("-")[2] for m in many}
    for member in few:
        assert by_label[member.config.fairness, 0] == member.key.rpartition("-")[2]
    named = members(SweepConfig(name="mine", base=BASE, vary=(parse_vary("strength=0.5,1"),)))
    assert [m.key for m in named] == [m.key for m in few]


def test_keys_make_names_of_run_folders() -> None:
    vary = (
        "fairness=both", "strength=0.333333", "generator=wgan-gp", "clip_norm=0.00001",
        "preset=thorough", "representation=uniform", "enforce=both-ways", "alpha=1234",
    )  # fmt: skip
    (member,) = members(sweep(*vary, seeds=(2**31 - 1,)))
    assert RUN_ID.fullmatch(f"20260101-000000-{member.key}")


def test_more_seeds_keep_the_members_that_are_there() -> None:
    config = sweep("strength=0,1", seeds=(4, 5))
    more = with_more_seeds(config, 4)
    assert more.seeds == (4, 5, 6, 7)
    before = {m.key for m in members(config)}
    assert before < {m.key for m in members(more)}
    with pytest.raises(ConfigError):
        with_more_seeds(config, 2)


@pytest.mark.parametrize(
    ("vary", "word"),
    [
        (("width=1,2",), "width"),
        (("strength=0,1", "strength=0.5"), "twice"),
        (("strength=0,2",), "strength"),
        (("fairness=fair",), "target"),
        (("strength=0:1:1500", "fairness=both,dp"), "at most"),
    ],
)
def test_impossible_sweeps_are_refused_with_the_choice_named(
    vary: tuple[str, ...], word: str
) -> None:
    raw = {"base": BASE.model_dump(mode="json"), "seeds": [0]}
    with pytest.raises(ConfigError, match=word):
        parse_sweep({**raw, "vary": [parse_vary(v).model_dump() for v in vary]})


@pytest.mark.parametrize(
    ("choices", "axis", "words"),
    [
        ({"generator": {"name": "mixture"}}, "clip_norm=1,2", "clip norm means nothing beside a"),
        ({"fairness": {"target": "none"}}, "strength=0,1", "strength means nothing where"),
        ({"fairness": {"enforce": "labels"}}, "alpha=1,10", "alpha means nothing without"),
    ],
)
def test_what_means_nothing_to_any_member_is_not_varied(
    choices: dict[str, object], axis: str, words: str
) -> None:
    base = {**BASE.model_dump(mode="json")}
    for section, chosen in choices.items():
        base[section] = {**base[section], **chosen}
    sweep = {"base": base, "vary": [parse_vary(axis).model_dump(mode="json")]}
    with pytest.raises(ConfigError, match=words) as told:
        parse_sweep(sweep)
    assert told.value.field == "vary"
    # Where it means something to one member, it may be varied.
    more = [*sweep["vary"], {"name": "generator", "values": ["mixture", "lsgan"]}]
    if axis.startswith("clip"):
        assert len(members(parse_sweep({**sweep, "vary": more}))) == 3


def test_a_fair_head_without_a_target_is_refused() -> None:
    base = BASE.model_copy(
        update={
            "roles": RolesConfig(sensitive=("gender",)),
            "fairness": FairnessConfig(target="none"),
        }
    )
    with pytest.raises(ConfigError, match="With both"):
        members(sweep("fairness=none,both", base=base))


def test_pictures_have_their_own_axes() -> None:
    found = members(
        sweep("synthesizer=gan,fldgm", "grouping=mixed,alternate", "clip_norm=none,2", "alpha=1,2",
              base=PICTURES)
    )  # fmt: skip
    assert len(found) == 2 * 2 + 2
    with pytest.raises(ValueError, match="strength"):
        sweep("strength=0,1", base=PICTURES)


def test_seeds_count_up() -> None:
    assert seeds_from(7, 3) == (7, 8, 9)
    with pytest.raises(ConfigError):
        seeds_from(0, 0)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(2, 40))
def test_a_range_is_evenly_spaced(first: float, last: float, n: int) -> None:
    values = parse_vary(f"strength={first!r}:{last!r}:{n}").values
    steps = [b - a for a, b in pairwise(values)]  # type: ignore[operator]
    # Values that agree in six digits are one value.
    assert len(values) == n or abs(last - first) < n * 1e-6
    assert len(values) < n or all(abs(s - (last - first) / (n - 1)) <= 2e-6 for s in steps)


def test_a_sweep_survives_its_json() -> None:
    for config in (
        sweep("strength=0:1:3", "enforce=labels,both-ways"),
        sweep("grouping=mixed,random", base=PICTURES),
    ):
        assert parse_sweep(config.model_dump_json()) == config
