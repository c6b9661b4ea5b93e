"""The Data page where it is about pictures: which, what was found, which groups, a look at them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import reads
from dashboard.components import escape, on_primary, section, show_chart, show_png
from dashboard.contact_sheet import MOST_ROWS, N_COLUMNS, contact_sheet, rows_of
from dashboard.forms.pictures.found import found_card
from dashboard.forms.pictures.roles import Counted, picture_roles_form
from dashboard.forms.pictures.source import picture_source_form
from dashboard.pictures import current_pictures, noted, read
from dashboard.state import go
from dashboard.text import say
from fairgen_core.errors import FairGenError, StoppedError

_A_ROW = 2
"""Sheets beside each other."""
_SHEET_PIXELS = 480
_SHOWN_AT_ONCE = 4
"""Groups whose sheets are seen without a click."""


def show_picture_data(train_page: str) -> None:
    """Draw the page's part about pictures.

    Args:
        train_page: file of the page where a person goes on.
    """
    try:
        project = current_pictures()
        with st.container(border=True):
            chosen = picture_source_form(project)
        if chosen is None:
            return
        images = read(chosen)
    except StoppedError as error:
        st.info(escape(str(error)), icon=":material/info:")
        st.button(say("pictures.read_again"), icon=":material/refresh:", key="pictures.read_again")
        return
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    with st.container(border=True):
        wished = found_card(chosen, images)
    if wished.data != chosen.data:
        reads.picture_projects().save(wished)
        st.rerun()
    with st.container(border=True):
        chosen, counted = picture_roles_form(wished, images)
    if counted is not None:
        chosen = noted(chosen)
    reads.picture_projects().save(chosen)
    if counted is not None:
        _look(counted)
        if st.button(
            on_primary(say("audit.continue")),
            type="primary",
            icon=":material/arrow_forward:",
            icon_position="right",
            key="pictures.continue",
        ):
            go(run="")
            st.switch_page(train_page)


def _look(counted: Counted) -> None:
    """Some pictures of every group, and the groups' sizes."""
    from fairgen_core import charts

    section(say("pictures.sheet"), sheet_words(counted))
    sizes = counted.sizes
    _sheets(counted, range(min(len(sizes), _SHOWN_AT_ONCE)))
    more = range(_SHOWN_AT_ONCE, len(sizes))
    if more:
        with st.expander(say("pictures.sheet.others", n=len(more)), icon=":material/image:"):
            _sheets(counted, more)
    with st.container(border=True):
        left, right = st.columns([1, 2])
        with left:
            st.markdown(f"**{say('pictures.sizes')}**")
            st.caption(say("pictures.sizes.read"))
        with right:
            show_chart(charts.group_sizes(sizes), key="pictures.sizes")


def _sheets(counted: Counted, groups: Sequence[int]) -> None:
    """A sheet of each of these groups, two in a row."""
    for start in range(0, len(groups), _A_ROW):
        columns = st.columns(_A_ROW)
        for column, group in zip(columns, groups[start : start + _A_ROW], strict=False):
            name = counted.group_names[group]
            with column.container(border=True):
                st.markdown(f"**{escape(name)}**")
                alt = say("pictures.sheet.alt", group=name, rows=sheet_words(counted))
                show_png(_sheet(counted, group), alt, width="content")


def sheet_words(counted: Counted) -> str:
    """What stands in the rows of a contact sheet."""
    names = counted.class_names
    if not names:
        return say("pictures.sheet.first", n=4 * N_COLUMNS)
    rows = say(
        "pictures.sheet.rows",
        column=escape(counted.class_column),
        classes=escape(", ".join(names[:MOST_ROWS])),
    )
    more = say("pictures.sheet.more", n=MOST_ROWS) if len(names) > MOST_ROWS else ""
    return f"{rows} {more}".strip()


def _sheet(counted: Counted, group: int) -> bytes:
    names = counted.class_names[:MOST_ROWS]
    found = rows_of(counted.groups, counted.classes, group, len(names))
    images = counted.images.images
    named = zip(names or [""] * len(found), found, strict=True)
    return contact_sheet([(name, images[row]) for name, row in named], _SHEET_PIXELS)
