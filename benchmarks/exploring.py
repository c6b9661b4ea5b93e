"""How long a person waits on the Compare page: a list of 1,000 runs, and the dial."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.lines import Line
from benchmarks.measure import CommandFailedError
from benchmarks.speed import SMOKE, Sizes
from dashboard.text import say
from fairgen_core.config import DataConfig, RolesConfig, TrainConfig
from fairgen_core.runs import launcher
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.sweeps import SweepStore
from fairgen_core.sweep_config import Axis, SweepConfig
from tests.e2e.harness import Server, go_to, launch, see_title, serve, settle

_COMMAND = "python -m benchmarks.run --only exploring"
_CONFIG = TrainConfig(
    data=DataConfig(source="hiring"),
    roles=RolesConfig(sensitive=("gender",), target="hired", positive="yes"),
    preset="quick",
)
_STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
_SHARED_FILES = ("report.json", "schema.json", "file_format.json")


def waiting(sizes: Sizes, folder: Path) -> Iterator[Line]:
    """The list of runs on a server just started: first view, and a search; then the dial."""
    smoke = sizes is SMOKE
    n_runs, n_turns = (50, 1) if smoke else (1000, 5)
    home = folder / "home"
    sweep_id = _explore(home)
    _many_runs(home, n_runs)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        views, filters = [], []
        for _ in range(1 if smoke else 3):
            with serve(home) as server:
                views.append(_first_view(browser, server, n_runs))
                filters += _filter_times(browser, server, n_runs, n_turns)
        with serve(home) as server:
            dial = _dial_times(browser, server, sweep_id, n_turns)
        browser.close()
    yield Line(
        f"dashboard: {n_runs:,} runs, first view",
        statistics.median(views),
        must=1.5,
        aim=0.7,
        unit="s",
        command=_COMMAND,
        note=f"median of {len(views)} servers just started, slowest {max(views):.2f} s; from the "
        "first click on Compare to the table",
    )
    yield Line(
        f"dashboard: {n_runs:,} runs, a search",
        statistics.median(filters),
        must=0.3,
        aim=0.15,
        unit="s",
        command=_COMMAND,
        note=f"median of {len(filters)}, slowest {max(filters):.2f} s; from Enter to the new count",
    )
    yield Line(
        "dashboard: moving the dial, to the new figures",
        statistics.median(dial),
        must=0.5,
        aim=0.2,
        unit="s",
        command=_COMMAND,
        note=f"median of {len(dial)}, slowest {max(dial):.2f} s; from the key to the new figure, "
        "each place once before",
    )


def _explore(home: Path) -> str:
    """A real small exploration, done: its reports are what the list and the dial show."""
    runs = RunStore(home / "runs")
    sweeps = SweepStore.beside(runs)
    config = SweepConfig(base=_CONFIG, vary=(Axis(name="strength", values=_STRENGTHS),))
    sweep_id = sweeps.create(config)
    launcher.tick(runs)
    deadline = time.monotonic() + 900
    while time.monotonic() < deadline:
        status = sweeps.status(sweep_id)
        if status.state == "done":
            return sweep_id
        if status.state in {"failed", "stopped"}:
            break
        time.sleep(1)
    raise CommandFailedError(f"The exploration was not done: {sweeps.status(sweep_id).message}")


def _many_runs(home: Path, n_runs: int) -> None:
    """Run folders like the exploration's own, with other names, targets and generators."""
    done = next((home / "sweeps").glob("*/runs/*/report.json")).parent
    config = json.loads((done / "config.json").read_text())
    status = json.loads((done / "status.json").read_text())
    draw = random.Random(0)
    for i in range(n_runs):
        run = home / "runs" / f"20260101-{i:06d}-hiring-both-mixture-{i:06x}"
        run.mkdir(parents=True)
        for name in _SHARED_FILES:
            (run / name).hardlink_to(done / name)
        fairness = {**config["fairness"], "target": draw.choice(["none", "ftu", "dp", "both"])}
        name = f"{draw.choice(['Draft', 'Final'])} {i}"
        write_json(run / "config.json", {**config, "fairness": fairness, "name": name, "seed": i})
        write_json(run / "status.json", {**status, "created": status["created"] - 60 * i})
    RunStore(home / "runs").list()  # the index, as it is kept up to date run by run
    write_json(home / "demo.json", {"run": ""})


def _first_view(browser: Browser, server: Server, n_runs: int) -> float:
    """From the click in the side bar of a dashboard that was just started, to the table."""
    page = browser.new_context().new_page()
    page.goto(f"{server.url}/train")  # The Data page would add an audit to the list.
    see_title(page, "train")
    settle(page)
    start = time.perf_counter()
    go_to(page, "compare")
    _see_count(page, n_runs, n_runs)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=60_000)
    seconds = time.perf_counter() - start
    settle(page)
    page.context.close()
    return seconds


def _filter_times(browser: Browser, server: Server, n_runs: int, n_turns: int) -> list[float]:
    page = browser.new_context().new_page()
    page.goto(f"{server.url}/compare")
    _see_count(page, n_runs, n_runs)
    settle(page)
    found = {run.id: run.name for run in RunStore(server.home / "runs").list()}
    field = page.get_by_role("textbox", name=say("table.search"))
    seconds = []
    for turn in range(n_turns):
        words = ("draft", "final")[turn % 2]
        n_found = sum(name.lower().startswith(words) for name in found.values())
        field.fill(words)
        start = time.perf_counter()
        field.press("Enter")
        _see_count(page, n_found, n_runs)
        seconds.append(time.perf_counter() - start)
        settle(page)
    page.context.close()
    return seconds


def _see_count(page: Page, n_shown: int, n_runs: int) -> None:
    words = say("table.count", shown=f"{n_shown:,}", n=f"{n_runs:,}")
    expect(page.get_by_text(words, exact=False).first).to_be_visible(timeout=60_000)


def _dial_times(browser: Browser, server: Server, sweep_id: str, n_turns: int) -> list[float]:
    page = browser.new_context().new_page()
    page.goto(f"{server.url}/compare?sweep={sweep_id}")
    slider = page.get_by_role("slider").first
    expect(slider).to_be_visible(timeout=60_000)
    settle(page)
    n_steps = len(_STRENGTHS) - 1
    seconds = []
    for turn in range(1 + n_turns):
        for key in ["ArrowLeft"] * n_steps + ["ArrowRight"] * n_steps:
            value = page.get_by_test_id("stMetricValue").first.inner_text()
            slider.focus()
            start = time.perf_counter()
            page.keyboard.press(key)
            page.wait_for_function(
                "old => document.querySelector('[data-testid=stMetricValue]')?.innerText !== old",
                arg=value,
            )
            if turn:  # Every place once before anything is timed.
                seconds.append(time.perf_counter() - start)
            settle(page)
    page.context.close()
    return seconds
