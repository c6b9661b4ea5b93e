"""How long a training on pictures will take, stage by stage. Needs no torch.

As `estimate`: operations counted, times coefficients of a reference machine (2 cores, no GPU). The
layers counted are those of `nn.conv_vae`, `nn.picture_classifier` and `nn.image_nets`.
"""

from __future__ import annotations

from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import GanKnobs, fill_fldgm, fill_gan, fill_image_config
from fairgen_core.runs import machine
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

# --- measured on the reference machine -----------------------------------------------------------
READ_SECONDS_AN_IMAGE = 1e-4
SECONDS_A_SMALL_CONVOLUTION_FLOP = 1 / 60e9  # of few channels
SECONDS_A_WIDE_CONVOLUTION_FLOP = 1 / 90e9  # of a GAN's 128 channels
HALF_SPEED_UP = {"small": 1.6, "wide": 4.0}  # with matrix units for bfloat16
SECONDS_A_DRAWN_PIXEL = 2e-8
JUDGED_SECONDS = 3.0
LATENT_SECONDS = {"mixture": 8.0, "lsgan": 60.0, "wgan-gp": 90.0, "diffusion": 90.0}

JUDGE_STEPS, JUDGE_BATCH, JUDGE_WIDTH, JUDGE_FEATURES = 1200, 128, 16, 64
HALF_FROM = 28
"""Side from which convolutions train in half precision where that is faster."""
PATCH, PATCHES_FROM = 4, 48
"""FLDGM folds large pictures into patches."""
N_PASSES = 5
"""Of pictures through dense networks in a round: discriminator twice, generator twice, both
together. A convolutional generator costs four times its forward pass; its rival is small."""


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
    networks = 1 / GPU_SPEED_UP if on_gpu else 1.0
    half = size >= HALF_FROM and machine.has_half_precision()
    a_small = SECONDS_A_SMALL_CONVOLUTION_FLOP / (HALF_SPEED_UP["small"] if half else 1.0)
    judge = JUDGE_BATCH * classifier_flops(size, n_channels) * a_small
    seconds = {
        "read": START_SECONDS + READ_SECONDS_AN_IMAGE * n_images,
        "judges": n_classifiers * JUDGE_STEPS * (SECONDS_A_STEP + 3 * judge),
    }
    if config.synthesizer == "fldgm":
        fldgm = fill_fldgm(config, n_images)
        forward = fldgm.batch_size * autoencoder_flops(size, n_channels, fldgm.width) * a_small
        seconds["compression"] = networks * fldgm.n_steps * (3 * SECONDS_A_STEP + 3 * forward)
        seconds["generator"] = networks * LATENT_SECONDS[config.generator]
    else:
        gan = fill_gan(config.gan, config.preset, n_images)
        a_round = _gan_round(gan, size, n_channels, half)
        seconds["generator"] = networks * gan.n_steps * a_round
    seconds["decode"] = SECONDS_A_DRAWN_PIXEL * config.n_images * size * size * n_channels
    if config.evaluate:
        seconds["evaluate"] = JUDGED_SECONDS
    return seconds


def _gan_round(gan: GanKnobs, size: int, n_channels: int, half: bool) -> float:
    """Seconds of a discriminator's and a generator's step."""
    besides = N_PASSES * SECONDS_A_STEP / 3
    if gan.network == "dense":
        weights = gan.width**2 + gan.width * (gan.noise_dims + size * size * n_channels)
        return besides + N_PASSES * gan.batch_size * 2.0 * weights * SECONDS_A_FLOP
    a_flop = SECONDS_A_WIDE_CONVOLUTION_FLOP / (HALF_SPEED_UP["wide"] if half else 1.0)
    return besides + 4 * gan.batch_size * generator_flops(size, n_channels, gan.width) * a_flop


def _halvings(side: int) -> int:
    """Stride-2 stages: while at least 4 pixels remain, at least one."""
    stages = 0
    while side // 2 >= 4:
        side //= 2
        stages += 1
    return max(1, stages)


def generator_flops(size: int, n_channels: int, width: int) -> float:
    """Of the paper's generator, one picture: 4 weights reach a pixel at each side, then 7 x 7."""
    upward = size * size * 4 * sum(0.25**i for i in range(_halvings(size)))
    return 2 * width * (width * upward + 49 * n_channels * size * size)


def classifier_flops(size: int, n_channels: int) -> float:
    """Of a judge, one picture forward."""
    flops, into, side = 0.0, n_channels, size
    for stage in range(_halvings(size)):
        out = JUDGE_WIDTH * (1 if stage == 0 else 2)
        side = (side + 1) // 2
        flops += 2 * side * side * 9 * into * out
        into = out
    return flops + 2 * side * side * into * JUDGE_FEATURES


def autoencoder_flops(size: int, n_channels: int, width: int) -> float:
    """Of FLDGM's compression, one picture forward and back to pixels."""
    patch = PATCH if size >= PATCHES_FROM else 1
    side, into = -(-size // patch), n_channels * patch**2
    first_flops = 2 * side * side * 9 * into * width * 2 if patch > 1 else 0.0
    flops, into = first_flops, width if patch > 1 else into
    for stage in range(_halvings(side)):
        out = width if patch == 1 and stage == 0 else 2 * width
        # Outward, each pixel of the larger side is reached by 4 weights.
        flops += 2 * into * out * (9 * (side / 2) ** 2 + 4 * side**2)
        side, into = -(-side // 2), out
    return flops
