"""Tables to cells and back: nothing is lost that a cell can hold, and nothing is made up."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgen_core.data.cells import MAX_SPELLINGS, CategoryCells, NumberCells
from fairgen_core.data.encoding import TableEncoder
from fairgen_core.data.schema import Column, Schema
from fairgen_core.errors import DataError

N = 2_000


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


def _table(n: int = N) -> tuple[pd.DataFrame, Schema]:
    """One column of every kind, each with missing values."""
    rng = _rng()
    town = rng.choice(np.array(["Ulm", "Köln", "Bonn"], dtype=object), n, p=[0.6, 0.3, 0.1])
    frame = pd.DataFrame(
        {
            "town": town,
            "area": pd.Series(town).map({"Ulm": "south", "Köln": "west", "Bonn": "west"}),
            "member": rng.choice(np.array(["yes", "no"], dtype=object), n),
            "age": pd.array(rng.integers(18, 91, n), dtype="Int64"),
            "income": np.round(rng.lognormal(10, 1, n), 2),
            "since": pd.Timestamp("2001-01-01") + pd.to_timedelta(rng.integers(0, 9000, n), "D"),
        }
    )
    for name in ("member", "age", "income", "since"):
        frame.loc[rng.random(n) < 0.1, name] = None
    kinds = ("category", "category", "boolean", "integer", "decimal", "datetime")
    columns = [
        Column(name=name, kind=kind, decimals=2 if kind == "decimal" else None)
        for name, kind in zip(frame.columns, kinds, strict=True)
    ]
    return frame, Schema(columns=tuple(columns))


def test_a_round_trip_keeps_dtypes_cells_ranges_decimals_and_missing_values() -> None:
    frame, schema = _table()
    encoder = TableEncoder.fit(frame, schema)
    codes = encoder.encode(frame)
    back = encoder.decode(codes, _rng())
    assert list(back.columns) == list(frame.columns)
    assert {n: str(t) for n, t in back.dtypes.items()} == {
        n: str(t) for n, t in frame.dtypes.items()
    }
    assert (encoder.encode(back) == codes).all()
    for name in frame:
        assert (back[name].isna() == frame[name].isna()).all()
    for name in ("town", "area", "member"):
        assert back[name].dropna().equals(frame[name].dropna())
    for name in ("age", "income", "since"):
        assert back[name].min() >= frame[name].min()
        assert back[name].max() <= frame[name].max()
    known = back["income"].dropna()
    assert (known == known.round(2)).all()
    assert (back["since"].dropna() == back["since"].dropna().dt.normalize()).all()


def test_numbers_keep_their_distribution_inside_a_cell() -> None:
    frame, schema = _table(20_000)
    encoder = TableEncoder.fit(frame, schema)
    back = encoder.decode(encoder.encode(frame), _rng())
    for name in ("age", "income"):
        real = np.sort(frame[name].dropna().to_numpy(np.float64))
        drawn = np.sort(back[name].dropna().to_numpy(np.float64))
        levels = np.linspace(0.01, 0.99, 50)
        spread = np.quantile(real, 0.9) - np.quantile(real, 0.1)
        gap = np.abs(np.quantile(real, levels) - np.quantile(drawn, levels)).max()
        assert gap < 0.05 * spread


def test_a_function_of_another_column_is_derived_and_the_finer_column_is_coded() -> None:
    frame, schema = _table()
    encoder = TableEncoder.fit(frame, schema)
    assert set(encoder.derived) == {"area"}
    assert encoder.derived["area"].source == "town"
    assert "area" not in encoder.coded


def test_of_two_columns_that_say_the_same_the_right_one_is_derived() -> None:
    letters = np.repeat(np.array(["a", "b", "c"], dtype=object), 50)
    frame = pd.DataFrame(
        {"letter": letters, "place": pd.array(np.repeat([1, 2, 3], 50), dtype="Int64")}
    )
    schema = Schema(
        columns=(Column(name="letter", kind="category"), Column(name="place", kind="integer"))
    )
    encoder = TableEncoder.fit(frame, schema)
    assert encoder.coded == ("letter",)
    assert encoder.decode(encoder.encode(frame), _rng()).equals(frame)


def test_kept_columns_are_neither_derived_nor_sources() -> None:
    frame, schema = _table()
    assert not TableEncoder.fit(frame, schema, keep=("area",)).derived
    assert not TableEncoder.fit(frame, schema, keep=("town",)).derived


def test_a_column_with_as_many_values_as_rows_is_no_source() -> None:
    frame = pd.DataFrame(
        {
            "name": np.array([f"p{i}" for i in range(60)], dtype=object),
            "side": np.array(["l", "r"] * 30, dtype=object),
        }
    )
    schema = Schema(columns=tuple(Column(name=n, kind="category") for n in frame))
    assert not TableEncoder.fit(frame, schema).derived


def test_no_cell_reaches_across_a_cut() -> None:
    frame, schema = _table()
    encoder = TableEncoder.fit(frame, schema, cuts={"age": (40.0,)})
    codes = encoder.encode(frame)[:, encoder.coded.index("age")]
    age = frame["age"].to_numpy(np.float64, na_value=np.nan)
    below, above = codes[age < 40], codes[age >= 40]
    assert not set(below) & set(above)
    drawn = encoder.cells["age"].draw(below, _rng())
    assert drawn.max() < 40


def test_many_spellings_share_a_cell_and_come_back_by_their_shares() -> None:
    rng = _rng()
    names = np.array([f"n{i}" for i in range(400)], dtype=object)
    series = pd.Series(rng.choice(names, 40_000))
    cells = CategoryCells.fit(series)
    assert cells.cardinality == MAX_SPELLINGS
    back = cells.series(cells.draw(cells.codes(cells.values(series)), rng))
    assert set(back) <= set(names)
    assert back.nunique() == 400


def test_a_column_of_many_spellings_keeps_them_apart_where_few_columns_have_many() -> None:
    rng = _rng()
    places = rng.integers(0, 400, 8_000)
    group = np.where(places % 2, "a", "b")
    data = {"place": np.array([f"n{i}" for i in range(400)])[places], "group": group}
    frame = pd.DataFrame(data, dtype=object)
    names = tuple(sorted(set(frame["place"])))
    place = Column(name="place", kind="category", categories=names)
    schema = Schema(columns=(place, Column(name="group", kind="category")))
    encoder = TableEncoder.fit(frame, schema)
    assert encoder.cells["place"].cardinality == 400
    assert encoder.decode(encoder.encode(frame), rng).equals(frame)
    plain, arrays = encoder.state()
    again = TableEncoder.from_state(json.loads(json.dumps(plain)), arrays)
    assert again.cells["place"].cardinality == 400
    del plain["columns"][0]["most"]
    assert TableEncoder.from_state(plain, arrays).cells["place"].cardinality == MAX_SPELLINGS
    many = pd.concat([frame["place"].rename(f"place {i}") for i in range(40)], axis=1)
    wide = Schema(columns=tuple(place.model_copy(update={"name": n}) for n in many))
    cells = TableEncoder.fit(many, wide).cells
    assert {own.cardinality for own in cells.values()} == {MAX_SPELLINGS}


def test_an_unknown_spelling_has_a_cell() -> None:
    cells = CategoryCells.fit(pd.Series(["a", "b", "a"], dtype=object))
    codes = cells.codes(cells.values(pd.Series(["new", None, "a"], dtype=object)))
    assert codes.min() >= 0
    assert codes.max() < cells.cardinality


@pytest.mark.parametrize("kind", ["category", "integer", "decimal"])
def test_constant_and_all_missing_columns_survive(kind: str) -> None:
    value: object = "x" if kind == "category" else 7
    dtype = {"category": "object", "integer": "Int64", "decimal": "float64"}[kind]
    for content in ([value] * 30, [None] * 30):
        frame = pd.DataFrame({"c": pd.Series(content, dtype=dtype)})
        schema = Schema(columns=(Column(name="c", kind=kind),))  # type: ignore[arg-type]
        encoder = TableEncoder.fit(frame, schema)
        pd.testing.assert_frame_equal(encoder.decode(encoder.encode(frame), _rng()), frame)


def test_the_state_survives_json_and_decodes_the_same() -> None:
    frame, schema = _table()
    encoder = TableEncoder.fit(frame, schema)
    plain, arrays = encoder.state()
    again = TableEncoder.from_state(json.loads(json.dumps(plain)), arrays)
    codes = encoder.encode(frame)
    assert again.decode(codes, _rng()).equals(encoder.decode(codes, _rng()))


def test_no_rows_or_no_columns_is_a_sentence() -> None:
    frame, schema = _table()
    with pytest.raises(DataError, match="at least one row"):
        TableEncoder.fit(frame.head(0), schema)
    with pytest.raises(DataError, match="one column"):
        TableEncoder.fit(frame, schema, exclude=schema.names)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0])),
        min_size=1,
        max_size=300,
    ),
    st.sampled_from([None, 0, 2]),
)
def test_every_number_lands_in_its_cell_again(
    content: list[float | None], decimals: int | None
) -> None:
    if decimals is not None:
        content = [None if v is None else round(v, decimals) for v in content]
    series = pd.Series(content, dtype="float64")
    cells = NumberCells.fit(series, Column(name="c", kind="decimal", decimals=decimals))
    codes = cells.codes(cells.values(series))
    drawn = cells.draw(codes, _rng())
    assert codes.max() < cells.cardinality
    assert (np.isnan(drawn) == series.isna()).all()
    if series.notna().any():
        assert np.nanmin(drawn) >= series.min() - 1e-6
        assert np.nanmax(drawn) <= series.max() + 1e-6
