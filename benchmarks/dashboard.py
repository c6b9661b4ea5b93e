"""How long a person waits for the dashboard: its first page, and any click beside a training."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.lines import Line
from benchmarks.measure import CommandFailedError
from benchmarks.speed import SMOKE, Sizes
from benchmarks.tables import adult
from fairgen_core.config import DataConfig, GeneratorConfig, RolesConfig, TrainConfig
from fairgen_core.runs import launcher
from fairgen_core.runs.store import RunStore
from tests.e2e.harness import Server, go_to, launch, see_title, serve, settle

_COMMAND = "python -m benchmarks.run --only dashboard"
_PAGES = ("train", "inspect", "data")


def waiting(sizes: Sizes, folder: Path) -> Iterator[Line]:
    """The first page after a fresh start of the server, and clicks while a training runs."""
    n_starts, n_rounds = (1, 1) if sizes is SMOKE else (3, 5)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        first = [_first_page(browser, folder / f"home-{turn}") for turn in range(n_starts)]
        yield Line(
            "dashboard: first page after the server's start",
            statistics.median(first),
            must=3,
            aim=1.5,
            unit="s",
            command=_COMMAND,
            note=f"median of {n_starts}; slowest {max(first):.2f} s; to the page's title and "
            "the end of its script",
        )
        with serve(folder / "home-busy") as server:
            clicks = _clicks_beside_training(browser, server, sizes, n_rounds)
        browser.close()
    yield Line(
        "dashboard: a click on another page while a training runs",
        max(clicks),
        must=1,
        aim=0.3,
        unit="s",
        command=_COMMAND,
        note=f"slowest of {len(clicks)}; median {statistics.median(clicks):.2f} s; to the "
        "page's title",
    )


def _first_page(browser: Browser, home: Path) -> float:
    with serve(home) as server:
        page = browser.new_context().new_page()
        start = time.perf_counter()
        page.goto(server.url)
        see_title(page, "data")
        settle(page)
        seconds = time.perf_counter() - start
        page.context.close()
    return seconds


def _clicks_beside_training(
    browser: Browser, server: Server, sizes: Sizes, n_rounds: int
) -> list[float]:
    page = browser.new_context().new_page()
    page.goto(server.url)
    settle(page)
    for name in _PAGES:  # Each page once before anything is timed.
        _click(page, name)
        settle(page)
    store = RunStore(server.home / "runs")
    run_id = store.create(_long_training(sizes, server.home))
    launcher.start(store, run_id)
    _wait_until_it_trains(store, run_id)
    seconds = []
    for _ in range(n_rounds):
        for name in _PAGES:
            seconds.append(_click(page, name))
            settle(page)
    if store.status(run_id).state != "running":
        raise CommandFailedError("The training ended before the clicks did: nothing was measured.")
    launcher.stop(store, run_id)
    page.context.close()
    return seconds


def _click(page: Page, name: str) -> float:
    start = time.perf_counter()
    go_to(page, name)
    return time.perf_counter() - start


def _long_training(sizes: Sizes, folder: Path) -> TrainConfig:
    files = adult(folder, sizes.train_rows)
    return TrainConfig(
        data=DataConfig(source=str(files.train), test_source=str(files.test)),
        roles=RolesConfig(sensitive=("sex",), target="income", positive=">50K"),
        generator=GeneratorConfig(name="wgan-gp", n_steps=1_000_000),
    )


def _wait_until_it_trains(store: RunStore, run_id: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        status = store.status(run_id)
        if status.state == "running" and status.stage not in {"", "read"}:
            return
        if status.state in {"failed", "stopped"}:
            break
        time.sleep(0.2)
    raise CommandFailedError(f"The training beside the clicks did not start: {status.message}")
