"""Which runs a list shows, in which order. No streamlit import."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from dashboard.text import TEXT, say
from fairgen_core.data.catalogue import CATALOGUE
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.runs.status import RunSummary


def data_words(run: RunSummary) -> str:
    """The name that a person knows a run's data by."""
    entry = CATALOGUE.get(run.data) or IMAGE_CATALOGUE.get(run.data)
    return entry.title if entry is not None else run.data


def fairness_words(run: RunSummary) -> str:
    """What was to hold, in a word or two."""
    return say(f"short.{run.fairness}") if run.fairness else ""


def generator_words(run: RunSummary) -> str:
    """What made the rows or pictures; an audit makes none."""
    if run.task == "audit":
        return say("table.task.audit")
    if run.task == "train-images":
        return _picture_words(run.generator)
    return TEXT.get(f"make.{run.generator}", run.generator)


def _picture_words(generator: str) -> str:
    """``gan alternate clip 2`` in the words of the form."""
    what, *how = generator.split() or [""]
    words = [TEXT.get(f"what.{what}", what)]
    while how:
        word = how.pop(0)
        if word == "clip" and how:
            words.append(say("how.clip", value=how.pop(0)))
        else:
            words.append(TEXT.get(f"grouping.short.{word}") or TEXT.get(f"make.{word}", word))
    return ", ".join(words)


def _target(run: RunSummary) -> str:
    return run.target or say("table.no_target")


def _state(run: RunSummary) -> str:
    return say(f"state.{run.state}")


WORDS: Mapping[str, Callable[[RunSummary], Sequence[str]]] = {
    "data": lambda run: (data_words(run),),
    "target": lambda run: (_target(run),),
    "fairness": lambda run: (fairness_words(run),) if run.fairness else (),
    "generator": lambda run: (generator_words(run),),
    "state": lambda run: (_state(run),),
    "tag": lambda run: run.tags,
}
"""What runs can be filtered by, and the words that a run answers with."""

SORTS = ("newest", "name", "auroc", "dp")
"""The orders that are offered."""

_LEAST_OF_ID = 4
"""Characters of an id's end that name a run: an id ends in four by chance."""


def choices(runs: Iterable[RunSummary]) -> dict[str, list[str]]:
    """The words that occur in each filter, sorted; filters without a choice are left out."""
    found: dict[str, set[str]] = {name: set() for name in WORDS}
    for run in runs:
        for name, words in WORDS.items():
            found[name].update(words(run))
    return {
        name: sorted(words)
        for name, words in found.items()
        if len(words) > 1 or (name == "tag" and words)
    }


def fitting(
    runs: Iterable[RunSummary], search: str, chosen: Mapping[str, Sequence[str]]
) -> list[RunSummary]:
    """The runs that hold every word of the search and one of the chosen words of each filter.

    Args:
        runs: all runs.
        search: words; case does not matter, and a part of a word is enough. Of an id, the whole
            or its end counts only.
        chosen: words by filter, as `choices` gives them; empty: any.
    """
    words = search.lower().split()
    asked = {name: set(values) for name, values in chosen.items() if values}
    return [
        run
        for run in runs
        if all(not values.isdisjoint(WORDS[name](run)) for name, values in asked.items())
        and _holds(run, words)
    ]


def _holds(run: RunSummary, words: Sequence[str]) -> bool:
    if not words:
        return True
    parts = [run.name, *run.sensitive, run.preset]
    parts += [word for give in WORDS.values() for word in give(run)]
    text = "\n".join(parts).lower()
    return all(word in text or _names(run.id, word) for word in words)


def _names(run_id: str, word: str) -> bool:
    """Whether a word is a run's id, or the end of it that pages show: an id's middle is chance."""
    return len(word) >= _LEAST_OF_ID and run_id.lower().endswith(word)


def in_order(runs: Iterable[RunSummary], sort: str) -> list[RunSummary]:
    """The runs in one of `SORTS`; those without the figure come last, the newest first."""
    newest = sorted(runs, key=lambda run: (run.created, run.id), reverse=True)
    if sort == "name":
        return sorted(newest, key=lambda run: run.name.lower())
    if sort == "auroc":
        return sorted(newest, key=lambda run: -run.figures.get("auroc", -math.inf))
    if sort == "dp":
        return sorted(newest, key=lambda run: run.figures.get("dp", math.inf))
    return newest
