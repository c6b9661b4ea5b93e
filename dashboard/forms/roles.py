"""What the columns are to the question: sensitive, target, favourable, explanatory, held out."""

from __future__ import annotations

import re
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.components import escape, section
from dashboard.forms.errors import FieldErrors
from dashboard.forms.merging import group_counts, merge_form, usual_cuts
from dashboard.projects import Project
from dashboard.state import seed
from dashboard.text import explain, say
from fairgen_core.data.catalogue import CATALOGUE
from fairgen_core.data.groups import BANDED_KINDS, SMALL_GROUP_ROWS
from fairgen_core.data.reading import ReadTable
from fairgen_core.data.schema import Column, Schema
from fairgen_core.data.suggestions import suggest_positive
from fairgen_core.data.targets import MAX_CLASSES
from fairgen_core.errors import ConfigError
from fairgen_core.numbers import number

MAX_SENSITIVE = 4


def roles_form(project: Project, table: ReadTable) -> tuple[Project, bool]:
    """Show the roles; groups are counted at once.

    Returns:
        The project with what was chosen, and whether these roles are possible in this table.
    """
    schema, errors = table.schema, FieldErrors()
    section(say("roles.title"))
    left, middle, right = st.columns([4, 3, 3])
    with left:
        sensitive = _sensitive(project, schema)
        errors.keep_place("roles.sensitive")
    with middle:
        target = _target(project, schema, sensitive)
        errors.keep_place("roles.target")
    with right:
        positive = _positive(project, table, target)
        errors.keep_place("roles.positive")
    bands, readable = _bands(project, table, sensitive, errors)
    groups = st.container()
    merging = st.container(gap="xsmall")
    with st.expander(say("roles.more_columns"), icon=":material/tune:"):
        explanatory = _explanatory(project, schema, {*sensitive, target})
        share = _test_share(project)
    project = project.change(
        roles_chosen=True,
        sensitive=sensitive,
        target=target,
        positive=positive,
        bands={**project.bands, **bands},
        explanatory=explanatory,
        data=project.data.model_copy(update={"test_share": share}),
    )
    if not sensitive:
        return project, False
    with merging:
        project = merge_form(project, table)
    with groups:
        counts = errors.build(lambda: group_counts(table, project.roles()))
        _show_groups(counts)
    return project, readable and counts is not None


def _sensitive(project: Project, schema: Schema) -> tuple[str, ...]:
    options = [c.name for c in schema.modelled]
    chosen = [c for c in project.sensitive if c in options]
    return tuple(
        st.multiselect(
            say("roles.sensitive"),
            options,
            key=seed(f"roles.sensitive:{project.id}:{len(options)}", chosen),
            max_selections=MAX_SENSITIVE,
            placeholder=say("roles.sensitive_placeholder"),
            help=explain("sensitive"),
        )
    )


def _target(project: Project, schema: Schema, sensitive: tuple[str, ...]) -> str | None:
    options = [c.name for c in schema.modelled if c.kind != "datetime" and c.name not in sensitive]
    return st.selectbox(
        say("roles.target"),
        [None, *options],
        format_func=lambda name: say("roles.no_target") if name is None else name,
        key=seed(
            f"roles.target:{project.id}:{','.join(sensitive)}:{len(options)}",
            project.target if project.target in options else None,
        ),
        placeholder=say("roles.no_target"),
        help=explain("target"),
    )


def _positive(project: Project, table: ReadTable, target: str | None) -> str | None:
    if target is None:
        st.selectbox(say("roles.positive"), [], disabled=True, placeholder="–")
        return None
    column = table.schema[target]
    options = target_values(column, table.frame[target])
    if not options:
        st.selectbox(say("roles.positive"), [], disabled=True, placeholder="–")
        st.caption(say("roles.higher"))
        return None
    chosen = project.positive if project.target == target else None
    if chosen not in options:
        chosen = suggest_positive(column, table.frame)
    binary = len(options) == 2
    return st.selectbox(
        say("roles.positive"),
        options if binary else [None, *options],
        format_func=lambda value: say("roles.no_positive") if value is None else value,
        key=seed(f"roles.positive:{project.id}:{target}:{len(options)}", chosen),
        placeholder=say("roles.no_positive"),
        help=explain("positive"),
    )


