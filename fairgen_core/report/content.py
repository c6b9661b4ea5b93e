"""Everything that a report, a card or a bundle says about a run: no real row is in it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fairgen_core.config import AuditConfig
from fairgen_core.data.catalogue import CATALOGUE
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.schema import Schema
from fairgen_core.errors import RunError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport
from fairgen_core.numbers import duration, number, percent, whole
from fairgen_core.report.code import as_command, as_python, named_source
from fairgen_core.report.effective import in_force
from fairgen_core.report.picture_rows import picture_groups, picture_rows
from fairgen_core.report.picture_words import picture_judges, picture_preparation
from fairgen_core.report.promises import aims, not_promised
from fairgen_core.report.rows import ColumnRow, FigureRow, GroupRow, figure_row, shown
from fairgen_core.results import Measured, Report
from fairgen_core.run_config import DataRunConfig, on_data
from fairgen_core.runs.files import read_json
from fairgen_core.runs.names import data_name, title
from fairgen_core.runs.pictures import image_report
from fairgen_core.runs.status import RunStatus
from fairgen_core.runs.store import RunStore
from fairgen_core.words import say

SECTIONS = ("fairness", "representation", "usefulness", "quality", "privacy")
PICTURE_SECTIONS = ("representation", "quality", "usefulness", "fairness", "privacy")


@dataclass(frozen=True)
class Content:
    """A run in words.

    Attributes:
        made: what was made, in the plural: rows or pictures; of an audit nothing.
        settings: every setting by its label.
        key_figures: those that a reader wants first.
        left_out: sentences about data that took no part.
        when: started, ended, taken.
        command, python: the same again, files called by their names.
        source: of a set of the catalogue, whence it comes and under which licence.
        prepared: what was done to pictures before any training.
        judges: who judged pictures, and how far they can be trusted.
    """

    run_id: str
    name: str
    data_name: str
    config: DataRunConfig
    status: RunStatus
    report: Report | ImageReport
    schema: Schema | None
    made: str
    made_of: str
    aims: Sequence[str]
    not_promised: Sequence[str]
    settings: Sequence[tuple[str, str]]
    figures: Sequence[FigureRow]
    key_figures: Sequence[FigureRow]
    groups: Sequence[GroupRow]
    columns: Sequence[ColumnRow]
    left_out: Sequence[str]
    warnings: Sequence[str]
    when: dict[str, str]
    command: str
    python: str
    sections: Sequence[str] = field(default=SECTIONS)
    source: str = ""
    prepared: Sequence[str] = ()
    judges: Sequence[str] = ()

    @property
    def is_audit(self) -> bool:
        """Whether real data was looked at and nothing made."""
        return isinstance(self.config, AuditConfig)

    @property
    def test_sha256(self) -> str:
        """Of the file of the held-out rows; empty where there was one file."""
        return self.report.data_test_sha256 if isinstance(self.report, Report) else ""

    @property
    def flags(self) -> list[str]:
        """Why figures are struck out, each reason once."""
        shown = [s for row in self.figures for s in (row.made, row.real) if s.struck]
        return list(dict.fromkeys(s.note for s in shown))


def gather(store: RunStore, run_id: str) -> Content:
    """Everything about a finished, judged run.

    Raises:
        RunError: there is no such run, or nothing was measured of it.
    """
    config, status = on_data(run_id, store.config(run_id)), store.status(run_id)
    pictures = isinstance(config, ImageTrainConfig)
    report = image_report(store, run_id) if pictures else store.report(run_id)
    if report is None:
        raise RunError(
            f"A run must be finished and judged before it is reported, and '{run_id}' has no "
            f"figures ({status.state}). Wait for it, or train it again with judging switched on."
        )
    figures = list(picture_rows(report) if isinstance(report, ImageReport) else _rows(report))
    plain = named_source(config)
    audit = isinstance(config, AuditConfig)
    return Content(
        run_id=run_id,
        name=config.name or title(config),
        data_name=report.data_name or data_name(config),
        config=plain,
        status=status,
        report=report,
        schema=store.schema(run_id),
        made="" if audit else "pictures" if pictures else "rows",
        made_of="pictures" if pictures else "rows",
        aims=[] if isinstance(config, AuditConfig) else aims(config),
        not_promised=[_upper(s) for s in not_promised(config)],
        settings=in_force(plain, report.n_train),
        figures=figures,
        key_figures=_key(figures, _PICTURE_KEYS if pictures else _KEYS),
        groups=_groups(report),
        columns=_columns(store.schema(run_id)),
        left_out=_left_out(store, run_id, report),
        warnings=report.warnings,
        when=_when(status),
        command=as_command(plain, None),
        python=as_python(plain, None),
        sections=PICTURE_SECTIONS if pictures else SECTIONS,
        source=_source(plain),
        prepared=_prepared(plain, report),
        judges=picture_judges(report) if isinstance(report, ImageReport) else (),
    )


def _source(config: DataRunConfig) -> str:
    known = config.data.source
    entry = IMAGE_CATALOGUE.get(known) or CATALOGUE.get(known)
    return "" if entry is None else say("report.source", source=entry.source, licence=entry.licence)


def _prepared(config: DataRunConfig, report: Report | ImageReport) -> Sequence[str]:
    if isinstance(config, ImageTrainConfig) and isinstance(report, ImageReport):
        return picture_preparation(config, report)
    return ()


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _rows(report: Report) -> Iterator[FigureRow]:
    order = {key: place for place, key in enumerate(report.metrics)}
    known = [m for m in report.figures if m.metric in order]

    def place(measured: Measured) -> int:
        return order[measured.metric]

    for measured in sorted(known, key=place):
        info = report.metrics[measured.metric]
        yield figure_row(info, measured.judge, measured.synthetic, measured.real)


_KEYS = ("dp", "dp_any", "ftu", "auroc", "r2", "exact_copies")
_PICTURE_KEYS = (
    "gap", "late_gap", "recognisable", "taught", "group_as_asked", "content_kept", "exact_copies",
)  # fmt: skip


def _key(figures: Sequence[FigureRow], keys: Sequence[str]) -> list[FigureRow]:
    """The first judge's headline figures."""
    found: dict[str, FigureRow] = {}
    for row in figures:
        if row.key in keys:
            found.setdefault(row.key, row)
    return [found[key] for key in keys if key in found]


