"""A process of ours, started with another module as its program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import gc, sys
print(__name__, sys.argv[1:], gc.get_threshold()[0] > 10_000)
sys.exit(3)
"""


def test_the_module_is_the_program_with_its_arguments_and_status(tmp_path: Path) -> None:
    (tmp_path / "some_program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", "fairgen_core.startup", "some_program", "a", "--b"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "__main__ ['a', '--b'] True", done.stderr
    assert done.returncode == 3
