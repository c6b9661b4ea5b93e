"""Photographs every page, wide and narrow, light and dark. Not a test: for the eye.

`python -m tests.e2e.screenshots FOLDER --address http://localhost:8501 [--readme]`
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from fairgen_core.runs.sweeps import SweepStore
from tests.e2e.harness import launch, settle

SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 800, "height": 1000},
}


def photograph(page: Page, path: Path) -> None:
    """The whole page, however long it is."""
    settle(page, 60)
    page.wait_for_timeout(1500)
    inner = page.locator("[data-testid=stMain]")
    height = int(inner.evaluate("e => e.scrollHeight"))
    size = page.viewport_size or SIZES["wide"]
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.wait_for_timeout(900)
    page.screenshot(path=str(path))
    page.set_viewport_size(size)


def photograph_all(
    browser: Browser, address: str, folder: Path, paths: list[str], which: str
) -> None:
    """Every path in every size and colour scheme that `which` names."""
    for scheme in ("light", "dark"):
        for name, size in SIZES.items():
            if which not in f"all {name}-{scheme}":
                continue
            context = browser.new_context(viewport=size, color_scheme=scheme)
            page = context.new_page()
            for path in paths:
                page.goto(f"{address}/{path}")
                stem = path.split("?")[0].strip("/") or "data"
                photograph(page, folder / f"{stem}-{name}-{scheme}.png")
            context.close()


def photograph_for_readme(browser: Browser, address: str, folder: Path) -> None:
    """The newest exploration's frontier.

    The home is that of `FAIRGEN_HOME`, as the dashboard at `address` has it.
    """
    sweeps = SweepStore()
    sweep_id = sweeps.ids()[0]
    page = browser.new_context(viewport={"width": 1280, "height": 742}).new_page()
    page.goto(f"{address}/compare?sweep={sweep_id}")
    settle(page, 60)
    chart = page.get_by_test_id("stVegaLiteChart").first
    chart.scroll_into_view_if_needed()
    chart.evaluate("chart => chart.scrollIntoView({block: 'end'})")
    page.wait_for_timeout(1500)
    page.screenshot(path=str(folder / "frontier.png"))
    page.close()


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", default="http://localhost:8501")
    parser.add_argument("--which", default="all", help="such as wide-light; all: every one")
    parser.add_argument("--paths", nargs="*", default=["", "train", "inspect", "compare"])
    parser.add_argument("--readme", action="store_true", help="only the front page's frontier")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if given.readme:
            photograph_for_readme(browser, given.address, given.folder)
        else:
            photograph_all(browser, given.address, given.folder, given.paths, given.which)
        browser.close()


if __name__ == "__main__":
    main()
