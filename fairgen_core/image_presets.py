"""What instant, standard, thorough and paper fill in for a training on pictures. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from fairgen_core.config import Preset
from fairgen_core.image_config import (
    GanConfig,
    Grouping,
    ImagePreset,
    ImageTrainConfig,
    NetworkName,
    Objective,
)

N_LOOKS = 40
"""Looks at the generator during a training: the trace that the gap is averaged over."""
N_COMPRESSION_LOOKS, N_LATENT_LOOKS = 20, 10
"""Looks at pictures from fixed noise while FLDGM's two parts train, evenly over each."""
SMALL_SIDE = 16
"""Side in pixels up to which FLDGM's alpha is the preset's and its penalty is not smoothed."""
SMOOTHING = 1.0
"""Of the penalty on larger pictures, in units of the prior's variance."""
SMOOTHED_ALPHA = 4.0
"""Least alpha of a smoothed penalty beside the preset's: smoothing makes the figure smaller."""


@dataclass(frozen=True)
class GanKnobs:
    """A GAN's networks and schedule with nothing left open; see `image_config.GanConfig`."""

    network: NetworkName
    width: int
    noise_dims: int
    n_steps: int
    batch_size: int
    learning_rate: float
    r1_weight: float = 0.0
    ema_decay: float = 0.0
    objective: Objective = "classic"
    grouping: Grouping = "mixed"
    clip_norm: float | None = None
    first_group: int = 0


@dataclass(frozen=True)
class FldgmKnobs:
    """Sizes and schedule of FLDGM's compression of pictures.

    Attributes:
        alpha: weight of the latent's normalised V^2; 0 is no penalty.
        generator_preset: what fills in the generator of latent vectors.
        smoothing: `fairness.dependence.distance_covariance`'s.
    """

    latent_dims: int
    width: int
    n_steps: int
    batch_size: int
    learning_rate: float
    kl_weight: float
    alpha: float
    generator_preset: Preset
    smoothing: float = 0.0


@dataclass(frozen=True)
class ImagePresetTable:
    """One preset.

    Attributes:
        size: height and width in pixels, where the person chose none.
        max_images: pictures to train on; None: all.
        gan: of GAN and CGAN; `n_steps` is a number of epochs where `gan_in_epochs`.
        fldgm: of FLDGM.
    """

    size: int
    max_images: int | None
    gan: GanKnobs
    fldgm: FldgmKnobs
    gan_in_epochs: bool = False


IMAGE_PRESETS: dict[ImagePreset, ImagePresetTable] = {
    # A few seconds a run on one core at 8 pixels.
    "instant": ImagePresetTable(
        size=8,
        max_images=20_000,
        gan=GanKnobs("dense", 128, 32, 2000, 64, 5e-4),
        fldgm=FldgmKnobs(12, 16, 800, 128, 2e-3, 0.5, 20.0, "quick"),
    ),
    # Under a minute at 16 pixels. Without the average each last step is a lottery ticket: with it
    # and groups in turns the gap is smaller over seeds, and the pictures cover more real ones. A
    # little R1 does a little more of both.
    "standard": ImagePresetTable(
        size=16,
        max_images=20_000,
        gan=GanKnobs("dense", 256, 64, 3000, 64, 5e-4, r1_weight=0.01, ema_decay=0.99),
        fldgm=FldgmKnobs(16, 32, 3000, 128, 2e-3, 0.25, 20.0, "balanced"),
    ),
    # Better pictures. Even without the bias (groups "random") they are recognised more often, and
    # cover more of the real ones, than those of a wider network with more R1, whose gap is smaller.
    "thorough": ImagePresetTable(
        size=16,
        max_images=None,
        gan=GanKnobs("dense", 256, 64, 15_000, 64, 5e-4, r1_weight=0.02, ema_decay=0.999),
        fldgm=FldgmKnobs(32, 32, 8000, 128, 1e-3, 0.5, 20.0, "balanced"),
    ),
    # RepFair-GAN, section 4.1; it needs a GPU.
    "paper": ImagePresetTable(
        size=28,
        max_images=None,
        gan=GanKnobs("conv", 128, 100, 200, 128, 2e-4),
        fldgm=FldgmKnobs(64, 64, 40_000, 256, 1e-3, 0.5, 20.0, "thorough"),
        gan_in_epochs=True,
    ),
}


