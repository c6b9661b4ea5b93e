"""The real server and a real browser: started, watched and ended for tests and benchmarks."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, expect

from dashboard.components import RunState
from dashboard.projects import Project, ProjectStore
from dashboard.text import say
from fairgen_core.config import DataConfig
from fairgen_core.runs.files import write_json

ROOT = Path(__file__).resolve().parents[2]
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_START_SECONDS = 60.0
# Opened at the address of a page, Streamlit first looks for its server below that page.
_PROBE = re.compile(r"^http://localhost:\d+/[a-z]+/_stcore/(health|host-config)$")
_LOOK_MILLISECONDS, _QUIET_LOOKS = 100, 4


def launch(playwright: Playwright) -> Browser:
    """The system's chromium without a window; Playwright's own where the system has none."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return playwright.chromium.launch(executable_path=found, args=list(_FLAGS))


@dataclass(frozen=True)
class Server:
    """A running dashboard.

    Attributes:
        url: its address on this machine, without a slash at the end.
        home: its `FAIRGEN_HOME`.
        log: the file that its output goes to.
        seconds_to_start: from the start of the process until it answered.
    """

    url: str
    home: Path
    log: Path
    seconds_to_start: float


@contextmanager
def serve(home: Path, environment: dict[str, str] | None = None) -> Iterator[Server]:
    """Run the dashboard with `home` on a free port, and end it with every training it started.

    Raises:
        RuntimeError: it did not answer within a minute; the message holds its output.
    """
    home.mkdir(parents=True, exist_ok=True)
    log = home.parent / f"{home.name}-server.log"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    options = ("--server.headless", "true", "--server.port", str(port))
    start = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(
            # As people start it by hand: without this folder on Python's path.
            [Path(sys.executable).with_name("streamlit"), "run", "dashboard/app.py", *options],
            cwd=ROOT,
            env={**os.environ, "FAIRGEN_HOME": str(home), **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://localhost:{port}"
        _wait_until_it_answers(f"{url}/_stcore/health", process, log)
        yield Server(url, home, log, time.perf_counter() - start)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
        end_trainings(home)


def choose_hiring(home: Path, n_rows: int = 2_000) -> None:
    """Make a home where a quick training on the simulated data is chosen and nothing has run."""
    home.mkdir(parents=True)
    write_json(home / "demo.json", {"run": ""})
    ProjectStore(home).save(
        Project(
            id="hiring",
            data=DataConfig(source="hiring"),
            roles_chosen=True,
            sensitive=("gender",),
            target="hired",
            positive="yes",
            preset="quick",
            n_rows=n_rows,
        )
    )


def _wait_until_it_answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"The dashboard did not start:\n{log.read_text()[-2000:]}")


def end_trainings(home: Path) -> None:
    """End the processes that the run folders of `home` name, as long as they are ours."""
    for status in home.glob("runs/*/status.json"):
        pid = json.loads(status.read_text()).get("pid")
        try:
            process = psutil.Process(pid) if pid else None
            if process and any("fairgen_core" in part for part in process.cmdline()):
                process.kill()
        except psutil.Error:
            continue


@dataclass
class Watch:
    """What a page said on its console, and whom it asked for something.

    Attributes:
        errors: errors of the console, and uncaught exceptions.
        strangers: requests that left this machine.
    """

    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Start listening to `page`."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        address = str(message.location.get("url", ""))
        if message.type == "error" and not _PROBE.search(address):
            self.errors.append(f"{message.text} ({address})")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "localhost":
            self.strangers.append(request.url)


def settle(page: Page, timeout_seconds: float = 60.0) -> None:
    """Wait until the page's script has run to its end, and no click has started it again."""
    done = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    n_quiet = 0
    while n_quiet < _QUIET_LOOKS:
        expect(done).to_be_visible(timeout=timeout_seconds * 1000)
        page.wait_for_timeout(_LOOK_MILLISECONDS)
        n_quiet = n_quiet + 1 if done.is_visible() else 0


def open_page(page: Page, server: Server, path: str = "", title: str = "data") -> None:
    """Go to an address of the dashboard and wait for its page's title.

    Args:
        page: the browser's page.
        server: where the dashboard runs.
        path: what follows the server's address, such as ``/train?run=...``.
        title: the page's name in the catalogue of words.
    """
    page.goto(f"{server.url}{path}")
    see_title(page, title)
    settle(page)


def see_title(page: Page, name: str, timeout_seconds: float = 60.0) -> None:
    """Wait for a page's title; `name` is the page's name in the catalogue of words."""
    heading = page.get_by_role("heading", name=say(f"{name}.title"), exact=True, level=1)
    expect(heading).to_be_visible(timeout=timeout_seconds * 1000)


def go_to(page: Page, name: str) -> None:
    """Click another page in the sidebar and wait for its title."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=say(f"page.{name}")).click()
    see_title(page, name)


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a select box by the box's label."""
    box = page.get_by_role("combobox", name=label)
    # A list that is opened while the page still scrolls closes again.
    box.scroll_into_view_if_needed()
    page.wait_for_timeout(_LOOK_MILLISECONDS)
    box.click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def pick(page: Page, option: str) -> None:
    """Choose among options that all lie open (radio buttons, segments), by the option's words.

    Args:
        page: the browser's page.
        option: the words, or what they start with.
    """
    words = re.compile(f"^{re.escape(option)}")
    page.get_by_role("radiogroup").get_by_text(words).first.click()
    expect(page.get_by_role("radio", name=words).first).to_be_checked()
    settle(page)


def see_state(page: Page, name: str, timeout_seconds: float = 60.0) -> None:
    """Wait until the run on top of the Train page is in a state; its badge says so."""
    states = [say(f"state.{state}") for state in get_args(RunState)]
    # A badge's text begins with its icon's name; badges of other runs stand below.
    badges = (
        page.get_by_role("main")
        .locator("p")
        .filter(has_text=re.compile(f"^[a-z_]+ ?({'|'.join(states)})$"))
    )
    expect(badges.first).to_contain_text(say(f"state.{name}"), timeout=timeout_seconds * 1000)
