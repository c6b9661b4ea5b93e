"""What quick, balanced and thorough fill in where a person chose nothing. Needs no torch.

Every number that a preset decides stands in the two tables below; `fill_compression` and
`fill_generator` put them into a configuration, and a knob that the person set stays as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fairgen_core.config import CompressionConfig, GeneratorConfig, GeneratorName, Preset


@dataclass(frozen=True)
class CompressionPreset:
    """The variational autoencoder and the label head of one preset."""

    latent_dims: int
    """Size of z. Below 8 detail is lost; above 12 the generator becomes the bottleneck."""
    width: int
    """Hidden units a layer: time grows with its square."""
    epochs: int
    """Passes over the training rows, before the two limits on steps below."""
    min_steps: int
    """Fewest gradient steps: small tables are passed over more often."""
    max_steps: int
    """Most gradient steps: beyond it, more rows bring variety but no more passes."""
    kl_weight: float
    """Weight of the KL term: .2 to .3 balances reconstruction with a latent easy to learn."""
    learning_rate: float
    """Peak of the one-cycle schedule of AdamW."""
    batch_size: int
    """Rows a step; tables of fewer than 30 batches use smaller ones."""
    alpha: float
    """Weight of the latent's dependence penalty (normalised V^2), where it is asked for."""
    label_iterations: int
    """Boosting iterations of the models of the label and of the group."""
    head_steps: int
    """Gradient steps of the fair blind head."""


COMPRESSION: dict[Preset, CompressionPreset] = {
    "quick": CompressionPreset(
        latent_dims=8,
        width=96,
        epochs=4,
        min_steps=400,
        max_steps=600,
        kl_weight=0.25,
        learning_rate=4e-3,
        batch_size=256,
        alpha=135.0,
        label_iterations=60,
        head_steps=200,
    ),
    "balanced": CompressionPreset(
        latent_dims=8,
        width=128,
        epochs=12,
        min_steps=1000,
        max_steps=12_000,
        kl_weight=0.25,
        learning_rate=3e-3,
        batch_size=256,
        alpha=135.0,
        label_iterations=100,
        head_steps=300,
    ),
    "thorough": CompressionPreset(
        latent_dims=12,
        width=256,
        epochs=40,
        min_steps=3000,
        max_steps=60_000,
        kl_weight=0.2,
        learning_rate=2e-3,
        batch_size=256,
        alpha=135.0,
        label_iterations=150,
        head_steps=600,
    ),
}


# Knobs that a generator does not have stay None.
GENERATOR: dict[GeneratorName, dict[Preset, GeneratorConfig]] = {
    "mixture": {
        "quick": GeneratorConfig(name="mixture", n_components=30, n_steps=20),
        "balanced": GeneratorConfig(name="mixture", n_components=60, n_steps=40),
        "thorough": GeneratorConfig(name="mixture", n_components=120, n_steps=80),
    },
    "lsgan": {
        "quick": GeneratorConfig(
            name="lsgan",
            n_steps=1500,
            width=64,
            batch_size=512,
            learning_rate=4e-3,
            n_critic_steps=1,
        ),
        "balanced": GeneratorConfig(
            name="lsgan",
            n_steps=4000,
            width=64,
            batch_size=512,
            learning_rate=4e-3,
            n_critic_steps=1,
        ),
        "thorough": GeneratorConfig(
            name="lsgan",
            n_steps=12000,
            width=128,
            batch_size=1024,
            learning_rate=3e-3,
            n_critic_steps=1,
        ),
    },
    "wgan-gp": {
        "quick": GeneratorConfig(
            name="wgan-gp",
            n_steps=400,
            width=64,
            batch_size=512,
            learning_rate=6e-3,
            n_critic_steps=2,
        ),
        "balanced": GeneratorConfig(
            name="wgan-gp",
            n_steps=1200,
            width=128,
            batch_size=512,
            learning_rate=6e-3,
            n_critic_steps=2,
        ),
        "thorough": GeneratorConfig(
            name="wgan-gp",
            n_steps=6000,
            width=128,
            batch_size=1024,
            learning_rate=4e-3,
            n_critic_steps=2,
        ),
    },
    "diffusion": {
        "quick": GeneratorConfig(
            name="diffusion",
            n_steps=500,
            width=128,
            batch_size=1024,
            learning_rate=8e-3,
            n_sampling_steps=10,
        ),
        "balanced": GeneratorConfig(
            name="diffusion",
            n_steps=2000,
            width=128,
            batch_size=1024,
            learning_rate=8e-3,
            n_sampling_steps=10,
        ),
        "thorough": GeneratorConfig(
            name="diffusion",
            n_steps=10000,
            width=256,
            batch_size=2048,
            learning_rate=4e-3,
            n_sampling_steps=25,
        ),
    },
}


def fill_compression(config: CompressionConfig, preset: Preset, n_rows: int) -> CompressionConfig:
    """`config` with every None filled in, for a table of `n_rows` training rows."""
    table = COMPRESSION[preset]
    batch_size = config.batch_size or max(32, min(table.batch_size, n_rows // 30))
    steps_an_epoch = max(1, math.ceil(n_rows / batch_size))
    steps = min(max(table.epochs * steps_an_epoch, table.min_steps), table.max_steps)
    return CompressionConfig(
        latent_dims=config.latent_dims or table.latent_dims,
        width=config.width or table.width,
        epochs=config.epochs or max(1, min(1000, round(steps / steps_an_epoch))),
        kl_weight=table.kl_weight if config.kl_weight is None else config.kl_weight,
        learning_rate=config.learning_rate or table.learning_rate,
        batch_size=batch_size,
    )


def most_training_rows(config: CompressionConfig, preset: Preset, n_rows: int) -> int:
    """Rows that the autoencoder is shown: fewer than `n_rows` where one pass is too long already.

    So a preset's time has an upper limit, unless the person chose the number of passes.
    """
    if config.epochs is not None:
        return n_rows
    batch_size = fill_compression(config, preset, n_rows).batch_size
    assert batch_size is not None  # filled in
    return min(n_rows, COMPRESSION[preset].max_steps * batch_size)


def fill_generator(config: GeneratorConfig, preset: Preset) -> GeneratorConfig:
    """`config` with the knobs that its generator has filled in where they are None."""
    filled = GENERATOR[config.name][preset].model_dump()
    chosen = {k: v for k, v in config.model_dump().items() if v is not None}
    return GeneratorConfig(**{**filled, **chosen})


def fill_alpha(alpha: float | None, preset: Preset) -> float:
    """The weight of the latent's penalty: the person's, or the preset's."""
    return COMPRESSION[preset].alpha if alpha is None else alpha
