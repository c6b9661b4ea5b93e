"""Numbers that a file writes with currency, percent or thousands marks: read, and written again."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

_UNIT = (
    r"(?:[€$£¥₹₽₩₺₴₦%‰]|[A-Z]{1,2}\$|"
    r"EUR|USD|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|NZD|BRL|MXN|ZAR|"
    r"Euro?|euros?|kr\.?|zł|Kč|Ft|Fr\.?|Rs\.?)"
)
_BLANKS = " \u00a0\u202f"
_BLANK = f"[{_BLANKS}]"
_PARTS = (
    rf"^(?P<before>-?)(?P<prefix>(?:{_UNIT}{_BLANK}?)?)(?P<after>-?)"
    rf"(?P<number>\d[\d.,'’{_BLANKS}]*?)(?P<suffix>(?:{_BLANK}?{_UNIT})?)$"
)
_MARKS = ((",", "."), (".", ","), (" ", ","), ("\u00a0", ","), ("\u202f", ","), ("'", "."),
          ("’", "."), (" ", "."), ("\u00a0", "."), ("\u202f", "."))  # fmt: skip
"""Pairs (thousands mark, decimal mark) that occur together."""
_MOST_GROUPS = 6


class NumberForm(BaseModel):
    """What stands around and inside the numbers of a column: ``-€ 1.234,50``, ``12,5 %``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefix: str = ""
    suffix: str = ""
    thousands: str = ""
    """Stands before every three digits; empty: nothing does."""
    decimal: str = "."
    sign_first: bool = True
    """Whether a minus stands before the prefix."""

    @property
    def example(self) -> str:
        """How 1234 is written."""
        return f"{self.prefix}1{self.thousands}234{self.suffix}"


def find_form(values: pa.StringArray, decimal: str) -> tuple[NumberForm, pa.StringArray] | None:
    """The form that all values follow, and the values as plain numbers with its decimal mark.

    Numbers that need no form are none of this module's business, nor are codes: leading zeros, or
    blanks that divide every value alike (``555 123 456``).

    Args:
        values: distinct values without blanks around them.
        decimal: the file's decimal mark, which decides where ``1.234`` could be either.

    Returns:
        None where some value is no such number, or they follow several forms.
    """
    if not len(values):
        return None
    parts = pc.extract_regex(values, _PARTS)
    if parts.null_count:
        return None
    before, prefix, after, number, suffix = (
        pc.struct_field(parts, name) for name in ("before", "prefix", "after", "number", "suffix")
    )
    units = [pc.unique(part).to_pylist() for part in (prefix, suffix)]
    outside, inside = ("-" in pc.unique(part).to_pylist() for part in (before, after))
    if any(len(unit) > 1 for unit in units) or (outside and inside):
        return None
    (first,), (last,) = units
    marks = _find_marks(number, decimal, bool(first or last))
    if marks is None or not (first or last or marks[0]):
        return None
    thousands, mark = marks
    plain = pc.replace_substring(number, thousands, "") if thousands else number
    if _any(plain, r"^0\d"):
        return None
    form = NumberForm(
        prefix=first, suffix=last, thousands=thousands, decimal=mark, sign_first=not inside
    )
    return form, pc.binary_join_element_wise(before, after, plain, "")


def _find_marks(number: pa.StringArray, decimal: str, has_unit: bool) -> tuple[str, str] | None:
    """The thousands mark (empty: none) and the decimal mark that all numbers follow."""
    other = "," if decimal == "." else "."
    for mark in (decimal, other):
        for thousands, its_mark in _MARKS:
            if its_mark != mark or not _any(number, rf"\d{re.escape(thousands)}\d"):
                continue
            t, d = re.escape(thousands), re.escape(mark)
            if not _all(number, rf"^(\d{{1,3}}({t}\d{{3}})+|\d+)({d}\d+)?$"):
                continue
            if thousands in ",." or has_unit or not _divided_alike(number, thousands):
                return thousands, mark
        if _all(number, rf"^\d+({re.escape(mark)}\d+)?$"):
            return "", mark
    return None


def _divided_alike(number: pa.StringArray, thousands: str) -> bool:
    """Whether all are as long as each other and divided: digits of codes, not of amounts."""
    lengths = pc.unique(pc.utf8_length(number))
    return len(lengths) == 1 and bool(pc.all(pc.match_substring(number, thousands)).as_py())


def spell(plain: pa.Array, form: NumberForm) -> pa.Array:
    """Plain numbers (with the form's decimal mark) in the form; null stays null."""
    texts = plain
    if form.thousands:
        t, d = form.thousands, re.escape(form.decimal)
        pattern = rf"^(-?\d+)(\d{{3}})((?:{re.escape(t)}\d{{3}})*(?:{d}\d*)?)$"
        for _ in range(_MOST_GROUPS):
            texts = pc.replace_substring_regex(texts, pattern, rf"\1{t}\2\3")
    if form.sign_first and form.prefix:
        parts = pc.extract_regex(texts, r"^(?P<sign>-?)(?P<rest>.*)$")
        sign, rest = (pc.struct_field(parts, name) for name in ("sign", "rest"))
        return pc.binary_join_element_wise(sign, form.prefix, rest, form.suffix, "")
    return pc.binary_join_element_wise(form.prefix, texts, form.suffix, "")


def _all(values: pa.StringArray, pattern: str) -> bool:
    return bool(np.all(pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)))


def _any(values: pa.StringArray, pattern: str) -> bool:
    return bool(np.any(pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)))
