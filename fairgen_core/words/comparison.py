"""Words of comparisons: what changed, who gains and who loses."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "sweep.same": "Combinations that mean the same as another one (a strength without a target, "
    "for example) are trained once: {n} of the {all}.",
    "compare.struck": "struck out in one of the runs: its model answers one class almost always",
    "compare.not_in_both": "not measured in both runs",
    "compare.no_interval": "one of the figures has no interval",
    "compare.too_few": "{n} rows; not estimable below {least}",
    "compare.paired": "Differences of a classifier's figures are paired: the same {n} held-out "
    "rows were judged in every run and redrawn together {draws} times. Differences of other "
    "figures are put together from the two intervals, which errs on the wide side.",
    "compare.unpaired_rows": "The runs were not judged on the very same held-out rows, or an older "
    "run kept no answers row by row: differences are put together from the figures' own "
    "intervals, which errs on the wide side.",
    "compare.other_data": "The runs used different data: a difference says as much about the data "
    "as about the settings.",
    "compare.one_seed": "Intervals speak of the rows that were judged. How much a figure moves "
    "when a run is trained again with another seed takes several seeds to tell.",
    "compare.pictures": "Every run drew its own pictures, so differences are put together from the "
    "two figures' own intervals: of two shares that is Newcombe's interval of two proportions, of "
    "figures over the same held-out pictures it errs on the wide side.",
    "compare.none_clear": "Against {a}, no figure of {b} is clearly better or worse.",
    "compare.better": "Against {a}, {b} is better in: {items}.",
    "compare.worse": "Against {a}, {b} is worse in: {items}.",
    "compare.to_ideal": "distance to {ideal}",
    "compare.item": "{title} ({judge}, {a} to {b}, difference {value}, {low} to {high})",
    "compare.item_plain": "{title} ({a} to {b}, difference {value}, {low} to {high})",
    "compare.gains": "From {a} to {b}, the rate of favourable decisions rises for: {items}.",
    "compare.loses": "From {a} to {b}, the rate of favourable decisions falls for: {items}.",
    "compare.share_up": "From {a} to {b}, more is generated of: {items}.",
    "compare.share_down": "From {a} to {b}, less is generated of: {items}.",
    "compare.group_item": "{group} ({value}, {low} to {high})",
    "compare.no_group_moves": "From {a} to {b}, no group's rate has clearly changed.",
    "seeds.none": "No seed has run with both settings: whether {b} is better than {a} in {figure} "
    "cannot be told.",
    "seeds.one": "One seed ran with both settings: whether {b} differs from {a} in {figure} cannot "
    "be told from one pair. Run more seeds.",
    "seeds.too_few": "Cannot tell over seeds whether {b} differs from {a}: two or more seeds must "
    "have run with both settings, and {n} did. Train both with the same further seeds, or explore "
    "them with several seeds.",
    "seeds.same": "With each of {n} seeds, {figure} of {b} is the same as that of {a}.",
    "seeds.cannot_tell": "Cannot tell with {n} seeds: {figure} of {b} minus that of {a} is {mean} "
    "on average, and its 95 % interval ({low} to {high}) holds 0.",
    "seeds.higher": "Over {n} seeds, {figure} is higher with {b} than with {a}: by {mean} on "
    "average (95 % interval {low} to {high}).",
    "seeds.lower": "Over {n} seeds, {figure} is lower with {b} than with {a}: by {mean} on average "
    "(95 % interval {low} to {high}).",
    "seeds.cut": "The interval is cut at the largest difference that the figure allows.",
}
