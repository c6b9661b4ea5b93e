"""What every generator of latent vectors promises, over every entry of `GENERATORS`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors.torch import load, save

from fairgen_core.config import GeneratorConfig, GeneratorName
from fairgen_core.errors import StoppedError, TrainingDivergedError
from fairgen_core.generators import GENERATORS, adversarial, pace
from fairgen_core.generators.base import LatentGenerator
from fairgen_core.nn.mlp import seeded_init
from fairgen_core.training import SilentObserver, torch_generator

CPU = torch.device("cpu")
NAMES = tuple(GENERATORS)
LONGEST = {"wgan-gp", "diffusion"}
QUICK_FIRST = [pytest.param(n, marks=pytest.mark.slow) if n in LONGEST else n for n in NAMES]
"""Every generator, those that train longest not every day."""
NEURAL = tuple(name for name in NAMES if name != "mixture")


class Watcher(SilentObserver):
    """Keeps what it is told; asks for a stop when it is asked for the `stop_at`-th time."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.fractions: list[float] = []
        self.losses: list[dict[str, float]] = []
        self.stages: set[str] = set()
        self.checkpoint: bytes | None = None
        self._asked = 0
        self._stop_at = stop_at

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        self.stages.add(stage)
        self.fractions.append(fraction)
        self.losses.append(dict(losses or {}))

    def should_stop(self) -> bool:
        self._asked += 1
        return self._asked == self._stop_at

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        buffer = io.BytesIO()
        torch.save(state, buffer)
        self.checkpoint = buffer.getvalue()


def make(name: GeneratorName, n_steps: int = 60, **knobs: Any) -> LatentGenerator:
    """A small generator."""
    if name == "mixture":
        return GENERATORS[name](GeneratorConfig(name=name, n_components=3, n_steps=10), "quick")
    knobs = {"width": 32, "batch_size": 128, **knobs}
    return GENERATORS[name](GeneratorConfig(name=name, n_steps=n_steps, **knobs), "quick")


