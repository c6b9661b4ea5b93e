"""The Lessons page: a class predicts, the machine measures, and the page says what it shows."""

from __future__ import annotations

import streamlit as st

from dashboard.lessons import fair_latent, favoured_group
from dashboard.lessons.place import LESSONS, lesson, restore, tell
from dashboard.lessons.running import show_problem
from dashboard.state import seed
from dashboard.text import say


def main() -> None:
    """Draw the page."""
    st.title(say("lessons.title"), anchor=False)
    st.caption(say("lessons.caption"))
    restore()
    chosen = st.segmented_control(
        say("lessons.which"),
        LESSONS,
        format_func=lambda name: say(f"lesson.{name}"),
        key=seed("lessons.which", lesson()),
        required=True,
        label_visibility="collapsed",
    )
    tell(lesson=chosen or lesson())
    show_problem()
    if lesson() == "favours-a-group":
        favoured_group.show()
    else:
        fair_latent.show()


main()
