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
    "pictures.axis": "Share of the generated pictures (tick: in training, dashed: 1/{k})",
    "pictures.axis_corrected": "Share of the generated pictures (tick: in training, dashed: 1/{k}, "
    "diamond: corrected)",
    "pictures.description": "Share of each group in the generated pictures with 95 % intervals, a "
    "tick at its share in the training pictures, a dashed line at 1/{k}. {items}",
    "pictures.class_axis": "Share within each '{column}' (dashed: 1/{k})",
    "pictures.class_description": "Share of each group among the generated pictures of every "
    "'{column}' with 95 % intervals, a dashed line at 1/{k}. {items}",
    "pictures.seed_axis": "Share (filled: this run, tick: mean, dashed: 1/{k})",
    "pictures.seed_description": "Share of each group in the generated pictures of {n} runs that "
    "differ in their seed alone, with the mean. {items}",
    # what a classifier does in each group
    "taught.accuracy_axis": "Share of held-out real pictures told right (dashed: overall)",
    "taught.accuracy_description": "Accuracy by group of the classifier trained on real and on "
    "synthetic pictures, with 95 % intervals. {items}",
    "taught.answers_axis": "Share of held-out real pictures told to be '{label}' (dashed: overall)",
    "taught.answers_description": "How often one class is answered in each group by the classifier "
    "trained on real and on synthetic pictures, with 95 % intervals. {items}",
    "maps.background_axis": "Share of the attribution on the background (dashed: overall)",
    "maps.background_description": "Share of the absolute SHAP values that lies on the background, "
    "by group, of the classifier trained on real and on synthetic pictures. {items}",
}
