"""The house keeps what its front page promises: commands, pins, licence, version, container."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), flags=re.MULTILINE))


def tracked_files() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/BENCHMARKS.md", ".ci/run"])
def test_every_make_command_in_the_pages_exists(page: str) -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)\b(?=[\s`#).,]|$)", read(page), re.MULTILINE))
    in_code = {name for name in named if re.search(rf"(`|^|\n|exec )make {name}\b", read(page))}
    assert in_code, f"{page} must name a command"
    assert in_code <= make_targets()


def test_front_page_says_how_to_run_and_test_on_its_first_screen() -> None:
    first_screen = read("README.md").splitlines()[:40]
    assert any("make run" in line for line in first_screen)
    assert any("make test" in line for line in first_screen)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/BENCHMARKS.md"])
def test_links_and_pictures_of_the_pages_exist(page: str) -> None:
    folder = (ROOT / page).parent
    targets = re.findall(r"\]\(([^)#\s]+)", read(page))
    missing = [t for t in targets if "://" not in t and not (folder / t).exists()]
    assert not missing


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-cluster.txt"]
)
def test_every_requirement_is_pinned_exactly(name: str) -> None:
    lines = [line.split("#")[0].strip() for line in read(name).splitlines()]
    wanted = [line for line in lines if line and not line.startswith("-r ")]
    loose = [line for line in wanted if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.]*", line)]
    assert wanted
    assert not loose
    names = [re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in wanted]
    assert len(names) == len(set(names))


def test_licence_is_apache_2_in_full() -> None:
    text = read("LICENSE")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_changelog_has_the_version() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## \[?{re.escape(version)}\b", read("CHANGELOG.md"), flags=re.MULTILINE)


def test_tracked_files_hold_no_path_of_one_machine() -> None:
    someones = re.compile(rb"/(?:home|Users)/[a-z]\w+/|/(?:root|work)/\w|[A-Z]:\\\\Users\\\\")
    guilty = [
        f"{path.relative_to(ROOT)}: {hit.group().decode()}"
        for path in tracked_files()
        if path.suffix not in {".png", ".woff2", ".parquet"} and path.name != Path(__file__).name
        for hit in [someones.search(path.read_bytes())]
        if hit
    ]
    assert not guilty


def test_tracked_files_hold_no_data_and_no_large_file() -> None:
    large = [path for path in tracked_files() if path.stat().st_size > 1_000_000]
    assert not large
    assert not [path for path in tracked_files() if path.suffix in {".pt", ".pkl", ".safetensors"}]


def docker_instructions() -> list[tuple[str, str]]:
    """(instruction, arguments) of the Dockerfile, continued lines joined."""
    text = re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [(w, rest.strip()) for w, _, rest in (line.partition(" ") for line in lines if line)]


def test_container_is_built_and_run_with_the_make_commands() -> None:
    steps = docker_instructions()
    assert steps[0] == ("FROM", "python:3.11-slim")
    assert ("ARG", "TORCH=cpu") in steps
    runs = " ".join(rest for word, rest in steps if word == "RUN")
    assert "make setup" in runs
    assert "setup" in make_targets()
    assert dict(steps)["CMD"] == '["make", "run"]'
    assert "tini" in dict(steps)["ENTRYPOINT"]
    assert "tini" in runs


def test_container_is_guarded_and_keeps_its_runs() -> None:
    steps = docker_instructions()
    words = [word for word, _ in steps]
    by_word = dict(steps)
    assert by_word["USER"] not in {"root", "0"}
    assert words.index("USER") < words.index("CMD")
    assert "/_stcore/health" in by_word["HEALTHCHECK"]
    homes = [rest for word, rest in steps if word == "ENV" and "FAIRGEN_HOME=" in rest]
    assert f"FAIRGEN_HOME={by_word['VOLUME']}" in homes[0]


def test_container_gets_every_file_it_copies() -> None:
    allowed = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    copied = {
        name for word, rest in docker_instructions() if word == "COPY" for name in rest.split()[:-1]
    } - {"."}
    assert copied <= allowed
    assert {"fairgen_core", "dashboard", ".streamlit", "assets"} <= allowed
    assert all((ROOT / name).exists() for name in allowed)
