"""The data sets known by name, the simulated one's truth, and downloads."""

from __future__ import annotations

import io
import urllib.error
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fairgen_core.config import DataConfig, RolesConfig
from fairgen_core.data import public
from fairgen_core.data.catalogue import CATALOGUE
from fairgen_core.data.loading import prepare
from fairgen_core.data.simulated import CAUSAL_GRAPH, hiring_probability, simulate_hiring
from fairgen_core.errors import ConfigError, DataError
from tests.core.data.text_tables import zipped

OFFLINE = [key for key, entry in CATALOGUE.items() if entry.offline]


@pytest.mark.parametrize("key", OFFLINE)
def test_offline_sets_load_and_prepare(key: str) -> None:
    entry = CATALOGUE[key]
    table = entry.load()
    assert entry.key == key
    assert len(table.frame) == entry.n_rows
    roles = RolesConfig(sensitive=entry.sensitive, target=entry.target, positive=entry.positive)
    prepared = prepare(DataConfig(source=key), roles, table)
    assert prepared.name == entry.title
    assert all([entry.title, entry.description, entry.licence, entry.source])


def test_dials_are_checked() -> None:
    with pytest.raises(ConfigError, match="Bias must be 0 to 3"):
        CATALOGUE["hiring"].load({"bias": 9.0})
    with pytest.raises(ConfigError, match="'bais' is not"):
        CATALOGUE["hiring"].load({"bais": 1.0})
    assert len(CATALOGUE["hiring"].load({"n_rows": 200}).frame) == 200


def test_hiring_without_bias_does_not_depend_on_gender() -> None:
    frame = simulate_hiring(5000, bias=0.0)
    other = frame.assign(
        gender=np.where(frame["gender"] == "man", "woman", "man"),
        part_time=np.where(frame["part_time"] == "yes", "no", "yes"),
    )
    np.testing.assert_array_equal(hiring_probability(frame, 0.0), hiring_probability(other, 0.0))
    truth = hiring_probability(simulate_hiring(200_000), 0.0)
    gender = simulate_hiring(200_000)["gender"]
    assert abs(truth[gender == "man"].mean() - truth[gender == "woman"].mean()) < 0.003


def test_the_dial_widens_the_gap_and_moves_decisions_only() -> None:
    gaps = []
    plain = simulate_hiring(20_000, bias=0.0)
    for bias in (0.0, 0.5, 1.0, 2.0):
        frame = simulate_hiring(20_000, bias=bias)
        pd.testing.assert_frame_equal(frame.drop(columns="hired"), plain.drop(columns="hired"))
        rate = (frame["hired"] == "yes").groupby(frame["gender"]).mean()
        gaps.append(rate["man"] - rate["woman"])
    assert abs(gaps[0]) < 0.015
    assert gaps == sorted(gaps)
    assert gaps[2] > 0.1


def test_hiring_rates_follow_the_written_probability() -> None:
    frame = simulate_hiring(200_000, bias=1.0)
    truth = hiring_probability(frame, 1.0)
    edges = np.quantile(truth, np.linspace(0, 1, 11))
    cell = np.clip(np.searchsorted(edges, truth) - 1, 0, 9)
    for i in range(10):
        seen = (frame["hired"] == "yes")[cell == i].mean()
        assert abs(seen - truth[cell == i].mean()) < 0.015


def test_a_probability_by_hand() -> None:
    row = pd.DataFrame(
        {
            "education": ["bachelor"],
            "experience_years": [12],
            "test_score": [61.5],
            "gender": ["woman"],
            "part_time": ["yes"],
        }
    )
    # -1.15 + 0.35 * (2 - 1.3) = -0.905; with bias 1: -0.905 - 1.1 - 0.6 = -2.605
    assert hiring_probability(row, 0.0)[0] == pytest.approx(1 / (1 + np.exp(0.905)))
    assert hiring_probability(row, 1.0)[0] == pytest.approx(1 / (1 + np.exp(2.605)))


def test_the_graph_names_the_table_s_columns() -> None:
    columns = set(simulate_hiring(100).columns)
    assert {node for cause, effect, _ in CAUSAL_GRAPH for node in (cause, effect)} <= columns
    assert {c for c, _, scaled in CAUSAL_GRAPH if scaled} == {"gender", "part_time"}


def test_proxies_tell_gender_and_merit_does_not() -> None:
    frame = simulate_hiring(20_000)
    women = (frame["gender"] == "woman").to_numpy()
    part_time = (frame["part_time"] == "yes").groupby(women).mean()
    assert part_time[True] - part_time[False] > 0.25
    assert abs(np.corrcoef(women, frame["test_score"])[0, 1]) < 0.03


