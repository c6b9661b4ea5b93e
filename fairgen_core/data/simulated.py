"""A simulated hiring table whose truth is known.

A job is given to applicants by a rule that is written down here, so that what a model or a
synthetic table says about fairness can be held against the truth. One dial, the bias, scales the
two edges that are unfair; at 0 the decision does not depend on gender at all, neither directly nor
by a detour.

The causal graph (arrows with ``*`` are scaled by the bias)::

    gender -> part_time            women work part-time more often
    gender -> club                 sports clubs are chosen by gender: a proxy without any merit
    gender -*> hired               direct discrimination
    part_time -*> hired            indirect discrimination
    age -> experience_years        nobody has worked longer than since leaving school
    education -> experience_years
    education -> test_score
    education, experience_years, test_score -> hired      merit
    region, interview_date         depend on nothing and decide nothing
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

CAUSAL_GRAPH: tuple[tuple[str, str, bool], ...] = (
    ("gender", "part_time", False),
    ("gender", "club", False),
    ("gender", "hired", True),
    ("part_time", "hired", True),
    ("age", "experience_years", False),
    ("education", "experience_years", False),
    ("education", "test_score", False),
    ("education", "hired", False),
    ("experience_years", "hired", False),
    ("test_score", "hired", False),
)
"""Edges (cause, effect, whether the bias scales it)."""

N_ROWS = 10_000

_EDUCATION = ("school", "vocational", "bachelor", "master")
_REGIONS = ("north", "south", "east", "west")
_CLUBS = ("football", "gymnastics", "choir", "chess", "none")
_CLUB_OF_MEN = (0.38, 0.05, 0.10, 0.17, 0.30)
_CLUB_OF_WOMEN = (0.10, 0.30, 0.25, 0.05, 0.30)
_PART_TIME_OF_MEN, _PART_TIME_OF_WOMEN = 0.12, 0.45
_SHARE_OF_WOMEN = 0.42
_DIRECT, _INDIRECT = -1.1, -0.6
"""Log-odds of being hired that the bias takes from women, and from part-time workers."""


def simulate_hiring(
    n_rows: int = N_ROWS,
    bias: float = 1.0,
    seed: int = 0,
    *,
    detour: float = 1.0,
    part_time: tuple[float, float] = (_PART_TIME_OF_MEN, _PART_TIME_OF_WOMEN),
) -> pd.DataFrame:
    """Draw applicants and decisions from the causal graph above.

    Args:
        n_rows: number of applicants.
        bias: 0: decisions by merit alone; 1: as biased as the graph says; more is more.
        seed: the same seed gives the same applicants at every bias; only decisions differ.
        detour: scales the bias that goes by way of part-time work, and that alone.
        part_time: share of men and of women who work part-time: how good a proxy it is.

    Returns:
        A frame of plain values: age, experience_years int; test_score float with one decimal;
        interview_date datetime; the others text; about 4 % of region missing.
    """
    rng = np.random.default_rng([seed, n_rows])
    woman = rng.random(n_rows) < _SHARE_OF_WOMEN
    age = np.clip(np.round(rng.gamma(6.0, 3.2, n_rows) + 19), 19, 66).astype(np.int64)
    education = rng.choice(len(_EDUCATION), n_rows, p=(0.25, 0.35, 0.25, 0.15))
    longest = np.maximum(age - 18 - education, 0)
    experience = np.round(longest * rng.beta(4.0, 1.6, n_rows)).astype(np.int64)
    score = np.clip(55 + 5 * education + rng.normal(0, 13, n_rows), 0, 100).round(1)
    half_days = rng.random(n_rows) < np.where(woman, part_time[1], part_time[0])
    club_draw = rng.random(n_rows)
    club = np.where(
        woman,
        np.searchsorted(np.cumsum(_CLUB_OF_WOMEN)[:-1], club_draw),
        np.searchsorted(np.cumsum(_CLUB_OF_MEN)[:-1], club_draw),
    )
    region = rng.choice(len(_REGIONS), n_rows, p=(0.4, 0.25, 0.2, 0.15))
    no_region = rng.random(n_rows) < 0.04
    days = rng.integers(0, 104, n_rows) * 7 + rng.integers(0, 5, n_rows)
    minutes = rng.integers(18, 34, n_rows) * 30
    dates = (
        np.datetime64("2023-01-02T00:00")
        + days.astype("timedelta64[D]")
        + minutes.astype("timedelta64[m]")
    )
    frame = pd.DataFrame(
        {
            "gender": np.where(woman, "woman", "man"),
            "age": age,
            "education": np.array(_EDUCATION, dtype=object)[education],
            "experience_years": experience,
            "part_time": np.where(half_days, "yes", "no"),
            "club": np.array(_CLUBS, dtype=object)[club],
            "region": pd.Series(np.array(_REGIONS, dtype=object)[region]).mask(no_region, None),
            "interview_date": dates.astype("datetime64[ns]"),
            "test_score": score,
        }
    )
    # One draw a person, compared with the probability: the bias changes decisions, not persons.
    hired = rng.random(n_rows) < hiring_probability(frame, bias, detour)
    frame["hired"] = np.where(hired, "yes", "no")
    return frame


def hiring_probability(
    frame: pd.DataFrame, bias: float = 1.0, detour: float = 1.0
) -> npt.NDArray[np.float64]:
    """The true P(hired = yes) of each row; with `bias` 0, what it were without the unfair edges.

    Args:
        frame: rows with the columns of `simulate_hiring` (``hired`` itself is not looked at).
        bias, detour: as in `simulate_hiring`.

    Returns:
        (n,) probabilities.
    """
    education = frame["education"].map({name: i for i, name in enumerate(_EDUCATION)})
    logit = (
        -1.15
        + 0.35 * (education.to_numpy(dtype=np.float64) - 1.3)
        + 0.05 * (frame["experience_years"].to_numpy(dtype=np.float64) - 12)
        + 0.09 * (frame["test_score"].to_numpy(dtype=np.float64) - 61.5)
        + bias * _DIRECT * (frame["gender"] == "woman").to_numpy(dtype=np.float64)
        + bias * detour * _INDIRECT * (frame["part_time"] == "yes").to_numpy(dtype=np.float64)
    )
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))