def target_values(column: Column, values: pd.Series) -> list[str]:
    """The values of a target of classes; empty for a number, of which more is better."""
    if column.kind in {"category", "boolean"}:
        return list(column.categories[:MAX_CLASSES])
    return list(column.examples[:2]) if values.nunique() == 2 else []


def _bands(
    project: Project, table: ReadTable, sensitive: tuple[str, ...], errors: FieldErrors
) -> tuple[dict[str, tuple[float, ...]], bool]:
    """The cut points of the sensitive numbers, and whether all that was typed can be read."""
    bands: dict[str, tuple[float, ...]] = {}
    readable = True
    banded = [name for name in sensitive if table.schema[name].kind in BANDED_KINDS]
    for name in banded:
        column = table.schema[name]
        known = project.bands.get(name, ())
        usual = usual_cuts(table, name)
        text = st.text_input(
            say("roles.bands", column=escape(name)),
            key=seed(f"roles.bands:{project.id}:{name}", ", ".join(_spell(column, known))),
            placeholder=say("roles.bands_placeholder", cuts=", ".join(_spell(column, usual))),
            help=explain("bands"),
        )
        errors.keep_place(f"roles.bands.{name}")
        read = errors.build(partial(parse_cuts, text, column))
        readable = readable and read is not None
        bands[name] = known if read is None else read
    return bands, readable


def _spell(column: Column, cuts: tuple[float, ...]) -> list[str]:
    if column.kind == "datetime":
        return [pd.Timestamp(int(cut)).strftime("%Y-%m-%d") for cut in cuts]
    return [f"{cut:.10g}" for cut in cuts]


def parse_cuts(text: str, column: Column) -> tuple[float, ...]:
    """Read the cut points that a person typed: numbers, or dates for a column of dates.

    Args:
        text: such as ``"30, 50"``; empty: none.
        column: the column to be cut.

    Raises:
        ConfigError: they are no numbers in rising order, or none lies inside the column's range.
    """
    field = f"roles.bands.{column.name}"
    words = [word for word in re.split(r"[;,\s]+", text) if word]
    try:
        if column.kind == "datetime":
            cuts = [float(pd.Timestamp(word).value) for word in words]
        else:
            cuts = [float(word) for word in words]
    except ValueError:
        cuts = [float("nan")]
    if not np.isfinite(cuts).all() or any(a >= b for a, b in pairwise(cuts)):
        raise ConfigError(say("roles.bands_bad", found=text.strip()), field=field)
    low, high = column.minimum, column.maximum
    outside = [
        word
        for word, cut in zip(words, cuts, strict=True)
        if low is not None and high is not None and not low < cut <= high
    ]
    if outside and low is not None and high is not None:
        first, last = _spell(column, (low, high))
        raise ConfigError(
            say("roles.bands_outside", low=first, high=last, found=outside[0]), field=field
        )
    return tuple(cuts)


def _explanatory(project: Project, schema: Schema, taken: set[str | None]) -> tuple[str, ...]:
    options = [c.name for c in schema.modelled if c.name not in taken]
    return tuple(
        st.multiselect(
            say("roles.explanatory"),
            options,
            key=seed(
                f"roles.explanatory:{project.id}:{len(options)}",
                [c for c in project.explanatory if c in options],
            ),
            help=explain("explanatory"),
        )
    )


def _test_share(project: Project) -> float:
    entry = CATALOGUE.get(project.data.source)
    if project.data.test_source is not None or (entry is not None and entry.load_test):
        st.caption(say("roles.test_file"))
        return project.data.test_share
    percentage = st.slider(
        say("roles.test_share"),
        5,
        80,
        step=5,
        format="%d %%",
        key=seed(f"roles.test_share:{project.id}", round(100 * project.data.test_share)),
        help=say("roles.test_share_help"),
    )
    return percentage / 100


def _show_groups(counts: list[tuple[str, int]] | None) -> None:
    if not counts:
        return
    chips = []
    for name, n in counts:
        small = n < SMALL_GROUP_ROWS
        words = say("roles.group_count", group=escape(name), n=number(n))
        chips.append(
            f":orange-badge[:material/warning: {words}]" if small else f":gray-badge[{words}]"
        )
    st.markdown(say("roles.groups", groups=" ".join(chips)))
