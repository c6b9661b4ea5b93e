"""Which groups the pictures have, known or made, and which classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.components import escape, section
from dashboard.forms.errors import FieldErrors
from dashboard.forms.pictures.found import left_out
from dashboard.forms.pictures.merging import merge_below
from dashboard.picture_projects import PictureProject
from dashboard.pictures import class_options, group_options, project_id, read_with_groups
from dashboard.state import seed
from dashboard.text import say
from fairgen_core.data.images.attributes import held_out_values, split_columns
from fairgen_core.data.images.catalogue import IMAGE_CATALOGUE
from fairgen_core.data.images.division import held_out
from fairgen_core.data.images.image_set import ImageSet
from fairgen_core.data.images.prepared import FEW, first_names
from fairgen_core.data.images.roles import MAX_GROUPS, class_codes, group_codes
from fairgen_core.data.images.teaching_groups import TEACHING_GROUPS
from fairgen_core.errors import ConfigError, DataError
from fairgen_core.image_config import ImageDataConfig, ImageTrainConfig, MadeGroups
from fairgen_core.numbers import number

T = TypeVar("T")
Codes = npt.NDArray[np.int64]
_AT_RANDOM = ""
"""In place of a column's name."""


@dataclass(frozen=True)
class Counted:
    """Pictures with their groups and classes as numbers.

    Attributes:
        images: as a training sees them, in their groups' look.
        groups: (n,) codes of `group_names`.
        classes: (n,) codes of `class_names`; all 0 where there is no class.
        class_column: "" where there is none.
    """

    images: ImageSet
    groups: Codes
    group_names: tuple[str, ...]
    classes: Codes
    class_names: tuple[str, ...]
    class_column: str

    @property
    def sizes(self) -> list[tuple[str, int]]:
        """Each group's name and its pictures."""
        counts = np.bincount(self.groups, minlength=len(self.group_names))
        return [(name, int(n)) for name, n in zip(self.group_names, counts, strict=True)]


def picture_roles_form(
    project: PictureProject, images: ImageSet
) -> tuple[PictureProject, Counted | None]:
    """Show the roles; groups are made and counted at once.

    Returns:
        The project with what was chosen, and the groups; None where they are not possible.
    """
    errors = FieldErrors()
    section(say("pictures.roles"))
    left, right = st.columns([3, 2])
    with left:
        data, sensitive = _groups(project, images)
        errors.keep_place("data.groups", "sensitive", "data.share")
    with right:
        label = _class(project, images, {sensitive} if data.groups == "none" else set())
        errors.keep_place("class_column")
        division = _division(project, images)
        errors.keep_place("data.split_column")
    project = project.change(
        data=data.model_copy(update=division), sensitive=sensitive, class_column=label
    )
    if data.groups == "none" and sensitive is None:
        st.caption(say("pictures.need_group"))
        return project.change(groups=()), None
    counted = _count(project, errors)
    if counted is None:
        return project.change(groups=()), None
    st.markdown(say("roles.groups", groups=" ".join(_chip(*size) for size in counted.sizes)))
    for sentence in counted.images.warnings:
        st.caption(escape(sentence))
    unknown = counted.images.skipped[len(images.skipped) :]
    if unknown:
        names = escape(first_names(unknown))
        words = say("pictures.unknown", n=number(len(unknown)), names=names)
        st.caption(f":material/warning: {words}")
        left_out(unknown)
    return project, counted


def _groups(project: PictureProject, images: ImageSet) -> tuple[ImageDataConfig, str | None]:
    """Where the groups come from, and what belongs to that."""
    data, known = project.data, group_options(images)
    kinds: tuple[MadeGroups, ...] = get_args(MadeGroups)
    options = [kind for kind in kinds if known or kind != "none"]
    kind = st.radio(
        say("pictures.groups"),
        options,
        format_func=lambda k: say(f"pictures.groups.{k}"),
        captions=[say(f"pictures.groups.{k}.does") for k in options],
        key=seed(
            f"pictures.groups:{project.id}:{len(options)}",
            data.groups if data.groups in options else "background",
        ),
        help=say("pictures.groups.help"),
    )
    if not known and data.source not in IMAGE_CATALOGUE:
        st.caption(f":material/info: {say('pictures.none_known')}")
    if kind != "none":
        made = {"groups": kind, "share": _share(project, kind), "merge_below": None}
        return data.model_copy(update=made), project.sensitive
    sensitive = st.selectbox(
        say("pictures.sensitive"),
        known,
        index=None,
        placeholder=say("pictures.sensitive_none"),
        key=seed(
            f"pictures.sensitive:{project.id}:{len(known)}",
            project.sensitive if project.sensitive in known else None,
        ),
        help=say("pictures.sensitive_help", most=MAX_GROUPS),
    )
    below = merge_below(project, images, sensitive)
    known_groups = {"groups": "none", "share": None, "merge_below": below}
    return data.model_copy(update=known_groups), sensitive


