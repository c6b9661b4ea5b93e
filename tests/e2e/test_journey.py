"""The main job: a person's CSV goes in, is trained on, stopped, resumed, judged, and taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from dashboard.text import say
from fairgen_core.runs.store import RunStore
from tests.e2e.harness import Server, choose, go_to, open_page, pick, see_state, see_title, settle

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

N_ROWS = 900
MINUTES = 60_000  # milliseconds
SECTIONS = ["columns", "groups", "parity", "usefulness", "shap", "quality", "privacy", "takeaway"]


def loans(n_rows: int = N_ROWS) -> pd.DataFrame:
    """Invented loans with a category, whole numbers, decimals, booleans, dates, missing cells."""
    rng = np.random.default_rng(7)
    woman = rng.random(n_rows) < 0.45
    savings = rng.gamma(3.0, 900.0, n_rows).round(2)
    granted = rng.random(n_rows) < 1 / (1 + np.exp(-(savings - 2600) / 700 + 1.2 * woman))
    first = pd.Timestamp("2024-01-01")
    return pd.DataFrame(
        {
            "sex": np.where(woman, "woman", "man"),
            "age": rng.integers(20, 67, n_rows),
            "savings": savings,
            "town": rng.choice(["Aachen", "Bonn", "Ulm", "?"], n_rows, p=[0.4, 0.3, 0.25, 0.05]),
            "owns_home": rng.choice(["True", "False"], n_rows),
            "asked_on": (first + pd.to_timedelta(rng.integers(0, 365, n_rows), "D")).strftime(
                "%Y-%m-%d"
            ),
            "loan": np.where(granted, "granted", "refused"),
        }
    )


def upload(page: Page, path: Path) -> None:
    pick(page, say("source.upload"))
    field = page.get_by_test_id("stFileUploaderDropzoneInput").first
    field.set_input_files(path)


def test_a_table_goes_in_and_a_fair_table_comes_out(
    new_page: Callable[[], Page], server: Server, tmp_path: Path
) -> None:
    real = tmp_path / "loans.csv"
    loans().to_csv(real, index=False)
    page = new_page()
    open_page(page, server)

    # Data: the file, its roles, its audit.
    upload(page, real)
    expect(page.get_by_text(say("table.size", rows=N_ROWS, columns=7))).to_be_visible()
    settle(page)
    choose(page, say("roles.target"), "loan")
    choose(page, say("roles.positive"), "granted")
    expect(page.get_by_text("man (", exact=False).first).to_be_visible()
    expect(page.get_by_text(say("audit.model"))).to_be_visible(timeout=4 * MINUTES)
    page.get_by_role("button", name=say("audit.continue")).click()

    # Train: a neural generator, quick; live progress.
    see_title(page, "train")
    settle(page)
    pick(page, say("make.wgan-gp"))
    pick(page, say("preset.quick"))
    page.get_by_role("button", name=say("train.button"), exact=True).click()
    page.wait_for_url("**run=*")
    see_state(page, "running", timeout_seconds=240)
    generating = say("live.stage", n=4, total=6, stage=say("stage.generator"))
    expect(page.get_by_text(generating)).to_be_visible(timeout=4 * MINUTES)

    # Stop, and go on from the checkpoint.
    page.get_by_role("button", name=say("live.stop"), exact=True).click()
    see_state(page, "stopped")
    resume = page.get_by_role("button", name=say("live.resume"), exact=True)
    resume.click()
    expect(resume).to_have_count(0)

    # Reload, and a second browser: both find the run.
    page.reload()
    see_title(page, "train")
    expect(page.get_by_text(say("live.leave"))).to_be_visible()
    second = new_page()
    open_page(second, server, "/train", "train")
    sidebar = second.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("loans", exact=False).first).to_be_visible()

    see_state(page, "done", timeout_seconds=480)
    page.get_by_role("button", name=say("live.inspect"), exact=True).click()

    # Inspect, and take the rows away.
    see_title(page, "inspect")
    settle(page)
    run_id = parse_qs(urlsplit(page.url).query)["run"][0]
    report = RunStore(server.home / "runs").report(run_id)
    assert report is not None
    first_words = report.headline[:60]
    expect(page.get_by_role("main").get_by_text(first_words).first).to_be_visible()
    for section in SECTIONS:
        pick(page, say(f"section.{section}"))
        expect(page.get_by_test_id("stException")).to_have_count(0)
    with page.expect_download() as event:
        page.get_by_role("button", name=say("inspect.download"), exact=True).click()
    assert event.value.suggested_filename.endswith(".csv")
    taken = tmp_path / "taken.csv"
    event.value.save_as(taken)
    assert_loads_as_the_original(
        pd.read_csv(taken, na_values="?"), pd.read_csv(real, na_values="?")
    )

    # The second browser sees the end too.
    go_to(second, "inspect")
    expect(second.get_by_role("button", name=say("inspect.download"), exact=True)).to_be_visible()


def assert_loads_as_the_original(synthetic: pd.DataFrame, real: pd.DataFrame) -> None:
    """Same columns, order, types, spellings and ranges; about the same missing share."""
    assert list(synthetic.columns) == list(real.columns)
    assert synthetic.dtypes.to_dict() == real.dtypes.to_dict()
    assert len(synthetic) == round(0.7 * len(real))
    for column in ("sex", "town", "loan"):
        assert set(synthetic[column].dropna()) == set(real[column].dropna())
    assert synthetic["age"].between(real["age"].min(), real["age"].max()).all()
    assert (synthetic["savings"].round(2) == synthetic["savings"]).all()
    assert pd.to_datetime(synthetic["asked_on"], format="%Y-%m-%d").notna().all()
    assert abs(synthetic["town"].isna().mean() - real["town"].isna().mean()) < 0.05


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("garbage.csv", bytes(range(256)) * 40),
        ("packed.csv", b"PK\x03\x04" + bytes(2_000)),
        ("empty.csv", b""),
        ("no-rows.csv", b"age,sex\n"),
    ],
)
def test_a_file_that_is_no_table_is_answered_with_a_sentence(
    page: Page, server: Server, tmp_path: Path, name: str, content: bytes
) -> None:
    open_page(page, server)
    bad = tmp_path / name
    bad.write_bytes(content)
    upload(page, bad)
    sentence = page.get_by_role("alert").first
    expect(sentence).to_be_visible(timeout=1 * MINUTES)
    words = sentence.inner_text()
    assert len(words.split()) >= 8
    assert "must" in words
    assert "Traceback" not in page.get_by_role("main").inner_text()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    # The page may be drawn again at any time: the sentence stays.
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("r")
    settle(page)
    expect(sentence).to_have_text(words, use_inner_text=True)
