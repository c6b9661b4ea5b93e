"""What the technical terms mean, in plain words. Shown as help beside a label, and in reports."""

from __future__ import annotations

from typing import NamedTuple


class Term(NamedTuple):
    """A glossary entry: its title, and its meaning in one to three plain sentences."""

    title: str
    meaning: str


GLOSSARY: dict[str, Term] = {
    # roles of columns
    "sensitive": Term(
        "Sensitive attribute",
        "The column that says which group a person belongs to, such as sex or age. Disparities are "
        "measured between its groups. Several columns are crossed; a number is cut into bands.",
    ),
    "target": Term(
        "Target",
        "The column that a model would predict: a decision, a class or a number. Without one, only "
        "the groups' frequencies and the table's quality are judged.",
    ),
    "positive": Term(
        "Favourable value",
        "The value of the target that people want to receive, such as 'hired'. Rates on every page "
        "are rates of this value.",
    ),
    "explanatory": Term(
        "Explanatory columns",
        "Columns in which you hold a difference between groups to be justified, such as hours "
        "worked. Conditional fairness compares groups only among rows that agree in them.",
    ),
    "bands": Term(
        "Bands",
        "A sensitive number is cut at these points to make groups. A value equal to a cut point "
        "belongs to the upper band.",
    ),
    "merge": Term(
        "Small groups put together",
        "Groups with fewer rows than this, or too few to train on, count as one group, 'other'. "
        "Their rows keep their own values in the synthetic table. Where they are too few together "
        "as well, these rows are left out, and it is said how many.",
    ),
    "proxy": Term(
        "Proxy",
        "A column that gives the group away. AUROC 0.5 means that it says nothing about the group, "
        "1 that it names the group exactly. Dropping the sensitive column leaves its proxies.",
    ),
    "intersection": Term(
        "Intersection",
        "Rows that share a value in each of several sensitive columns. A disparity can hide there "
        "even when each column alone shows none.",
    ),
    # fairness
    "dp": Term(
        "Demographic parity (DP) difference",
        "The largest gap between two groups' rates of favourable decisions by a model. "
        "0 is parity; lower is better.",
    ),
    "dp_any": Term(
        "DP over every threshold",
        "The worst demographic parity difference that any decision threshold could show: the "
        "largest distance between the groups' score distributions. 0 is parity; lower is better.",
    ),
    "ftu": Term(
        "Fairness through unawareness (FTU) difference",
        "How far the mean decision over the same rows moves when only the sensitive value is "
        "changed. 0 means that a model makes no direct use of it; lower is better.",
    ),
    "ftu_flips": Term(
        "FTU flips",
        "The share of rows whose decision changes when only the sensitive value is changed. "
        "0 is ideal; lower is better.",
    ),
    "equal_opportunity": Term(
        "Equal opportunity difference",
        "The largest gap between the groups' true-positive rates: of those who deserve the "
        "favourable value, how many get it. 0 is parity.",
    ),
    "equalized_odds": Term(
        "Equalized odds difference",
        "The larger of the gaps in true-positive and in false-positive rates. 0 is parity.",
    ),
    "conditional": Term(
        "Conditional fairness",
        "The demographic parity difference among rows that agree in the explanatory columns, "
        "averaged over them by their size. 0 is parity.",
    ),
    "one_class": Term(
        "One-class flag",
        "A model that answers almost always the same has parity for free. Where that happens, the "
        "parity figures are struck out.",
    ),
    "representation": Term(
        "Representation",
        "How often each group occurs. 'Uniform' makes all groups equally frequent in what is "
        "generated, whatever their share in the training rows.",
    ),
    # usefulness, quality, privacy
    "auroc": Term(
        "AUROC",
        "How well a model's scores put rows with the favourable value before the others: the share "
        "of such pairs in the right order. 0.5 is guessing, 1 is perfect; higher is better.",
    ),
    "accuracy": Term(
        "Accuracy",
        "The share of rows that a model decides rightly. Where one value is frequent, saying it "
        "always scores high: look at balanced accuracy as well. Higher is better.",
    ),
    "balanced_accuracy": Term(
        "Balanced accuracy",
        "The share decided rightly within each value of the target, averaged over the values. "
        "One answer for all rows gives one half for two values. Higher is better.",
    ),
    "f1": Term(
        "F1",
        "Precision and recall in one figure: their harmonic mean, low where either is low. "
        "Higher is better.",
    ),
    "precision": Term(
        "Precision",
        "Of the rows that a model calls favourable, the share that are. Higher is better.",
    ),
    "recall": Term(
        "Recall", "Of the rows that are favourable, the share that a model finds. Higher is better."
    ),
    "detector": Term(
        "Detector",
        "AUROC of a classifier that tries to tell synthetic rows from real ones. 0.5 means that it "
        "cannot; 1 that it always can.",
    ),
    "density": Term(
        "Density",
        "How deep the synthetic rows lie in the regions where real rows are (Naeem et al. 2020). "
        "Near 1 is ideal.",
    ),
    "coverage": Term(
        "Coverage",
        "The share of real rows that have a synthetic row nearby (Naeem et al. 2020). "
        "1 is ideal; higher is better.",
    ),
    "dcr": Term(
        "Distance to closest record",
        "The share of synthetic rows that lie nearer to a training row than to a held-out row. "
        "0.5 means that training rows were not copied more closely than chance.",
    ),
    "bias_amplification": Term(
        "Bias amplification",
        "How much better an attacker reads the group from a model's decisions than from the true "
        "labels (Wang et al. 2019). Above 0 the model amplifies what labels tell of the "
        "group, below 0 it weakens it; 0 or less is ideal.",
    ),
    "shap": Term(
        "SHAP value",
        "How far a column's value moves a model's score for a row, up or down, shared out fairly "
        "among the columns.",
    ),
    "heat_map": Term(
        "Heat map of SHAP values",
        "How far each pixel moves a classifier's score for the picture's own class over the other "
        "classes, up or down, compared with some other real pictures. The values add up to the "
        "whole difference.",
    ),
    "interval": Term(
        "95 % interval",
        "The range around a figure that is made so as to hold the true value for 95 of 100 samples "
        "like this one. Few rows or pictures make it wide.",
    ),
    # training
    "latent": Term(
        "Latent",
        "The short vector into which the first stage compresses each row or picture. The generator "
        "learns to draw such vectors, and they are decoded again.",
    ),
    "gan": Term(
        "GAN (generative adversarial network)",
        "Two networks compete: a generator draws, a discriminator tells what was drawn from what "
        "is real, and each learns from the other. LSGAN and WGAN-GP are two such contests.",
    ),
    "attacker": Term(
        "Attacker on the latent",
        "AUROC of a classifier that tries to read the group from the latent vector. 0.5 means that "
        "it finds nothing.",
    ),
    "label_head": Term(
        "Fair label head",
        "Draws the target of each synthetic row from a model that was made fair on the real rows, "
        "while all other columns stay faithful.",
    ),
    "strength": Term(
        "Strength",
        "How much of the disparity the fair label head removes: 0 leaves the labels as they are, "
        "1 enforces the target in full. In between you trade parity for usefulness.",
    ),
    "alpha": Term(
        "Alpha",
        "The weight of the penalty that makes the latent independent of the group. Larger is "
        "fairer and less faithful.",
    ),
    "clip_norm": Term(
        "Clip norm (C)",
        "The largest gradient norm that one group's real rows or pictures may cause in a step of "
        "the discriminator (RepFair-GAN). It keeps one group from dominating. Too small a C slows "
        "learning and can favour the group that comes first.",
    ),
    "gradient_norm": Term(
        "Gradient norm",
        "How strongly one group's rows or pictures pull at the discriminator in a step, before "
        "clipping.",
    ),
    "picture_gap": Term(
        "Gap of the groups",
        "The largest difference of two groups' shares among the generated pictures. 0 is even. "
        "One moment is a lottery ticket: see how it moves, and compare seeds.",
    ),
    "late_gap": Term(
        "Gap over the last third of the training",
        "The gap of 1,000 pictures, looked at again and again and averaged over the last third of "
        "the training. A generator's shares move from moment to moment, so the last checkpoint "
        "alone says little.",
    ),
    "kl": Term(
        "KL divergence to even shares",
        "RepFair-GAN's measure of representation, in nats: 0 where all groups are equally "
        "frequent, the logarithm of the number of groups where only one is left.",
    ),
    "recognisability": Term(
        "Recognisability",
        "The share of generated pictures that a classifier trained on the real ones recognises "
        "with a probability above 0.9. A generator that repeats a few pictures can score high.",
    ),
    "clipped_share": Term(
        "Share of steps clipped",
        "Of the discriminator's steps on real pictures, how many had a gradient norm above C. At "
        "0 the clip does nothing; near 1 every step has the same length.",
    ),
    "frontier": Term(
        "Frontier",
        "The settings that no other one beats in both usefulness and disparity, joined by a step "
        "line. The limit is what a scorer that learned from the real rows attains at that parity: "
        "no data made of them can be expected to pass it.",
    ),
    "preset": Term(
        "Preset",
        "Sets every number that you leave empty under 'Advanced'. Thorough trains longer and is "
        "closer to the real rows; quick is for trying things out.",
    ),
    "seed": Term(
        "Seed",
        "The number that fixes all chance. The same seed and settings give the same rows or "
        "pictures on the same machine.",
    ),
}
