"""RepFair-GAN: its step against a slow reference, its rivals, its seeds and its checkpoints."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch

from fairgen_core.errors import StoppedError
from fairgen_core.fairness.clipping import GroupBatches
from fairgen_core.image_presets import GanKnobs
from fairgen_core.nn.image_nets import make_pair, n_halvings
from fairgen_core.synthesizers.images.pixels import Pictures, to_float
from fairgen_core.synthesizers.images.repfair_gan import OBJECTIVES, RepFairGAN
from fairgen_core.training import SilentObserver, torch_generator

SMALL = GanKnobs("dense", width=16, noise_dims=4, n_steps=6, batch_size=8, learning_rate=1e-2)


def pictures(n: int = 48, n_groups: int = 2, size: int = 8, with_classes: bool = False) -> Pictures:
    rng = torch_generator(5, torch.device("cpu"))
    groups = torch.arange(n) % n_groups
    pixels = torch.randint(0, 100, (n, 1, size, size), generator=rng, dtype=torch.uint8)
    pixels += (groups * 60).to(torch.uint8)[:, None, None, None]
    return Pictures(pixels, groups, groups.flip(0) if with_classes else None)


def drawn(model: RepFairGAN, n: int = 40, seed: int = 3) -> torch.Tensor:
    return torch.cat([piece for piece, _, _ in model.iter_sample(n, seed)])


def slow_training(knobs: GanKnobs, data: Pictures, seed: int) -> torch.nn.Module:
    """Algorithm 1 line by line: one picture's gradient at a time, clipped by hand, plain Adam."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        generator, discriminator = make_pair(
            "dense", 8, 1, width=knobs.width, noise_dims=knobs.noise_dims
        )
    real_loss, fake_loss, generator_loss = OBJECTIVES[knobs.objective]
    weights = list(discriminator.parameters())
    of_d = torch.optim.Adam(weights, knobs.learning_rate, betas=(0.5, 0.999))
    of_g = torch.optim.Adam(generator.parameters(), knobs.learning_rate, betas=(0.5, 0.999))
    batches = GroupBatches(data.groups, knobs.batch_size, "alternate", seed)
    rng = torch_generator(seed + 2, torch.device("cpu"))
    shape = (knobs.batch_size, knobs.noise_dims)
    for step in range(knobs.n_steps):
        (batch,) = batches.at(step)  # line 1: one group, in turns
        assert set(data.groups[batch.rows].tolist()) == {step % 2}
        gradient = [torch.zeros_like(w) for w in weights]
        for row in batch.rows:  # line 2
            loss = real_loss(discriminator(to_float(data.pixels[row : row + 1])), None)
            for total, part in zip(gradient, torch.autograd.grad(loss, weights), strict=True):
                total += part / len(batch.rows)
        norm = sum(float(g.square().sum()) for g in gradient) ** 0.5
        assert knobs.clip_norm is not None
        factor = min(1.0, knobs.clip_norm / norm)  # line 3
        for weight, g in zip(weights, gradient, strict=True):
            weight.grad = g * factor
        of_d.step()  # line 4
        fakes = generator(torch.randn(shape, generator=rng)).detach()
        of_d.zero_grad()
        fake_loss(discriminator(fakes)).backward()
        of_d.step()  # line 5
        of_g.zero_grad()
        generator_loss(discriminator(generator(torch.randn(shape, generator=rng)))).backward()
        of_g.step()  # line 6
    return generator


@pytest.mark.parametrize("objective", ["classic", "lsgan"])
@pytest.mark.parametrize("clip_norm", [0.05, 1e6])
def test_training_is_algorithm_1(objective: Any, clip_norm: float) -> None:
    knobs = replace(SMALL, objective=objective, grouping="alternate", clip_norm=clip_norm)
    data = pictures()
    model = RepFairGAN(knobs, seed=7).fit(data, SilentObserver())
    reference = slow_training(knobs, data, seed=7)
    # By what they make of the same noise: biases before batch norm do nothing, and drift freely.
    noise = torch.randn(32, knobs.noise_dims, generator=torch_generator(0, torch.device("cpu")))
    ours, theirs = model.generator.train()(noise), reference.train()(noise)
    untrained, _ = make_pair("dense", 8, 1, width=knobs.width, noise_dims=knobs.noise_dims)
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)
    assert (untrained.train()(noise) - ours).abs().max() > 0.1


