"""Does what a run's folder asks for: a training or an audit. The only room that may use all others.

``python -m fairgen_core.runs.worker FOLDER`` is started by the launcher; the command line and
notebooks call `run` in their own process. Either way the folder tells everything.
"""

from __future__ import annotations

import faulthandler
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from fairgen_core.data.images.prepared import PreparedImages
from fairgen_core.errors import FairGenError, RunError, StoppedError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig
from fairgen_core.run_config import RunConfig
from fairgen_core.runs import image_worker, launcher, machine, table_worker
from fairgen_core.runs.files import in_plain_words, plain_disk_errors
from fairgen_core.runs.handover import asks_on_signals, handed_over
from fairgen_core.runs.observer import FileObserver
from fairgen_core.runs.status import ProgressEvent, RunStatus
from fairgen_core.runs.status_file import STOPPED
from fairgen_core.runs.store import RunStore
from fairgen_core.runs.table_worker import Input, Within, read_input
from fairgen_core.runs.versions import versions

_NICENESS = 5

__all__ = ["Echo", "Input", "Within", "main", "read_input", "run"]

Echo = Callable[[ProgressEvent, float | None], None]


def run(
    folder: Path,
    data: Input | PreparedImages | None = None,
    echo: Echo | None = None,
    within: Within | None = None,
) -> RunStatus:
    """Do what the folder asks for and write there how it went.

    A run that was stopped goes on from its checkpoint, or from its finished model. The run must
    be claimed ('running', by this process) beforehand.

    Args:
        folder: the run's folder.
        data: the run's data, where the caller has read it already.
        echo: told about progress.
        within: the sweep that the run is a member of.

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
        also_stops=within.stop if within else None,
    )
    for left_over in folder.glob(".*.tmp"):  # of a process that was killed while writing
        left_over.unlink(missing_ok=True)
    try:
        with asks_on_signals(lambda: observer.stop_asked, observer.ask_to_stop):
            _work(store.config(folder.name), folder, observer, data, within)
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
    config: RunConfig,
    folder: Path,
    observer: FileObserver,
    data: Input | PreparedImages | None,
    within: Within | None,
) -> None:
    torch.set_num_threads(machine.threads_for(config))
    observer.note(versions=versions())
    kept = _load_checkpoint(folder / "checkpoint.pt")
    if isinstance(config, ImageTrainConfig):
        read = data if isinstance(data, PreparedImages) else None
        image_worker.work(folder, config, observer, read, kept, within.shared if within else None)
    elif isinstance(config, FavouredGroupConfig | FairLatentConfig):
        from fairgen_core.runs import lesson_worker  # its studies load all that trainings do

        lesson_worker.work(folder, config, observer)
    else:
        table = data if isinstance(data, Input) else None
        table_worker.work(folder, config, observer, table, kept, within)
    with plain_disk_errors(folder):
        (folder / "checkpoint.pt").unlink(missing_ok=True)


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


# --- as a process of its own -----------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    """Work on the run whose folder is named, then let the next one start."""
    folder = Path(arguments[0]).absolute()
    faulthandler.enable()
    if not handed_over(folder):
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
