"""The Compare page's list of runs: find, sort, select, rename, tag, delete with undo."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.comparing.filters import choices, fitting, in_order
from dashboard.text import say
from fairgen_core.config import FairnessConfig, GeneratorConfig
from fairgen_core.runs.files import write_json
from fairgen_core.runs.status import RunSummary
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, asked, labels, opened, widget, words
from tests.dashboard.report_builder import evaluation
from tests.dashboard.run_builder import CONFIG, make_run


def summary(name: str, **changes: object) -> RunSummary:
    plain = {"id": name, "name": name, "task": "train", "state": "done", "data": "hiring",
             "target": "hired", "fairness": "both", "generator": "mixture"}  # fmt: skip
    return RunSummary.model_validate({**plain, **changes})


@pytest.fixture
def three(runs: RunStore) -> tuple[str, str, str]:
    """Three runs, oldest first: a judged mixture, a judged LSGAN, and one that failed."""
    made = []
    for i, (name, generator, dp) in enumerate(
        [("Alpha", "mixture", 0.05), ("Beta", "lsgan", 0.01), ("Gamma", "mixture", None)]
    ):
        config = CONFIG.model_copy(
            update={
                "name": name,
                "generator": GeneratorConfig(name=generator),
                "fairness": FairnessConfig(target="both" if i else "none"),
            }
        )
        state = "done" if dp is not None else "failed"
        run_id = make_run(runs, state, evaluation() if dp is not None else None, config, n_rows=50)
        status = runs.status(run_id)
        runs.set_status(run_id, status.model_copy(update={"created": 1_760_000_000.0 + i}))
        if dp is not None:
            plain = evaluation().model_dump(mode="json")
            for figure in plain["figures"]:
                if figure["metric"] == "dp":
                    figure["synthetic"]["value"] = dp
            write_json(runs.path(run_id) / "report.json", plain)
        made.append(run_id)
    return made[0], made[1], made[2]


def listed(at: AppTest) -> list[str]:
    return list(at.dataframe[0].value["name"]) if at.dataframe else []


def tick(at: AppTest, *rows: int) -> AppTest:
    """Tick rows of the table by their place, as a click does."""
    key = at.dataframe[0].key
    state = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    at.session_state[key] = state
    ids = [run.id for run in RunStore().list()]
    shown = [next(i for i in ids if RunStore().config(i).name == name) for name in listed(at)]
    at.session_state["table.selected"] = tuple(shown[row] for row in rows)
    return again(at)


# --- pure --------------------------------------------------------------------------------------


def test_every_word_of_a_search_must_occur_somewhere() -> None:
    runs = [summary("one", tags=("for the board",)), summary("two", generator="lsgan")]
    assert [r.name for r in fitting(runs, "BOARD hiring", {})] == ["one"]
    assert [r.name for r in fitting(runs, "lsgan", {})] == ["two"]
    assert fitting(runs, "board lsgan", {}) == []
    assert fitting(runs, " ", {}) == runs


def test_an_id_is_found_by_the_whole_or_its_end_and_by_no_word_in_it() -> None:
    one = summary("Alpha", id="20261120-141502-hiring-both-mixture-ab12", fairness="dp")
    other = summary("Both sexes", id="20261120-141503-hiring-dp-mixture-cd34")
    runs = [one, other]
    assert fitting(runs, "both", {}) == [other]  # by its name
    assert fitting(runs, "141502", {}) == []
    for typed in (one.id, one.id.upper(), "ab12", "mixture-ab12", "e-AB12"):
        assert fitting(runs, typed, {}) == [one]
    assert fitting(runs, "b12", {}) == []


def test_filters_take_any_of_their_words_and_all_filters_must_fit() -> None:
    runs = [
        summary("a", state="failed", tags=("x",)),
        summary("b", tags=("x", "y")),
        summary("c", data="adult", target=None),
    ]
    failed, done = say("state.failed"), say("state.done")
    assert [r.name for r in fitting(runs, "", {"tag": ["x"]})] == ["a", "b"]
    assert [r.name for r in fitting(runs, "", {"tag": ["x"], "state": [done]})] == ["b"]
    assert [r.name for r in fitting(runs, "", {"state": [done, failed]})] == ["a", "b", "c"]
    assert [r.name for r in fitting(runs, "", {"target": [say("table.no_target")]})] == ["c"]


def test_a_filter_without_a_choice_is_not_offered() -> None:
    runs = [summary("a", tags=("x",)), summary("b")]
    assert choices(runs) == {"tag": ["x"]}
    assert set(choices([*runs, summary("c", data="adult")])) == {"tag", "data"}


def test_runs_without_the_figure_come_last_and_ties_are_newest_first() -> None:
    runs = [
        summary("old", created=1, figures={"dp": 0.2, "auroc": 0.8}),
        summary("new", created=2, figures={"dp": 0.2, "auroc": 0.9}),
        summary("fair", created=0, figures={"dp": 0.1}),
        summary("none", created=9),
    ]
    assert [r.name for r in in_order(runs, "newest")] == ["none", "new", "old", "fair"]
    assert [r.name for r in in_order(runs, "dp")] == ["fair", "new", "old", "none"]
    assert [r.name for r in in_order(runs, "auroc")] == ["new", "old", "none", "fair"]
    assert [r.name for r in in_order(runs, "name")] == ["fair", "new", "none", "old"]


# --- the page ----------------------------------------------------------------------------------


def test_without_runs_the_page_leads_to_a_training(runs: RunStore) -> None:
    at = opened("compare")
    assert say("table.none") in words(at)
    assert not at.dataframe


def test_all_runs_are_listed_with_their_figures(three: tuple[str, str, str]) -> None:
    at = opened("compare")
    table = at.dataframe[0].value
    assert list(table["name"]) == ["Gamma", "Beta", "Alpha"]
    assert list(table["dp"].fillna(-1)) == [-1, 0.01, 0.05]
    assert say("table.count", shown=3, n=3) in words(at)
    assert "tags" not in table


def test_a_search_and_filters_narrow_the_list_and_are_kept(three: tuple[str, str, str]) -> None:
    at = opened("compare")
    widget(at.text_input, say("table.search")).set_value("mixture")
    again(at)
    assert listed(at) == ["Gamma", "Alpha"]
    widget(at.multiselect, say("table.filter.state")).set_value([say("state.done")])
    again(at)
    assert listed(at) == ["Alpha"]
    at.switch_page("views/train.py")
    again(at)
    at.switch_page("views/compare.py")
    again(at)
    assert listed(at) == ["Alpha"]
    widget(at.text_input, say("table.search")).set_value("nothing like it")
    again(at)
    assert say("table.none_found") in words(at)


def test_the_list_is_sorted_by_a_figure(three: tuple[str, str, str]) -> None:
    at = opened("compare")
    widget(at.selectbox, say("table.sort")).set_value("dp")
    again(at)
    assert listed(at) == ["Beta", "Alpha", "Gamma"]


def test_a_selection_survives_a_filter_that_hides_it(three: tuple[str, str, str]) -> None:
    at = tick(opened("compare"), 2)
    assert f"**{say('table.selected', n=1)}**" in words(at)
    widget(at.text_input, say("table.search")).set_value("lsgan")
    again(at)
    assert listed(at) == ["Beta"]
    assert f"**{say('table.selected', n=1)}**" in words(at)


def test_a_run_is_renamed(three: tuple[str, str, str], runs: RunStore) -> None:
    at = tick(opened("compare"), 2)
    widget(at.text_input, say("table.new_name")).set_value("The one we use")
    at.button(key="table.rename_apply").click()
    again(at)
    assert "The one we use" in listed(at)
    assert runs.config(three[0]).name == "The one we use"


def test_several_runs_are_tagged_and_found_by_the_tag(
    three: tuple[str, str, str], runs: RunStore
) -> None:
    at = tick(opened("compare"), 1, 2)
    at.multiselect[-1].set_value(["board"])
    at.button(key="table.tag_apply").click()
    again(at)
    assert {run.id for run in runs.list() if run.tags == ("board",)} == set(three[:2])
    widget(at.multiselect, say("table.filter.tag")).set_value(["board"])
    again(at)
    assert listed(at) == ["Beta", "Alpha"]


def test_deleted_runs_come_back_with_undo(three: tuple[str, str, str], runs: RunStore) -> None:
    at = tick(opened("compare"), 0, 1)
    at.button(key="table.delete").click()
    again(at)
    assert listed(at) == ["Alpha"]
    assert say("table.deleted", n=2, names="Gamma, Beta") in words(at)
    assert runs.ids() == [three[0]]
    at.button(key="table.undo").click()
    again(at)
    assert listed(at) == ["Gamma", "Beta", "Alpha"]
    assert say("table.undo") not in labels(at.button)


def test_the_line_of_buttons_is_there_before_anything_is_selected(
    three: tuple[str, str, str],
) -> None:
    at = opened("compare")  # so that the first tick moves no row
    assert say("table.select") in words(at)
    assert at.button(key="table.compare").disabled
    at = tick(at, 1)
    assert say("table.select") not in words(at)


def test_a_run_that_did_not_end_well_opens_where_it_can_go_on(
    three: tuple[str, str, str], runs: RunStore
) -> None:
    at = tick(opened("compare"), 0)
    assert runs.status(three[2]).state != "done"
    at.button(key="table.open_training").click()
    again(at)
    assert words(at).startswith(say("train.title"))
    assert asked(at, "run") == three[2]


def test_what_works_or_failed_cannot_be_compared(
    three: tuple[str, str, str], runs: RunStore
) -> None:
    at = tick(opened("compare"), 0, 1)
    assert at.button(key="table.compare").disabled
    at = tick(opened("compare"), 1, 2)
    assert not at.button(key="table.compare").disabled
    at.button(key="table.compare").click()
    again(at)
    assert asked(at, "runs") == ",".join((three[1], three[0]))
