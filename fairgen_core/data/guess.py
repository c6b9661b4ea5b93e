"""What a column is, guessed from its text, and its values in canonical form (`schema.Column`)."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fairgen_core.config import ColumnKind
from fairgen_core.data import spelling
from fairgen_core.data.distinct import Cells, TextColumn, distinct, recode, without
from fairgen_core.data.number_forms import NumberForm, find_form
from fairgen_core.data.schema import Column
from fairgen_core.errors import ConfigError

MAX_CATEGORIES = 1000
"""Most different values that a category column may have."""

CODES = (
    "If these numbers are codes, such as postcodes, choose category: as numbers, "
    "ones that never occur are made between them, and what a single code says is lost."
)
_SHORTEST_CODE, _FEWEST_CODES, _ROWS_A_CODE, _CODES_OF_RANGE = 100, 25, 5, 0.25

_ID_NAME = re.compile(
    r"(^|[^a-z])(id|uuid|guid|key|nr|number|index|rowid)s?$|^(id|nr)[^a-z]|Id$|ID$"
    # What pandas, R and the reading here call the rows' own names.
    r"|^(Unnamed: \d+|[Rr]ow[._ ]?[Nn]ames?|column_\d+)$"
)
_UUID = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"
_N_EXAMPLES = 5


def read_column(
    raw: TextColumn, decimal: str, kind: ColumnKind | None = None
) -> tuple[Column, pd.Series]:
    """Guess what a column is, or read it as told, and bring its values into canonical form.

    Args:
        raw: the column as text.
        decimal: the file's decimal mark.
        kind: the person's correction; None: guess.

    Raises:
        ConfigError: the column cannot be read as `kind`.
    """
    cells = distinct(raw, spelling.MISSING)
    numeric, decimal, form = _plain(without(cells, spelling.MISSING_IN_NUMBERS), decimal)
    if kind is None:
        kind, reason, numeric_markers = _guess_kind(cells, numeric, decimal)
    else:
        reason, numeric_markers = "", kind in {"integer", "decimal", "datetime"}
    chosen = numeric if numeric_markers else cells
    if kind in {"integer", "decimal"}:
        column, series = _read_number(chosen, kind, decimal)
        column = column.model_copy(update={"form": form})
    elif kind == "datetime":
        column, series = _read_datetime(chosen)
    else:
        column, series = _read_words(chosen, kind)
    if column.form is not None:
        reason = f"{reason} Numbers written like {column.form.example}, which they keep.".strip()
    notes = [reason, *_notes(chosen, column), column.reason]
    column = column.model_copy(
        update={
            "missing_share": float(series.isna().mean()) if len(series) else 0.0,
            "missing_marker": chosen.markers[0] if chosen.missing else "",
            "empty_text": "" in chosen.missing and bool(raw.native) and not raw.cells.null_count,
            "native_dtype": chosen.native,
            "n_distinct": chosen.n_distinct,
            "examples": _examples(chosen),
            "reason": " ".join(n for n in notes if n),
        }
    )
    return column, series


def _plain(numeric: Cells, decimal: str) -> tuple[Cells, str, NumberForm | None]:
    """Numbers freed from currency, percent and thousands marks, where all have the same ones."""
    if spelling.matches(numeric.values, spelling.number_pattern(decimal)).all():
        return numeric, decimal, None
    found = find_form(numeric.values, decimal)
    if found is None:
        return numeric, decimal, None
    return replace(numeric, values=found[1]), found[0].decimal, found[0]


def _guess_kind(cells: Cells, numeric: Cells, decimal: str) -> tuple[ColumnKind, str, bool]:
    """The kind, why (where it needs saying), and whether numbers' missing markers apply."""
    if numeric.n_distinct == 0:
        return "text", "Left out: every value is missing.", True
    is_number = spelling.matches(numeric.values, spelling.number_pattern(decimal))
    is_code = spelling.matches(numeric.values, r"^[+-]?0\d")
    if is_number.all() and not is_code.any():
        return (*_guess_number(numeric, decimal), True)
    if cells.native.startswith(("timestamp", "date")) or (
        spelling.find_datetime_format(numeric.values) is not None
    ):
        return "datetime", "", True
    if 1 <= cells.n_distinct <= 2 and spelling.yes_of(cells.as_found.to_pylist()) is not None:
        return "boolean", "", False
    kind, reason = _guess_words(cells)
    share = float(numeric.counts[is_number].sum() / numeric.n_present)
    if 0 < share < 1 and share > 0.5:
        odd = numeric.as_found.filter(pa.array(~is_number)).to_pylist()[:3]
        mixed = f"Numbers and words are mixed: {', '.join(map(repr, odd))}"
        reason = f"{reason} {mixed}; as a number, the words would count as missing.".strip()
    elif is_number.all() and is_code.any():
        reason = f"{reason} Leading zeros make these codes, not numbers.".strip()
    return kind, reason, False


