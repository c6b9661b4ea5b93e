"""Lesson 2: what the fair latent does and does not do. Predict, reveal, why, change one thing."""

from __future__ import annotations

import statistics

import pandas as pd
import streamlit as st

from dashboard.components import on_primary, section, show_chart
from dashboard.inspecting.cards import card
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
from dashboard.state import keep, kept, seed
from dashboard.text import explain, say
from fairgen_core.charts.lessons import DotRow, dots_by_setting
from fairgen_core.lesson_config import FairLatentConfig
from fairgen_core.lesson_results import (
    WIRINGS,
    FairLatentResult,
    Wiring,
    WiringFigures,
    over_seeds,
)
from fairgen_core.numbers import number, percent
from fairgen_core.stability import SHARES

DP_LIMIT, FTU_LIMIT = 0.065, 0.02
"""What 'holds' means; the bounds of docs/BENCHMARKS.md for the target 'both'."""
N_SEEDS, N_MORE = 3, 2
BIASES = (0.0, 0.25, 0.5, 1.0)
ALPHAS = (0.0, 10.0, 30.0, 100.0, 300.0)
_N_TEST = 14_000
_LESSON = FairLatentConfig()
_YES, _NO = "y", "n"

One = Tried[FairLatentConfig, FairLatentResult]


def show() -> None:
    """Draw the lesson."""
    every = tried(FairLatentConfig, FairLatentResult)
    section(say("latent.ask.title"))
    st.markdown(say("latent.ask"))
    section(say("latent.wires.title"), say("latent.wires.caption"))
    for wiring in WIRINGS:
        st.markdown(f"- **{say(f'latent.wire.{wiring}')}.** {say(f'latent.wire.{wiring}.means')}")
    guesses = _guesses()
    if guesses is None:
        _predict(every)
    else:
        revealed = _reveal(every, guesses)
        if revealed:  # Before, it would give the answers away.
            section(say("latent.honest.title"))
            st.markdown(say("latent.honest"))
    delete_all(every)


def _guesses() -> dict[Wiring, tuple[bool, bool]] | None:
    """What was predicted of each wiring, (DP, FTU); None before the prediction."""
    letters = asked("wirings")
    if len(letters) != 2 * len(WIRINGS) or set(letters) - {_YES, _NO}:
        return None
    return {
        wiring: (letters[2 * i] == _YES, letters[2 * i + 1] == _YES)
        for i, wiring in enumerate(WIRINGS)
    }


def _limits() -> None:
    """What 'holds' means, and what the two figures are."""
    words = say("latent.limits", dp=f"{DP_LIMIT:g}", ftu=f"{FTU_LIMIT:g}")
    st.caption(words, help=f"{explain('dp_any')}\n\n{explain('ftu')}")


# --- predict -----------------------------------------------------------------------------------


def _predict(every: list[One]) -> None:
    section(say("latent.predict.title"), say("latent.predict.caption", n=f"{_N_TEST:,}"))
    one = of_setting(every, _LESSON)
    seeds = seeds_to_train(one.known, N_SEEDS, 0, None)
    letters = ""
    with st.form("lessons.latent.predict"):
        attacker = st.slider(
            say("latent.predict.attacker"),
            0.5, 1.0, step=0.05, key=kept("latent.attacker", 0.5), help=explain("attacker"),
        )  # fmt: skip
        _limits()
        for wiring in WIRINGS:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{say(f'latent.wire.{wiring}')}**", width=290)
                with st.container(horizontal=True, width="content"):  # they break together
                    for key in ("dp", "ftu"):
                        name = f"latent.{wiring}.{key}"
                        held = st.toggle(say(f"latent.predict.{key}"), key=kept(name, False))
                        keep(name, held)
                        letters += _YES if held else _NO
        locked = st.form_submit_button(
            on_primary(say("latent.lock")),
            type="primary",
            icon=":material/lock:",
            key="latent.lock",
        )
    st.caption(how_long(_LESSON, seeds))
    if locked:
        keep("latent.attacker", attacker)
        tell(wirings=letters, attacker=f"{attacker:.2f}", dials="")
        if one.active is None:
            start(_LESSON, seeds)
        st.rerun()


# --- reveal ------------------------------------------------------------------------------------


def _reveal(every: list[One], guesses: dict[Wiring, tuple[bool, bool]]) -> bool:
    """Show what came out; whether anything did."""
    section(say("latent.reveal.title"))
    config = _shown_config()
    one = of_setting(every, config)
    show_progress(one)
    result = one.result
    if result is not None and result.seeds:
        st.caption(
            say(
                "latent.shown",
                bias=f"{config.bias:g}",
                alpha=f"{config.alpha:g}",
                n=len(result.seeds),
            )
        )
        _cards(result)
        _limits()
        _table(result, guesses)
        _charts(result)
        section(say("latent.why.title"))
        st.markdown(say("latent.why"))
        st.caption(say("latent.measured"))
    with st.container(horizontal=True):
        more_button(one, N_MORE, "latent.more")
        st.button(
            say("lesson.again"),
            icon=":material/replay:",
            key="latent.again",
            on_click=tell,
            kwargs={"wirings": "", "attacker": "", "dials": ""},
        )
    if result is None or not result.seeds:
        return False
    _switches(every, config)
    return True


def _shown_config() -> FairLatentConfig:
    """The setting that the URL names, ``0.5_30``, else the lesson's."""
    bias, _, alpha = asked("dials").partition("_")
    try:
        chosen = FairLatentConfig(bias=float(bias), alpha=float(alpha))
    except ValueError:
        return _LESSON
    return chosen if chosen.bias in BIASES and chosen.alpha in ALPHAS else _LESSON


