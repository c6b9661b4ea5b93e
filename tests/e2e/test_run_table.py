"""The table of all runs, thirty of them: searched, filtered, sorted, renamed, tagged, deleted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from dashboard.comparing.filters import fairness_words, generator_words
from dashboard.text import say
from fairgen_core.config import TrainConfig
from fairgen_core.results import Measured, Report
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore
from tests.dashboard.report_builder import evaluation, figure
from tests.dashboard.run_builder import CONFIG, make_run
from tests.e2e.harness import Server, choose, open_page, pick, serve, settle

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

N_RUNS = 30
GENERATORS = ("mixture", "lsgan", "diffusion")
FIRST_ROW, BOX_TO_TICK = 52, 18
"""Pixels from the table's upper left corner."""


def config(place: int) -> TrainConfig:
    raw = CONFIG.model_dump(mode="json")
    raw |= {"name": f"Run {place:02d}", "seed": place}
    raw["generator"] = {"name": GENERATORS[place % 3]}
    raw["fairness"] = {"target": ("none", "both")[place % 2]}
    return TrainConfig.model_validate(raw)


def report(auroc: float) -> Report:
    """A report with this AUROC."""

    def changed(measured: Measured) -> Measured:
        if measured.metric != "auroc":
            return measured
        return measured.model_copy(update={"synthetic": figure(auroc)})

    whole = evaluation()
    return whole.model_copy(update={"figures": tuple(map(changed, whole.figures))})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Thirty runs: the seventeenth has the highest AUROC, every tenth one failed."""
    home = tmp_path_factory.mktemp("thirty") / "home"
    home.mkdir(parents=True)
    write_json(home / "demo.json", {"run": ""})
    store = RunStore(home / "runs")
    for place in range(N_RUNS):
        if place % 10 == 9:
            make_run(store, "failed", config=config(place), message="The loss is not finite.")
        else:
            auroc = 0.95 if place == 16 else 0.7 + place / 1000
            make_run(store, report=report(auroc), config=config(place), n_rows=20)
    with serve(home) as running:
        yield running


def see_count(page: Page, shown: int, n: int = N_RUNS) -> None:
    words = say("table.count", shown=shown, n=n)
    expect(page.get_by_text(words, exact=False)).to_be_visible()


def tick(page: Page, *rows: int) -> None:
    """Tick rows by their place in the table, from 0."""
    table = page.get_by_test_id("stDataFrame")
    for row in rows:
        box = table.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + BOX_TO_TICK, box["y"] + FIRST_ROW + 35 * row)
        settle(page)


def filter_by(page: Page, name: str, word: str) -> None:
    field = page.get_by_role("combobox", name=say(f"table.filter.{name}"))
    field.click()
    page.get_by_role("option", name=word, exact=True).click()
    page.keyboard.press("Escape")
    settle(page)


def clear_filters(page: Page) -> None:
    button = page.get_by_role("button", name="Clear all")
    while button.count():
        button.first.click()
        settle(page)


def selected(page: Page) -> str:
    """The name of the selected run, as the form to rename it knows it."""
    page.get_by_role("button", name=say("table.rename")).click()
    name = page.get_by_role("textbox", name=say("table.new_name")).input_value()
    page.keyboard.press("Escape")
    settle(page)
    return name


def test_thirty_runs_are_put_in_order(page: Page, server: Server) -> None:
    store = RunStore(server.home / "runs")
    runs = store.list()
    open_page(page, server, "/compare", "compare")
    pick(page, say("part.runs"))
    see_count(page, N_RUNS)

    # Found and filtered; filters hold together.
    field = page.get_by_role("textbox", name=say("table.search"))
    field.fill("LSGAN adult")
    field.press("Enter")
    see_count(page, 10)
    field.fill("")
    field.press("Enter")
    see_count(page, N_RUNS)
    words = generator_words(next(r for r in runs if r.generator == "lsgan"))
    filter_by(page, "generator", words)
    see_count(page, 10)
    held = fairness_words(next(r for r in runs if r.fairness == "both"))
    filter_by(page, "fairness", held)
    see_count(page, 5)
    clear_filters(page)
    see_count(page, N_RUNS)

    # In order: the highest AUROC first.
    choose(page, say("table.sort"), say("table.sort.auroc"))
    tick(page, 0)
    assert selected(page) == "Run 16"

    # Renamed and tagged; the tag becomes a filter.
    page.get_by_role("button", name=say("table.rename")).click()
    name = page.get_by_role("textbox", name=say("table.new_name"))
    name.fill("The best of them")
    page.get_by_role("button", name=say("table.apply"), exact=True).click()
    settle(page)
    best = next(run for run in store.list() if run.name == "The best of them")
    assert best.seed == 16
    page.keyboard.press("Escape")
    page.get_by_role("button", name=say("table.tag")).click()
    tags = page.get_by_role("combobox", name=say("table.tag_label"))
    tags.fill("keep")
    tags.press("Enter")
    tags.press("Escape")
    page.get_by_role("button", name=say("table.apply"), exact=True).click()
    settle(page)
    assert next(run.tags for run in store.list() if run.id == best.id) == ("keep",)
    page.keyboard.press("Escape")
    filter_by(page, "tag", "keep")
    see_count(page, 1)
    clear_filters(page)

    # Three deleted, and brought back.
    page.get_by_role("button", name=say("table.clear"), exact=True).click()
    settle(page)
    tick(page, 0, 1, 2)
    expect(page.get_by_text(say("table.selected", n=3), exact=True)).to_be_visible()
    page.get_by_role("button", name=say("table.delete"), exact=True).click()
    see_count(page, N_RUNS - 3, N_RUNS - 3)
    assert best.id not in store.ids()
    page.get_by_role("button", name=say("table.undo"), exact=True).click()
    see_count(page, N_RUNS)
    assert sorted(store.ids()) == sorted(run.id for run in runs)
