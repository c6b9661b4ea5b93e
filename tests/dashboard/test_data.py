"""The Data page: which table, its columns and roles, and the audit; empty, loaded, failed."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components import escape
from dashboard.forms.roles import group_counts, parse_cuts, target_values
from dashboard.forms.schema import found_line, preview_rows, schema_rows
from dashboard.inspecting.rows import matching, table_of
from dashboard.projects import ProjectStore
from dashboard.text import say
from fairgen_core.config import AuditConfig, DataConfig, RolesConfig
from fairgen_core.data.reading import read_table
from fairgen_core.data.schema import Column, Schema
from fairgen_core.errors import ConfigError, DataError
from fairgen_core.results import Report
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, asked, labels, opened, widget, words
from tests.dashboard.report_builder import audit

HIRING = AuditConfig(
    data=DataConfig(source="hiring"),
    roles=RolesConfig(sensitive=("gender",), target="hired", positive="yes"),
)
AGE = Column(name="age", kind="integer", minimum=18, maximum=64)
BORN = Column(name="born", kind="datetime", minimum=0.0, maximum=1.5e18)
ROWS = "sex,age,city,works,paid\n" + "".join(
    f"{'fm'[i % 2]},{20 + i % 40},{'abc'[i % 3]},{'yn'[i % 5 == 0]},{100 + i % 7}\n"
    for i in range(240)
)


def finished_audit(
    runs: RunStore, config: AuditConfig = HIRING, report: Report | None = None
) -> str:
    """A made audit, as the worker leaves it."""
    run_id = runs.create(config, owner="notebook")
    runs.set_status(run_id, runs.status(run_id).model_copy(update={"state": "done"}))
    write_json(runs.path(run_id) / "report.json", (report or audit()).model_dump(mode="json"))
    return run_id


def wait_for_audit(at: AppTest, seconds: float = 240) -> AppTest:
    deadline = time.monotonic() + seconds
    while say("audit.model") not in words(at) and time.monotonic() < deadline:
        assert not at.error, at.error
        time.sleep(1)
        again(at)
    return at


def uploaded(runs: RunStore, content: str, name: str) -> str:
    """The project id of a file that was brought before, opened by the page."""
    path = runs.save_upload(content.encode(), name)
    at = opened("data")
    widget(at.main.button_group, say("source.title")).set_value("upload")
    again(at)
    widget(at.selectbox, say("source.earlier")).set_value(str(path))
    again(at)
    return asked(at, "project")


# --- first start -------------------------------------------------------------------------------


def test_at_first_start_the_hiring_table_is_chosen_and_an_audit_begins(runs: RunStore) -> None:
    at = opened("data")
    assert "10,000 rows, 10 columns" in words(at)
    assert widget(at.multiselect, say("roles.sensitive")).value == ["gender"]
    assert widget(at.selectbox, say("roles.positive")).value == "yes"
    assert [s.task for s in runs.list()] == ["audit"]
    assert asked(at, "project") == "hiring"


def test_the_same_roles_are_audited_once(runs: RunStore) -> None:
    opened("data")
    opened("data")
    assert len(runs.list()) == 1


def test_a_made_audit_is_shown_at_once(runs: RunStore) -> None:
    run_id = finished_audit(runs)
    at = opened("data")
    assert [s.id for s in runs.list()] == [run_id]
    report = runs.report(run_id)
    assert report is not None
    shown = {metric.label: metric.value for metric in at.metric}
    measured = report.find("dp", "gradient boosting")
    assert measured is not None
    assert measured.real is not None
    assert shown["Demographic parity difference"] == f"{measured.real.value:.3f}"
    for name in ("rates", "groups", "proxies"):
        assert say(f"audit.{name}") in words(at)


def test_a_failed_audit_gives_its_reason_and_can_be_tried_again(runs: RunStore) -> None:
    run_id = runs.create(HIRING, owner="notebook")
    reason = "Every group must have 10 rows, and one has 3. Choose another column."
    status = runs.status(run_id).model_copy(update={"state": "failed", "message": reason})
    runs.set_status(run_id, status)
    at = opened("data")
    assert any("Every group must have 10 rows" in error.value for error in at.error)
    again_button = widget(at.button, say("audit.again"))
    again_button.click()
    again(at)
    assert runs.status(run_id).state in {"queued", "running", "done"}


# --- tables ------------------------------------------------------------------------------------


def test_a_persons_file_is_read_its_roles_are_suggested_and_found_again(
    runs: RunStore, quiet_home: Path
) -> None:
    project_id = uploaded(runs, ROWS, "people.csv")
    at = opened("data", project=project_id)
    assert "240 rows, 5 columns" in words(at)
    assert "people.csv" in words(at)
    assert widget(at.multiselect, say("roles.sensitive")).value == ["sex"]
    widget(at.selectbox, say("roles.target")).set_value("works")
    again(at)
    widget(at.selectbox, say("roles.positive")).set_value("n")
    again(at)
    other_browser = opened("data", project=project_id)
    assert widget(other_browser.selectbox, say("roles.target")).value == "works"
    assert widget(other_browser.selectbox, say("roles.positive")).value == "n"
    kept = ProjectStore(quiet_home).load(project_id)
    assert kept is not None
    assert (kept.target, kept.positive) == ("works", "n")


def test_a_file_that_is_no_table_gets_a_sentence(runs: RunStore) -> None:
    path = runs.save_upload(b"\x00\x01\x02" * 500, "photo.csv")
    at = opened("data")
    widget(at.main.button_group, say("source.title")).set_value("upload")
    again(at)
    widget(at.selectbox, say("source.earlier")).set_value(str(path))
    again(at)
    assert len(at.error) == 1
    assert "photo.csv" in at.error[0].value
    assert "Traceback" not in at.error[0].value


def test_a_number_is_cut_into_bands_that_are_counted(runs: RunStore) -> None:
    project_id = uploaded(runs, ROWS, "people.csv")
    at = opened("data", project=project_id)
    widget(at.multiselect, say("roles.sensitive")).set_value(["age"])
    again(at)
    assert widget(at.text_input, say("roles.bands", column="age")).placeholder == "left empty: 40"
    widget(at.text_input, say("roles.bands", column="age")).set_value("30, 50")
    again(at)
    assert r"age\: under 30 (60 rows)" in words(at)
    assert r"age\: 30 to 49 (120 rows)" in words(at)
    widget(at.text_input, say("roles.bands", column="age")).set_value("50, 30")
    again(at)
    assert any("rising order" in error.value for error in at.error)


def test_impossible_groups_are_told_beside_the_field_and_not_audited(runs: RunStore) -> None:
    project_id = uploaded(runs, ROWS, "people.csv")
    at = opened("data", project=project_id)
    n_audits = len(runs.ids())
    widget(at.multiselect, say("roles.sensitive")).set_value(["sex", "city", "age"])
    again(at)
    widget(at.text_input, say("roles.bands", column="age")).set_value("21")
    again(at)
    assert any("training rows or more" in error.value for error in at.error)
    assert len(runs.ids()) <= n_audits + 1


def test_columns_with_the_signs_of_markdown_are_shown_as_they_are(runs: RunStore) -> None:
    head = '"a[b]",*age*,$x$,:red[sex],<b>'
    rows = "".join(f"{i},{i % 9},{i % 7}.5,{'fm'[i % 2]},{'yn'[i % 3 == 0]}\n" for i in range(90))
    at = opened("data", project=uploaded(runs, f"{head}\n{rows}", "signs.csv"))
    text = words(at)
    assert r"\*age\*" in text
    assert r"\$x\$" in text
    assert r"\:red\[sex\]" in text
    assert widget(at.multiselect, say("roles.sensitive")).value == [":red[sex]"]
    assert widget(at.selectbox, say("roles.target")).options[1:] == ["*age*", "$x$", "<b>"]


def test_a_home_that_cannot_be_written_is_told(
    quiet_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (quiet_home / "a file").write_text("no folder")
    monkeypatch.setenv("FAIRGEN_HOME", str(quiet_home / "a file" / "home"))
    at = opened("data")
    assert any("must exist" in error.value for error in at.error)


def test_dates_are_shown_as_the_file_spells_them() -> None:
    rows = "".join(f"{i % 28 + 1:02d}.03.2024,{i}\n" for i in range(60))
    assert preview_rows(read_table(f"day,n\n{rows}".encode()))["day"].iloc[0] == "01.03.2024"


def test_dates_are_shown_as_the_original_spells_them(tmp_path: Path) -> None:
    days = pd.Series(pd.to_datetime(["2024-03-01 10:30", None]))
    pq.write_table(pa.table({"day": pa.array(days), "n": [1, 2]}), tmp_path / "rows.parquet")
    day = Column(name="day", kind="datetime", datetime_format="%d.%m.%Y")
    gone = Column(name="gone", kind="datetime", datetime_format="%Y")
    table = table_of(tmp_path / "rows.parquet", Schema(columns=(gone, day)))
    assert table["day"].to_pylist() == ["01.03.2024", None]
    assert matching(table, "01.03.").num_rows == 1


def test_without_a_sensitive_column_the_page_says_what_to_do(runs: RunStore) -> None:
    at = opened("data", project=uploaded(runs, ROWS, "people.csv"))
    widget(at.multiselect, say("roles.sensitive")).set_value([])
    again(at)
    assert say("audit.need_roles") in words(at)


def test_a_public_table_that_is_not_here_is_offered_on_a_click(
    runs: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAIRGEN_DATA", raising=False)
    at = opened("data")
    widget(at.main.button_group, say("source.title")).set_value("adult")
    again(at)
    assert say("source.not_here") in words(at)
    assert say("source.get") in labels(at.button)
    assert asked(at, "project") == "hiring"


def test_the_browsers_back_opens_the_table_that_was_left(runs: RunStore) -> None:
    project_id = uploaded(runs, ROWS, "people.csv")
    at = opened("data", project="hiring")
    at.query_params["project"] = project_id
    again(at)
    assert widget(at.main.button_group, say("source.title")).value == "upload"
    at.query_params["project"] = "hiring"
    again(at)
    assert widget(at.main.button_group, say("source.title")).value == "hiring"
    assert "10,000 rows, 10 columns" in words(at)


def test_an_unknown_project_in_the_url_falls_back_to_the_first_table(runs: RunStore) -> None:
    at = opened("data", project="../../etc")
    assert asked(at, "project") == "hiring"
    assert runs.ids()
    assert not at.toast


@pytest.mark.parametrize("gone", ["file-0123456789abcdef", "pictures-file-0123456789abcdef"])
def test_an_old_link_to_data_that_is_gone_is_told(runs: RunStore, gone: str) -> None:
    (told,) = opened("data", project=gone).toast
    assert escape(gone) in told.value


def test_the_dial_of_the_simulation_is_kept(runs: RunStore, quiet_home: Path) -> None:
    at = opened("data")
    widget(at.slider, "Bias").set_value(0.0)
    again(at)
    kept = ProjectStore(quiet_home).load("hiring")
    assert kept is not None
    assert kept.data.options == {"bias": 0.0}
    assert len(runs.ids()) == 2, "another table, another audit"


# --- what is found -----------------------------------------------------------------------------


def test_what_was_found_names_separator_and_missing_markers() -> None:
    text = "a;b\n" + "".join(f"{i},5;{'?' if i % 9 == 0 else 'x'}\n" for i in range(100))
    line = found_line(read_table(text.encode()))
    assert "100 rows, 2 columns" in line
    assert "semicolons" in line
    assert "decimal mark ','" in line
    assert "'?'" in line


def test_the_schema_is_shown_with_examples_ranges_and_missing_shares() -> None:
    rows = schema_rows(read_table(ROWS.encode()).schema).set_index("column")
    assert rows.loc["age", "kind"] == say("kind.integer")
    assert rows.loc["age", "range"] == "20 – 59"
    assert rows.loc["sex", "missing"] == "0 %"


def test_groups_are_counted_and_impossible_ones_explained() -> None:
    table = read_table(ROWS.encode())
    assert group_counts(table, RolesConfig(sensitive=("sex",))) == [("f", 120), ("m", 120)]
    with pytest.raises(DataError, match="two groups"):
        group_counts(read_table(ROWS.replace("m,", "f,").encode()), RolesConfig(sensitive=("sex",)))


@pytest.mark.parametrize(
    ("text", "cuts"),
    [("", ()), ("30", (30.0,)), ("30, 50", (30.0, 50.0)), ("30 50;60", (30.0, 50.0, 60.0)),
     (" 30.5 ", (30.5,))],
)  # fmt: skip
def test_cut_points_are_read(text: str, cuts: tuple[float, ...]) -> None:
    assert parse_cuts(text, AGE) == cuts


def test_cut_points_of_a_date_are_dates() -> None:
    (cut,) = parse_cuts("2000-01-01", BORN)
    assert pd.Timestamp(int(cut)) == pd.Timestamp("2000-01-01")


@pytest.mark.parametrize("text", ["50 30", "30 30", "old", "nan", "30, x", "10", "99", "inf"])
def test_impossible_cut_points_get_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="Correct it") as caught:
        parse_cuts(text, AGE)
    assert caught.value.field == "roles.bands.age"


def test_a_target_of_two_numbers_is_one_of_classes() -> None:
    column = Column(name="y", kind="integer", examples=("0", "1"), n_distinct=2)
    assert target_values(column, pd.Series([0, 1, 1])) == ["0", "1"]
    assert target_values(column, pd.Series([0, 1, 2])) == []


# --- the real thing ----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_real_audit_of_a_small_table_is_made_and_shown(runs: RunStore) -> None:
    at = wait_for_audit(opened("data", project=uploaded(runs, ROWS, "people.csv")))
    assert "Demographic parity difference" in labels(at.metric)
    assert say("audit.proxies") in words(at)
