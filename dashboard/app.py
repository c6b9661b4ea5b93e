"""The dashboard: page settings, navigation and the frame around every page."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # `streamlit run` looks beside this file only.
    sys.path.insert(0, str(ROOT))

from dashboard.garbage import set_imports_aside  # noqa: E402
from dashboard.scrolling import show_top  # noqa: E402
from dashboard.sidebar import Pages, show_sidebar  # noqa: E402
from dashboard.text import say  # noqa: E402

ASSETS = ROOT / "assets"

st.set_page_config(
    page_icon=str(ASSETS / "icon.svg"),
    layout="wide",
    # Narrow, so that a window of 800 pixels keeps room for the page.
    initial_sidebar_state=230,
)
st.logo(str(ASSETS / "logo.svg"), icon_image=str(ASSETS / "icon.svg"), size="large")


def pages(named: bool = False) -> list[st.Page]:
    """The pages. The start page has two addresses, ``/`` and its name, which people type: the
    sidebar shows it once, and `named` says by which of them it was opened.
    """
    data, icon = say("page.data"), ":material/table:"
    at_start = st.Page(
        "views/data.py", title=data, icon=icon, url_path="", default=True,
        visibility="hidden" if named else "visible",
    )  # fmt: skip
    by_name = st.Page(
        "views/data.py", title=data, icon=icon, url_path="data",
        visibility="visible" if named else "hidden",
    )  # fmt: skip
    return [
        at_start,
        by_name,
        st.Page("views/train.py", title=say("page.train"), icon=":material/model_training:"),
        st.Page("views/inspect.py", title=say("page.inspect"), icon=":material/query_stats:"),
        st.Page("views/compare.py", title=say("page.compare"), icon=":material/compare_arrows:"),
        st.Page("views/lessons.py", title=say("page.lessons"), icon=":material/school:"),
    ]


page = st.navigation(pages())
if page.url_path == "data":
    page = st.navigation(pages(named=True))
# Tabs, bookmarks and the browser's list of visits tell the pages apart by this.
st.set_page_config(page_title=say("app.page_title", page=page.title))
page.run()
show_top(page.url_path)
# After the page, so that a run which the page has just started is already shown.
show_sidebar(
    Pages(
        train="views/train.py",
        data="views/data.py",
        lessons="views/lessons.py",
        compare="views/compare.py",
    )
)
set_imports_aside()
