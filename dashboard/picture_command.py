"""The line on the command line that does what a training on pictures did."""

from __future__ import annotations

import shlex

from fairgen_core.image_config import GanConfig, ImageTrainConfig

_TOLD = ("objective", "grouping", "clip_norm", "first_group", "n_epochs")
"""The GAN's choices that have an option."""


def picture_command(config: ImageTrainConfig, out: str = "synthetic.zip") -> str:
    """The command that trains the same again, one option a line.

    Args:
        config: the run's settings; `is_complete` says whether the line holds all of them.
        out: name of the file to write.
    """
    data, gan = config.data, config.gan
    given = {
        "--attributes": (data.attributes, None),
        "--sensitive": (config.sensitive, None),
        "--class": (config.class_column, None),
        "--groups": (data.groups, "none"),
        "--share": (data.share, None),
        "--size": (data.size, None),
        "--split-column": (data.split_column, None),
        "--test-share": (data.test_share, 0.2),
        "--split-seed": (data.split_seed, 0),
        "--synthesizer": (config.synthesizer, None),
        "--objective": (gan.objective, "classic"),
        "--grouping": (gan.grouping, "mixed"),
        "--first-group": (gan.first_group, 0),
        "--clip-norm": (gan.clip_norm, None),
        "--generator": (config.generator, "mixture"),
        "--alpha": (config.alpha, None),
        "--preset": (config.preset, None),
        "--epochs": (gan.n_epochs, None),
        "--device": (config.device, "auto"),
        "--images": (config.n_images, None),
        "--seed": (config.seed, None),
    }
    options = [("--data", data.source)]
    options += [(name, str(value)) for name, (value, usual) in given.items() if value != usual]
    options.append(("--out", out))
    lines = [f"{name} {shlex.quote(value)}" for name, value in options]
    return " \\\n    ".join(["python -m fairgen_core train-images", *lines])


def is_complete(config: ImageTrainConfig) -> bool:
    """Whether the command line has an option for every choice that was made."""
    told = GanConfig(**{name: getattr(config.gan, name) for name in _TOLD})
    data = config.data
    plain = (data.colour, data.colour_variance, data.max_images) == ("auto", 0.03, None)
    return config.gan == told and plain and config.evaluate
