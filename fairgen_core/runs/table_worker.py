"""Does what the folder of a training or an audit of a table asks for; `runs.worker` calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from fairgen_core import evaluation
from fairgen_core.config import AuditConfig, TrainConfig
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.loading import load_source, prepare
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.data.thin_cells import asks_parity
from fairgen_core.errors import RunError
from fairgen_core.judged import JUDGED_FILE, to_bytes
from fairgen_core.results import Report
from fairgen_core.runs import machine
from fairgen_core.runs.estimate import estimate_seconds, stage_seconds
from fairgen_core.runs.files import plain_disk_errors, replaced_when_complete
from fairgen_core.runs.observer import FileObserver
from fairgen_core.runs.samples import SamplesWriter, read_samples
from fairgen_core.runs.status import RunStatus
from fairgen_core.runs.store import RunStore
from fairgen_core.sharing import Shared
from fairgen_core.synthesizers import SYNTHESIZERS
from fairgen_core.synthesizers.base import TableSynthesizer
from fairgen_core.training import pick_device, stop_if_asked


@dataclass(frozen=True)
class Input:
    """A run's data, read and divided, and how its file was written."""

    table: PreparedTable
    file_format: FileFormat


@dataclass(frozen=True)
class Within:
    """The sweep that a run is a member of.

    Attributes:
        shared: what its members have in common.
        stop: the file that asks the whole sweep to stop.
        same_rows: names what this member's rows are but for their labels; None: no other member's
            rows are the same.
    """

    shared: Shared
    stop: Path
    same_rows: str | None = None


def read_input(config: TrainConfig | AuditConfig) -> Input:
    """Read and divide a run's data.

    Raises:
        DataError, ConfigError: it cannot be used as it is.
    """
    table = load_source(config.data)
    return Input(prepare(config.data, config.roles, table), table.file_format)


def work(
    folder: Path,
    config: TrainConfig | AuditConfig,
    observer: FileObserver,
    data: Input | None,
    checkpoint: Mapping[str, Any] | None,
    within: Within | None,
) -> None:
    """Read, train, draw, judge (or audit); what is finished before is not done again.

    Args:
        folder: the run's folder.
        config: what is asked.
        observer: told everything.
        data: the table, where the caller has read it already.
        checkpoint: what a stopped training left.
        within: the sweep that the run is a member of.
    """
    observer.on_progress("read", 0.0)
    data = data or read_input(config)
    table = data.table
    _write(folder / "schema.json", table.schema.model_dump_json())
    _write(folder / "file_format.json", data.file_format.model_dump_json())
    _check_same_data(observer.status, table)
    observer.note(
        n_rows=len(table.train), n_columns=len(table.schema.columns), data_sha256=table.sha256
    )
    if isinstance(config, AuditConfig):
        observer.expect({"read": 1.0, "evaluate": 5.0 + 3e-4 * min(len(table.train), 50_000)})
        report = evaluation.audit(table, seed=config.seed, observer=observer)
        _write(folder / "report.json", report.model_dump_json())
        return
    _expect(RunStore(folder.parent), observer, config, table)
    observer.on_progress("read", 1.0)
    if within is not None:  # shared stages cost nothing: its time says nothing about a run's
        observer.note(expected_seconds=None)
    shared, same_rows = (within.shared, within.same_rows) if within else (None, None)
    synthesizer = _fitted(folder, config, table, observer, checkpoint, shared)
    if not (folder / "samples.parquet").exists():
        _draw(folder, config, table, synthesizer, observer)
    if config.evaluate and not (folder / "report.json").exists():

        def judge() -> tuple[Report, bytes]:
            return _judged(folder, config, table, observer, shared, same_rows)

        natural = config.fairness.target == "none" or config.fairness.strength == 0
        if shared is not None and same_rows and natural:
            # Without any fairness the labels are the same, whatever target was not enforced.
            report, judged = shared.part("natural report", (same_rows, config.seed), judge)
        else:
            report, judged = judge()
        if judged:
            _write(folder / JUDGED_FILE, judged)
        _write(folder / "report.json", report.model_dump_json())


def _judged(
    folder: Path,
    config: TrainConfig,
    table: PreparedTable,
    observer: FileObserver,
    shared: Shared | None,
    same_rows: str | None,
) -> tuple[Report, bytes]:
    """The report on the folder's rows, and what the judges answered row by row (may be empty)."""
    answers: list[bytes] = []
    report = evaluation.evaluate(
        table,
        read_samples(folder / "samples.parquet", table.schema),
        seed=config.seed,
        observer=observer,
        keep=lambda judged: answers.append(to_bytes(judged)),
        shared=shared,
        same_rows=same_rows,
        parity_asked=asks_parity(config.fairness),
    )
    return report, b"".join(answers)


def _check_same_data(status: RunStatus, table: PreparedTable) -> None:
    if status.data_sha256 not in {"", table.sha256}:
        raise RunError(
            f"A run must be resumed on the data that it began with, and '{table.name}' has changed "
            "since. Put the old file back, or start a new run."
        )


def _expect(
    store: RunStore, observer: FileObserver, config: TrainConfig, table: PreparedTable
) -> None:
    """Tell the observer how long each stage should take here."""
    n_rows, n_columns = len(table.train), len(table.schema.modelled)
    device = pick_device(config.device)
    stages = stage_seconds(config, n_rows, n_columns, device.type == "cuda")
    total = sum(stages.values())
    observer.expect(stages, estimate_seconds(config, n_rows, n_columns, store).seconds / total)
    gpu = observer.status.gpu
    if device.type == "cuda":
        torch.cuda.set_device(gpu or 0)
    name = torch.cuda.get_device_name() if device.type == "cuda" else ""
    # A resumed run did a part of its work before: it tells nothing about the whole.
    observer.note(
        device=name or machine.in_words(machine.n_threads()),
        expected_seconds=None if observer.resumed else total,
    )


def _fitted(
    folder: Path,
    config: TrainConfig,
    table: PreparedTable,
    observer: FileObserver,
    checkpoint: Mapping[str, Any] | None,
    shared: Shared | None,
) -> TableSynthesizer:
    """The run's model: finished before, or trained now, from the checkpoint where there is one."""
    synthesizer_class = SYNTHESIZERS["fldgm"]
    if (folder / "model.json").exists():
        return synthesizer_class.load(folder)
    synthesizer = synthesizer_class(config)
    synthesizer.fit(table, observer, resume_from=checkpoint, shared=shared)
    with plain_disk_errors(folder / "model.json"):
        synthesizer.save(folder)
    return synthesizer


def _draw(
    folder: Path,
    config: TrainConfig,
    table: PreparedTable,
    synthesizer: TableSynthesizer,
    observer: FileObserver,
) -> None:
    """Write the synthetic rows, a bounded piece at a time."""
    n_rows = config.n_rows or len(table.train)
    n_drawn = 0
    observer.on_progress("decode", 0.0)
    with SamplesWriter(folder / "samples.parquet", table.schema) as writer:
        for rows in synthesizer.iter_sample(n_rows, config.seed):
            stop_if_asked(observer)
            writer.append(rows)
            n_drawn += len(rows)
            observer.on_progress("decode", n_drawn / n_rows)


def _write(path: Path, content: str | bytes) -> None:
    with replaced_when_complete(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
