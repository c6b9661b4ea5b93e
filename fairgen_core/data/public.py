"""Public data sets that are not shipped: from ``FAIRGEN_DATA``, or downloaded once, checked always.

A set is kept as CSV with a header, decoded where the publisher codes it. The checksum is of that
decoded table, so that it holds for the publisher's files and for any faithful copy alike.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fairgen_core.errors import DataError

_MAX_BYTES = 50_000_000
_TIMEOUT_SECONDS = 30.0

ADULT_COLUMNS = (
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation",
    "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week",
    "native-country", "income",
)  # fmt: skip

GERMAN_COLUMNS = (
    "checking_status", "duration_months", "credit_history", "purpose", "credit_amount", "savings",
    "employment_since", "installment_rate_pct", "sex", "personal_status", "other_debtors",
    "residence_since", "property", "age", "other_installment_plans", "housing", "existing_credits",
    "job", "people_liable", "telephone", "foreign_worker", "credit_risk",
)  # fmt: skip

GERMAN_CODES = {
    "A11": "below 0 DM", "A12": "0 to 199 DM", "A13": "200 DM or more",
    "A14": "no checking account",
    "A30": "no credits taken or all paid back duly",
    "A31": "all credits at this bank paid back duly",
    "A32": "existing credits paid back duly till now", "A33": "delay in paying off in the past",
    "A34": "critical account or other credits elsewhere",
    "A40": "car (new)", "A41": "car (used)", "A42": "furniture/equipment",
    "A43": "radio/television", "A44": "domestic appliances", "A45": "repairs", "A46": "education",
    "A47": "vacation", "A48": "retraining", "A49": "business", "A410": "others",
    "A61": "below 100 DM", "A62": "100 to 499 DM", "A63": "500 to 999 DM", "A64": "1000 DM or more",
    "A65": "unknown or no savings account",
    "A71": "unemployed", "A72": "below 1 year", "A73": "1 to 3 years", "A74": "4 to 6 years",
    "A75": "7 years or more",
    "A101": "none", "A102": "co-applicant", "A103": "guarantor",
    "A121": "real estate", "A122": "building society savings or life insurance",
    "A123": "car or other", "A124": "unknown or no property",
    "A141": "bank", "A142": "stores", "A143": "none",
    "A151": "rent", "A152": "own", "A153": "for free",
    "A171": "unemployed or unskilled non-resident", "A172": "unskilled resident",
    "A173": "skilled employee or official",
    "A174": "management, self-employed or highly qualified",
    "A191": "none", "A192": "yes", "A201": "yes", "A202": "no",
}  # fmt: skip

GERMAN_STATUS_AND_SEX = {
    "A91": ("male", "divorced or separated"),
    "A92": ("female", "divorced, separated or married"),
    "A93": ("male", "single"),
    "A94": ("male", "married or widowed"),
    "A95": ("female", "single"),
}


def decode_adult(raw: bytes) -> bytes:
    """UCI's ``adult.data`` or ``adult.test`` as CSV with a header.

    Cells lose the blank after the comma, labels of the test part their full stop; the test part's
    first line (``|1x3 Cross validator``) and empty lines go.
    """
    rows = []
    for line in raw.decode("utf-8").splitlines():
        if not line.strip() or line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.split(",")]
        rows.append([*cells[:-1], cells[-1].removesuffix(".")])
    return _as_csv(ADULT_COLUMNS, rows)


def decode_german(raw: bytes) -> bytes:
    """UCI's ``german.data`` as CSV with a header, the codes spelled out as its code book says.

    Raises:
        DataError: a code is not in the code book.
    """
    rows = []
    for line in raw.decode("utf-8").splitlines():
        cells = line.split()
        if not cells:
            continue
        try:
            words = [
                GERMAN_CODES[c] if c.startswith("A") and i != 8 else c
                for i, c in enumerate(cells[:-1])
            ]
            words[8:9] = GERMAN_STATUS_AND_SEX[cells[8]]
            words.append({"1": "good", "2": "bad"}[cells[-1]])
        except (KeyError, IndexError) as error:
            raise DataError(
                "German credit must be coded as its code book says, and a row is not: "
                f"{line[:80]!r}. Take the file from its publisher again."
            ) from error
        rows.append(words)
    return _as_csv(GERMAN_COLUMNS, rows)


def _as_csv(header: tuple[str, ...], rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


@dataclass(frozen=True)
class _Part:
    """One file of a set.

    Attributes:
        file: its name as CSV in a data folder.
        original: its name in the publisher's archive.
        decode: makes the one from the other.
        sha256: of the decoded CSV.
    """

    file: str
    original: str
    decode: Callable[[bytes], bytes]
    sha256: str


@dataclass(frozen=True)
class _PublicSet:
    title: str
    url: str
    parts: dict[str, _Part]


_SETS = {
    "adult": _PublicSet(
        "Adult",
        "https://archive.ics.uci.edu/static/public/2/adult.zip",
        {
            "train": _Part(
                "train.csv", "adult.data", decode_adult,
                "f2c62076f19504d99a38b22badf445a7f42530ade6b827acf78dd143fbce38bb",
            ),
            "test": _Part(
                "test.csv", "adult.test", decode_adult,
                "f6b1801c5d231515ea5ff04d4444997bacd57e04876e94710cb9b9bd5549c033",
            ),
        },
    ),
    "german_credit": _PublicSet(
        "German credit",
        "https://archive.ics.uci.edu/static/public/144/statlog+german+credit+data.zip",
        {
            "all": _Part(
                "german_credit.csv", "german.data", decode_german,
                "0a7a6ec04a5d1a67f84a62ccd0d83ce30b583355f3ba8963b7ad0c38c7957787",
            ),
        },
    ),
}  # fmt: skip


def get(key: str, part: str) -> bytes:
    """A public set's part as CSV, from ``FAIRGEN_DATA``, an earlier download, or its publisher.

    Args:
        key: ``adult`` or ``german_credit``.
        part: ``train``, ``test`` or ``all``.

    Raises:
        DataError: it can neither be found nor downloaded, or its checksum is wrong.
    """
    chosen, wanted = _SETS[key], _SETS[key].parts[part]
    for folder in _folders(key):
        for name, decode in ((wanted.file, None), (wanted.original, wanted.decode)):
            path = folder / name
            if path.is_file():
                raw = path.read_bytes()
                return _checked(decode(raw) if decode else raw, wanted, str(path))
    return _download(key, chosen, wanted)


def is_here(key: str) -> bool:
    """Whether every part of a set is there without a download."""
    return all(
        any((folder / n).is_file() for folder in _folders(key) for n in (p.file, p.original))
        for p in _SETS[key].parts.values()
    )


def datasets_folder() -> Path:
    """Where downloads are kept: ``datasets`` in FairGen's home."""
    home = Path(os.environ.get("FAIRGEN_HOME") or ".fairgen").expanduser().absolute()
    return home / "datasets"


