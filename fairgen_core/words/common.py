"""Words about numbers and figures that charts, reports and pages share."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "number.missing": "not available",
    "time.seconds": "{n} s",
    "time.minutes": "{n} min",
    "time.hours": "{n} h",
    "figure.ideal": "{ideal} is ideal",
    "figure.lower": "lower is better",
    "figure.higher": "higher is better",
    "figure.closer": "the nearer the better",
    "figure.n": "n = {n}",
    "figure.interval": "95 % interval {low} to {high}",
    "figure.absent": "Not measured here.",
    "figure.struck": "Not meaningful here",
}
