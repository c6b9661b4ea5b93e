"""What came out when a bundle's run was trained again, held against what the bundle says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from fairgen_core.data.images.npz import read_arrays
from fairgen_core.errors import FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport
from fairgen_core.numbers import number
from fairgen_core.report.samples import describe
from fairgen_core.results import Figure, Report
from fairgen_core.runs.pictures import image_report
from fairgen_core.runs.samples import iter_samples, read_samples
from fairgen_core.runs.store import RunStore

Found = tuple[Literal["samples", "figures"], bool | None, str]


def compare_again(
    store: RunStore, run_id: str, manifest: Mapping[str, Any], members: Mapping[str, bytes]
) -> list[Found]:
    """Whether samples and figures are identical, or how far they lie apart.

    Args:
        store: where the new run lies.
        run_id: the new run, finished.
        manifest, members: of the bundle.
    """
    found = []
    if store.samples_path(run_id) is not None:
        found.append(_samples(store, run_id, manifest, members))
    found.append(_figures(store, run_id, members))
    return found


def _samples(
    store: RunStore, run_id: str, manifest: Mapping[str, Any], members: Mapping[str, bytes]
) -> Found:
    path = store.samples_path(run_id)
    said = manifest.get("samples")
    if path is None or not isinstance(said, dict):
        return "samples", None, "The bundle says no hash of its samples."
    again = describe(path, store.schema(run_id))
    if again.content_sha256 == said.get("content_sha256"):
        return "samples", True, f"Trained again, all {again.n:,} samples are identical."
    held = members.get(f"samples/{path.name}")
    apart = f" {_distance(path, held, store, run_id)}" if held is not None else ""
    machine = _other_machine(store, run_id, manifest)
    return "samples", False, f"Trained again, the samples differ.{apart}{machine}"


def _distance(path: Path, held: bytes, store: RunStore, run_id: str) -> str:
    """How far the samples in the bundle lie from the new ones."""
    kept = path.with_name(f"kept-{path.name}")
    kept.write_bytes(held)
    schema = store.schema(run_id)
    try:
        if schema is None:
            old, new = (read_arrays(p)["images"].astype(np.int16) for p in (kept, path))
            if old.shape != new.shape:
                return "There is another number of them."
            return f"Pixels differ by {number(float(np.abs(old - new).mean()))} of 255 on average."
        old_rows = pd.concat(list(iter_samples(kept, schema)), ignore_index=True)
        new_rows = read_samples(path, schema)
    except (FairGenError, KeyError, ValueError, TypeError, IndexError):
        return "The samples in the bundle cannot be read."
    finally:
        kept.unlink(missing_ok=True)
    if len(old_rows) != len(new_rows):
        return "There is another number of them."
    same = (old_rows == new_rows) | (old_rows.isna() & new_rows.isna())
    agree = same.fillna(False).to_numpy(dtype=bool)
    return f"{int((~agree).sum()):,} of {agree.size:,} cells differ."


def _figures(store: RunStore, run_id: str, members: Mapping[str, bytes]) -> Found:
    pictures = isinstance(store.config(run_id), ImageTrainConfig)
    again = image_report(store, run_id) if pictures else store.report(run_id)
    try:
        raw = json.loads(members.get("metrics.json", b""))
        said = (ImageReport if pictures else Report).model_validate(raw)
    except (ValueError, ValidationError, RecursionError):
        return "figures", False, "The bundle's metrics.json cannot be read."
    if again is None:
        return "figures", None, "The run was not judged, so there are no figures to compare."
    old, new = _values(said), _values(again)
    gone = sorted(set(old) ^ set(new))
    if gone:
        return "figures", False, f"Some figures are there only once: {', '.join(gone[:5])}."
    apart = {key: abs((old[key] or 0.0) - (new[key] or 0.0)) for key in old}
    lost = [key for key in old if (old[key] is None) != (new[key] is None)]
    if lost:
        return "figures", False, f"Some figures can be had only once: {', '.join(lost[:5])}."
    largest = max(apart, key=lambda key: apart[key], default="")
    if not largest or apart[largest] == 0:
        return "figures", True, f"Trained again, all {len(old):,} figures are identical."
    n_apart = sum(value > 0 for value in apart.values())
    return (
        "figures",
        False,
        f"Trained again, {n_apart:,} of {len(old):,} figures differ, at most by "
        f"{apart[largest]:.3g} ({largest}).",
    )


def _values(report: Report | ImageReport) -> dict[str, float | None]:
    """Every figure by a name for people."""
    if isinstance(report, ImageReport):
        pairs: list[tuple[str, Figure | None]] = [("gap", report.gap), ("kl", report.kl)]
        pairs += [(f"share of {g.group}", g.share) for g in report.group_frequencies]
        pairs += list(report.figures.items())
        return {name: figure.value for name, figure in pairs if figure is not None}
    return {
        " ".join(filter(None, (measured.metric, measured.judge, side))): figure.value
        for measured in report.figures
        for side in ("real", "synthetic")
        if (figure := getattr(measured, side)) is not None
    }


def _other_machine(store: RunStore, run_id: str, manifest: Mapping[str, Any]) -> str:
    """What was not the same this time: device and versions."""
    status = store.status(run_id)
    said = manifest.get("versions")
    before = said if isinstance(said, dict) else {}
    other = [
        f"{name} {str(before.get(name))[:40]} then, {version} now"
        for name, version in status.versions.items()
        if before.get(name) != version
    ]
    if manifest.get("device") != status.device:
        other.insert(0, f"'{str(manifest.get('device'))[:80]}' then, '{status.device}' now")
    return f" Not the same this time: {'; '.join(other)}." if other else ""
