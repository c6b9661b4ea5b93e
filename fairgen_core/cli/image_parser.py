"""What the commands on pictures understand. Imports nothing heavy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from fairgen_core.config import DeviceChoice, GeneratorName
from fairgen_core.image_config import (
    Grouping,
    ImagePreset,
    ImageSynthesizerName,
    MadeGroups,
    Objective,
)


def add_train_images(parser: argparse.ArgumentParser) -> None:
    """Give ``train-images`` its arguments."""
    add_image_training(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the pictures into this .zip or .npz as well"
    )
    parser.add_argument(
        "--runs", type=Path, metavar="DIR", help="where the runs lie (default: FAIRGEN_HOME/runs)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def add_image_training(parser: argparse.ArgumentParser) -> None:
    """Data, groups, and every choice of a training on pictures."""
    parser.add_argument(
        "--data", required=True, metavar="ZIP|NAME", help="a zip, folder, npz, or a picture set"
    )
    _add_question(parser)
    training = parser.add_argument_group("training")
    training.add_argument("--synthesizer", choices=get_args(ImageSynthesizerName), default="gan")
    training.add_argument("--objective", choices=get_args(Objective), help="of the GAN")
    training.add_argument(
        "--grouping",
        choices=get_args(Grouping),
        help="which real pictures a discriminator step sees: mixed (default), the groups in turns "
        "(alternate), one at random, ...",
    )
    training.add_argument(
        "--clip-norm", type=float, metavar="C", help="largest norm of a discriminator's gradient"
    )
    training.add_argument(
        "--first-group",
        type=int,
        metavar="K",
        help="which group comes first in turns (alternate), from 0",
    )
    training.add_argument(
        "--generator", choices=get_args(GeneratorName), help="of FLDGM's latent (default: mixture)"
    )
    training.add_argument(
        "--alpha", type=float, metavar="A", help="weight of FLDGM's dependence penalty"
    )
    training.add_argument(
        "--preset", choices=get_args(ImagePreset), default="standard", help="default: standard"
    )
    training.add_argument("--epochs", type=int, metavar="N", help="passes over the pictures")
    training.add_argument("--device", choices=get_args(DeviceChoice), default="auto")
    training.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    training.add_argument("--name", default="", help="a name for the run")
    add_settings(training)
    training.add_argument(
        "--images", type=int, default=10_000, metavar="N", help="pictures (default: 10000)"
    )


def add_evaluate_images(parser: argparse.ArgumentParser) -> None:
    """Give ``evaluate-images`` its arguments."""
    parser.add_argument(
        "--real", required=True, metavar="ZIP|NAME", help="real pictures, or a picture set"
    )
    parser.add_argument(
        "--synthetic", required=True, type=Path, metavar="ZIP", help="the pictures to judge"
    )
    _add_question(parser)
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def _add_question(parser: argparse.ArgumentParser) -> None:
    question = parser.add_argument_group("question")
    question.add_argument(
        "--attributes",
        type=Path,
        metavar="TABLE",
        help="CSV or Parquet with a column of file names",
    )
    question.add_argument("--sensitive", metavar="COLUMN", help="the attribute of the groups")
    question.add_argument(
        "--bands",
        metavar="CUTS",
        help="where an attribute of numbers is cut, such as 25,40 (default: at its median)",
    )
    question.add_argument(
        "--merge-below",
        type=int,
        metavar="N",
        help="put groups with fewer than N pictures (or too few to train on) together as 'other'",
    )
    question.add_argument("--class", dest="class_column", metavar="COLUMN", help="what is shown")
    question.add_argument(
        "--groups",
        choices=[name for name in get_args(MadeGroups) if name != "none"],
        help="make groups for teaching in place of --sensitive",
    )
    question.add_argument(
        "--share", type=float, metavar="S", help="of the last group that is made, 0.1 to 0.9"
    )
    question.add_argument(
        "--size", type=int, metavar="PIXELS", help="8 to 128 (default: the preset's)"
    )
    question.add_argument(
        "--test-share", type=float, metavar="S", help="share of pictures held out (default: 0.2)"
    )
    question.add_argument(
        "--split-column",
        metavar="COLUMN",
        help="says 'train' or 'test' of each picture (default: one that does, if there is one)",
    )
    question.add_argument(
        "--random-split", action="store_true", help="hold pictures out at random all the same"
    )
    question.add_argument(
        "--split-seed", type=int, metavar="N", help="of that division and of made groups"
    )


def add_settings(parser: argparse._ActionsContainer) -> None:
    """Let any setting be given that has no option of its own."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PLACE=VALUE",
        help="any other setting by its place in a run's config.json, e.g. compression.epochs=20",
    )
