"""One browser for all; for each test a page that must stay quiet and at home."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.e2e.harness import Server, Watch, launch, serve

WIDE: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard with a home of its own for one file of tests."""
    with serve(tmp_path_factory.mktemp("server") / "home") as running:
        yield running


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Makes pages in browsers of their own; afterwards each console must have been free of errors
    and nobody outside this machine asked."""
    opened: list[tuple[Page, Watch]] = []

    def make() -> Page:
        page = browser.new_context(viewport=WIDE, accept_downloads=True).new_page()
        page.set_default_timeout(30_000)
        watch = Watch()
        watch.listen(page)
        opened.append((page, watch))
        return page

    yield make
    for page, watch in opened:
        page.context.close()
        assert watch.errors == []
        assert watch.strangers == []


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    return new_page()