def _folders(key: str) -> list[Path]:
    given = os.environ.get("FAIRGEN_DATA")
    return [*([Path(given).expanduser() / key] if given else []), datasets_folder() / key]


def _checked(decoded: bytes, part: _Part, where: str) -> bytes:
    canonical = re.sub(rb"\r\n?", b"\n", decoded.removeprefix(b"\xef\xbb\xbf"))
    if hashlib.sha256(canonical).hexdigest() != part.sha256:
        raise DataError(
            f"The rows must be the published ones, and the checksum of {where} is another. "
            "Delete that file to download it again, or load it as a file of your own."
        )
    return canonical


def _download(key: str, chosen: _PublicSet, wanted: _Part) -> bytes:
    """Fetch the publisher's archive, check and keep every part, and return the wanted one."""
    try:
        request = urllib.request.Request(chosen.url, headers={"User-Agent": "FairGen"})
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
            archive = response.read(_MAX_BYTES + 1)
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise DataError(
            f"{chosen.title} must be downloaded once from {chosen.url}, and that did not work "
            f"({reason}). Connect to the internet and try again, or put {wanted.file} into "
            f"{datasets_folder() / key}, or name its folder's parent in FAIRGEN_DATA."
        ) from error
    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as unpacked:
            for part in chosen.parts.values():
                info = unpacked.getinfo(part.original)
                if info.file_size > _MAX_BYTES:
                    raise DataError(f"{part.original} from {chosen.url} is too large to be it.")
                decoded = part.decode(unpacked.read(info))
                found[part.file] = _checked(decoded, part, f"{part.original} from {chosen.url}")
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise DataError(
            f"{chosen.title} must come as an archive with {wanted.original}, and what "
            f"{chosen.url} sent is none. Try again later."
        ) from error
    folder = datasets_folder() / key
    try:
        for name, content in found.items():
            _keep(folder / name, content)
    except OSError:
        pass  # An unwritable home only means another download next time.
    return found[wanted.file]


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(content)
    Path(part.name).replace(path)
