"""CelebA's plain lists read as tables, and parts of a set that are numbered as there."""

from __future__ import annotations

import csv
import io
import re
from pathlib import PurePosixPath

import pandas as pd

from fairgen_core.data.images.archives import PICTURE_ENDINGS

_PARTS = {"0": "train", "1": "validation", "2": "test"}
_PART_COLUMNS = frozenset({"partition", "eval_partition", "split"})
_FLAGS = {"1": "yes", "-1": "no"}


def plain_list(content: bytes, name: str) -> bytes | None:
    """A list as CelebA writes them, as CSV.

    Either a count, a line of names, and a file with its values a line (``list_attr_celeba.txt``);
    or a file with one value a line (``list_eval_partition.txt``), which the list's name names.

    Args:
        content: of a text file.
        name: its name.

    Returns:
        The table with the files in its first column; None where it is no such list.
    """
    try:
        lines = [line.split() for line in content.decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        return None
    rows = [line for line in lines if line]
    if len(rows) > 2 and len(rows[0]) == 1 and rows[0][0].isdigit():
        head, rows = rows[1], rows[2:]
        head = head if len(head) == len(rows[0]) else ["file", *head]
    else:
        head = ["file", _named_after(name)]
    if not rows or any(len(row) != len(head) or not _is_picture(row[0]) for row in rows):
        return None
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    return out.getvalue().encode()


def spelled_flags(known: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Attributes that are 1 or -1 as ``yes`` or ``no``, and a note where there are any."""
    flags = [c for c in known.columns if set(known[c].dropna().unique()) == set(_FLAGS)]
    if not flags:
        return known, []
    spelled = known.assign(**{c: known[c].map(_FLAGS) for c in flags})
    return spelled, [f"1 and -1 are spelled 'yes' and 'no', as in CelebA: {', '.join(flags[:3])}"
                     f"{' and others' if len(flags) > 3 else ''}."]  # fmt: skip


def named_parts(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """A division that is numbered as ``train``, ``validation`` and ``test``, and notes on it.

    A column named ``partition`` or ``split`` whose values are 0 (train), 1 (validation) and 2
    (test), as CelebA's list and WILDS' tables write it. 0 and 1 alone are a division only where
    the column is called a partition: a ``split`` of two numbers may mean either by either.
    """
    notes = []
    for column in table.columns:
        name = str(column).strip().lower()
        values = set(table[column].dropna().unique()) if name in _PART_COLUMNS else set()
        if not values <= set(_PARTS) or "0" not in values:
            continue
        if "2" in values or (name != "split" and "1" in values):
            table = table.assign(**{str(column): table[column].map(_PARTS, na_action="ignore")})
            notes.append(
                f"'{column}' numbers the parts of the set, as CelebA does: 0 is train, 1 "
                "validation, 2 test."
            )
    return table, notes


def _named_after(name: str) -> str:
    """What a list of one value tells: ``list_eval_partition.txt`` the ``partition``."""
    stem = PurePosixPath(name).stem.lower()
    return re.sub(r"^(list_)?(eval_)?|_celeba$", "", stem) or "value"


def _is_picture(name: str) -> bool:
    return PurePosixPath(name.lower()).suffix in PICTURE_ENDINGS