def _guess_number(cells: Cells, decimal: str) -> tuple[ColumnKind, str]:
    n, distinct = cells.n_present, cells.n_distinct
    whole = spelling.matches(cells.values, rf"^[+-]?\d+({re.escape(decimal)}0*)?$").all()
    if not whole:
        if not np.isfinite(spelling.parse_floats(cells.values, decimal)).all():
            return "text", "Left out: it holds numbers too large for a computer's decimals."
        return "decimal", ""
    numbers = spelling.parse_integers(cells.values, decimal)
    if numbers is None:
        if distinct > 0.5 * n or distinct > MAX_CATEGORIES:
            return "identifier", "Left out: whole numbers beyond 2^53 are codes, not quantities."
        return "category", "Whole numbers beyond 2^53 are codes, not quantities."
    if set(cells.values[:3].to_pylist()) == {"0", "1"}:
        return "boolean", ""
    consecutive = distinct == n and int(numbers.max()) - int(numbers.min()) == n - 1
    if n >= 20 and distinct == n and (consecutive or _ID_NAME.search(cells.name)):
        return "identifier", "Left out: a different number in every row, it names rows."
    return "integer", ""


def _guess_words(cells: Cells) -> tuple[ColumnKind, str]:
    n, distinct = cells.n_present, cells.n_distinct
    if distinct <= MAX_CATEGORIES and distinct <= max(20, 0.5 * n):
        return "category", ""
    sample = cells.values[:1000]
    wordy = float(spelling.matches(sample, r"\s").mean()) > 0.5
    counted = f"{distinct:,} different values in {n:,} rows"
    if not wordy and distinct > 0.9 * n:
        return "identifier", f"Left out: {counted}, it names rows."
    if wordy:
        return "text", f"Left out: free text, {counted}."
    return "text", f"Left out: {counted} are too many to learn."


def _read_number(cells: Cells, kind: ColumnKind, decimal: str) -> tuple[Column, pd.Series]:
    """Integer or decimal; at most one row in five may hold a word, which then counts as missing."""
    is_number = spelling.matches(cells.values, spelling.number_pattern(decimal))
    _check_share(cells, is_number, kind, "numbers")
    values = cells.values.filter(pa.array(is_number))
    codes = recode(cells.codes, is_number)
    reason = _words_lost(cells, is_number, "number")
    digits = spelling.digits_after_mark(values, decimal)
    if kind == "integer":
        whole = spelling.matches(values, rf"^[+-]?\d+({re.escape(decimal)}0*)?$")
        if not whole.all():
            odd = values.filter(pa.array(~whole))[0].as_py()
            raise _cannot(cells.name, kind, f"{odd!r} is no whole number", "decimal")
        integers = spelling.parse_integers(values, decimal)
        if integers is None:
            raise _cannot(cells.name, kind, "it holds numbers beyond 2^53", "identifier")
        numbers = integers.astype(np.float64)
        zeros = int(digits.max()) if len(digits) else 0
        column = Column(name=cells.name, kind=kind, decimals=zeros or None, reason=reason)
        rows = integers[codes] if len(integers) else np.zeros(len(codes), np.int64)
        series = pd.Series(pd.arrays.IntegerArray(rows, codes < 0), name=cells.name)
    else:
        numbers = spelling.parse_floats(values, decimal)
        if not np.isfinite(numbers).all():
            raise _cannot(cells.name, kind, "it holds numbers too large for decimals", "text")
        powers = spelling.matches(values, "[eE]")
        exponent = powers.any() or (len(digits) and digits.max() > 15)
        column = Column(
            name=cells.name,
            kind=kind,
            decimals=None if exponent else int(digits.max(initial=0)),
            min_decimals=0 if exponent or not len(digits) else int(digits.min()),
            significant=spelling.significant_digits(values) if powers.all() else None,
            reason=reason,
        )
        rows_float = numbers[codes] if len(numbers) else np.zeros(len(codes))
        series = pd.Series(np.where(codes < 0, np.nan, rows_float), name=cells.name)
    if len(numbers):
        column = column.model_copy(
            update={"minimum": float(numbers.min()), "maximum": float(numbers.max())}
        )
    return column, series


def _read_datetime(cells: Cells) -> tuple[Column, pd.Series]:
    found = spelling.find_datetime_format(cells.values)
    if found is None:
        first = repr(cells.values[0].as_py()) if cells.n_distinct else "no value at all"
        raise _cannot(
            cells.name, "datetime", f"not all values are dates of one form (first: {first})",
            "category",
        )  # fmt: skip
    parsed = spelling.parse_datetimes(cells.values.to_pylist(), found).to_numpy()
    rows = np.where(cells.codes < 0, np.datetime64("NaT", "ns"), parsed[cells.codes])
    swapped = found.replace("%m", "%_").replace("%d", "%m").replace("%_", "%d")
    ambiguous = found[:5] in {"%m/%d", "%d/%m", "%m-%d", "%d-%m"} and (
        spelling.parse_datetimes(cells.values.to_pylist(), swapped).notna().all()
    )
    first, second = ("month", "day") if found.startswith("%m") else ("day", "month")
    stamps = parsed.astype(np.int64)
    column = Column(
        name=cells.name,
        kind="datetime",
        datetime_format=found,
        minimum=float(stamps.min()),
        maximum=float(stamps.max()),
        reason=f"Read as {first} before {second}; the values fit both." if ambiguous else "",
    )
    return column, pd.Series(rows, name=cells.name)


