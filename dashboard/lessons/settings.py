"""Switches of the lesson on pictures as words, and as text for the URL."""

from __future__ import annotations

from pydantic import ValidationError

from dashboard.looks import clip_words
from dashboard.text import say
from fairgen_core.lesson_config import FavouredGroupConfig
from fairgen_core.numbers import percent

CLIPS: tuple[float | None, ...] = (None, 0.5, 1.0, 2.0, 5.0, 10.0)
"""The clip norms that are offered; None: off."""


def to_text(config: FavouredGroupConfig) -> str:
    """A setting for the URL: ``alternate_2_50_0``."""
    clip = "off" if config.clip_norm is None else f"{config.clip_norm:g}"
    return f"{config.order}_{clip}_{round(100 * config.share)}_{config.first_group}"


def from_text(text: str) -> FavouredGroupConfig | None:
    """The inverse of `to_text`; None where it is no setting that the page offers."""
    parts = text.split("_")
    if len(parts) != 4:
        return None
    order, clip, share, first = parts
    try:
        clip_norm = None if clip == "off" else float(clip)
        if clip_norm not in CLIPS:
            return None
        return FavouredGroupConfig.model_validate(
            {
                "order": order,
                "clip_norm": clip_norm,
                "share": int(share) / 100,
                "first_group": int(first),
            }
        )
    except (ValueError, ValidationError):
        return None


def setting_words(config: FavouredGroupConfig) -> str:
    """A setting in a line, or two where the digits are not half and half."""
    order = say(f"grouping.short.{config.order}")
    clip = clip_words(config.clip_norm)
    if config.order == "alternate":
        first = say(f"gan.first.{config.first_group}").lower()
        words = say("gan.setting.first", order=order, first=first, clip=clip)
    else:
        words = say("gan.setting", order=order, clip=clip)
    if config.share != 0.5:
        return say("gan.setting.share", setting=words, share=percent(config.share))
    return words
