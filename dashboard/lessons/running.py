"""A lesson's experiment as it runs: start, time left, stop; and its results, old and new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st

from dashboard.components import escape
from dashboard.reads import store
from dashboard.state import forget, recall, remember
from dashboard.text import say
from fairgen_core.errors import FairGenError
from fairgen_core.lesson_config import FairLatentConfig, FavouredGroupConfig, LessonConfig
from fairgen_core.lesson_results import FairLatentResult, FavouredGroupResult
from fairgen_core.numbers import duration, percent
from fairgen_core.runs import launcher
from fairgen_core.runs.lessons import LessonRun, expected_seconds, lesson_runs, together

_REFRESH_SECONDS = 1.0
_PROBLEM = "lessons.problem"
_MAX_SEEDS = 30
"""Of one setting that the page offers to train."""

C = TypeVar("C", FavouredGroupConfig, FairLatentConfig)
R = TypeVar("R", FavouredGroupResult, FairLatentResult)


@dataclass(frozen=True)
class Tried(Generic[C, R]):
    """One setting of a lesson with all that is known of it.

    Attributes:
        config: the setting (its name and seeds mean nothing here).
        result: all its seeds; None before the first.
        runs: its runs, oldest first.
    """

    config: C
    result: R | None = None
    runs: list[LessonRun] = field(default_factory=list)

    @property
    def known(self) -> set[int]:
        """The seeds that have a result."""
        return {one.seed for one in self.result.seeds} if self.result is not None else set()

    @property
    def active(self) -> LessonRun | None:
        """Its run that waits or works."""
        return next((run for run in self.runs if run.state in {"queued", "running"}), None)


def tried(config_class: type[C], result_class: type[R]) -> list[Tried[C, R]]:
    """Every setting of a lesson that has a run, in the order of their first runs."""
    by_setting: dict[str, list[LessonRun]] = {}
    for run in lesson_runs(store(), config_class):
        by_setting.setdefault(str(run.config.setting), []).append(run)
    found = []
    for runs in by_setting.values():
        config = runs[-1].config
        assert isinstance(config, config_class)
        results = [run.result for run in runs if isinstance(run.result, result_class)]
        found.append(Tried(config, together(results), runs))
    return found


def of_setting(every: Iterable[Tried[C, R]], config: C) -> Tried[C, R]:
    """The one of that setting, or an empty one."""
    wanted = config.setting
    return next((one for one in every if one.config.setting == wanted), Tried(config))


def seeds_to_train(known: set[int], wanted: int, n: int, first: int | None) -> tuple[int, ...]:
    """Seeds that are missing: `first` where it is, then the smallest, until `wanted` are known.

    Args:
        known: those that have a result.
        wanted: how many there shall be.
        n: at least so many new ones; 0 where enough are known.
        first: a seed that must be among them.
    """
    missing = [] if first is None or first in known else [first]
    enough = max(n, wanted - len(known))
    seed = 0
    while len(missing) < enough:
        if seed not in known and seed not in missing:
            missing.append(seed)
        seed += 1
    return tuple(missing)


def start(config: LessonConfig, seeds: tuple[int, ...]) -> None:
    """Start a run of these seeds; a problem is told by `show_problem`."""
    if not seeds:
        return
    try:
        run_id = store().create(config.model_copy(update={"seeds": seeds, "name": ""}))
        launcher.start(store(), run_id)
    except FairGenError as error:
        remember(_PROBLEM, str(error))


def show_problem() -> None:
    """Say what could not be done just now."""
    problem = recall(_PROBLEM, "")
    if problem:
        st.error(escape(problem), icon=":material/error:")
        forget(_PROBLEM)


def how_long(config: LessonConfig, seeds: tuple[int, ...]) -> str:
    """The expected time of these seeds, in words."""
    if not seeds:
        return say("lesson.known")
    one = config.model_copy(update={"seeds": seeds})
    return say("lesson.expected", time=duration(expected_seconds(store(), one)))


def show_progress(one: Tried[Any, Any]) -> None:
    """Show how the setting's newest run goes, and keep it up to date while it does."""
    if one.runs:
        refresh = _REFRESH_SECONDS if one.active else None
        st.fragment(_progress, run_every=refresh)((one.active or one.runs[-1]).id, len(one.known))


