"""The words of charts, reports and cards, and the glossary; a page's own stand in the dashboard.

One literal dict a module, so that a translation replaces these files and nothing else.
"""

from __future__ import annotations

from fairgen_core.words import (
    axes,
    charts,
    common,
    comparison,
    evidence,
    glossary,
    lesson_charts,
    picture_charts,
    promises,
    settings,
    stages,
)

TEXT: dict[str, str] = {
    **common.TEXT,
    **axes.TEXT,
    **charts.TEXT,
    **picture_charts.TEXT,
    **settings.TEXT,
    **stages.TEXT,
    **comparison.TEXT,
    **evidence.TEXT,
    **promises.TEXT,
    **lesson_charts.TEXT,
}
"""Every sentence by its dotted key, e.g. ``"figure.lower"``."""

GLOSSARY: dict[str, glossary.Term] = glossary.GLOSSARY
"""Every technical term by its key, e.g. ``"dp"``."""


def say(key: str, **values: object) -> str:
    """The sentence of that key, its ``{places}`` filled in.

    Args:
        key: a key of `TEXT`.
        values: what stands in the sentence's places.

    Raises:
        KeyError: there is no such key, or a place was not filled.
    """
    sentence = TEXT[key]
    return sentence.format(**values) if values else sentence


__all__ = ["GLOSSARY", "TEXT", "say"]
