"""The building's order: who imports whom (docs/ARCHITECTURE.md), and what loads what."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE, DASHBOARD = "fairgen_core", "dashboard"
MAX_MODULE_LINES = 350
MAX_FUNCTION_LINES = 120
# Started by name, never imported: the command line, the worker, the app.
WORKER = "fairgen_core.runs.worker"
WORKERS = {
    WORKER,
    *(f"fairgen_core.runs.{name}_worker" for name in ("image", "lesson", "table")),
}
SWEEP_WORKER = "fairgen_core.sweeping.worker"
ENTRY_POINTS = ("fairgen_core.__main__", WORKER, SWEEP_WORKER, "fairgen_core", "dashboard.app")
HEAVY = ("torch", "sklearn", "shap", "fairlearn", "sdmetrics")
# Rooms whose modules the dashboard's process loads.
LIGHT_ROOMS = (
    "errors", "config", "results", "data", "runs",
    "image_config", "image_presets", "image_results", "run_config",
    "words", "numbers", "figure_words", "charts", "sweep_config", "sweep_results",
    "stability", "wilson", "settings_words", "judged", "comparison", "report",
    "lesson_config", "lesson_results",
)  # fmt: skip


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    """Every module of the core and the dashboard, by dotted name."""
    files = [*(ROOT / CORE).rglob("*.py"), *(ROOT / DASHBOARD).rglob("*.py")]
    return {module_name(path): path for path in sorted(files)}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text(encoding="utf-8"))


def nodes(name: str, in_functions: bool) -> Iterator[ast.AST]:
    """A module's syntax nodes; without those inside functions where not asked for."""
    todo: list[ast.AST] = [tree(name)]
    while todo:
        node = todo.pop()
        yield node
        if in_functions or not isinstance(node, ast.FunctionDef):
            todo.extend(ast.iter_child_nodes(node))


@cache
def imported_names(name: str, in_functions: bool = True) -> frozenset[str]:
    """Dotted names that a module imports, inside its functions too unless told otherwise.

    `from a import b` gives ``a.b`` where that is a module of ours, else ``a``.
    """
    package = name if modules()[name].name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in nodes(name, in_functions):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                anchor = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*anchor, *([base] if base else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.add(whole if whole in modules() else base)
    return frozenset(found)


@cache
def rules() -> dict[str, list[str]]:
    """The table in docs/ARCHITECTURE.md: room -> rooms that it may import."""
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    block = re.search(r"^```imports\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)
    assert block, "docs/ARCHITECTURE.md must hold the table of imports"
    lines = [line.split("->") for line in block.group(1).splitlines()]
    return {room.strip(): allowed.split() for room, allowed in lines}


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def place(name: str) -> str:
    """A module's name as the table writes it: without ``fairgen_core.``."""
    if name == CORE:
        return "__init__"
    return name.removeprefix(f"{CORE}.")


def room_of(name: str, rooms: dict[str, list[str]]) -> str | None:
    fitting = [room for room in rooms if within(place(name), room)]
    return max(fitting, key=len, default=None)


def is_ours(name: str) -> bool:
    return within(name, CORE) or within(name, DASHBOARD)


def is_bare_package(name: str) -> bool:
    """Whether it is a package's `__init__` with nothing but a docstring: no room of its own."""
    path = modules()[name]
    return path.name == "__init__.py" and all(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for node in tree(name).body
    )


@pytest.mark.parametrize("name", sorted(modules()))
def test_module_imports_only_what_its_room_may(name: str) -> None:
    table = rules()
    room = room_of(name, table)
    if room is None:
        assert is_bare_package(name) or place(name) == "errors", (
            f"{name} belongs to no room in docs/ARCHITECTURE.md: add its line to the table"
        )
        return
    allowed = [*table[room], room, "errors"]
    if "everything" in allowed:
        return
    wrong = {
        other
        for other in imported_names(name)
        if is_ours(other) and other != CORE and not any(within(place(other), ok) for ok in allowed)
    }
    assert not wrong, f"{name} (room {room}) may not import {sorted(wrong)}"


def test_every_line_of_the_table_names_a_room_that_exists() -> None:
    places = {place(name) for name in modules()} | {DASHBOARD}
    named = set(rules()) | {
        room for allowed in rules().values() for room in allowed if room != "everything"
    }
    assert named <= places


def test_only_the_command_line_and_the_api_import_the_worker() -> None:
    users = {name for name in modules() if WORKER in imported_names(name)}
    may = {"__main__", "api", "image_api", "evidence_api"}
    rooms = ("cli", "sweeping")
    assert all(
        any(within(place(user), room) for room in rooms) or place(user) in may for user in users
    ), users


def test_core_knows_nothing_of_streamlit() -> None:
    users = {
        name
        for name in modules()
        if within(name, CORE) and any(within(i, "streamlit") for i in imported_names(name))
    }
    assert not users


def test_charts_draw_without_streamlit() -> None:
    charts = [name for name in modules() if within(name, "fairgen_core.charts")]
    assert charts
    for name in charts:
        assert not any(within(i, "streamlit") for i in imported_names(name)), name


def test_light_rooms_import_no_heavy_library() -> None:
    # A built-in set may ask scikit-learn for its rows when it is chosen: inside a function.
    for name in filter(is_light, modules()):
        names = imported_names(name, in_functions=within(name, DASHBOARD))
        heavy = {i for i in names if any(within(i, h) for h in HEAVY)}
        assert not heavy, f"{name} imports {sorted(heavy)}"


def reachable() -> set[str]:
    """Modules that some entry point, or a page of the app, leads to."""
    pages = [name for name in modules() if within(name, "dashboard.views")]
    todo = [*ENTRY_POINTS, *pages]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen or name not in modules():
            continue
        seen.add(name)
        todo.extend(imported_names(name))
        todo.append(name.rpartition(".")[0])
    return seen


def test_every_module_is_used() -> None:
    lost = set(modules()) - reachable()
    assert not lost, f"nothing imports {sorted(lost)}"


@pytest.mark.parametrize("name", sorted(modules()))
def test_module_and_its_functions_stay_short(name: str) -> None:
    text = modules()[name].read_text(encoding="utf-8")
    n_module_lines = len(text.splitlines())
    assert n_module_lines <= MAX_MODULE_LINES, f"{name} has {n_module_lines} lines"
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef):
            n_lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert n_lines <= MAX_FUNCTION_LINES, f"{name}.{node.name} has {n_lines} lines"


def is_light(name: str) -> bool:
    return name not in WORKERS and any(
        within(place(name), room) for room in (*LIGHT_ROOMS, DASHBOARD)
    )


def loaded_after(script: str) -> set[str]:
    """The heavy libraries that a fresh Python has loaded after `script`."""
    tail = f"\nimport json, sys\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", script + tail],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_light_rooms_load_nothing_heavy() -> None:
    light = [name for name in modules() if is_light(name) and within(name, CORE)]
    assert loaded_after("\n".join(f"import {name}" for name in light)) == set()


def test_every_page_opens_without_torch_or_scikit_learn() -> None:
    pages = sorted(path.name for path in (ROOT / DASHBOARD / "views").glob("[a-z]*.py"))
    assert pages
    script = [
        "from streamlit.testing.v1 import AppTest",
        "at = AppTest.from_file('dashboard/app.py', default_timeout=60).run()",
        "assert not at.exception, at.exception",
    ]
    for page in pages:
        script += [f"at.switch_page('views/{page}').run()", "assert not at.exception, at.exception"]
    assert loaded_after("\n".join(script)) == set()
