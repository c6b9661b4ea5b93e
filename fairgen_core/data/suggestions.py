"""A first guess at the roles, for a person to look at and correct; never used unseen."""

from __future__ import annotations

import re

import pandas as pd
import pyarrow as pa

from fairgen_core.config import RolesConfig
from fairgen_core.data import spelling
from fairgen_core.data.images.attributes import is_split
from fairgen_core.data.number_forms import find_form
from fairgen_core.data.schema import Column, Schema

_SENSITIVE = (
    r"sex|gender|geschlecht|sexe|genre|sexo|genero|género|sesso|genere|kön|płeć|пол",
    r"race|ethnicity|ethnic|ethnie|etnia|raza|raça|colou?r_of_skin",
    r"nationality|nationalität|staatsangehörigkeit|nationalité|nacionalidad|citizenship|origin"
    r"|native.?country|foreign.?worker",
    r"religion|konfession|faith",
    r"disability|disabled|behinderung|handicap|discapacidad",
    r"age|alter|âge|edad|età|idade",
)
_TARGET = (
    r"target|label|class|outcome|result|y|ziel|klasse|classe|clase",
    r"income|hired|hire|approved|accepted|admitted|admission|granted|promoted|credit.?risk|default"
    r"|recid\w*|two.?year.?recid|loan.?status|decision|eingestellt|bewilligt|embauché|contratado",
)
_NUMBER_TARGET = (r"salary|salaries|wages?|scores?|gehalt|einkommen|salaire|progression|gpa",)
_FAVOURABLE = re.compile(
    r"^(>\s*50k.*|good|hired|approved|accepted|admitted|granted|promoted|paid|passed?|positive"
    r"|success|won|high|gut|favou?rable)$",
    re.IGNORECASE,
)

NEARLY_ALL = 0.9
"""Share of pictures that must have an attribute for it to be suggested."""


def suggest_roles(schema: Schema, frame: pd.DataFrame) -> RolesConfig | None:
    """Guess a sensitive column by its name, a target by its name or place, and what is favourable.

    Returns:
        The guess; None where no column's name tells of a sensitive attribute.
    """
    candidates = [c for c in schema.modelled if c.n_distinct >= 2]
    sensitive = _by_name(candidates, _SENSITIVE)
    if sensitive is None:
        return None
    others = [c for c in candidates if c.name != sensitive.name and c.kind != "datetime"]
    target = (
        _by_name(others, _TARGET)
        or _last_of_two_values(others)
        or _by_name(others, _NUMBER_TARGET)
        or (others[-1] if others else None)
    )
    positive = suggest_positive(target, frame) if target is not None else None
    return RolesConfig(
        sensitive=(sensitive.name,), target=target.name if target else None, positive=positive
    )


def suggest_attributes(table: pd.DataFrame, most: int) -> tuple[str | None, str | None]:
    """Guess which attribute of pictures tells their groups, and which their class.

    Args:
        table: a row a picture: the column ``file`` and attributes as text.
        most: values that an attribute of groups may take.

    Returns:
        The attributes' names; None where nothing suits. Only attributes that (nearly) every
        picture has are suggested.
    """
    columns = [c for c in table.columns if c != "file" and not is_split(table[c].dropna().unique())]
    whole = [c for c in columns if table[c].notna().mean() >= NEARLY_ALL]
    few = [c for c in whole if 2 <= table[c].nunique() <= most]
    sensitive = _named(few, _SENSITIVE) or next((c for c in few if not _named([c], _TARGET)), None)
    sensitive = sensitive or next(iter(few), None)
    return sensitive, _named([c for c in few if c != sensitive], _TARGET)


def suggest_positive(target: Column, frame: pd.DataFrame) -> str | None:
    """The value that reads as favourable; of two that do not, the rarer; None for numbers."""
    if target.kind in {"integer", "decimal"}:
        if target.n_distinct != 2:
            return None
        return target.examples[0] if _larger_is_first(target) else target.examples[1]
    yes = spelling.yes_of(target.categories)
    if yes is not None:
        return yes
    for value in target.categories:
        if _FAVOURABLE.match(value.strip()):
            return value
    if len(target.categories) == 2:
        return str(frame[target.name].value_counts().index[-1])
    return None


def _by_name(columns: list[Column], patterns: tuple[str, ...]) -> Column | None:
    name = _named([c.name for c in columns], patterns)
    return next((c for c in columns if c.name == name), None)


def _named(names: list[str], patterns: tuple[str, ...]) -> str | None:
    for pattern in patterns:
        whole = re.compile(rf"(^|[^a-zà-ÿа-я])({pattern})($|[^a-zà-ÿа-я])", re.IGNORECASE)
        for name in names:
            if whole.search(name):
                return name
    return None


def _last_of_two_values(columns: list[Column]) -> Column | None:
    two = [c for c in columns if c.kind in {"category", "boolean"} and c.n_distinct == 2]
    return two[-1] if two else None


def _larger_is_first(target: Column) -> bool:
    plain = pa.array(target.examples[:2])
    if target.form is not None and (found := find_form(plain, target.form.decimal)) is not None:
        plain = found[1]
    first, second = (float(text.replace(",", ".")) for text in plain.to_pylist())
    return first > second
