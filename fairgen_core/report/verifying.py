"""Whether a bundle is what it says: hashes, data, and, trained again, samples and figures.

A bundle is somebody else's file: it is read within limits (`foreign_zip`), and of its settings only
those are used that pass validation, never a path.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from fairgen_core.config import TrainConfig
from fairgen_core.data.images.prepared import load_images
from fairgen_core.data.loading import load_source, load_test
from fairgen_core.errors import DataError, FairGenError
from fairgen_core.image_config import ImageTrainConfig
from fairgen_core.image_presets import fill_image_config
from fairgen_core.report.foreign_zip import ForeignZip, read_zip
from fairgen_core.report.given_files import Given, given_files
from fairgen_core.report.rerun import compare_again
from fairgen_core.results import Report
from fairgen_core.run_config import DataRunConfig, parse_run_config
from fairgen_core.runs.store import RunStore

FORMAT, MANIFEST, MANIFEST_HASH = "fairgen-bundle", "MANIFEST.json", "MANIFEST.sha256"
_READ = (MANIFEST, MANIFEST_HASH, "config.json", "metrics.json")
_SAMPLES = ("samples/samples.parquet", "samples/images.npz")
_VERSIONS = (1, 2)
"""Of bundles: since the second, the manifest's own hash stands beside it."""
_MAX_NAME, _MAX_RUN = 80, 120
_THREADS = re.compile(r"([1-9]\d?) CPU cores?")
_SHA256 = re.compile(r"[0-9a-f]{64}")

Train = Callable[[Path, bool], object]
"""Does a run's work; told whether its likeness is measured without the target, as in a sweep."""


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Check(_Result):
    """One thing that was looked at. `held` is None where it could not be told."""

    name: Literal["manifest", "files", "data", "test", "samples", "figures"]
    held: bool | None
    sentence: str


class Verification(_Result):
    """What became of a bundle's claims; `ok` where none failed.

    Attributes:
        sha256: of the zip: where it is the one that its maker named, nothing in it was changed.
    """

    ok: bool
    sha256: str
    run: str
    checks: tuple[Check, ...]


def verify_bundle(
    bundle: Path,
    data: Path | None = None,
    *,
    test: Path | None = None,
    attributes: Path | None = None,
    train: Train | None = None,
) -> Verification:
    """Check a bundle.

    Args:
        bundle: the zip.
        data: the real data that it says it was made from; not needed of a set of the catalogue.
        test: the second file with the held-out rows, where the run had one.
        attributes: the table beside the pictures, where the run had one.
        train: see `Train`; None: nothing is trained again.

    Raises:
        DataError: it is no bundle, or cannot be read within the limits; or a file of the person
            cannot be used.
        FairGenError: the training failed.
    """
    found = read_zip(bundle, _READ, _SAMPLES if train is not None else ())
    members = found.kept
    manifest = _manifest(members)
    checks = [_check_files(manifest, found)]
    run = manifest.get("run")
    run = run[:_MAX_RUN] if isinstance(run, str) else ""
    try:
        config = _config(members)
    except FairGenError:
        if checks[0].held:
            raise
        return Verification(ok=False, sha256=found.sha256, run=run, checks=tuple(checks))
    given = given_files(config, data, test, attributes)
    checks += _check_data(manifest, given)
    failed = any(check.held is False for check in checks)
    why = "what came before does not hold" if failed else given.missing
    if train is not None and not why:
        checks += _again(manifest, members, given.config, train)
    elif train is not None:
        checks.append(
            Check(name="samples", held=None, sentence=f"Nothing was trained again: {why}.")
        )
    ok = all(check.held is not False for check in checks)
    return Verification(ok=ok, sha256=found.sha256, run=run, checks=tuple(checks))


# --- what it says of itself ---------------------------------------------------------------------


def _manifest(members: dict[str, bytes]) -> dict[str, Any]:
    found = _json(members.get(MANIFEST))
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, dict) or found.get("format") != FORMAT:
        raise DataError(
            f"A bundle must have a readable {MANIFEST}, and this zip has none. "
            "Check that it was made by the bundle command."
        )
    if found.get("version") not in _VERSIONS:
        raise DataError(
            "The bundle must be of a version that this FairGen knows (1 or 2), and it is "
            f"'{str(found.get('version'))[:20]}'. Use the FairGen that made it."
        )
    return dict(found)


def _config(members: dict[str, bytes]) -> DataRunConfig:
    raw = members.get("config.json")
    if raw is None:
        raise DataError("A bundle must have a config.json, and this one has none.")
    config = parse_run_config(raw)
    if isinstance(config, DataRunConfig):
        return config
    raise DataError("A bundle is about a run on data, and this one is about a lesson's experiment.")


def _json(content: bytes | None) -> Any:
    try:
        return json.loads(content or b"")
    except (ValueError, RecursionError):
        return None


