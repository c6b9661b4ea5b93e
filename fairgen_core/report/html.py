"""The report of a run: one HTML file that needs nothing else, for a reader who was not there."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport
from fairgen_core.report.content import Content, gather
from fairgen_core.report.figures import PaperFigure, figures
from fairgen_core.report.samples import Samples, describe, picture_grid
from fairgen_core.run_config import DataRunConfig
from fairgen_core.runs.pictures import grids
from fairgen_core.runs.store import RunStore
from fairgen_core.words import GLOSSARY

TEMPLATES = Path(__file__).parent / "templates"
_TERMS = ("sensitive", "target", "positive", "interval", "seed", "proxy", "label_head", "shap")
_PICTURE_TERMS = ("representation", "recognisability", "interval", "seed")
_FLDGM_TERMS, _GAN_TERMS = ("latent", "alpha"), ("gradient_norm", "clip_norm")


@dataclass(frozen=True)
class Embedded:
    """A picture as the page holds it."""

    title: str
    alt: str
    caption: str
    base64: str


@dataclass(frozen=True)
class Evidence:
    """A run's content with its charts drawn once, for the report and the bundle.

    Attributes:
        grid: generated pictures as PNG; None of a table.
        latents: of FLDGM, the same latents in every group's look as PNG.
        real_grid: real pictures as PNG, only where they were asked for.
    """

    content: Content
    figures: Sequence[PaperFigure]
    svgs: Sequence[str]
    samples: Samples | None
    grid: bytes | None
    latents: bytes | None = None
    real_grid: bytes | None = None
    with_real_rows: bool = False


def collect(
    store: RunStore, run_id: str, real_grid: bytes | None = None, with_real_rows: bool = False
) -> Evidence:
    """Gather and draw what reports and bundles show.

    Raises:
        RunError: there is no such run, or nothing was measured of it.
    """
    content = gather(store, run_id)
    config = content.config
    clip_norm = config.gan.clip_norm if isinstance(config, ImageTrainConfig) else None
    drawn = list(figures(content.report, clip_norm))
    path = store.samples_path(run_id)
    return Evidence(
        content=content,
        figures=drawn,
        svgs=[figure.svg() for figure in drawn],
        samples=describe(path, store.schema(run_id)) if path is not None else None,
        grid=picture_grid(path) if isinstance(content.report, ImageReport) and path else None,
        latents=_latents(store, run_id, config),
        real_grid=real_grid,
        with_real_rows=with_real_rows,
    )


def _latents(store: RunStore, run_id: str, config: DataRunConfig) -> bytes | None:
    """FLDGM's last look, which shows latents of fixed noise and no real picture."""
    if not isinstance(config, ImageTrainConfig) or config.synthesizer != "fldgm":
        return None
    found = grids(store, run_id)
    try:
        return found[max(found)].read_bytes() if found else None
    except OSError:
        return None


def html_report(store: RunStore, run_id: str) -> str:
    """The report of a finished, judged run. Needs neither torch nor scikit-learn.

    Args:
        store: where the run lies.
        run_id: a training on a table or on pictures, or an audit.

    Raises:
        RunError: there is no such run, or nothing was measured of it.
    """
    return render(collect(store, run_id))


def render(evidence: Evidence) -> str:
    """The report of what was collected."""
    c = evidence.content
    report = c.report
    pictures = isinstance(report, ImageReport)
    group_column = report.group_column if isinstance(report, ImageReport) else None
    if not isinstance(report, ImageReport):
        group_column = " and ".join(report.sensitive)
    versions = ", ".join(f"{name} {version}" for name, version in c.status.versions.items())
    return template("report.html.j2").render(
        c=c,
        pictures=pictures,
        group_column=group_column,
        versions=versions or "not recorded",
        samples=evidence.samples,
        with_real_rows=evidence.with_real_rows,
        corrected=any(group.corrected for group in c.groups),
        pictures_shown=list(_grids(evidence)),
        drawn=[
            Embedded(f.title, f.description, f.caption, base64.b64encode(svg.encode()).decode())
            for f, svg in zip(evidence.figures, evidence.svgs, strict=True)
        ],
        terms=[GLOSSARY[key] for key in _terms(c.config)],
    )


def _terms(config: DataRunConfig) -> tuple[str, ...]:
    """The words that this run's report explains."""
    if not isinstance(config, ImageTrainConfig):
        return _TERMS
    return _PICTURE_TERMS + (_FLDGM_TERMS if config.synthesizer == "fldgm" else _GAN_TERMS)


def _grids(evidence: Evidence) -> list[Embedded]:
    found = []
    if evidence.grid is not None:
        alt = "Synthetic pictures in a grid, in the order in which they were drawn."
        caption = "The first synthetic pictures, in the order in which they were drawn."
        encoded = base64.b64encode(evidence.grid).decode()
        found.append(Embedded("Synthetic pictures", alt, caption, encoded))
    if evidence.latents is not None:
        groups = ", ".join(group.name for group in evidence.content.groups)
        alt = "Synthetic pictures in a grid: one latent a column, one group a row."
        caption = f"A column is one latent in every group's look; rows: {groups}."
        encoded = base64.b64encode(evidence.latents).decode()
        found.append(Embedded("One latent in every group's look", alt, caption, encoded))
    if evidence.real_grid is not None:
        alt = "Real training pictures in a grid."
        encoded = base64.b64encode(evidence.real_grid).decode()
        found.append(Embedded("Real pictures", alt, "Real training pictures: asked for.", encoded))
    return found


@cache
def _environment(escape: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def template(name: str) -> Any:
    """A template of this room; in HTML every value is escaped."""
    return _environment(".html" in name).get_template(name)
