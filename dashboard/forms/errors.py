"""Errors of a configuration, shown beside the field that they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

from fairgen_core.errors import ConfigError, FairGenError

_PREFIX = re.compile(r"^([a-z_]+(?:\.[a-z_]+)+): ")


class FieldErrors:
    """The sentences to show beside the fields of a form, by the fields' dotted names."""

    def __init__(self) -> None:
        self._by_field: dict[str, str] = {}

    def collect(self, build: Callable[[], object]) -> bool:
        """Build something; keep the sentence if it cannot be built.

        Returns:
            Whether it could be built.
        """
        try:
            build()
        except FairGenError as error:
            field, sentence = split_field(error)
            self._by_field[field] = sentence
            return False
        return True

    def show(self, *fields: str) -> None:
        """Show the sentences of these fields here (``""``: those of no field)."""
        for field in fields:
            if field in self._by_field:
                st.error(self._by_field.pop(field), icon=":material/error:")

    def show_rest(self) -> None:
        """Show every sentence that found no field of its own."""
        self.show(*list(self._by_field))


def split_field(error: FairGenError) -> tuple[str, str]:
    """The field that an error names (``""``: none) and its sentence without that name."""
    sentence = str(error)
    field = error.field if isinstance(error, ConfigError) else ""
    found = _PREFIX.match(sentence)
    if found:
        field = field or found.group(1)
        sentence = sentence[found.end() :]
    return field, sentence[:1].upper() + sentence[1:]
