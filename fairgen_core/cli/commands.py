"""What each command does. Heavy modules are imported where they are needed."""

from __future__ import annotations

import argparse
import shlex
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fairgen_core.cli import (
    display,
    evidence_commands,
    image_commands,
    image_display,
    lesson_commands,
    sweep_commands,
)
from fairgen_core.cli.questions import column_word, question, table_choices
from fairgen_core.errors import ConfigError, RunError
from fairgen_core.image_api import ImageRun
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_results import ImageReport
from fairgen_core.runs import launcher, spawning
from fairgen_core.runs.pictures import image_report
from fairgen_core.runs.store import RunStore
from fairgen_core.words.stages import stage

_STOP_WAIT_SECONDS = spawning.KILL_AFTER_SECONDS + 5.0


def train(args: argparse.Namespace) -> None:
    """Train on a table and write synthetic rows."""
    from fairgen_core import api

    began = time.monotonic()
    progress = display.ProgressLine()
    progress.show(stage("read"), 0.0)
    try:
        run = api.train(
            args.data,
            **table_choices(args),
            evaluate=args.evaluate,
            out=args.out,
            formula_safe=args.formula_safe,
            runs=args.runs,
            owner="command line",
            echo=progress,
            warn=progress.tell,
        )
    finally:
        progress.end()
    _tell_run(run, args, time.monotonic() - began)


def sample(args: argparse.Namespace) -> None:
    """Draw rows from a finished run's model into a file."""
    from fairgen_core import api

    if isinstance(RunStore(args.runs).config(args.run), ImageTrainConfig):
        image_commands.sample_images(args)
        return
    if args.images is not None:
        raise ConfigError(
            f"--images counts pictures, and '{args.run}' made rows of a table. Use --rows."
        )
    run = api.Run(args.run, args.runs)
    progress = display.ProgressLine()

    def echo(share: float) -> None:
        progress.show("Drawing rows", share)

    try:
        n_rows = run.write(args.out, args.rows, args.seed, args.formula_safe, echo)
    finally:
        progress.end()
    if args.json:
        display.print_json({"run": run.id, "out": str(args.out), "rows": n_rows})
    else:
        print(f"{n_rows:,} rows in {args.out}")


def evaluate(args: argparse.Namespace) -> None:
    """Judge a synthetic table on held-out real rows."""
    from fairgen_core import api

    _tell_report(api.evaluate(args.train, args.synthetic, **question(args)), args)


def audit(args: argparse.Namespace) -> None:
    """Look at the real data before any training."""
    from fairgen_core import api

    _tell_report(api.audit(args.data, **question(args)), args)


def runs(args: argparse.Namespace) -> None:
    """List the runs."""
    found = RunStore(args.runs).list()
    if args.json:
        display.print_json([run.model_dump(mode="json") for run in found])
    elif not found:
        print("No runs yet. Start one with 'train'.")
    else:
        lines = [
            [run.id, run.state, f"{run.fraction:.0%}", display.moment(run.created), run.name]
            for run in found
        ]
        print(display.table(["run", "state", "done", "made", "name"], lines))


def show(args: argparse.Namespace) -> None:
    """Show one run: how far it is, and what was measured."""
    store = RunStore(args.runs)
    status, config = store.status(args.run), store.config(args.run)
    pictures = isinstance(config, ImageTrainConfig)
    found = image_report(store, args.run) if pictures else store.report(args.run)
    if args.json:
        content = {
            "run": args.run,
            "folder": str(store.path(args.run)),
            "status": status.model_dump(mode="json"),
            "config": config.model_dump(mode="json"),
            "report": found.model_dump(mode="json") if found else None,
        }
        display.print_json(content)
        return
    print(f"{args.run}: {status.state}, {status.fraction:.0%}")
    if status.state == "running":
        left = display.seconds(status.seconds_left)
        print(f"{stage(status.stage, pictures)}, {left} left, on {status.device or '?'}")
    if status.message:
        print(status.message)
    if status.resumable:
        print(f"Go on with it: python -m fairgen_core resume {args.run}")
    print(f"folder: {store.path(args.run)}")
    if isinstance(found, ImageReport):
        print("\n" + image_display.report_text(found))
    elif found:
        print("\n" + display.report_text(found))


def stop(args: argparse.Namespace) -> None:
    """Stop a run, in whatever terminal or page it was started, and wait until it has stopped."""
    store = RunStore(args.runs)
    before = store.status(args.run)
    if not before.active:
        raise RunError(
            f"Only a waiting or running run can be stopped, and '{args.run}' is {before.state}."
        )
    launcher.stop(store, args.run)
    deadline = time.monotonic() + _STOP_WAIT_SECONDS
    while store.status(args.run).active and time.monotonic() < deadline:
        time.sleep(0.1)
    after = store.status(args.run)
    if args.json:
        display.print_json({"run": args.run, "state": after.state})
    else:
        print(f"{args.run}: {after.state}")


