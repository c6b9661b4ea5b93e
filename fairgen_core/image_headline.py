"""What was found of generated pictures, in a few sentences: a report's headline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from fairgen_core.data.images.prepared import Codes, PreparedImages
from fairgen_core.metrics.intervals import MIN_ROWS
from fairgen_core.numbers import number
from fairgen_core.results import Figure

FloatArray = npt.NDArray[np.float64]
GONE = 0.1
"""Part of its share of the real pictures below which a group is as good as missing."""
UNLIKE = 0.1
"""Density and coverage up to which generated pictures are told to be unlike the real ones."""
UNHEEDED = 0.1
"""How much rarer a group may be told in pictures that were asked for than in real ones."""
WIDER = 0.05
"""Added to the real pictures' gap: above it groups are told to be less even than there."""
MISREAD = 0.1
"""Difference of a group's share as told and as corrected above which that is told first."""


def headline(
    data: PreparedImages,
    counts: Codes,
    gap: Figure,
    late_gap: float | None,
    classes: Codes | None,
    figures: Mapping[str, Figure],
    unlike: str,
    misread: str = "",
    unheeded: str = "",
) -> str:
    """The groups, what as good as vanished, what the latent betrays, and whether it means much.

    Args:
        data: the real pictures.
        counts: (K,) generated pictures of each group.
        gap, late_gap: of the groups' shares, now and over the last third of the training.
        classes: (n,) classes of the generated pictures; None where there are none.
        figures: of a fair latent, where there is one.
        unlike: what `unlike_real` says.
        misread: what `misread_groups` says.
        unheeded: what `unheeded_groups` says.
    """
    said = (
        _groups(data, counts, gap, late_gap),
        misread or _less_even(data, gap),
        unheeded,
        _gone_classes(data, classes),
        _leak(len(data.group_names), figures),
        unlike,
    )
    return " ".join(filter(None, said))


def unlike_real(figures: Mapping[str, Figure]) -> str:
    """Why nothing can be said of groups: the pictures are unlike any real one; else "".

    One of the two figures alone may be near 0 where pictures are good: coverage where few
    different ones are made, density where real pictures lie close together.
    """
    density, coverage = (figures[key].value for key in ("density", "coverage"))
    if density is None or coverage is None or max(density, coverage) > UNLIKE:
        return ""
    return (
        f"The generated pictures are unlike the real ones (density {number(density)}, coverage "
        f"{number(coverage)}; real ones have about 1): what is said of their groups means little."
    )


def misread_groups(
    names: Sequence[str], told: FloatArray, corrected: FloatArray | None, recalls: FloatArray
) -> str:
    """A sentence where a classifier's confusion moves what it tells of the groups much; else "".

    A classifier that has seen few pictures of a group takes many of them for another, and its
    accuracy over all groups hides that.

    Args:
        names: the groups.
        told, corrected: (K,) shares of the generated pictures, as told and as corrected; None:
            they could not be corrected.
        recalls: (K,) how often it is right on held-out real pictures of each group.
    """
    worst = int(recalls.argmin())
    seen = (
        f"The classifier that tells the groups is right on only {100 * recalls[worst]:.0f} % of "
        f"the held-out pictures of '{names[worst]}'"
    )
    if corrected is None:
        return f"{seen}, too few to correct what it tells: these shares are uncertain."
    if np.abs(told - corrected).max() <= MISREAD:
        return ""
    most, least = _most_and_least(corrected)
    return (
        f"{seen}: allowing for how it confuses the groups, '{names[most]}' makes up about "
        f"{100 * corrected[most]:.0f} % and '{names[least]}' about {100 * corrected[least]:.0f} %."
    )


