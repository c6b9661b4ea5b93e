"""The sentences on top of a report: what parity was gained, what it cost, who moved."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fairgen_core.data.thin_cells import ThinCell
from fairgen_core.metrics.judges import GRADIENT_BOOSTING, Question
from fairgen_core.numbers import number
from fairgen_core.results import Figure, GroupResult, Measured, Report

_STAYS = 0.005
"""Rates that move less than this are said to have stayed."""
_CHANCE, _LOST = 0.57, 0.08
"""AUROC below which little is decided better than by chance, and a loss worth a sentence."""
_MAYBE = 0.02
"""A change of usefulness that is told even where the intervals, which err on the side of 'no
clear change', do not make it sure: a cost must not read as none."""
GIVEN_AWAY = 0.99
"""AUROC from which some column tells the target rather than predicts it."""
_GAP_LEFT = 0.05
"""A smaller gap that is left is not worth a sentence."""


def headline(report: Report, question: Question | None) -> str:
    """Some sentences about an evaluation, by the gradient-boosting judge.

    A change is claimed only where it is larger than the two 95 % intervals allow; parity figures
    of a model that answers one class are said to mean nothing. Unawareness and the groups' shares
    are mentioned where they changed, error rates where they moved apart.
    """
    if question is None:
        return " ".join(filter(None, [_shares(report), _detected(report)]))
    flag = _of(report, "one_class").synthetic
    if flag is None or flag.value is None:
        reason = flag.reason if flag is not None else "there is no model"
        return f"What a model learns from the synthetic rows cannot be told: {reason}."
    if flag.value == 1:
        first = f"{flag.reason.split(';')[0]} after training on the synthetic rows: its parity "
        real = _of(report, "one_class").real
        same = "It is the same after training on the real rows. " if _value(real) == 1 else ""
        return f"{first}figures mean nothing. {same}{_usefulness(report)}".strip()
    sentences = [_moves(report, question), _unawareness(report), _usefulness(report)]
    sentences.append(_errors(report))
    if _changed(report, "share_gap"):
        sentences.append(_shares(report))
    return " ".join(filter(None, sentences))


def parity_doubts(report: Report, thin: Sequence[ThinCell]) -> str:
    """What stands against a parity that was asked for: too small groups, a gap, no use left."""
    sentences = []
    if thin:
        group, outcome, n = thin[0]
        rows = "1 training row" if n == 1 else f"{n} training rows"
        others = f", and {len(thin) - 1} more" if len(thin) > 1 else ""
        sentences.append(
            "Some groups are too small for parity to be matched reliably "
            f"({group} with {outcome}: {rows}{others})."
        )
    sentences.append(_gap_left(report))
    measured = _of(report, "auroc", GRADIENT_BOOSTING)
    before, after = _value(measured.real), _value(measured.synthetic)
    if before is not None and after is not None and after < _CHANCE <= before - _LOST:
        sentences.append(
            "It now decides little better than by chance (0.5): hardly anything that predicts the "
            "target is left. Less strength (of the latent: alpha), or one parity alone, keeps more."
        )
    return " ".join(filter(None, sentences))


def _gap_left(report: Report) -> str:
    """That parity was not reached, where more than half of the real gap is left for sure."""
    dp = _of(report, "dp", GRADIENT_BOOSTING)
    before, after = dp.real, dp.synthetic
    if before is None or after is None or before.value is None or after.value is None:
        return ""
    small = after.value <= max(before.value / 2, _GAP_LEFT) or not after.low
    if small or before.struck or after.struck:
        return ""
    known = (_value(_of(report, "auroc", GRADIENT_BOOSTING).real) or 0.0) >= GIVEN_AWAY
    advice = (
        "Some column gives the target away; leave out what is known only after it."
        if known
        else "Full strength, one parity alone, or more rows may come closer."
    )
    return f"Parity is not reached: a gap of {number(after.value)} is left. {advice}"


