"""``make bench``: measure every line of the benchmark table and print it as Markdown.

``python -m benchmarks.run [--smoke] [--only SECTION ...] [--out FOLDER] [--write-page]``
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import torch

from benchmarks import dashboard, exploring, quality, speed, suite
from benchmarks.lines import Line, markdown
from benchmarks.measure import ROOT, CommandFailedError

Section = Callable[[speed.Sizes, Path], Iterator[Line]]

SECTIONS: Mapping[str, Section] = {
    "quality": quality.adult,
    "train": speed.training,
    "sample": speed.sampling,
    "million": speed.million_rows,
    "same-seed": speed.same_seed,
    "dashboard": dashboard.waiting,
    "exploring": exploring.waiting,
    "tests": suite.durations,
}
PAGE = ROOT / "docs" / "BENCHMARKS.md"
_MARKS = ("<!-- measured: begin -->", "<!-- measured: end -->")


def machine() -> str:
    """The machine in one line: system, cores, GPU, Python, torch."""
    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU"
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPU cores, {gpu}, "
        f"Python {platform.python_version()}, torch {torch.__version__}"
    )


def write_page(table: str) -> None:
    """Put the table in the place that docs/BENCHMARKS.md keeps for it."""
    begin, end = _MARKS
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", flags=re.DOTALL)
    PAGE.write_text(
        pattern.sub(lambda _: f"{begin}\n{table}\n{end}", text, count=1), encoding="utf-8"
    )


def main() -> int:
    """Measure what was asked for; exit status 1 where a line misses its bound."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="small settings: does it work?")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    parser.add_argument("--out", type=Path, default=ROOT / ".fairgen" / "benchmarks")
    parser.add_argument("--write-page", action="store_true", help="update docs/BENCHMARKS.md")
    asked = parser.parse_args()
    sizes = speed.SMOKE if asked.smoke else speed.FULL

    lines: list[Line] = []
    failed: list[str] = []
    for name in asked.only:
        with tempfile.TemporaryDirectory(prefix="fairgen-bench-") as folder:
            try:
                for line in SECTIONS[name](sizes, Path(folder)):
                    print(f"{name}: {line.what}: {line.value:.4g} {line.unit}", file=sys.stderr)
                    lines.append(line)
            except CommandFailedError as error:
                failed.append(f"{name}: {error}")
                print(failed[-1], file=sys.stderr)

    measured_on = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}"
    table = f"Measured on {measured_on}.\n\n{markdown(lines)}"
    print(table)
    asked.out.mkdir(parents=True, exist_ok=True)
    stem = f"{datetime.now(UTC):%Y%m%d-%H%M%S}{'-smoke' if asked.smoke else ''}"
    content = {
        "measured_on": measured_on,
        "smoke": asked.smoke,
        "lines": [{**dataclasses.asdict(line), "keeps": line.verdict} for line in lines],
        "failed": failed,
    }
    (asked.out / f"{stem}.json").write_text(json.dumps(content, indent=2), encoding="utf-8")
    (asked.out / f"{stem}.md").write_text(table + "\n", encoding="utf-8")
    if asked.write_page:
        write_page(table)
    missed = [line for line in lines if line.verdict == "MISSED"]
    return 1 if failed or (missed and not asked.smoke) else 0


if __name__ == "__main__":
    raise SystemExit(main())
