"""Words of three sections on judged pictures: nearest real ones, heat maps, usefulness."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "picture_section.usefulness": "Usefulness",
    "picture_section.heatmaps": "Heat maps",
    "picture_section.nearest": "Nearest real",
    "real_shown": "Real pictures are shown here. They stay on this machine.",
    "real_shown_help": "They lie in the run's folder, so that this page can show them, and are in "
    "no download of synthetic data. Judge before you show this page to others.",
    "real_shown.data": "Show the data behind these pictures",
    # nearest real pictures
    "nearest.real": "unseen real pictures: {value}",
    "nearest.row.made": "Generated",
    "nearest.row.training": "Nearest training picture",
    "nearest.row.held_out": "Nearest held-out picture",
    "nearest.alt.made": "Generated: {what}",
    "nearest.alt.training": "The training picture nearest to the generated {what}",
    "nearest.alt.held_out": "The held-out picture nearest to the generated {what}",
    "nearest.caption": "{n} generated pictures beside {training} training and {held_out} held-out "
    "real ones, in the features of our own classifier of '{space}'. Exact copies are counted among "
    "all. These figures can show a leak; they cannot prove that there is none.",
    "nearest.none": "The nearest pictures were not searched when this run was judged.",
    "nearest.gone": "The pictures were not kept, or cannot be read.",
    "nearest.pairs": "Look for yourself",
    "nearest.pairs_caption": "A generated picture that looks like its nearest training picture and "
    "unlike every picture that the generator never saw may be memorised.",
    "nearest.which": "Generated pictures",
    "nearest.closest": "Closest of all",
    "nearest.spread": "Drawn evenly",
    "nearest.two": "{near} | {far}",
    "nearest.is_copy": "copy",
    "nearest.distances": "Under each: its class, and its distance to the training and to the "
    "held-out picture. 1 is the usual distance of a real picture that nobody saw to its nearest "
    "training picture.",
    "nearest.group": "Group",
    "nearest.class": "Class",
    "nearest.to_training": "Distance to training",
    "nearest.to_held_out": "Distance to held-out",
    "nearest.copy": "Exact copy",
    # heat maps
    "maps.row.picture": "Real picture",
    "maps.row.real": "Trained on real",
    "maps.row.synthetic": "Trained on synthetic",
    "maps.is": "is {label}",
    "maps.told": "told {real} | {synthetic}",
    "maps.alt.picture": "Held-out real picture: {what}",
    "maps.alt.real": "Heat map of the real-trained classifier on {what}: it tells {told}",
    "maps.alt.synthetic": "Heat map of the synthetic-trained classifier on {what}: it tells {told}",
    "maps.caption": "Where the same classifier of '{column}' looks when it learned from real and "
    "from synthetic pictures: SHAP values on {n} held-out real pictures, away from the mean of "
    "{references} real training pictures.",
    "maps.none": "No heat maps were made when this run was judged.",
    "maps.gone": "The heat maps were not kept, or cannot be read.",
    "maps.against": "speaks against: {value} or less",
    "maps.for": "speaks for: {value} or more",
    "maps.scale": "Orange (lighter) speaks for the picture's own class, blue (darker) against it; "
    "both rows share one scale. A map adds up to how far the class's score over the other classes "
    "lies above its mean over the {n} reference pictures. Under each: its class, and what the "
    "classifiers tell, real-trained first.",
    "maps.group": "Group",
    "maps.class": "Class",
    "maps.real_told": "Told by real-trained",
    "maps.synthetic_told": "Told by synthetic-trained",
    "maps.real_sum": "Sum of the real-trained map",
    "maps.synthetic_sum": "Sum of the synthetic-trained map",
    "maps.background": "Does it look at the background?",
    "maps.background_caption": "Share of the absolute SHAP values on background pixels. A "
    "classifier that looks everywhere alike has the background's share of the picture.",
    "maps.area": "{group}: the background is {share} of the picture",
    "maps.not_measurable": "Not measurable here. {reason}.",
    # usefulness
    "taught.real": "trained on real: {value}",
    "taught.caption": "The same small classifier of '{column}' learns from {synthetic} synthetic "
    "and from {real} real pictures and is tested on {test} held-out real ones. Beside each figure: "
    "that of the real-trained one.",
    "taught.labels.asked": "The synthetic pictures have the classes that they were asked to be.",
    "taught.labels.told": "The generator knows no classes, so the synthetic pictures have the "
    "classes that the real-trained classifier tells them to be.",
    "taught.none": "No classifier was taught when this run was judged.",
    "taught.groups": "Accuracy by group",
    "taught.parity": "Parity of its answers",
    "taught.outcome": "Parity is asked for the answer '{label}'.",
    "taught.every_class": "Parity is asked for every class; the largest difference counts.",
    "taught.switch": "FTU shows the same pictures in the look of each group, which is possible "
    "only where the groups were made.",
    "taught.answers": "The answer that differs most between groups",
}
