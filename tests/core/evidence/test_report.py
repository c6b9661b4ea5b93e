"""The report and the cards: complete, self-contained, escaped, without a real row."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from fairgen_core import evidence_api
from fairgen_core.config import AuditConfig, FairnessConfig
from fairgen_core.data.schema import Column, Schema
from fairgen_core.errors import DataError, RunError
from fairgen_core.image_api import image_config
from fairgen_core.image_results import ImageReport
from fairgen_core.numbers import number, why_no_interval
from fairgen_core.report.cards import card, fence, markdown
from fairgen_core.report.content import _columns, gather
from fairgen_core.report.effective import in_force
from fairgen_core.report.figures import figures
from fairgen_core.report.html import html_report
from fairgen_core.report.rows import shown
from fairgen_core.results import Figure, Report
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.versions import source_version
from fairgen_core.words import say
from tests.core.evidence.conftest import HOSTILE, Runs, finish, secret, tiny_config


class Page(HTMLParser):
    """The tags and the text of a page; an unclosed or crossed tag is an error."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def html(runs: Runs) -> str:
    return html_report(runs.store, runs.both)


def test_the_page_is_whole_and_asks_for_nothing(html: str) -> None:
    page = Page(html)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "iframe", "object", "form", "a", "base"}
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "img":
            assert str(attributes["src"]).startswith("data:image/")
            assert attributes["alt"]
    assert not re.search(r"https?://|@import|url\(", html)
    assert "default-src 'none'" in html
    assert len(html) < 2_000_000


def test_hostile_names_are_shown_as_they_are_spelled(html: str) -> None:
    text = Page(html).text
    assert f"Evidence {HOSTILE}" in text  # the run's name
    assert "man <b>man</b>" in text  # a group
    assert html.count("<script") == 0
    assert html.count("<b>man") == 0


def test_the_reader_learns_everything(html: str, runs: Runs) -> None:
    report, status = runs.store.report(runs.both), runs.store.status(runs.both)
    assert report is not None
    text = Page(html).text
    assert report.headline in text
    assert report.data_sha256 in text
    assert f"{report.n_train:,} training rows" in text
    assert status.device in text
    assert f"torch {status.versions['torch']}" in text
    assert f"fairgen {source_version()}" in text
    for group in report.group_results:
        assert f"{group.group} {group.n_train:,} {group.n_test:,} {group.n_synthetic:,}" in text
    for info in {m.metric: report.metrics[m.metric] for m in report.figures}.values():
        assert info.title in text
        assert " ".join(info.definition.split()) in text
    for warning in report.warnings:
        assert warning in text
    for heading in ("What was asked", "On which data", "What was done", "What was measured",
                    "What is not promised", "What to keep in mind", "The same again"):  # fmt: skip
        assert heading in text
    assert str(runs.table.parent) not in html  # no path of this machine
    assert "--set compression.epochs=1" in text


def test_no_real_row_is_in_it(html: str, runs: Runs) -> None:
    text = Page(html).text
    with runs.table.open() as file:
        rows = list(csv.reader(file))[1:]
    assert all(secret(i) in row[-1] for i, row in enumerate(rows))
    assert not [i for i in range(len(rows)) if secret(i) in text]
    assert not [row for row in rows if ",".join(row) in text or " ".join(row) in text]


def test_a_struck_figure_is_struck_with_its_reason(runs: Runs, tmp_path: Path) -> None:
    report = runs.store.report(runs.none)
    assert report is not None
    struck = Figure(value=0.001, low=0.0, high=0.01, n=180, reason="It says <no>", struck=True)
    changed = tuple(
        m.model_copy(update={"synthetic": struck}) if m.metric == "dp" else m
        for m in report.figures
    )
    store = RunStore(tmp_path / "runs")
    run_id = store.create(tiny_config(runs.table, "none"))
    changed_report = report.model_copy(update={"figures": changed})
    write_json(store.path(run_id) / "report.json", changed_report.model_dump(mode="json"))
    page = html_report(store, run_id)
    assert page.count("<s>0.001</s>") == 3  # both judges' rows and a card
    assert '<small class="note">It says &lt;no&gt;' in page
    assert f"<small>{why_no_interval('one_class')}" in page  # no alarm


