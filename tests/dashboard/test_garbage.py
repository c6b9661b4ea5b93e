"""Searches for garbage stay short: what imports have made is not searched again and again."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from dashboard import garbage


@pytest.fixture(autouse=True)
def thawed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Objects as they were, whatever another test's page has set aside."""
    monkeypatch.setattr(garbage, "_known", 0)
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_objects_are_set_aside_once_for_the_same_modules() -> None:
    garbage.set_imports_aside()
    aside = gc.get_freeze_count()
    assert aside > len(sys.modules)
    kept: list[list[int]] = [[] for _ in range(1_000)]  # A run's own objects stay searchable.
    garbage.set_imports_aside()
    assert gc.get_freeze_count() <= aside
    assert all(gc.is_tracked(one) for one in kept)


def test_modules_that_come_later_are_set_aside_too(monkeypatch: pytest.MonkeyPatch) -> None:
    garbage.set_imports_aside()
    aside = gc.get_freeze_count()
    late = ModuleType("late")
    late.made = [[] for _ in range(10_000)]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "late", late)
    garbage.set_imports_aside()
    assert gc.get_freeze_count() >= aside + 10_000


def test_cycles_that_a_run_leaves_are_still_found() -> None:
    garbage.set_imports_aside()

    class Node:
        me: Node

    node = Node()
    node.me = node
    del node
    assert gc.collect() > 0
