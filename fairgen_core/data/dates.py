"""Dates of a second file, read as those of the first one."""

from __future__ import annotations

import pandas as pd

from fairgen_core.data import spelling
from fairgen_core.data.schema import Column


def dates_like(series: pd.Series, found: str | None, column: Column) -> pd.Series:
    """Dates read in the training data's form, where that fits all: 03/04 alone could be either."""
    wanted = column.datetime_format
    if found is None or wanted is None:
        return series
    if found != wanted:
        texts = spelling.spell_datetimes(series, found).to_pylist()
        again = spelling.parse_datetimes(texts, wanted)
        again.index = series.index
        series = again if again.notna().equals(series.notna()) else series
    return _centuries_like(series, column) if "%y" in wanted else series


def _centuries_like(series: pd.Series, column: Column) -> pd.Series:
    """Dates of two-digit years, each in the century that is nearest to the training data's."""
    middle = pd.Timestamp(int(((column.minimum or 0) + (column.maximum or 0)) / 2))
    for years in (100, -100):
        far = (series - middle) * (-1 if years > 0 else 1) > pd.Timedelta(days=50 * 365.25)
        series = series.where(~far, series + pd.DateOffset(years=years))
    return series
