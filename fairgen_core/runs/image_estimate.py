"""How long a training on pictures will take, stage by stage. Needs no torch.

As `estimate`: operations counted, times coefficients of a reference machine (2 cores, no GPU).
"""

from __future__ import annotations

from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import fill_fldgm, fill_gan, fill_image_config
from fairgen_core.runs.estimate import (
    GPU_SPEED_UP,
    SECONDS_A_FLOP,
    SECONDS_A_STEP,
    START_SECONDS,
    Estimate,
    corrected,
    runs_on_gpu,
)
from fairgen_core.runs.store import RunStore

READ_SECONDS_AN_IMAGE = 1e-4
JUDGE_STEPS = 1200
CONVOLUTION_FLOPS_A_PIXEL = 2 * 9 * 16 * 16
"""Of a small classifier's or autoencoder's stages together, one picture forward."""
SECONDS_A_DRAWN_PIXEL = 2e-8
JUDGED_SECONDS = 3.0
LATENT_SECONDS = {"mixture": 8.0, "lsgan": 60.0, "wgan-gp": 90.0, "diffusion": 90.0}
N_PASSES = 5
"""Of pictures through networks in a round: discriminator twice, generator twice, both together."""


def estimate_image_seconds(
    config: ImageTrainConfig, n_pictures: int, n_channels: int, store: RunStore | None = None
) -> Estimate:
    """Expected seconds of a training on this machine, from start to pictures and report.

    Args:
        config: the training.
        n_pictures: pictures of the whole set, before a part is drawn or held out.
        n_channels: 1 or 3.
        store: whose finished runs correct the cost model; None: `RunStore()`.
    """
    data = fill_image_config(config).data
    n_drawn = min(n_pictures, data.max_images or n_pictures)
    n_train = max(1, round(n_drawn * (1 - data.test_share)))
    told_by_rule = data.groups in {"background", "colour"}
    n_classifiers = max(1, bool(config.class_column) + (not told_by_rule))
    stages = image_stage_seconds(
        config, n_train, data.size or 1, n_channels, runs_on_gpu(config), n_classifiers
    )
    return corrected(sum(stages.values()), store or RunStore(), config)


def image_stage_seconds(
    config: ImageTrainConfig,
    n_images: int,
    size: int,
    n_channels: int,
    on_gpu: bool = False,
    n_classifiers: int = 1,
) -> dict[str, float]:
    """Expected seconds of each stage on the reference machine.

    Args:
        config: the training.
        n_images: training pictures.
        size, n_channels: of a picture.
        on_gpu: whether the networks train on a GPU (the judges never do).
        n_classifiers: judges that are trained: of classes, of groups, or both.
    """
    pixels = size * size
    networks = 1 / GPU_SPEED_UP if on_gpu else 1.0
    judging = JUDGE_STEPS * _step(128 * pixels * CONVOLUTION_FLOPS_A_PIXEL)
    seconds = {
        "read": START_SECONDS + READ_SECONDS_AN_IMAGE * n_images,
        "judges": n_classifiers * judging,
    }
    if config.synthesizer == "fldgm":
        fldgm = fill_fldgm(config, n_images)
        flops = fldgm.batch_size * pixels * CONVOLUTION_FLOPS_A_PIXEL * (fldgm.width / 8)
        seconds["compression"] = networks * fldgm.n_steps * _step(flops)
        seconds["generator"] = networks * LATENT_SECONDS[config.generator]
    else:
        gan = fill_gan(config.gan, config.preset, n_images)
        if gan.network == "dense":
            weights = gan.width**2 + gan.width * (gan.noise_dims + pixels * n_channels)
            forward = 2.0 * weights
        else:  # two stages: a quarter of the pixels, then a sixteenth, kernels of 3 and 4
            forward = 2 * gan.width**2 * pixels * (16 / 4 + 16 / 16)
        rounds = N_PASSES * (SECONDS_A_STEP / 3 + gan.batch_size * forward * SECONDS_A_FLOP)
        seconds["generator"] = networks * gan.n_steps * rounds
    seconds["decode"] = SECONDS_A_DRAWN_PIXEL * config.n_images * pixels * n_channels
    if config.evaluate:  # the synthetic pictures teach one more classifier
        seconds["evaluate"] = JUDGED_SECONDS + judging
    return seconds


def _step(forward_flops: float) -> float:
    """Seconds of a training step: the backward pass costs twice the forward one."""
    return SECONDS_A_STEP + 3 * forward_flops * SECONDS_A_FLOP
