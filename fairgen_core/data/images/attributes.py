"""What is known of each picture: from folder names, or from a table beside them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

import pandas as pd

from fairgen_core.data.images.archives import OTHER_PICTURE_ENDINGS, PICTURE_ENDINGS
from fairgen_core.data.images.lists import plain_list, spelled_flags
from fairgen_core.data.reading import ReadTable, read_table
from fairgen_core.errors import DataError

MAX_FOLDER_VALUES = 200
ENOUGH = 0.9
"""A folder level counts where this share of the files has it: a cover picture takes none away."""
TRAINING = frozenset({"train", "training"})
TESTING = frozenset({"test", "testing"})
VALIDATION = frozenset({"val", "valid", "validation", "dev"})
SPLITS = TRAINING | TESTING | VALIDATION
"""Values that tell training and test pictures apart, and no groups of people."""
MAX_ROWS_A_FILE = 10
"""A column with fewer different values than rows over this holds no file names."""


def folder_columns(files: list[str]) -> dict[str, list[str | None]]:
    """Folder levels that vary: ``{"folder": [...]}``, or ``folder 1``, ``folder 2``, ... .

    A level is used where nearly every file has it and it takes 2 to 200 values; a file that lies
    above it has None. A level of training and test folders is called ``split``.
    """
    parts = [PurePosixPath(f).parts[:-1] for f in files]
    depths = sorted((len(p) for p in parts), reverse=True)
    depth = depths[int(ENOUGH * (len(depths) - 1))] if depths else 0
    levels = [[p[i] if len(p) > i else None for p in parts] for i in range(depth)]
    varying = [v for v in levels if 2 <= len({x for x in v if x is not None}) <= MAX_FOLDER_VALUES]
    split = next((level for level in varying if is_split(level)), None)
    groups = [level for level in varying if level is not split]
    named = {f"folder {i + 1}" if len(groups) > 1 else "folder": v for i, v in enumerate(groups)}
    return named if split is None else {**named, "split": split}


def is_split(values: Iterable[str | None]) -> bool:
    """Whether a column's values tell training and test pictures apart."""
    return {_part(v) for v in values if v is not None} <= SPLITS


def split_columns(table: pd.DataFrame) -> list[str]:
    """The columns that divide the pictures: their values name a training part and another one."""
    found = []
    for column in table.columns.drop("file"):
        parts = {_part(v) for v in table[column].dropna().unique()}
        if parts <= SPLITS and parts & TRAINING and parts - TRAINING:
            found.append(str(column))
    return found


def held_out_values(values: pd.Series) -> list[str]:
    """Which of a column's values stand for pictures that are held out: those of a test.

    Where none does, those of a validation; else none.
    """
    spelled = sorted(str(v) for v in values.dropna().unique())
    for parts in (TESTING, VALIDATION):
        found = [v for v in spelled if _part(v) in parts]
        if found:
            return found
    return []


def _part(value: object) -> str:
    return str(value).strip().lower()


def attach_attributes(
    table: pd.DataFrame, source: Path | bytes, name: str
) -> tuple[pd.DataFrame, list[str]]:
    """Join a table of attributes to the pictures by the column that holds their names.

    Args:
        table: has the column ``file``: names inside the archive or folder.
        source: CSV, Parquet or a list as CelebA writes them; one column holds file names, with or
            without folder or ending, in capitals or not. Where it has no row of a picture, what
            was known before stays.
        name: the table's name, for messages.

    Returns:
        `table` with the attributes as text columns, and notes for the person.

    Raises:
        DataError: no column's values match the files' names, or names repeat in it.
    """
    listed = None
    if name.lower().endswith(".txt"):
        listed = plain_list(source if isinstance(source, bytes) else source.read_bytes(), name)
    read = read_table(source if listed is None else listed, name)
    column, file_keys, row_keys, matched = _best_join(table["file"], read)
    if not matched:
        example = table["file"].iloc[0]
        raise DataError(
            f"One column of '{name}' must hold the pictures' file names (such as '{example}'), and "
            f"none does; its columns are: {', '.join(map(str, read.frame.columns[:10]))}. "
            "Add the file names to the table."
        )
    if row_keys[row_keys.isin(set(file_keys.dropna()))].duplicated().any():
        raise DataError(
            f"Each file must have one row in '{name}', and some names in the column '{column}' "
            "stand there twice. Remove the repeated rows."
        )
    known = read.frame.drop(columns=[column]).astype("string").apply(_one_spelling)
    spelled: list[str] = []
    if listed is not None or "celeba" in name.lower():
        known, spelled = spelled_flags(known)
    lookup = known.set_axis(row_keys)
    lookup = lookup[row_keys.notna().to_numpy()]
    joined = lookup.reindex(file_keys).reset_index(drop=True)
    out = table.copy()
    for key in joined.columns:
        if key != "file":
            values = joined[key].astype(object)
            before = out[str(key)] if str(key) in out.columns else None
            out[str(key)] = values.where(values.notna(), before)
    notes = [f"Attributes from '{name}', joined by its column '{column}'.", *spelled]
    if matched < len(table):
        n_without = len(table) - matched
        pictures = "picture has" if n_without == 1 else "pictures have"
        notes.append(f"{n_without:,} {pictures} no row in '{name}'.")
    return out, notes


