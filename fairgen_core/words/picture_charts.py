"""Words inside the charts of trainings on pictures."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "chart.no_rows.looks": "the generator was not looked at yet.",
    "chart.no_rows.classes": "there is no class to recognise.",
    "looks.epoch": "Epoch",
    "looks.share": "Share of pictures (dashed: even)",
    "looks.norm": "Norm (log)",
    "looks.clipped": "Steps clipped",
    "looks.recognisable": "Share recognised",
    "looks.recognisable_real": "held-out real pictures: {value}",
    "looks.frequency_description": "Each group's share of {n} generated pictures a look, with 95 % "
    "Wilson intervals, and a dashed line at 1/{k}. At the newest look: {items}",
    "looks.clipped_description": "Below it the share of steps clipped, lately {share}.",
    "looks.recognisable_description": "Share of the generated pictures that a classifier of real "
    "pictures recognises, look by look; lately {value}.",
    "pictures.sizes.axis": "Pictures",
    "pictures.sizes.words": "Pictures by group. {parts}",
    "pictures.sizes.part": "{group}: {n}, {share}.",
}
