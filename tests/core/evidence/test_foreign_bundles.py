"""Bundles that others made: hostile files get a sentence, and nothing is left behind."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fairgen_core import evidence_api
from fairgen_core.cli.main import main
from fairgen_core.errors import DataError
from fairgen_core.report.verifying import MANIFEST


def zip_of(method: int = zipfile.ZIP_DEFLATED, /, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return buffer.getvalue()


LINK = zipfile.ZipInfo("link")
LINK.external_attr = 0o120777 << 16


def with_link() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(LINK, "/etc/passwd")
    return buffer.getvalue()


def damaged_lzma() -> bytes:
    whole = bytearray(zip_of(zipfile.ZIP_LZMA, **{MANIFEST: bytes(1000)}))
    place = whole.index(MANIFEST.encode()) + len(MANIFEST) + 9  # behind the method's own header
    whole[place : place + 8] = b"\xff" * 8
    return bytes(whole)


def manifest_of(**more: object) -> bytes:
    return zip_of(**{MANIFEST: json.dumps({"format": "fairgen-bundle", **more}).encode()})


HOSTILE_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"hello", "must be a readable zip"),
    "empty": (lambda: zip_of(), "must have a readable MANIFEST"),
    "no manifest": (lambda: zip_of(a=b"b"), "must have a readable MANIFEST"),
    "no JSON": (lambda: zip_of(**{MANIFEST: b"{"}), "must have a readable MANIFEST"),
    "deep JSON": (lambda: zip_of(**{MANIFEST: b"[" * 100_000}), "must have a readable MANIFEST"),
    "traversal": (lambda: zip_of(**{"../../x": b"x"}), "points outside"),
    "absolute": (lambda: zip_of(**{"/etc/x": b"x"}), "points outside"),
    "backslash": (lambda: zip_of(**{"a\\b": b"x"}), "points outside"),
    "link": (with_link, "points outside"),
    "bomb": (lambda: zip_of(a=bytes(80 * 2**20)), "unpack to a sensible size"),
    "many": (lambda: zip_of(**{str(i): b"" for i in range(1200)}), "at most 1000 files"),
    "version": (lambda: manifest_of(version=9, files={}), "of a version"),
    "no settings": (lambda: manifest_of(version=1, files={}), "must have a config.json"),
    "damaged in another packing": (damaged_lzma, "must be a readable zip"),
    "a name in no letters": (
        lambda: zip_of(aé=b"x").replace("aé".encode(), b"a\xff\xfe"),
        "must be a readable zip",
    ),
    "large manifest": (
        lambda: zip_of(zipfile.ZIP_STORED, **{MANIFEST: bytes(2**26 + 1)}),
        "must have at most",
    ),
}


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_a_hostile_file_gets_a_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, words = HOSTILE_FILES[name]
    path = tmp_path / "hostile.zip"
    path.write_bytes(make())
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DataError, match=words):
        evidence_api.verify(path)
    assert main(["verify", str(path)]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert [p for p in sorted(tmp_path.rglob("*")) if "home" not in p.parts] == before


def test_a_bundle_that_is_not_there_is_told_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "nowhere.zip")]) == 2
    assert "no file is at" in capsys.readouterr().err


def test_names_in_a_bundle_do_not_speak_to_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "hostile.zip"
    path.write_bytes(manifest_of(version=1, run=[["x"]], files={"\x1b[2Jholds\n" + "x" * 5000: {}}))
    assert main(["verify", str(path)]) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "'\\x1b[2Jholds\\n" in said
    assert len(said) < 1000
