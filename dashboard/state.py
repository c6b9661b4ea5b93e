"""What a browser session remembers, and the place in the dashboard that its URL names.

Settings of a data set live in its project file (`projects.py`), and runs in their folders; a
session only remembers which of them it looks at. The URL says the same, so that a reload, a second
browser or a bookmark opens the same view. Widgets are seeded from those files on every page, so
nothing is lost when Streamlit drops the widgets of a page that was left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

import streamlit as st

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,120}")
_PLACE = "app.place"
PLAN = "plan"
"""In a URL: what is chosen on the Train page, where no run was made of it yet."""
_SINGLE = ("project", "run", "beside", "sweep", "base")
MAX_COMPARED = 4
"""Runs that are looked at side by side."""

T = TypeVar("T")


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and ".." not in text


@dataclass(frozen=True)
class Place:
    """Which data set and which run a person looks at; empty where none was chosen.

    Attributes:
        project: id of a data set's project (`projects.Project.id`).
        run: id of a run.
        beside: id of a second run, shown beside `run`.
        runs: ids of the runs that are compared, joined by commas.
        sweep: id of an exploration.
        base: what a new exploration starts from: id of a run, or `PLAN`.
    """

    project: str = ""
    run: str = ""
    beside: str = ""
    runs: str = ""
    sweep: str = ""
    base: str = ""

    @classmethod
    def from_query(cls, params: Mapping[str, str]) -> Place:
        """Read a URL's parameters; a value that cannot be a name counts as not given."""
        wanted = {name: str(params.get(name, "")) for name in _SINGLE}
        several = str(params.get("runs", "")).split(",")[:MAX_COMPARED]
        return cls(
            **{name: value if _is_name(value) else "" for name, value in wanted.items()},
            runs=",".join(filter(_is_name, several)),
        )

    @property
    def compared(self) -> tuple[str, ...]:
        """The runs that are compared, each once."""
        return tuple(dict.fromkeys(filter(None, self.runs.split(","))))


def place() -> Place:
    """Where this session is: what the URL says, completed by what the session remembers."""
    asked = Place.from_query(st.query_params)
    known: Place = st.session_state.get(_PLACE, Place())
    if asked.run and asked.run != known.run:  # A second run belongs to the first.
        known = replace(known, beside="")
    return Place(**{name: value or getattr(known, name) for name, value in asdict(asked).items()})


def go(
    project: str | None = None,
    run: str | None = None,
    beside: str | None = None,
    runs: str | None = None,
    sweep: str | None = None,
    base: str | None = None,
) -> None:
    """Look at another data set or run from here on; the session and the URL both say so.

    Args:
        project: its id; ``""`` for none; None to leave session and URL as they are.
        run: likewise; another run than before stands alone unless `beside` is given.
        beside, runs, sweep, base: likewise.
    """
    if run is not None and beside is None and run != place().run:
        beside = ""
    named = {
        "project": project, "run": run, "beside": beside, "runs": runs, "sweep": sweep,
        "base": base,
    }  # fmt: skip
    given = {key: value for key, value in named.items() if value is not None}
    st.session_state[_PLACE] = replace(place(), **given)
    for key, value in given.items():
        if not value:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != value:
            st.query_params[key] = value


def seed(key: str, value: object) -> str:
    """Give a widget its value before it is made, unless the session already holds one.

    Returns:
        `key`, to be handed to the widget.
    """
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def remember(key: str, value: Any) -> None:
    """Keep a value for this session under a key of the form ``page.name``."""
    st.session_state[key] = value


def recall(key: str, default: T) -> T:
    """A value kept by `remember`, or `default`."""
    value: T = st.session_state.get(key, default)
    return value


def keep(key: str, value: T) -> T:
    """Remember a widget's value for when its page is opened again; `kept` seeds the widget."""
    st.session_state[f"kept.{key}"] = value
    return value


def kept(key: str, default: object) -> str:
    """Give a widget the value that `keep` remembered, where the page was left and opened again.

    Returns:
        `key`, to be handed to the widget.
    """
    return seed(key, st.session_state.get(f"kept.{key}", default))


def forget(*prefixes: str) -> None:
    """Drop every session value whose key starts with one of the prefixes."""
    for key in [str(k) for k in st.session_state if str(k).startswith(prefixes)]:
        del st.session_state[key]
