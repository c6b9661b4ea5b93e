"""The Data page: a table or pictures, what is known of them, and what is in them."""

from __future__ import annotations

import streamlit as st

from dashboard import reads
from dashboard.auditing import audit_run, show_audit
from dashboard.components import escape
from dashboard.forms.roles import roles_form
from dashboard.forms.schema import table_card
from dashboard.forms.source import source_form
from dashboard.picture_data import show_picture_data
from dashboard.picture_projects import PREFIX
from dashboard.pictures import FIRST, showing_pictures
from dashboard.projects import Project
from dashboard.state import forget, go, place, recall, remember, seed
from dashboard.tables import current_project, read
from dashboard.text import say
from fairgen_core.errors import FairGenError

_TRAIN_PAGE = "views/train.py"
_KIND = "data.kind"
_SEEN = "data.seen"


def main() -> None:
    """Draw the page."""
    st.title(say("data.title"), anchor=False)
    st.caption(say("data.caption"))
    if _kind() == "pictures":
        show_picture_data(_TRAIN_PAGE)
    else:
        _table()


def _kind() -> str:
    """Let a person choose between a table and pictures; each keeps its own place."""
    here = "pictures" if showing_pictures() else "table"
    remember(f"data.last_{here}", place().project)
    if recall(_SEEN, "") != here:  # The other kind was opened, by the browser's back perhaps.
        remember(_SEEN, here)
        forget(_KIND)
    chosen = st.segmented_control(
        say("data.kind"),
        ["table", "pictures"],
        format_func=lambda kind: say(f"data.kind.{kind}"),
        key=seed(_KIND, here),
        required=True,
    )
    if chosen is not None and chosen != here:
        first = f"{PREFIX}{FIRST}" if chosen == "pictures" else ""
        go(project=recall(f"data.last_{chosen}", "") or first, run="")
        st.rerun()
    return here


def _table() -> None:
    try:
        project = current_project()
        with st.container(border=True):
            chosen = source_form(project)
        if chosen is None:
            return
        table = read(chosen.data)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    chosen = chosen.change(n_table_rows=len(table.frame), n_table_columns=len(table.schema.columns))
    with st.container(border=True):
        corrected = table_card(chosen, table)
    if corrected.data.kinds != chosen.data.kinds:
        reads.projects().save(corrected)
        st.rerun()
    with st.container(border=True):
        chosen, possible = roles_form(chosen, table)
    reads.projects().save(chosen)
    if possible:
        _audit(chosen)
    elif not chosen.sensitive:
        st.caption(say("audit.need_roles"))


def _audit(project: Project) -> None:
    try:
        show_audit(audit_run(project.audit_config()), _TRAIN_PAGE)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")


main()
