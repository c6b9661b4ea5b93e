"""The bundle: same bytes for the same run; what was changed is found; trained again it holds."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from fairgen_core import evidence_api
from fairgen_core.cli.main import main
from fairgen_core.errors import DataError
from fairgen_core.report.bundle import bundle_bytes
from fairgen_core.report.verifying import MANIFEST, MANIFEST_HASH, manifest_hash
from fairgen_core.runs import worker
from fairgen_core.runs.store import RunStore
from fairgen_core.sharing import Shared
from tests.core.evidence.conftest import Runs, finish, secret, tiny_config

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def content(runs: Runs) -> bytes:
    return bundle_bytes(runs.store, runs.both, with_samples=True)


@pytest.fixture
def bundle(content: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "b.zip"
    path.write_bytes(content)
    return path


def changed(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The zip with its members changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return buffer.getvalue()


def forge(members: dict[str, bytes], name: str, member: bytes) -> None:
    """Change a member and every hash that says so, as somebody would who means it."""
    manifest = json.loads(members[MANIFEST])
    manifest["files"][name]["sha256"] = hashlib.sha256(member).hexdigest()
    members[name], members[MANIFEST] = member, json.dumps(manifest).encode()
    members[MANIFEST_HASH] = manifest_hash(hashlib.sha256(members[MANIFEST]).hexdigest())


def test_it_holds_all_evidence_with_its_hashes(content: bytes, runs: Runs) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    whole = members.pop(MANIFEST)
    manifest = json.loads(whole)
    said = members.pop(MANIFEST_HASH).decode()
    assert said == f"{hashlib.sha256(whole).hexdigest()}  {MANIFEST}\n"  # as sha256sum reads it
    assert {
        "report.html", "model-card.md", "data-card.md", "config.json", "schema.json",
        "metrics.json", "run.json", "reproduce.sh", "reproduce.py", "samples/samples.parquet",
    } <= set(members)  # fmt: skip
    figures = {name for name in members if name.startswith("figures/")}
    for key in ("rates-labels", "rates-decisions", "scores-synthetic", "shap", "columns"):
        assert {f"figures/{key}.{end}" for end in ("svg", "png", "csv")} <= figures
        assert members[f"figures/{key}.png"].startswith(b"\x89PNG")
        assert members[f"figures/{key}.svg"].startswith(b"<svg")
        assert len(pd.read_csv(io.BytesIO(members[f"figures/{key}.csv"]))) > 0
    assert set(manifest["files"]) == set(members)
    for name, entry in manifest["files"].items():
        assert entry["sha256"] == hashlib.sha256(members[name]).hexdigest()
        assert entry["bytes"] == len(members[name])
    report = runs.store.report(runs.both)
    assert report is not None
    assert manifest["data"]["sha256"] == report.data_sha256
    assert manifest["data"]["sha256"] == hashlib.sha256(runs.table.read_bytes()).hexdigest()
    kept = members["samples/samples.parquet"]
    assert manifest["samples"]["sha256"] == hashlib.sha256(kept).hexdigest()
    assert str(runs.table.parent).encode() not in b"".join(members.values())


def test_the_same_run_gives_the_same_bytes(content: bytes, runs: Runs) -> None:
    assert bundle_bytes(runs.store, runs.both, with_samples=True) == content


def test_real_rows_come_in_only_where_asked_for(
    content: bytes, runs: Runs, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    secrets = [secret(i).encode() for i in range(600)]

    def held(archive: zipfile.ZipFile) -> set[bytes]:
        whole = b"".join(archive.read(name) for name in archive.namelist())
        samples = [n for n in archive.namelist() if n.endswith(".parquet")]
        texts = [pd.read_parquet(io.BytesIO(archive.read(n))).to_csv().encode() for n in samples]
        return {word for word in secrets if word in b"".join([whole, *texts])}

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert held(archive) == set()
        assert "shap_points" not in json.loads(archive.read("metrics.json"))
        columns = json.loads(archive.read("schema.json"))["columns"]
        assert all(column["examples"] == [] for column in columns)
        assert not json.loads(archive.read(MANIFEST))["with_real_rows"]
    out = tmp_path / "real.zip"
    asked = ["bundle", runs.both, "--out", str(out), "--with-real-rows"]
    assert main([*asked, "--runs", str(runs.store.folder)]) == 0
    assert "The bundle holds real data" in capsys.readouterr().err
    with zipfile.ZipFile(out) as archive:
        assert len(held(archive)) > 10
        assert "shows real data" in archive.read("report.html").decode()
        assert "samples/samples.parquet" not in archive.namelist()


def test_no_name_of_a_file_becomes_a_line_of_code(runs: Runs, tmp_path: Path) -> None:
    table = tmp_path / "t\rimport sys; sys.exit(7) #\u2028\n.csv"
    table.write_bytes(runs.table.read_bytes())
    store = RunStore(tmp_path / "runs")
    run_id = finish(store, tiny_config(table, "none"))
    with zipfile.ZipFile(io.BytesIO(bundle_bytes(store, run_id))) as archive:
        body = ast.parse(archive.read("reproduce.py")).body
    assert [type(part).__name__ for part in body] == ["ImportFrom", "Assign", "Expr", "Expr"]


def test_pictures_have_a_bundle_too(runs: Runs, tmp_path: Path) -> None:
    made = evidence_api.bundle(runs.pictures, tmp_path / "p.zip", runs=runs.store.folder)
    assert "figures/synthetic-pictures.png" in made.names
    assert "schema.json" not in made.names
    found = evidence_api.verify(made.path)  # digits come by name: no file is needed
    assert found.ok
    assert [check.held for check in found.checks] == [True, True]
    assert made.sha256 == found.sha256
    assert made.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()


# --- verify ------------------------------------------------------------------------------------


def test_an_honest_bundle_holds(bundle: Path, runs: Runs) -> None:
    found = evidence_api.verify(bundle, runs.table)
    assert found.ok
    assert [(check.name, check.held) for check in found.checks] == [("files", True), ("data", True)]
    open_ = evidence_api.verify(bundle)
    assert [check.held for check in open_.checks] == [True, None]
    assert "--data" in open_.checks[1].sentence


def test_trained_again_samples_and_figures_are_identical(bundle: Path, runs: Runs) -> None:
    found = evidence_api.verify(bundle, runs.table, rerun=True)
    assert found.ok, found
    assert [check.name for check in found.checks] == ["files", "data", "samples", "figures"]
    assert all(check.held for check in found.checks)
    assert "identical" in found.checks[2].sentence


def test_so_are_those_of_a_member_of_a_sweep(runs: Runs, tmp_path: Path) -> None:
    # Its likeness was measured without the label, once for all members that differ in it alone.
    store = RunStore(tmp_path / "runs")
    run_id = store.create(tiny_config(runs.table, "dp"), owner="notebook")
    folder = store.path(run_id)
    worker.run(folder, within=worker.Within(Shared(), folder / "stop", "the same rows"))
    report = store.report(run_id)
    assert report is not None
    assert report.leaves_out("hired")
    assert not report.leaves_out("gender")
    made = evidence_api.bundle(run_id, tmp_path / "m.zip", runs=store.folder)
    found = evidence_api.verify(made.path, runs.table, rerun=True)
    assert found.ok, found
    assert "identical" in found.checks[3].sentence


def test_so_are_those_of_pictures(runs: Runs, tmp_path: Path) -> None:
    made = evidence_api.bundle(runs.pictures, tmp_path / "p.zip", runs=runs.store.folder)
    found = evidence_api.verify(made.path, rerun=True)
    assert found.ok, found


def test_samples_that_are_not_of_this_seed_are_found(
    content: bytes, runs: Runs, tmp_path: Path
) -> None:
    def other_seed(members: dict[str, bytes]) -> None:
        forge(members, "config.json", members["config.json"].replace(b'"seed": 3', b'"seed": 4'))

    path = tmp_path / "other.zip"
    path.write_bytes(changed(content, other_seed))
    found = evidence_api.verify(path, runs.table, rerun=True)
    assert not found.ok
    samples, figures = found.checks[2:]
    assert samples.held is False
    assert "cells differ" in samples.sentence
    assert figures.held is False
    assert "at most by" in figures.sentence


@pytest.mark.parametrize("name", ["metrics.json", "report.html", "figures/shap.csv", MANIFEST])
def test_a_changed_member_is_found(content: bytes, name: str, runs: Runs, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[name] += b" "

    path = tmp_path / "changed.zip"
    path.write_bytes(changed(content, change))
    found = evidence_api.verify(path, runs.table, rerun=True)
    assert not found.ok
    assert found.checks[0].held is False
    assert f"'{name}' was changed" in found.checks[0].sentence
    assert found.checks[-1].held is None  # nothing is trained on what is not honest


def test_settings_that_were_damaged_are_found_as_changed(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "changed.zip"
    path.write_bytes(changed(content, lambda m: m.update({"config.json": b"{"})))
    (files,) = evidence_api.verify(path, rerun=True).checks
    assert files.held is False
    assert "'config.json' was changed" in files.sentence


def test_a_bundle_from_before_the_manifest_had_a_hash_holds(content: bytes, tmp_path: Path) -> None:
    def older(members: dict[str, bytes]) -> None:
        members[MANIFEST] = members[MANIFEST].replace(b'"version": 2', b'"version": 1')
        del members[MANIFEST_HASH]

    path = tmp_path / "older.zip"
    path.write_bytes(changed(content, older))
    assert evidence_api.verify(path).checks[0].held
    path.write_bytes(changed(content, lambda m: m.pop(MANIFEST_HASH)))
    assert not evidence_api.verify(path).ok


def test_missing_and_foreign_members_are_found(content: bytes, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        del members["run.json"]
        members["new.txt"] = b"hello"

    path = tmp_path / "changed.zip"
    path.write_bytes(changed(content, change))
    (files, _) = evidence_api.verify(path).checks
    assert "'new.txt' is not in the manifest" in files.sentence
    assert "'run.json' is missing" in files.sentence


def test_other_data_is_found(bundle: Path, runs: Runs, tmp_path: Path) -> None:
    rows = pd.read_csv(runs.table)
    rows.loc[0, "age"] += 1
    other = tmp_path / "other.csv"
    rows.to_csv(other, index=False)
    found = evidence_api.verify(bundle, other)
    assert not found.ok
    assert "The data is another" in found.checks[1].sentence


# --- a second file -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def second(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A bundle of a run with a test file, and that file."""
    folder = tmp_path_factory.mktemp("second")
    test = folder / "test.csv"
    pd.read_csv(runs.table).iloc[::3].to_csv(test, index=False)
    config = tiny_config(runs.table, "none")
    data = config.data.model_copy(update={"test_source": str(test)})
    run_id = finish(runs.store, config.model_copy(update={"data": data}))
    bundle = evidence_api.bundle(run_id, folder / "b.zip", runs=runs.store.folder).path
    return bundle, test


