"""Where a class is in its lesson: the URL says it, and the session remembers it."""

from __future__ import annotations

import re
from typing import TypeVar

import streamlit as st

from dashboard.state import recall, remember
from fairgen_core.lesson_config import LessonName

PARAMETERS = (
    "lesson",
    "guess",
    "pattern",
    "seed",
    "setting",
    "bet",
    "wirings",
    "attacker",
    "dials",
)
"""Names in the URL: the lesson, what was predicted, and the switches that are shown."""
LESSONS: tuple[LessonName, ...] = ("favours-a-group", "fair-latent")

_VALUE = re.compile(r"[A-Za-z0-9.,_-]{1,60}")
_REMEMBERED = "lessons.place"

Number = TypeVar("Number", int, float)


def asked(name: str) -> str:
    """What the URL says, completed by what the session remembers; empty where neither does."""
    known: dict[str, str] = recall(_REMEMBERED, {})
    value = str(st.query_params.get(name, "")) or known.get(name, "")
    return value if _VALUE.fullmatch(value) else ""


def asked_number(name: str, kind: type[Number], low: Number, high: Number) -> Number | None:
    """A number within its range; None where none was given."""
    try:
        value = kind(asked(name))
    except ValueError:
        return None
    return value if low <= value <= high else None


def tell(**values: object) -> None:
    """Write values into the URL and the session; an empty one is taken out."""
    known: dict[str, str] = dict(recall(_REMEMBERED, {}))
    for name, value in values.items():
        text = "" if value is None else str(value)
        known[name] = text
        if not text:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != text:
            st.query_params[name] = text
    remember(_REMEMBERED, known)


def restore() -> None:
    """Bring the URL up to date with the session, after the page was left and opened again."""
    tell(**{name: asked(name) for name in PARAMETERS})


def lesson() -> LessonName:
    """The lesson that is shown: the first one unless another was chosen."""
    name = asked("lesson")
    return next((known for known in LESSONS if known == name), LESSONS[0])
