"""Compiled networks: the same figures, and the network itself where it cannot be compiled."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch

from fairgen_core.image_config import NetworkName
from fairgen_core.image_presets import FldgmKnobs, GanKnobs
from fairgen_core.nn import compiling
from fairgen_core.nn.conv_vae import ConvVAE
from fairgen_core.nn.image_nets import make_pair
from fairgen_core.synthesizers.images import fldgm_images, repfair_gan
from fairgen_core.synthesizers.images.fldgm_images import FLDGMImages
from fairgen_core.synthesizers.images.pixels import Pictures
from fairgen_core.synthesizers.images.repfair_gan import RepFairGAN
from fairgen_core.training import SilentObserver


def generator() -> torch.nn.Module:
    torch.manual_seed(0)
    return make_pair("conv", 16, 1, width=8, noise_dims=4, n_values=())[0]


def pictures() -> Pictures:
    rng = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (64, 1, 16, 16), generator=rng).to(torch.uint8)
    return Pictures(pixels, torch.arange(64) % 2, None)


def trained(network: NetworkName = "conv", **more: Any) -> tuple[RepFairGAN, torch.Tensor]:
    knobs = GanKnobs(network, 8, 4, 4, 8, 1e-3, grouping="alternate", clip_norm=0.5, **more)
    gan = RepFairGAN(knobs, seed=0).fit(pictures(), SilentObserver())
    return gan, next(gan.iter_sample(20, 0))[0]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks are traced and differentiated as for a compiler, which is the slow part, but run
    by torch itself.
    """
    monkeypatch.setattr(torch, "compile", functools.partial(torch.compile, backend="aot_eager"))


def test_only_long_trainings_on_a_gpu_are_compiled() -> None:
    gpu, cpu = torch.device("cuda"), torch.device("cpu")
    assert compiling.is_worth_compiling(gpu, 90_000)
    assert not compiling.is_worth_compiling(cpu, 90_000)
    assert not compiling.is_worth_compiling(gpu, 500)


def test_what_cannot_be_compiled_is_the_network_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: compiling.Forward) -> compiling.Forward:
        raise RuntimeError("no compiler")

    monkeypatch.setattr(torch, "compile", fails)
    net = generator()
    assert compiling.compiled(net, net, torch.zeros(8, 4), None) is net


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_the_trial_leaves_the_network_and_the_random_numbers_as_they_were() -> None:
    net = generator()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    random = torch.get_rng_state()
    fast = compiling.compiled(net, net, torch.randn(8, 4, generator=torch.Generator()), None)
    assert fast is not net
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(p.grad is None or not p.grad.any() for p in net.parameters())
    assert torch.equal(torch.get_rng_state(), random)
    noise = torch.randn(8, 4)
    assert torch.allclose(fast(noise, None), net(noise), atol=1e-4)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "more", [{}, {"r1_weight": 0.1}, {"objective": "wgan-gp"}, {"network": "dense"}]
)
def test_a_compiled_training_gives_the_same_pictures(
    more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, plain = trained(**more)
    monkeypatch.setattr(repfair_gan, "is_worth_compiling", lambda *_: True)
    gan, made = trained(**more)
    assert gan._scored is not gan.discriminator
    assert (made.int() - plain.int()).abs().max() <= 2


@pytest.mark.slow
@pytest.mark.parametrize("size", [16, 28, 64])
def test_the_compiler_follows_a_network_from_end_to_end(size: int) -> None:
    """Otherwise it would compile pieces, and some anew at each step."""
    torch.manual_seed(0)
    vae, groups = ConvVAE(size, 3, 2, 4, width=8), torch.arange(8) % 2
    gan = make_pair("conv", size, 3, width=8, noise_dims=4, n_values=(2,))
    seen, noise = torch.zeros(8, 3, size, size), torch.zeros(8, 4)
    vae.encode(seen, groups)  # as `compiled` does first
    for forward, given in (
        (vae.encode, (seen, groups)),
        (vae.decode, (noise, groups)),
        (gan[0], (noise, groups[:, None])),
        (gan[1], (seen, groups[:, None])),
    ):
        torch._dynamo.reset()
        torch.compile(forward, fullgraph=True, backend="eager")(*given)  # raises where it cannot


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_compiled_compression_gives_the_same_latent(monkeypatch: pytest.MonkeyPatch) -> None:
    knobs = FldgmKnobs(4, 8, 4, 8, 1e-3, kl_weight=0.5, alpha=1.0, generator_preset="quick")
    data = pictures()

    def compressed() -> tuple[FLDGMImages, torch.Tensor]:
        model = FLDGMImages("mixture", knobs, seed=0).fit(data, SilentObserver())
        return model, model.encode(data.pixels, data.groups)

    _, plain = compressed()
    monkeypatch.setattr(fldgm_images, "is_worth_compiling", lambda *_: True)
    model, latent = compressed()
    assert model._encoded != model.vae_.encode
    assert model._decoded != model.vae_.decode
    assert torch.allclose(latent, plain, atol=1e-3)