def _groups(report: Report | ImageReport) -> list[GroupRow]:
    if isinstance(report, ImageReport):
        return picture_groups(report)
    return [
        GroupRow(
            name=g.group,
            n_train=f"{g.n_train:,}",
            n_test=f"{g.n_test:,}",
            n_made=f"{g.n_synthetic:,}",
            share=shown(g.share_synthetic),
            real_share=number(g.share_train.value),
            rate=shown(g.predicted_rate_synthetic),
            real_rate=shown(g.predicted_rate_real),
        )
        for g in report.group_results
    ]


def _columns(schema: Schema | None) -> list[ColumnRow]:
    rows = []
    for column in schema.columns if schema is not None else ():
        if column.categories:
            holds = f"{len(column.categories):,} values"
        elif column.kind in {"integer", "decimal"} and column.minimum is not None:
            low, high = column.minimum, column.maximum
            if column.kind == "integer" and high is not None:
                holds = f"{whole(low)} to {whole(high)}"
            else:
                holds = f"{number(low)} to {number(high)}"
        else:
            holds = f"{column.n_distinct:,} values" if column.n_distinct else ""
        rows.append(
            ColumnRow(
                name=column.name,
                kind=column.kind,
                holds=holds,
                missing=percent(column.missing_share) if column.missing_share else "none",
                reason="" if column.modelled else column.reason or "not modelled",
            )
        )
    return rows


def _left_out(store: RunStore, run_id: str, report: Report | ImageReport) -> list[str]:
    """What of the data took no part, and why."""
    sentences = [w for w in report.warnings if "left out" in w]
    schema = store.schema(run_id)
    for column in schema.columns if schema is not None else ():
        if not column.modelled:
            why = column.reason or f"a column of kind {column.kind} takes no part in the model"
            sentences.append(f"Column '{column.name}': {why}")
    files = read_json(store.path(run_id) / "left_out.json")
    if isinstance(files, list) and files:
        reasons = [str(f.get("reason", "")) for f in files if isinstance(f, dict)]
        counts = {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}
        listed = "; ".join(f"{n:,}: {reason}" for reason, n in list(counts.items())[:10])
        sentences.append(f"{len(files):,} files could not be used ({listed}).")
    return sentences


def _when(status: RunStatus) -> dict[str, str]:
    def moment(seconds: float | None) -> str:
        if not seconds:
            return ""
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))

    return {
        "started": moment(status.started),
        "ended": moment(status.ended),
        "taken": duration(status.seconds_taken),
    }
