"""FLDGM on pictures: compression, one z in every group's look, checkpoints, saving."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from fairgen_core.config import GeneratorName
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS
from fairgen_core.errors import StoppedError
from fairgen_core.image_presets import FldgmKnobs, fldgm_looks
from fairgen_core.nn.conv_vae import ConvVAE
from fairgen_core.synthesizers.images.fldgm_images import N_LOOKED_AT, FLDGMImages
from fairgen_core.synthesizers.images.pixels import LOOK_SEED, Pictures, channels_last
from fairgen_core.training import SilentObserver

KNOBS = FldgmKnobs(4, 8, 500, 64, 5e-3, 0.1, 50.0, "quick")
COLOUR = TEACHING_GROUPS["colour"]


@pytest.fixture(scope="module")
def coloured() -> Pictures:
    """Bright squares at one of nine places, in one of three colours that tells nothing of it."""
    rng = np.random.default_rng(0)
    places, groups = rng.integers(9, size=900), rng.integers(3, size=900)
    grey = np.zeros((900, 8, 8, 1), np.uint8)
    for picture, place in zip(grey, places, strict=True):
        row, column = divmod(int(place), 3)
        picture[2 * row : 2 * row + 4, 2 * column : 2 * column + 4] = 220
    pixels = torch.from_numpy(COLOUR.paint(grey, groups)).permute(0, 3, 1, 2).contiguous()
    return Pictures(pixels, torch.from_numpy(groups))


@pytest.fixture(scope="module")
def model(coloured: Pictures) -> FLDGMImages:
    return FLDGMImages("mixture", KNOBS, 3).fit(coloured, SilentObserver())


def drawn(model: FLDGMImages, n: int = 60, seed: int = 1) -> torch.Tensor:
    return torch.cat([piece for piece, _, _ in model.iter_sample(n, seed)])


def test_one_latent_is_one_content_in_every_colour(model: FLDGMImages) -> None:
    looks = model.same_in_every_group(50, seed=4)
    assert looks.shape == (50, 3, 3, 8, 8)
    told = COLOUR.read(channels_last(looks.flatten(0, 1))).reshape(50, 3)
    assert (told == np.arange(3)).mean() > 0.95
    # The content is the brightness pattern: the same in all colours, different between latents.
    pattern = looks.float().sum(dim=2).flatten(2)
    within = (pattern[:, 0] - pattern[:, 1]).abs().mean()
    between = (pattern[:-1, 0] - pattern[1:, 0]).abs().mean()
    assert within < 0.3 * between


def test_groups_are_as_frequent_as_in_training(model: FLDGMImages, coloured: Pictures) -> None:
    pieces = list(model.iter_sample(4500, seed=2))
    groups = torch.cat([g for _, _, g in pieces if g is not None])
    real = torch.bincount(coloured.groups) / len(coloured.groups)
    assert (torch.bincount(groups) / 4500 - real).abs().max() < 0.002
    told = COLOUR.read(channels_last(torch.cat([p for p, _, _ in pieces])))
    assert (told == groups.numpy()).mean() > 0.95


def test_the_latent_of_real_pictures_hides_the_colour(
    model: FLDGMImages, coloured: Pictures
) -> None:
    z = model.encode(coloured.pixels, coloured.groups)
    means = torch.stack([z[coloured.groups == a].mean(dim=0) for a in range(3)])
    assert (means - means.mean(dim=0)).abs().max() < 0.35 * z.std(dim=0).mean()


def test_the_same_seed_gives_the_same_pictures(coloured: Pictures) -> None:
    short = replace(KNOBS, n_steps=20)
    first, again, other = (
        drawn(FLDGMImages("mixture", short, seed).fit(coloured, SilentObserver()))
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize(
    "name", ["mixture", pytest.param("lsgan", marks=pytest.mark.slow),
             pytest.param("wgan-gp", marks=pytest.mark.slow),
             pytest.param("diffusion", marks=pytest.mark.slow)]
)  # fmt: skip
def test_a_saved_model_draws_the_same_pictures(coloured: Pictures, name: GeneratorName) -> None:
    short = replace(KNOBS, n_steps=20)
    model = FLDGMImages(name, short, 1).fit(coloured, SilentObserver())
    loaded = FLDGMImages(name, short, 1).load_state_dict(model.state_dict(), 8, 3, 3)
    assert (drawn(loaded) == drawn(model)).all()


def test_looks_from_fixed_noise_come_at_planned_moments_and_change_nothing(
    coloured: Pictures,
) -> None:
    short = replace(KNOBS, n_steps=40)
    seen: dict[int, torch.Tensor] = {}
    watched = FLDGMImages("mixture", short, 1)
    watched.fit(coloured, SilentObserver(), look=lambda number, shown: seen.update({number: shown}))
    plain = FLDGMImages("mixture", short, 1).fit(coloured, SilentObserver())
    assert (drawn(watched) == drawn(plain)).all()
    planned = fldgm_looks(40)
    assert list(planned)[:2] == [2, 4]
    assert list(planned)[-11:] == list(range(40, 51))
    assert list(planned.values()) == pytest.approx(
        [k / 20 for k in range(1, 21)] + [1 + k / 10 for k in range(1, 11)]
    )
    # Ten EM steps or more: the generator is looked at in each tenth.
    assert list(seen) == list(planned)
    assert {shown.shape for shown in seen.values()} == {(N_LOOKED_AT, 3, 3, 8, 8)}
    assert (seen[2] != seen[40]).any()
    assert (seen[41] != seen[50]).any()
    assert (seen[50] == watched.same_in_every_group(N_LOOKED_AT, LOOK_SEED)).all()


def test_few_steps_have_a_look_each() -> None:
    assert fldgm_looks(1) == {1: 1.0} | {1 + k: 1 + k / 10 for k in range(1, 11)}
    assert len(fldgm_looks(7)) == 7 + 10


class StopsIn(SilentObserver):
    """Asks for a stop in a stage once a share of it is done."""

    def __init__(self, stage: str) -> None:
        self.stage, self.stop = stage, False
        self.kept: dict[str, Any] = {}

    def on_progress(self, stage: str, fraction: float, *_: object, **__: object) -> None:
        self.stop = self.stop or stage == self.stage

    def should_stop(self) -> bool:
        return self.stop

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        self.kept = copy.deepcopy(dict(state))


@pytest.mark.parametrize("stage", ["compression", "generator"])
def test_a_stopped_training_ends_as_one_without_a_stop(
    coloured: Pictures, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairgen_core.synthesizers.images.fldgm_images.REPORT_SECONDS", 0.0)
    short = replace(KNOBS, n_steps=20)
    whole = FLDGMImages("mixture", short, 1).fit(coloured, SilentObserver())
    stops = StopsIn(stage)
    with pytest.raises(StoppedError):
        FLDGMImages("mixture", short, 1).fit(coloured, stops)
    assert ("vae" in stops.kept) == (stage == "generator")
    resumed = FLDGMImages("mixture", short, 1).fit(coloured, SilentObserver(), stops.kept)
    assert (drawn(resumed) == drawn(whole)).all()


@pytest.mark.parametrize("size", [8, 9, 16, 28, 64])
def test_the_autoencoder_takes_every_size(size: int) -> None:
    vae = ConvVAE(size, 3, 2, latent_dims=5, width=4)
    groups = torch.tensor([0, 1])
    mean, log_variance = vae.encode(torch.zeros(2, 3, size, size), groups)
    assert mean.shape == log_variance.shape == (2, 5)
    assert vae.decode(mean, groups).shape == (2, 3, size, size)
