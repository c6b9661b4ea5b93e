"""What the commands on sweeps understand. Imports nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

Subparsers = Any
"""argparse's own type has no public name."""

_EXAMPLE = """\
examples:
  python -m fairgen_core sweep --data hiring --sensitive gender --target hired --positive yes \\
      --vary fairness=ftu,dp,both --vary strength=0:1:8 --seeds 3
  python -m fairgen_core sweep --resume 20261121-101500-hiring-sweep-1a2b3c
  python -m fairgen_core sweep --extend 20261121-101500-hiring-sweep-1a2b3c --seeds 5
What is varied on tables: fairness, strength, enforce, alpha, representation, generator, clip_norm,
preset; on pictures (sweep-images): synthesizer, grouping, clip_norm, objective, generator, alpha,
share (of the last group made for teaching), preset. All other options say what stays the same.
A member that fails does not stop a sweep: the others finish, it is named with its reason (with
--json: "state" and "message" of its point), and --resume tries it again. The exit status is 1
where every member failed."""


def add_sweep(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Give ``sweep`` or ``sweep-images`` what a training has not; the parser again."""
    parser.epilog = _EXAMPLE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    sweep = parser.add_argument_group("sweep")
    sweep.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="strength=0:1:8 (8 values from 0 to 1) or fairness=ftu,dp,both; repeat it",
    )
    sweep.add_argument(
        "--seeds", type=int, metavar="N", help="seeds of every setting, from --seed up (default: 1)"
    )
    sweep.add_argument(
        "--resume", metavar="SWEEP", action=_Alone, help="go on with a stopped or failed sweep"
    )
    sweep.add_argument(
        "--extend", metavar="SWEEP", action=_Alone, help="give a sweep --seeds seeds in all"
    )
    sweep.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="work on a Ray cluster: host:port, ray://host:port, or 'local'; with --resume and "
        "--extend, '' goes on here instead of on the cluster that it was on",
    )
    sweep.add_argument(
        "--plan", action="store_true", help="only say how many trainings, and how long they take"
    )
    _add_common(parser)
    return parser


def add_frontier(commands: Subparsers) -> None:
    """Give the command line ``sweeps`` and ``frontier``."""
    _add_common(commands.add_parser("sweeps", help="list the sweeps, newest first"))
    frontier = commands.add_parser("frontier", help="usefulness against disparity over a sweep")
    frontier.add_argument("sweep", metavar="SWEEP", help="the sweep's name as 'sweeps' lists it")
    frontier.add_argument(
        "--usefulness", metavar="METRIC", help="default: auroc; of pictures recognisable"
    )
    frontier.add_argument(
        "--disparity", metavar="METRIC", help="default: dp_any; of pictures late_gap"
    )
    frontier.add_argument(
        "--judge", default="gradient boosting", help="or 'random forest' (default: %(default)s)"
    )
    frontier.add_argument("--out", type=Path, metavar="FILE", help="a .svg, .png or .html file")
    _add_common(frontier)


class _Alone(argparse.Action):
    """An option that makes data and roles, which are required otherwise, needless."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        setattr(namespace, self.dest, values)
        for action in parser._actions:
            action.required = False


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runs", type=Path, metavar="DIR", help="where the runs lie (default: FAIRGEN_HOME/runs)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
