"""What the commands on evidence do."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from fairgen_core.cli import display
from fairgen_core.comparison import Comparison, Difference, compare_runs
from fairgen_core.runs.store import RunStore


def compare(args: argparse.Namespace) -> None:
    """Hold two to four runs against the first of them."""
    found = compare_runs(RunStore(args.runs), args.run)
    if args.json:
        display.print_json(found.model_dump(mode="json"))
    else:
        print(comparison_text(found))


def comparison_text(found: Comparison) -> str:
    """A comparison as tables for a terminal."""
    letters = [run.letter for run in found.runs]
    parts = [f"{run.letter}: {run.name} ({run.id}, seed {run.seed})" for run in found.runs]
    if found.settings:
        rows = [[s.label, *s.values] for s in found.settings]
        parts += ["", display.table(["setting that differs", *letters], rows)]
    parts += ["", *found.sentences]
    against = [f"{letter} - A" for letter in letters[1:]]
    figures = [
        [f.info.title, f.judge or "-", *map(display.figure, f.figures)]
        + [_difference(d) for d in f.differences[1:]]
        for f in found.figures
    ]
    parts += ["", display.table(["figure", "judge", *letters, *against], figures)]
    groups = [
        [g.group, g.measure.replace("_", " "), *map(display.figure, g.figures)]
        + [_difference(d) for d in g.differences[1:]]
        for g in found.groups
    ]
    if groups:
        parts += ["", display.table(["group", "rate", *letters, *against], groups)]
    return "\n".join([*parts, "", *found.notes])


def _difference(difference: Difference | None) -> str:
    if difference is None or difference.value is None:
        return "n/a"
    if difference.low is None or difference.high is None:
        return f"{difference.value:+.3f}"
    text = f"{difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
    return text if difference.verdict == "unclear" else f"{text} {difference.verdict}"


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {"compare": compare}
