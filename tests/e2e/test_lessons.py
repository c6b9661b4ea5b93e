"""A class predicts, the browser is closed and opened again, the first seed is revealed, a stop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from dashboard.text import say
from tests.e2e.harness import Server, open_page, settle

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_a_class_predicts_and_the_first_seed_is_revealed(page: Page, server: Server) -> None:
    open_page(page, server, "/lessons", "lessons")
    expect(page.get_by_text(say("gan.honest.title"))).to_have_count(0)
    page.get_by_text(say("gan.pattern.lottery")).click()
    page.get_by_role("spinbutton", name=say("gan.seed")).fill("7")
    page.get_by_role("button", name=say("gan.lock")).click()
    page.wait_for_url(re.compile("guess=50"))
    stop = page.get_by_role("button", name=say("lesson.stop"), exact=True)
    expect(stop).to_be_visible(timeout=60_000)

    page.reload()
    settle(page)
    expect(page.get_by_text(say("gan.predict.title"))).to_have_count(0)
    drew = page.get_by_text(re.compile("You predicted 50 % on white for seed 7. It drew"))
    expect(drew).to_be_visible(timeout=300_000)
    expect(page.get_by_text(say("gan.card.gap"), exact=True).first).to_be_visible()

    expect(stop).to_be_visible(timeout=60_000)
    stop.click()
    expect(page.get_by_role("button", name=say("lesson.go_on"))).to_be_visible(timeout=60_000)
    expect(drew).to_be_visible()
