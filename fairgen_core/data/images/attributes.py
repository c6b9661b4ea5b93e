"""What is known of each picture: from folder names, or from a table beside them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pandas as pd

from fairgen_core.data.reading import read_table
from fairgen_core.errors import DataError

MAX_FOLDER_VALUES = 200


def folder_columns(files: list[str]) -> dict[str, list[str]]:
    """Folder levels that vary: ``{"folder": [...]}``, or ``folder 1``, ``folder 2``, ... .

    A level is used where every file has it and it takes 2 to 200 values.
    """
    parts = [PurePosixPath(f).parts[:-1] for f in files]
    depth = min((len(p) for p in parts), default=0)
    levels = [[p[i] for p in parts] for i in range(depth)]
    varying = [level for level in levels if 2 <= len(set(level)) <= MAX_FOLDER_VALUES]
    if len(varying) == 1:
        return {"folder": varying[0]}
    return {f"folder {i + 1}": level for i, level in enumerate(varying)}


def attach_attributes(
    table: pd.DataFrame, source: Path | bytes, name: str
) -> tuple[pd.DataFrame, list[str]]:
    """Join a table of attributes to the pictures by the column that holds their names.

    Args:
        table: has the column ``file``: names inside the archive or folder.
        source: CSV or Parquet; one column holds file names, with or without folder or ending.
        name: the table's name, for messages.

    Returns:
        `table` with the attributes as text columns, and notes for the person.

    Raises:
        DataError: no column's values match the files' names, or names repeat in it.
    """
    read = read_table(source, name)
    keys = {
        "path": table["file"],
        "name": table["file"].map(lambda f: PurePosixPath(f).name),
        "stem": table["file"].map(lambda f: PurePosixPath(f).stem),
    }
    best, best_key, matched = "", "", 0
    for column in read.frame.columns:
        known = set(read.frame[column].astype("string").dropna())
        for key, names in keys.items():
            n = int(names.isin(known).sum())
            if n > matched:
                best, best_key, matched = str(column), key, n
    if not matched:
        example = table["file"].iloc[0]
        raise DataError(
            f"One column of '{name}' must hold the pictures' file names (such as '{example}'), and "
            f"none does; its columns are: {', '.join(map(str, read.frame.columns[:10]))}. "
            "Add the file names to the table."
        )
    names_in_table = read.frame[best].astype("string")
    if names_in_table[names_in_table.isin(set(keys[best_key]))].duplicated().any():
        raise DataError(
            f"Each file must have one row in '{name}', and some names in the column '{best}' "
            "stand there twice. Remove the repeated rows."
        )
    lookup = read.frame.drop(columns=[best]).astype("string").set_axis(names_in_table)
    joined = lookup.reindex(keys[best_key]).reset_index(drop=True)
    out = table.copy()
    for column in joined.columns:
        if column != "file":
            values = joined[column].astype(object)
            out[str(column)] = values.where(values.notna(), None)
    notes = [f"Attributes from '{name}', joined by its column '{best}'."]
    if matched < len(table):
        n_without = len(table) - matched
        pictures = "picture has" if n_without == 1 else "pictures have"
        notes.append(f"{n_without:,} {pictures} no row in '{name}'.")
    return out, notes
