"""Times and memory of the command line: training, a million drawn rows, a million to learn from."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lines import Line
from benchmarks.measure import fairgen
from benchmarks.tables import Files, adult, repeated

GENERATORS = ("mixture", "lsgan", "wgan-gp", "diffusion")
_ASKED = "--sensitive sex --target income --positive '>50K'"
_ADULT = f"--data adult/train.csv --test adult/test.csv {_ASKED}"


@dataclass(frozen=True)
class Sizes:
    """How much is measured; `SMOKE` only shows that everything works."""

    train_rows: int | None
    sample_rows: int
    large_rows: int
    preset: str


FULL = Sizes(train_rows=None, sample_rows=1_000_000, large_rows=1_000_000, preset="balanced")
SMOKE = Sizes(train_rows=1_500, sample_rows=5_000, large_rows=4_000, preset="quick")


def _train(files: Files, out: Path, *more: str) -> tuple[str, ...]:
    return ("train", *files.arguments, *more, "--seed", "0", "--out", str(out), "--json")


def training(sizes: Sizes, folder: Path) -> Iterator[Line]:
    """Adult from the start of the command to the finished CSV, by generator."""
    files = adult(folder, sizes.train_rows)
    for name in GENERATORS:
        options = ("--fairness", "both", "--generator", name, "--preset", sizes.preset)
        cost = fairgen(*_train(files, folder / f"{name}.csv", *options), home=folder / "home")
        instant = name == "mixture"
        yield Line(
            what=f"train on Adult, start to finished CSV: {name}",
            value=cost.seconds,
            must=30 if instant else 120,
            aim=12 if instant else 40,
            unit="s",
            command=f"python -m fairgen_core train {_ADULT} {' '.join(options)} --out synth.csv",
            note=f"{files.n_rows:,} rows; peak memory {cost.peak_gib:.2f} GiB",
        )


def sampling(sizes: Sizes, folder: Path) -> Iterator[Line]:
    """Rows drawn later from a finished run, written as CSV: time and peak memory."""
    files = adult(folder, sizes.train_rows)
    home = folder / "home"
    options = ("--fairness", "both", "--preset", sizes.preset)
    trained = fairgen(*_train(files, folder / "first.csv", *options), home=home)
    run = str(json.loads(trained.output)["run"])
    out = folder / "more.csv"
    draw = ("sample", run, "--rows", str(sizes.sample_rows), "--seed", "1", "--out", str(out))
    cost = fairgen(*draw, home=home)
    command = f"python -m fairgen_core {shlex.join((*draw[:-1], out.name))}"
    what = f"sample {sizes.sample_rows:,} rows including the CSV"
    size = f"{out.stat().st_size / 2**20:.0f} MiB of CSV"
    yield Line(what, cost.seconds, must=40, aim=10, unit="s", command=command, note=size)
    yield Line(
        f"{what}: peak memory", cost.peak_gib, must=2, aim=1, unit="GiB", command=command, note=size
    )


def million_rows(sizes: Sizes, folder: Path) -> Iterator[Line]:
    """Many training rows: they finish, in time linear in the rows, and in bounded memory.

    Time is compared a row: seconds for the large table over seconds for a quarter of it, over
    four. 1 is linear, below 1 is less than linear.
    """
    for preset, must, aim in (("balanced", 1.25, None), ("quick", 1.25, 1.0)):
        if sizes is SMOKE and preset != sizes.preset:
            continue
        costs = []
        for n_rows in (sizes.large_rows // 4, sizes.large_rows):
            files = repeated(folder, n_rows)
            out = folder / f"large-{preset}.csv"
            options = ("--fairness", "both", "--preset", preset)
            costs.append(fairgen(*_train(files, out, *options), home=folder / "home"))
            files.train.unlink()
            out.unlink()
        small, large = costs
        command = "python -m benchmarks.run --only million"
        seconds = f"{small.seconds:.0f} s and {large.seconds:.0f} s"
        yield Line(
            f"{sizes.large_rows:,} training rows, {preset}: time over that of a quarter, over 4",
            large.seconds / small.seconds / 4,
            must=must,
            aim=aim,
            command=command,
            note=f"{seconds} to the finished CSV; 1 is linear",
        )
        yield Line(
            f"{sizes.large_rows:,} training rows, {preset}: peak memory",
            large.peak_gib,
            must=6,
            unit="GiB",
            command=command,
            note=f"a quarter of the rows: {small.peak_gib:.2f} GiB",
        )


def same_seed(sizes: Sizes, folder: Path) -> Iterator[Line]:
    """The share of generators whose CSV is the same, byte by byte, when made again."""
    files = adult(folder, sizes.train_rows or 4_000)
    same = []
    for name in GENERATORS:
        texts = []
        for turn in ("one", "two"):
            out = folder / f"same-{name}-{turn}.csv"
            options = ("--fairness", "both", "--generator", name, "--preset", "quick")
            fairgen(*_train(files, out, *options), home=folder / "home")
            texts.append(out.read_bytes())
        same.append(texts[0] == texts[1])
    yield Line(
        "same seed twice: share of generators with an identical CSV",
        sum(same) / len(same),
        must=1,
        aim=1,
        better="higher",
        command="python -m benchmarks.run --only same-seed",
        note=f"{files.n_rows:,} rows, quick; across stop and resume: tests/core",
    )
