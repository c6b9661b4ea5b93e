"""What the commands on evidence understand. Imports nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

Subparsers = Any
"""argparse's own type has no public name."""


def add_evidence(commands: Subparsers) -> None:
    """Give the command line its commands on evidence."""
    compare = commands.add_parser("compare", help="hold two to four runs against each other")
    compare.add_argument("run", nargs="+", metavar="RUN", help="the first is what others are held")
    _add_common(compare)
    report = commands.add_parser("report", help="write a run's report: one HTML file")
    report.add_argument("run", metavar="RUN", help="a finished run's name, as 'runs' lists it")
    report.add_argument("--out", type=Path, required=True, metavar="FILE", help="an .html file")
    _add_common(report)
    card = commands.add_parser("card", help="write a run's model card or data card")
    card.add_argument("run", metavar="RUN", help="a finished run's name, as 'runs' lists it")
    card.add_argument("--kind", choices=("model", "data"), default="model", help="default: model")
    card.add_argument("--out", type=Path, metavar="FILE", help="an .md file (default: print it)")
    _add_common(card)
    _add_bundle(commands.add_parser("bundle", help="write all evidence of a run into one zip"))
    _add_verify(commands.add_parser("verify", help="check a bundle, also by training again"))


def _add_bundle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a finished run's name, as 'runs' lists it")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .zip file")
    parser.add_argument(
        "--with-samples", action="store_true", help="put the synthetic rows or pictures in as well"
    )
    parser.add_argument(
        "--with-real-rows",
        action="store_true",
        help="show real rows or pictures as well: the bundle then is as sensitive as the data",
    )
    _add_common(parser)


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the zip")
    parser.add_argument(
        "--data", type=Path, metavar="FILE", help="the real data (not needed of a set by name)"
    )
    parser.add_argument(
        "--test", type=Path, metavar="FILE", help="its file of test rows, if it had one"
    )
    parser.add_argument(
        "--attributes", type=Path, metavar="TABLE", help="the table beside the pictures, if any"
    )
    parser.add_argument(
        "--rerun", action="store_true", help="train again and compare samples and figures"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runs", type=Path, metavar="DIR", help="where the runs lie (default: FAIRGEN_HOME/runs)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
