"""An exploration at work: stopped, found after a reload, resumed, given more seeds, undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from dashboard.text import say
from fairgen_core.runs.sweeps import SweepStore
from tests.dashboard.sweep_builder import make_sweep
from tests.e2e.harness import Server, choose_hiring, open_page, see_title, serve, settle

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MINUTES = 60_000  # milliseconds


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("buttons") / "home"
    choose_hiring(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAIRGEN_HOME", str(home))
        make_sweep()
    with serve(home) as running:
        yield running


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def see_done(page: Page, n: int, total: int) -> None:
    words = re.compile(rf"^{re.escape(say('explore.done', n=n, total=total))}")
    expect(page.get_by_text(words).first).to_be_visible(timeout=10 * MINUTES)


def see_some_done(page: Page, total: int) -> None:
    """One or more: members that share their stages may end several at once, between two looks."""
    some = "|".join(re.escape(say("explore.done", n=n, total=total)) for n in range(1, total))
    expect(page.get_by_text(re.compile(f"^({some})")).first).to_be_visible(timeout=5 * MINUTES)


def start_sweep(page: Page, server: Server) -> str:
    """Four strengths of two targets, from the form as it comes; the sweep's id."""
    open_page(page, server, "/train", "train")
    press(page, say("explore.from"))
    see_title(page, "compare")
    settle(page)
    expect(page.get_by_text(re.compile(r"^\d+ runs · about"))).to_be_visible(timeout=MINUTES)
    press(page, say("explore.start"))
    page.wait_for_url("**sweep=*")
    return parse_qs(urlsplit(page.url).query)["sweep"][0]


def test_a_sweep_is_stopped_resumed_and_extended(page: Page, server: Server) -> None:
    sweep_id = start_sweep(page, server)
    sweeps = SweepStore(server.home / "sweeps")
    total = len(sweeps.members(sweep_id))

    # A reload while it runs, and a stop.
    see_some_done(page, total)
    page.reload()
    see_title(page, "compare")
    press(page, say("live.stop"))
    expect(page.get_by_role("button", name=say("live.resume"), exact=True)).to_be_visible(
        timeout=2 * MINUTES
    )
    settle(page)
    stopped = sweeps.status(sweep_id)
    assert (stopped.state, stopped.n_failed) == ("stopped", 0)
    assert 1 <= stopped.n_done < total
    expect(page.get_by_text(say("frontier.no_limit.not yet"), exact=False)).to_be_visible()
    before = {p.run: p for p in sweeps.results(sweep_id).points if p.state == "done"}

    # It goes on behind what is done.
    press(page, say("live.resume"))
    see_done(page, total, total)
    expect(page.get_by_role("button", name=say("explore.extend"))).to_be_visible(timeout=MINUTES)
    settle(page)
    assert sweeps.status(sweep_id).state == "done"
    points = sweeps.results(sweep_id).points
    assert {p.run: p for p in points if p.run in before} == before
    assert len({p.run for p in points}) == total

    # More seeds: only those are worked on.
    page.get_by_role("button", name=say("explore.extend")).click()
    press(page, say("explore.extend_button"))
    see_done(page, 2 * total, 2 * total)
    settle(page)
    assert sweeps.config(sweep_id).seeds == (0, 1)
    again = sweeps.results(sweep_id).points
    assert {p.run: p for p in again if p.seed == 0} == {p.run: p for p in points}
    assert all(p.state == "done" for p in again)


def test_it_is_renamed_and_deleted_with_undo(page: Page, server: Server) -> None:
    sweeps = SweepStore(server.home / "sweeps")
    sweep_id = next(s.id for s in sweeps.list() if s.name == "How far to go")
    open_page(page, server, f"/compare?part=explore&sweep={sweep_id}", "compare")
    page.get_by_role("button", name=say("runs.more"), exact=True).click()
    field = page.get_by_role("textbox", name=say("runs.rename"))
    field.fill("Price of parity")
    press(page, say("runs.rename_button"))
    expect(page.get_by_role("heading", name="Price of parity")).to_be_visible()
    picker = page.get_by_role("combobox", name=say("explore.picker"))
    expect(picker).to_have_value(re.compile("^Price of parity"))
    settle(page)
    press(page, say("runs.delete"))  # what was opened stays open
    expect(page.get_by_role("button", name=say("runs.undo"), exact=True)).to_be_visible()
    settle(page)
    assert sweep_id not in sweeps.ids()
    press(page, say("runs.undo"))
    expect(page.get_by_role("heading", name="Price of parity")).to_be_visible()
    assert sweep_id in sweeps.ids()


def test_a_wrong_address_of_a_cluster_is_a_sentence(page: Page, server: Server) -> None:
    open_page(page, server, "/train", "train")
    press(page, say("explore.from"))
    see_title(page, "compare")
    settle(page)
    page.get_by_test_id("stExpander").filter(has_text=say("advanced.title")).click()
    field = page.get_by_role("textbox", name=say("explore.ray"))
    field.fill("127.0.0.1:1")
    field.press("Enter")
    settle(page)
    press(page, say("explore.start"))
    told = page.get_by_role("alert").filter(has_text="127.0.0.1:1")
    expect(told).to_be_visible(timeout=MINUTES)
