"""The dashboard: page settings, navigation and the frame around every page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.sidebar import Pages, show_sidebar
from dashboard.text import say

ASSETS = Path(__file__).resolve().parents[1] / "assets"

st.set_page_config(
    page_title=say("app.name"),
    page_icon=str(ASSETS / "icon.svg"),
    layout="wide",
    # Narrow, so that a window of 800 pixels keeps room for the page.
    initial_sidebar_state=230,
)
st.logo(str(ASSETS / "logo.svg"), icon_image=str(ASSETS / "icon.svg"), size="large")

page = st.navigation(
    [
        st.Page("views/data.py", title=say("page.data"), icon=":material/table:", default=True),
        st.Page("views/train.py", title=say("page.train"), icon=":material/model_training:"),
        st.Page("views/inspect.py", title=say("page.inspect"), icon=":material/query_stats:"),
        st.Page("views/compare.py", title=say("page.compare"), icon=":material/compare_arrows:"),
        st.Page("views/lessons.py", title=say("page.lessons"), icon=":material/school:"),
    ]
)
page.run()
# After the page, so that a run which the page has just started is already shown.
show_sidebar(
    Pages(
        train="views/train.py",
        data="views/data.py",
        lessons="views/lessons.py",
        compare="views/compare.py",
    )
)
