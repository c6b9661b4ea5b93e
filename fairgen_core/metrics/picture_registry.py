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
            "recognises with a probability above 0.9.",
            section="quality",
            better="higher",
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="recognisable_real",
            title="Recognisability of real pictures",
            definition="The same share of held-out real pictures.",
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
            title="Fréchet distance (own features)",
            definition="Fréchet distance of real and synthetic features of a small classifier "
            "trained on these real pictures: not the Inception FID of the literature. It has no "
            "scale of its own: that of real training pictures stands beside it.",
            section="quality",
            better="lower",
            ideal=0.0,
            low=0.0,
        ),
        MetricInfo(
            key="fid_real",
            title="Fréchet distance of real training pictures",
            definition="The same distance of real training pictures from the held-out ones: what "
            "no synthetic pictures need to fall below.",
            section="quality",
            better="lower",
            ideal=0.0,
            low=0.0,
        ),
        MetricInfo(
            key="kid",
            title="Kernel distance (own features)",
            definition="Squared maximum mean discrepancy with a cubic kernel, in the same "
            "features, their root mean square taken as 1; that of real training pictures stands "
            "beside it.",
            section="quality",
            better="lower",
            ideal=0.0,
        ),
        MetricInfo(
            key="kid_real",
            title="Kernel distance of real training pictures",
            definition="The same distance of real training pictures from the held-out ones.",
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
            key="nearer_features",
            title="Nearer to training, in features",
            definition="Share of synthetic pictures that lie nearer to a training picture than to "
            "a held-out one, among equally many of both, in the features of our own classifier. "
            "Only some training pictures take part, so memorising all lifts it only partly.",
            section="privacy",
            better="closer",
            ideal=0.5,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="nearer_features_real",
            title="Nearer to training, unseen real pictures",
            definition="The same share for real pictures that nobody has seen: what the features "
            "themselves do, because their classifier was trained on the training pictures.",
            section="privacy",
            better="closer",
            ideal=0.5,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="authenticity",
            title="Authenticity",
            definition="Share of synthetic pictures that are no near-copy: not nearer to a "
            "training picture than that picture's own nearest neighbour is (Alaa et al. 2022), in "
            "the features of our own classifier.",
            section="privacy",
            better="higher",
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="authenticity_real",
            title="Authenticity of unseen real pictures",
            definition="The same share for held-out real pictures, which are no copies.",
            section="privacy",
            better="higher",
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="exact_copies",
            title="Exact copies",
            definition="Share of all synthetic pictures that equal a training picture pixel by "
            "pixel.",
            section="privacy",
            better="lower",
            ideal=0.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="taught",
            title="Taught by synthetic pictures",
            definition="Accuracy on held-out real pictures of a classifier trained on synthetic "
            "ones with the classes that they were asked to be, or, where the generator is told "
            "none, that the real-trained classifier tells them to be.",
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
            key="accuracy",
            title="Accuracy",
            definition="Share of held-out real pictures whose class the classifier tells right.",
            section="usefulness",
            better="higher",
            ideal=1.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="auroc",
            title="AUROC",
            definition="Area under the ROC curve on held-out real pictures; of many classes the "
            "mean, one against the rest.",
            section="usefulness",
            better="higher",
            ideal=1.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="accuracy_gap",
            title="Accuracy gap",
            definition="Largest difference of two groups' accuracies.",
            section="fairness",
            better="lower",
            ideal=0.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="dp",
            title="DP difference",
            definition="Largest difference between two groups of how often a class is answered; of "
            "many classes the largest over the classes.",
            section="fairness",
            better="lower",
            ideal=0.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="dp_any",
            title="DP over every threshold",
            definition="Largest distance between two groups' distributions of scores: the worst DP "
            "difference that any threshold could show.",
            section="fairness",
            better="lower",
            ideal=0.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="ftu",
            title="FTU difference",
            definition="Largest change of how often a class is answered when the same pictures are "
            "shown in the look of one group and of another.",
            section="fairness",
            better="lower",
            ideal=0.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="ftu_flips",
            title="FTU flips",
            definition="Share of pictures whose answer changes in some group's look.",
            section="fairness",
            better="lower",
            ideal=0.0,
            low=0.0,
            high=1.0,
        ),
        MetricInfo(
            key="equalized_odds",
            title="Equalized odds",
            definition="The larger of the gaps between groups of true- and of false-positive "
            "rates; of many classes the largest over the classes.",
            section="fairness",
            better="lower",
            ideal=0.0,
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
