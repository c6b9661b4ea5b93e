"""Words about numbers and figures that charts, reports and pages share."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "number.missing": "not available",
    "time.seconds": "{n} s",
    "time.minutes": "{n} min",
    "time.hours": "{n} h",
    "figure.ideal": "{ideal} is ideal",
    "figure.ideal_or_less": "{ideal} or less is ideal",
    "figure.lower": "lower is better",
    "figure.higher": "higher is better",
    "figure.closer": "the nearer the better",
    "figure.neither": "neither high nor low is better",
    "figure.unit": "in {unit}",
    "figure.n": "n = {n}",
    "figure.interval": "95 % interval {low} to {high}",
    "figure.cut": "cut at the figure's own range",
    "no_interval.fid": "no interval, because pictures that are drawn again would repeat themselves "
    "and lie farther off: compare seeds",
    "no_interval.exact_copies": "no interval, because it is counted, not estimated",
    "no_interval.column_shapes": "no interval, because it is one score of the two tables as they "
    "are: compare seeds",
    "no_interval.pair_trends": "no interval, because it is one score of the two tables as they "
    "are: compare seeds",
    "no_interval.one_class": "no interval, because it is a flag",
    "no_interval.other": "no interval, because none was computed: compare seeds",
    "figure.absent": "Not measured here.",
    "figure.struck": "Not meaningful here",
}
