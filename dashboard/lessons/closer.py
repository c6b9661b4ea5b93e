"""One training of the lesson on pictures, step by step: pictures, frequencies, gradient norms."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components import section, show_chart
from dashboard.lessons.place import asked
from dashboard.lessons.running import Tried
from dashboard.lessons.settings import setting_words, to_text
from dashboard.looks import beside, show_grid
from dashboard.picture_projects import PREFIX
from dashboard.pictures import FIRST
from dashboard.reads import store
from dashboard.state import go
from dashboard.text import say
from fairgen_core.charts import frequencies_over_time, norms_over_time
from fairgen_core.errors import FairGenError
from fairgen_core.lesson_config import FavouredGroupConfig
from fairgen_core.lesson_results import FavouredGroupResult, GanSeed
from fairgen_core.numbers import percent
from fairgen_core.runs.lessons import pictures

_TRAIN_PAGE = "views/train.py"

One = Tried[FavouredGroupConfig, FavouredGroupResult]


def show(every: Sequence[One]) -> None:
    """Choose a setting and a seed, and see how it went."""
    known = [one for one in every if one.result is not None and one.result.seeds]
    if not known:
        return
    section(say("gan.closer.title"))
    left, right = st.columns(2)
    texts = [to_text(one.config) for one in known]
    shown = asked("setting")
    number = left.selectbox(
        say("gan.closer.setting"),
        range(len(known)),
        index=texts.index(shown) if shown in texts else 0,
        format_func=lambda i: setting_words(known[i].config).replace("\n", ", "),
        key=f"gan.closer.setting:{shown}",
    )
    one = known[number]
    result = one.result
    assert result is not None  # only such are offered
    seeds = {seed.seed: seed for seed in result.seeds}
    chosen = right.selectbox(
        say("gan.closer.seed"), list(seeds), key=f"gan.closer.seed:{texts[number]}"
    )
    _training(one, result, seeds[chosen])
    if st.button(
        say("gan.live"), icon=":material/compare:", key="gan.live", help=say("gan.live.help")
    ):
        go(project=f"{PREFIX}{FIRST}", run="")
        st.switch_page(_TRAIN_PAGE)


def _training(one: One, result: FavouredGroupResult, seed: GanSeed) -> None:
    by_step = {point.step: point for point in seed.trace}
    step = st.select_slider(
        say("gan.closer.step"),
        list(by_step),
        value=seed.trace[-1].step,
        key=f"gan.closer.step:{to_text(one.config)}:{seed.seed}",
    )
    left, right = beside("gan-closer", 2)
    with left:
        _picture(one, seed.seed, step, by_step[step].epoch)
    with right:
        st.markdown(f"**{say('gan.closer.frequencies')}**")
        point = by_step[step]
        chart = frequencies_over_time(seed.trace, result.groups, moment=point.epoch)
        show_chart(chart, key="gan.closer.frequencies")
    st.markdown(f"**{say('gan.closer.norms')}**")
    show_chart(
        norms_over_time(seed.norms, result.groups, one.config.clip_norm), key="gan.closer.norms"
    )
    words = [say("gan.closer.norm_words")]
    if one.config.clip_norm is not None:
        words.insert(0, say("gan.closer.clipped", share=percent(seed.clipped)))
    st.caption(" ".join(words))


def _picture(one: One, seed: int, step: int, epoch: float) -> None:
    for run in reversed(one.runs):
        try:
            path = pictures(store().path(run.id), seed).get(step)
        except FairGenError:
            continue
        if path is not None:
            words = say("gan.closer.picture", step=step, epoch=f"{epoch:.0f}")
            show_grid(path, words, words)
            return
