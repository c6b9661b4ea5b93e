"""Every page with the built-in data: opens, readable narrow, accessible, usable by keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dashboard.text import say
from tests.e2e.harness import Server, go_to, open_page, see_state, see_title, settle

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PAGES = {
    "data": "/",
    "train": "/train",
    "inspect": "/inspect",
    "compare": "/compare",
    "lessons": "/lessons",
}


def test_built_in_data_is_chosen_and_audited_on_the_first_visit(page: Page, server: Server) -> None:
    open_page(page, server)
    expect(page.get_by_role("radio", name="Hiring (simulated)")).to_be_checked()
    expect(page.get_by_text(say("audit.model"))).to_be_visible(timeout=240_000)


def test_the_sidebar_leads_to_every_page(page: Page, server: Server) -> None:
    open_page(page, server)
    for name in ("train", "inspect", "compare", "lessons", "data"):
        go_to(page, name)
        settle(page)
        expect(page).to_have_title(say("app.page_title", page=say(f"page.{name}")))


@pytest.mark.parametrize("name", PAGES)
def test_no_serious_barrier_for_assistive_technology(page: Page, server: Server, name: str) -> None:
    open_page(page, server, PAGES[name], name)
    found = Axe().run(page).response["violations"]
    grave = [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
    assert grave == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_has_to_be_scrolled_sideways_at_800_pixels(
    page: Page, server: Server, name: str
) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    open_page(page, server, PAGES[name], name)
    wider = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
            .map(e => e.scrollWidth - e.clientWidth)"""
    )
    assert wider == [0, 0]


def test_the_keyboard_alone_starts_a_training(page: Page, server: Server) -> None:
    open_page(page, server, "/train", "train")
    button = page.get_by_role("button", name=say("train.button"), exact=True)
    expect(button).to_be_enabled()
    for _ in range(80):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**run=*", timeout=30_000)
    page.get_by_role("button", name=say("live.stop"), exact=True).click()
    see_state(page, "stopped")


def test_the_start_page_has_its_name_as_an_address_too(page: Page, server: Server) -> None:
    open_page(page, server, "/lessons", "lessons")
    page.goto(f"{server.url}/data")
    see_title(page, "data")
    settle(page)
    expect(page.get_by_role("dialog")).to_have_count(0)  # 'Page not found'
    links = page.get_by_test_id("stSidebarNavItems").get_by_role("link")
    expect(links.filter(has_text=say("page.data"))).to_have_count(1)
    assert "/data" in page.url
    # The address as it was typed, then the page before; a redirect would lead here ever again.
    for _ in range(2):
        page.go_back()
        settle(page)
    see_title(page, "lessons")


def test_another_page_is_seen_from_its_top(page: Page, server: Server) -> None:
    open_page(page, server)
    main = page.get_by_test_id("stMain")
    page.get_by_role("button", name=say("audit.continue")).click()
    see_title(page, "train")
    settle(page)
    assert main.evaluate("e => e.scrollTop") == 0
    main.evaluate("e => e.scrollTo(0, 120)")
    page.wait_for_timeout(200)
    assert main.evaluate("e => e.scrollTop") == 120
