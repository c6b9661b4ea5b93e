"""A run's settings in words: one label and one value each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.run_config import RunConfig
from fairgen_core.words import TEXT, say

_FILLED_BY_PRESET = ("generator.", "compression.", "gan.", "data.size", "data.max_images")
_NEVER_FILLED = ("clip_norm", "n_epochs")
_APART = ("data.options", "data.kinds", "roles.bands")
"""Settings that are dicts by nature: one setting each."""


_FILES = ("data.source", "data.test_source", "data.attributes")
"""Settings that may be paths: only the name is for people."""


_NAMED = {
    "gan.grouping": "grouping.short",
    "gan.objective": "objective",
    "synthesizer": "what",
    "generator": "make",
    "generator.name": "make",
}
"""Settings whose values have names of their own in the catalogue, as in forms and charts."""


def settings(config: RunConfig) -> dict[str, Any]:
    """Every setting by its dotted place; the run's name is none.

    Args:
        config: of any run.
    """
    return dict(_flat(config.model_dump(mode="json", exclude={"name"}), ""))


def _flat(content: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        place = f"{before}{key}"
        if isinstance(value, Mapping) and place not in _APART:
            yield from _flat(value, f"{place}.")
        else:
            yield place, value


def label(key: str) -> str:
    """What a setting is called."""
    return TEXT.get(f"setting.{key}", key)


def shown(key: str, value: Any) -> str:
    """A setting's value in words."""
    if value is None:
        filled = key.startswith(_FILLED_BY_PRESET) or key.endswith("alpha")
        by_preset = filled and not key.endswith(_NEVER_FILLED)
        return say("setting.unset" if by_preset else "setting.nothing")
    if key in _FILES:
        return Path(value).name or value
    if key in _NAMED:
        return TEXT.get(f"{_NAMED[key]}.{value}", str(value))
    if isinstance(value, bool):
        return say("setting.yes" if value else "setting.no")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        parts = (f"{name}: {shown('', part)}" for name, part in value.items())
        return "; ".join(parts) or say("setting.nothing")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(shown("", part) for part in value) or say("setting.nothing")
    return str(value) or say("setting.nothing")


def picture_words(config: ImageTrainConfig) -> list[str]:
    """What is trained on pictures, and how groups are treated, in a few words each."""
    words = [say(f"what.{config.synthesizer}")]
    if config.synthesizer == "fldgm":
        words.append(say(f"make.{config.generator}"))
        alpha = config.alpha
        return words if alpha is None else [*words, say("how.alpha", value=f"{alpha:g}")]
    if config.gan.objective != "classic":
        words.append(say(f"objective.{config.gan.objective}"))
    words.append(say(f"grouping.short.{config.gan.grouping}"))
    clip = config.gan.clip_norm
    return words if clip is None else [*words, say("how.clip", value=f"{clip:g}")]
