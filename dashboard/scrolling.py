"""A page, a run or an exploration that is opened is seen from its top."""

from __future__ import annotations

import streamlit as st

from dashboard.state import place

_TO_TOP = """<script>{{
const main = document.querySelector('[data-testid="stMain"]');
if (main && main.dataset.shown !== "{shown}") {{
    main.dataset.shown = "{shown}";
    main.scrollTo(0, 0);
}}
}}</script>"""


def show_top(page: str) -> None:
    """Scroll up where something else is shown than before; to be called after the page is drawn.

    Streamlit keeps the scroll position: whoever clicked a button at the end of a page or of a form
    would find the end of what comes next. The browser runs the script only where it changed.

    Args:
        page: its address, of letters alone.
    """
    here = place()
    opened = {"train": here.run, "inspect": here.run, "compare": here.sweep}.get(page, "")
    script = _TO_TOP.format(shown=f"{page}:{opened}")
    with st.sidebar:
        st.html(script, width="content", unsafe_allow_javascript=True)