def audit_headline(report: Report, question: Question | None) -> str:
    """One to three sentences about the real rows."""
    proxy = _of(report, "proxy_auroc").real
    hidden = ""
    if proxy is not None and proxy.value is not None:
        hidden = (
            f"The other columns together tell the groups apart with AUROC {number(proxy.value)} "
            "(0.5: not at all)."
        )
    if question is None:
        return " ".join(filter(None, [_shares(report), hidden]))
    rated = [g for g in report.group_results if _value(g.label_rate_real) is not None]
    sentences = []
    if len(rated) < 2:
        sentences.append(f"The groups' rates cannot be compared: {_of_gap(report)}.")
    else:
        rated.sort(key=lambda g: _value(g.label_rate_real) or 0.0)
        low, high = rated[0], rated[-1]
        sentences.append(
            f"{_rate(question)} is {number(_value(low.label_rate_real))} for "
            f"{low.group} and {number(_value(high.label_rate_real))} for {high.group}."
        )
    dp, auroc = _of(report, "dp", GRADIENT_BOOSTING).real, _of(report, "auroc").real
    if dp is not None and dp.value is not None and not dp.struck and _value(auroc) is not None:
        sentences.append(
            f"A model trained on the real rows decides with a gap of {number(dp.value)} between "
            f"groups, at AUROC {number(_value(auroc))}."
        )
    elif dp is not None and dp.struck:
        sentences.append(f"{dp.reason.split(';')[0]}: its parity figures mean nothing.")
    return " ".join([*sentences, hidden]).strip()


def _of(report: Report, metric: str, judge: str | None = None) -> Measured:
    return report.find(metric, judge) or Measured(metric=metric)


def _value(figure: Figure | None) -> float | None:
    return None if figure is None else figure.value


def _rate(question: Question, predicted: str = "") -> str:
    if question.kind == "number":
        return f"The share {predicted}{question.outcome_name}"
    return f"The rate of {predicted}'{question.outcome_name}'"


def _of_gap(report: Report) -> str:
    gap = _of(report, "data_parity").real
    return gap.reason if gap is not None and gap.reason else "too few rows"


def clearly_differ(a: Figure, b: Figure) -> bool:
    """Whether two figures differ by more than their intervals allow.

    The interval of a difference is put together from the two (MOVER, Zou and Donner 2008): the
    squares of the arms that face each other are added. It takes the figures as independent; both
    models are tested on the same rows, so it errs on the side of 'no clear change'.
    """
    if a.value is None or b.value is None:
        return False
    lower, upper = (a, b) if a.value <= b.value else (b, a)
    arms = (lower.high or 0.0) - (lower.value or 0.0), (upper.value or 0.0) - (upper.low or 0.0)
    return abs(a.value - b.value) > math.hypot(*arms)


def _changed(report: Report, metric: str) -> bool:
    measured = _of(report, metric)
    if measured.real is None or measured.synthetic is None:
        return False
    return clearly_differ(measured.real, measured.synthetic)


def _moves(report: Report, question: Question) -> str:
    """Which groups' predicted rates moved most, and what became of the gap."""
    movers: list[tuple[GroupResult, float, float]] = []
    for group in report.group_results:
        before, after = _value(group.predicted_rate_real), _value(group.predicted_rate_synthetic)
        if before is not None and after is not None:
            movers.append((group, before, after))
    dp = _of(report, "dp", GRADIENT_BOOSTING)
    if not movers or dp.real is None or dp.synthetic is None or dp.synthetic.value is None:
        reason = dp.synthetic.reason if dp.synthetic is not None else ""
        return f"The gap between groups cannot be told ({reason})." if reason else ""
    movers.sort(key=lambda m: -abs(m[2] - m[1]))
    rates = f"{_rate(question, 'predicted ')} {_who_moved(movers)}"
    if dp.real.value is None or dp.real.struck:
        return f"{rates}; the gap is now {number(dp.synthetic.value)}."
    pair = f"from {number(dp.real.value)} to {number(dp.synthetic.value)}"
    widest = "largest gap" if len(movers) > 2 else "gap"
    if not clearly_differ(dp.real, dp.synthetic):
        return f"{rates}: no clear change of the {widest} ({pair}, within the intervals)."
    worse = ", so parity was lost" if dp.synthetic.value > dp.real.value else ""
    return f"{rates}: the {widest} went {pair}{worse}."


