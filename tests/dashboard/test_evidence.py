"""The report, the cards and the bundle, as the Inspect page gives them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.inspecting import evidence
from dashboard.text import say
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, opened, widget, words
from tests.dashboard.picture_runs import train_digits
from tests.dashboard.report_builder import evaluation
from tests.dashboard.run_builder import make_run


@pytest.fixture
def run(runs: RunStore) -> str:
    return make_run(runs, report=evaluation(), n_rows=40)


def takeaway(run_id: str) -> AppTest:
    at = opened("inspect", run=run_id)
    at.segmented_control(key="section").set_value("takeaway")
    return again(at)


def downloads(at: AppTest) -> list[str]:
    return [button.proto.label for button in at.get("download_button")]


def test_the_report_stands_at_the_top_and_everything_under_take_away(run: str) -> None:
    assert say("evidence.report") in downloads(opened("inspect", run=run))
    offered = downloads(takeaway(run))
    for name in ("report", "card.model", "card.data", "bundle"):
        assert say(f"evidence.{name}") in offered


def test_real_data_comes_only_with_a_tick_and_a_warning(run: str) -> None:
    at = takeaway(run)
    assert not widget(at.checkbox, say("evidence.real")).value
    assert say("evidence.real_warning") not in words(at)
    widget(at.checkbox, say("evidence.real")).set_value(True)
    again(at)
    assert say("evidence.real_warning") in words(at)
    assert any("with-real-rows.zip" in code.value for code in at.code)


def test_a_run_that_was_not_judged_has_no_report_to_give(runs: RunStore) -> None:
    offered = downloads(takeaway_of_unjudged(runs))
    assert say("evidence.bundle") not in offered
    assert say("take.csv_safe") in offered


def takeaway_of_unjudged(runs: RunStore) -> AppTest:
    at = opened("inspect", run=make_run(runs, n_rows=40))
    at.segmented_control(key="section").set_value("takeaway")
    return again(at)


def test_the_report_is_one_page_with_the_headline(run: str) -> None:
    page = evidence.html(run).decode()
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "the gap went from 0.18 to 0.01" in page
    assert "<script src" not in page


def test_the_cards_are_markdown(run: str) -> None:
    assert evidence.card_text(run, "model").decode().startswith("# ")
    assert evidence.card_text(run, "data").decode().startswith("# ")


@pytest.mark.slow
def test_the_bundle_holds_the_synthetic_rows_only_where_they_are_asked_for(run: str) -> None:
    def names(with_samples: bool) -> list[str]:
        content = evidence.bundle(run, with_samples, with_real=False)
        return zipfile.ZipFile(io.BytesIO(content)).namelist()

    plain, full = names(False), names(True)
    assert {"report.html", "MANIFEST.json", "config.json", "metrics.json"} <= set(plain)
    assert set(full) - set(plain) == {"samples/samples.parquet"}
    assert not [name for name in full if name.startswith("real/")]


@pytest.mark.slow
def test_trainings_on_pictures_have_evidence_too(quiet_home: Path) -> None:
    run = train_digits(quiet_home)
    at = opened("inspect", run=run.id)
    assert say("evidence.report") in downloads(at)
    assert at.button(key="inspect.explore")
    at = opened("inspect", run=run.id, view=say("picture_section.takeaway"))
    assert say("evidence.bundle") in downloads(at)
    content = evidence.bundle(run.id, with_samples=False, with_real=False)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert "figures/synthetic-pictures.png" in names
    assert not [name for name in names if name.startswith("real/")]
