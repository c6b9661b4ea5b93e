"""Does what a run's folder asks for: a training or an audit. The only room that may use all others.

``python -m fairgen_core.runs.worker FOLDER`` is started by the launcher; the command line and
notebooks call `run` in their own process. Either way the folder tells everything.
"""

from __future__ import annotations

import faulthandler
import io
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from fairgen_core import evaluation
from fairgen_core.config import AuditConfig, TrainConfig
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.images.prepared import PreparedImages
from fairgen_core.data.loading import load_source, prepare
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.errors import FairGenError, RunError, StoppedError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.judged import JUDGED_FILE, to_bytes
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig
from fairgen_core.runs import image_worker, launcher, lesson_worker, machine
from fairgen_core.runs.estimate import estimate_seconds, stage_seconds
from fairgen_core.runs.files import in_plain_words, plain_disk_errors, replaced_when_complete
from fairgen_core.runs.observer import FileObserver
from fairgen_core.runs.samples import SamplesWriter, read_samples
from fairgen_core.runs.status import ProgressEvent, RunStatus
from fairgen_core.runs.status_file import STOPPED, read_status
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.versions import versions
from fairgen_core.synthesizers import SYNTHESIZERS
from fairgen_core.synthesizers.base import TableSynthesizer
from fairgen_core.training import pick_device, stop_if_asked

_HAND_OVER_SECONDS = 30.0
_NICENESS = 5

Echo = Callable[[ProgressEvent, float | None], None]


@dataclass(frozen=True)
class Input:
    """A run's data, read and divided, and how its file was written."""

    table: PreparedTable
    file_format: FileFormat


def read_input(config: TrainConfig | AuditConfig) -> Input:
    """Read and divide a run's data.

    Raises:
        DataError, ConfigError: it cannot be used as it is.
    """
    table = load_source(config.data)
    return Input(prepare(config.data, config.roles, table), table.file_format)


def run(
    folder: Path,
    data: Input | PreparedImages | None = None,
    echo: Echo | None = None,
) -> RunStatus:
    """Do what the folder asks for and write there how it went.

    A run that was stopped goes on from its checkpoint, or from its finished model. The run must
    be claimed ('running', by this process) beforehand.

    Args:
        folder: the run's folder.
        data: the run's data, where the caller has read it already.
        echo: told about progress.

    Raises:
        StoppedError: the person asked for a stop; the run can be resumed.
        FairGenError: anything else, in plain words; a traceback is in the run's ``log.txt``.
    """
    store = RunStore(folder.parent)
    observer = FileObserver(
        folder,
        store.status(folder.name),
        _save_tensors,
        echo,
        resumed=(folder / "checkpoint.pt").exists() or (folder / "model.json").exists(),
    )
    for left_over in folder.glob(".*.tmp"):  # of a process that was killed while writing
        left_over.unlink(missing_ok=True)
    try:
        with _stops_on_signals(observer):
            _work(store, folder, observer, data)
    except StoppedError as error:
        observer.finish("stopped", str(error))
        raise
    except KeyboardInterrupt:
        observer.finish("stopped", STOPPED)
        raise
    except FairGenError as error:
        _finish_if_possible(observer, str(error))
        raise
    except Exception as error:
        _log(folder, traceback.format_exc())
        problem = in_plain_words(error, folder)
        _finish_if_possible(observer, str(problem))
        raise problem from error
    observer.finish("done")
    return observer.status


def _work(
    store: RunStore, folder: Path, observer: FileObserver, data: Input | PreparedImages | None
) -> None:
    config = store.config(folder.name)
    torch.set_num_threads(machine.threads_for(config))
    observer.note(versions=versions())
    if isinstance(config, ImageTrainConfig):
        read = data if isinstance(data, PreparedImages) else None
        kept = _load_checkpoint(folder / "checkpoint.pt")
        image_worker.work(folder, config, observer, read, kept)
    elif isinstance(config, FavouredGroupConfig | FairLatentConfig):
        lesson_worker.work(folder, config, observer)
    else:
        _work_on_table(store, folder, config, observer, data if isinstance(data, Input) else None)
    with plain_disk_errors(folder):
        (folder / "checkpoint.pt").unlink(missing_ok=True)


