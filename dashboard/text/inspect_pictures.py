"""Words of the Inspect page of a training on pictures."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "picture_page.not_judged": "The pictures of this run were not judged, because its settings say "
    "so. Train again with judging switched on to see figures here; the pictures can be taken away "
    "as they are.",
    "picture_page.noise": "What it draws from fixed noise at the end of the training.",
    "picture_page.noise_alt": "Generated pictures of '{name}' from fixed noise, at the end of the "
    "training",
    "picture_page.latents": "One latent a column in every group's look; rows: {groups}.",
    "picture_page.latents_alt": "Generated pictures of '{name}': one latent a column, one group a "
    "row ({groups})",
    "picture_section.frequencies": "Frequencies",
    "picture_section.pictures": "Pictures",
    "picture_section.training": "Training",
    "picture_section.takeaway": "Take away",
    # cards
    "picture_card.gap": "Gap of the groups, now",
    "picture_card.late_gap": "Gap, last third of training",
    "picture_card.kl": "KL to even shares",
    "picture_card.zero_even": "0 = even, lower is better",
    "picture_card.late_range": "{low} to {high} in {n} looks of {each} pictures",
    "picture_card.late_seeds": "mean of {n} seeds: {mean}",
    "picture_card.no_looks": "FLDGM is told the group of each picture, so shares are not followed "
    "while it trains.",
    "picture_card.real": "real pictures: {value}",
    "picture_card.space": "Density, coverage and both distances: in the features of a classifier "
    "of '{what}', trained on these real pictures.",
    "picture_card.chance": "chance: {value}",
    # frequencies
    "picture_frequency.caption": "Of {n} generated pictures, with 95 % Wilson intervals.",
    "picture_frequency.rule": "The groups were made by a rule, and the same rule tells them. Right "
    "on held-out real pictures: {accuracy}.",
    "picture_frequency.classifier": "A classifier trained on the real pictures tells the groups. "
    "Right on held-out real pictures: {accuracy}.",
    "picture_frequency.corrected": "The corrected shares allow for how it confuses the groups; "
    "they still assume that it confuses them alike on generated pictures.",
    "picture_frequency.not_corrected": "It tells them too badly for the shares to be corrected for "
    "how it confuses them.",
    "picture_frequency.late": "Over the last third of the training",
    "picture_frequency.late_caption": "Mean gap {gap} over {n} looks of {each} pictures, right of "
    "the line. One checkpoint is a lottery ticket: choosing the moment can mean choosing the "
    "answer.",
    "picture_frequency.seeds": "Over seeds",
    "picture_frequency.seeds_caption": "{n} runs with the same settings, seeds {seeds}. The side "
    "that is favoured can change with the seed, and averaging hides that: look at the dots.",
    "picture_frequency.no_seeds": "There is no other finished run with the same settings and "
    "another seed. Train again with other seeds to see how much of this is chance.",
    "picture_frequency.by_class": "Class by class",
    "picture_frequency.by_class_caption": "The groups' shares among the generated pictures of each "
    "'{column}'. A generator can be even overall and uneven within a class.",
    # pictures
    "sheets.caption": "Real training pictures beside generated ones, in the order in which they "
    "were drawn: nothing is picked by hand.",
    "sheets.latents": "One latent in every group's look",
    "sheets.latents_caption": "A column is one latent of fixed noise, decoded once for each group. "
    "A fair latent holds what the groups have in common, so the content should stay while the "
    "look changes.",
    "sheets.latents_rows": "Rows: {groups}",
    "sheets.latents_alt": "Generated pictures: one latent a column, one group a row ({groups})",
    "sheets.every_class": "every one",
    "sheets.page": "Page",
    "sheets.real": "Real",
    "sheets.synthetic": "Synthetic ({n} in all)",
    "sheets.real_alt": "Real training pictures of '{group}', by '{column}'",
    "sheets.synthetic_alt": "Generated pictures of '{group}', by '{column}'",
    "sheets.none": "There are none (on this page).",
    "sheets.no_real": "The real pictures cannot be shown: {reason}",
    "sheets.changed": "the source has changed since this run.",
    "sheets.reading": "Reading the real pictures …",
    # take away
    "picture_take.pictures": "Synthetic pictures",
    "picture_take.caption": "{n} pictures with their class and group.",
    "picture_take.zip": "Download pictures (ZIP)",
    "picture_take.zip_help": "PNG files and labels.csv with the columns file, class and group. It "
    "can be loaded here again.",
    "picture_take.npz": "Download arrays (NPZ)",
    "picture_take.npz_help": "NumPy arrays: images (n, height, width, channels), group, class; "
    "no Python objects. 'told' names the labels that a judge told.",
    "picture_take.gone": "The pictures of this run are not there. Draw them again from its model.",
    "picture_take.evidence_caption": "The report holds figures only, no picture.",
    "picture_take.model_help": "model.safetensors, model.json and the settings: enough to draw "
    "pictures on another machine. A model can remember details of its training pictures; treat it "
    "as you treat the data.",
    "picture_take.model_gone": "The model is not there, so no more pictures can be drawn.",
    "picture_take.draw": "Draw more pictures",
    "picture_take.draw_caption": "Any number of pictures from the same model, without training "
    "again. The same seed gives the same pictures.",
    "picture_take.draw_n": "Pictures",
    "picture_take.draw_as": "File",
    "draw.pictures.drawing": "Drawing {n} pictures with seed {seed} …",
    "draw.pictures.drawn": "{n} pictures with seed {seed}",
    "draw.pictures.failed": "The pictures could not be drawn: {reason}",
    # how it was made
    "picture_made.class": "Class",
    "picture_made.size": "Pixels",
    "picture_made.counts": "{train} training pictures, {test} held-out pictures, {synthetic} "
    "synthetic pictures",
}
