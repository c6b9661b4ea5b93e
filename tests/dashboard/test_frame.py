"""What is around the pages: the list of runs, the sidebar, the demo."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from dashboard.components import escape
from dashboard.demo import start_demo
from dashboard.live import series
from dashboard.projects import ProjectStore
from dashboard.run_list import matches
from dashboard.sidebar import cut, device_line
from dashboard.tables import training_name
from dashboard.text import TEXT, say
from fairgen_core.config import TrainConfig
from fairgen_core.errors import RunError
from fairgen_core.runs.store import RunStore
from fairgen_core.training import STAGES
from tests.dashboard.pages import again, labels, opened, widget, words
from tests.dashboard.training_runs import CONFIG, HIRING, event, made

# --- the list ----------------------------------------------------------------------------------


def test_a_run_is_deleted_and_brought_back(runs: RunStore) -> None:
    run_id = made(runs, "done")
    at = opened("train")
    assert "First try" in words(at)
    widget(at.button, say("runs.delete")).click()
    again(at)
    assert runs.ids() == []
    widget(at.button, say("runs.undo")).click()
    again(at)
    assert runs.ids() == [run_id]
    assert "First try" in words(at)


def test_a_run_is_renamed(runs: RunStore) -> None:
    run_id = made(runs, "done")
    at = opened("train")
    widget(at.text_input, say("runs.rename")).set_value("Second *try*")
    widget(at.button, say("runs.rename_button")).click()
    again(at)
    assert runs.config(run_id).name == "Second *try*"
    assert r"Second \*try\*" in words(at)
    opens = widget(at.button, say("runs.open"))
    assert say("runs.open_help", name=r"Second \*try\*") == opens.help


def test_a_long_list_is_searched(runs: RunStore) -> None:
    for number in range(8):
        run_id = made(runs, "done")
        runs.rename(run_id, f"Trial {number}")
    at = opened("train")
    assert sum(label == say("runs.open") for label in labels(at.button)) == 6
    widget(at.text_input, say("runs.search")).set_value("trial 7")
    again(at)
    assert sum(label == say("runs.open") for label in labels(at.button)) == 1
    widget(at.text_input, say("runs.search")).set_value("nothing like it")
    again(at)
    assert "nothing like it" in words(at)


def test_search_wants_every_word(runs: RunStore) -> None:
    made(runs, "done")
    (run,) = runs.list()
    assert matches(run, "hiring MIXTURE")
    assert not matches(run, "hiring diffusion")
    assert matches(run, "")


def test_figures_come_in_their_order() -> None:
    events = [event("generator", v, figures={"preview_dp": v}) for v in (0.1, 0.2)]
    assert series(events, "preview_dp") == [0.1, 0.2]
    assert series(events, "attacker_auroc") == []


# --- the frame ---------------------------------------------------------------------------------


def test_a_name_that_the_sidebar_has_no_room_for_stands_below_its_link(runs: RunStore) -> None:
    run_id = made(runs, "running")
    runs.rename(run_id, "german_credit.csv, FTU and DP")
    at = opened("data")
    assert cut("german_credit.csv, FTU and DP") == "german_credit…"
    assert cut("First try") == "First try"
    assert r"german\_credit.csv, FTU and DP" in [c.value for c in at.sidebar.caption]


def test_every_stage_has_a_name() -> None:
    assert [say(f"stage.{stage}") for stage in STAGES]


def test_the_device_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert "CPU core" in device_line()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    notes = tmp_path / "0000:01:00.0" / "information"
    notes.parent.mkdir()
    notes.write_text("Model: \t\t NVIDIA H200\nIRQ: 12\n")
    assert device_line(tmp_path) == "NVIDIA H200"
    assert device_line(tmp_path / "none") == say("device.gpu")


def test_what_runs_is_shown_on_every_page(runs: RunStore) -> None:
    made(runs, "running", fraction=0.42)
    for view in ("data", "train", "inspect"):
        at = opened(view)
        assert "42 %" in "\n".join(c.value for c in at.sidebar.caption), view


def test_the_demo_starts_once(quiet_home: Path) -> None:
    runs = RunStore()
    (quiet_home / "demo.json").unlink()
    start_demo()
    assert runs.ids() == [], "not before the first table was looked at"
    ProjectStore(quiet_home).save(HIRING)
    start_demo()
    (run_id,) = runs.ids()
    config = runs.config(run_id)
    assert isinstance(config, TrainConfig)
    assert (config.preset, config.name) == ("quick", say("demo.name"))
    start_demo()
    assert runs.ids() == [run_id]


def test_the_demo_opens_its_table_where_a_page_has_nothing_else_to_show(quiet_home: Path) -> None:
    (quiet_home / "demo.json").unlink()
    start_demo(open_first=True)
    (run_id,) = RunStore().ids()
    assert RunStore().config(run_id).data.source == "hiring"


def test_a_home_that_cannot_be_written_disturbs_nobody(
    quiet_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (quiet_home / "demo.json").unlink()
    ProjectStore(quiet_home).save(HIRING)

    def full(*_: object) -> None:
        raise RunError("The disk is full.")

    monkeypatch.setattr("dashboard.demo.write_json", full)
    start_demo()


def test_a_training_without_a_name_is_called_by_its_choices() -> None:
    assert training_name(CONFIG) == "Hiring (simulated), FTU and DP, Gaussian mixture"


def test_nothing_on_a_page_leads_a_persons_data_to_another_site() -> None:
    path = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    assert settings["client"]["showErrorLinks"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["browser"]["gatherUsageStats"] is False


def test_an_address_in_a_name_is_no_link() -> None:
    # GitHub's Markdown links addresses by itself, and a browser looks their host up unasked.
    for name in ("see http://a.test/b", "HTTPS://a.test", "www.a.test", "ftp://a.test"):
        shown = escape(name)
        assert not re.search(r"(?i)://|www\.", shown.replace("\\", ""))
        assert shown.replace("\\", "").replace("\u2060", "") == name


# --- words -------------------------------------------------------------------------------------


def test_no_sentence_is_shown_with_its_places_unfilled() -> None:
    root = Path(__file__).resolve().parents[2]
    bare = re.compile(r'\bsay\("([\w.]+)"\)')
    found = {
        key
        for room in ("dashboard", "fairgen_core")
        for path in (root / room).rglob("*.py")
        for key in bare.findall(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 100
    places = {key: [p for _, p, *_ in Formatter().parse(TEXT[key]) if p] for key in found & {*TEXT}}
    assert {key for key, named in places.items() if named} == set()