def test_the_test_file_is_checked_too(second: tuple[Path, Path], runs: Runs) -> None:
    bundle, test = second
    found = evidence_api.verify(bundle, runs.table, test=test, rerun=True)
    assert found.ok, found
    assert [c.name for c in found.checks] == ["files", "data", "test", "samples", "figures"]
    assert all(c.held for c in found.checks)


def test_another_test_file_is_found(
    second: tuple[Path, Path], runs: Runs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, test = second
    other = tmp_path / "other.csv"
    other.write_text(test.read_text().replace("yes", "no", 1))
    found = evidence_api.verify(bundle, runs.table, test=other, rerun=True)
    assert not found.ok
    assert [(c.name, c.held) for c in found.checks[1:]] == [
        ("data", True), ("test", False), ("samples", None),
    ]  # fmt: skip
    assert "The test file is another" in found.checks[2].sentence
    assert main(["verify", str(bundle), "--data", str(runs.table), "--test", str(other)]) == 1
    assert "The test file is another" in capsys.readouterr().out


def test_a_test_file_that_is_not_given_is_asked_for(second: tuple[Path, Path], runs: Runs) -> None:
    bundle, test = second
    found = evidence_api.verify(bundle, runs.table, rerun=True)
    assert found.ok
    assert [c.held for c in found.checks] == [True, True, None, None]
    assert all("--test" in c.sentence for c in found.checks[2:])
    alone = evidence_api.verify(bundle, test=test)
    assert [c.held for c in alone.checks] == [True, None, True]


def test_a_test_file_that_the_run_had_not_is_refused(bundle: Path, runs: Runs) -> None:
    with pytest.raises(DataError, match="Leave --test away"):
        evidence_api.verify(bundle, runs.table, test=runs.table)


# --- hostile files -----------------------------------------------------------------------------


def test_a_path_in_a_bundle_is_never_opened(content: bytes, runs: Runs, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        config = json.loads(members["config.json"])
        config["data"]["source"] = str(runs.table)
        forge(members, "config.json", json.dumps(config).encode())

    path = tmp_path / "path.zip"
    path.write_bytes(changed(content, change))
    found = evidence_api.verify(path, rerun=True)
    assert found.checks[1].held is None
    assert "--data" in found.checks[1].sentence


# --- the command line --------------------------------------------------------------------------


def test_the_command_line_does_it_all(
    runs: Runs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--runs", str(runs.store.folder)]
    page, zipped, card = tmp_path / "r.html", tmp_path / "b.zip", tmp_path / "c.md"
    assert main(["report", runs.both, "--out", str(page), *folder]) == 0
    assert page.read_text().startswith("<!doctype html>")
    assert main(["card", runs.both, "--kind", "data", "--out", str(card), *folder]) == 0
    assert card.read_text().startswith("# Data card")
    assert main(["bundle", runs.both, "--out", str(zipped), "--json", *folder]) == 0
    capsys.readouterr()
    assert main(["verify", str(zipped), "--data", str(runs.table)]) == 0
    assert "The bundle holds." in capsys.readouterr().out
    zipped.write_bytes(changed(zipped.read_bytes(), lambda m: m.update({"run.json": b"{}"})))
    assert main(["verify", str(zipped), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False
    assert main(["compare", runs.none, runs.both, "--json", *folder]) == 0
    assert json.loads(capsys.readouterr().out)["settings"][0]["key"] == "fairness.target"
    assert main(["compare", runs.none, runs.both, *folder]) == 0
    assert "setting that differs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["report", "no-such-run", "--out", "r.html"], "There must be a run"),
        (["bundle", "RUN", "--out", "b.txt"], "must be a .zip file"),
        (["bundle", "RUN", "--out", "no/b.zip"], "must exist"),
        (["card", "RUN", "--out", "c.doc"], "must end in .md"),
        (["verify", "no.zip"], "no file is at 'no.zip'"),
        (["compare", "RUN"], "Two to 4 different runs"),
    ],
)
def test_errors_are_sentences(
    words: list[str], sentence: str, runs: Runs, capsys: pytest.CaptureFixture[str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    words = [runs.both if word == "RUN" else word for word in words]
    folder = [] if words[0] == "verify" else ["--runs", str(runs.store.folder)]
    assert main([*words, *folder]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said
