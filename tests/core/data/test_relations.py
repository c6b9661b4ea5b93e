"""Rules between columns: found where they hold in every row, and kept by whatever is generated."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from fairgen_core.data.encoding import TableEncoder
from fairgen_core.data.schema import Column, Schema

N = 1_500
DAY = pd.Timestamp("2020-01-01")


def _stays(n: int = N) -> pd.DataFrame:
    """Hospital stays: three shares, two units of one weight, a bill with its sum, two dates."""
    rng = np.random.default_rng(3)
    shares = rng.dirichlet([2, 3, 5], n) * 100
    kilograms = np.round(rng.normal(70, 12, n), 1)
    begun = rng.integers(0, 700, n)
    days = 1 + rng.poisson(4, n)
    drugs = np.round(rng.lognormal(5, 1, n), 2)
    fat, protein = np.round(shares[:, 0], 1), np.round(shares[:, 1], 1)
    return pd.DataFrame(
        {
            "fat": fat,
            "protein": protein,
            "carbohydrate": np.round(100 - fat - protein, 1),
            "kilograms": kilograms,
            "pounds": np.round(kilograms * 2.2046, 1),
            "room": pd.array(days * 312, dtype="Int64"),
            "drugs": drugs,
            "bill": np.round(days * 312 + drugs, 2),
            "admitted": DAY + pd.to_timedelta(begun, "D"),
            "discharged": DAY + pd.to_timedelta(begun + days + rng.integers(0, 40, n), "D"),
            "free": np.round(rng.normal(size=n), 3),
        }
    )


def _schema(frame: pd.DataFrame) -> Schema:
    kinds = {"f": "decimal", "I": "integer", "M": "datetime"}
    columns = []
    for name, values in frame.items():
        kind = kinds["I" if str(values.dtype) == "Int64" else values.dtype.kind]
        known = values.dropna()
        decimals = None
        if kind == "decimal":
            decimals = next(d for d in range(9) if np.allclose(known.round(d), known, atol=1e-9))
        columns.append(
            Column.model_validate({"name": str(name), "kind": kind, "decimals": decimals})
        )
    return Schema(columns=tuple(columns))


def _mixed_up(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows whose coded columns know nothing of each other: the worst a generator could do."""
    encoder = TableEncoder.fit(frame, _schema(frame))
    rng = np.random.default_rng(5)
    codes = encoder.encode(frame)
    shuffled = np.column_stack([rng.permutation(column) for column in codes.T])
    return encoder.decode(shuffled, rng)


def test_sums_and_orders_are_found_and_nothing_else() -> None:
    frame = _stays()
    encoder = TableEncoder.fit(frame, _schema(frame))
    found = {rule.name: rule for rule in encoder.rules}
    assert set(found) == {"carbohydrate", "pounds", "bill", "discharged"}
    assert found["carbohydrate"].sources == ("fat", "protein")
    assert found["carbohydrate"].weights == (-1.0, -1.0)
    assert found["carbohydrate"].constant == 100
    assert found["pounds"].weights == pytest.approx((2.2046,), abs=1e-4)
    assert found["bill"].sources == ("room", "drugs")
    assert found["discharged"].sources == ("admitted",)
    assert set(encoder.rests) == {"discharged"}
    assert set(encoder.coded) == set(frame) - {"carbohydrate", "pounds", "bill"}


def test_generated_rows_keep_the_rules_whatever_the_codes_are() -> None:
    frame = _stays()
    made = _mixed_up(frame)
    total = made["fat"] + made["protein"] + made["carbohydrate"]
    low, high = frame["carbohydrate"].min(), frame["carbohydrate"].max()
    inside = made["carbohydrate"].between(low, high, inclusive="neither")
    assert inside.mean() > 0.9
    np.testing.assert_allclose(total[inside], 100, atol=1e-6)
    assert (made["pounds"] - 2.2046 * made["kilograms"]).abs().max() < 0.2
    assert (made["discharged"] >= made["admitted"]).all()
    for name in frame:
        assert made[name].min() >= frame[name].min()
        assert made[name].max() <= frame[name].max()
        assert made[name].dtype == frame[name].dtype


def test_a_sum_may_be_missing_by_itself_and_is_missing_as_often_again() -> None:
    frame = _stays()
    gone = np.random.default_rng(1).random(N) < 0.3
    frame.loc[gone, "bill"] = np.nan
    made = _mixed_up(frame)
    assert made["bill"].isna().sum() == gone.sum()
    known = made["bill"].notna() & (made["bill"] < frame["bill"].max())
    parts = made["room"].astype(float) + made["drugs"]
    np.testing.assert_allclose(made["bill"][known], parts[known].clip(frame["bill"].min()))


def test_a_sum_is_missing_where_its_source_is() -> None:
    frame = _stays()
    frame.loc[np.random.default_rng(1).random(N) < 0.3, ["kilograms", "pounds"]] = np.nan
    made = _mixed_up(frame)
    assert (made["kilograms"].isna() == made["pounds"].isna()).all()
    assert made["pounds"].isna().sum() == frame["pounds"].isna().sum()


@pytest.mark.parametrize(
    ("low", "high"),
    [
        pytest.param((0, 10), (10, 20), id="never overlap"),
        pytest.param((0, 10), (0, 10), id="independent"),
    ],
)
def test_no_order_where_none_would_be_broken_or_one_is(
    low: tuple[int, int], high: tuple[int, int]
) -> None:
    rng = np.random.default_rng(0)
    values = {"a": rng.integers(*low, N), "b": rng.integers(*high, N)}
    frame = pd.DataFrame({name: pd.array(v, dtype="Int64") for name, v in values.items()})
    assert not TableEncoder.fit(frame, _schema(frame)).rules


def test_a_strong_correlation_is_no_sum() -> None:
    rng = np.random.default_rng(0)
    a = np.round(rng.normal(0, 10, N), 3)
    frame = pd.DataFrame({"a": a, "b": np.round(a + rng.normal(0, 0.1, N), 3)})
    assert not TableEncoder.fit(frame, _schema(frame)).rules


def test_a_column_that_is_kept_takes_no_part() -> None:
    frame = _stays()
    encoder = TableEncoder.fit(frame, _schema(frame), keep=("kilograms", "admitted"))
    assert {rule.name for rule in encoder.rules} == {"carbohydrate", "bill"}


def test_rules_are_saved_and_models_without_them_still_load() -> None:
    frame = _stays()
    encoder = TableEncoder.fit(frame, _schema(frame))
    plain, arrays = encoder.state()
    back = TableEncoder.from_state(json.loads(json.dumps(plain)), arrays)
    codes = encoder.encode(frame)
    rng = np.random.default_rng
    pd.testing.assert_frame_equal(back.decode(codes, rng(0)), encoder.decode(codes, rng(0)))
    del plain["rules"], plain["rests"]
    assert not TableEncoder.from_state(plain, arrays).rules
