"""Errors of a configuration, shown beside the field that they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components import escape
from fairgen_core.errors import ConfigError, FairGenError

_PREFIX = re.compile(r"^([a-z_]+(?:\.[a-z_]+)*): ")

T = TypeVar("T")


class FieldErrors:
    """Keeps a place beside each field while a form is drawn, and fills it afterwards.

    A form is drawn first and judged as a whole then, so that the sentence always speaks of what
    the person sees.
    """

    def __init__(self) -> None:
        self._places: dict[str, DeltaGenerator] = {}

    def keep_place(self, *fields: str) -> None:
        """Keep a place here for sentences about these fields, by their dotted names."""
        place = st.empty()
        for field in fields:
            self._places[field] = place

    def build(self, make: Callable[[], T]) -> T | None:
        """Make something from the form; where it cannot be made, say so beside the field.

        Returns:
            What was made, or None.
        """
        try:
            return make()
        except FairGenError as error:
            field, sentence = split_field(error)
            place = self._places.get(field) or st.container()
            place.error(escape(sentence), icon=":material/error:")
            return None


def split_field(error: FairGenError) -> tuple[str, str]:
    """The field that an error names (``""``: none) and its sentence without that name."""
    sentence = str(error)
    field = error.field if isinstance(error, ConfigError) else ""
    found = _PREFIX.match(sentence)
    if found:
        field = field or found.group(1)
        sentence = sentence[found.end() :]
    return field, sentence[:1].upper() + sentence[1:]