@pytest.mark.slow
def test_every_figure_has_an_interval_or_the_reason_why_not(runs: Runs) -> None:
    for run_id, bare in ((runs.both, "column_shapes"), (runs.pictures, "fid")):
        content = gather(runs.store, run_id)
        rows = {row.key: row.made for row in content.figures if row.made.value != "–"}
        assert all(made.interval or made.note for made in rows.values())
        text = " ".join(Page(html_report(runs.store, run_id)).text.split())
        for key in (bare, "exact_copies"):
            assert not rows[key].interval
            assert rows[key].note == why_no_interval(key)
            assert why_no_interval(key) in text
            if key == "exact_copies":  # on its card at the top as well
                top = text.split("What was asked")[0]
                assert why_no_interval(key) in top
            assert why_no_interval(key) in card(runs.store, run_id, "model")
    assert why_no_interval("something new") == say("no_interval.other")


def test_pictures_show_what_was_made_and_nothing_real(runs: Runs) -> None:
    text = html_report(runs.store, runs.pictures)
    page = Page(text)
    assert text.count("data:image/png;base64,") == 1
    assert text.count("data:image/svg+xml;base64,") == 8
    assert "white background" in page.text
    assert "Steps 80" in page.text
    assert "train-images" in page.text
    report = gather(runs.store, runs.pictures).report
    assert isinstance(report, ImageReport)
    titles = [figure.title for figure in figures(report, 2.0)]
    assert len(titles) == len(set(titles)) == 8
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))


def test_pictures_say_what_they_teach_and_who_judged(runs: Runs) -> None:
    content = gather(runs.store, runs.pictures)
    report = content.report
    assert isinstance(report, ImageReport)
    assert report.taught is not None
    page = Page(html_report(runs.store, runs.pictures))
    rows = {row.key: row for row in content.figures}
    for one in report.taught.figures:
        if one.metric == "accuracy":  # it stands there once, as what the pictures teach
            assert one.metric not in rows
            assert rows["taught"].made == shown(one.synthetic)
            continue
        row = rows[one.metric]
        assert (row.made, row.real) == (shown(one.synthetic), shown(one.real))
        assert row.judge == "the classifier that is taught"
        info = report.metrics[one.metric]
        assert f"{info.title} {row.judge}" in page.text
        assert " ".join(info.definition.split()) in page.text
    for group in report.taught.groups:
        figure = shown(group.synthetic)
        assert f"{figure.value} {figure.interval}" in page.text
    assert "made by a rule, and the same rule tells them" in page.text
    assert "brought to 8 × 8 pixels, grey" in page.text
    assert "were made for teaching, by the background of the pictures" in page.text
    assert "Licence: CC BY 4.0 (UCI)." in page.text
    # The pictures stand before the settings: they are what everything else is about.
    assert page.text.index("Synthetic pictures") < page.text.index("What was asked")
    assert f"tested on {report.taught.n_test:,} held-out real ones" in page.text
    assert [row.key for row in content.key_figures][:3] == ["gap", "late_gap", "recognisable"]
    # The gap over the last looks has no interval, and says why.
    late = rows["late_gap"].made
    assert late.interval == ""
    assert "mean of 13 looks" in late.note
    assert late.note in page.text
    training = [g.training_share for g in report.group_frequencies]
    assert rows["gap"].real.value == number(max(training) - min(training))


def test_settings_that_the_synthesizer_ignores_are_left_out() -> None:
    gan, fldgm = (
        dict(in_force(image_config("digits", groups="colour", synthesizer=name), 1000))
        for name in ("gan", "fldgm")
    )
    assert "Objective" in gan
    assert not {"Generator", "Alpha", "Group that comes first"} & gan.keys()
    assert {"Generator", "Alpha", "Steps", "Dimensions of the latent"} <= fldgm.keys()
    assert not {"Objective", "Real pictures of a step", "Batch"} & fldgm.keys()


