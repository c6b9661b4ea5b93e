"""What every figure is called, means and aims at: METRICS.md as a literal dict."""

from __future__ import annotations

from fairgen_core.results import MetricInfo


def _share_of_right_ones(key: str, title: str, definition: str) -> MetricInfo:
    return MetricInfo(
        key=key,
        title=title,
        definition=definition,
        section="usefulness",
        better="higher",
        ideal=1,
        low=0,
        high=1,
    )


METRICS: dict[str, MetricInfo] = {
    "dp": MetricInfo(
        key="dp",
        title="Demographic parity difference",
        definition="Largest gap between two groups in the rate of favourable decisions, by a model "
        "trained on the table and tested on held-out real rows (many classes: largest over "
        "them; a number: decisions above the training rows' median).",
        section="fairness",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "dp_any": MetricInfo(
        key="dp_any",
        title="DP over every threshold",
        definition="Largest Kolmogorov-Smirnov distance between two groups' scores: the worst "
        "demographic parity difference that any decision threshold could show.",
        section="fairness",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "ftu": MetricInfo(
        key="ftu",
        title="FTU difference",
        definition="Fairness through unawareness: how much the rate of favourable decisions moves, "
        "over the same rows, when only the sensitive attribute is set to another group.",
        section="fairness",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "ftu_flips": MetricInfo(
        key="ftu_flips",
        title="FTU flips",
        definition="Share of rows whose decision changes for some value of the sensitive "
        "attribute.",
        section="fairness",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "equal_opportunity": MetricInfo(
        key="equal_opportunity",
        title="Equal opportunity difference",
        definition="Largest gap between two groups in the share of truly favourable rows that the "
        "model finds (true-positive rate).",
        section="fairness",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "equalized_odds": MetricInfo(
        key="equalized_odds",
        title="Equalized odds difference",
        definition="The larger of the groups' gaps in true-positive and in false-positive rate.",
        section="fairness",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "conditional": MetricInfo(
        key="conditional",
        title="Conditional DP difference",
        definition="Demographic parity difference within strata of the explanatory columns, "
        "averaged by stratum size.",
        section="fairness",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "positive_rate": MetricInfo(
        key="positive_rate",
        title="Rate of favourable decisions",
        definition="Share of the held-out real rows that the model decides favourably.",
        section="fairness",
        better="closer",
        low=0,
        high=1,
    ),
    "one_class": MetricInfo(
        key="one_class",
        title="One-class flag",
        definition="1 where the model answers one class almost always (favourable for under 1 % or "
        "over 99 %, or under 5 % of either class recognised): its parity figures prove nothing.",
        section="fairness",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "data_parity": MetricInfo(
        key="data_parity",
        title="Label gap in the data",
        definition="Largest gap between two groups in the rate of favourable labels in the table "
        "itself.",
        section="fairness",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "proxy_auroc": MetricInfo(
        key="proxy_auroc",
        title="Group readable from the other columns",
        definition="AUROC of gradient boosting that predicts the group from all columns but the "
        "sensitive ones and the target, 3-fold cross-validated (several groups: one against the "
        "rest, averaged); 0.5: not at all.",
        section="fairness",
        better="closer",
        ideal=0.5,
        low=0,
        high=1,
    ),
    "kl_uniform": MetricInfo(
        key="kl_uniform",
        title="KL to equal group shares",
        definition="Kullback-Leibler divergence of the groups' shares from equal shares.",
        section="representation",
        better="lower",
        ideal=0,
        low=0,
        unit="nats",
    ),
    "share_gap": MetricInfo(
        key="share_gap",
        title="Largest gap between group shares",
        definition="Share of the most frequent group minus that of the rarest.",
        section="representation",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "auroc": MetricInfo(
        key="auroc",
        title="AUROC",
        definition="Chance that the model scores a favourable row above another one (many classes: "
        "one against the rest, averaged; a number: above the training rows' median).",
        section="usefulness",
        better="higher",
        ideal=1,
        low=0,
        high=1,
    ),
    "accuracy": _share_of_right_ones(
        "accuracy",
        "Accuracy",
        "Share of the held-out real rows that the model decides rightly (a number: on "
        "the right side of the training rows' median). One answer for all rows can score high "
        "where one value is frequent.",
    ),
    "balanced_accuracy": _share_of_right_ones(
        "balanced_accuracy",
        "Balanced accuracy",
        "Share of the rows decided rightly within each value of the target, averaged "
        "over the values (a number: above and not above the training rows' median).",
    ),
    "f1": _share_of_right_ones(
        "f1",
        "F1",
        "Harmonic mean of precision and recall of the favourable value (many classes: "
        "averaged over them; a number: above the training rows' median).",
    ),
    "precision": _share_of_right_ones(
        "precision", "Precision", "Share of truly favourable rows among those decided favourably."
    ),
    "recall": _share_of_right_ones(
        "recall", "Recall", "Share of the truly favourable rows that are decided favourably."
    ),
    "r2": MetricInfo(
        key="r2",
        title="R squared",
        definition="Share of a number target's variance that the model predicts.",
        section="usefulness",
        better="higher",
        ideal=1,
        high=1,
    ),
    "mae": MetricInfo(
        key="mae",
        title="Mean absolute error",
        definition="Mean distance of the predicted from the true number.",
        section="usefulness",
        better="lower",
        ideal=0,
        low=0,
        unit="units of the target",
    ),
    "detector": MetricInfo(
        key="detector",
        title="Detector AUROC",
        definition="How well gradient boosting tells synthetic from held-out real rows, 3-fold "
        "cross-validated; 0.5: not at all. In 'real': training rows from held-out rows.",
        section="quality",
        better="closer",
        ideal=0.5,
        low=0,
        high=1,
    ),
    "marginal_distance": MetricInfo(
        key="marginal_distance",
        title="Mean marginal distance",
        definition="Total variation distance of a column's values, synthetic from held-out real, "
        "averaged over the columns (numbers in quantile bins).",
        section="quality",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "density": MetricInfo(
        key="density",
        title="Density",
        definition="How many real neighbourhoods (k = 5) a synthetic row lies in, over k "
        "(Naeem et al. 2020): are the rows where real ones are? Above 1: crowded in dense places.",
        section="quality",
        better="closer",
        ideal=1,
        low=0,
    ),
    "coverage": MetricInfo(
        key="coverage",
        title="Coverage",
        definition="Share of real rows with a synthetic row in their neighbourhood (k = 5; "
        "Naeem et al. 2020): are there rows everywhere real ones are?",
        section="quality",
        better="higher",
        ideal=1,
        low=0,
        high=1,
    ),
    "alpha_precision": MetricInfo(
        key="alpha_precision",
        title="Alpha-precision",
        definition="Whether synthetic rows fill the centre and the rim of the real ones in the "
        "right shares (Alaa et al. 2022, integrated).",
        section="quality",
        better="higher",
        ideal=1,
        low=0,
        high=1,
    ),
    "beta_recall": MetricInfo(
        key="beta_recall",
        title="Beta-recall",
        definition="Whether the real rows are reached by the synthetic ones' centre and rim in the "
        "right shares (Alaa et al. 2022, integrated, k = 5).",
        section="quality",
        better="higher",
        ideal=1,
        low=0,
        high=1,
    ),
    "column_shapes": MetricInfo(
        key="column_shapes",
        title="Column shapes",
        definition="SDMetrics' quality report: likeness of each column's distribution, averaged.",
        section="quality",
        better="higher",
        ideal=1,
        low=0,
        high=1,
    ),
    "pair_trends": MetricInfo(
        key="pair_trends",
        title="Column pair trends",
        definition="SDMetrics' quality report: likeness of each pair of columns' relation, "
        "averaged.",
        section="quality",
        better="higher",
        ideal=1,
        low=0,
        high=1,
    ),
    "dcr": MetricInfo(
        key="dcr",
        title="Nearer to training than to held-out rows",
        definition="Share of synthetic rows whose closest record is a training row and not one of "
        "as many held-out rows; 0.5: no nearer to rows that were seen.",
        section="privacy",
        better="closer",
        ideal=0.5,
        low=0,
        high=1,
    ),
    "exact_copies": MetricInfo(
        key="exact_copies",
        title="Exact copies",
        definition="Share of rows equal to some training row in every modelled column. In 'real': "
        "held-out rows that equal a training row by chance.",
        section="privacy",
        better="lower",
        ideal=0,
        low=0,
        high=1,
    ),
    "authenticity": MetricInfo(
        key="authenticity",
        title="Authenticity",
        definition="Share of synthetic rows that are not nearer to their closest training row than "
        "that row's own closest neighbour (Alaa et al. 2022).",
        section="privacy",
        better="higher",
        ideal=1,
        low=0,
        high=1,
    ),
    "bias_amplification": MetricInfo(
        key="bias_amplification",
        title="Bias amplification",
        definition="How much better the group can be guessed from the model's decisions than from "
        "the true labels with as much noise as the model has errors (Wang et al. 2019, accuracy "
        "averaged over groups). Above 0 the model amplifies what labels tell of the group, below 0 "
        "it weakens it.",
        section="privacy",
        better="lower",
        ideal=0,
        low=-1,
        high=1,
    ),
}
"""Every metric by its key, in the order in which screens show them."""
