"""Pictures read once for all sessions, with a bar that tells the share and the time left.

Streamlit's own cache would run the whole reading without a chance to leave it, and knows no share.
Here the bar is drawn anew several times a second, which is also where a click elsewhere, or on
Cancel, ends the reading.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from types import TracebackType
from typing import Self

import streamlit as st

from dashboard.state import forget, recall, remember
from dashboard.text import say
from fairgen_core.data.images.reading import PlainPictures
from fairgen_core.errors import StoppedError
from fairgen_core.numbers import duration, percent

MOST_KEPT = 3
"""Sets of pictures in memory."""
QUIET_SECONDS, TRUSTED_SECONDS = 0.3, 1.0
"""Before these, no bar is shown, and no time left."""
_LOOK_SECONDS = 0.2
_CANCELLED = "pictures.cancelled"

Tell = Callable[[float], None]


class Shelf:
    """The sets that were read last, by what was asked; each is read by one session at a time."""

    def __init__(self) -> None:
        self._sets: OrderedDict[str, PlainPictures] = OrderedDict()
        self._reading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def get(self, key: str) -> PlainPictures | None:
        """What was read for that key; None where nothing was, or it was put away since."""
        with self._guard:
            found = self._sets.get(key)
            if found is not None:
                self._sets.move_to_end(key)
            return found

    def read(self, key: str, make: Callable[[Tell], PlainPictures], bar: Bar) -> PlainPictures:
        """Read, or wait until another session has; whatever `bar` raises ends it for this one."""
        with self._guard:
            reading = self._reading[key]
        while not reading.acquire(timeout=_LOOK_SECONDS):
            bar.wait()
        try:
            found = self.get(key) or make(bar.tell)
            with self._guard:
                self._sets[key] = found
                self._sets.move_to_end(key)
                while len(self._sets) > MOST_KEPT:
                    self._sets.popitem(last=False)
            return found
        finally:
            reading.release()


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf:
    return Shelf()


class Bar:
    """A bar over a reading that lasts, with a button that cancels it. A context manager.

    Args:
        key: what is read.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._place = st.empty()
        self._began = time.monotonic()
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown and (kind is None or issubclass(kind, Exception)):
            self._place.empty()  # Otherwise the page is left or drawn anew.

    def tell(self, share: float) -> None:
        """Show the share that is read, and what is left as far as the speed so far tells."""
        elapsed = time.monotonic() - self._began
        words = say("pictures.reading_share", share=percent(round(share, 2)))
        if elapsed > TRUSTED_SECONDS and share > 0:
            left = duration(elapsed / share * (1 - share))
            words = f"{words} · {say('time.left', time=left)}"
        self._show(elapsed, share, words)

    def wait(self) -> None:
        """Say that another session reads the same pictures."""
        self._show(time.monotonic() - self._began, 0.0, say("pictures.reading"))

    def _show(self, elapsed: float, share: float, words: str) -> None:
        if elapsed < QUIET_SECONDS:
            return
        if not self._shown:
            self._shown = True
            with self._place.container(horizontal=True, vertical_alignment="center"):
                self._line = st.empty()
                st.button(
                    say("pictures.cancel"),
                    icon=":material/close:",
                    key="pictures.cancel",
                    on_click=remember,
                    args=(_CANCELLED, self._key),
                )
        self._line.progress(min(share, 1.0), text=words)


def read_once(key: str, make: Callable[[Tell], PlainPictures]) -> PlainPictures:
    """What `make` reads, read once for all sessions.

    Args:
        key: all that the result depends on.
        make: reads; told to tell the share that is done.

    Raises:
        StoppedError: the person cancelled this reading just now.
        FairGenError: it cannot be read.
    """
    found = _shelf().get(key)
    if found is not None:
        return found
    if recall(_CANCELLED, "") == key:
        forget(_CANCELLED)
        raise StoppedError(say("pictures.cancelled"))
    with Bar(key) as bar:
        return _shelf().read(key, make, bar)
