"""The data sets that FairGen knows by name: what they are, where from, and how to load them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fairgen_core.config import ColumnKind
from fairgen_core.data import public
from fairgen_core.data.reading import ReadTable, read_table
from fairgen_core.data.simulated import N_ROWS, simulate_hiring
from fairgen_core.errors import ConfigError

Options = Mapping[str, float]
Kinds = Mapping[str, ColumnKind]


@dataclass(frozen=True)
class Dial:
    """A setting of a simulated set."""

    key: str
    title: str
    meaning: str
    default: float
    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class CatalogueEntry:
    """One data set.

    Attributes:
        key: what it is called in a configuration.
        title, description, licence, source: for the person; plain sentences.
        sensitive, target, positive: the usual roles.
        n_rows: rows in all parts.
        offline: whether it is there without a download.
        loader: reads the training part, given dials and corrected kinds.
        load_test: reads the publisher's own test part; None: there is none.
        dials: settings of a simulated set.
    """

    key: str
    title: str
    description: str
    licence: str
    source: str
    sensitive: tuple[str, ...]
    target: str
    positive: str | None
    n_rows: int
    offline: bool
    loader: Callable[[Options, Kinds], ReadTable]
    load_test: Callable[[Options, Kinds], ReadTable] | None = None
    dials: tuple[Dial, ...] = ()

    def load(self, options: Options | None = None, kinds: Kinds | None = None) -> ReadTable:
        """Read the table.

        Args:
            options: dials by key; absent ones at their defaults.
            kinds: corrections of column kinds.

        Raises:
            ConfigError: a dial is unknown or out of range.
            DataError: the set cannot be had (no connection, wrong checksum).
        """
        chosen = dict(options or {})
        for key, value in chosen.items():
            dial = next((d for d in self.dials if d.key == key), None)
            if dial is None:
                known = ", ".join(d.key for d in self.dials) or "none"
                raise ConfigError(
                    f"A dial must be one that {self.title} has ({known}), and '{key}' is not. "
                    "Leave it out.",
                    field=f"data.options.{key}",
                )
            if not dial.low <= value <= dial.high:
                raise ConfigError(
                    f"{dial.title} must be {dial.low:g} to {dial.high:g}, and it is {value:g}.",
                    field=f"data.options.{key}",
                )
        settings = {d.key: chosen.get(d.key, d.default) for d in self.dials}
        return self.loader(settings, kinds or {})


def _load_hiring(options: Options, kinds: Kinds) -> ReadTable:
    frame = simulate_hiring(int(options["n_rows"]), options["bias"], int(options["seed"]))
    text = frame.to_csv(index=False, date_format="%Y-%m-%d %H:%M", lineterminator="\n")
    return read_table(text.encode(), "hiring", kinds)


def _load_diabetes(_options: Options, kinds: Kinds) -> ReadTable:
    from sklearn.datasets import load_diabetes  # a heavy import, for this set only

    frame = load_diabetes(as_frame=True, scaled=False).frame
    names = {
        "bp": "blood_pressure", "s1": "cholesterol", "s2": "ldl", "s3": "hdl",
        "s4": "cholesterol_by_hdl", "s5": "log_triglycerides", "s6": "glucose",
        "target": "progression",
    }  # fmt: skip
    frame = frame.rename(columns=names)
    whole = [c for c in frame if (frame[c] % 1 == 0).all()]
    frame = frame.astype(dict.fromkeys(whole, "int64"))
    out = io.StringIO()
    frame.to_csv(out, index=False, lineterminator="\n")
    return read_table(out.getvalue().encode(), "diabetes", {"sex": "category", **kinds})


def _public(key: str, part: str) -> Callable[[Options, Kinds], ReadTable]:
    def load(_options: Options, kinds: Kinds) -> ReadTable:
        return read_table(public.get(key, part), f"{key} ({part})", kinds)

    return load


_HIRING = CatalogueEntry(
    key="hiring",
    title="Hiring (simulated)",
    description=(
        "10,000 invented applicants for a job. Who is hired follows a written rule with a dial "
        "for its bias against women, so the truth is known."
    ),
    licence="FairGen's own, Apache-2.0",
    source="fairgen_core/data/simulated.py",
    sensitive=("gender",),
    target="hired",
    positive="yes",
    n_rows=N_ROWS,
    offline=True,
    loader=_load_hiring,
    dials=(
        Dial("bias", "Bias", "0: by merit alone; 1: strongly biased against women.", 1.0, 0.0, 3.0),
        Dial("n_rows", "Applicants", "How many rows to draw.", N_ROWS, 100, 1_000_000, whole=True),
        Dial("seed", "Seed", "Another seed draws other applicants.", 0, 0, 1_000_000, whole=True),
    ),
)

_DIABETES = CatalogueEntry(
    key="diabetes",
    title="Diabetes",
    description=(
        "442 patients: age, sex (coded 1 and 2 by its authors, without a key), measurements, and "
        "how far the disease went on in a year, as a number."
    ),
    licence="In scikit-learn (BSD-3-Clause)",
    source="Efron, Hastie, Johnstone and Tibshirani (2004), Least Angle Regression",
    sensitive=("sex",),
    target="progression",
    positive=None,
    n_rows=442,
    offline=True,
    loader=_load_diabetes,
)

_ADULT = CatalogueEntry(
    key="adult",
    title="Adult",
    description=(
        "48,842 adults of the 1994 US census with their income above or below 50,000 dollars; "
        "its own test part is used."
    ),
    licence="CC BY 4.0",
    source="UCI Machine Learning Repository: Becker and Kohavi (1996), doi:10.24432/C5XW20",
    sensitive=("sex",),
    target="income",
    positive=">50K",
    n_rows=48_842,
    offline=False,
    loader=_public("adult", "train"),
    load_test=_public("adult", "test"),
)

_GERMAN_CREDIT = CatalogueEntry(
    key="german_credit",
    title="German credit",
    description="1,000 loans of a German bank in the 1970s, judged good or bad.",
    licence="CC BY 4.0",
    source="UCI Machine Learning Repository: Hofmann (1994), doi:10.24432/C5NC77",
    sensitive=("sex",),
    target="credit_risk",
    positive="good",
    n_rows=1_000,
    offline=False,
    loader=_public("german_credit", "all"),
)

CATALOGUE: dict[str, CatalogueEntry] = {
    "hiring": _HIRING,
    "diabetes": _DIABETES,
    "adult": _ADULT,
    "german_credit": _GERMAN_CREDIT,
}
