"""Pictures: a person's zip goes in with a table of attributes, is trained on, and is finished."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from dashboard.text import say
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.runs.pictures import grids, image_report
from fairgen_core.runs.store import RunStore
from tests.e2e.harness import (
    Server,
    choose,
    go_to,
    open_page,
    pick,
    see_state,
    see_title,
    settle,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

N_PICTURES = 240
MINUTES = 60_000  # milliseconds


def shapes(n: int = N_PICTURES) -> tuple[bytes, bytes]:
    """Drawn rings and squares, light or dark: a zip of PNGs with two bad files, and a table."""
    rng = np.random.default_rng(11)
    out = io.BytesIO()
    lines = ["tone,picture,shape"]
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(n):
            dark, ring = i % 3 == 0, i % 2 == 0
            picture = Image.new("L", (20, 24), 0)
            draw = ImageDraw.Draw(picture)
            left, top = rng.integers(1, 6, 2).tolist()
            box = (left, top + 2, left + 12, top + 14)
            ink = 90 if dark else 255
            draw.ellipse(box, outline=ink, width=3) if ring else draw.rectangle(box, fill=ink)
            png = io.BytesIO()
            picture.save(png, "PNG")
            archive.writestr(f"shapes/{i:03d}.png", png.getvalue())
            lines.append(f"{'dark' if dark else 'light'},{i:03d},{'ring' if ring else 'square'}")
        archive.writestr("shapes/broken.png", b"not a picture")
        archive.writestr("shapes/notes.md", b"hello")
    return out.getvalue(), "\n".join(lines).encode()


def bring(page: Page, name: str, content: bytes, place: int = 0) -> None:
    """Give a file to the first or second field for files."""
    field = page.get_by_test_id("stFileUploaderDropzoneInput").nth(place)
    field.set_input_files({"name": name, "mimeType": "application/zip", "buffer": content})


def run_of(page: Page, key: str = "run") -> str:
    return parse_qs(urlsplit(page.url).query)[key][0]


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=say(words), exact=True).click()


def fill(page: Page, words: str, number: str) -> None:
    page.get_by_role("spinbutton", name=say(words)).fill(number)
    page.keyboard.press("Enter")
    settle(page)


def test_a_zip_with_a_table_is_trained_on_and_finished(
    new_page: Callable[[], Page], server: Server
) -> None:
    archive, table = shapes()
    page = new_page()
    open_page(page, server)
    pick(page, say("data.kind.pictures"))
    expect(page.get_by_text(say("pictures.many", n="1,797"), exact=True)).to_be_visible()

    # Data: the zip and its table, the attribute, the class.
    pick(page, say("pictures.upload"))
    bring(page, "shapes.zip", archive)
    expect(page.get_by_text(say("pictures.many", n=N_PICTURES), exact=True)).to_be_visible()
    settle(page)
    bring(page, "shapes.csv", table, place=1)
    main = page.get_by_role("main")
    expect(main.get_by_text("light (160 pictures)")).to_be_visible(timeout=1 * MINUTES)
    expect(main.get_by_text(say("pictures.left_out", n=1))).to_be_visible()
    choose(page, say("pictures.class"), "shape")
    expect(main.get_by_alt_text("Rows by shape: ring, square.").first).to_be_visible()
    fill(page, "pictures.size", "8")
    expect(main.get_by_text("Brought to 8 x 8 pixels", exact=False)).to_be_visible()
    settle(page)
    press(page, "audit.continue")

    # Train: instant.
    see_title(page, "train")
    settle(page)
    pick(page, say("preset.instant"))
    fill(page, "pictures.n_images", "300")
    press(page, "train.button")
    page.wait_for_url("**run=*")
    see_state(page, "done", timeout_seconds=480)
    store = RunStore(server.home / "runs")
    run_id = run_of(page)
    config = store.config(run_id)
    assert isinstance(config, ImageTrainConfig)
    assert (config.sensitive, config.class_column, config.data.size) == ("tone", "shape", 8)
    report = image_report(store, run_id)
    assert report is not None
    assert (report.groups, report.n_synthetic) == (("dark", "light"), 300)
    assert grids(store, run_id)

    # A reload and a second browser find it.
    page.reload()
    see_title(page, "train")
    see_state(page, "done")
    second = new_page()
    open_page(second, server, "/train", "train")
    expect(second.get_by_role("main").get_by_text("shapes.zip").first).to_be_visible()


def test_two_runs_side_by_side_are_one_click_and_can_be_stopped(page: Page, server: Server) -> None:
    open_page(page, server, "/train?project=pictures-digits", "train")
    pick(page, say("preset.standard"))  # Instant ones may have ended before they are stopped.
    settle(page)
    press(page, "train.two")
    page.wait_for_url("**beside=*")
    settle(page)
    # The button lay below the fold; what came of it is seen from its top.
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") == 0
    store = RunStore(server.home / "runs")
    first, second = (store.config(run_of(page, key)) for key in ("run", "beside"))
    assert isinstance(first, ImageTrainConfig)
    assert isinstance(second, ImageTrainConfig)
    assert (first.gan.clip_norm, second.gan.clip_norm) == (None, 2.0)
    assert (first.seed, first.data) == (second.seed, second.data)
    for name in ("Digits, GAN, mixed", "Digits, GAN, in turns, C = 2"):
        expect(page.get_by_role("heading", name=name).first).to_be_visible()
    # The waiting one first, so that it does not start.
    stops = page.get_by_role("button", name=say("live.stop"), exact=True)
    stops.nth(1).click()
    expect(stops).to_have_count(1, timeout=1 * MINUTES)
    stops.first.click()
    see_state(page, "stopped")
    go_to(page, "data")
    expect(page.get_by_role("radio", name=say("data.kind.pictures"), exact=True)).to_be_checked()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("garbage.zip", bytes(range(256)) * 40),
        ("few.zip", shapes(5)[0]),
        ("empty.npz", b""),
    ],
)
def test_what_is_no_set_of_pictures_is_answered_with_a_sentence(
    page: Page, server: Server, name: str, content: bytes
) -> None:
    open_page(page, server, "/?project=pictures-digits")
    pick(page, say("pictures.upload"))
    bring(page, name, content)
    sentence = page.get_by_role("alert").first
    expect(sentence).to_be_visible(timeout=1 * MINUTES)
    assert len(sentence.inner_text().split()) >= 8
    assert "Traceback" not in page.get_by_role("main").inner_text()
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize(("path", "name"), [("/", "data"), ("/train", "train")])
def test_no_serious_barrier_and_no_sideways_scrolling(
    page: Page, server: Server, path: str, name: str
) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    open_page(page, server, f"{path}?project=pictures-digits", name)
    found = Axe().run(page).response["violations"]
    grave = [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
    assert grave == []
    wider = page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
            .map(e => e.scrollWidth - e.clientWidth)"""
    )
    assert wider == [0, 0]
