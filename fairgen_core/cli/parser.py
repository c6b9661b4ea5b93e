"""What the command line understands. Imports nothing heavy: ``--help`` is instant."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from fairgen_core.cli.evidence_parser import add_evidence
from fairgen_core.cli.image_parser import (
    add_evaluate_images,
    add_image_training,
    add_settings,
    add_train_images,
)
from fairgen_core.cli.lesson_parser import add_lesson
from fairgen_core.cli.sweep_parser import add_frontier, add_sweep
from fairgen_core.config import (
    ColumnKind,
    DeviceChoice,
    Enforcement,
    FairnessTarget,
    GeneratorName,
    PenaltyName,
    Preset,
)

_DESCRIPTION = """\
Fair synthetic tables and pictures: train on a person's data, draw synthetic data in which a parity
holds, and judge them against held-out real data. Progress goes to stderr, results to stdout.
Exit status: 0 done
(and --out complete), 2 the input or a choice cannot be used (a sentence says why), 130 stopped."""

_EXAMPLE = """\
example:
  python -m fairgen_core train --data hiring --sensitive gender --target hired --positive yes \\
      --fairness both --out synthetic.csv"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of ``python -m fairgen_core``; each command's name lies in ``args.command``."""
    parser = argparse.ArgumentParser(
        prog="python -m fairgen_core",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_train(commands.add_parser("train", help="train on a table and write synthetic rows"))
    add_train_images(
        commands.add_parser("train-images", help="train on pictures and write synthetic ones")
    )
    _add_sample(
        commands.add_parser("sample", help="draw more rows or pictures from a finished run")
    )
    _add_evaluate(commands.add_parser("evaluate", help="judge a synthetic table on real rows"))
    add_evaluate_images(
        commands.add_parser("evaluate-images", help="judge synthetic pictures on real ones")
    )
    _add_audit(commands.add_parser("audit", help="look at the real data before any training"))
    add_lesson(commands.add_parser("lesson", help="do a lesson's experiment, from several seeds"))
    runs = commands.add_parser("runs", help="list the runs, newest first")
    show = commands.add_parser("show", help="show one run")
    stop = commands.add_parser("stop", help="stop a run (also one of another terminal)")
    resume = commands.add_parser("resume", help="go on with a stopped or failed run")
    add_table_training(add_sweep(commands.add_parser("sweep", help="train with choices varied")))
    add_image_training(add_sweep(commands.add_parser("sweep-images", help="the same on pictures")))
    add_frontier(commands)
    datasets = commands.add_parser("datasets", help="list the data sets that come by name")
    add_evidence(commands)
    for command in (show, stop, resume):
        command.add_argument("run", metavar="RUN", help="the run's name as 'runs' lists it")
    resume.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the rows here: .csv, .tsv, .parquet; pictures: .zip, .npz",
    )
    _add_formula_safe(resume)
    for command in (runs, show, stop, resume, datasets):
        _add_common(command, runs=command is not datasets)
    return parser


def _add_train(parser: argparse.ArgumentParser) -> None:
    add_table_training(parser)
    result = parser.add_argument_group("result")
    result.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the rows here as well: .csv, .tsv, .parquet",
    )
    result.add_argument(
        "--evaluate", action="store_true", help="judge the rows on the held-out real rows"
    )
    _add_formula_safe(result)
    _add_common(parser)


def add_table_training(parser: argparse.ArgumentParser) -> None:
    """Data, roles, and every choice of a training on a table."""
    _add_data(parser)
    _add_roles(parser)
    fairness = parser.add_argument_group("fairness")
    fairness.add_argument(
        "--fairness",
        choices=get_args(FairnessTarget),
        default="both",
        help="what should hold (default: both)",
    )
    fairness.add_argument(
        "--enforce",
        choices=get_args(Enforcement),
        default="labels",
        help="by the fair label head, by the fair latent, or both ways (default: labels)",
    )
    fairness.add_argument(
        "--strength",
        type=float,
        default=1.0,
        metavar="0..1",
        help="of the label head: 0 leaves the labels as they are (default: 1)",
    )
    fairness.add_argument("--alpha", type=float, metavar="A", help="weight of the latent's penalty")
    fairness.add_argument(
        "--penalty",
        choices=get_args(PenaltyName),
        default="distance-covariance",
        help="the latent's dependence penalty (default: distance-covariance)",
    )
    fairness.add_argument(
        "--representation",
        choices=("natural", "uniform"),
        default="natural",
        help="uniform: all groups equally frequent in the synthetic rows (default: natural)",
    )
    training = parser.add_argument_group("training")
    training.add_argument(
        "--generator",
        choices=get_args(GeneratorName),
        default="mixture",
        help="of latent vectors (default: mixture)",
    )
    training.add_argument(
        "--clip-norm",
        type=float,
        metavar="C",
        help="largest gradient norm of a group's discriminator step (lsgan, wgan-gp)",
    )
    training.add_argument(
        "--preset", choices=get_args(Preset), default="balanced", help="default: balanced"
    )
    training.add_argument(
        "--device", choices=get_args(DeviceChoice), default="auto", help="default: auto"
    )
    training.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    training.add_argument("--name", default="", help="a name for the run")
    training.add_argument(
        "--rows", type=int, metavar="N", help="synthetic rows (default: as many as training rows)"
    )
    add_settings(training)