@pytest.mark.parametrize(
    ("fairness", "labels"),
    [
        ({"target": "none"}, set()),
        ({"target": "dp"}, {"Enforced by", "Strength"}),
        ({"target": "dp", "enforce": "latent"}, {"Enforced by", "Alpha", "Penalty on the latent"}),
        ({"target": "dp", "enforce": "both-ways"},
         {"Enforced by", "Strength", "Alpha", "Penalty on the latent"}),
    ],
)  # fmt: skip
def test_settings_that_the_way_to_enforce_ignores_are_left_out(
    fairness: dict[str, str], labels: set[str]
) -> None:
    config = tiny_config(Path("people.csv"), "none")
    asked = FairnessConfig.model_validate(fairness)
    shown_labels = dict(in_force(config.model_copy(update={"fairness": asked}), 500))
    every = {"Enforced by", "Strength", "Alpha", "Penalty on the latent"}
    assert every & shown_labels.keys() == labels


def test_an_audit_has_a_report_and_a_data_card_only(runs: Runs, tmp_path: Path) -> None:
    config = tiny_config(runs.table, "none")
    store = RunStore(tmp_path / "runs")
    run_id = finish(store, AuditConfig(data=config.data, roles=config.roles))
    page = Page(html_report(store, run_id))
    assert "audit of real data" in page.text
    assert "Synthetic" not in page.text.split("Words")[0]
    assert evidence_api.card(run_id, "data", runs=store.folder).startswith("# Data card")
    with pytest.raises(RunError, match="is an audit"):
        evidence_api.card(run_id, "model", runs=store.folder)


# --- cards -------------------------------------------------------------------------------------

MODEL = (
    "Model details", "Intended use", "Factors", "Metrics", "Evaluation data", "Training data",
    "Quantitative analyses", "Ethical considerations", "Caveats and recommendations",
)  # fmt: skip
DATA = (
    "Motivation", "Composition", "Collection process", "Preprocessing, cleaning, labelling",
    "Uses", "Distribution", "Maintenance",
)  # fmt: skip


@pytest.mark.parametrize("which", ["both", "pictures"])
def test_cards_have_the_usual_sections(runs: Runs, which: str) -> None:
    run_id = getattr(runs, which)
    for kind, sections in (("model", MODEL), ("data", DATA)):
        text = evidence_api.card(run_id, kind, runs=runs.store.folder)  # type: ignore[arg-type]
        assert tuple(re.findall(r"^## (.*)$", text, flags=re.MULTILINE)) == sections
        tables = [line for line in text.splitlines() if line.startswith("|")]
        for line in tables:
            assert line.endswith("|"), line
        assert "<script" not in text.replace("\\<script", "").split("```")[0]
        assert ("made for teaching" in text) == (which == "pictures")
        assert ("same rule tells them" in text) == (which == "pictures")


def test_markdown_is_shown_as_it_is_spelled() -> None:
    assert markdown("a|b\n# *c* <d>") == "a\\|b \\# \\*c\\* \\<d\\>"
    assert markdown("$x$ &lt;") == "\\$x\\$ \\&lt;"


def test_no_name_ends_the_code_of_a_card() -> None:
    assert fence("--data a.csv") == "```"
    assert fence("--data 'a\n````\n<script>'") == "`````"


# --- errors ------------------------------------------------------------------------------------


def test_what_cannot_be_reported_is_told(runs: Runs, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    waiting = store.create(tiny_config(runs.table, "none"))
    with pytest.raises(RunError, match=r"has no figures \(queued\)"):
        html_report(store, waiting)
    with pytest.raises(RunError, match="There must be a run"):
        html_report(store, "20261120-000000-none-abc")
    with pytest.raises(DataError, match=r"must end in \.html"):
        evidence_api.report(runs.both, tmp_path / "r.txt", runs=runs.store.folder)
    with pytest.raises(DataError, match="in a folder that exists"):
        evidence_api.report(runs.both, tmp_path / "no" / "r.html", runs=runs.store.folder)


def test_report_types_are_plain(runs: Runs) -> None:
    assert isinstance(gather(runs.store, runs.both).report, Report)


def test_whole_numbers_are_written_whole_among_the_columns() -> None:
    schema = Schema(
        columns=(
            Column(name="loans", kind="integer", minimum=1, maximum=4),
            Column(name="debt", kind="integer", minimum=-5, maximum=18424),
            Column(name="rate", kind="decimal", minimum=1, maximum=4, decimals=2),
        )
    )
    assert [row.holds for row in _columns(schema)] == ["1 to 4", "−5 to 18,424", "1.00 to 4.00"]
