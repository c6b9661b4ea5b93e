"""What is read from files of every form."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from fairgen_core.config import ColumnKind
from fairgen_core.data import typed_files
from fairgen_core.data.reading import ReadTable, read_table
from fairgen_core.data.writing import to_bytes
from fairgen_core.errors import ConfigError
from tests.core.data.text_tables import many, table_of, text_of


def test_golden_schema() -> None:
    table = table_of(
        age=many("39", "?", "17"), sex=many("Male", "Female", "Male"), pay=many("1.5", "22.75")
    )
    age, sex, pay = table.schema.columns
    assert (age.kind, age.minimum, age.maximum, age.missing_marker) == ("integer", 17, 39, "?")
    assert age.missing_share == pytest.approx(1 / 3)
    assert age.n_distinct == 2
    assert (sex.kind, sex.categories) == ("category", ("Male", "Female"))
    assert (pay.kind, pay.decimals, pay.min_decimals) == ("decimal", 2, 1)
    assert table.frame["age"].tolist()[:3] == [39, pd.NA, 17]
    assert len(table.sha256) == 64


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("1", "2", "3"), "integer"),
        (("0", "1"), "boolean"),
        (("yes", "no"), "boolean"),
        (("Ja", "Nein"), "boolean"),
        (("M", "F"), "category"),
        (("1.0", "2.5"), "decimal"),
        ((".5", "-3."), "decimal"),
        (("1e3", "2E-2"), "decimal"),
        (("00123", "00124"), "category"),
        (("2020-01-01", "2021-12-31"), "datetime"),
        (("12:30", "13:45"), "category"),
        (("12%", "13%"), "integer"),
        (("$5", "$6"), "integer"),
        (("none", "guarantor"), "category"),
        (("-", "+"), "category"),
        (("", "NA"), "text"),
        (("1", "two", "3", "4"), "category"),
    ],
)
def test_kinds_are_guessed(values: tuple[str, ...], kind: str) -> None:
    assert table_of(x=many(*values), y=many("a", "b", "c")).schema["x"].kind == kind


def test_a_column_of_many_kinds_says_so() -> None:
    column = table_of(x=many("1", "two", "3", "4"), y=many("a", "b")).schema["x"]
    assert "'two'" in column.reason


def test_infinite_values_count_as_missing() -> None:
    table = table_of(x=many("1.5", "inf", "2.5", "-inf"), y=many("a", "b"))
    assert table.frame["x"].isna().sum() == 30
    assert "'-inf'" in table.schema["x"].reason


def test_several_missing_markers_are_named() -> None:
    column = table_of(x=many("1", "?", "?", "NA"), y=many("a", "b")).schema["x"]
    assert column.missing_marker == "?"
    assert "'NA'" in column.reason


def test_spellings_that_differ_in_case_are_kept_and_named() -> None:
    column = table_of(x=many("Male", "male", "Female"), y=many("a", "b")).schema["x"]
    assert set(column.categories) == {"Male", "male", "Female"}
    assert "differ only in case or blanks" in column.reason


def test_whole_numbers_that_may_be_codes_are_noted_and_quantities_are_not() -> None:
    codes = [str(10_000 + 97 * i) for i in range(40)] * 10
    ages, sums = [str(100 + i) for i in range(40)] * 10, [str(5 + 97 * i) for i in range(40)] * 10
    table = table_of(place=codes, age=ages, amount=sums)
    noted = {c.name for c in table.schema.columns if "codes, such as postcodes" in c.reason}
    assert noted == {"place"}
    assert table.schema["place"].kind == "integer"
    assert table.notes[-1].startswith("'place': if these numbers are codes")


def test_rows_that_are_named_are_left_out_with_the_reason() -> None:
    n = 400
    table = table_of(
        id=[str(i) for i in range(n)],
        code=[f"C{i:05d}" for i in range(n)],
        note=[f"some words about {i}" for i in range(n)],
        same=["x"] * n,
        group=many("a", "b", n=n),
    )
    kinds = {c.name: c.kind for c in table.schema.columns}
    assert kinds == {
        "id": "identifier", "code": "identifier", "note": "text", "same": "category",
        "group": "category",
    }  # fmt: skip
    assert table.schema["code"].pattern == "C{:05d}"
    assert table.schema["id"].reason.startswith("Left out")
    assert "same value in every row" in table.schema["same"].reason
    assert any("left out of the model" in note for note in table.notes)


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "rownames", "row.names"])
def test_the_rows_own_names_of_a_filtered_table_are_no_quantity(name: str) -> None:
    head, rows = f"{name},group,size", [f"{7 * i % 997},{'ab'[i % 2]},{i % 9}" for i in range(300)]
    table = read_table("\n".join([head, *rows]).encode())
    assert [c.kind for c in table.schema.columns] == ["identifier", "category", "integer"]


def test_fifty_thousand_categories_are_left_out() -> None:
    n = 100_000
    table = table_of(place=[f"p{i % 50_000}" for i in range(n)], y=many("a", "b", n=n))
    assert table.schema["place"].kind == "text"
    assert "50,000 different values in 100,000 rows" in table.schema["place"].reason


def test_numbers_beyond_exact_decimals_are_codes() -> None:
    table = table_of(x=[str(2**53 + 3 + i) for i in range(60)], y=many("a", "b"))
    assert table.schema["x"].kind == "identifier"
    assert table.frame["x"][0] == str(2**53 + 3)


def test_thousands_separators_in_quotes_are_not_decimals() -> None:
    raw = "\n".join(["x,y", *(f'"{i + 1},{i:03d}",{i % 3}.5' for i in range(60))]).encode()
    assert read_table(raw).schema["x"].kind != "decimal"


@pytest.mark.parametrize(
    ("kind", "values", "wanted"),
    [
        ("category", ("1", "2", "3"), ["1", "2", "3"]),
        ("decimal", ("1", "2", "3"), [1.0, 2.0, 3.0]),
        ("integer", ("0", "1", "1"), [0, 1, 1]),
        ("text", ("1", "2", "3"), ["1", "2", "3"]),
        ("identifier", ("1", "2", "3"), ["1", "2", "3"]),
        ("integer", ("007", "008", "009"), [7, 8, 9]),
    ],
)
def test_kinds_are_corrected(kind: ColumnKind, values: tuple[str, ...], wanted: list) -> None:
    table = read_table(text_of(x=many(*values), y=many("a", "b")), kinds={"x": kind})
    assert table.schema["x"].kind == kind
    assert table.frame["x"].tolist()[:3] == wanted


def test_words_among_numbers_count_as_missing_where_a_number_is_wanted() -> None:
    raw = text_of(x=many("1", "2", "3", "4", "few", n=100), y=many("a", "b", n=100))
    table = read_table(raw, kinds={"x": "integer"})
    assert table.frame["x"].isna().sum() == 20
    assert table.schema["x"].missing_share == pytest.approx(0.2)
    assert "'few'" in table.schema["x"].reason


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("datetime", ("39", "40")),
        ("integer", ("1.5", "2")),
        ("integer", ("Male", "Female")),
        ("decimal", ("Male", "Female")),
        ("boolean", ("a", "b", "c")),
        ("datetime", ("", "NA")),
    ],
)
def test_impossible_corrections_name_the_column(kind: ColumnKind, values: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="Column 'x' cannot be read as") as caught:
        read_table(text_of(x=many(*values), y=many("a", "b")), kinds={"x": kind})
    assert caught.value.field == "data.kinds.x"


def test_a_correction_of_no_column_is_refused() -> None:
    with pytest.raises(ConfigError, match="'z' is none"):
        read_table(text_of(x=many("1"), y=many("a", "b")), kinds={"z": "integer"})


def test_arrow_type_reads_its_own_names() -> None:
    from tests.core.data.test_round_trip import typed_table

    for field in typed_table().schema:
        assert typed_files.arrow_type(str(field.type)) == field.type


def test_nested_parquet_columns_are_left_out(tmp_path: Path) -> None:
    import pyarrow as pa

    nested = pa.table({"x": [[1, 2], [3]] * 30, "y": [{"a": 1}] * 60, "z": list(range(60))})
    path = tmp_path / "nested.parquet"
    pq.write_table(nested, path)
    table = read_table(path)
    assert [c.kind for c in table.schema.columns][:2] == ["text", "text"]


def test_adult_is_read_as_it_is(adult_dir: Path) -> None:
    table = read_table(adult_dir / "train.csv")
    assert len(table.frame) == 32_561
    assert len(table.schema.modelled) == 15
    assert table.frame.isna().any(axis=1).sum() == 2_399
    assert table.schema["workclass"].missing_marker == "?"
    assert re.match("f2c62076", table.sha256)


@pytest.mark.parametrize(
    ("values", "kind", "numbers"),
    [
        (("$1200", "$50"), "integer", [1200, 50]),
        (("12%", "5.5%"), "decimal", [12, 5.5]),
        (("1,200", "950", "1,234,500"), "integer", [1200, 950, 1234500]),
        (("-$1,200.50", "$0.25"), "decimal", [-1200.5, 0.25]),
        (("€ -3.50", "€ 1,000.00"), "decimal", [-3.5, 1000]),
        (("1.234,50 €", "-12,00 €"), "decimal", [1234.5, -12]),
        (("1 234,5", "17,0"), "decimal", [1234.5, 17]),
        (("1\u00a0234 kr", "5 kr"), "integer", [1234, 5]),
        (("1'234.50", "0.05"), "decimal", [1234.5, 0.05]),
        (("12,5 %", "100,0 %"), "decimal", [12.5, 100]),
        (("CHF 12", "CHF 1300"), "integer", [12, 1300]),
        (("$5", "€5"), "category", None),
        (("$5", "five"), "category", None),
        (("555 123 456", "555 987 654"), "category", None),  # telephone numbers
        (("0123 4567", "0123 4568"), "category", None),
        (("$007", "$008"), "category", None),
        (("1,2,3", "4,5,6"), "category", None),
    ],
)
def test_currency_percent_and_thousands_marks_are_read_as_numbers(
    values: tuple[str, ...], kind: ColumnKind, numbers: list[float] | None
) -> None:
    raw = text_of(x=many(*(f'"{v}"' for v in values)), y=many("a", "b"))
    table = read_table(raw)
    column = table.schema["x"]
    assert column.kind == kind
    if numbers is not None:
        assert table.frame["x"].tolist()[: len(values)] == numbers
        assert column.form is not None
        assert "Numbers written like" in column.reason
    again = read_table(to_bytes(table.frame, table.schema, table.file_format))
    pd.testing.assert_frame_equal(again.frame, table.frame)
    spelled = pd.read_csv(
        io.BytesIO(to_bytes(table.frame, table.schema, table.file_format)), dtype=str
    )["x"]
    if values != ("12%", "5.5%"):  # a number has its column's fewest digits, not its own
        assert spelled.tolist()[: len(values)] == list(values)


def test_numbers_with_exponents_keep_their_digits() -> None:
    raw = text_of(x=many("1.250e-05", "-3.000e+07", "9.999e+00"), y=many("a", "b"))
    table = read_table(raw)
    column = table.schema["x"]
    assert (column.kind, column.decimals, column.significant) == ("decimal", None, 4)
    assert written(table) == raw
    mixed = table_of(x=many("1e-5", "2.5"), y=many("a", "b"))
    assert mixed.schema["x"].significant is None


def test_dates_that_could_be_swapped_say_so() -> None:
    both = table_of(x=many("01/02/2020", "03/04/2020"), y=many("a", "b")).schema["x"]
    assert both.datetime_format == "%m/%d/%Y"
    assert "month before day" in both.reason
    one = table_of(x=many("01/02/2020", "30/04/2020"), y=many("a", "b")).schema["x"]
    assert (one.datetime_format, one.reason) == ("%d/%m/%Y", "")


def test_uci_s_own_file_without_header_is_read(adult_dir: Path) -> None:
    text = (adult_dir / "train.csv").read_text().split("\n", 1)[1].replace(",", ", ")
    table = read_table((text + "\n").encode())
    assert len(table.frame) == 32_561
    assert not table.file_format.has_header
    assert table.schema["column_15"].categories == ("<=50K", ">50K")


@pytest.mark.parametrize(
    ("first", "has_header"),
    [
        ("country,2019,2020", True),
        ("country,x,2020", True),
        ("here,12,13", False),
        ("2019,2020,2021", True),
    ],
)
def test_a_header_is_told_from_a_row(first: str, has_header: bool) -> None:
    number = first.startswith("2019")
    rows = [f"{i if number else 'abc'[i % 3]},{i % 9},{i % 7}" for i in range(60)]
    table = read_table("\n".join([first, *rows, ""]).encode())
    assert table.file_format.has_header == has_header
    assert len(table.frame) == 60 + (not has_header)


@pytest.mark.parametrize(
    ("dates", "first", "last"),
    [
        (("19/11/60", "15/02/75", "01/01/84"), 1960, 1984),
        (("19/11/00", "15/02/12", "29/02/24"), 2000, 2024),
        (("01/06/46", "15/02/70", "31/12/99", "01/01/05"), 1946, 2005),
        (("01/06/25", "15/02/40"), 2025, 2040),
    ],
)
def test_two_digit_years_lie_in_one_stretch(dates: tuple[str, ...], first: int, last: int) -> None:
    table = table_of(x=many(*dates), y=many("a", "b"))
    years = table.frame["x"].dt.year
    assert (years.min(), years.max()) == (first, last)
    assert written(table) == text_of(x=many(*dates), y=many("a", "b"))


def written(table: ReadTable) -> bytes:
    return to_bytes(table.frame, table.schema, table.file_format)