def fill_gan(config: GanConfig, preset: ImagePreset, n_images: int) -> GanKnobs:
    """Every None of `config` filled in; its length in steps, whatever it was given in."""
    table = IMAGE_PRESETS[preset]
    chosen = {k: v for k, v in config.model_dump(exclude={"n_epochs"}).items() if v is not None}
    knobs = {**vars(table.gan), **chosen}
    if knobs["objective"] == "wgan-gp" and config.r1_weight is None:
        knobs["r1_weight"] = 0.0  # it has a penalty of its own
    n_epochs = config.n_epochs
    if n_epochs is None and config.n_steps is None and table.gan_in_epochs:
        n_epochs = table.gan.n_steps
    if n_epochs is not None:
        knobs["n_steps"] = max(1, n_epochs * n_images // knobs["batch_size"])
    return GanKnobs(**knobs)


def fill_fldgm(config: ImageTrainConfig, n_images: int) -> FldgmKnobs:
    """The preset's knobs, alpha for the pictures' size, the person's alpha and number of epochs.

    Larger pictures have a reconstruction loss that is a sum over more pixels, so alpha grows with
    their number; and posteriors so narrow that the penalty must be smoothed to see the groups,
    which makes it smaller: below 32 pixels alpha is that of 32.
    """
    table = IMAGE_PRESETS[config.preset]
    knobs = vars(table.fldgm)
    size = config.data.size or table.size
    if size > SMALL_SIDE:
        alpha = table.fldgm.alpha * max(SMOOTHED_ALPHA, (size / SMALL_SIDE) ** 2)
        knobs = {**knobs, "alpha": alpha, "smoothing": SMOOTHING}
    if config.alpha is not None:
        knobs = {**knobs, "alpha": config.alpha}
    if config.gan.n_steps is not None:
        knobs = {**knobs, "n_steps": config.gan.n_steps}
    elif config.gan.n_epochs is not None:
        steps = max(1, config.gan.n_epochs * n_images // knobs["batch_size"])
        knobs = {**knobs, "n_steps": steps}
    return FldgmKnobs(**knobs)


def steps_a_look(n_steps: int) -> int:
    """Steps between two looks at the generator; the last step has a look too."""
    return max(1, n_steps // N_LOOKS)


def fldgm_looks(n_steps: int) -> dict[int, float]:
    """When FLDGM is looked at: by the look's number, the moment of the training.

    Looks at the compression are numbered by its steps, those at the generator go on from there.

    Args:
        n_steps: of the compression.

    Returns:
        Moments from 0 to 1 lie in the compression, from 1 to 2 in the generator.
    """
    every = range(1, N_COMPRESSION_LOOKS + 1)
    steps = {max(1, round(n_steps * k / N_COMPRESSION_LOOKS)): k for k in every}
    compression = {step: k / N_COMPRESSION_LOOKS for step, k in steps.items()}
    latent = {n_steps + k: 1 + k / N_LATENT_LOOKS for k in range(1, N_LATENT_LOOKS + 1)}
    return compression | latent


def fill_image_config(config: ImageTrainConfig) -> ImageTrainConfig:
    """`config` with the size and the number of pictures that its preset says, where None."""
    table = IMAGE_PRESETS[config.preset]
    data = config.data.model_copy(
        update={
            "size": config.data.size or table.size,
            "max_images": config.data.max_images or table.max_images,
        }
    )
    return config.model_copy(update={"data": data})
