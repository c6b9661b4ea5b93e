"""Words inside and beside the lessons' charts."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "chart.no_rows.lesson": "no seed was trained yet.",
    "white.axis": "Share on white (0.5 = even)",
    "white.seed": "Seed",
    "white.seed_own": "Seed (square: your class's own)",
    "white.guess": "your prediction",
    "white.mean": "mean of the seeds",
    "white.training": "share in training",
    "white.description": "Share of digits on white among what each training draws, one point a "
    "seed, on an axis from 0 to 1. {items}",
    "dots.real": "Real rows",
    "dots.description": "{title}, one point a seed, with the mean and its 95 % interval. {items}",
    "dots.item": "{name}: mean {mean} over {n} seeds.",
}