def test_the_clip_changes_what_is_learned() -> None:
    data = pictures()
    loose, tight = (
        drawn(
            RepFairGAN(replace(SMALL, grouping="alternate", clip_norm=c), 7).fit(
                data, SilentObserver()
            )
        )
        for c in (None, 0.01)
    )
    assert (loose != tight).any()


def test_the_same_seed_gives_the_same_pictures_and_another_does_not() -> None:
    data = pictures()
    first, again, other = (
        drawn(RepFairGAN(SMALL, seed).fit(data, SilentObserver())) for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("objective", ["classic", "lsgan", "wgan-gp"])
@pytest.mark.parametrize(
    "grouping", ["mixed", "alternate", "random", "per-group", "reweight", "condition"]
)
@pytest.mark.parametrize("n_groups", [2, 3])
def test_every_objective_and_grouping_trains(objective: Any, grouping: Any, n_groups: int) -> None:
    knobs = replace(
        SMALL, objective=objective, grouping=grouping, clip_norm=1.0, r1_weight=0.1, ema_decay=0.5
    )
    seen: list[Mapping[str, float]] = []

    def look(step: int, measured: Mapping[str, float]) -> Mapping[str, float]:
        seen.append(measured)
        return {}

    data = pictures(n_groups=n_groups, with_classes=True)
    model = RepFairGAN(knobs, 1).fit(data, SilentObserver(), look, look_every=3)
    assert len(seen) == 2
    # Every group's norm is there to be shown, however the batches are made (3 steps may miss one).
    known = {name for measured in seen for name in measured}
    if grouping != "random":
        assert {f"grad_norm:{a}" for a in range(n_groups)} <= known
    assert all(0 <= measured["clipped_share"] <= 1 for measured in seen)
    assert drawn(model).shape == (40, 1, 8, 8)


def test_conditioning_draws_groups_evenly_and_classes_as_they_are() -> None:
    data = pictures(n=60, n_groups=3)
    data = Pictures(data.pixels, data.groups, (torch.arange(60) < 15).long())
    model = RepFairGAN(replace(SMALL, grouping="condition"), 1).fit(data, SilentObserver())
    _, classes, groups = next(iter(model.iter_sample(2000, 1)))
    assert classes is not None
    assert groups is not None
    counts = torch.bincount(groups)
    assert counts.max() - counts.min() <= 1
    assert abs(classes.float().mean() - 0.25) < 0.04


def test_a_gan_without_conditions_is_told_nothing() -> None:
    model = RepFairGAN(SMALL, 1).fit(pictures(), SilentObserver())
    assert model.conditions.n_values == ()
    _, classes, groups = next(iter(model.iter_sample(5, 1)))
    assert classes is None
    assert groups is None


def test_the_average_moves_slower_than_the_generator() -> None:
    data = pictures()
    start, _ = _pair(SMALL)
    fast = RepFairGAN(SMALL, 1).fit(data, SilentObserver()).generator
    slow = RepFairGAN(replace(SMALL, ema_decay=0.99), 1).fit(data, SilentObserver()).generator
    moved = {
        name: sum(
            float((p - q).detach().square().sum())
            for p, q in zip(net.parameters(), start.parameters(), strict=True)
        )
        for name, net in (("fast", fast), ("slow", slow))
    }
    assert 0 < moved["slow"] < moved["fast"]


def _pair(knobs: GanKnobs) -> tuple[torch.nn.Module, torch.nn.Module]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return make_pair("dense", 8, 1, width=knobs.width, noise_dims=knobs.noise_dims)


class StopsAt(SilentObserver):
    """Asks for a stop once a share is done, and keeps the last checkpoint."""

    def __init__(self, share: float) -> None:
        self.share, self.done = share, 0.0
        self.kept: dict[str, Any] | None = None

    def on_progress(self, stage: str, fraction: float, *_: object, **__: object) -> None:
        self.done = fraction

    def should_stop(self) -> bool:
        return self.done >= self.share

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        self.kept = copy.deepcopy(dict(state))


@pytest.mark.parametrize("grouping", ["alternate", "mixed", "condition"])
def test_a_stopped_training_ends_as_one_without_a_stop(grouping: Any) -> None:
    knobs = replace(SMALL, grouping=grouping, n_steps=12, ema_decay=0.9, clip_norm=0.5)
    data = pictures(with_classes=True)
    looks: list[tuple[int, dict[str, float]]] = []

    def look(step: int, measured: Mapping[str, float]) -> Mapping[str, float]:
        looks.append((step, dict(measured)))
        return {}

    whole = RepFairGAN(knobs, 4).fit(data, SilentObserver(), look, 4)
    expected, looks[:] = list(looks), []
    stops = StopsAt(0.3)
    with pytest.raises(StoppedError):
        RepFairGAN(knobs, 4).fit(data, stops, look, 4)
    assert stops.kept is not None
    resumed = RepFairGAN(knobs, 4).fit(data, SilentObserver(), look, 4, resume_from=stops.kept)
    assert (drawn(resumed) == drawn(whole)).all()
    assert looks == expected


def test_a_saved_generator_draws_the_same_pictures() -> None:
    knobs = replace(SMALL, grouping="condition", ema_decay=0.9)
    model = RepFairGAN(knobs, 1).fit(pictures(with_classes=True), SilentObserver())
    loaded = RepFairGAN(knobs, 1).load_state_dict(model.state_dict(), 8, 1, 2)
    assert (drawn(loaded) == drawn(model)).all()


def test_a_saved_generator_lies_where_its_numbers_do() -> None:
    model = RepFairGAN(SMALL, 1).fit(pictures(), SilentObserver())
    elsewhere = {name: value.to("meta") for name, value in model.state_dict().items()}
    loaded = RepFairGAN(SMALL, 1).load_state_dict(elsewhere, 8, 1, 2)
    assert {p.device.type for p in loaded.generator.parameters()} == {"meta"}


def test_a_checkpoint_of_a_gpu_can_be_gone_on_with_without_one() -> None:
    stops = StopsAt(0.3)
    with pytest.raises(StoppedError):
        RepFairGAN(SMALL, 4).fit(pictures(), stops)
    assert stops.kept is not None
    kept = {**stops.kept, "rng": torch.zeros(16, dtype=torch.uint8)}  # what a GPU's generator keeps
    resumed = RepFairGAN(SMALL, 4).fit(pictures(), SilentObserver(), resume_from=kept)
    assert len(drawn(resumed)) > 0


@pytest.mark.parametrize(
    ("size", "halvings"), [(8, 1), (16, 2), (28, 2), (32, 3), (64, 4), (128, 5)]
)
def test_the_paper_s_networks_are_scaled_by_one_rule(size: int, halvings: int) -> None:
    assert n_halvings(size) == halvings


@pytest.mark.parametrize("size", [8, 11, 28, 33])
@pytest.mark.parametrize("channels", [1, 3])
def test_convolutional_networks_take_every_size(size: int, channels: int) -> None:
    generator, discriminator = make_pair(
        "conv", size, channels, width=8, noise_dims=5, n_values=(10, 2)
    )
    told = torch.tensor([[3, 1], [9, 0]])
    made = generator(torch.randn(2, 5), told)
    assert made.shape == (2, channels, size, size)
    assert made.abs().max() <= 1
    assert discriminator(made, told).shape == (2,)


def test_the_paper_s_networks_have_its_layers() -> None:
    generator, discriminator = make_pair("conv", 28, 1, width=128, noise_dims=100)
    convolutions = [m for m in discriminator.modules() if isinstance(m, torch.nn.Conv2d)]
    assert [c.stride for c in convolutions] == [(2, 2), (2, 2)]
    upward = [m for m in generator.modules() if isinstance(m, torch.nn.ConvTranspose2d)]
    assert [c.stride for c in upward] == [(2, 2), (2, 2)]
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in discriminator.modules())
