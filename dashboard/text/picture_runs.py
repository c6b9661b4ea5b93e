"""Words of trainings on pictures: as they go."""

from __future__ import annotations

TEXT: dict[str, str] = {
    # live
    "looks.done_words": "The synthetic pictures are ready.",
    "looks.done_judged": "The synthetic pictures are ready and were judged beside held-out real "
    "ones.",
    "looks.settings": "{how} · seed {seed}",
    "looks.clip_off": "no clipping",
    "looks.moment": "Moment of the training (epoch)",
    "looks.moment_help": "The pictures and figures of that moment, in both runs where there are "
    "two. At its end the slider follows the newest look; at a moment still to come, until then. "
    "The noise is the same at every look and in every run of the same size.",
    "looks.one_draw": "One seed is one draw: another may favour the other group, or none. The "
    "Lessons page and Explore repeat it with several seeds.",
    "looks.newest": "newest",
    "looks.grid": "Pictures from fixed noise, epoch {epoch}",
    "looks.latent_moment": "Moment of the training",
    "looks.latent_moment.compression": "compression {share}",
    "looks.latent_moment.generator": "generator {share}",
    "looks.latent.compression": "Latents of fixed noise, decoded: {when}.",
    "looks.latent.generator": "Latents that the generator makes of fixed noise: {when}.",
    "looks.latent_grid": "A column is one latent, a row one group's look.",
    "looks.latent_rows": "A column is one latent in every group's look; rows: {groups}.",
    "looks.latent_alt": "Generated pictures of '{name}', {when}: one latent a column, one group a "
    "row",
    "looks.grid_alt": "Generated pictures of '{name}' at epoch {epoch}",
    "looks.none_yet": "The first pictures come when the generator has trained for a while.",
    "looks.gap": "Gap of the groups",
    "looks.gap_ideal": "0 = even, lower is better · n = {n}",
    "looks.recognised": "Recognisability",
    "looks.recognised_ideal": "higher is better · n = {n}",
    "looks.steps_clipped": "Steps clipped",
    "looks.frequencies": "Group frequencies",
    "looks.norms": "Gradient norm by group, before clipping",
    "looks.norms_means": "Of the discriminator, on each group's real pictures.",
    "looks.quality": "Recognisability over time",
}
