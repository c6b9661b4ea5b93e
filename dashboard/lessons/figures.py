"""What the lessons' cards say about a figure over seeds."""

from __future__ import annotations

from dashboard.text import say
from fairgen_core.numbers import number
from fairgen_core.results import Figure


def interval_over_seeds(figure: Figure) -> str:
    """The seeds behind a mean and its interval; of one seed, that it has none.

    Args:
        figure: of `lesson_results.over_seeds`.
    """
    if figure.value is None:
        return figure.reason
    if figure.low is None or figure.high is None:
        return say("lesson.one_seed")
    seeds = say("lesson.seeds", n=figure.n)
    interval = say("figure.interval", low=number(figure.low), high=number(figure.high))
    cut = f" ({say('figure.cut')})" if figure.reason else ""
    return f"{seeds} · {interval}{cut}"
