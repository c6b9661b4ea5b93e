"""Opening a page without a browser, and reading what is on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"


def opened(view: str, /, **query: str) -> AppTest:
    """A page as a browser opens it, with its URL's parameters."""
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.switch_page(f"views/{view}.py")
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception, at.exception
    return at


def again(at: AppTest) -> AppTest:
    """The page after something was changed in it."""
    at.run()
    assert not at.exception, at.exception
    return at


def words(at: AppTest) -> str:
    """Everything that is written on the page."""
    kinds = (at.title, at.header, at.markdown, at.caption, at.error, at.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def widget(elements: Any, label: str) -> Any:
    """The widget of that label among elements of its kind."""
    found = [element for element in elements if element.label == label]
    assert len(found) == 1, f"{len(found)} widgets are labelled '{label}'"
    return found[0]


def labels(elements: Any) -> list[str]:
    return [element.label for element in elements]


def asked(at: AppTest, key: str) -> str:
    """A parameter of the page's URL; empty where it is not there."""
    value = at.query_params.get(key, "")
    return value if isinstance(value, str) else value[0]
