"""Files that a person chose together, made into one that can be kept. No streamlit import."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from dashboard.text import say
from fairgen_core.data.images.archives import PICTURE_ENDINGS, TABLE_ENDINGS
from fairgen_core.errors import ConfigError

ARCHIVE_ENDINGS = (".zip", ".npz")
_MADE = (1980, 1, 1, 0, 0, 0)
"""The time that every packed file carries: the same pictures give the same bytes."""


@dataclass(frozen=True)
class Chosen:
    """What was chosen: one archive, or pictures; and a table beside an archive.

    Attributes:
        archive: place of the zip or npz among the files; None: the files are pictures.
        table: place of the table that goes with the archive; None: there is none.
        n_pictures: picture files.
    """

    archive: int | None
    table: int | None
    n_pictures: int


def sort_out(names: Sequence[str]) -> Chosen:
    """Tell what these files are together, by their endings.

    Raises:
        ConfigError: they do not go together, or there is no picture among them.
    """
    endings = [PurePosixPath(name.lower()).suffix for name in names]
    archives = [i for i, e in enumerate(endings) if e in ARCHIVE_ENDINGS]
    tables = [i for i, e in enumerate(endings) if e in TABLE_ENDINGS]
    n_pictures = sum(e in PICTURE_ENDINGS for e in endings)
    if not archives and not n_pictures:
        raise ConfigError(say("pictures.no_pictures"), field="pictures.files")
    if len(archives) > 1 or (archives and n_pictures) or len(tables) > 1:
        counts = {"archives": len(archives), "pictures": n_pictures, "tables": len(tables)}
        found = [say(f"pictures.mixed.{kind}", n=f"{n:,}") for kind, n in counts.items() if n]
        raise ConfigError(
            say("pictures.mixed_files", found=", ".join(found)), field="pictures.files"
        )
    archive = archives[0] if archives else None
    return Chosen(archive, tables[0] if archives and tables else None, n_pictures)


def packed(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Single files as a zip; the same files give the same bytes in whatever order they come.

    Two files of one name are both kept, the second as ``name (2).png``.
    """
    out, taken = io.BytesIO(), set[str]()
    # Pictures are packed already.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files):
            last = PurePosixPath(name.replace("\\", "/")).name or "picture"
            path, n = PurePosixPath(last), 1
            while path.name in taken:
                n += 1
                path = PurePosixPath(last).with_stem(f"{PurePosixPath(last).stem} ({n})")
            taken.add(path.name)
            archive.writestr(zipfile.ZipInfo(path.name, _MADE), content)
    return out.getvalue()
