"""What the command ``lesson`` understands. Imports nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from fairgen_core.lesson_config import FairLatentConfig, LessonName, LessonOrder


def add_lesson(parser: argparse.ArgumentParser) -> None:
    """Give ``lesson`` its arguments."""
    parser.add_argument("lesson", choices=get_args(LessonName), help="which experiment")
    parser.add_argument(
        "--seeds", type=int, metavar="N", help="how many (default: 6; of fair-latent 3)"
    )
    parser.add_argument(
        "--first-seed", type=int, default=0, metavar="N", help="the seeds count up from it"
    )
    pictures = parser.add_argument_group("favours-a-group")
    pictures.add_argument(
        "--order",
        choices=get_args(LessonOrder),
        help="which real pictures a discriminator step sees (default: mixed)",
    )
    pictures.add_argument(
        "--first-group",
        type=int,
        metavar="K",
        help="which group comes first in turns (alternate): 0 black, 1 white",
    )
    pictures.add_argument(
        "--clip-norm", type=float, metavar="C", help="largest norm of a discriminator's gradient"
    )
    pictures.add_argument(
        "--share", type=float, metavar="S", help="of digits on white, 0.1 to 0.9 (default: 0.5)"
    )
    table = parser.add_argument_group("fair-latent")
    fields = FairLatentConfig.model_fields
    table.add_argument(
        "--alpha",
        type=float,
        metavar="A",
        help=f"weight of the latent's penalty (default: {fields['alpha'].default:g})",
    )
    table.add_argument(
        "--bias",
        type=float,
        metavar="B",
        help=f"of the decisions against women (default: {fields['bias'].default:g})",
    )
    table.add_argument(
        "--training-rows",
        type=int,
        metavar="N",
        help=f"applicants to learn from (default: {fields['n_rows'].default})",
    )
    parser.add_argument(
        "--runs", type=Path, metavar="DIR", help="where the runs lie (default: FAIRGEN_HOME/runs)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
