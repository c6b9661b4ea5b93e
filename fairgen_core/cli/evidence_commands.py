"""What the commands on evidence do. Charts are loaded where they are needed: they take a second."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fairgen_core.cli import display

if TYPE_CHECKING:
    from fairgen_core.comparison import Comparison, Difference


def compare(args: argparse.Namespace) -> None:
    """Hold two to four runs against the first of them."""
    from fairgen_core import evidence_api

    found = evidence_api.compare(args.run, runs=args.runs)
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
    if found.over_seeds:
        from fairgen_core.comparison import MIN_SEEDS, too_few_seeds

        told = [one.answer for one in found.over_seeds if one.answer.n_seeds >= MIN_SEEDS]
        parts += ["", *(answer.sentence for answer in told), *too_few_seeds(found.over_seeds)]
    return "\n".join([*parts, "", *found.notes])


def _difference(difference: Difference | None) -> str:
    if difference is None or difference.value is None:
        return "n/a"
    if difference.low is None or difference.high is None:
        return f"{difference.value:+.3f}"
    text = f"{difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
    return text if difference.verdict == "unclear" else f"{text} {difference.verdict}"


def report(args: argparse.Namespace) -> None:
    """Write a run's report."""
    from fairgen_core import evidence_api

    text = evidence_api.report(args.run, args.out, runs=args.runs)
    _tell(args, {"bytes": len(text.encode())}, f"The report is in {args.out}")


def card(args: argparse.Namespace) -> None:
    """Write or print a run's card."""
    from fairgen_core import evidence_api

    text = evidence_api.card(args.run, args.kind, args.out, runs=args.runs)
    if args.out is None and not args.json:
        print(text, end="")
        return
    content = {"kind": args.kind} | ({"card": text} if args.out is None else {})
    _tell(args, content, f"The {args.kind} card is in {args.out}")


def bundle(args: argparse.Namespace) -> None:
    """Write a run's evidence into one zip."""
    from fairgen_core import evidence_api
    from fairgen_core.report.bundle import REAL_ROWS_WARNING

    made = evidence_api.bundle(
        args.run,
        args.out,
        with_samples=args.with_samples,
        with_real_rows=args.with_real_rows,
        runs=args.runs,
    )
    if args.with_real_rows:
        print(REAL_ROWS_WARNING, file=sys.stderr)
    content = {"sha256": made.sha256, "bytes": made.n_bytes, "files": list(made.names)}
    _tell(args, content, f"{len(made.names)} files are in {args.out}\nSHA-256 of it: {made.sha256}")


def verify(args: argparse.Namespace) -> int:
    """Check a bundle; the exit status says whether it holds."""
    from fairgen_core import evidence_api

    found = evidence_api.verify(
        args.bundle, args.data, test=args.test, attributes=args.attributes, rerun=args.rerun
    )
    if args.json:
        display.print_json(found.model_dump(mode="json"))
    else:
        words = {True: "holds", False: "FAILS", None: "open"}
        print(
            display.table(
                ["what", "", ""], [[c.name, words[c.held], c.sentence] for c in found.checks]
            )
        )
        print(f"\nSHA-256 of the bundle: {found.sha256}")
        print("The bundle holds." if found.ok else "The bundle does not hold.")
    return 0 if found.ok else 1


def _tell(args: argparse.Namespace, content: dict[str, Any], words: str) -> None:
    if args.json:
        out = str(args.out) if args.out is not None else None
        display.print_json({"run": args.run, "out": out, **content})
    else:
        print(words)


COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "compare": compare,
    "report": report,
    "card": card,
    "bundle": bundle,
    "verify": verify,
}
