"""The Data page: which table, what its columns are, and what is in it."""

from __future__ import annotations

import streamlit as st

from dashboard import reads
from dashboard.auditing import audit_run, show_audit
from dashboard.components import escape
from dashboard.forms.roles import roles_form
from dashboard.forms.schema import table_card
from dashboard.forms.source import source_form
from dashboard.projects import Project
from dashboard.tables import current_project, read
from dashboard.text import say
from fairgen_core.errors import FairGenError

_TRAIN_PAGE = "views/train.py"


def main() -> None:
    """Draw the page."""
    st.title(say("data.title"), anchor=False)
    st.caption(say("data.caption"))
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
