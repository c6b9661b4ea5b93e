"""FLDGM from rows to rows: every role, every way to enforce, stop and resume, save and load."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from fairgen_core.config import (
    CompressionConfig,
    DataConfig,
    FairnessConfig,
    GeneratorConfig,
    RolesConfig,
    TrainConfig,
)
from fairgen_core.data.loading import prepare
from fairgen_core.data.prepared import PreparedTable
from fairgen_core.errors import ConfigError, RunError, StoppedError, TrainingDivergedError
from fairgen_core.synthesizers import SYNTHESIZERS
from fairgen_core.synthesizers.fldgm import FLDGM
from fairgen_core.training import SilentObserver

N = 500


def _csv(folder: Path, n: int = N) -> Path:
    """Staff of a firm: pay follows grade and sex; one column of every kind, some cells missing."""
    rng = np.random.default_rng(0)
    sex = rng.choice(["f", "m"], n, p=[0.4, 0.6])
    grade = rng.choice(["A", "B", "C"], n)
    age = rng.integers(18, 66, n)
    pay = 2000 + 800 * (sex == "m") + 500 * (grade == "A") + 10 * age + rng.normal(0, 200, n)
    frame = pd.DataFrame(
        {
            "id": [f"P{i:06d}" for i in range(n)],
            "sex": sex,
            "grade": grade,
            "floor": pd.Series(grade).map({"A": 3, "B": 2, "C": 1}),
            "age": age,
            "height": np.round(165 + 12 * (sex == "m") + rng.normal(0, 6, n), 1),
            "hired": pd.Timestamp("2010-01-01") + pd.to_timedelta(rng.integers(0, 4000, n), "D"),
            "remote": rng.choice(["yes", "no"], n),
            "pay": np.round(pay),
            "level": pd.cut(pay, 4, labels=["low", "mid", "high", "top"]).astype(str),
            "good": np.where(pay > np.median(pay), "yes", "no"),
        }
    )
    frame.loc[rng.random(n) < 0.1, "height"] = np.nan
    frame.loc[rng.random(n) < 0.1, "remote"] = np.nan
    path = folder / "staff.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _csv(tmp_path_factory.mktemp("staff"))


def _table(path: Path, **roles: Any) -> PreparedTable:
    chosen = {"sensitive": ("sex",), "target": "good", "positive": "yes", **roles}
    return prepare(DataConfig(source=str(path)), RolesConfig(**chosen))


def _config(data: PreparedTable, **choices: Any) -> TrainConfig:
    fields: dict[str, Any] = {
        "data": DataConfig(source="staff"),
        "roles": data.roles,
        "compression": CompressionConfig(epochs=4, width=32, latent_dims=4),
        "generator": GeneratorConfig(n_components=5, n_steps=8),
        "preset": "quick",
    }
    return TrainConfig(**{**fields, **choices})


def _fit(data: PreparedTable, **choices: Any) -> FLDGM:
    return FLDGM(_config(data, **choices)).fit(data, SilentObserver())


class Recorder(SilentObserver):
    """Keeps checkpoints as a run folder would, and stops after some of them."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.checkpoints: list[bytes] = []
        self.told: list[tuple[str, float]] = []
        self.figures: dict[str, float] = {}
        self.previews: list[pd.DataFrame] = []
        self._stop_after = stop_after

    def on_progress(
        self,
        stage: str,
        fraction: float,
        losses: Mapping[str, float] | None = None,
        figures: Mapping[str, float] | None = None,
    ) -> None:
        self.told.append((stage, fraction))
        self.figures.update(figures or {})

    def on_preview(self, rows: Any) -> None:
        self.previews.append(rows)

    def on_checkpoint(self, state: Mapping[str, Any]) -> None:
        kept = io.BytesIO()
        torch.save(dict(state), kept)
        self.checkpoints.append(kept.getvalue())

    def should_stop(self) -> bool:
        return self._stop_after is not None and len(self.checkpoints) >= self._stop_after

    @property
    def last(self) -> Any:
        return torch.load(io.BytesIO(self.checkpoints[-1]), weights_only=True)


def _check_rows(rows: pd.DataFrame, data: PreparedTable) -> None:
    assert list(rows.columns) == list(data.train.columns)
    assert rows.dtypes.to_dict() == data.train.dtypes.to_dict()
    for column in data.schema.modelled:
        known = rows[column.name].dropna()
        if column.kind in {"category", "boolean"}:
            assert set(known) <= set(data.train[column.name].dropna())
        else:
            assert known.min() >= data.train[column.name].min()
            assert known.max() <= data.train[column.name].max()


