"""Two trainings on pictures side by side, live: one slider, the same moment, no page that jumps."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.text import say
from fairgen_core.image_api import image_config
from fairgen_core.runs import launcher
from fairgen_core.runs.store import RunStore
from tests.e2e.harness import Server, serve

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SECONDS = 1_000  # milliseconds
N_STEPS = 20_000
"""Long enough to be watched; the test stops both runs."""
_CAPTION = re.compile(rf"^{re.escape(say('looks.grid', epoch='@')).replace('@', '([0-9.]+)')}$")


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A dashboard that works on two runs at a time."""
    with serve(tmp_path_factory.mktemp("two") / "home", {"FAIRGEN_SLOTS": "2"}) as running:
        yield running


@pytest.fixture
def pair(server: Server, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Classic beside alternating, at work."""
    monkeypatch.setenv("FAIRGEN_SLOTS", "2")
    store = RunStore(server.home / "runs")
    ways = ({}, {"grouping": "alternate", "clip_norm": 2.0})
    ids = [
        store.create(
            image_config(
                "digits",
                groups="background",
                preset="instant",
                n_steps=N_STEPS,
                n_images=300,
                **way,
            )
        )
        for way in ways
    ]
    for run_id in ids:
        launcher.start(store, run_id)
    return ids[0], ids[1]


def place_of(slider: Locator) -> str:
    return slider.get_attribute("aria-valuetext") or ""


def shown_epochs(page: Page) -> list[float]:
    """The epochs that the pictures' captions name."""
    found = page.get_by_text(_CAPTION).all_inner_texts()
    return [float(match.group(1)) for match in map(_CAPTION.match, found) if match]


def wait_for_later(page: Page, before: float, seconds: float = 120.0) -> float:
    """The earliest epoch that is shown once all are later than `before`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        shown = shown_epochs(page)
        if shown and min(shown) > before:
            return min(shown)
        page.wait_for_timeout(300)
    raise AssertionError(f"the pictures stayed at {before}")


def caption(page: Page, moment: float) -> Locator:
    """The captions of the pictures of a moment."""
    return page.get_by_text(say("looks.grid", epoch=f"{moment:.3g}"), exact=True)


def test_two_runs_are_compared_live_at_one_moment(
    page: Page, server: Server, pair: tuple[str, str]
) -> None:
    page.goto(f"{server.url}/train?run={pair[0]}&beside={pair[1]}")
    slider = page.get_by_role("slider", name=say("looks.moment"))
    expect(slider).to_have_count(1, timeout=180 * SECONDS)
    # It follows the newest look by itself, from its end.
    assert place_of(slider) == say("looks.newest")
    first = wait_for_later(page, 0.0)
    later = wait_for_later(page, wait_for_later(page, first))
    assert place_of(slider) == say("looks.newest")
    # Moved back, it stays, and both runs show that moment.
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).not_to_have_attribute("aria-valuetext", say("looks.newest"))
    chosen = float(place_of(slider))
    assert chosen <= first
    expect(caption(page, chosen)).to_have_count(2, timeout=60 * SECONDS)
    page.wait_for_timeout(8 * SECONDS)
    assert float(place_of(slider)) == chosen
    expect(caption(page, chosen)).to_have_count(2)
    # Moved to the end, it follows again.
    page.keyboard.press("End")
    wait_for_later(page, later)
    # Wide: side by side; narrow: below each other.
    grids = page.get_by_test_id("stImage").locator("img")
    expect(grids).to_have_count(2, timeout=60 * SECONDS)
    wide = [grids.nth(i).bounding_box() for i in range(2)]
    assert wide[0]
    assert wide[1]
    assert wide[0]["x"] + wide[0]["width"] <= wide[1]["x"]
    page.set_viewport_size({"width": 800, "height": 1000})
    page.wait_for_timeout(2 * SECONDS)
    narrow = [grids.nth(i).bounding_box() for i in range(2)]
    assert narrow[0]
    assert narrow[1]
    assert narrow[0]["y"] + narrow[0]["height"] <= narrow[1]["y"]
    for picture in (grids.nth(0), grids.nth(1)):
        assert (picture.get_attribute("alt") or "").startswith("Generated pictures of")
    page.set_viewport_size({"width": 1280, "height": 900})
    # Both can be stopped from here.
    stops = page.get_by_role("button", name=say("live.stop"), exact=True)
    for place in (1, 0):
        stops.nth(place).click()
        expect(page.get_by_role("button", name=say("live.resume"))).to_have_count(
            2 - place, timeout=60 * SECONDS
        )
