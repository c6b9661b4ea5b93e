"""The settings that were in force in a run, those that the preset filled in marked."""

from __future__ import annotations

from typing import Any

from fairgen_core import settings_words
from fairgen_core.config import TrainConfig
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import fill_fldgm, fill_gan, fill_image_config
from fairgen_core.presets import fill_alpha, fill_compression, fill_generator
from fairgen_core.run_config import RunConfig

BY_PRESET = " *"
_OF_COMPRESSION = ("latent_dims", "width", "batch_size", "learning_rate", "kl_weight")
_UNSAID = {"task", "data.display_name"}


def in_force(config: RunConfig, n_train: int) -> list[tuple[str, str]]:
    """Label and value of every setting that was in force; a star: left to the preset.

    Args:
        config: of any run.
        n_train: training rows or pictures; presets depend on it.
    """
    asked = {k: v for k, v in settings_words.settings(config).items() if not _idle(config, k)}
    filled = {k: v for k, v in _filled(config, n_train).items() if not _idle(config, k)}
    lines = []
    for key in dict.fromkeys([*asked, *filled]):
        value, mark = asked.get(key), ""
        if value is None and filled.get(key) is not None:
            value, mark = filled[key], BY_PRESET
        if key not in _UNSAID and value not in (None, "", [], {}, ()):
            lines.append((settings_words.label(key), settings_words.shown(key, value) + mark))
    return lines


def _idle(config: RunConfig, key: str) -> bool:
    """Whether a setting means nothing beside the others that were chosen."""
    if isinstance(config, TrainConfig):
        asked, how = config.fairness.target != "none", config.fairness.enforce
        return {
            "fairness.enforce": not asked,
            "fairness.strength": not asked or how == "latent",
            "fairness.alpha": not asked or how == "labels",
            "fairness.penalty": not asked or how == "labels",
        }.get(key, False)
    if not isinstance(config, ImageTrainConfig):
        return False
    if config.synthesizer == "fldgm":
        return key.startswith("gan.") and key != "gan.n_steps"
    others = config.gan.grouping != "alternate" and key == "gan.first_group"
    return others or key in {"alpha", "generator"}


def _filled(config: RunConfig, n_train: int) -> dict[str, Any]:
    """Every setting as the run took it."""
    if isinstance(config, TrainConfig):
        fairness = config.fairness
        if fairness.enforce != "labels" and fairness.target != "none":
            alpha = fill_alpha(fairness.alpha, config.preset)
            fairness = fairness.model_copy(update={"alpha": alpha})
        whole = config.model_copy(
            update={
                "compression": fill_compression(config.compression, config.preset, n_train),
                "generator": fill_generator(config.generator, config.preset),
                "fairness": fairness,
                "n_rows": config.n_rows or n_train,
            }
        )
        return settings_words.settings(whole)
    if isinstance(config, ImageTrainConfig):
        found = settings_words.settings(fill_image_config(config))
        if config.synthesizer == "fldgm":
            knobs: dict[str, Any] = vars(fill_fldgm(config, n_train))
            own = {f"compression.{name}": knobs[name] for name in _OF_COMPRESSION}
            return {**found, "alpha": knobs["alpha"], "gan.n_steps": knobs["n_steps"], **own}
        knobs = vars(fill_gan(config.gan, config.preset, n_train))
        return {**found, **{f"gan.{name}": value for name, value in knobs.items()}}
    return {}
