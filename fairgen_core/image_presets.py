"""What instant, standard, thorough and paper fill in for a GAN on pictures. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from fairgen_core.image_config import GanConfig, ImagePreset, ImageTrainConfig


@dataclass(frozen=True)
class GanPreset:
    """One preset's networks and schedule."""

    size: int
    """Height and width in pixels, where the person chose none."""
    max_images: int | None
    """Pictures to train on; None: all."""
    gan: GanConfig


GAN_PRESETS: dict[ImagePreset, GanPreset] = {
    # RESULTS of the prototypes: digits 8x8, 6 s a run on one core.
    "instant": GanPreset(
        size=8,
        max_images=20_000,
        gan=GanConfig(
            network="dense",
            width=128,
            noise_dims=32,
            n_steps=2000,
            batch_size=64,
            learning_rate=5e-4,
            r1_weight=0.0,
            ema_decay=0.0,
        ),
    ),
    # MNIST 16x16, 17 s a run on one core.
    "standard": GanPreset(
        size=16,
        max_images=20_000,
        gan=GanConfig(
            network="dense",
            width=256,
            noise_dims=64,
            n_steps=3000,
            batch_size=64,
            learning_rate=5e-4,
            r1_weight=0.0,
            ema_decay=0.0,
        ),
    ),
    # Better pictures; the bias mostly vanishes here.
    "thorough": GanPreset(
        size=16,
        max_images=None,
        gan=GanConfig(
            network="dense",
            width=512,
            noise_dims=64,
            n_steps=6000,
            batch_size=64,
            learning_rate=5e-4,
            r1_weight=0.2,
            ema_decay=0.99,
        ),
    ),
    # RepFair-GAN, section 4.1; it needs a GPU.
    "paper": GanPreset(
        size=28,
        max_images=None,
        gan=GanConfig(
            network="conv",
            width=128,
            noise_dims=100,
            n_epochs=200,
            batch_size=128,
            learning_rate=2e-4,
            r1_weight=0.0,
            ema_decay=0.0,
        ),
    ),
}


def fill_gan(config: GanConfig, preset: ImagePreset, n_images: int) -> GanConfig:
    """`config` with every None filled in; its length in steps, whatever it was given in."""
    table = GAN_PRESETS[preset].gan
    chosen = {k: v for k, v in config.model_dump().items() if v is not None}
    merged = {**table.model_dump(), **chosen}
    if config.n_steps is None and merged["n_epochs"] is not None:
        merged["n_steps"] = max(1, merged["n_epochs"] * n_images // merged["batch_size"])
    merged["n_epochs"] = None
    return GanConfig(**merged)


def fill_image_config(config: ImageTrainConfig) -> ImageTrainConfig:
    """`config` with the size and the number of pictures that its preset says, where None."""
    table = GAN_PRESETS[config.preset]
    data = config.data.model_copy(
        update={
            "size": config.data.size or table.size,
            "max_images": config.data.max_images or table.max_images,
        }
    )
    return config.model_copy(update={"data": data})
