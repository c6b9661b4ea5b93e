"""Lesson 1: does the GAN favour a group? Predict, reveal, mitigate, look closer."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import TypeAlias, get_args

import streamlit as st

from dashboard.components import on_primary, section, show_chart
from dashboard.inspecting.cards import card
from dashboard.lessons import closer
from dashboard.lessons.figures import interval_over_seeds
from dashboard.lessons.place import asked, asked_number, tell
from dashboard.lessons.running import (
    Tried,
    delete_all,
    how_long,
    more_button,
    of_setting,
    seeds_to_train,
    show_progress,
    start,
    tried,
)
from dashboard.lessons.settings import CLIPS, from_text, setting_words, to_text
from dashboard.state import keep, kept, seed
from dashboard.text import explain, say
from fairgen_core.charts.lessons import DotRow, dots_by_setting, white_by_seed
from fairgen_core.image_results import LOOK_IMAGES
from fairgen_core.lesson_config import FavouredGroupConfig, LessonOrder
from fairgen_core.lesson_results import (
    FavouredGroupResult,
    even_gap,
    over_seeds,
    paired_difference,
)
from fairgen_core.numbers import number, percent
from fairgen_core.stability import SHARES

_DIGITS = Path(__file__).resolve().parents[2] / "assets" / "lessons" / "digits.png"
PATTERNS = ("even", "white", "black", "lottery")
BETS = ("smaller", "same", "larger")
N_SEEDS, N_MORE = 6, 3
_SHARES = tuple(range(10, 91, 10))
_PAPER = FavouredGroupConfig(order="alternate", clip_norm=2.0)
_PLAIN = FavouredGroupConfig()
_MAX_SEED = 9_999

Every: TypeAlias = list[Tried[FavouredGroupConfig, FavouredGroupResult]]


def show() -> None:
    """Draw the lesson."""
    # Other lengths are no switch of the page.
    every = [
        one for one in tried(FavouredGroupConfig, FavouredGroupResult) if one.config.n_steps is None
    ]
    _story()
    guess = asked_number("guess", int, 0, 100)
    own_seed = asked_number("seed", int, 0, _MAX_SEED)
    if guess is None or own_seed is None:
        _predict(every)
    else:
        plain = of_setting(every, _PLAIN)
        _reveal(plain, guess / 100, own_seed)
        if plain.result is not None and plain.result.seeds:
            _mitigate(every, plain)
            closer.show(every)
        # Only now, and closed until something was mitigated: it gives the answers away.
        mitigated = any(one.result is not None and one is not plain for one in every)
        if plain.result is not None and plain.result.seeds:
            with st.expander(
                say("gan.honest.title"), expanded=mitigated, icon=":material/menu_book:"
            ):
                st.markdown(say("gan.honest"))
    delete_all(every)


def _story() -> None:
    section(say("gan.ask.title"))
    words, picture = st.columns([3, 2], gap="large", vertical_alignment="center")
    words.markdown(say("gan.ask"))
    picture.image(
        str(_DIGITS), caption=say("gan.real_caption"), alt=say("gan.real_alt"), width="stretch"
    )


# --- predict -----------------------------------------------------------------------------------


def _predict(every: Every) -> None:
    section(say("gan.predict.title"), say("gan.predict.caption"))
    plain = of_setting(every, _PLAIN)
    with st.form("lessons.gan.predict"):
        left, right = st.columns(2, gap="large")
        own = left.number_input(
            say("gan.seed"), 0, _MAX_SEED, key=kept("gan.seed", 0), help=say("gan.seed.help")
        )
        guess = left.slider(say("gan.guess"), 0, 100, step=5, key=kept("gan.guess", 50))
        pattern = right.radio(
            say("gan.pattern"),
            PATTERNS,
            format_func=lambda name: say(f"gan.pattern.{name}"),
            key=kept("gan.pattern", PATTERNS[0]),
        )
        seeds = seeds_to_train(plain.known, N_SEEDS, 0, int(own))
        locked = st.form_submit_button(
            on_primary(say("gan.lock")), type="primary", icon=":material/lock:", key="gan.lock"
        )
    st.caption(how_long(_PLAIN, seeds))
    if locked:
        keep("gan.seed", own), keep("gan.guess", guess), keep("gan.pattern", pattern)
        tell(guess=guess, pattern=pattern, seed=own)
        if plain.active is None:
            start(_PLAIN, seeds)
        st.rerun()


# --- reveal ------------------------------------------------------------------------------------


def _reveal(plain: Tried[FavouredGroupConfig, FavouredGroupResult], guess: float, own: int) -> None:
    section(say("gan.reveal.title"))
    show_progress(plain)
    result = plain.result
    if result is not None and result.seeds:
        white = {one.seed: one.white for one in result.seeds}
        _answer(white, guess, own)
        chart = white_by_seed(white, result.training_share, guess, own)
        show_chart(chart, key="gan.white")
        _cards(result)
        _moral(result)
    with st.container(horizontal=True):
        more_button(plain, N_MORE, "gan.more")
        st.button(
            say("lesson.again"),
            icon=":material/replay:",
            key="gan.again",
            on_click=tell,
            kwargs={"guess": "", "pattern": "", "bet": "", "setting": ""},
        )


def _answer(white: dict[int, float], guess: float, own: int) -> None:
    given = {"guess": percent(guess), "seed": own}
    if own in white:
        first = say("gan.yours", white=percent(white[own]), **given)
    else:
        first = say("gan.yours_waits", **given)
    pattern = asked("pattern")
    sides = say(
        "gan.sides",
        n=len(white),
        n_white=sum(value > 0.5 for value in white.values()),
        n_black=sum(value < 0.5 for value in white.values()),
        pattern=say(f"gan.pattern.{pattern if pattern in PATTERNS else PATTERNS[0]}"),
    )
    st.markdown(f"{first} {sides}")


def _cards(result: FavouredGroupResult) -> None:
    real = result.recognisable_real
    notes = {
        "white": say("gan.card.white.note"),
        "gap": say("gan.card.gap.note", even=number(even_gap(LOOK_IMAGES))),
        "recognisable": say("gan.card.quality.note", real=number(real.value)),
    }
    titles = {"recognisable": "quality"}
    for cell, (name, note) in zip(st.columns(3), notes.items(), strict=True):
        figure = over_seeds((getattr(one, name) for one in result.seeds), SHARES)
        title = say(f"gan.card.{titles.get(name, name)}")
        help_text = explain({"white": "seed", "gap": "late_gap"}.get(name, "recognisability"))
        with cell:
            card(title, number(figure.value), [note, interval_over_seeds(figure)], help_text)


def _moral(result: FavouredGroupResult) -> None:
    """What these seeds say, and only that."""
    gaps = [one.gap for one in result.seeds]
    shares = [one.white for one in result.seeds]
    gap, white = statistics.fmean(gaps), statistics.fmean(shares)
    hidden = min(shares) < 0.5 < max(shares) and gap > 3 * even_gap(LOOK_IMAGES)
    words = "gan.lottery" if hidden and gap > 1.2 * abs(2 * white - 1) else "gan.steady"
    st.markdown(say(words, white=percent(white), gap=number(gap)))


# --- mitigate ----------------------------------------------------------------------------------


def _mitigate(every: Every, plain: Tried[FavouredGroupConfig, FavouredGroupResult]) -> None:
    section(say("gan.switch.title"), say("gan.switch.caption"))
    _switches(every)
    shown = from_text(asked("setting"))
    if shown is not None:
        current = of_setting(every, shown)
        show_progress(current)
        _bet(plain, current)
        if shown.share != _PLAIN.share:
            st.caption(say("gan.unequal", share=percent(shown.share)))
        more_button(current, N_MORE, "gan.more_of_setting")
    rows = [
        DotRow(setting_words(one.config), {s.seed: s.gap for s in one.result.seeds})
        for one in every
        if one.result is not None
    ]
    if len(rows) > 1:
        section(say("gan.compare.title"))
        chart = dots_by_setting(rows, say("gan.compare.axis"), even_gap(LOOK_IMAGES))
        show_chart(chart, key="gan.gaps")


def _set_paper() -> None:
    st.session_state["gan.order"] = _PAPER.order
    st.session_state["gan.first"] = 0
    st.session_state["gan.clip"] = _PAPER.clip_norm
    st.session_state["gan.share"] = 50


def _switches(every: Every) -> None:
    given = from_text(asked("setting")) or FavouredGroupConfig(order="alternate")
    left, right = st.columns(2, gap="large")
    with left:
        order: LessonOrder = st.radio(
            say("gan.order"),
            get_args(LessonOrder),
            format_func=lambda name: say(f"gan.order.{name}"),
            key=seed("gan.order", given.order),
        )
        first = st.segmented_control(
            say("gan.first"),
            (0, 1),
            format_func=lambda code: say(f"gan.first.{code}"),
            key=seed("gan.first", given.first_group),
            required=True,
            disabled=order != "alternate",
        )
    with right:
        clip = st.select_slider(
            say("gan.clip"),
            CLIPS,
            format_func=lambda c: say("gan.clip.off") if c is None else f"{c:g}",
            key=seed("gan.clip", given.clip_norm),
            help=explain("clip_norm"),
        )
        share = st.select_slider(
            say("gan.share"), _SHARES, key=seed("gan.share", round(100 * given.share))
        )
        st.button(
            say("gan.paper"),
            icon=":material/description:",
            key="gan.paper",
            help=say("gan.paper.help"),
            on_click=_set_paper,
        )
    config = FavouredGroupConfig.model_validate(
        {"order": order, "first_group": first or 0, "clip_norm": clip, "share": share / 100}
    )
    known = of_setting(every, config)
    seeds = seeds_to_train(known.known, N_SEEDS, 0, None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bet = st.segmented_control(
            say("gan.bet"),
            BETS,
            format_func=lambda name: say(f"gan.bet.{name}"),
            key=seed("gan.bet", asked("bet") if asked("bet") in BETS else None),
        )
        not_yet = bet is None or config.setting == _PLAIN.setting
        pressed = st.button(
            on_primary(say("gan.try"), not_yet),
            type="primary",
            icon=":material/play_arrow:",
            key="gan.try",
            disabled=not_yet,
        )
    st.caption(how_long(config, seeds))
    if pressed:
        tell(setting=to_text(config), bet=bet)
        if known.active is None:
            start(config, seeds)
        st.rerun()


def _bet(
    plain: Tried[FavouredGroupConfig, FavouredGroupResult],
    current: Tried[FavouredGroupConfig, FavouredGroupResult],
) -> None:
    """Whether the class was right, as far as the seeds can tell."""
    if current.result is None or plain.result is None or not current.result.seeds:
        return
    bet = asked("bet") if asked("bet") in BETS else BETS[1]
    change = paired_difference(
        {one.seed: one.gap for one in plain.result.seeds},
        {one.seed: one.gap for one in current.result.seeds},
    )
    named = say(f"gan.bet.{bet}").lower()
    if change.value is None or change.low is None or change.high is None:
        st.markdown(say("gan.bet.unknown", bet=named, reason=change.reason))
        return
    found = "smaller" if change.high < 0 else "larger" if change.low > 0 else "same"
    sign = "+" if change.value > 0 else ""
    st.markdown(
        say(
            "gan.bet.result",
            bet=named,
            n=change.n,
            change=sign + number(change.value),
            low=number(change.low),
            high=number(change.high),
            found=say(f"gan.found.{found}"),
        )
    )
