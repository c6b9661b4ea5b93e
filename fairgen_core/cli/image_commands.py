"""What the commands on pictures do. Heavy modules are imported where they are needed."""

from __future__ import annotations

import argparse
import time
from typing import Any

from fairgen_core import image_api
from fairgen_core.cli import display, image_display
from fairgen_core.cli.questions import cuts, settings
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.errors import ConfigError

OTHERWISE = "--random-split divides them at random."


def train_images(args: argparse.Namespace) -> None:
    """Train on pictures and write synthetic ones."""
    began = time.monotonic()
    progress = display.ProgressLine(pictures=True)
    try:
        run = image_api.train_images(
            args.data,
            **image_choices(args),
            out=args.out,
            runs=args.runs,
            owner="command line",
            echo=progress,
            on_read=progress.reading,
            on_note=lambda note: progress.tell(f"{note} {OTHERWISE}"),
        )
    finally:
        progress.end()
    tell_run(run, args, time.monotonic() - began)


def image_choices(args: argparse.Namespace) -> dict[str, Any]:
    """All that `image_parser.add_image_training` asks, but the data."""
    return {
        **_question(args),
        **_given(
            objective=args.objective,
            grouping=args.grouping,
            first_group=args.first_group,
            clip_norm=args.clip_norm,
            n_epochs=args.epochs,
            generator=args.generator,
            alpha=args.alpha,
        ),
        "synthesizer": args.synthesizer,
        "preset": args.preset,
        "n_images": args.images,
        "seed": args.seed,
        "device": args.device,
        "name": args.name,
        "settings": settings(args.set),
    }


def sample_images(args: argparse.Namespace) -> None:
    """Draw pictures from a finished run's model into a zip or npz."""
    if args.rows is not None:
        raise ConfigError(
            f"--rows counts rows of a table, and '{args.run}' made pictures. Use --images."
        )
    run = image_api.ImageRun(args.run, args.runs)
    progress = display.ProgressLine(pictures=True)
    try:
        n = run.write(
            args.out,
            args.images,
            args.seed,
            lambda share: progress.show("Drawing pictures", share),
        )
    finally:
        progress.end()
    if args.json:
        display.print_json({"run": run.id, "out": str(args.out), "images": n})
    else:
        print(f"{n:,} pictures in {args.out}")


def evaluate_images(args: argparse.Namespace) -> None:
    """Judge synthetic pictures beside held-out real ones."""
    progress = display.ProgressLine(pictures=True)
    try:
        report = image_api.evaluate_images(
            args.real,
            args.synthetic,
            seed=args.seed,
            on_read=progress.reading,
            on_note=lambda note: progress.tell(f"{note} {OTHERWISE}"),
            **_question(args),
        )
    finally:
        progress.end()
    if args.json:
        display.print_json(image_display.result(report))
    else:
        print(image_display.report_text(report))


def tell_run(run: image_api.ImageRun, args: argparse.Namespace, seconds: float) -> None:
    """Print what a finished training on pictures made."""
    report = run.report
    if args.json:
        content: dict[str, Any] = {
            "run": run.id,
            "folder": str(run.folder),
            "out": str(args.out) if args.out else None,
            "images": run.config.n_images,
            "seconds": round(seconds, 2),
        }
        display.print_json(content | (image_display.result(report) if report else {}))
        return
    print(f"{run.config.n_images:,} synthetic pictures in {args.out or run.folder / 'images.npz'}")
    print(f"run {run.id}, {display.seconds(seconds)}")
    if report is not None:
        print("\n" + image_display.report_text(report))


def picture_sets() -> list[dict[str, Any]]:
    """The picture catalogue for a program."""
    return [
        {
            "name": key,
            "kind": "pictures",
            "title": entry.title,
            "description": entry.description,
            "licence": entry.licence,
            "source": entry.source,
            "sensitive": [entry.sensitive] if entry.sensitive else [],
            "class": entry.class_column,
            "n_images": entry.n_images,
            "offline": entry.offline,
        }
        for key, entry in IMAGE_CATALOGUE.items()
    ]


def picture_table() -> str:
    """The picture catalogue for a reader."""
    lines = [
        [
            key,
            f"{entry.n_images:,}",
            entry.sensitive or "made",
            entry.class_column,
            "built in" if entry.offline else "download",
            entry.description,
        ]
        for key, entry in IMAGE_CATALOGUE.items()
    ]
    return display.table(["name", "pictures", "sensitive", "class", "where", "what"], lines)


def _question(args: argparse.Namespace) -> dict[str, Any]:
    """The arguments that training and evaluating share."""
    if args.random_split and args.split_column is not None:
        raise ConfigError(
            "The pictures are divided as a column says or at random, and --split-column and "
            "--random-split were both given. Choose one."
        )
    at_random = {"split_column": None} if args.random_split else {}
    return at_random | _given(
        attributes=str(args.attributes.expanduser().absolute()) if args.attributes else None,
        sensitive=args.sensitive,
        class_column=args.class_column,
        bands=cuts(args.bands) if args.bands else None,
        merge_below=args.merge_below,
        groups=args.groups,
        share=args.share,
        size=args.size,
        test_share=args.test_share,
        split_column=args.split_column,
        split_seed=args.split_seed,
    )


def _given(**choices: Any) -> dict[str, Any]:
    return {name: value for name, value in choices.items() if value is not None}
