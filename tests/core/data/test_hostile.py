"""Generated input: whatever is brought, there is a table or a sentence, and it comes back."""

from __future__ import annotations

import io
import string

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgen_core.config import DataConfig, RolesConfig
from fairgen_core.data.loading import prepare
from fairgen_core.data.reading import ReadTable, read_table
from fairgen_core.data.suggestions import suggest_roles
from fairgen_core.data.writing import to_bytes
from fairgen_core.errors import FairGenError

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=12)
CELLS = st.one_of(
    WORDS,
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(repr),
    st.floats(-1e6, 1e6).map(lambda x: f"{x:.2f}"),
    st.dates().map(str),
    st.datetimes().map(str),
    st.sampled_from(
        ["", "?", "NA", "NaN", "inf", "-", "0", "1", "true", "no", "01", "1,5", "'", '"']
    ),
)
COLUMN = st.one_of(
    st.tuples(st.just("mixed"), st.lists(CELLS, min_size=1, max_size=5)),
    st.tuples(st.just("numbers"), st.lists(st.integers(-999, 999).map(str), min_size=1)),
    st.tuples(st.just("decimals"), st.lists(st.decimals(-99, 99, places=3).map(str), min_size=1)),
    st.tuples(st.just("dates"), st.lists(st.dates().map(str), min_size=1, max_size=9)),
)


def write(names: list[str], columns: list[list[str]], n: int, separator: str) -> str:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    rows = [names, *([c[row % len(c)] for c in columns] for row in range(n))]
    return "\n".join([*(separator.join(map(quoted, row)) for row in rows), ""])


def is_sentence(error: FairGenError) -> bool:
    return str(error).rstrip().endswith((".", "?"))


def read(raw: bytes) -> ReadTable | None:
    try:
        return read_table(raw, "hostile")
    except FairGenError as error:
        assert is_sentence(error)  # noqa: PT017 - either outcome is right
        return None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_sentence(raw: bytes) -> None:
    read(raw)


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from(",;\t|\"' \n\r0123456789.-aé?"), max_size=300), st.booleans())
def test_any_text_gives_a_table_or_a_sentence(text: str, wide: bool) -> None:
    table = read(text.encode("utf-16" if wide else "utf-8"))
    if table is not None:
        to_bytes(table.frame, table.schema, table.file_format)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(COLUMN, min_size=2, max_size=5),
    st.integers(1, 80),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_whatever_is_read_comes_back(columns, n: int, separator: str) -> None:
    names = [f"{kind} {string.ascii_lowercase[i]}" for i, (kind, _) in enumerate(columns)]
    text = write(names, [values for _, values in columns], n, separator)
    table = read(text.encode())
    if table is None:
        return
    again = read(to_bytes(table.frame, table.schema, table.file_format))
    assert again is not None
    pd.testing.assert_frame_equal(again.frame, table.frame)
    assert again.schema.names == table.schema.names


@settings(max_examples=60, deadline=None)
@given(
    st.lists(COLUMN, min_size=2, max_size=5),
    st.integers(1, 300),
    st.floats(0.05, 0.8),
    st.data(),
)
def test_whatever_is_chosen_is_prepared_or_refused(columns, n: int, share: float, data) -> None:
    names = [f"{kind} {string.ascii_lowercase[i]}" for i, (kind, _) in enumerate(columns)]
    table = read(write(names, [values for _, values in columns], n, ",").encode())
    if table is None:
        return
    suggest_roles(table.schema, table.frame)
    roles = RolesConfig(
        sensitive=(data.draw(st.sampled_from(names)),),
        target=data.draw(st.sampled_from([*names, None])),
        positive=data.draw(st.sampled_from([None, "1", "true", *columns[0][1]])),
    )
    try:
        prepared = prepare(DataConfig(source="unused", test_share=share), roles, table)
    except FairGenError as error:
        assert is_sentence(error)  # noqa: PT017 - either outcome is right
        return
    assert len(prepared.train) == len(prepared.train_groups)
    assert set(prepared.train_groups) == set(range(len(prepared.groups.names)))
    assert set(prepared.test_groups) <= set(range(len(prepared.groups.names)))


def typed_files() -> tuple[bytes, bytes]:
    frame = pd.DataFrame({"a": range(60), "b": ["x", "y", "z"] * 20})
    parquet, excel = io.BytesIO(), io.BytesIO()
    frame.to_parquet(parquet)
    frame.to_excel(excel, index=False)
    return parquet.getvalue(), excel.getvalue()


TYPED_FILES = typed_files()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(TYPED_FILES),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=8),
    st.floats(0.1, 1),
)
def test_damaged_typed_files_get_a_sentence(whole: bytes, damage, kept: float) -> None:
    raw = bytearray(whole)
    for place, bits in damage:
        raw[int(place * len(raw))] ^= bits
    read(bytes(raw[: int(kept * len(raw))]))
