"""The synthetic rows: search, one condition, 200 at a time."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import streamlit as st

from dashboard.reads import store
from dashboard.text import say
from fairgen_core.data.schema import Schema
from fairgen_core.data.spelling import spell_datetimes

PAGE_ROWS = 200
MAX_CHOICES = 200
"""Values offered for one column; a column with more is searched by words."""


@st.cache_resource(max_entries=2, show_spinner=False)
def _table(path: str, stamp: int, dates: tuple[tuple[str, str], ...]) -> pa.Table:
    """The rows in columns, repeated texts held once: a million rows need some ten megabytes."""
    texts = [f.name for f in pq.read_schema(path) if pa.types.is_string(f.type)]
    table = pq.read_table(path, read_dictionary=texts)
    for name, form in dates:
        place = table.schema.get_field_index(name)
        if place >= 0 and pa.types.is_timestamp(table.schema.field(place).type):
            spelled = spell_datetimes(table[name].to_pandas(), form)
            table = table.set_column(place, name, spelled.dictionary_encode())
    return table


def table_of(path: Path, schema: Schema | None) -> pa.Table:
    """The synthetic rows, read once for each version of the file.

    Args:
        path: of the rows.
        schema: of the table; dates are spelled as the original file spells them.

    Raises:
        OSError: the file cannot be read.
        pyarrow.ArrowException: the file is damaged.
    """
    known = () if schema is None else schema.columns
    dates = tuple((c.name, c.datetime_format) for c in known if c.datetime_format)
    return _table(str(path), path.stat().st_mtime_ns, dates)


def matching(
    table: pa.Table,
    words: str = "",
    column: str | None = None,
    values: tuple[str, ...] = (),
    between: tuple[float, float] | None = None,
) -> pa.Table:
    """The rows that fit a search and a condition.

    Args:
        table: the rows.
        words: kept are rows with this text in some column (case ignored); empty: all.
        column: the condition's column; None: no condition.
        values: kept are rows whose text is one of these; empty: all.
        between: kept are rows whose number lies in this closed range.
    """
    masks = []
    if words.strip() and table.column_names:
        found = [_contains(part, words.strip()) for part in table.itercolumns()]
        masks.append(reduce(pc.or_, found))
    if column is not None and values:
        masks.append(pc.is_in(_as_text(table[column]), pa.array(values, pa.string())))
    if column is not None and between is not None:
        part = table[column].cast(pa.float64(), safe=False)
        inside = pc.and_(pc.greater_equal(part, between[0]), pc.less_equal(part, between[1]))
        masks.append(pc.fill_null(inside, fill_value=False))
    return table.filter(reduce(pc.and_, masks)) if masks else table


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


def _contains(column: pa.ChunkedArray, words: str) -> pa.Array:
    """Which cells hold this text; every distinct value is looked at once."""
    whole = column.unify_dictionaries().combine_chunks()
    encoded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    texts = encoded.dictionary.cast(pa.string())
    found = pc.match_substring(texts, words, ignore_case=True).take(encoded.indices)
    return pc.fill_null(found, fill_value=False)


def show_rows(run_id: str) -> None:
    """Show the rows of a run."""
    path = store().samples_path(run_id)
    if path is None:
        st.caption(say("rows.missing", reason=say("rows.gone")))
        return
    try:
        table = table_of(path, store().schema(run_id))
    except (OSError, pa.ArrowException) as error:
        st.error(say("rows.missing", reason=error), icon=":material/error:")
        return
    st.caption(say("rows.caption", n=f"{table.num_rows:,}"))
    found = matching(table, **_conditions(table))
    if not found.num_rows:
        st.caption(say("rows.none_found"))
        return
    n_pages = -(-found.num_rows // PAGE_ROWS)
    page = 1
    if n_pages > 1:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            page = st.number_input(say("rows.page"), 1, n_pages, key="inspect.rows.page", width=160)
            first, last = (page - 1) * PAGE_ROWS + 1, min(page * PAGE_ROWS, found.num_rows)
            words = {"first": f"{first:,}", "last": f"{last:,}", "n": f"{found.num_rows:,}"}
            st.caption(say("rows.page_caption", **words))
    part = found.slice((page - 1) * PAGE_ROWS, PAGE_ROWS).to_pandas()
    st.dataframe(part, hide_index=True, height=520, alt=say("section.rows"))


def _conditions(table: pa.Table) -> dict[str, Any]:
    """The search and the condition that a person set."""
    search, where, values = st.columns([2, 1.4, 2], vertical_alignment="bottom")
    chosen: dict[str, Any] = {
        "words": search.text_input(
            say("rows.search"),
            key="inspect.rows.search",
            placeholder=say("rows.search_placeholder"),
            icon=":material/search:",
        )
    }
    column = where.selectbox(
        say("rows.column"),
        table.column_names,
        index=None,
        placeholder=say("rows.any_column"),
        key="inspect.rows.column",
    )
    if column is None:
        return chosen
    chosen["column"] = column
    part = table[column]
    key = f"inspect.rows.values:{column}"
    is_number = pa.types.is_integer(part.type) or pa.types.is_floating(part.type)
    if is_number:
        ends = pc.min_max(part).as_py()
        low, high = ends["min"], ends["max"]
        if low is not None and low < high:
            chosen["between"] = values.slider(say("rows.range"), low, high, (low, high), key=key)
            if chosen["between"] == (low, high):
                del chosen["between"]
        return chosen
    counts = pc.value_counts(_as_text(part).drop_null()).to_pylist()
    counts.sort(key=lambda entry: -entry["counts"])
    options = [entry["values"] for entry in counts[:MAX_CHOICES]]
    placeholder = say("rows.values_placeholder")
    chosen["values"] = tuple(
        values.multiselect(say("rows.values"), options, key=key, placeholder=placeholder)
    )
    return chosen