def _cards(result: FairLatentResult) -> None:
    guess = asked_number("attacker", float, 0.5, 1.0)
    attacker = over_seeds((s.attacker for s in result.seeds if s.attacker is not None), SHARES)
    rows: tuple[tuple[str, float | None, dict[str, str]], ...] = (
        ("attacker", attacker.value, {"guess": "–" if guess is None else f"{guess:g}"}),
        ("attacker_real", result.real_attacker, {}),
        ("truth", result.true_gap, {}),
    )
    for cell, (name, value, places) in zip(st.columns(3), rows, strict=True):
        with cell:
            term = "dp" if name == "truth" else "attacker"
            lines = [say(f"latent.{name}.note", **places)]
            lines += [interval_over_seeds(attacker)] if name == "attacker" else []
            card(say(f"latent.{name}"), number(value), lines, explain(term))


def _values(result: FairLatentResult, wiring: Wiring, key: str) -> dict[int, float]:
    """A figure by seed, without the seeds in which it is struck out."""
    found = {one.seed: one.of(wiring).figures[key] for one in result.seeds}
    return {s: f.value for s, f in found.items() if f.value is not None and not f.struck}


def _mean(result: FairLatentResult, wiring: Wiring, key: str) -> float | None:
    values = _values(result, wiring, key)
    return statistics.fmean(values.values()) if values else None


def _table(result: FairLatentResult, guesses: dict[Wiring, tuple[bool, bool]]) -> None:
    """For each wiring what held, beside what was predicted."""
    columns = [
        say(f"latent.table.{name}")
        for name in ("wiring", "dp", "dp_guess", "ftu", "ftu_guess", "auroc", "rate")
    ]
    real = {key: figure.value for key, figure in result.real.figures.items()}
    rows = [
        [
            say("latent.table.real"),
            _cell(real["dp_any"], DP_LIMIT),
            "",
            _cell(real["ftu"], FTU_LIMIT),
            "",
            number(real["auroc"]),
            _rates(result, [result.real]),
        ]
    ]
    right = known = 0
    for wiring in WIRINGS:
        cells = [say(f"latent.wire.{wiring}")]
        for key, limit, said in zip(
            ("dp_any", "ftu"), (DP_LIMIT, FTU_LIMIT), guesses[wiring], strict=True
        ):
            mean = _mean(result, wiring, key)
            cells += [_cell(mean, limit), say("latent.yes" if said else "latent.no")]
            if mean is not None:
                known += 1
                right += (mean <= limit) == said
        made = [one.of(wiring) for one in result.seeds]
        rows.append([*cells, number(_mean(result, wiring, "auroc")), _rates(result, made)])
    st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, alt=say("latent.table.alt"))
    st.markdown(f"**{say('latent.score', right=right, n=known)}**")
    for one in (one.of(wiring) for one in result.seeds for wiring in WIRINGS):
        flag = one.figures["one_class"]
        if flag.value:
            st.caption(say("latent.one_class", reason=flag.reason))


def _cell(mean: float | None, limit: float) -> str:
    if mean is None:
        return "–"
    word = say("latent.yes" if mean <= limit else "latent.no")
    return say("latent.table.cell", value=number(mean), word=word)


def _rates(result: FairLatentResult, made: list[WiringFigures]) -> str:
    """The share that the model would hire, by group: ``man 9.5 %, woman 7.1 %``."""
    return ", ".join(
        f"{group} {percent(statistics.fmean(one.rates[group] for one in made))}"
        for group in result.groups
    )


def _charts(result: FairLatentResult) -> None:
    for key, limit, title in (
        ("dp_any", DP_LIMIT, "latent.dp.axis"),
        ("ftu", FTU_LIMIT, "latent.ftu.axis"),
    ):
        real = result.real.figures[key]
        rows = [DotRow(say("latent.table.real"), {}, real.value)]
        rows += [DotRow(say(f"latent.wire.{w}"), _values(result, w, key)) for w in WIRINGS]
        show_chart(dots_by_setting(rows, say(title), limit), key=f"latent.{key}")


# --- change one thing --------------------------------------------------------------------------


def _switches(every: list[One], shown: FairLatentConfig) -> None:
    section(say("latent.switch.title"))
    left, right = st.columns(2, gap="large")
    bias = left.select_slider(
        say("latent.bias"),
        BIASES,
        format_func=lambda value: f"{value:g}",
        key=seed("latent.bias", shown.bias),
        help=say("latent.bias.help"),
    )
    alpha = right.select_slider(
        say("latent.alpha"),
        ALPHAS,
        format_func=lambda value: say("latent.alpha.0") if value == 0 else f"{value:g}",
        key=seed("latent.alpha", shown.alpha),
        help=say("latent.alpha.help"),
    )
    config = FairLatentConfig(bias=bias, alpha=alpha)
    one = of_setting(every, config)
    seeds = seeds_to_train(one.known, N_SEEDS, 0, None)
    pressed = st.button(
        on_primary(say("latent.try"), config.setting == shown.setting),
        type="primary",
        icon=":material/play_arrow:",
        key="latent.try",
        disabled=config.setting == shown.setting,
    )
    if config.setting != shown.setting:
        st.caption(how_long(config, seeds))
    if pressed:
        tell(dials=f"{config.bias:g}_{config.alpha:g}")
        if one.active is None:
            start(config, seeds)
        st.rerun()
