"""A run's evidence in one zip: report, cards, figures, settings, hashes of everything.

The same run gives the same bytes: no time but the run's own is written, members stand in a fixed
order. No real row is in it unless it is asked for.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from fairgen_core.data.images.prepared import load_images
from fairgen_core.data.loading import load_source, prepare
from fairgen_core.errors import DataError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import fill_image_config
from fairgen_core.judged import JUDGED_FILE, read_judged
from fairgen_core.report.cards import data_card, model_card
from fairgen_core.report.code import as_command, as_python
from fairgen_core.report.html import Evidence, collect, render
from fairgen_core.report.samples import grid_png
from fairgen_core.report.verifying import FORMAT, MANIFEST, MANIFEST_HASH, manifest_hash
from fairgen_core.run_config import on_data
from fairgen_core.runs.files import replaced_when_complete
from fairgen_core.runs.store import RunStore

N_REAL_ROWS = 100
REAL_ROWS_WARNING = (
    "The bundle holds real data. Treat it as you treat the data itself, and do not pass it on to "
    "people who may not see the data."
)
_MADE = (1980, 1, 1, 0, 0, 0)
_PER_PERSON = {"shap_points"}
"""Parts of a report that stand for single held-out rows."""


@dataclass(frozen=True)
class Bundle:
    """A bundle that was written.

    Attributes:
        sha256: of the zip: whoever has it can tell that nothing in it was changed.
        names: of its members.
    """

    path: Path
    sha256: str
    n_bytes: int
    names: tuple[str, ...]


def write_bundle(
    store: RunStore,
    run_id: str,
    out: Path,
    *,
    with_samples: bool = False,
    with_real_rows: bool = False,
) -> Bundle:
    """Write a finished, judged run's evidence into a zip.

    Args:
        store: where the run lies.
        run_id: a training or an audit.
        out: a .zip file; there whole at the end, or not at all.
        with_samples: put the synthetic rows or pictures in as well; their hash is in either way.
        with_real_rows: show real rows or pictures too; see `REAL_ROWS_WARNING`.

    Raises:
        RunError: there is no such run, nothing was measured of it, or the disk is full.
        DataError: the name does not end in .zip, or the real data cannot be read.
    """
    if out.suffix.lower() != ".zip" or out.is_dir():
        raise DataError(f"A bundle must be a .zip file, and '{out}' is none. Give it such an end.")
    if not out.absolute().parent.is_dir():
        raise DataError(f"The folder of '{out}' must exist, and it does not. Make it first.")
    content = bundle_bytes(store, run_id, with_samples=with_samples, with_real_rows=with_real_rows)
    with replaced_when_complete(out.absolute()) as temporary:
        temporary.write_bytes(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = tuple(archive.namelist())
    return Bundle(out, hashlib.sha256(content).hexdigest(), len(content), names)


def bundle_bytes(
    store: RunStore,
    run_id: str,
    *,
    with_samples: bool = False,
    with_real_rows: bool = False,
) -> bytes:
    """The content of a bundle; see `write_bundle`."""
    real = _real(store, run_id) if with_real_rows else {}
    grid = real.get("real/pictures.png")
    evidence = collect(store, run_id, real_grid=grid, with_real_rows=with_real_rows)
    members = dict(_members(store, evidence, with_real_rows)) | real
    path = store.samples_path(run_id)
    if with_samples and path is not None:
        members[f"samples/{path.name}"] = path.read_bytes()
    manifest = _json(_manifest(store, evidence, members, with_real_rows))
    own = {
        MANIFEST: manifest,
        MANIFEST_HASH: manifest_hash(hashlib.sha256(manifest).hexdigest()),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in [*sorted(members.items()), *own.items()]:
            member = zipfile.ZipInfo(name, _MADE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return buffer.getvalue()


def _members(
    store: RunStore, evidence: Evidence, with_real_rows: bool
) -> Iterator[tuple[str, bytes]]:
    c = evidence.content
    yield "report.html", render(evidence).encode()
    if not c.is_audit:
        yield "model-card.md", model_card(evidence).encode()
    yield "data-card.md", data_card(evidence).encode()
    yield "config.json", _json(c.config.model_dump(mode="json"))
    left_out = set() if with_real_rows else _PER_PERSON
    yield "metrics.json", _json(c.report.model_dump(mode="json", exclude=left_out))
    if c.schema is not None:
        whole = c.schema.model_dump(mode="json")
        if not with_real_rows:
            for column in whole["columns"]:
                column["examples"] = []
        yield "schema.json", _json(whole)
    yield "run.json", _json(_run(evidence))
    out = "synthetic.zip" if c.made == "pictures" else "synthetic.csv"
    # One line for a shell and for Python, which also ends lines elsewhere than a shell.
    note = " ".join(f"data: {c.data_name}, SHA-256 {c.report.data_sha256}".splitlines())
    yield "reproduce.sh", f"#!/bin/sh\n# {note}\n{as_command(c.config, out)}\n".encode()
    yield "reproduce.py", f"# {note}\n{as_python(c.config, out)}\n".encode()
    for figure, svg in zip(evidence.figures, evidence.svgs, strict=True):
        yield f"figures/{figure.key}.svg", svg.encode()
        yield f"figures/{figure.key}.png", figure.png()
        yield f"figures/{figure.key}.csv", _csv(figure.data)
    if evidence.grid is not None:
        yield "figures/synthetic-pictures.png", evidence.grid
    if evidence.latents is not None:
        yield "figures/one-latent-every-group.png", evidence.latents


def _csv(table: pd.DataFrame) -> bytes:
    """A chart's table; texts that a spreadsheet would run as formulas are marked."""

    def safe(value: Any) -> Any:
        return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value

    plain = table.map(safe).rename(columns=safe)
    return plain.to_csv(index=False, lineterminator="\n").encode()


def _run(evidence: Evidence) -> dict[str, Any]:
    c = evidence.content
    return {
        "run": c.run_id,
        "name": c.name,
        "device": c.status.device,
        "versions": c.status.versions,
        **c.when,
        "seconds": c.status.seconds_taken,
    }


def _manifest(
    store: RunStore, evidence: Evidence, members: dict[str, bytes], with_real_rows: bool
) -> dict[str, Any]:
    c = evidence.content
    judged = read_judged(store.path(c.run_id) / JUDGED_FILE)
    return {
        "format": FORMAT,
        "version": 2,
        "run": c.run_id,
        "task": c.config.task,
        "data": {
            "name": c.data_name,
            "sha256": c.report.data_sha256,
            "test_sha256": c.test_sha256 or None,
            "held_out_rows_sha256": judged.rows_sha256 if judged is not None else None,
        },
        "samples": asdict(evidence.samples) if evidence.samples is not None else None,
        "device": c.status.device,
        "versions": c.status.versions,
        "with_real_rows": with_real_rows,
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in sorted(members.items())
        },
    }


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _real(store: RunStore, run_id: str) -> dict[str, bytes]:
    """A few real training rows or pictures."""
    config = on_data(run_id, store.config(run_id))
    if isinstance(config, ImageTrainConfig):
        grid = grid_png(load_images(fill_image_config(config)).images)
        return {"real/pictures.png": grid} if grid is not None else {}
    table = load_source(config.data)
    first = prepare(config.data, config.roles, table).train.head(N_REAL_ROWS)
    return {"real/training-rows.csv": _csv(first)}