def unheeded_groups(names: Sequence[str], asked: Codes, told: Codes, recalls: FloatArray) -> str:
    """A sentence where pictures do not show the group that they were asked for; else "".

    Over all pictures a small group that is never shown would hardly be seen: each is looked at,
    and the worst is named.

    Args:
        names: the groups.
        asked, told: (n,) each generated picture's group.
        recalls: (K,) how often that of real pictures is told right.
    """
    counts = np.bincount(asked, minlength=len(names))
    shown = np.bincount(asked[asked == told], minlength=len(names)) / np.maximum(counts, 1)
    missed = np.where(counts >= MIN_ROWS, recalls - shown, 0.0)
    worst = int(missed.argmax())
    if missed[worst] <= UNHEEDED:
        return ""
    return (
        f"Of the pictures that were asked to be '{names[worst]}', {100 * shown[worst]:.0f} % are "
        f"told to be that, and of real ones {100 * recalls[worst]:.0f} %: the labels say what was "
        "asked for, not what can be seen."
    )


def _groups(data: PreparedImages, counts: Codes, gap: Figure, late_gap: float | None) -> str:
    """Whom the pictures show most and least, and whom not."""
    if gap.value is None:
        return f"Only {int(counts.sum())} pictures were generated: {gap.reason}."
    shares = counts / counts.sum()
    most, least = _most_and_least(shares)
    real = np.bincount(data.train_groups, minlength=len(counts)) / len(data.train)
    text = (
        f"'{data.group_names[most]}' makes up {100 * shares[most]:.0f} % of the generated pictures "
        f"({100 * real[most]:.0f} % of the real ones) and '{data.group_names[least]}' "
        f"{100 * shares[least]:.0f} % ({100 * real[least]:.0f} %)."
    )
    gone = _gone(shares, real)
    if any(code != least for code in gone):
        text += f" As good as missing: {_named(data.group_names, real, gone)}."
    if gap.low == 0:
        text += " The difference cannot be told from even shares."
    if late_gap is not None:
        text += f" Over the last third of the training the gap was {number(late_gap)} on average."
    return text


def _less_even(data: PreparedImages, gap: Figure) -> str:
    """A sentence where groups are further apart than among the real pictures, whatever was done."""
    real = np.bincount(data.train_groups, minlength=len(data.group_names)) / len(data.train)
    before = float(np.ptp(real))
    if gap.value is None or gap.low is None or gap.low <= before or gap.value < before + WIDER:
        return ""
    return (
        f"The groups are less even than among the real pictures: {number(gap.value)} lie between "
        f"the largest share and the smallest, and {number(before)} there."
    )


def _most_and_least(shares: FloatArray) -> tuple[int, int]:
    """Codes of the largest and the smallest share: of two groups, also where all are the same."""
    most, least = int(shares.argmax()), int(shares.argmin())
    return most, least if least != most else len(shares) - 1


def _gone(shares: FloatArray, real: FloatArray) -> list[int]:
    """Codes of what is as good as missing among generated pictures."""
    return np.flatnonzero(shares < GONE * real).tolist()


def _named(names: Sequence[str], real: FloatArray, codes: Sequence[int]) -> str:
    return ", ".join(f"'{names[i]}' ({100 * real[i]:.0f} % of the real ones)" for i in codes)


def _gone_classes(data: PreparedImages, told: Codes | None) -> str:
    """A sentence on the classes that generated pictures as good as never show; "" where none."""
    if told is None or not len(told):
        return ""
    n = len(data.class_names)
    real = np.bincount(data.train_classes, minlength=n) / len(data.train)
    shares = np.bincount(told, minlength=n) / len(told)
    gone = _gone(shares, real)
    if not gone:
        return ""
    return f"Of '{data.class_column}', as good as missing: {_named(data.class_names, real, gone)}."


def _leak(n_groups: int, figures: Mapping[str, Figure]) -> str:
    """A sentence where a latent that should be fair gives the group away; else ""."""
    attacker = figures.get("latent_attacker")
    if attacker is None or attacker.low is None or attacker.low <= 1 / n_groups:
        return ""
    return (
        f"The latent still gives the group away: an attacker's balanced accuracy is "
        f"{number(attacker.value)}, and chance is {number(1 / n_groups)}. A larger alpha may "
        f"hide it better."
    )
