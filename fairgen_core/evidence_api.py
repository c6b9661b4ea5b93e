"""What a notebook and the command line do with evidence: report, card, bundle, verify, compare."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairgen_core.comparison import Comparison, compare_runs
from fairgen_core.errors import DataError
from fairgen_core.report import bundle as bundles
from fairgen_core.report.bundle import Bundle
from fairgen_core.report.cards import CardKind
from fairgen_core.report.cards import card as _card
from fairgen_core.report.html import html_report
from fairgen_core.report.verifying import Verification, verify_bundle
from fairgen_core.runs.files import replaced_when_complete
from fairgen_core.runs.store import RunStore
from fairgen_core.sharing import Shared


def report(run_id: str, out: Path | str | None = None, *, runs: Path | str | None = None) -> str:
    """The report of a finished, judged run as one HTML page that needs nothing else.

    Args:
        run_id: a training or an audit.
        out: write it to this .html file as well.
        runs: the folder of runs; None: the home's.

    Raises:
        RunError: there is no such run, or nothing was measured of it.
        DataError: the file cannot be written there.
    """
    target = _target(out, (".html", ".htm"))
    return _write(html_report(_store(runs), run_id), target)


def card(
    run_id: str,
    kind: CardKind = "model",
    out: Path | str | None = None,
    *,
    runs: Path | str | None = None,
) -> str:
    """A model card or data card in Markdown; arguments and errors as of `report`."""
    target = _target(out, (".md", ".markdown", ".txt"))
    return _write(_card(_store(runs), run_id, kind), target)


def bundle(
    run_id: str,
    out: Path | str,
    *,
    with_samples: bool = False,
    with_real_rows: bool = False,
    runs: Path | str | None = None,
) -> Bundle:
    """A run's evidence in one zip; see `report.bundle.write_bundle`."""
    return bundles.write_bundle(
        _store(runs),
        run_id,
        Path(out),
        with_samples=with_samples,
        with_real_rows=with_real_rows,
    )


def verify(
    path: Path | str,
    data: Path | str | None = None,
    *,
    test: Path | str | None = None,
    attributes: Path | str | None = None,
    rerun: bool = False,
) -> Verification:
    """Check a bundle: its hashes, its data, and with `rerun` its samples and figures.

    Args:
        path: the bundle.
        data: the real data that it was made from; not needed of a set of the catalogue.
        test, attributes: the run's second file, where it had one.
        rerun: train again in a temporary folder and compare.

    Raises:
        DataError: it is no bundle, or a file cannot be used.
        FairGenError: the training failed.
    """
    train = _train if rerun else None
    return verify_bundle(
        Path(path), _path(data), test=_path(test), attributes=_path(attributes), train=train
    )


def _train(folder: Path, without_target: bool) -> None:
    """Do a run's work as it was done: alone, or as a member of a sweep was judged."""
    from fairgen_core.runs import worker

    shared = worker.Within(Shared(), folder / "stop", folder.name) if without_target else None
    worker.run(folder, within=shared)


def compare(run_ids: Sequence[str], *, runs: Path | str | None = None) -> Comparison:
    """Two to four runs beside each other; see `comparison.compare_runs`."""
    return compare_runs(_store(runs), run_ids)


def _store(runs: Path | str | None) -> RunStore:
    return RunStore(Path(runs) if runs is not None else None)


def _path(given: Path | str | None) -> Path | None:
    return None if given is None else Path(given)


def _target(out: Path | str | None, endings: tuple[str, ...]) -> Path | None:
    if out is None:
        return None
    target = Path(out)
    if target.suffix.lower() not in endings:
        raise DataError(
            f"The file must end in {endings[0]}, and '{out}' does not. Give it such an ending."
        )
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise DataError(
            f"'{out}' must be a file in a folder that exists, and it is not. Choose another place."
        )
    return target


def _write(text: str, target: Path | None) -> str:
    if target is not None:
        with replaced_when_complete(target.absolute()) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return text
