"""How single values are spelled: missing markers, numbers, yes and no, dates; both directions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MISSING = (
    "", "?", "NA", "N/A", "n/a", "#N/A", "#NA", "NaN", "nan", "NULL", "null", "<NA>", "NaT"
)  # fmt: skip
"""Markers of a missing value in every column."""

MISSING_IN_NUMBERS = (
    "-", "--", "—", ".", "..", "...", "*", "None", "none", "NONE", "na", "Na", "missing", "unknown",
    "inf", "Inf", "-inf", "-Inf", "+inf", "Infinity", "-Infinity", "infinity", "-infinity",
    "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?",
)  # fmt: skip
"""Further markers where the other values are numbers or dates; elsewhere they are categories."""

YES_NO = (
    ("1", "0"), ("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("ja", "nein"),
    ("oui", "non"), ("si", "no"), ("sí", "no"), ("sim", "não"), ("да", "нет"),
)  # fmt: skip
"""Pairs (yes, no), in lower case, that make a boolean column."""

MAX_EXACT = 2**53
"""Whole numbers beyond this lose digits in float64, so they are never treated as quantities."""

_DATES = (
    "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d",
    "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y",
    "%B %d, %Y", "%Y-%m",
)  # fmt: skip
_TIMES = (
    "", " %H:%M:%S", "T%H:%M:%S", " %H:%M", "T%H:%M", " %H:%M:%S.%f", "T%H:%M:%S.%f",
    " %I:%M %p", " %I:%M:%S %p",
)  # fmt: skip
_ZONE = re.compile(r"(?<=:\d\d)(\.\d+)?(Z| ?[+-]\d{2}:?\d{2}| UTC)$")
_DATE_LIKE = r"^(\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}|[A-Za-z]{3,9} \d{1,2}, \d{4})([ T]\d{1,2}:.*)?$"  # noqa: E501

Floats = npt.NDArray[np.float64]


def number_pattern(decimal: str) -> str:
    """A regular expression of numbers with that decimal mark."""
    mark = re.escape(decimal)
    return rf"^[+-]?(\d+({mark}\d*)?|{mark}\d+)([eE][+-]?\d+)?$"


def matches(values: pa.StringArray, pattern: str) -> npt.NDArray[np.bool_]:
    """(n,) whether each value matches; RE2 syntax, linear time."""
    found = pc.match_substring_regex(values, pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def parse_floats(values: pa.StringArray, decimal: str) -> Floats:
    """(n,) float64 of spellings that match `number_pattern`."""
    if decimal != ".":
        values = pc.replace_substring(values, decimal, ".")
    values = pc.utf8_ltrim(values, "+")
    return np.asarray(pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False))


def parse_integers(values: pa.StringArray, decimal: str) -> npt.NDArray[np.int64] | None:
    """(n,) int64 of whole numbers (``12`` or ``12.0``); None where one is beyond 2^53."""
    whole = pc.replace_substring_regex(values, rf"{re.escape(decimal)}0*$", "")
    try:
        numbers = pc.cast(pc.utf8_ltrim(whole, "+"), pa.int64())
    except pa.ArrowInvalid:
        return None
    out = np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.int64)
    return None if len(out) and max(int(out.max()), -int(out.min())) > MAX_EXACT else out


def digits_after_mark(values: pa.StringArray, decimal: str) -> npt.NDArray[np.int64]:
    """(n,) how many digits follow the decimal mark (0 without one)."""
    place = pc.find_substring(values, decimal).to_numpy(zero_copy_only=False)
    length = pc.utf8_length(values).to_numpy(zero_copy_only=False)
    return np.where(place < 0, 0, length - place - 1).astype(np.int64)


def significant_digits(values: pa.StringArray) -> int | None:
    """How many digits stand before the exponents of numbers; None where there are no numbers."""
    digits = pc.replace_substring_regex(values, r"[eE].*$|[^0-9eE]", "")
    return int(pc.max(pc.utf8_length(digits)).as_py()) if len(values) else None


def yes_of(spellings: Sequence[str]) -> str | None:
    """Which of two spellings means yes; None where they are no known pair."""
    lower = {s.strip().lower(): s for s in spellings}
    for yes, no in YES_NO:
        if len(spellings) == 2 and set(lower) == {yes, no}:
            return lower[yes]
    return None


def find_datetime_format(values: pa.StringArray) -> str | None:
    """The strftime format that every value follows, or None.

    Of day-first and month-first, the first in the list that reads every value is taken.
    """
    if len(values) == 0 or not matches(values[:50], _DATE_LIKE).all():
        return None
    sample = values[:200].to_pylist()
    zone_match = _ZONE.search(sample[0])
    zone = zone_match.group(2) if zone_match else ""
    for candidate, shape in _shapes():
        # The shape is cheap and rules most candidates out; only parsing knows the calendar.
        if not shape.fullmatch(sample[0].removesuffix(zone)) or (zone and "%H" not in candidate):
            continue
        whole = candidate + zone
        if parse_datetimes(sample, whole).notna().all() and (
            len(values) <= len(sample) or parse_datetimes(values.to_pylist(), whole).notna().all()
        ):
            return whole
    return None


@cache
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    """Every date and time format with a regular expression that its values match."""
    letters, digits = "[^\\W\\d]+", {"Y": "{4}", "y": "{2}", "f": "{1,9}"}
    shapes = []
    for candidate in (date + time for date in _DATES for time in _TIMES):
        pattern = re.sub(
            r"%(\w)",
            lambda m: letters if m[1] in "bBp" else rf"\d{digits.get(m[1], '{1,2}')}",
            re.escape(candidate),
        )
        shapes.append((candidate, re.compile(pattern)))
    return shapes


def parse_datetimes(values: Sequence[str], datetime_format: str) -> pd.Series:
    """Parsed values, NaT where one does not follow the format; a constant zone is plain text."""
    zone = re.search(r"(Z| ?[+-]\d{2}:?\d{2}| UTC)$", datetime_format)
    texts = pd.Series(values, dtype=object)
    if zone and "%H" in datetime_format:
        suffix = zone.group(1)
        has_zone = texts.str.endswith(suffix)
        texts = texts.str.removesuffix(suffix).where(has_zone)
        datetime_format = datetime_format.removesuffix(suffix)
    parsed = pd.to_datetime(texts, format=datetime_format, errors="coerce").astype("datetime64[ns]")
    return in_one_stretch(parsed) if "%y" in datetime_format else parsed


def in_one_stretch(dates: pd.Series) -> pd.Series:
    """Dates of two-digit years in the centuries that put them closest together.

    Between the widest gap of the years 00 to 99 and the same gap a century on lies the data; of
    the centuries that allow it, the last that ends by 2050 is taken.
    """
    years = dates.dt.year
    short = np.unique(years.dropna().to_numpy(dtype=np.int64) % 100)
    if not len(short):
        return dates
    gaps = np.diff(short, append=short[0] + 100)
    first = int(short[(int(gaps.argmax()) + 1) % len(short)])
    length = 100 - int(gaps.max())
    start = first + (2000 if first + length <= 50 else 1900)
    wanted = start + (years % 100 - first) % 100
    moved = dates.copy()
    for shift in (wanted - years).dropna().unique():
        rows = (wanted - years) == shift
        if shift:
            moved[rows] = dates[rows] + pd.DateOffset(years=int(shift))
    return moved


def spell_datetimes(series: pd.Series, datetime_format: str) -> pa.Array:
    """Datetimes as text; each distinct value is spelled once."""
    codes, distinct = pd.factorize(series)
    spelled = pd.Series(pd.DatetimeIndex(distinct)).dt.strftime(datetime_format)
    return _take(spelled.tolist(), codes)


def spell_integers(series: pd.Series, zeros: int, decimal: str) -> pa.Array:
    """Whole numbers as text, with `zeros` zeros after the mark where the file has them."""
    texts = pc.cast(pa.array(series, type=pa.int64(), from_pandas=True), pa.string())
    if zeros:
        texts = pc.binary_join_element_wise(texts, decimal + "0" * zeros, "")
    return texts


def spell_decimals(
    series: pd.Series,
    decimals: int | None,
    min_decimals: int,
    decimal: str,
    significant: int | None = None,
) -> pa.Array:
    """Decimals as text with `min_decimals` to `decimals` digits after the mark.

    With `significant`, as that many digits and an exponent (``1.50e-05``).
    """
    numbers = series.to_numpy(dtype=np.float64, na_value=np.nan)
    present = np.isfinite(numbers)
    largest = float(np.abs(numbers[present]).max()) if present.any() else 0.0
    if significant is not None:
        texts = pa.array(
            [
                f"{x:.{significant - 1}e}" if ok else None
                for x, ok in zip(numbers.tolist(), present, strict=True)
            ],
            pa.string(),
        )
    elif decimals is None or largest * 10.0**decimals >= 1e15:
        texts = pa.array(
            [repr(x) if ok else None for x, ok in zip(numbers.tolist(), present, strict=True)],
            pa.string(),
        )
    else:
        exact = pa.decimal128(38, decimals)
        texts = pc.cast(pc.cast(pa.array(numbers, mask=~present), exact, safe=False), pa.string())
        if min_decimals < decimals:
            texts = pc.replace_substring_regex(texts, rf"(\.\d{{{min_decimals}}}\d*?)0+$", r"\1")
            texts = pc.utf8_rtrim(texts, ".")
    if decimal != ".":
        texts = pc.replace_substring(texts, ".", decimal)
    return texts


def _take(spelled: list[Any], codes: npt.NDArray[np.int64]) -> pa.Array:
    indices = pa.array(codes, mask=codes < 0)
    return pa.array(spelled, pa.string()).take(indices)
