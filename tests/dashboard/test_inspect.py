"""The Inspect page: empty, loaded, failed; its sections; what can be taken away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components import escape
from dashboard.inspecting.cards import help_for, notes, real_words, shown
from dashboard.text import inspect, say
from fairgen_core.config import AuditConfig, TrainConfig
from fairgen_core.metrics.registry import METRICS
from fairgen_core.results import Figure, Measured, Report
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore
from tests.dashboard.report_builder import ONE_CLASS, evaluation
from tests.dashboard.run_builder import CONFIG, make_run

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
SECTIONS = ["Rows", "Columns", "Groups", "Parity", "Usefulness", "SHAP", "Quality", "Privacy"]


@pytest.fixture
def store(fairgen_home: Path) -> RunStore:
    return RunStore()


def opened(run: str = "", section: str = "") -> AppTest:
    """The page as a browser opens it, with the run and the section in the URL."""
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.switch_page("views/inspect.py")
    if run:
        at.query_params["run"] = run
    if section:
        at.query_params["section"] = section
    at.run()
    assert not at.exception, at.exception
    return at


def words(at: AppTest) -> str:
    """Everything that is written on the page."""
    texts = [e.value for kind in (at.markdown, at.caption, at.title, at.error, at.warning,
                                  at.header) for e in kind]  # fmt: skip
    return "\n".join(str(text) for text in texts)


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


# --- states ----------------------------------------------------------------------------------


def test_without_runs_says_what_to_do(store: RunStore, fairgen_home: Path) -> None:
    fairgen_home.mkdir(exist_ok=True)
    write_json(fairgen_home / "demo.json", {})
    at = opened()
    assert say("inspect.empty") in words(at)
    assert not at.metric


def test_without_a_run_in_the_url_shows_the_newest_finished_one(store: RunStore) -> None:
    run_id = make_run(store, report=evaluation())
    make_run(store, "failed")
    at = opened()
    assert at.query_params["run"] in (run_id, [run_id])
    assert len(at.metric) == 6


def test_shows_the_sentence_and_the_six_cards_first(store: RunStore) -> None:
    report = evaluation()
    at = opened(make_run(store, report=report))
    assert f"**{escape(report.headline)}**" in words(at)
    assert [(m.label, m.value, m.delta) for m in at.metric] == [
        (METRICS["dp"].title, "0.009", "real rows: 0.170"),
        (METRICS["dp_any"].title, "0.058", "real rows: 0.379"),
        (METRICS["ftu"].title, "0.003", "real rows: 0.031"),
        (METRICS["auroc"].title, "0.878", "real rows: 0.927"),
        (say("card.guard"), "0.170", "real rows: 0.200"),
        (say("card.copies"), "3 of 32,561", "real rows: 1.2 %"),
    ]
    assert say("card.copies.share", share="0.01 %") in words(at)
    assert "0 is ideal, lower is better" in words(at)
    assert "n = 16,281 · 95 % interval" in words(at)


def test_another_judge_can_be_chosen(store: RunStore) -> None:
    report = evaluation()
    other = tuple(
        m.model_copy(update={"synthetic": Figure(value=0.5)})
        if (m.metric, m.judge) == ("dp", "random forest")
        else m
        for m in report.figures
    )
    at = opened(make_run(store, report=report.model_copy(update={"figures": other})))
    at.segmented_control(key="inspect.judge").set_value("random forest").run()
    assert metrics(at)[METRICS["dp"].title] == "0.500"


def test_one_class_strikes_the_parity_figures_out(store: RunStore) -> None:
    at = opened(make_run(store, report=evaluation(struck=True)), "Parity")
    assert metrics(at)[METRICS["dp"].title] == "~~0.009~~"
    assert metrics(at)[METRICS["auroc"].title] == "0.878"
    assert ONE_CLASS in words(at)


@pytest.mark.parametrize("state", ["failed", "stopped", "queued"])
def test_a_run_that_is_not_done_says_so_and_leads_to_train(
    store: RunStore, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairgen_core.runs.launcher.tick", lambda _: None)
    at = opened(make_run(store, state, message="there was not enough memory"))
    assert say(f"inspect.{state}") in words(at)
    assert ("there was not enough memory" in words(at)) == (state in {"failed", "stopped"})
    assert not at.metric


def test_an_unknown_run_is_one_sentence(store: RunStore, fairgen_home: Path) -> None:
    fairgen_home.mkdir(exist_ok=True)
    write_json(fairgen_home / "demo.json", {})
    at = opened("20260101-000000-nothing")
    assert say("runs.gone", id="20260101-000000-nothing") in words(at)
    assert say("inspect.empty") in words(at)


def test_in_place_of_a_run_that_is_gone_others_are_offered(store: RunStore) -> None:
    make_run(store)
    at = opened("20260101-000000-nothing")
    assert say("runs.gone", id="20260101-000000-nothing") in words(at)
    assert say("inspect.empty") not in words(at)
    assert len(at.selectbox[0].options) == 1
    assert "None" not in words(at)


def test_what_is_shown_is_named(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairgen_core.runs.launcher.tick", lambda _: None)
    named = CONFIG.model_copy(update={"name": "The only one"})
    assert "The only one" in words(opened(make_run(store, "failed", config=named)))
    make_run(store, config=named)
    assert "The only one" in words(opened())


def test_a_training_under_way_is_no_reason_to_train(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairgen_core.runs.launcher.tick", lambda _: None)
    make_run(store, "queued")
    at = opened()
    assert say("inspect.coming") in words(at)
    assert say("inspect.empty") not in words(at)


def test_an_audit_belongs_to_the_data_page(store: RunStore) -> None:
    audit = AuditConfig(data=CONFIG.data, roles=CONFIG.roles)
    run_id = store.create(audit, owner="notebook")
    assert say("inspect.is_audit") in words(opened(run_id))


def test_a_run_that_was_not_judged_still_gives_its_rows(store: RunStore) -> None:
    at = opened(make_run(store))
    assert say("inspect.not_judged") in words(at)
    assert at.segmented_control(key="section").options == [say("section.rows"),
                                                           say("section.takeaway")]  # fmt: skip
    assert len(at.dataframe[0].value) == 200
    assert "None" not in {one.value.strip("`") for one in at.markdown}


def test_without_a_target_no_model_is_spoken_of(store: RunStore) -> None:
    report = evaluation()
    reason = Figure(value=None, reason="No target column was chosen")
    figures = tuple(
        m.model_copy(update={"real": reason, "synthetic": reason}) if m.judge else m
        for m in report.figures
    )
    bare = {"target": None, "positive": None, "target_kind": "none", "figures": figures}
    run_id = make_run(store, report=report.model_copy(update=bare | {"curves": (), "shap": ()}))
    at = opened(run_id, "Parity")
    assert list(metrics(at)) == [METRICS["detector"].title, say("card.copies")]
    assert say("card.target_none") in words(at)


# --- sections --------------------------------------------------------------------------------


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("groups", [("Male", "Female"), tuple("ABCDEFGH")])
def test_every_section_draws(store: RunStore, section: str, groups: tuple[str, ...]) -> None:
    small = groups[2] if len(groups) > 2 else ""
    at = opened(make_run(store, report=evaluation(groups=groups, small=small)), section)
    assert at.segmented_control(key="section").value == section.lower()
    n_charts = len(at.get("vega_lite_chart"))
    expected = {"Columns": 5, "Groups": 3, "Parity": 2, "SHAP": 1}
    assert n_charts == expected.get(section, 0)


def test_threshold_says_what_parity_would_be_there(store: RunStore) -> None:
    at = opened(make_run(store, report=evaluation()), "Parity")
    slider = at.slider(key="inspect.threshold:gradient boosting")
    assert (slider.min, slider.max, slider.value) == (0.0, 1.0, 0.5)
    slider.set_value(0.1).run()
    assert "At threshold 0.100: DP difference" in words(at)


def test_a_missing_figure_shows_its_reason(store: RunStore) -> None:
    at = opened(make_run(store, report=evaluation()), "Parity")
    assert metrics(at)[METRICS["conditional"].title] == "–"
    assert "No explanatory column was named." in words(at)


def test_beeswarm_comes_on_demand(store: RunStore) -> None:
    at = opened(make_run(store, report=evaluation()), "SHAP")
    assert len(at.get("vega_lite_chart")) == 1
    at.toggle(key="inspect.swarm").set_value(True).run()
    assert len(at.get("vega_lite_chart")) == 2


def test_rows_can_be_searched_and_turned_over(store: RunStore) -> None:
    at = opened(make_run(store, report=evaluation(), n_rows=500))
    assert "rows 1 to 200 of 500" in words(at)
    at.number_input(key="inspect.rows.page").set_value(3).run()
    assert "rows 401 to 500 of 500" in words(at)
    at.text_input(key="inspect.rows.search").set_value("=1+1").run()
    assert list(at.dataframe[0].value["note"]) == ["=1+1"] * 5
    at.text_input(key="inspect.rows.search").set_value("nowhere to be found").run()
    assert say("rows.none_found") in words(at)


def test_rows_can_be_kept_by_value_and_by_range(store: RunStore) -> None:
    at = opened(make_run(store, report=evaluation(), n_rows=500))
    at.selectbox(key="inspect.rows.column").set_value("sex").run()
    at.multiselect(key="inspect.rows.values:sex").set_value(["Female"]).run()
    assert set(at.dataframe[0].value["sex"]) == {"Female"}
    at.selectbox(key="inspect.rows.column").set_value("age").run()
    at.slider(key="inspect.rows.values:age").set_value((20, 25)).run()
    assert at.dataframe[0].value["age"].between(20, 25).all()


def test_lost_rows_are_one_sentence(store: RunStore) -> None:
    run_id = make_run(store, report=evaluation())
    (store.path(run_id) / "samples.parquet").write_bytes(b"no parquet at all")
    assert "The rows of this run are not there" in words(opened(run_id))
    (store.path(run_id) / "samples.parquet").unlink()
    assert say("rows.gone") in words(opened(run_id))


def test_how_it_was_made_stands_below(store: RunStore) -> None:
    at = opened(make_run(store, report=evaluation()))
    assert at.code[0].value.startswith("python -m fairgen_core train")
    assert say("hold.both.not")[1:] in words(at)
    assert "2 CPU cores · 21 s · torch 2.13.0" in words(at)


def test_warnings_of_the_report_are_shown(store: RunStore) -> None:
    report = evaluation()
    assert escape(report.warnings[0]) in words(opened(make_run(store, report=report)))


# --- cards -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure(value=0.17), "0.170"),
        (Figure(value=0), "0.000"),
        (Figure(value=None, reason="few"), "–"),
        (None, "–"),
        (Figure(value=0.5, struck=True), "~~0.500~~"),
    ],
)
def test_a_figure_in_words(figure: Figure | None, words: str) -> None:
    assert shown(figure) == words


def test_the_real_figure_stands_beside_only_where_both_are_known() -> None:
    known, unknown = Figure(value=0.1), Figure(value=None, reason="few")
    assert real_words(Measured(metric="dp", real=known, synthetic=known)) == "real rows: 0.100"
    assert real_words(Measured(metric="dp", real=known, synthetic=unknown)) == "real rows: 0.100"
    assert real_words(Measured(metric="dp", real=unknown, synthetic=known)) is None
    assert real_words(Measured(metric="dp", real=known)) is None


@pytest.mark.parametrize(
    ("figure", "lines"),
    [
        (None, ["Not measured here."]),
        (Figure(value=None, reason="few rows"), ["few rows"]),
        (Figure(value=0.1), ["0 is ideal, lower is better", say("no_interval.other")]),
        (
            Figure(value=0.1, low=0.05, high=0.2, n=1200, struck=True, reason="one class"),
            ["one class", "0 is ideal, lower is better",
             "n = 1,200 · 95 % interval 0.050 to 0.200"],
        ),
    ],
)  # fmt: skip
def test_lines_under_a_figure(figure: Figure | None, lines: list[str]) -> None:
    assert notes(METRICS["dp"], figure) == lines


def test_no_two_runs_are_called_alike(store: RunStore) -> None:
    ids = [make_run(store, report=evaluation()) for _ in range(3)]
    at = opened(ids[1])
    options = at.selectbox(key=f"inspect.run:{ids[1]}").options
    assert len(set(options)) == 3
    at.selectbox(key=f"inspect.run:{ids[1]}").set_value(ids[0]).run()
    assert at.query_params["run"] in (ids[0], [ids[0]])


def test_every_metric_has_help() -> None:
    for info in METRICS.values():
        assert len(help_for(info)) > len(info.title) + 10


def test_every_sentence_of_the_page_is_used() -> None:
    files = [path for path in APP.parent.rglob("*.py") if "text" not in path.parts]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    composed = set(re.findall(r"f[\"']([a-z_.]+\{[^\"'}]+\}[a-z_.]*)[\"']", code))
    patterns = [re.sub(r"\\\{.*\\\}", ".+", re.escape(key)) for key in composed]
    unused = [
        key
        for key in inspect.TEXT
        if f'"{key}"' not in code
        and f"'{key}'" not in code
        and not any(re.fullmatch(pattern, key) for pattern in patterns)
    ]
    assert not unused


def report_of(store: RunStore, run_id: str) -> Report:
    report = store.report(run_id)
    assert report is not None
    return report


def test_builder_writes_what_the_store_reads(store: RunStore) -> None:
    run_id = make_run(store, report=evaluation())
    assert report_of(store, run_id) == evaluation()
    assert isinstance(store.config(run_id), TrainConfig)
