"""What a notebook and the command line do with FairGen: train, sample, evaluate, audit.

Torch and scikit-learn are loaded by the functions that need them, not by importing this module.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from fairgen_core.choices import TableSource, audit_config, source_of, train_config
from fairgen_core.config import AuditConfig, TrainConfig
from fairgen_core.data import thin_cells
from fairgen_core.data.loading import prepare, read_like
from fairgen_core.data.thin_cells import asks_parity
from fairgen_core.data.writing import TableWriter
from fairgen_core.errors import RunError
from fairgen_core.image_api import ImageRun
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.results import Report
from fairgen_core.runs import launcher, outputs
from fairgen_core.runs.samples import iter_samples, read_samples
from fairgen_core.runs.status import Owner, ProgressEvent
from fairgen_core.runs.status_file import claimed
from fairgen_core.runs.store import RunStore

if TYPE_CHECKING:
    from fairgen_core.synthesizers.base import TableSynthesizer

Echo = Callable[[ProgressEvent, float | None], None]


class Run:
    """A run on disk: what it was asked for, what it made, and more rows from its model.

    Args:
        run_id: its id, as ``RunStore().ids()`` lists it.
        runs: the folder of runs; None: the home's.

    Raises:
        RunError: there is no such run.
    """

    def __init__(self, run_id: str, runs: Path | str | None = None) -> None:
        self.store = RunStore(Path(runs) if runs is not None else None)
        self.id = run_id
        self.folder = self.store.path(run_id)

    @property
    def config(self) -> TrainConfig:
        """What the training was asked for.

        Raises:
            RunError: the run is an audit.
        """
        config = self.store.config(self.id)
        if not isinstance(config, TrainConfig):
            what = "about pictures" if isinstance(config, ImageTrainConfig) else "an audit"
            raise RunError(
                f"The run must be a training on a table, and '{self.id}' is {what}: it has no "
                "rows. Choose another run."
            )
        return config

    @property
    def report(self) -> Report | None:
        """What was measured; None where nothing was (yet)."""
        return self.store.report(self.id)

    @property
    def rows(self) -> pd.DataFrame:
        """The synthetic rows that the run made, in canonical form (`schema.Column`).

        Raises:
            RunError: it has not made them (yet).
        """
        path, schema = self.store.samples_path(self.id), self.store.schema(self.id)
        if path is None or schema is None:
            raise self._unfinished("has no rows")
        return read_samples(path, schema)

    def sample(self, n_rows: int | None = None, seed: int | None = None) -> pd.DataFrame:
        """Draw rows from the saved model, in canonical form.

        Args:
            n_rows: how many; None: as many as the run was asked for.
            seed: None: the run's own, which gives the run's own rows again.
        """
        asked, seed = self._asked(n_rows, seed)
        return self._model().sample(asked, seed)

    def write(
        self,
        out: Path | str,
        n_rows: int | None = None,
        seed: int | None = None,
        formula_safe: bool = False,
        echo: Callable[[float], None] | None = None,
    ) -> int:
        """Write rows to a file in the form of the original; memory stays bounded.

        Args:
            out: a .csv, .tsv, .parquet or .xlsx file; there whole at the end, or not at all.
            n_rows, seed: as in `sample`. Where both are None, the run's own rows are written.
            formula_safe: mark texts that a spreadsheet would take for formulas.
            echo: told the share that is done.

        Returns:
            The number of rows written.

        Raises:
            DataError: the file cannot be written.
        """
        out = Path(out)
        config = self.config
        outputs.check_out(out, config)
        schema, samples = self.store.schema(self.id), self.store.samples_path(self.id)
        if schema is None:
            raise self._unfinished("has not read its data")
        asked, drawing_seed = self._asked(n_rows, seed)
        pieces: Iterable[pd.DataFrame]
        if n_rows is None and seed is None and samples is not None:
            pieces = iter_samples(samples, schema)
        else:
            pieces = self._model().iter_sample(asked, drawing_seed)
        form = outputs.format_for(
            out, self.store.file_format(self.id), config.data.display_name or config.data.source
        )
        n_written = 0
        with TableWriter(out, schema, form, formula_safe) as writer:
            for piece in pieces:
                writer.append(piece)
                n_written += len(piece)
                if echo is not None:
                    echo(n_written / asked)
        return n_written

    def _asked(self, n_rows: int | None, seed: int | None) -> tuple[int, int]:
        config = self.config
        n_default = config.n_rows or self.store.status(self.id).n_rows
        if n_rows is None and n_default is None:
            raise self._unfinished("has not read its data")
        n_asked = n_default if n_rows is None else n_rows
        outputs.check_number("number of rows", n_asked or 0, least=1)
        outputs.check_number("seed", config.seed if seed is None else seed, least=0)
        return n_asked or 0, config.seed if seed is None else seed

    def _model(self) -> TableSynthesizer:
        if not (self.folder / "model.json").is_file():
            raise self._unfinished("has no finished model")
        from fairgen_core.synthesizers import SYNTHESIZERS

        try:
            return SYNTHESIZERS["fldgm"].load(self.folder)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise RunError(
                f"The model of '{self.id}' must be readable by this version of FairGen, and it "
                "was written by another one or is damaged. Train it again."
            ) from error

    def _unfinished(self, what: str) -> RunError:
        state = self.store.status(self.id).state
        advice = "Wait until it is done" if state in {"queued", "running"} else "Resume it first"
        return RunError(
            f"The run must have finished its training, and '{self.id}' {what} ({state}). {advice}."
        )


def train(
    data: TableSource,
    *,
    out: Path | str | None = None,
    formula_safe: bool = False,
    runs: Path | str | None = None,
    owner: Owner = "notebook",
    echo: Echo | None = None,
    warn: Callable[[str], None] = warnings.warn,
    **choices: Any,
) -> Run:
    """Train on a table, draw synthetic rows and keep both as a run.

    Args:
        data: a file, a name of the catalogue (``"hiring"``), or a DataFrame.
        out: write the rows to this file as well; see `Run.write`.
        formula_safe: mark texts that a spreadsheet would take for formulas.
        runs: the folder of runs; None: the home's.
        owner: whose process this is.
        echo: told about progress.
        warn: told before training what stands against what is asked for.
        **choices: as in `choices.train_config`: sensitive, target, positive, fairness, ...

    Raises:
        FairGenError: the data or a choice cannot be used, or the training failed; in plain words.
    """
    config = train_config(data, **choices)
    if out is not None:
        outputs.check_out(Path(out), config)
    from fairgen_core.runs import worker

    read = worker.read_input(config)  # before a folder is made: nothing is left of a wrong choice
    for sentence in () if config.evaluate else read.table.about_rows:  # a report says them itself
        warn(sentence)
    if asks_parity(config.fairness) and (thin := thin_cells.of_table(read.table)):
        warn(thin_cells.in_words(thin))
    store = RunStore(Path(runs) if runs is not None else None)
    run_id = store.create(config, owner)
    return _carry_out(store, run_id, out, formula_safe, echo, read)


def resume(
    run_id: str,
    *,
    out: Path | str | None = None,
    formula_safe: bool = False,
    runs: Path | str | None = None,
    owner: Owner = "notebook",
    echo: Echo | None = None,
) -> Run | ImageRun:
    """Go on with a stopped or failed run in this process; see `train` and `image_api`."""
    store = RunStore(Path(runs) if runs is not None else None)
    config = store.config(run_id)
    if out is not None and not isinstance(config, AuditConfig):
        outputs.check_out(Path(out), config)
    with store.lock():
        status = launcher.take_up_again(store, run_id)
        status = claimed(status, os.getpid()).model_copy(update={"owner": owner})
        store.set_status(run_id, status)
    if not isinstance(config, ImageTrainConfig):
        return _carry_out(store, run_id, out, formula_safe, echo)
    from fairgen_core.runs import worker

    worker.run(store.path(run_id), None, echo)
    run = ImageRun(run_id, store.folder)
    if out is not None:
        run.write(out)
    return run


def _carry_out(
    store: RunStore,
    run_id: str,
    out: Path | str | None,
    formula_safe: bool,
    echo: Echo | None,
    read: Any = None,
) -> Run:
    from fairgen_core.runs import worker

    worker.run(store.path(run_id), read, echo)
    run = Run(run_id, store.folder)
    if out is not None:
        run.write(out, formula_safe=formula_safe)
    return run


def evaluate(
    train: TableSource,
    synthetic: TableSource,
    *,
    test: TableSource | None = None,
    seed: int = 0,
    **choices: Any,
) -> Report:
    """Judge a synthetic table: train on synthetic, test on real, beside the same on real.

    Args:
        train: the real training rows.
        synthetic: a table with the same columns, whoever made it.
        test: real rows that nobody trained on; None: a share of `train` is held out.
        seed: of the judges.
        **choices: as in `choices.audit_config`: sensitive, target, positive, ...

    Raises:
        DataError, ConfigError: a table or a choice cannot be used.
    """
    from fairgen_core import evaluation

    config = audit_config(train, test=test, seed=seed, **choices)
    table = prepare(config.data, config.roles)
    rows = read_like(source_of(synthetic)[0], table.schema, "the synthetic table")
    return evaluation.evaluate(table, rows, seed=seed)


def audit(data: TableSource, *, seed: int = 0, **choices: Any) -> Report:
    """Look at real data before any training: groups, rates, proxies, a model on the real rows.

    Args:
        data: a file, a name of the catalogue, or a DataFrame.
        seed: of the judges.
        **choices: as in `choices.audit_config`: sensitive, target, positive, ...

    Raises:
        DataError, ConfigError: the table or a choice cannot be used.
    """
    from fairgen_core import evaluation

    config = audit_config(data, seed=seed, **choices)
    return evaluation.audit(prepare(config.data, config.roles), seed=seed)
