"""What several trainings on the same data have in common: made once, by the first that needs it.

A part's key names everything that it depends on besides the data and the device, seeds too. So a
training that takes a part from another one ends exactly as if it had made the part itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Shared:
    """Keeps the newest part of each kind.

    Trainings that share parts should follow one another: members of a sweep come sorted by what
    they share, and memory holds one part of each kind at a time.
    """

    def __init__(self) -> None:
        self._parts: dict[str, tuple[Hashable, Any]] = {}

    def part(self, kind: str, key: Hashable, make: Callable[[], T]) -> T:
        """The part of that kind and key, made now where it is not the one that is kept.

        Args:
            kind: what it is (``"vae"``).
            key: what it depends on.
            make: makes it; if it raises, nothing is kept.
        """
        kept = self._parts.get(kind)
        if kept is not None and kept[0] == key:
            part: T = kept[1]
            return part
        self._parts.pop(kind, None)  # what is replaced need not lie in memory beside the new one
        part = make()
        self._parts[kind] = key, part
        return part


class Alone(Shared):
    """Of a training that shares nothing: every part is made and none is kept."""

    def part(self, kind: str, key: Hashable, make: Callable[[], T]) -> T:
        """A new part."""
        return make()
