"""What a target aims at, how it is enforced, and what is not promised: on pages and in reports."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "hold.none": "Nothing",
    "hold.none.does": "The data is learned as it is, with its disparities.",
    "hold.none.not": "any smaller disparity. Useful as a comparison.",
    "hold.ftu": "Unawareness (FTU)",
    "hold.ftu.does": "The target is drawn without looking at the group, given the other columns.",
    "hold.ftu.not": "equal rates. Groups may still differ, through columns that go with the group.",
    "hold.dp": "Demographic parity (DP)",
    "hold.dp.does": "Aims at the same rate of the favourable value in every group.",
    "hold.dp.not": "equal treatment of two people who differ only in the group.",
    "hold.both": "Both",
    "hold.both.does": "Aims at equal rates without using the group. Of the targets it usually "
    "costs the most usefulness.",
    "hold.both.not": "equal error rates (equalized odds), parity for any other target, or the real "
    "size of single effects: the target follows the columns that are left about as firmly as the "
    "real one follows all of them.",
    "enforce.labels": "Fair labels",
    "enforce.labels.means": "A model made fair on the real rows draws each synthetic row's target, "
    "and all other columns stay faithful. It does not remove what the other columns say about the "
    "group: a model for a different target can still read it there.",
    "enforce.latent": "Fair latent",
    "enforce.latent.means": "The published way: the compressed rows are made independent of the "
    "group before anything is generated. It does not promise parity of a model trained on the "
    "result, because the real rows that it will judge still carry their proxies.",
    "enforce.both-ways": "Both ways",
    "enforce.both-ways.means": "The compressed rows are made independent of the group, and the "
    "labels are drawn by the fair model as well. It promises what fair labels promise, and gives "
    "up the most faithfulness.",
    # pictures
    "promise.representation": "What counts is how often each group occurs among the generated "
    "pictures, overall and for each class.",
    "promise.gan.mixed": "The plain training, without any fairness: groups can drift apart from "
    "run to run.",
    "promise.gan.grouped": "The discriminator sees the groups' real pictures evenly, so that the "
    "generator is pulled towards each of them as often.",
    "promise.gan.condition": "The generator is told the group, and groups are drawn evenly.",
    "promise.fldgm": "Pictures of every group are decoded from one latent, which is made "
    "independent of the group.",
    "promise.gan.not": "equal shares in every run: one training is a draw from a lottery, and only "
    "several seeds show how even the groups come out.",
    "promise.pictures.not": "equal quality in every group, or that a model trained on these "
    "pictures treats the groups alike.",
    "promise.people.not": "anonymity: the privacy figures can show a leak; they cannot prove that "
    "there is none.",
    "promise.seed.not": "the same figures with another seed: the intervals speak of what was "
    "judged, and not of training again.",
}
