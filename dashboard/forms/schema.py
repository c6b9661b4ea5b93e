"""What was found in the table, and the correction of the columns' kinds."""

from __future__ import annotations

import hashlib
from typing import get_args

import pandas as pd
import streamlit as st

from dashboard.components import escape, kind_chip, section
from dashboard.projects import Project
from dashboard.tables import with_kinds
from dashboard.text import say
from fairgen_core.config import ColumnKind
from fairgen_core.data.formats import FileFormat
from fairgen_core.data.reading import LEFT_OUT, ReadTable
from fairgen_core.data.schema import Column, Schema
from fairgen_core.errors import FairGenError
from fairgen_core.numbers import number, percent, whole

_SEPARATORS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe", " ": "blank"}
PREVIEW_ROWS = 50


def found_line(table: ReadTable) -> str:
    """What was found about a file, in one line."""
    parts = [
        say(
            "table.size",
            rows=f"{len(table.frame):,}",
            columns=f"{len(table.schema.columns):,}",
        ),
        *_format_words(table.file_format),
    ]
    incomplete = [c for c in table.schema.columns if c.missing_share > 0]
    if not incomplete:
        return " · ".join([*parts, say("table.complete")])
    markers = dict.fromkeys(c.missing_marker for c in incomplete)
    words = [f"'{m}'" if m else say("table.missing_empty") for m in markers]
    return " · ".join([*parts, say("table.missing", markers=", ".join(words))])


def _format_words(found: FileFormat) -> list[str]:
    if found.kind == "parquet":
        return [say("table.parquet")]
    if found.kind == "excel":
        return [say("table.excel", sheet=found.sheet)]
    known = _SEPARATORS.get(found.separator)
    separator = say(f"table.{known}") if known else f"'{found.separator}'"
    return [
        say("table.csv", separator=separator),
        say("table.encoding", encoding=found.encoding),
        say("table.decimal", mark=found.decimal),
    ]


def table_card(project: Project, table: ReadTable) -> Project:
    """Show the table's first rows and its columns; take corrections of their kinds."""
    section(say("table.title"), escape(found_line(table)))
    st.markdown(" ".join(kind_chip(c.name, c.kind) for c in table.schema.columns))
    head = preview_rows(table)
    st.dataframe(head, hide_index=True, height=280, alt=say("table.preview", n=len(head)))
    left_out = [c for c in table.schema.columns if not c.modelled]
    if left_out:
        # A reason begins with the same words as the line, and a note tells the names once more.
        reasons = [(c.reason or say(f"kind.{c.kind}")).removeprefix("Left out: ") for c in left_out]
        names = [f"{c.name}: {reason}" for c, reason in zip(left_out, reasons, strict=True)]
        st.caption(say("schema.left_out", columns=escape("; ".join(names))))
    for note in table.notes:
        if left_out and LEFT_OUT in note:
            continue
        st.caption(f":material/info: {escape(note)}")
    with st.expander(say("schema.title"), icon=":material/edit:"):
        st.caption(say("schema.caption"))
        return _schema_editor(project, table.schema)


def preview_rows(table: ReadTable) -> pd.DataFrame:
    """The first rows; dates are spelled as the file spells them."""
    head = table.frame.head(PREVIEW_ROWS)
    formats = {c.name: c.datetime_format for c in table.schema.columns if c.datetime_format}
    return head.assign(**{name: head[name].dt.strftime(form) for name, form in formats.items()})


def schema_rows(schema: Schema) -> pd.DataFrame:
    """The columns as rows of the schema editor."""
    return pd.DataFrame(
        [
            {
                "column": c.name,
                "kind": say(f"kind.{c.kind}"),
                "examples": ", ".join(c.examples[:4]),
                "distinct": c.n_distinct,
                "missing": percent(c.missing_share),
                "range": _range_words(c),
                "reason": c.reason,
            }
            for c in schema.columns
        ]
    )


def _range_words(column: Column) -> str:
    if column.minimum is None or column.maximum is None:
        return ""
    if column.kind == "datetime":
        first, last = (pd.Timestamp(int(v)).date() for v in (column.minimum, column.maximum))
        return f"{first} – {last}"
    if column.kind == "integer":
        return f"{whole(column.minimum)} – {whole(column.maximum)}"
    return f"{number(column.minimum)} – {number(column.maximum)}"


def _schema_editor(project: Project, schema: Schema) -> Project:
    kinds: dict[str, ColumnKind] = {say(f"kind.{kind}"): kind for kind in get_args(ColumnKind)}
    rows = schema_rows(schema)
    # A new key for each state of the kinds: the editor then starts from what is true now.
    state = hashlib.sha256(repr((project.data.source, [*rows["kind"]])).encode()).hexdigest()[:12]
    text = st.column_config.TextColumn
    edited = st.data_editor(
        rows,
        hide_index=True,
        key=f"schema.editor:{state}",
        disabled=[name for name in rows.columns if name != "kind"],
        alt=say("schema.title"),
        column_config={
            "column": text(say("schema.column"), pinned=True),
            "kind": st.column_config.SelectboxColumn(
                say("schema.kind"), options=list(kinds), required=True
            ),
            "examples": text(say("schema.examples")),
            "distinct": st.column_config.NumberColumn(say("schema.distinct"), format="localized"),
            "missing": text(say("schema.missing")),
            "range": text(say("schema.range")),
            "reason": text(say("schema.reason")),
        },
    )
    changed: dict[str, ColumnKind] = {
        name: kinds[after]
        for name, before, after in zip(rows["column"], rows["kind"], edited["kind"], strict=True)
        if after != before
    }
    reset = bool(project.data.kinds) and st.button(
        say("schema.reset"), icon=":material/undo:", key="schema.reset"
    )
    if not changed and not reset:
        return project
    try:
        return with_kinds(project, {} if reset else {**project.data.kinds, **changed})
    except FairGenError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return project
