"""The Compare page: all runs, some side by side, and explorations of many settings."""

from __future__ import annotations

import streamlit as st

from dashboard.state import place
from dashboard.text import say

PARTS = ("runs", "compare", "explore")


def main() -> None:
    """Draw the page."""
    st.title(say("compare.title"), anchor=False)
    st.caption(say("compare.caption"))
    here = place()
    usual = "explore" if here.sweep or here.base else "compare" if here.runs else "runs"
    part = st.segmented_control(
        say("compare.part"),
        PARTS,
        default=usual,
        required=True,
        format_func=lambda name: say(f"part.{name}"),
        key="part",
        bind="query-params",
        label_visibility="collapsed",
        width="stretch",
    )
    # Each part loads what it needs: the list of runs is there before any chart library is.
    if part == "runs":
        from dashboard.comparing.run_table import show_run_table

        show_run_table()
    elif part == "compare":
        from dashboard.comparing.side_by_side import show_side_by_side

        show_side_by_side()
    else:
        from dashboard.exploring.explorations import show_explorations

        show_explorations()


main()
