"""Half precision in training, patches of large pictures, and operations as the estimate counts."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from fairgen_core.nn import precision
from fairgen_core.nn.conv_vae import ConvVAE
from fairgen_core.nn.image_nets import ConvGenerator
from fairgen_core.nn.picture_classifier import PictureClassifier
from fairgen_core.runs import image_estimate, machine

CPU = torch.device("cpu")


def test_half_precision_is_for_training_on_larger_pictures_where_it_is_fast() -> None:
    there = machine.has_half_precision()
    assert precision.half_precision(CPU, 64, training=True)._enabled == there
    assert not precision.half_precision(CPU, 16, training=True)._enabled
    assert not precision.half_precision(CPU, 64, training=False)._enabled


def test_training_in_half_precision_sees_almost_the_same_and_gives_32_bits() -> None:
    torch.manual_seed(0)
    vae, pictures = ConvVAE(32, 3, 2, 5, width=8), torch.rand(6, 3, 32, 32) * 2 - 1
    groups = torch.tensor([0, 1, 0, 1, 0, 1])
    seen = []
    for training in (True, False):
        mean, log_variance = vae.train(training).encode(pictures, groups)
        seen.append(torch.cat([mean, log_variance, vae.decode(mean, groups).flatten(1)], dim=1))
    assert seen[0].dtype == seen[1].dtype == torch.float32
    assert (seen[0] - seen[1]).abs().max() < 0.03


@pytest.mark.parametrize("size", [8, 9, 47, 48, 50, 64])
@pytest.mark.parametrize("n_channels", [1, 3])
def test_pictures_of_any_size_go_in_and_out(size: int, n_channels: int) -> None:
    vae = ConvVAE(size, n_channels, 2, 5, width=4)
    pictures, groups = torch.rand(3, n_channels, size, size), torch.tensor([0, 1, 0])
    mean, _ = vae.encode(pictures, groups)
    assert mean.shape == (3, 5)
    logits = vae.decode(mean, groups)
    assert logits.shape == pictures.shape
    logits[:, :, -1, -1].sum().backward()  # the last pixel depends on the input
    weight = vae.down[0].weight
    assert isinstance(weight, torch.Tensor)
    assert weight.grad is not None
    assert weight.grad.abs().sum() > 0


@pytest.mark.parametrize(("size", "n_channels"), [(16, 3), (28, 1), (64, 3)])
def test_the_estimate_counts_the_operations_that_are_done(size: int, n_channels: int) -> None:
    pictures = torch.zeros(1, n_channels, size, size)
    group, noise = torch.tensor([0]), torch.zeros(1, 100)
    vae = ConvVAE(size, n_channels, 2, 8, width=32).eval()
    judge = PictureClassifier(size, n_channels, 10).eval()
    generator = ConvGenerator(size, n_channels, width=32).eval()

    def counted(compute: object) -> int:
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            assert callable(compute)
            compute()
        return counter.get_total_flops()

    autoencoder = counted(lambda: vae.decode(vae.encode(pictures, group)[0], group))
    expected = image_estimate.autoencoder_flops(size, n_channels, 32)
    assert expected == pytest.approx(autoencoder, rel=0.25)
    judging = counted(lambda: judge(pictures))
    assert image_estimate.classifier_flops(size, n_channels) == pytest.approx(judging, rel=0.1)
    drawn = counted(lambda: generator(noise))
    expected = image_estimate.generator_flops(size, n_channels, 32)
    assert expected == pytest.approx(drawn, rel=0.1)
