"""Every word that the dashboard shows: labels, sentences and a glossary.

A page says ``say("data.title")`` and ``help=explain("dp")``; the sentences stand in the modules of
this folder, one literal dict a page, so that a translation replaces these files and nothing else.
What charts and reports say too stands in `fairgen_core.words`.
"""

from __future__ import annotations

from dashboard.text import (
    common,
    compare,
    data,
    explore,
    inspect,
    inspect_pictures,
    lessons,
    picture_judging,
    picture_runs,
    pictures,
    train,
)
from fairgen_core import words

TEXT: dict[str, str] = {
    **words.TEXT,
    **common.TEXT,
    **data.TEXT,
    **train.TEXT,
    **inspect.TEXT,
    **compare.TEXT,
    **picture_judging.TEXT,
    **explore.TEXT,
    **picture_runs.TEXT,
    **pictures.TEXT,
    **inspect_pictures.TEXT,
    **lessons.TEXT,
}
"""Every sentence by its dotted key, e.g. ``"data.title"``."""

GLOSSARY = words.GLOSSARY
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


def explain(term: str) -> str:
    """A term's meaning as markdown, for the help mark beside a label.

    Args:
        term: a key of `GLOSSARY`.

    Raises:
        KeyError: there is no such term.
    """
    entry = GLOSSARY[term]
    return f"**{entry.title}.** {entry.meaning}"


__all__ = ["GLOSSARY", "TEXT", "explain", "say"]
