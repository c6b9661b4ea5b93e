"""Titles, definitions and bounds of the figures on pictures, for any screen."""

from __future__ import annotations

from fairgen_core.results import MetricInfo

PICTURE_METRICS: dict[str, MetricInfo] = {
    info.key: info
    for info in (
        MetricInfo(
            key="recognisable",
            title="Recognisability",
            definition="Share of pictures that a classifier trained on the real pictures "
            "recognises with a probability above .9.",
            section="quality",
            better="higher",
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="density",
            title="Density",
            definition="How many real pictures' neighbourhoods a synthetic picture lies in, over 5 "
            "(Naeem et al. 2020), in the feature space of our own classifier.",
            section="quality",
            better="closer",
            ideal=1.0,
            low=0.0,
        ),
        MetricInfo(
            key="coverage",
            title="Coverage",
            definition="Share of real pictures with a synthetic one among their five nearest.",
            section="quality",
            better="higher",
            ideal=1.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="fid",
            title="Frechet distance (own features)",
            definition="Frechet distance of real and synthetic features of a small classifier "
            "trained on these real pictures: not the Inception FID of the literature.",
            section="quality",
            better="lower",
            ideal=0.0,
            low=0.0,
        ),
        MetricInfo(
            key="kid",
            title="Kernel distance (own features)",
            definition="Squared maximum mean discrepancy with a cubic kernel, in the same "
            "features.",
            section="quality",
            better="lower",
            ideal=0.0,
        ),
        MetricInfo(
            key="nearer_to_training",
            title="Nearer to training",
            definition="Share of synthetic pictures that lie nearer to a training picture than to "
            "a held-out one, pixel by pixel; above one half some were memorised.",
            section="privacy",
            better="closer",
            ideal=0.5,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="taught",
            title="Taught by synthetic pictures",
            definition="Accuracy on held-out real pictures of a classifier trained on synthetic "
            "ones with the classes that they were asked to be.",
            section="usefulness",
            better="higher",
            ideal=1.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="taught_real",
            title="Taught by real pictures",
            definition="Accuracy on the same pictures of the same classifier trained on real ones.",
            section="usefulness",
            better="higher",
            ideal=1.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="group_as_asked",
            title="Group as asked",
            definition="Share of pictures in whose look the group is seen that was asked for.",
            section="representation",
            better="higher",
            ideal=1.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="latent_attacker",
            title="Attacker on the latent",
            definition="Balanced accuracy of a classifier that guesses the group of held-out real "
            "pictures from their latent; 1 over the number of groups is chance.",
            section="fairness",
            better="lower",
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="content_kept",
            title="Content kept",
            definition="Share of latents whose pictures in every group's look are told to be of "
            "one class.",
            section="fairness",
            better="higher",
            ideal=1.0,
            low=0.0,
            high=1.0,
        ),
    )
}