def _best_join(files: pd.Series, read: ReadTable) -> tuple[str, pd.Series, pd.Series, int]:
    """The column and the spelling of names by which most pictures are found.

    A spelling that two pictures share (their names without their different folders, say) finds
    neither. Of spellings that find as many, the first of `_SPELLINGS` is taken.

    Returns:
        the column; a key a picture (missing: shared) and a key a row; how many pictures are found.
    """
    n_rows = len(read.frame)
    columns = [
        c.name for c in read.schema.columns if c.n_distinct * MAX_ROWS_A_FILE >= min(n_rows, 100)
    ]
    texts = {c: read.frame[c].astype("string") for c in columns}
    # Row numbers may look like names without endings; a column of names with endings is no doubt.
    named = {c: values for c, values in texts.items() if _names_pictures(values)}
    texts, spellings = (named, _SPELLINGS) if named else (texts, (*_SPELLINGS, _number))
    best, found = ("", files, files), 0
    for spell in spellings:
        keys = [spell(f) for f in files]
        shared = {key for key, n in Counter(keys).items() if n > 1}
        file_keys = pd.Series([None if key in shared else key for key in keys], dtype=object)
        for column, values in texts.items():
            row_keys = values.map(spell, na_action="ignore").astype(object)
            n = int(file_keys.isin(set(row_keys.dropna())).sum())
            if n > found:
                best, found = (column, file_keys, row_keys), n
        if found == len(files):
            break
    return (*best, found)


def _one_spelling(values: pd.Series) -> pd.Series:
    """Values that look alike made alike: blanks around them go, letters and their marks join."""
    plain = values.str.strip().str.normalize("NFC")
    return plain.mask(plain == "")


def _folded(text: str) -> str:
    """A name without what systems spell differently: capitals, marks on letters, backslashes."""
    return unicodedata.normalize("NFC", text).replace("\\", "/").casefold().strip()


def _stem(text: str) -> str:
    """A folded name without a picture's ending; other dots belong to the name."""
    name = _folded(text)
    return name.rpartition(".")[0] if _ends_as_a_picture(name) else name


def _ends_as_a_picture(name: str) -> bool:
    start, dot, ending = name.rpartition(".")
    return bool(start) and dot + ending in PICTURE_ENDINGS | OTHER_PICTURE_ENDINGS


def _names_pictures(values: pd.Series) -> bool:
    """Whether most of a column's first values end as files of pictures do."""
    first = values.dropna().head(1000)
    return len(first) > 0 and bool(first.map(_folded).map(_ends_as_a_picture).mean() > 0.5)


def _number(text: str) -> str:
    """The file's name as a number without leading zeros, where it is one."""
    name = _last_parts(1)(text)
    return name.lstrip("0") or "0" if name.isascii() and name.isdigit() else name


def _last_parts(n: int) -> Callable[[str], str]:
    return lambda text: "/".join(_stem(text).split("/")[-n:])


_SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    _folded,
    lambda text: _folded(text).rsplit("/", 1)[-1],
    _last_parts(1),
    _last_parts(2),
    _last_parts(3),
)
"""How a name is spelled to be compared: as it is, folded, its file, its file without ending, with
one or two folders before that (a table's folders and an archive's need not begin alike);
where a table's names have no endings, also as a number (``7`` for ``0007.png``)."""