def resume(args: argparse.Namespace) -> None:
    """Go on with a stopped or failed run, here."""
    from fairgen_core import api

    began = time.monotonic()
    kind = RunStore(args.runs).config(args.run)
    progress = display.ProgressLine(pictures=isinstance(kind, ImageTrainConfig))
    try:
        run = api.resume(
            args.run,
            out=args.out,
            formula_safe=args.formula_safe,
            runs=args.runs,
            owner="command line",
            echo=progress,
        )
    finally:
        progress.end()
    if run.store.config(run.id).task.startswith("lesson"):
        lesson_commands.tell(run.store, run.id, args.json)
    elif isinstance(run, ImageRun):
        image_commands.tell_run(run, args, time.monotonic() - began)
    else:
        _tell_run(run, args, time.monotonic() - began)


def datasets(args: argparse.Namespace) -> None:
    """List the data sets that come by name."""
    from fairgen_core.data.catalogue import CATALOGUE

    if args.json:
        fields = ("title", "description", "licence", "source", "target", "positive", "n_rows")
        content = [
            {"name": key, "sensitive": list(entry.sensitive), "offline": entry.offline}
            | {field: getattr(entry, field) for field in fields}
            for key, entry in CATALOGUE.items()
        ]
        content += image_commands.picture_sets()
        display.print_json(content)
        return
    lines = [
        [
            key,
            f"{entry.n_rows:,}",
            ", ".join(entry.sensitive),
            entry.target + (f" = {entry.positive}" if entry.positive else ""),
            "built in" if entry.offline else "download",
            entry.description,
        ]
        for key, entry in CATALOGUE.items()
    ]
    print(display.table(["name", "rows", "sensitive", "target", "where", "what"], lines))
    print("\n" + image_commands.picture_table())


Command = Callable[[argparse.Namespace], int | None]
COMMANDS: Mapping[str, Command] = {
    "train": train,
    "sample": sample,
    "evaluate": evaluate,
    "audit": audit,
    "train-images": image_commands.train_images,
    "evaluate-images": image_commands.evaluate_images,
    "lesson": lesson_commands.lesson,
    "runs": runs,
    "show": show,
    "stop": stop,
    "resume": resume,
    "datasets": datasets,
    **sweep_commands.COMMANDS,
    **evidence_commands.COMMANDS,
}


# --- results ---------------------------------------------------------------------------------


def _tell_run(run: Any, args: argparse.Namespace, seconds: float) -> None:
    config, status, report = run.store.config(run.id), run.store.status(run.id), run.report
    n_rows = getattr(config, "n_rows", None) or status.n_rows
    if args.json:
        content: dict[str, Any] = {
            "run": run.id,
            "folder": str(run.folder),
            "out": str(args.out) if args.out else None,
            "rows": n_rows,
            "seconds": round(seconds, 2),
        }
        if report is not None:
            content |= {"figures": display.flat_figures(report)}
            content |= {"report": report.model_dump(mode="json")}
        display.print_json(content)
        return
    where = args.out or run.folder / "samples.parquet"
    print(f"{n_rows:,} synthetic rows in {where}" if config.task == "train" else "Done.")
    print(f"run {run.id}, {display.seconds(seconds)}")
    if report is not None:
        print("\n" + display.report_text(report))
    elif args.out:
        print(_how_to_evaluate(config, args.out))


def _how_to_evaluate(config: Any, out: Path) -> str:
    data, roles = config.data, config.roles
    given = [
        ("--train", data.source),
        ("--test", data.test_source),
        ("--synthetic", out),
        *(("--sensitive", column_word(name)) for name in roles.sensitive),
        ("--target", roles.target),
        ("--positive", roles.positive),
        *(("--option", f"{name}={value:g}") for name, value in data.options.items()),
        *(("--kinds", f"{column}={kind}") for column, kind in data.kinds.items()),
        *(
            ("--bands", f"{c}={','.join(f'{cut:g}' for cut in cuts)}")
            for c, cuts in roles.bands.items()
        ),
        ("--merge-below", roles.merge_below),
        ("--test-share", None if data.test_source else data.test_share),
        ("--split-seed", data.split_seed or None),
    ]
    words = [str(word) for flag, value in given if value is not None for word in (flag, value)]
    return f"Judge them: python -m fairgen_core evaluate {shlex.join(words)}"


def _tell_report(report: Any, args: argparse.Namespace) -> None:
    if args.json:
        figures = display.flat_figures(report)
        display.print_json({"figures": figures, "report": report.model_dump(mode="json")})
    else:
        print(display.report_text(report))