def _share(project: PictureProject, kind: MadeGroups) -> float:
    names = TEACHING_GROUPS[kind].names
    chosen = project.data.share if project.data.groups == kind else None
    percentage = st.slider(
        say("pictures.share", group=names[-1]),
        10,
        90,
        step=1,
        format="%d %%",
        key=seed(f"pictures.share:{project.id}:{kind}", round(100 * (chosen or 1 / len(names)))),
        help=say("pictures.share_help"),
    )
    return percentage / 100


def _class(project: PictureProject, images: ImageSet, taken: set[str | None]) -> str | None:
    entry = IMAGE_CATALOGUE.get(project.data.source)
    columns = [c for c in class_options(images) if c not in taken]
    # The class of a built-in set is known; without one its usual class would be taken anyway.
    usual = columns[0] if entry is not None and columns else None
    return st.selectbox(
        say("pictures.class"),
        columns,
        index=None if usual is None else 0,
        placeholder=say("pictures.no_class"),
        key=seed(
            f"pictures.class:{project.id}:{','.join(columns)}",
            project.class_column if project.class_column in columns else usual,
        ),
        help=say("pictures.class_help"),
    )


def _division(project: PictureProject, images: ImageSet) -> dict[str, Any]:
    """How pictures are held out: as a column says, where one can, else at random."""
    data, entry = project.data, IMAGE_CATALOGUE.get(project.data.source)
    if entry is not None and entry.split_column in images.table.columns:
        st.caption(say("pictures.published_split"))
        return {}
    column = _split_column(data, images)
    if column is None:
        return {"split_column": None, "test_share": _test_share(project)}
    values = images.table[column]
    test = held_out_values(values)
    words = [
        ", ".join(f"{escape(str(v))} ({number(n)})" for v, n in values[rows].value_counts().items())
        for rows in (values.isin(test), ~values.isin(test))
    ]
    st.caption(say("pictures.split.parts", test=words[0], train=words[1]))
    return {"split_column": column}


def _split_column(data: ImageDataConfig, images: ImageSet) -> str | None:
    """The column that says which pictures are held out; None: it is left to chance."""
    found = split_columns(images.table)
    if data.split_column in images.table.columns and data.split_column not in found:
        found.append(str(data.split_column))
    if not found:
        return None
    chosen = st.selectbox(
        say("pictures.split"),
        [*found, _AT_RANDOM],
        format_func=lambda c: (
            say("pictures.split.random") if c == _AT_RANDOM else say("pictures.split.as", column=c)
        ),
        key=seed(
            f"pictures.split:{project_id(data)}:{','.join(found)}",
            data.split_column or _AT_RANDOM,
        ),
        help=say("pictures.split.help"),
    )
    return chosen or None


def _test_share(project: PictureProject) -> float:
    percentage = st.slider(
        say("pictures.test_share"),
        5,
        80,
        step=5,
        format="%d %%",
        key=seed(f"pictures.test_share:{project.id}", round(100 * project.data.test_share)),
        help=say("pictures.test_share_help"),
    )
    return percentage / 100


def _count(project: PictureProject, errors: FieldErrors) -> Counted | None:
    """Groups and classes as numbers, or a sentence beside the field that is wrong."""
    images = errors.build(lambda: _at("data.groups", lambda: read_with_groups(project)))
    if images is None:
        return None
    asked = ImageTrainConfig(
        data=project.data,
        sensitive=project.sensitive if project.data.groups == "none" else None,
        class_column=project.class_column,
    )
    groups = errors.build(lambda: _at("sensitive", lambda: group_codes(asked, images)))
    classes = errors.build(lambda: _at("class_column", lambda: class_codes(asked, images)))
    if groups is None or classes is None:
        return None
    _, group_ids, group_names, _ = groups
    divided = errors.build(
        lambda: _at("data.split_column", lambda: held_out(asked, images, group_ids))
    )
    if divided is None:
        return None
    class_column, class_ids, class_names = classes
    return Counted(images, group_ids, group_names, class_ids, class_names, class_column)


def _at(field: str, make: Callable[[], T]) -> T:
    """Make something of the pictures; what is wrong with them is wrong with this field."""
    try:
        return make()
    except DataError as error:
        raise ConfigError(str(error), field=field) from error


def _chip(name: str, n: int) -> str:
    """A group's name and size; a small one is warned of."""
    words = say("pictures.group_count", group=escape(name), n=number(n))
    return f":orange-badge[:material/warning: {words}]" if n < FEW else f":gray-badge[{words}]"