def _add_sample(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a finished run's name, as 'runs' lists it")
    parser.add_argument(
        "--rows", type=int, metavar="N", help="how many rows (default: as the run was asked for)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="another seed gives other rows (default: the run's)"
    )
    parser.add_argument(
        "--images", type=int, metavar="N", help="how many pictures, of a run on pictures"
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="a .csv, .tsv or .parquet file; of a run on pictures a .zip or .npz file",
    )
    _add_formula_safe(parser)
    _add_common(parser)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--train", required=True, metavar="FILE", help="the real training rows")
    parser.add_argument(
        "--test",
        metavar="FILE",
        help="real rows that nobody trained on (default: a share of --train)",
    )
    parser.add_argument("--synthetic", required=True, metavar="FILE", help="the table to judge")
    _add_split(parser)
    _add_roles(parser)
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    _add_common(parser, runs=False)


def _add_audit(parser: argparse.ArgumentParser) -> None:
    _add_data(parser)
    _add_roles(parser)
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    _add_common(parser, runs=False)


def _add_data(parser: argparse.ArgumentParser) -> None:
    data = parser.add_argument_group("data")
    data.add_argument(
        "--data", required=True, metavar="FILE|NAME", help="a table's file, or a name of 'datasets'"
    )
    data.add_argument("--test", metavar="FILE", help="a second file as the real test set")
    _add_split(data)


def _add_split(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--test-share",
        type=float,
        metavar="SHARE",
        help="share of the rows held out where no test file is given (default: 0.3)",
    )
    parser.add_argument(
        "--split-seed", type=int, default=0, metavar="N", help="of that division (default: 0)"
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help="a dial of a simulated data set, e.g. bias=2",
    )
    parser.add_argument(
        "--kinds",
        action="append",
        default=[],
        metavar="COLUMN=KIND",
        help="correct a column's guessed kind: " + ", ".join(get_args(ColumnKind)),
    )


def _add_roles(parser: argparse.ArgumentParser) -> None:
    roles = parser.add_argument_group("roles")
    roles.add_argument(
        "--sensitive",
        action="append",
        required=True,
        metavar="COLUMN",
        help="repeat it, or separate by commas, to cross several; a name with a comma in it "
        "stands in double quotes, which the shell must keep: --sensitive '\"Sex, legal\"'",
    )
    roles.add_argument("--target", metavar="COLUMN", help="the column to be predicted")
    roles.add_argument("--positive", metavar="VALUE", help="the target's favourable value")
    roles.add_argument(
        "--bands",
        action="append",
        default=[],
        metavar="COLUMN=CUT,CUT",
        help="cut a numeric sensitive column here (default: at the median)",
    )
    roles.add_argument(
        "--merge-below",
        type=int,
        metavar="N",
        help="put groups with fewer than N rows (or too few to train on) together as 'other'",
    )
    roles.add_argument(
        "--explanatory",
        action="append",
        default=[],
        metavar="COLUMN",
        help="judge parity also within this column's values; written like --sensitive",
    )


def _add_formula_safe(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--formula-safe",
        action="store_true",
        help="mark text that a spreadsheet would take for a formula with a leading '",
    )


def _add_common(parser: argparse.ArgumentParser, runs: bool = True) -> None:
    if runs:
        parser.add_argument(
            "--runs",
            type=Path,
            metavar="DIR",
            help="where the runs lie (default: FAIRGEN_HOME/runs)",
        )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