def _progress(run_id: str, n_known: int) -> None:
    """The run's bar; a whole rerun of the page when a seed is done or the run has ended."""
    try:
        launcher.tick(store())
        status = store().status(run_id)
        config = store().config(run_id)
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    n_done = sum(event.fraction == 1.0 for event in _seed_events(run_id).values())
    before: Mapping[str, Any] = recall("lessons.seen", {})
    now = {"run": run_id, "state": status.state, "done": n_done}
    remember("lessons.seen", now)
    if before and before.get("run") == run_id and dict(before) != now:
        st.rerun()
    if status.state == "done":
        return
    with st.container(border=True):
        if status.state == "failed":
            st.error(escape(status.message) or say("lesson.failed"), icon=":material/error:")
        elif status.state == "stopped":
            st.caption(say("lesson.stopped"))
        if not status.active:
            st.button(
                say("lesson.go_on"),
                icon=":material/play_arrow:",
                key=f"lessons.resume:{run_id}",
                on_click=_act,
                args=("resume", run_id),
            )
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            stage = say("lesson.stage.read")
            if status.stage.startswith("seed"):
                n = n_done + (0 if n_done == len(config.model_dump().get("seeds", ())) else 1)
                total = len(config.model_dump().get("seeds", ()))
                stage = say("lesson.stage.seed", seed=f"{status.stage} ({n}/{total})")
            words = say("lesson.queued") if status.state == "queued" else stage
            st.markdown(f"**{words}**", width="stretch")
            st.button(
                say("lesson.stopping") if status.stopping else say("lesson.stop"),
                icon=":material/stop:",
                key=f"lessons.stop:{run_id}",
                disabled=status.stopping,
                on_click=_act,
                args=("stop", run_id),
            )
        left = duration(status.seconds_left)
        parts = [percent(status.fraction)] + ([say("time.left", time=left)] if left else [])
        st.progress(min(max(status.fraction, 0.0), 1.0), text=" · ".join(parts))
        if not n_known:
            st.caption(say("lesson.wait"))


def _seed_events(run_id: str) -> dict[str, Any]:
    """The newest progress event of each seed."""
    return {e.stage: e for e in store().progress(run_id) if e.stage.startswith("seed")}


def _act(what: str, run_id: str) -> None:
    try:
        if what == "stop":
            launcher.stop(store(), run_id)
        else:
            launcher.resume(store(), run_id)
    except FairGenError as error:
        remember(_PROBLEM, str(error))


def more_button(one: Tried[Any, Any], n: int, key: str) -> None:
    """Offer to repeat a setting from seeds that it has not had yet."""
    if one.active is None and one.known and len(one.known) < _MAX_SEEDS:
        seeds = seeds_to_train(one.known, 0, n, None)
        st.button(
            say("lesson.more", n=n),
            icon=":material/casino:",
            key=key,
            help=how_long(one.config, seeds),
            on_click=start,
            args=(one.config, seeds),
        )


def delete_all(every: Iterable[Tried[Any, Any]]) -> None:
    """Offer to move a lesson's ended runs to the trash."""
    ended = [run.id for one in every for run in one.runs if run.state not in {"queued", "running"}]
    if not ended:
        return
    with st.popover(say("lesson.delete"), icon=":material/delete:"):
        st.caption(say("lesson.delete_sure"))
        st.button(
            say("lesson.delete_button"), key="lessons.delete", on_click=_delete, args=(ended,)
        )


def _delete(run_ids: list[str]) -> None:
    for run_id in run_ids:
        try:
            store().delete(run_id)
        except FairGenError as error:
            remember(_PROBLEM, str(error))