# --- checks ----------------------------------------------------------------------------------


def _check_files(manifest: dict[str, Any], found: ForeignZip) -> Check:
    """Whether every member has the hash that the manifest says, and none is missing or new; and
    whether the manifest itself is whole.
    """
    said = manifest["files"]
    wrong = []
    if manifest["version"] > 1 and found.kept.get(MANIFEST_HASH) != manifest_hash(
        found.digests[MANIFEST]
    ):
        wrong.append(f"'{MANIFEST}' was changed")
    beside = {MANIFEST, MANIFEST_HASH} if manifest["version"] > 1 else {MANIFEST}
    for name, digest in found.digests.items():
        if name in beside:
            continue
        entry = said.get(name)
        expected = entry.get("sha256") if isinstance(entry, dict) else None
        if expected is None:
            wrong.append(f"'{name[:_MAX_NAME]}' is not in the manifest")
        elif digest != expected:
            wrong.append(f"'{name[:_MAX_NAME]}' was changed")
    wrong += [f"'{name[:_MAX_NAME]}' is missing" for name in said if name not in found.digests]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        return Check(
            name="files",
            held=False,
            sentence=f"Not what the manifest says: {'; '.join(wrong[:5])}{more}.",
        )
    return Check(
        name="files",
        held=True,
        sentence=f"All {len(said):,} files have the hashes that the manifest says.",
    )


def _check_data(manifest: dict[str, Any], given: Given) -> list[Check]:
    """Whether the data has the bundle's hash; of a run with a second file, also that one."""
    said = manifest.get("data")
    hashes = said if isinstance(said, dict) else {}
    config, expected = given.config, hashes.get("sha256")
    if not _is_hash(expected):
        return [Check(name="data", held=False, sentence="The manifest has no hash of the data.")]
    if not given.data:
        words = "The data was not checked: say where it lies with --data."
        checks = [Check(name="data", held=None, sentence=words)]
    elif isinstance(config, ImageTrainConfig):
        found = load_images(fill_image_config(config)).sha256
        checks = [_compared("data", "The data", found, expected)]
    else:
        checks = [_compared("data", "The data", load_source(config.data).sha256, expected)]
    if isinstance(config, ImageTrainConfig) or not given.has_test:
        return checks
    expected = hashes.get("test_sha256")
    if not given.test:
        words = "The test file was not checked: say where it lies with --test."
    elif not _is_hash(expected):
        words = "The test file was not checked: the bundle holds no hash of it."
    else:
        table = load_test(config.data)
        found = table.sha256 if table is not None else ""
        return [*checks, _compared("test", "The test file", found, expected)]
    return [*checks, Check(name="test", held=None, sentence=words)]


def manifest_hash(sha256: str) -> bytes:
    """What stands beside the manifest, as ``sha256sum`` writes and reads it."""
    return f"{sha256}  {MANIFEST}\n".encode()


def _is_hash(said: object) -> bool:
    return isinstance(said, str) and _SHA256.fullmatch(said) is not None


def _compared(name: Literal["data", "test"], called: str, found: str, expected: object) -> Check:
    if found == expected:
        words = f"{called} is that which the bundle was made from."
        return Check(name=name, held=True, sentence=words)
    words = f"{called} is another: its SHA-256 is {found}, and the bundle's {expected}."
    return Check(name=name, held=False, sentence=words)


def _again(
    manifest: dict[str, Any], members: dict[str, bytes], config: DataRunConfig, train: Train
) -> list[Check]:
    """Train again in a home of its own, and compare what comes out."""
    with tempfile.TemporaryDirectory(prefix="fairgen-verify-") as folder:
        store = RunStore(Path(folder) / "runs")
        run_id = store.create(config, owner="notebook")
        with _threads_as_then(manifest):
            train(store.path(run_id), _without_target(config, members))
        found = compare_again(store, run_id, manifest, members)
    return [Check(name=name, held=held, sentence=words) for name, held, words in found]


def _without_target(config: DataRunConfig, members: dict[str, bytes]) -> bool:
    """Whether the run was a member of a sweep whose likeness was measured once for several."""
    try:
        report = Report.model_validate_json(members.get("metrics.json", b""))
    except ValidationError:  # of pictures, or damaged, which is told elsewhere
        return False
    return isinstance(config, TrainConfig) and report.leaves_out(config.roles.target)


@contextmanager
def _threads_as_then(manifest: dict[str, Any]) -> Iterator[None]:
    """As many threads as the run had: sums of another number of parts round differently."""
    said = _THREADS.fullmatch(str(manifest.get("device")))
    before = os.environ.get("OMP_NUM_THREADS")
    if said is not None:
        os.environ["OMP_NUM_THREADS"] = said.group(1)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("OMP_NUM_THREADS", None)
        else:
            os.environ["OMP_NUM_THREADS"] = before
