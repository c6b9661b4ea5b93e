"""Drawing more from a run's model: a process of its own, as the dashboard holds no torch."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import fairgen_core
from dashboard.downloads import text_format
from fairgen_core.runs.store import RunStore

FOLDER = "draws"
"""Where drawn rows and pictures lie in the run's folder."""

DrawState = Literal["drawing", "done", "failed"]


@dataclass
class Draw:
    """One drawing of rows or pictures: its process, and the file that it writes.

    Attributes:
        n_rows: how many rows (or pictures).
        seed: of the drawing.
        path: the file, there whole or not at all.
        process: of the command line's ``sample``.
        words: what the process said on stderr; its last line is the sentence of a failure.
    """

    n_rows: int
    seed: int
    path: Path
    process: subprocess.Popen[str]
    words: list[str] = field(default_factory=list)

    @property
    def state(self) -> DrawState:
        """Whether it is at work, done, or failed."""
        code = self.process.poll()
        if code is None:
            return "drawing"
        return "done" if code == 0 and self.path.is_file() else "failed"

    @property
    def reason(self) -> str:
        """The sentence with which it failed."""
        said = [line.strip() for line in self.words if line.strip()]
        return said[-1] if said else f"the process ended with status {self.process.poll()}."

    def stop(self) -> None:
        """End the process and delete its file."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=10)
        self.path.unlink(missing_ok=True)


def draw_path(store: RunStore, run_id: str, n_rows: int, seed: int, formula_safe: bool) -> Path:
    """Where a drawing is written: one file for each number of rows, seed and form."""
    suffix = text_format(store.file_format(run_id)).suffix
    form = "-safe" if formula_safe else ""
    return store.path(run_id) / FOLDER / f"{n_rows}-rows-seed{seed}{form}{suffix}"


def start_draw(
    store: RunStore, run_id: str, n_rows: int, seed: int, formula_safe: bool = False
) -> Draw:
    """Start to draw rows, by the command line's own ``sample``.

    Args:
        store: where the run lies.
        run_id: a run with a model.
        n_rows: 1 or more.
        seed: the same seed draws the same rows.
        formula_safe: see `downloads.rows_as`.
    """
    path = draw_path(store, run_id, n_rows, seed, formula_safe)
    options = ["--rows", str(n_rows), *(["--formula-safe"] if formula_safe else [])]
    return _start(store, run_id, path, n_rows, seed, options)


def start_picture_draw(store: RunStore, run_id: str, n: int, seed: int, suffix: str) -> Draw:
    """Start to draw pictures likewise.

    Args:
        store: where the run lies.
        run_id: a run on pictures with a model.
        n: 1 or more.
        seed: the same seed draws the same pictures.
        suffix: ``.zip`` or ``.npz``.
    """
    path = store.path(run_id) / FOLDER / f"{n}-pictures-seed{seed}{suffix}"
    return _start(store, run_id, path, n, seed, ["--images", str(n)])


def _start(store: RunStore, run_id: str, path: Path, n: int, seed: int, options: list[str]) -> Draw:
    path.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "fairgen_core", "sample", run_id, *options]
    command += ["--seed", str(seed), "--out", str(path), "--runs", str(store.folder)]
    process = subprocess.Popen(
        command,
        cwd=Path(fairgen_core.__file__).parents[1],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    draw = Draw(n, seed, path, process)
    threading.Thread(target=_listen, args=(draw,), daemon=True).start()
    return draw


def _listen(draw: Draw) -> None:
    """Read what the process says, so that it never waits for a reader; keep its last lines."""
    if draw.process.stderr is not None:
        for line in draw.process.stderr:
            draw.words.append(line)
            del draw.words[:-20]
