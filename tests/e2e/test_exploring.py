"""Many settings at once: explored from the page, looked at, compared."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.text import say
from fairgen_core.report.verifying import verify_bundle
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweeps import SweepStore
from tests.e2e.harness import Server, choose_hiring, open_page, pick, see_title, serve, settle

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MINUTES = 60_000  # milliseconds
MIDDLE = "FTU and DP · Strength 0.5"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard where a quick training on the simulated data is chosen and nothing has run."""
    home = tmp_path_factory.mktemp("exploring") / "home"
    choose_hiring(home)
    with serve(home) as running:
        yield running


def see_setting(page: Page, words: str) -> None:
    """Wait until the dial stands at a setting."""
    expect(page.locator("strong", has_text=re.compile(f"^{re.escape(words)}$"))).to_be_visible()


def test_settings_are_explored_from_the_page_and_looked_at(page: Page, server: Server) -> None:
    # From the Train page, with what is chosen there.
    open_page(page, server, "/train", "train")
    page.get_by_role("button", name=say("explore.from"), exact=True).click()
    see_title(page, "compare")
    settle(page)
    page.get_by_role("button", name="Remove DP", exact=False).first.click()
    settle(page)
    strengths = page.get_by_role("combobox", name=say("axis.strength"))
    strengths.locator("xpath=ancestor::*[@data-testid='stMultiSelect']").get_by_role(
        "button", name="Clear all"
    ).click()
    settle(page)
    strengths.fill("0:1:3")
    strengths.press("Enter")
    strengths.press("Escape")
    expect(page.get_by_text(re.compile(r"^3 runs · about"))).to_be_visible()
    settle(page)
    page.get_by_role("button", name=say("explore.start"), exact=True).click()

    # It goes on without the page, and a reload finds it.
    page.wait_for_url("**sweep=*")
    expect(page.get_by_text(say("live.leave"))).to_be_visible(timeout=MINUTES)
    sweep_id = parse_qs(urlsplit(page.url).query)["sweep"][0]
    page.reload()
    see_title(page, "compare")
    expect(page.get_by_role("button", name=say("live.stop"), exact=True)).to_be_visible()
    finished = page.get_by_text(re.compile(rf"^{say('explore.done', n=3, total=3)}"))
    expect(finished).to_be_visible(timeout=10 * MINUTES)
    settle(page)
    status = SweepStore(server.home / "sweeps").status(sweep_id)
    assert (status.state, status.n_done) == ("done", 3)

    # A click on the frontier is what the dial shows; the dial moves on from there.
    chart = page.get_by_test_id("stVegaLiteChart").first
    chart.scroll_into_view_if_needed()
    chart.locator(f"path[aria-roledescription='point'][aria-label*='{MIDDLE};']").last.click(
        force=True
    )
    see_setting(page, MIDDLE)
    settle(page)
    slider = page.get_by_role("slider")
    value = page.get_by_test_id("stMetricValue").first.inner_text()
    slider.focus()
    page.keyboard.press("ArrowLeft")
    see_setting(page, "FTU and DP · Strength 0")
    settle(page)
    assert page.get_by_test_id("stMetricValue").first.inner_text() != value

    # One seed cannot tell.
    pick(page, say("explore.view.stability"))
    expect(page.get_by_text("cannot be told", exact=False)).to_be_visible()


def test_two_settings_stand_side_by_side(page: Page, server: Server) -> None:
    sweeps = SweepStore(server.home / "sweeps")
    (sweep_id,) = sweeps.ids()
    points = sweeps.results(sweep_id).points
    runs = ",".join((points[0].run, points[-1].run))
    open_page(page, server, f"/compare?runs={runs}", "compare")
    expect(page.get_by_text(say("side.settings"), exact=True)).to_be_visible(timeout=2 * MINUTES)
    expect(page.get_by_text(say("side.same_settings", n=0)[2:], exact=False)).to_be_visible()
    expect(page.get_by_text("paired", exact=False).first).to_be_visible()
    expect(page.get_by_role("heading", name=say("side.groups"))).to_be_visible()


def test_the_report_and_the_bundle_are_downloaded_and_open(
    page: Page, server: Server, browser: Browser, tmp_path: Path
) -> None:
    sweeps = SweepStore(server.home / "sweeps")
    run_id = sweeps.results(sweeps.ids()[0]).points[-1].run
    open_page(page, server, f"/inspect?run={run_id}", "inspect")
    with page.expect_download(timeout=3 * MINUTES) as event:
        page.get_by_role("button", name=say("evidence.report"), exact=True).click()
    report = tmp_path / "report.html"
    event.value.save_as(report)
    # Somebody else opens it, without a network.
    reader = browser.new_context(offline=True).new_page()
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(report.as_uri())
    expect(reader.get_by_role("heading", level=1)).to_be_visible()
    assert reader.locator("svg, img").count() > 3
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    reader.context.close()

    pick(page, say("section.takeaway"))
    with page.expect_download(timeout=3 * MINUTES) as event:
        page.get_by_role("button", name=say("evidence.bundle"), exact=True).click()
    bundle = tmp_path / "bundle.zip"
    event.value.save_as(bundle)
    found = verify_bundle(bundle)
    assert found.ok
    assert not [name for name in zipfile.ZipFile(bundle).namelist() if name.startswith("real/")]


def test_a_run_is_found_tagged_and_deleted_with_undo(page: Page, server: Server) -> None:
    runs = RunStore(server.home / "runs")
    config = (
        SweepStore(server.home / "sweeps")
        .members(SweepStore(server.home / "sweeps").ids()[0])[0]
        .config
    )
    run_id = runs.create(config.model_copy(update={"name": "Found again"}), owner="notebook")
    runs.set_status(run_id, runs.status(run_id).model_copy(update={"state": "done"}))
    open_page(page, server, "/compare", "compare")
    pick(page, say("part.runs"))
    field = page.get_by_role("textbox", name=say("table.search"))
    field.fill("found again")
    field.press("Enter")
    expect(page.get_by_text(say("table.count", shown=1, n=1), exact=False)).to_be_visible()
    settle(page)
    grid = page.get_by_test_id("stDataFrame")
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + 52)  # the first row's box to tick
    expect(page.get_by_text(say("table.selected", n=1), exact=True)).to_be_visible()
    settle(page)
    page.get_by_role("button", name=say("table.delete"), exact=True).click()
    expect(page.get_by_text("Found again", exact=False).first).to_be_visible()
    settle(page)
    assert runs.ids() == []
    page.get_by_role("button", name=say("table.undo"), exact=True).click()
    settle(page)
    assert runs.ids() == [run_id]
