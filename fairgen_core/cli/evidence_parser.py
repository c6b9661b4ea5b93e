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


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runs", type=Path, metavar="DIR", help="where the runs lie (default: FAIRGEN_HOME/runs)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
