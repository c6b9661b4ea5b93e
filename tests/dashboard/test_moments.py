"""The slider over a training's moments follows the newest, and stays where a person puts it."""

from __future__ import annotations

import pytest

from dashboard.moments import Followed


def followed(*looks: tuple[float, float]) -> Followed:
    """After turns that each had a newest look at a time."""
    state = Followed(looks[0][0])
    for newest, now in looks:
        state = state.at(newest, now)
    return state


def test_a_browser_that_lags_behind_chooses_nothing() -> None:
    state = followed((1.0, 0.0), (2.0, 1.0))
    assert state.is_echo(1.0, now=2.0)
    assert not state.is_echo(2.0, now=2.0)  # where it is: nothing was sent that was not true
    assert not state.is_echo(0.5, now=2.0)  # not where it was put


@pytest.mark.parametrize("pace", [20.0, 60.0])
def test_where_everything_is_slow_the_browser_may_lag_for_longer(pace: float) -> None:
    looks = [(1.0, 0.0), (2.0, pace), (2.0, 2 * pace), (2.0, 3 * pace)]
    state = followed(*looks)
    assert state.is_echo(1.0, now=4 * pace)
    assert not state.at(2.0, 4 * pace).is_echo(1.0, now=5 * pace)


def test_an_earlier_look_can_be_chosen_a_while_after_the_last() -> None:
    state = followed((1.0, 0.0), (2.0, 1.0), (2.0, 2.0), (2.0, 3.0), (2.0, 4.0))
    assert not state.is_echo(1.0, now=4.5)
    assert state.is_echo(1.0, now=3.5)
