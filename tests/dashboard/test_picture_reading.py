"""Pictures are read once for all sessions, with a bar, and the reading can be left."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import picture_reading, pictures
from dashboard.picture_reading import MOST_KEPT, Shelf, Tell
from dashboard.text import say
from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.prepared import read_plain
from fairgen_core.data.images.reading import PlainPictures
from fairgen_core.errors import DataError, StoppedError
from fairgen_core.image_config import ImageDataConfig
from fairgen_core.runs.store import RunStore
from tests.core.data.images.picture_builders import folders, zipped
from tests.dashboard.pages import again, labels, widget, words
from tests.dashboard.test_picture_data import ZIP, bring, faces, people, upload_page


class Told:
    """A bar that only notes."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.waited = threading.Event()

    def tell(self, share: float) -> None:
        self.shares.append(share)

    def wait(self) -> None:
        self.waited.set()


def some() -> PlainPictures:
    table = pd.DataFrame({"file": ["a", "b"]})
    return PlainPictures(ImageSet(np.zeros((2, 8, 8, 1), np.uint8), table))


def test_what_was_read_is_kept_and_the_oldest_is_put_away() -> None:
    shelf, read = Shelf(), []

    def make(tell: Tell) -> PlainPictures:
        read.append(1)
        tell(0.5)
        return some()

    told = Told()
    first = shelf.read("0", make, told)
    assert shelf.read("0", make, told) is first
    assert told.shares == [0.5]
    for number in range(1, MOST_KEPT + 1):
        shelf.read(str(number), make, told)
    assert shelf.get("0") is None
    assert shelf.get(str(MOST_KEPT)) is not None
    assert len(read) == MOST_KEPT + 1


def test_two_sessions_read_the_same_once() -> None:
    shelf, begun, go_on = Shelf(), threading.Event(), threading.Event()
    found: list[PlainPictures] = []

    def make(tell: Tell) -> PlainPictures:
        begun.set()
        assert go_on.wait(30)
        return some()

    def never(tell: Tell) -> PlainPictures:
        raise AssertionError("it was read before")

    first = threading.Thread(target=lambda: found.append(shelf.read("a", make, Told())))
    first.start()
    assert begun.wait(30)
    second_bar = Told()
    second = threading.Thread(target=lambda: found.append(shelf.read("a", never, second_bar)))
    second.start()
    assert second_bar.waited.wait(30), "it is told that another session reads"
    go_on.set()
    first.join(30)
    second.join(30)
    assert found[0] is found[1]


def test_a_reading_that_was_left_can_begin_anew() -> None:
    shelf = Shelf()

    def leave(tell: Tell) -> PlainPictures:
        raise StoppedError("left")

    with pytest.raises(StoppedError):
        shelf.read("a", leave, Told())
    assert len(shelf.read("a", lambda tell: some(), Told()).images) == 2


def slow_page() -> None:
    import streamlit as st

    from dashboard import picture_reading
    from fairgen_core.errors import StoppedError
    from tests.dashboard.test_picture_reading import some, steps

    try:
        found = picture_reading.read_once(
            "slow", lambda tell: ([tell(share) for share in steps()], some())[1]
        )
        st.write(f"{len(found.images)} were read")
    except StoppedError as error:
        st.info(str(error))


def steps() -> list[float]:
    return [0.1, 0.25]


def test_the_bar_tells_share_and_time_left_and_is_gone_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    clock = iter(range(0, 1000, 2))
    monkeypatch.setattr(picture_reading.time, "monotonic", lambda: float(next(clock)))
    real = picture_reading.Bar._show

    def noted(self: Any, elapsed: float, share: float, told: str) -> None:
        shown.append(told)
        real(self, elapsed, share, told)

    monkeypatch.setattr(picture_reading.Bar, "_show", noted)
    picture_reading._shelf.clear()
    at = AppTest.from_function(slow_page, default_timeout=60).run()
    assert not at.exception
    assert "2 were read" in words(at)
    assert shown == [
        "Reading the pictures: 10 % · about 18 s left",
        "Reading the pictures: 25 % · about 12 s left",
    ]
    assert not at.button, "the bar and its button are gone"


def test_a_reading_that_was_cancelled_just_now_is_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture_reading._shelf.clear()
    at = AppTest.from_function(slow_page, default_timeout=60)
    at.session_state["pictures.cancelled"] = "slow"
    at.run()
    assert [info.value for info in at.info] == [say("pictures.cancelled")]
    at.run()
    assert "2 were read" in words(at)


def test_an_upload_whose_reading_was_cancelled_can_be_read_again(
    runs: RunStore, quiet_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = upload_page()

    def cancelled(*_: Any) -> PlainPictures:
        raise StoppedError(say("pictures.cancelled"))

    monkeypatch.setattr(pictures, "read_plain", cancelled)
    bring(at, ("pets.zip", zipped(folders()), ZIP))
    assert [info.value for info in at.info] == [say("pictures.cancelled")]
    assert not at.error
    again(at)
    assert [info.value for info in at.info] == [say("pictures.cancelled")], "until it is read"
    monkeypatch.setattr(pictures, "read_plain", read_plain)
    widget(at.button, say("pictures.read_again")).click()
    again(at)
    assert "cat (30 pictures)" in words(at)
    assert say("pictures.read_again") not in labels(at.button)


def test_the_same_file_brought_twice_is_read_once(
    runs: RunStore, quiet_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture_reading._shelf.clear()
    n_read = 0

    def counted(*given: Any) -> PlainPictures:
        nonlocal n_read
        n_read += 1
        return read_plain(*given)

    at = upload_page()  # the digits are read before
    monkeypatch.setattr(pictures, "read_plain", counted)
    pets = zipped(folders())  # once: a zip holds the time of its making
    for session in (at, upload_page()):
        bring(session, ("pets.zip", pets, ZIP))
        assert "cat (30 pictures)" in words(session)
    assert n_read == 1


def test_a_table_beside_a_zip_decodes_no_picture_again(
    runs: RunStore, quiet_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture_reading._shelf.clear()
    read: list[str] = []

    def noted(data: ImageDataConfig, *given: Any) -> PlainPictures:
        read.append(data.source)
        return read_plain(data, *given)

    at = upload_page()
    monkeypatch.setattr(pictures, "read_plain", noted)
    bring(at, ("faces.zip", zipped(faces()), ZIP), beside=people(faces()))
    assert not at.error, at.error
    assert "Attributes from 'people.csv'" in words(at)
    assert "f (40 pictures)" in words(at)
    assert len(read) == 1
    widget(at.button, say("pictures.table_remove")).click()
    again(at)
    assert say("pictures.none_known") in words(at), "the attributes went with the table"
    assert len(read) == 1
    widget(at.number_input, say("pictures.size")).set_value(16)
    again(at)
    assert len(read) == 2, "another size is other pixels"


def test_a_problem_while_reading_is_still_told(runs: RunStore, quiet_home: Path) -> None:
    at = bring(upload_page(), ("three.zip", zipped(folders(3)), ZIP))
    assert "At least 50 readable pictures" in at.error[0].value
    with pytest.raises(DataError):
        picture_reading.read_once("bad", lambda tell: (_ for _ in ()).throw(DataError("no")))