def _read_words(cells: Cells, kind: ColumnKind) -> tuple[Column, pd.Series]:
    """Category, boolean, identifier or text: the spellings as they were found."""
    found: npt.NDArray[np.object_] = np.array([*cells.as_found.to_pylist(), None], dtype=np.object_)
    series = pd.Series(found[cells.codes], name=cells.name, dtype=object)
    column = Column(name=cells.name, kind=kind)
    if kind in {"category", "boolean"}:
        limit = 2 if kind == "boolean" else MAX_CATEGORIES
        if cells.n_distinct > limit:
            raise _cannot(
                cells.name, kind, f"it has {cells.n_distinct:,} different values "
                f"({limit:,} at most)", "text" if kind == "category" else "category",
            )  # fmt: skip
        order = np.argsort(-cells.counts, kind="stable")
        column = column.model_copy(update={"categories": tuple(found[order])})
    elif kind == "identifier":
        column = column.model_copy(update={"pattern": _identifier_pattern(cells)})
    return column, series


def _identifier_pattern(cells: Cells) -> str:
    if cells.n_distinct == 0:
        return "{:01d}"
    if spelling.matches(cells.values, _UUID).all():
        return "uuid"
    parts = pc.extract_regex(cells.values, r"^(?P<prefix>[A-Za-z_#/ -]*)(?P<number>\d+)$")
    if parts.null_count == 0:
        prefixes = pc.unique(pc.struct_field(parts, "prefix")).to_pylist()
        if len(prefixes) == 1:
            width = pc.max(pc.utf8_length(pc.struct_field(parts, "number"))).as_py()
            return f"{prefixes[0]}{{:0{width}d}}"
    return "synthetic-{:06d}"


def _check_share(cells: Cells, fits: npt.NDArray[np.bool_], kind: str, what: str) -> None:
    if cells.counts[~fits].sum() > 0.2 * cells.n_present:
        odd = cells.as_found.filter(pa.array(~fits))[0].as_py()
        raise _cannot(
            cells.name, kind, f"too many values are no {what}, such as {odd!r}", "category"
        )


def _words_lost(cells: Cells, fits: npt.NDArray[np.bool_], what: str) -> str:
    if fits.all():
        return ""
    odd = cells.as_found.filter(pa.array(~fits)).to_pylist()
    n = int(cells.counts[~fits].sum())
    return f"{n:,} values that are no {what} count as missing ({', '.join(map(repr, odd[:3]))})."


def _cannot(name: str, kind: str, found: str, instead: str) -> ConfigError:
    return ConfigError(
        f"Column '{name}' cannot be read as {kind}: {found}. "
        f"Choose {instead}, or correct the file.",
        field=f"data.kinds.{name}",
    )


def _notes(cells: Cells, column: Column) -> list[str]:
    """What a person should know about the column, in sentences."""
    notes = []
    if column.modelled and cells.n_distinct == 1:
        notes.append("The same value in every row; it is repeated, not learned.")
    if len(cells.missing) > 1:
        first, *others = map(repr, cells.markers[:5])
        notes.append(f"{', '.join(others)} are read as missing too, and written as {first}.")
    if column.kind == "integer" and _like_codes(cells, column):
        notes.append(CODES)
    if column.kind == "category":
        folded: dict[str, str] = {}
        for spelled in column.categories:
            first = folded.setdefault(" ".join(spelled.split()).casefold(), spelled)
            if first != spelled:
                notes.append(f"{first!r} and {spelled!r} differ only in case or blanks.")
                break
    return notes


def _like_codes(cells: Cells, column: Column) -> bool:
    """Whether few of the numbers in a column's range occur, often each and as long as another."""
    low, high = column.minimum or 0.0, column.maximum or 0.0
    return (
        low >= _SHORTEST_CODE
        and len(f"{low:.0f}") == len(f"{high:.0f}")
        and cells.n_distinct >= _FEWEST_CODES
        and cells.n_distinct <= min(MAX_CATEGORIES, cells.n_present / _ROWS_A_CODE)
        and cells.n_distinct < _CODES_OF_RANGE * (high - low)
    )


def _examples(cells: Cells) -> tuple[str, ...]:
    """The most frequent spellings, cut to a readable length."""
    if len(cells.counts) > 10 * _N_EXAMPLES:
        top = np.argpartition(-cells.counts, _N_EXAMPLES)[:_N_EXAMPLES]
    else:
        top = np.arange(len(cells.counts))
    top = top[np.argsort(-cells.counts[top], kind="stable")][:_N_EXAMPLES]
    return tuple(cells.as_found[int(i)].as_py()[:60] for i in top)
