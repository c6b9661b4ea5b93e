"""The benchmark table: verdicts, figures for people, and the measuring of a command."""

from __future__ import annotations

import math
import sys

import pytest

from benchmarks.lines import Line, markdown, number
from benchmarks.measure import CommandFailedError, run


@pytest.mark.parametrize(
    ("value", "better", "verdict"),
    [
        (9.0, "lower", "aim"),
        (10.0, "lower", "aim"),
        (10.1, "lower", "must"),
        (30.1, "lower", "MISSED"),
        (math.nan, "lower", "MISSED"),
        (30.1, "higher", "aim"),
        (9.0, "higher", "MISSED"),
    ],
)
def test_a_line_says_which_bound_it_keeps(value: float, better: str, verdict: str) -> None:
    must, aim = (30, 10) if better == "lower" else (10, 30)
    assert Line("x", value, must=must, aim=aim, better=better).verdict == verdict  # type: ignore[arg-type]


def test_a_line_without_bounds_is_for_information() -> None:
    assert Line("x", 3.0).verdict == "-"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.0123, "", "0.012"),
        (1.234, "s", "1.23 s"),
        (12.34, "s", "12.3 s"),
        (1234.5, "", "1234"),
        (math.nan, "s", "not measured"),
        (None, "", ""),
    ],
)
def test_figures_show_the_digits_that_matter(value: float | None, unit: str, words: str) -> None:
    assert number(value, unit) == words


def test_the_table_has_a_row_for_each_line_and_equally_many_cells() -> None:
    lines = [Line("a", 1.0, must=2, aim=1, unit="s", command="make bench"), Line("b", 0.5)]
    rows = markdown(lines).splitlines()
    assert len(rows) == 2 + len(lines)
    assert len({row.count("|") for row in rows}) == 1
    assert "| a | 1.00 s | &le; 2.00 s | &le; 1.00 s | aim |" in rows[2]


def test_a_measured_command_gives_time_memory_and_output() -> None:
    script = "import time; block = b'x' * 200_000_000; time.sleep(.4); print('y' * 100_000)"
    cost = run([sys.executable, "-c", script])
    assert cost.seconds >= 0.4
    assert 0.18 < cost.peak_gib < 0.6
    assert cost.output.strip() == "y" * 100_000


def test_memory_counts_the_children_too() -> None:
    child = "import time; block = b'x' * 200_000_000; time.sleep(.6)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert run([sys.executable, "-c", script]).peak_gib > 0.18


def test_a_command_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(CommandFailedError, match="status 3: no such table"):
        run(
            [
                sys.executable,
                "-c",
                "import sys; print('no such table', file=sys.stderr); sys.exit(3)",
            ]
        )
