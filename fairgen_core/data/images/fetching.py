"""Publishers' files of pictures: from a local folder, or downloaded once; checksums always hold."""

from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.request
from pathlib import Path

from fairgen_core.data.public import datasets_folder
from fairgen_core.errors import DataError

_TIMEOUT_SECONDS = 60.0
_MAX_BYTES = 200_000_000


def folders(key: str) -> list[Path]:
    """Where a set's files may lie: in the folder of ``FAIRGEN_DATA``, in FairGen's home."""
    given = os.environ.get("FAIRGEN_DATA")
    return [*([Path(given).expanduser() / key] if given else []), datasets_folder() / key]


def find(key: str, *names: str) -> Path | None:
    """The first of these files or folders that is there."""
    places = (folder / name for folder in folders(key) for name in names)
    return next((place for place in places if place.exists()), None)


def fetch(key: str, url: str, name: str, md5: str) -> bytes:
    """A publisher's file.

    Args:
        key: the set, and its folder's name.
        url: where `name` is published.
        name: of the file.
        md5: of its content, as its publisher lists it.

    Raises:
        DataError: it can neither be found nor downloaded, or is another file.
    """
    for folder in folders(key):
        if (folder / name).is_file():
            return _checked((folder / name).read_bytes(), name, md5)
    try:
        request = urllib.request.Request(url + name, headers={"User-Agent": "FairGen"})
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
            content = response.read(_MAX_BYTES + 1)
    except (urllib.error.URLError, OSError) as error:
        raise DataError(
            f"{key} must be downloaded once from {url}, and that did not work "
            f"({getattr(error, 'reason', None) or error}). Connect to the internet and try again, "
            f"or put {name} into {datasets_folder() / key}, or name its folder's parent in "
            "FAIRGEN_DATA."
        ) from error
    content = _checked(content, name, md5)
    target = datasets_folder() / key / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f"{target.suffix}.{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(target)
    except OSError:
        pass  # An unwritable home only means another download next time.
    return content


def _checked(content: bytes, name: str, md5: str) -> bytes:
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != md5:
        raise DataError(
            f"{name} must be the published file, and its checksum is another. Delete it to "
            "download it again, or load the pictures as your own."
        )
    return content
