"""What runs are called: their ids, and the names that people see."""

from __future__ import annotations

import re
import secrets
import time
import unicodedata
from pathlib import Path
from typing import Any

from fairgen_core.config import AuditConfig
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig
from fairgen_core.run_config import RunConfig
from fairgen_core.settings_words import picture_words
from fairgen_core.words import say

RUN_ID = re.compile(r"\d{8}-\d{6}-[a-z0-9][a-z0-9-]{0,79}")
MAX_NAME = 120
"""Characters of a name that a person gives."""
SECOND_CHARS = 15
"""Of an id: when it was made, to the second."""


def one_line(text: str) -> str:
    """A person's words without line feeds and other control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def data_name(config: RunConfig) -> str:
    """The name that a person knows the data by."""
    if isinstance(config, FavouredGroupConfig | FairLatentConfig):
        return "digits" if isinstance(config, FavouredGroupConfig) else "hiring"
    return config.data.display_name or Path(config.data.source).name


def title(config: RunConfig) -> str:
    """A name for a run that was given none."""
    if isinstance(config, FavouredGroupConfig | FairLatentConfig):
        return f"Lesson: {', '.join(_lesson_name(config))}"
    if isinstance(config, AuditConfig):
        return f"{data_name(config)}, audit"
    if isinstance(config, ImageTrainConfig):
        return f"{data_name(config)}, {', '.join(picture_words(config))}"
    words = [say(f"short.{config.fairness.target}"), say(f"make.{config.generator.name}")]
    return ", ".join([data_name(config), *words])


def image_words(config: ImageTrainConfig) -> list[str]:
    """What sets a training on pictures apart, in options' spelling, for ids and files."""
    if config.synthesizer == "fldgm":
        return ["fldgm", config.generator]
    clip = [] if config.gan.clip_norm is None else [f"clip {config.gan.clip_norm:g}"]
    return [config.synthesizer, config.gan.grouping, *clip]


def lesson_words(config: FavouredGroupConfig | FairLatentConfig) -> list[str]:
    """What sets a lesson's experiment apart, as its options are spelled."""
    if isinstance(config, FairLatentConfig):
        return ["fair latent", f"bias {config.bias:g}"]
    clip = [] if config.clip_norm is None else [f"clip {config.clip_norm:g}"]
    return ["favoured group", config.order, *clip]


def _lesson_name(config: FavouredGroupConfig | FairLatentConfig) -> list[str]:
    """What sets a lesson's experiment apart, in the words of pages."""
    if isinstance(config, FairLatentConfig):
        return lesson_words(config)
    clip = config.clip_norm
    words = ["favoured group", say(f"grouping.short.{config.order}")]
    return words if clip is None else [*words, say("how.clip", value=f"{clip:g}")]


def new_sweep_id(base: RunConfig) -> str:
    """An id for a sweep that starts from `base`."""
    stamp, name = time.strftime("%Y%m%d-%H%M%S", time.gmtime()), _slug(Path(data_name(base)).stem)
    return f"{stamp}-{name}-sweep-{secrets.token_hex(3)}"


def plain_letters(text: str) -> str:
    """A text with its accents taken off, for names of files: ``Anträge`` becomes ``Antrage``."""
    return unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()


def _slug(text: str, longest: int = 24) -> str:
    return (
        re.sub(r"[^a-z0-9]+", "-", plain_letters(text).lower()).strip("-")[:longest].strip("-")
        or "data"
    )


def _slug_word(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", word).strip("-")


def new_id(config: RunConfig) -> str:
    """An id that nobody has: time, data, fairness target, generator, random letters."""
    parts = [time.strftime("%Y%m%d-%H%M%S", time.gmtime()), _slug(Path(data_name(config)).stem)]
    if isinstance(config, AuditConfig):
        parts += ["audit"]
    elif isinstance(config, ImageTrainConfig):
        parts += image_words(config)
    elif isinstance(config, FavouredGroupConfig | FairLatentConfig):
        parts += ["lesson", *lesson_words(config)]
    else:
        parts += [config.fairness.target, config.generator.name]
    return "-".join([*map(_slug_word, parts), secrets.token_hex(3)])


def choices_shown(config: RunConfig) -> dict[str, Any]:
    """The part of a run's summary that differs from task to task."""
    if isinstance(config, ImageTrainConfig):
        return {
            "sensitive": (config.sensitive or config.data.groups,),
            "target": config.class_column,
            "generator": " ".join(image_words(config)),
            "preset": config.preset,
        }
    if isinstance(config, FavouredGroupConfig | FairLatentConfig):
        pictures = isinstance(config, FavouredGroupConfig)
        return {"sensitive": ("background",) if pictures else ("gender",)}
    roles = {"sensitive": config.roles.sensitive, "target": config.roles.target}
    if isinstance(config, AuditConfig):
        return roles
    fairness, generator = config.fairness.target, config.generator.name
    return {**roles, "fairness": fairness, "generator": generator, "preset": config.preset}
