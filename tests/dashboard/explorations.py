"""A page of an exploration, and what its dial shows, for the tests of pages."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from dashboard.text import say
from tests.dashboard.pages import opened

FAIREST = "DP · Strength 1"


def shown_setting(at: AppTest) -> str:
    """The setting that the dial stands at."""
    lines = [str(m.value) for m in at.markdown if str(m.value).startswith("**")]
    found = [line for line in lines if say("dial.seed", seed=0) in line]
    return found[0].removeprefix("**").split("**")[0] if found else ""


def explore(sweep_id: str) -> AppTest:
    return opened("compare", sweep=sweep_id)