def test_rows_have_the_tables_form_shares_and_functions(path: Path) -> None:
    data = _table(path)
    rows = _fit(data).sample(400, seed=1)
    _check_rows(rows, data)
    assert len(rows) == 400
    assert not set(rows["id"]) & set(data.train["id"])
    shares = rows["sex"].value_counts(normalize=True)
    real = data.train["sex"].value_counts(normalize=True)
    assert (shares - real).abs().max() < 0.01
    floors = rows["grade"].map({"A": 3, "B": 2, "C": 1})
    assert (rows["floor"] == floors).all()
    for name in ("height", "remote"):
        gap = rows[name].isna().mean() - data.train[name].isna().mean()
        assert abs(gap) < 0.06


@pytest.mark.parametrize(
    "enforce", ["labels", "latent", pytest.param("both-ways", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("target", ["none", "ftu", "dp", "both"])
def test_every_target_by_every_way(path: Path, target: str, enforce: str) -> None:
    data = _table(path)
    rows = _fit(data, fairness=FairnessConfig(target=target, enforce=enforce)).sample(300, seed=1)
    _check_rows(rows, data)
    rate = rows["good"].eq("yes").groupby(rows["sex"]).mean()
    gap = abs(rate["m"] - rate["f"])
    if target in {"dp", "both"}:
        assert gap < 0.3
    if (target, enforce) == ("none", "labels"):
        assert gap > 0.4


@pytest.mark.parametrize(
    "roles",
    [
        {"target": "pay", "positive": None},
        {"target": "level", "positive": None},
        {"target": None, "positive": None},
        {"sensitive": ("sex", "remote")},
        {"sensitive": ("age",), "bands": {"age": (30.0, 50.0)}},
        {"sensitive": ("hired", "sex")},
    ],
    ids=["number target", "classes", "no target", "crossed", "banded number", "banded date"],
)
def test_every_kind_of_role(path: Path, tmp_path: Path, roles: dict[str, Any]) -> None:
    data = _table(path, **roles)
    fairness = FairnessConfig(target="both" if data.roles.target else "none")
    model = _fit(data, fairness=fairness)
    rows = model.sample(400, seed=1)
    _check_rows(rows, data)
    model.save(tmp_path)
    pd.testing.assert_frame_equal(FLDGM.load(tmp_path).sample(400, seed=1), rows)


def test_a_banded_number_stays_within_its_groups_band_and_shares(path: Path) -> None:
    data = _table(path, sensitive=("age",), bands={"age": (30.0, 50.0)})
    rows = _fit(data).sample(600, seed=1)
    for frame in (rows, data.train):
        frame["band"] = pd.cut(frame["age"].astype(float), [0, 29.5, 49.5, 99]).astype(str)
    shares = [
        frame["band"].value_counts(normalize=True).sort_index() for frame in (rows, data.train)
    ]
    assert (shares[0] - shares[1]).abs().max() < 0.01


def test_a_table_of_a_sensitive_number_and_a_label_alone(path: Path, tmp_path: Path) -> None:
    """Blind models have no column to read from, and the preview's judge neither."""
    pd.read_csv(path)[["age", "good"]].to_csv(tmp_path / "two.csv", index=False)
    data = _table(tmp_path / "two.csv", sensitive=("age",))
    rows = _fit(data, fairness=FairnessConfig(target="both")).sample(300, seed=1)
    assert list(rows.columns) == ["age", "good"]


def test_uniform_representation_draws_the_groups_equally_often(path: Path) -> None:
    data = _table(path)
    fairness = FairnessConfig(target="none", representation="uniform")
    rows = _fit(data, fairness=fairness).sample(301, seed=1)
    counts = rows["sex"].value_counts()
    assert abs(counts["m"] - counts["f"]) <= 1


@pytest.mark.slow
def test_the_penalty_hides_the_group_from_an_attacker(path: Path) -> None:
    data = _table(path)
    longer = CompressionConfig(epochs=30, width=32, latent_dims=4)
    seen = []
    for fairness in (FairnessConfig(target="none"), FairnessConfig(target="dp", enforce="latent")):
        observer = Recorder()
        config = _config(data, fairness=fairness, compression=longer)
        FLDGM(config).fit(data, observer)
        seen.append(observer.figures["attacker_auroc"])
    assert seen[0] > 0.7
    assert seen[1] < seen[0] - 0.1


def test_with_ftu_in_the_latent_the_group_says_nothing_about_a_row(path: Path) -> None:
    data = _table(path)
    model = _fit(data, fairness=FairnessConfig(target="ftu", enforce="latent"))
    z = torch.randn(50, 4)
    first, second = (
        model.decoder_.rows(z, torch.full((50,), g), np.random.default_rng(0), 0) for g in (0, 1)
    )
    pd.testing.assert_frame_equal(first.drop(columns="sex"), second.drop(columns="sex"))
    assert set(first["sex"]) != set(second["sex"])


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(path: Path) -> None:
    data = _table(path)
    first, again = _fit(data), _fit(data)
    pd.testing.assert_frame_equal(first.sample(200, 1), again.sample(200, 1))
    assert not first.sample(200, 1).equals(first.sample(200, 2))


def test_pieces_hold_the_same_rows_whatever_their_size(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fairgen_core.synthesizers.drawing.BLOCK_ROWS", 130)
    model = _fit(_table(path))
    whole = model.sample(500, seed=1)
    assert whole["id"].is_unique
    for size in (77, 130, 131, 500, 900):
        pieces = list(model.iter_sample(500, seed=1, chunk_rows=size))
        assert [len(p) for p in pieces[:-1]] == [size] * (len(pieces) - 1)
        pd.testing.assert_frame_equal(pd.concat(pieces, ignore_index=True), whole)


@pytest.mark.parametrize(
    "stop_after",
    [pytest.param(1, marks=pytest.mark.slow), 3, 4, 5, pytest.param(6, marks=pytest.mark.slow)],
)
def test_a_stopped_run_goes_on_to_the_same_rows(path: Path, stop_after: int) -> None:
    data = _table(path)
    config = _config(data)
    whole = FLDGM(config).fit(data, SilentObserver()).sample(200, 1)
    observer = Recorder(stop_after)
    with pytest.raises(StoppedError):
        FLDGM(config).fit(data, observer)
    resumed = FLDGM(config).fit(data, SilentObserver(), resume_from=observer.last)
    pd.testing.assert_frame_equal(resumed.sample(200, 1), whole)


def test_the_observer_hears_of_every_stage_with_figures_and_previews(path: Path) -> None:
    data = _table(path)
    observer = Recorder()
    FLDGM(_config(data)).fit(data, observer)
    assert list(dict.fromkeys(stage for stage, _ in observer.told)) == [
        "compression",
        "labels",
        "generator",
    ]
    for stage in ("compression", "labels", "generator"):
        shares = [fraction for name, fraction in observer.told if name == stage]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
    assert set(observer.figures) == {"attacker_auroc", "preview_dp", "preview_auroc"}
    assert len(observer.previews) == 2
    assert all(len(rows) == 50 for rows in observer.previews)


def test_divergence_is_a_sentence_with_advice(path: Path) -> None:
    data = _table(path)
    wild = CompressionConfig(epochs=20, width=32, learning_rate=1.0, kl_weight=10.0)
    fairness = FairnessConfig(target="dp", enforce="latent", alpha=1e4)
    model = FLDGM(_config(data, compression=wild, fairness=fairness))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "fairgen_core.synthesizers.compression.gaussian_kl",
            lambda mean, _: mean.sum(dim=1) * float("nan"),
        )
        with pytest.raises(TrainingDivergedError, match="smaller learning rate"):
            model.fit(data, SilentObserver())


def test_a_damaged_or_foreign_model_is_refused(path: Path, tmp_path: Path) -> None:
    model = _fit(_table(path))
    with pytest.raises(RunError, match="complete model"):
        FLDGM.load(tmp_path)
    model.save(tmp_path)
    text = (tmp_path / "model.json").read_text()
    (tmp_path / "model.json").write_text(text.replace('"fldgm"', '"other"'))
    with pytest.raises(RunError, match="must be a 'fldgm' model"):
        FLDGM.load(tmp_path)
    (tmp_path / "model.json").write_text(text)
    (tmp_path / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(RunError, match="complete model"):
        FLDGM.load(tmp_path)


def test_fewer_than_one_row_is_a_sentence(path: Path) -> None:
    with pytest.raises(ConfigError, match="1 or more"):
        _fit(_table(path)).sample(0, seed=1)


@pytest.mark.parametrize("name", list(SYNTHESIZERS))
def test_every_synthesizer_keeps_the_protocol(name: str, path: Path, tmp_path: Path) -> None:
    data = _table(path)
    model = SYNTHESIZERS[name](_config(data)).fit(data, SilentObserver())
    assert len(rows := model.sample(120, seed=3)) == 120
    model.save(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"model.json", "model.safetensors"}
    assert SYNTHESIZERS[name].load(tmp_path).sample(120, seed=3).equals(rows)


def _wide(n: int, n_columns: int, n_groups: int, folder: Path) -> PreparedTable:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"c{i}": rng.normal(size=n).round(3) for i in range(n_columns)})
    frame = frame.assign(one="same")
    frame["g"] = [f"g{i % n_groups}" for i in range(n)]
    frame["y"] = rng.choice(["no", "yes"], n, p=[0.9, 0.1])
    frame.to_csv(path := folder / "wide.csv", index=False)
    roles = RolesConfig(sensitive=("g",), target="y", positive="yes")
    return prepare(DataConfig(source=str(path)), roles)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "n_columns", "n_groups"),
    [(80, 1, 2), (400, 100, 2), (1200, 3, 20)],
    ids=["tiny", "wide", "many groups"],
)
def test_extreme_shapes(n: int, n_columns: int, n_groups: int, tmp_path: Path) -> None:
    data = _wide(n, n_columns, n_groups, tmp_path)
    for enforce in ("labels", "latent"):
        fairness = FairnessConfig(target="both", enforce=enforce)
        _check_rows(_fit(data, fairness=fairness).sample(200, seed=1), data)