ADULT_LINE = (
    "39, State-gov, 77516, Bachelors, 13, Never-married, Adm-clerical, Not-in-family, White, "
    "Male, 2174, 0, 40, United-States, <=50K"
)
GERMAN_LINE = "A11 6 A34 A43 1169 A65 A75 4 A93 A101 4 A121 67 A143 A152 2 A173 1 A192 A201 1"


def test_adult_s_own_form_is_decoded() -> None:
    raw = f"|1x3 Cross validator\n{ADULT_LINE}.\n\n".encode()
    header, row = public.decode_adult(raw).decode().splitlines()
    assert header.startswith("age,workclass,fnlwgt")
    assert header.endswith("income")
    assert row == ADULT_LINE.replace(", ", ",")


def test_german_credit_s_codes_are_decoded() -> None:
    header, row = public.decode_german((GERMAN_LINE + "\n").encode()).decode().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True)) == {
        "checking_status": "below 0 DM", "duration_months": "6",
        "credit_history": "critical account or other credits elsewhere",
        "purpose": "radio/television", "credit_amount": "1169",
        "savings": "unknown or no savings account", "employment_since": "7 years or more",
        "installment_rate_pct": "4", "sex": "male", "personal_status": "single",
        "other_debtors": "none", "residence_since": "4", "property": "real estate", "age": "67",
        "other_installment_plans": "none", "housing": "own", "existing_credits": "2",
        "job": "skilled employee or official", "people_liable": "1", "telephone": "yes",
        "foreign_worker": "yes", "credit_risk": "good",
    }  # fmt: skip


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(DataError, match="code book"):
        public.decode_german(GERMAN_LINE.replace("A43", "A999").encode())


def test_no_connection_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise urllib.error.URLError("no route to host")

    monkeypatch.delenv("FAIRGEN_DATA", raising=False)
    monkeypatch.setattr(public.urllib.request, "urlopen", refuse)
    with pytest.raises(DataError, match=r"no route to host.*put train\.csv into"):
        CATALOGUE["adult"].load()


class _Response(io.BytesIO):
    def __enter__(self) -> _Response:
        return self


def serve(monkeypatch: pytest.MonkeyPatch, archive: bytes) -> None:
    monkeypatch.delenv("FAIRGEN_DATA", raising=False)
    monkeypatch.setattr(
        public.urllib.request, "urlopen", lambda *_args, **_more: _Response(archive)
    )


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (b"<html>", "sent is none"),
        (zipped(other=b""), "sent is none"),
        (zipped(**{"german.data": GERMAN_LINE.encode()}), "checksum"),
    ],
)
def test_a_wrong_download_is_refused(
    monkeypatch: pytest.MonkeyPatch, fairgen_home: Path, archive: bytes, said: str
) -> None:
    serve(monkeypatch, archive)
    with pytest.raises(DataError, match=said):
        CATALOGUE["german_credit"].load()
    assert not list(fairgen_home.rglob("*.csv"))


def test_a_right_download_is_checked_and_kept(
    monkeypatch: pytest.MonkeyPatch, fairgen_home: Path, german_path: Path
) -> None:
    serve(monkeypatch, zipped(**{"german.data": coded(german_path)}))
    assert not public.is_here("german_credit")
    first = CATALOGUE["german_credit"].load()
    assert len(first.frame) == 1000
    kept = fairgen_home / "datasets" / "german_credit" / "german_credit.csv"
    assert kept.read_bytes() == german_path.read_bytes()
    assert public.is_here("german_credit")
    kept.write_bytes(kept.read_bytes().replace(b"1169", b"1170", 1))
    with pytest.raises(DataError, match="checksum"):
        CATALOGUE["german_credit"].load()


def coded(path: Path) -> bytes:
    """German credit's decoded rows back in the publisher's code, by the same code book."""
    back: dict[tuple[int, str], str] = {}
    columns_of = {1: 0, 3: 2, 4: 3, 6: 5, 7: 6, 10: 9, 12: 11, 14: 13, 15: 14, 17: 16, 19: 18,
                  20: 19}  # fmt: skip
    for code, word in public.GERMAN_CODES.items():
        number = int(code[1:2] if len(code) == 3 or code == "A410" else code[1:3])
        back[columns_of[number], word] = code
    status = {pair: code for code, pair in public.GERMAN_STATUS_AND_SEX.items()}
    lines = []
    for row in pd.read_csv(path, dtype=str, keep_default_na=False).itertuples(index=False):
        cells = list(row)
        cells[8:10] = [status[cells[8], cells[9]]]
        cells = [back.get((i, c), c) for i, c in enumerate(cells)]
        lines.append(" ".join([*cells[:-1], {"good": "1", "bad": "2"}[cells[-1]]]))
    return ("\n".join(lines) + "\n").encode()
