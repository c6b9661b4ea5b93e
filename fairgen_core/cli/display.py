"""What the command line shows: progress on stderr, tables and JSON on stdout."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Sequence
from typing import Any, TextIO

from fairgen_core.figure_words import direction_words
from fairgen_core.results import Figure, MetricInfo, Report
from fairgen_core.runs.status import ProgressEvent
from fairgen_core.words.stages import stage

_BAR_CELLS = 20
_QUIET_SECONDS = 1.0


class ProgressLine:
    """One line that is written over on a terminal; a line for each stage in a file or a pipe.

    Args:
        stream: where to; None: stderr.
        pictures: whether a training on pictures is shown, whose stages have words of their own.
    """

    def __init__(self, stream: TextIO | None = None, pictures: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._pictures = pictures
        self._in_place = self._stream.isatty()
        self._words = ""
        self._width = 0
        self._reading_since: float | None = None

    def __call__(self, event: ProgressEvent, seconds_left: float | None) -> None:
        """Show how far a training is."""
        self.show(stage(event.stage, self._pictures), event.overall, seconds_left)

    def reading(self, share: float) -> None:
        """Show how much of the pictures is read, where that takes more than a second."""
        now = time.monotonic()
        if self._reading_since is None:
            self._reading_since = now
        elapsed = now - self._reading_since
        if elapsed > _QUIET_SECONDS and share > 0:
            self.show(stage("read", pictures=True), share, elapsed / share * (1 - share))

    def show(self, words: str, share: float, seconds_left: float | None = None) -> None:
        """Show what is being done and how much of the whole is."""
        left = f", {seconds(seconds_left)} left" if seconds_left is not None else ""
        if self._in_place:
            full = round(share * _BAR_CELLS)
            text = f"[{'#' * full}{'.' * (_BAR_CELLS - full)}] {share:4.0%}  {words}{left}"
            self._say("\r" + text.ljust(self._width))
            self._width = len(text)
        elif words != self._words:
            self._say(f"{share:4.0%}  {words}{left}\n")
        self._words = words

    def tell(self, sentence: str) -> None:
        """Say something on a line of its own."""
        self.end()
        self._say(f"Note: {sentence}\n")

    def end(self) -> None:
        """Leave the line, so that what follows stands below."""
        if self._in_place and self._width:
            self._say("\n")
            self._width = 0

    def _say(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            return  # Progress that nobody can see must not end a training.


def print_json(content: Any) -> None:
    """Print the result for a program."""
    print(json.dumps(content, ensure_ascii=False, indent=2))


def seconds(value: float | None) -> str:
    """A time in words, as exact as it is worth."""
    if value is None:
        return "-"
    if value < 90:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 5400 else f"{value / 3600:.1f} h"


def moment(seconds_since_1970: float) -> str:
    """A point in time, in the machine's own time zone."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds_since_1970))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Text columns, aligned; the last one is as long as it is.

    Names come from files: what would move a terminal's cursor or colour it is spelled out.
    """
    lines = [[plain(cell) for cell in line] for line in (header, *rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    widths[-1] = 0
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def plain(text: str) -> str:
    """Text on one line, its control characters spelled out."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda c: repr(c.group())[1:-1], text)


def figure(value: Figure | None) -> str:
    """A figure with its interval: ``0.013 (0.004 to 0.022)``."""
    if value is None:
        return "-"
    if value.value is None:
        return "n/a"
    text = f"{value.value:.3f}"
    if value.low is not None and value.high is not None:
        text += f" ({value.low:.3f} to {value.high:.3f})"
    return f"{text} *" if value.struck else text


def count(*found: Figure | None) -> str:
    """What the figures count over, ``16,281``: of the last one that was measured; else ``-``."""
    return next((f"{f.n:,}" for f in reversed(found) if f and f.value is not None and f.n), "-")


def better(info: MetricInfo | None) -> str:
    """Which side of a figure is better, for a table's last column."""
    return direction_words(info) if info else "-"


def report_text(report: Report) -> str:
    """A report as a small readable table under its headline."""
    parts = [report.headline, ""]
    rows = []
    notes = []
    for measured in report.figures:
        info = report.metrics.get(measured.metric)
        title = info.title if info else measured.metric
        rows.append(
            [
                title,
                measured.judge or "-",
                figure(measured.real),
                figure(measured.synthetic),
                count(measured.real, measured.synthetic),
                better(info),
            ]
        )
        for found in (measured.real, measured.synthetic):
            if found is not None and found.reason:
                note = f"{title}: {found.reason}"
                notes += [] if note in notes else [note]
    parts += [table(["figure", "judge", "real", "synthetic", "n", "better"], rows)] if rows else []
    if any(f.struck for m in report.figures for f in (m.real, m.synthetic) if f is not None):
        notes.insert(0, "* means nothing here, see below.")
    groups = [
        [g.group, f"{g.n_train:,}", f"{g.n_test:,}", figure(g.label_rate_real)]
        for g in report.group_results
    ]
    if groups:
        header = ["group", "training rows", "test rows", "rate of the favourable value"]
        parts += ["", table(header, groups)]
    if report.proxies:
        proxies = [[p.column, figure(p.auroc), count(p.auroc)] for p in report.proxies[:10]]
        parts += ["", table(["column", "how well it predicts the group (AUROC)", "n"], proxies)]
    parts += [""] * bool(notes) + notes
    parts += [""] * bool(report.warnings) + list(report.warnings)
    return "\n".join(parts)


def flat_figures(report: Report) -> dict[str, dict[str, dict[str, float | None]]]:
    """The bare numbers of a report: judge -> metric -> ``{"real": ..., "synthetic": ...}``.

    Figures without a judge stand under ``"table"``.
    """
    flat: dict[str, dict[str, dict[str, float | None]]] = {}
    for measured in report.figures:
        flat.setdefault(measured.judge or "table", {})[measured.metric] = {
            "real": measured.real.value if measured.real else None,
            "synthetic": measured.synthetic.value if measured.synthetic else None,
        }
    return flat