def _who_moved(movers: list[tuple[GroupResult, float, float]]) -> str:
    """The two groups that moved most, in words.

    Args:
        movers: groups with their rates before and after, those that moved most first.
    """
    n = len(movers)
    if n > 2 and all(_stays(before, after) for _, before, after in movers):
        return f"stayed as it was in all {n} groups"
    parts = [_move(*m) for m in movers[:2]]
    verbs = [part.split()[0] for part in parts]
    if len(parts) == 2 and verbs[0] == verbs[1]:
        parts[1] = parts[1].removeprefix(f"{verbs[1]} ")
    most = f" (the two that moved most of {n} groups)" if n > 2 else ""
    return f"{' and '.join(parts)}{most}"


def _stays(before: float, after: float) -> bool:
    return abs(after - before) < _STAYS or number(before) == number(after)


def _move(group: GroupResult, before: float, after: float) -> str:
    if _stays(before, after):
        return f"stayed at {number(after)} for {group.group}"
    verb = "rose" if after > before else "fell"
    return f"{verb} from {number(before)} to {number(after)} for {group.group}"


def _unawareness(report: Report) -> str:
    flips = _of(report, "ftu_flips", GRADIENT_BOOSTING)
    after, before = _value(flips.synthetic), _value(flips.real)
    if after is None or not (_changed(report, "ftu_flips") or (flips.real and flips.real.struck)):
        return ""
    names = " and ".join(report.sensitive)
    was = (
        ""
        if before is None or (flips.real and flips.real.struck)
        else f" ({100 * before:.1f} % before)"
    )
    return f"Changing {names} alone changes the decision for {100 * after:.1f} % of the rows{was}."


def _errors(report: Report) -> str:
    """Where the groups' error rates moved apart: no target promises them, so it must be said."""
    odds = _of(report, "equalized_odds", GRADIENT_BOOSTING)
    if odds.real is None or odds.synthetic is None or not clearly_differ(odds.real, odds.synthetic):
        return ""
    before, after = odds.real.value or 0.0, odds.synthetic.value or 0.0
    if after <= before:
        return ""
    pair = f"from {number(before)} to {number(after)}"
    return f"The groups' error rates moved apart: their gap went {pair}."


def _usefulness(report: Report) -> str:
    metric, name = ("r2", "R squared") if report.target_kind == "number" else ("auroc", "AUROC")
    measured = _of(report, metric, GRADIENT_BOOSTING)
    real, synthetic = measured.real, measured.synthetic
    if real is None or synthetic is None or real.value is None or synthetic.value is None:
        return ""
    pair = f"{number(real.value)} to {number(synthetic.value)}"
    if number(real.value) == number(synthetic.value):
        return f"{name} stayed at {number(synthetic.value)}."
    if not clearly_differ(real, synthetic):
        if abs(synthetic.value - real.value) < _MAYBE:
            return f"{name} did not clearly change ({pair})."
        may = "fallen" if synthetic.value < real.value else "risen"
        return f"{name} may have {may} (from {pair}, within the intervals)."
    return f"{name} {'fell' if synthetic.value < real.value else 'rose'} from {pair}."


def _shares(report: Report) -> str:
    gap = _of(report, "share_gap")
    if gap.real is None or gap.real.value is None:
        return ""
    if gap.synthetic is None or gap.synthetic.value is None:
        largest, rarest = _extremes(report)
        return f"The groups' shares go from {rarest} to {largest}."
    pair = f"from {number(gap.real.value)} to {number(gap.synthetic.value)}"
    if clearly_differ(gap.real, gap.synthetic):
        return f"The gap between the largest and the smallest group's share went {pair}."
    return f"The groups' shares did not clearly change (largest gap {pair})."


def _extremes(report: Report) -> tuple[str, str]:
    shares = sorted((_value(g.share_train) or 0.0, g.group) for g in report.group_results)
    (low, rarest), (high, largest) = shares[0], shares[-1]
    return f"{100 * high:.0f} % ({largest})", f"{100 * low:.0f} % ({rarest})"


def _detected(report: Report) -> str:
    value = _value(_of(report, "detector").synthetic)
    if value is None:
        return ""
    return (
        f"A detector tells synthetic from real rows with AUROC {number(value)} (0.5: not at all)."
    )
