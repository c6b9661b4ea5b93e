"""The Compare page: all runs, some side by side, and explorations of many settings."""

from __future__ import annotations

import streamlit as st

from dashboard.comparing.run_table import show_run_table
from dashboard.text import say


def main() -> None:
    """Draw the page."""
    st.title(say("compare.title"), anchor=False)
    show_run_table()


main()
