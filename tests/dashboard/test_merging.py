"""Small groups on the Data page: refused, put together, counted, left out."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components import escape
from dashboard.projects import ProjectStore
from dashboard.text import say
from fairgen_core.config import AuditConfig
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, opened, widget, words
from tests.dashboard.test_data import uploaded

SIZES = {"a": 150, "b": 120, "c": 9, "d": 8}


def project_of(runs: RunStore, sizes: dict[str, int]) -> str:
    """The project of an uploaded table with these groups."""
    values = [value for value, n in sizes.items() for _ in range(n)]
    rows = [f"{v},{i % 37},{'yn'[i % 3 == 0]}" for i, v in enumerate(values)]
    return uploaded(runs, "\n".join(["band,x,paid", *rows]), "bands.csv")


def choose(at: AppTest, sensitive: str) -> AppTest:
    widget(at.multiselect, say("roles.sensitive")).set_value([sensitive])
    return again(at)


@pytest.fixture
def page(runs: RunStore) -> tuple[AppTest, str]:
    project = project_of(runs, SIZES)
    return choose(opened("data", project=project), "band"), project


def test_a_refused_group_can_be_put_together_with_a_click(
    page: tuple[AppTest, str], runs: RunStore
) -> None:
    at, project = page
    assert "'d' has 8 (1 more have too few)" in words(at)
    widget(at.checkbox, say("roles.merge")).check()
    again(at)
    assert not at.error
    assert widget(at.number_input, say("roles.merge_below")).value == 15
    told = "put together as 'other' (17 rows): 'c' with 9, 'd' with 8."
    assert escape(told) in words(at)
    assert "other (17 rows)" in words(at)
    kept = ProjectStore(runs.folder.parent).load(project)
    assert kept is not None
    assert kept.roles().merge_below == 15
    config = runs.config(runs.list()[0].id)
    assert isinstance(config, AuditConfig)
    assert config.roles.merge_below == 15, "the last audit is of the table as it is put together"


def test_another_number_is_kept_and_no_tick_undoes_it(page: tuple[AppTest, str]) -> None:
    at, _ = page
    widget(at.checkbox, say("roles.merge")).check()
    again(at)
    widget(at.number_input, say("roles.merge_below")).set_value(130)
    again(at)
    assert "other (137 rows)" in words(at)
    widget(at.checkbox, say("roles.merge")).uncheck()
    again(at)
    assert "has 8" in words(at)


def test_too_few_together_are_left_out_and_counted(runs: RunStore) -> None:
    at = choose(opened("data", project=project_of(runs, {"a": 150, "b": 120, "d": 4})), "band")
    widget(at.checkbox, say("roles.merge")).check()
    again(at)
    assert not at.error
    assert "4 rows are left out ('d' with 4)" in words(at)


def test_large_groups_are_not_offered_it(runs: RunStore) -> None:
    sizes = {"a": 300, "b": 280, "c": 260}
    at = choose(opened("data", project=project_of(runs, sizes)), "band")
    assert say("roles.merge") not in [box.label for box in at.checkbox]
