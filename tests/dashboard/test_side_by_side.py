"""Two to four runs side by side: settings, figures, groups, and what cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.comparing.side_by_side import difference_words, on_scale
from dashboard.components import escape
from dashboard.text import say
from fairgen_core import charts
from fairgen_core.charts.comparison import difference_chart, group_change_chart
from fairgen_core.comparison import Comparison, Difference, compare_runs, too_few_seeds
from fairgen_core.config import FairnessConfig
from fairgen_core.results import Report
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore
from tests.dashboard.pages import again, asked, opened, widget, words
from tests.dashboard.picture_runs import SEED, train_digits, with_another_seed
from tests.dashboard.report_builder import evaluation
from tests.dashboard.run_builder import CONFIG, make_run


def less_fair() -> Report:
    """The report of a run whose parity is worse and whose usefulness is better."""
    plain = evaluation().model_dump(mode="json")
    for one in plain["figures"]:
        figure = one["synthetic"]
        if figure and one["metric"] in {"dp", "auroc"}:
            shift = {"dp": 0.1, "auroc": 0.03}[one["metric"]]
            figure |= {k: figure[k] + shift for k in ("value", "low", "high")}
    for group, shift in zip(plain["group_results"], (0.08, -0.08), strict=True):
        figure = group["predicted_rate_synthetic"]
        figure |= {k: figure[k] + shift for k in ("value", "low", "high")}
    return Report.model_validate(plain)


@pytest.fixture
def two(runs: RunStore) -> tuple[str, str]:
    none = CONFIG.model_copy(update={"name": "Plain", "fairness": FairnessConfig(target="none")})
    fair = CONFIG.model_copy(update={"name": "Fair"})
    return (
        make_run(runs, report=less_fair(), config=none, n_rows=20),
        make_run(runs, report=evaluation(), config=fair, n_rows=20),
    )


@pytest.fixture
def compared(two: tuple[str, str], runs: RunStore) -> Comparison:
    return compare_runs(runs, two)


def side_by_side(*ids: str) -> AppTest:
    return opened("compare", runs=",".join(ids))


def test_settings_figures_and_groups_stand_beside_each_other(two: tuple[str, str]) -> None:
    at = side_by_side(*two)
    text = words(at)
    for sentence in (say("side.settings"), say("side.figures"), say("side.groups")):
        assert sentence in text
    assert "**A** Plain" in text
    assert "**B** Fair" in text
    settings, figures, groups = (frame.value for frame in at.dataframe[:3])
    fairness = settings[settings[say("side.setting")] == "Fairness target"]
    assert list(fairness[["A", "B"]].iloc[0]) == ["none", "both"]
    dp = figures[figures[say("side.figure")] == "Demographic parity difference"]
    column = say("side.difference", b="B", a="A")
    if dp.empty:  # the title is the metric's own
        dp = figures[figures["A"] == "0.109"]
    assert dp[column].iloc[0].startswith("−0.100 (")
    assert dp[column].iloc[0].endswith("better")
    assert set(groups[say("side.group")]) == {"Male", "Female"}
    assert all(float(value) > 0 for value in groups[say("series.real")])


def test_the_sentences_of_the_comparison_are_shown(
    two: tuple[str, str], compared: Comparison
) -> None:
    text = words(side_by_side(*two))
    assert compared.sentences
    for sentence in compared.sentences:
        assert escape(sentence) in text


def test_a_choice_goes_into_the_url(two: tuple[str, str], runs: RunStore) -> None:
    at = opened("compare")
    widget(at.button_group, say("compare.part")).set_value("compare")
    again(at)
    assert say("side.too_few") in words(at)
    widget(at.multiselect, say("side.runs")).set_value(list(two))
    again(at)
    assert asked(at, "runs") == ",".join(two)
    assert say("side.figures") in words(at)


def test_one_run_is_not_enough_and_leads_to_the_list(two: tuple[str, str]) -> None:
    at = side_by_side(two[0])
    assert say("side.too_few") in words(at)
    at.button(key="side.to_runs").click()
    again(at)
    assert say("table.count", shown=2, n=2) in words(at)


def test_runs_that_are_gone_are_left_out(two: tuple[str, str]) -> None:
    at = side_by_side("20260101-000000-gone-000000", two[0])
    assert widget(at.multiselect, say("side.runs")).value == [two[0]]
    assert escape(say("side.gone", ids="'20260101-000000-gone-000000'")) in words(at)
    assert not side_by_side(*two).warning


def test_a_link_to_more_runs_than_fit_says_how_many_are_shown(two: tuple[str, str]) -> None:
    others = [f"20260101-000000-other-00000{i}" for i in range(3)]
    assert say("side.too_many", n=4, found=5) in words(side_by_side(*two, *others))


def test_a_run_without_a_report_is_answered_with_a_sentence(
    two: tuple[str, str], runs: RunStore
) -> None:
    bare = make_run(runs, n_rows=20)
    at = side_by_side(two[0], bare)
    assert any("has no report" in error.value for error in at.error)


def test_differences_in_words() -> None:
    def of(**more: object) -> str:
        return difference_words(Difference.model_validate(more))

    assert of(value=-0.1, low=-0.12, high=-0.08, verdict="better") == (
        "−0.100 (−0.120 … −0.080) better"
    )
    assert of(value=0.01, low=-0.1, high=0.2, verdict="unclear").endswith("not clear")
    assert of(value=0.5, verdict="none") == "0.500"
    assert of(value=None, reason="not measured in both runs") == "not measured in both runs"


def test_the_charts_draw_every_difference_and_every_run(compared: Comparison) -> None:
    judge = "gradient boosting"
    figures = [f for f in compared.figures if f.judge == judge]
    chart = difference_chart(compared.runs, figures)
    spec = chart.to_dict()
    table = charts.chart_data(chart)
    assert len(table) == sum(
        d is not None and d.value is not None for f in figures for d in f.differences
    )
    assert set(table["Run"]) == {"B"}
    assert any(layer["mark"].get("strokeDash") == [4, 4] for layer in spec["layer"])
    assert "AUROC, B: −0.030" in chart.description
    groups = [g for g in compared.groups if g.measure == "favourable" and g.judge in ("", judge)]
    chart = group_change_chart(compared.runs, groups)
    chart.to_dict()
    table = charts.chart_data(chart)
    assert set(table["Run"]) == {"A", "B", say("series.real")}
    assert set(table["Group"]) == {"Male", "Female"}
    unknown = [group.model_copy(update={"real": None}) for group in groups]
    without_real = group_change_chart(compared.runs, unknown)
    assert len(without_real.layer) == len(chart.layer) - 1  # no diamond, no empty layer


def test_with_nothing_in_common_the_charts_say_so(compared: Comparison) -> None:
    for chart in (difference_chart(compared.runs, []), group_change_chart(compared.runs, [])):
        assert chart.description.startswith("There is nothing to draw: ")


# --- pictures ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_pictures_are_compared_over_seeds_and_described(quiet_home: Path) -> None:
    run = train_digits(quiet_home)
    store = RunStore()
    others = {seed: with_another_seed(quiet_home, run.id, seed, 0.0) for seed in (21, 22)}
    plain = {}
    for seed, late_gap in ((SEED, 0.5), (21, 0.52), (22, 0.51)):
        made = with_another_seed(quiet_home, run.id, 90 + seed, 0.0)
        folder = store.path(made)
        config = json.loads((folder / "config.json").read_text())
        gan = {**config["gan"], "clip_norm": None}
        write_json(folder / "config.json", {**config, "seed": seed, "gan": gan})
        report = json.loads((folder / "report.json").read_text())
        write_json(folder / "report.json", {**report, "late_gap": late_gap})
        plain[seed] = made
    assert others
    at = side_by_side(run.id, plain[SEED])
    compared = compare_runs(store, [run.id, plain[SEED]])
    late = next(one for one in compared.over_seeds if one.info.key == "late_gap")
    assert late.seeds == (SEED, 21, 22)
    assert late.better == "A"
    text = words(at)
    assert say("seeds.title") in text
    assert escape(late.answer.sentence) in text
    assert say("seeds.better", letter="A", direction=say("figure.lower")) in text
    same = next(one for one in compared.over_seeds if one.info.key == "recognisable")
    assert same.answer.sentence.startswith("With each of 3 seeds")
    assert escape(same.answer.sentence) in text
    alts = [image.alt for one in at.get("image") for image in one.proto.imgs]
    names = [one.name for one in compared.runs]
    assert alts == [
        say("side.pictures_alt", letter=letter, name=name, seed=SEED)
        for letter, name in zip("AB", names, strict=True)
    ]


def test_tables_are_compared_over_seeds_by_the_chosen_judge(runs: RunStore) -> None:
    ids = {}
    for target in ("none", "both"):
        for seed in (1, 2, 3):
            report = less_fair() if target == "none" else evaluation()
            fairness = FairnessConfig(target=target)
            config = CONFIG.model_copy(update={"seed": seed, "fairness": fairness})
            ids[target, seed] = make_run(runs, report=report, config=config, n_rows=20)
    pair = (ids["none", 1], ids["both", 1])
    compared = compare_runs(runs, pair)
    by = {(one.info.key, one.judge): one for one in compared.over_seeds}
    dp, other = by["dp", "gradient boosting"], by["dp", "random forest"]
    assert dp.seeds == (1, 2, 3)
    text = words(side_by_side(*pair))
    better = say("seeds.better", letter="B", direction=say("figure.lower"))
    assert f"- {escape(dp.answer.sentence)} **{better}**" in text
    assert escape(other.answer.sentence) not in text


def test_with_one_seed_it_is_said_once_and_another_seed_is_seen_at_once(
    two: tuple[str, str], runs: RunStore
) -> None:
    (sentence,) = too_few_seeds(compare_runs(runs, two).over_seeds)
    at = side_by_side(*two)
    assert words(at).count(escape(sentence)) == 1
    for run_id in two:
        config = runs.config(run_id).model_copy(update={"seed": 77, "name": "again"})
        make_run(runs, report=runs.report(run_id), config=config, n_rows=20)
    assert escape(sentence) not in words(again(at))
    assert "with 2 seeds" in words(at) or "Over 2 seeds" in words(at)


def test_a_difference_of_forty_does_not_flatten_the_others(compared: Comparison) -> None:
    figure = compared.figures[0]
    assert on_scale(figure)
    wide = Difference(value=0.2, low=-3.0, high=3.4)
    assert not on_scale(figure.model_copy(update={"differences": (None, wide)}))


def test_a_rerun_looks_at_the_list_of_runs_as_rarely_as_can_be(
    two: tuple[str, str], runs: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        make_run(runs, report=evaluation(), n_rows=5)
    at = side_by_side(*two)
    looked: list[Path] = []
    opened_files: list[str] = []
    whole, raw = RunStore.list, Path.read_bytes

    def listed(self: RunStore) -> object:
        looked.append(self.folder)
        return whole(self)

    def read(self: Path) -> bytes:
        opened_files.append(self.name)
        return raw(self)

    monkeypatch.setattr(RunStore, "list", listed)
    monkeypatch.setattr(Path, "read_bytes", read)
    again(at)
    assert say("side.figures") in words(at)
    # The page, the sidebar twice and the queue; each asks for the files of every run.
    assert len(looked) <= 4
    # Of 22 runs none but the compared two is read, and of these no report.
    assert opened_files.count("config.json") <= 2
    assert "report.json" not in opened_files