def clusters(n: int = 1200, d: int = 3, n_groups: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    """Groups with means and correlations of their own; each lies in two clusters along axis 0."""
    rng = torch_generator(0, CPU)
    groups = torch.arange(n) % n_groups
    z = 0.3 * torch.randn(n, d, generator=rng)
    z[:, 0] += torch.where(torch.rand(n, generator=rng) < 0.5, -1.5, 1.5)
    z[:, 1] += groups * 4 + (1 - 2 * (groups % 2)) * z[:, 0] * 0.5
    return z, groups


def draw(generator: LatentGenerator, groups: torch.Tensor, seed: int = 3) -> torch.Tensor:
    return generator.sample(groups, torch_generator(seed, CPU))


@pytest.fixture
def every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trainings look up after every step instead of every .2 s."""
    monkeypatch.setattr(pace, "LOOK_SECONDS", 0.0)


@pytest.mark.parametrize("name", QUICK_FIRST)
def test_same_seed_same_vectors(name: GeneratorName) -> None:
    z, groups = clusters(400)
    first, again, other = (
        make(name).fit(z, groups, seed=seed, observer=SilentObserver()) for seed in (7, 7, 8)
    )
    assert torch.equal(draw(first, groups), draw(again, groups))
    assert not torch.equal(draw(first, groups), draw(other, groups))
    assert not torch.equal(draw(first, groups, 3), draw(first, groups, 4))


class Looker(SilentObserver):
    """Draws from the generator at each tenth of its training."""

    def __init__(self, generator: LatentGenerator) -> None:
        self._generator = generator
        self.drawn: list[torch.Tensor] = []

    def on_progress(self, stage: str, fraction: float, *_: object, **__: object) -> None:
        if fraction * 10 >= len(self.drawn) + 1 - 1e-9:
            self.drawn.append(draw(self._generator, torch.zeros(50, dtype=torch.int64)))


@pytest.mark.parametrize("name", QUICK_FIRST)
def test_drawing_while_it_trains_changes_nothing(name: GeneratorName) -> None:
    z, groups = clusters(400, n_groups=1)
    watched = make(name)
    looker = Looker(watched)
    watched.fit(z, groups, seed=7, observer=looker)
    plain = make(name).fit(z, groups, seed=7, observer=SilentObserver())
    assert torch.equal(draw(watched, groups), draw(plain, groups))
    assert len(looker.drawn) == 10  # progress is told of at each tenth, however fast it is
    assert all(bool(one.isfinite().all()) for one in looker.drawn)
    assert not torch.equal(looker.drawn[0], looker.drawn[-2])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_global_seed_is_touched_or_used(name: GeneratorName) -> None:
    z, groups = clusters(200)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one = draw(make(name).fit(z, groups, seed=0, observer=SilentObserver()), groups)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert torch.equal(
        one, draw(make(name).fit(z, groups, seed=0, observer=SilentObserver()), groups)
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_resumed_training_ends_like_one_never_stopped(
    name: GeneratorName, every_step: None
) -> None:
    z, groups = clusters(400)
    whole = make(name).fit(z, groups, seed=1, observer=SilentObserver())
    watcher = Watcher(stop_at=15)
    with pytest.raises(StoppedError):
        make(name).fit(z, groups, seed=1, observer=watcher)
    assert watcher.checkpoint is not None
    state = torch.load(io.BytesIO(watcher.checkpoint), weights_only=True)
    resumed = make(name).fit(z, groups, seed=1, observer=SilentObserver(), resume_from=state)
    for key, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[key]), key


@pytest.mark.parametrize("name", NEURAL)
def test_a_checkpoint_of_a_gpu_can_be_gone_on_with_without_one(
    name: GeneratorName, every_step: None
) -> None:
    z, groups = clusters(400)
    watcher = Watcher(stop_at=15)
    with pytest.raises(StoppedError):
        make(name).fit(z, groups, seed=1, observer=watcher)
    assert watcher.checkpoint is not None
    drawn = []
    for _ in range(2):
        state = torch.load(io.BytesIO(watcher.checkpoint), weights_only=True)
        state["rng"] = torch.zeros(16, dtype=torch.uint8)  # what a GPU's generator keeps
        resumed = make(name).fit(z, groups, seed=1, observer=SilentObserver(), resume_from=state)
        drawn.append(draw(resumed, groups))
    assert torch.equal(*drawn)


@pytest.mark.parametrize("name", NAMES)
def test_state_goes_through_a_file_of_tensors(name: GeneratorName) -> None:
    z, groups = clusters(300)
    fitted = make(name).fit(z, groups, seed=0, observer=SilentObserver())
    state = load(save({k: v.contiguous() for k, v in fitted.state_dict().items()}))
    loaded = GENERATORS[name](GeneratorConfig(name=name), "thorough").load_state_dict(state)
    assert torch.equal(draw(fitted, groups), draw(loaded, groups))


@pytest.mark.parametrize("name", NAMES)
def test_progress_rises_to_one_with_finite_losses(name: GeneratorName, every_step: None) -> None:
    z, groups = clusters(300)
    watcher = Watcher()
    make(name).fit(z, groups, seed=0, observer=watcher)
    assert watcher.stages == {"generator"}
    assert watcher.fractions == sorted(watcher.fractions)
    assert watcher.fractions[-1] == 1.0
    assert all(len(losses) > 0 for losses in watcher.losses)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("n", "d", "n_groups"), [(60, 2, 5), (60, 64, 5), (40, 8, 2), (9, 3, 3), (500, 12, 40)]
)
def test_small_wide_and_many_grouped_tables(
    name: GeneratorName, n: int, d: int, n_groups: int
) -> None:
    z, groups = clusters(n, d, n_groups)
    generator = make(name, n_steps=20).fit(z, groups, seed=0, observer=SilentObserver())
    wanted = torch.arange(n_groups).repeat_interleave(7)
    drawn = draw(generator, wanted)
    assert drawn.shape == (7 * n_groups, d)
    assert drawn.dtype == torch.float32
    assert bool(drawn.isfinite().all())
    assert draw(generator, wanted[:0]).shape == (0, d)


@pytest.mark.parametrize("name", NAMES)
def test_a_dimension_that_does_not_vary_stays_where_it_is(name: GeneratorName) -> None:
    z, groups = clusters(400)
    z[:, 2] = 5.0
    drawn = draw(make(name).fit(z, groups, seed=0, observer=SilentObserver()), groups)
    torch.testing.assert_close(drawn[:, 2], z[:, 2], atol=0.5, rtol=0)


@pytest.mark.parametrize("name", QUICK_FIRST)
def test_groups_keep_their_means_and_covariances(name: GeneratorName) -> None:
    z, groups = clusters(3000)
    generator = make(name, n_steps=200).fit(z, groups, seed=0, observer=SilentObserver())
    many = torch.arange(20_000) % 2
    drawn = draw(generator, many)
    for group in range(2):
        real, ours = z[groups == group], drawn[many == group]
        torch.testing.assert_close(ours.mean(dim=0), real.mean(dim=0), atol=0.12, rtol=0)
        torch.testing.assert_close(ours.T.cov(), real.T.cov(), atol=0.25, rtol=0)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_learns_that_there_are_two_clusters(name: GeneratorName) -> None:
    z, groups = clusters(6000)
    # The GANs stay near their normal start for longer.
    n_steps = {"lsgan": 1800, "wgan-gp": 1200}.get(name, 600)
    generator = make(name, n_steps, width=64, batch_size=256)
    generator.fit(z, groups, seed=0, observer=SilentObserver())
    between = (draw(generator, groups)[:, 0].abs() < 0.5).float().mean()
    # A normal distribution of the same variance has a quarter of its mass there; the rows none.
    assert float(between) < 0.06


@pytest.mark.parametrize("name", ["lsgan", "wgan-gp"])
@pytest.mark.parametrize("clip_norm", [0.05, 2.0])
def test_clipping_tells_norms_by_group_and_the_share_clipped(
    name: GeneratorName, clip_norm: float, every_step: None
) -> None:
    z, groups = clusters(600, n_groups=3)
    watcher = Watcher()
    clipped = make(name, clip_norm=clip_norm).fit(z, groups, seed=0, observer=watcher)
    told = {key for losses in watcher.losses for key in losses}
    assert {"grad_norm:0", "grad_norm:1", "grad_norm:2", "clipped_share"} <= told
    shares = [losses["clipped_share"] for losses in watcher.losses]
    assert all(0 <= share <= 1 for share in shares)
    if clip_norm == 0.05:
        assert sum(shares) / len(shares) > 0.5
    assert bool(draw(clipped, groups).isfinite().all())


@pytest.mark.parametrize("n_critic_steps", [1, 2, 3])
def test_a_clipped_generator_learns_every_group(n_critic_steps: int) -> None:
    """Whatever the number of critic steps, which take turns with the groups as well."""
    z, groups = clusters(600, n_groups=3)
    with seeded_init(0):
        untrained = adversarial.VectorGenerator(3, 3, 32).of_group.weight
    clipped = make("wgan-gp", 30, clip_norm=2.0, n_critic_steps=n_critic_steps)
    clipped.fit(z, groups, seed=0, observer=SilentObserver())
    moved = clipped.network_.of_group.weight - untrained
    assert bool((moved.abs().amax(dim=1) > 1e-4).all())


@pytest.mark.parametrize("name", NEURAL)
def test_vectors_that_are_no_numbers_are_refused(name: GeneratorName) -> None:
    z, groups = clusters(200)
    z[3, 1] = float("nan")
    with pytest.raises(TrainingDivergedError, match="finite"):
        make(name).fit(z, groups, seed=0, observer=SilentObserver())


@pytest.mark.parametrize("name", NEURAL)
def test_a_training_that_blows_up_says_what_to_try(name: GeneratorName, every_step: None) -> None:
    z, groups = clusters(400)
    with pytest.raises(TrainingDivergedError, match="earning rate"):
        make(name, n_steps=150, learning_rate=1.0).fit(z, groups, seed=0, observer=SilentObserver())


@pytest.mark.slow
def test_a_clipped_critic_stays_in_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    """A critic whose real part alone is clipped drives its generator away, step by step."""
    z, groups = clusters()
    balanced = make("wgan-gp", 200, clip_norm=0.05, batch_size=128)
    found = draw(balanced.fit(z, groups, seed=0, observer=SilentObserver()), groups)
    assert found.std(dim=0) == pytest.approx(z.std(dim=0), rel=0.2)
    one_sided = replace(adversarial.OBJECTIVES["wgan-gp"], balanced=False)
    monkeypatch.setitem(adversarial.OBJECTIVES, "wgan-gp", one_sided)
    with pytest.raises(TrainingDivergedError):
        make("wgan-gp", 200, clip_norm=0.05, batch_size=128).fit(
            z, groups, seed=0, observer=SilentObserver()
        )
