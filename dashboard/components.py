"""Parts that several pages show: figures, run badges, kind badges, times."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Literal

import streamlit as st

from dashboard.text import say
from fairgen_core.config import ColumnKind
from fairgen_core.numbers import duration as duration
from fairgen_core.numbers import number as number
from fairgen_core.numbers import percent as percent
from fairgen_core.results import Figure

if TYPE_CHECKING:
    from fairgen_core.charts.base import Chart

INK = {"light": "#0B1220", "dark": "#E7ECF2"}
"""The text colours of ``.streamlit/config.toml``, for the words inside charts."""

ON_PRIMARY = "#0B0F14"
"""The words on a primary button of the dark theme: Streamlit's white would be too faint there."""

RunState = Literal["queued", "running", "done", "failed", "stopped"]

RUN_ICONS: dict[str, str] = {
    "queued": ":material/schedule:",
    "running": ":material/progress_activity:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
    "stopped": ":material/stop_circle:",
}
_RUN_COLOURS: dict[str, Literal["gray", "blue", "green", "red", "orange"]] = {
    "queued": "gray",
    "running": "blue",
    "done": "green",
    "failed": "red",
    "stopped": "orange",
}
KIND_ICONS: dict[ColumnKind, str] = {
    "category": ":material/category:",
    "integer": ":material/tag:",
    "decimal": ":material/decimal_increase:",
    "boolean": ":material/toggle_on:",
    "datetime": ":material/calendar_month:",
    "identifier": ":material/fingerprint:",
    "text": ":material/notes:",
}
_KIND_COLOURS: dict[ColumnKind, str] = {
    "category": "violet",
    "integer": "blue",
    "decimal": "blue",
    "boolean": "green",
    "datetime": "orange",
    "identifier": "gray",
    "text": "gray",
}


def interval(figure: Figure) -> str:
    """The rows behind a figure and its 95 % interval, as one line."""
    parts = [say("figure.n", n=f"{figure.n:,}")] if figure.n else []
    if figure.low is not None and figure.high is not None:
        parts.append(say("figure.interval", low=number(figure.low), high=number(figure.high)))
    return " · ".join(parts)


def run_badge(state: str) -> None:
    """A run's state as an icon and a word."""
    st.badge(say(f"state.{state}"), icon=RUN_ICONS[state], color=_RUN_COLOURS[state])


def kind_chip(name: str, kind: ColumnKind) -> str:
    """A column's name with the icon and colour of its kind, as markdown."""
    return f":{_KIND_COLOURS[kind]}-badge[{KIND_ICONS[kind]} {escape(name)}]"


def escape(text: str) -> str:
    """Text from a person's file as literal markdown."""
    for mark in "\\`*_{}[]<>#|~$:":
        text = text.replace(mark, "\\" + mark)
    # An address would become a link, escaped or not: a joint that nobody sees keeps it text.
    text = re.sub(r"(?i)(?<=:)(?=//)|(?<=www)(?=\.)", "\u2060", text)
    return text.replace("\n", " ")


def section(title: str, caption: str = "") -> None:
    """A section's heading with an optional line under it."""
    st.header(title, anchor=False)
    if caption:
        st.caption(caption)


def show_png(
    content: bytes, alt: str, caption: str = "", width: Literal["content", "stretch"] = "stretch"
) -> None:
    """A picture that is part of the page.

    Streamlit forgets a page's files at its next run, and a browser that asks for one late finds
    nothing. A picture inside its own address is never asked for.

    Args:
        content: a PNG file.
        alt: what a screen reader says in its place.
        caption: a line under it.
        width: its own, or the place's.
    """
    address = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    st.image(address, caption=caption or None, alt=alt, width=width)


def tell_gone(asked: str, instead: str) -> None:
    """Say that the data set of an old link is not there; stays until it is closed.

    Args:
        asked: the project's id in the link.
        instead: the key of the set that is shown in its place.
    """
    words = say("source.gone", id=escape(asked), instead=escape(instead))
    st.toast(words, icon=":material/link_off:", duration="infinite")


def show_chart(chart: Chart, key: str, *, data_toggle: bool = True) -> None:
    """A chart with its spoken description, and the table behind it on demand.

    Args:
        chart: with a ``description``, as every function of `fairgen_core.charts` makes it.
        key: unique on the page.
        data_toggle: whether to offer the table.
    """
    from fairgen_core.charts import chart_data, inked

    words = chart.description if isinstance(chart.description, str) else None
    ink = INK["dark" if st.context.theme.type == "dark" else "light"]
    st.altair_chart(inked(chart, ink), width="stretch", key=f"{key}.chart")
    if data_toggle and st.toggle(say("chart.data"), key=f"{key}.data", value=False):
        st.dataframe(chart_data(chart), hide_index=True, alt=words)


def on_primary(label: str, disabled: bool = False) -> str:
    """The words on a primary button, in a colour that can be read in either theme.

    In the dark theme one colour stands behind white words on buttons and is itself the colour of
    words on the page (the chosen segment, a slider's value); none is readable as both.
    """
    if disabled or st.context.theme.type != "dark":
        return label
    return f':color[{label}]{{foreground="{ON_PRIMARY}"}}'


def explore_button(base: str, key: str, disabled: bool = False) -> None:
    """A button that leads to a new exploration.

    Args:
        base: what it starts from: a run's id, or `state.PLAN`.
        key: unique on the page.
        disabled: whether what it would start from is not complete.
    """
    if st.button(
        say("explore.from"),
        icon=":material/explore:",
        key=key,
        disabled=disabled,
        help=say("explore.from_help"),
    ):
        st.switch_page("views/compare.py", query_params={"base": base})