def _work_on_table(
    store: RunStore,
    folder: Path,
    config: TrainConfig | AuditConfig,
    observer: FileObserver,
    data: Input | None,
) -> None:
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
    _expect(store, observer, config, table)
    observer.on_progress("read", 1.0)
    synthesizer = _fitted(folder, config, table, observer)
    if not (folder / "samples.parquet").exists():
        _draw(folder, config, table, synthesizer, observer)
    if config.evaluate and not (folder / "report.json").exists():
        rows = read_samples(folder / "samples.parquet", table.schema)
        report = evaluation.evaluate(
            table,
            rows,
            seed=config.seed,
            observer=observer,
            keep=lambda judged: _write(folder / JUDGED_FILE, to_bytes(judged)),
        )
        _write(folder / "report.json", report.model_dump_json())


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
        device=name or f"{machine.n_threads()} CPU cores",
        expected_seconds=None if observer.resumed else total,
    )


def _fitted(
    folder: Path, config: TrainConfig, table: PreparedTable, observer: FileObserver
) -> TableSynthesizer:
    """The run's model: finished before, or trained now, from the checkpoint where there is one."""
    synthesizer_class = SYNTHESIZERS["fldgm"]
    if (folder / "model.json").exists():
        return synthesizer_class.load(folder)
    synthesizer = synthesizer_class(config)
    synthesizer.fit(table, observer, resume_from=_load_checkpoint(folder / "checkpoint.pt"))
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


# --- files -----------------------------------------------------------------------------------


def _save_tensors(state: dict[str, Any], path: Path) -> None:
    # Through memory: writing itself, torch calls a full disk an unexpected position in a file.
    buffer = io.BytesIO()
    torch.save(state, buffer)
    path.write_bytes(buffer.getbuffer())


def _load_checkpoint(path: Path) -> dict[str, Any] | None:
    """A checkpoint's tensors and plain values; None where there is none or it was cut short."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except Exception:  # noqa: BLE001 - torch raises many kinds for a damaged file
        path.unlink(missing_ok=True)
        return None
    return dict(state)


def _write(path: Path, content: str | bytes) -> None:
    with replaced_when_complete(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def _log(folder: Path, text: str) -> None:
    try:
        with (folder / "log.txt").open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return  # A full disk: the sentence in the status matters more.


def _finish_if_possible(observer: FileObserver, message: str) -> None:
    """Mark the run as failed; where even that cannot be written, the dead process tells it."""
    try:
        observer.finish("failed", message)
    except RunError:
        return


# --- signals -----------------------------------------------------------------------------------


@contextmanager
def _stops_on_signals(observer: FileObserver) -> Iterator[None]:
    """SIGTERM and SIGINT ask for a stop at the next safe point; a second SIGINT stops at once.

    Only the main thread can watch signals.
    """

    def on_signal(number: int, _frame: object) -> None:
        again = observer.stop_asked
        observer.ask_to_stop()
        if again and number == signal.SIGINT:
            raise KeyboardInterrupt

    try:
        before = {n: signal.signal(n, on_signal) for n in (signal.SIGTERM, signal.SIGINT)}
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --- as a process of its own -----------------------------------------------------------------


def _handed_over(folder: Path) -> bool:
    """Wait until the status names this process: from then on the run is ours, and only then."""
    deadline = time.monotonic() + _HAND_OVER_SECONDS
    while time.monotonic() < deadline:
        status = read_status(folder)
        if status.state == "running":
            return status.pid == os.getpid()
        time.sleep(0.02)
    return False


def main(arguments: Sequence[str]) -> int:
    """Work on the run whose folder is named, then let the next one start."""
    folder = Path(arguments[0]).absolute()
    faulthandler.enable()
    if not _handed_over(folder):
        return 1
    os.setpriority(os.PRIO_PROCESS, 0, max(_NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    try:
        run(folder)
    except FairGenError:
        return 1  # The status says why.
    finally:
        launcher.tick(RunStore(folder.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
