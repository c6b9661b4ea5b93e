"""A small training on the simulated data at the first start, so that no page stays empty."""

from __future__ import annotations

from dashboard.reads import projects, store
from dashboard.tables import FIRST, open_data
from dashboard.text import say
from fairgen_core.config import DataConfig
from fairgen_core.errors import FairGenError
from fairgen_core.runs import launcher
from fairgen_core.runs.files import write_json
from fairgen_core.runs.store import home


def start_demo(open_first: bool = False) -> bool:
    """Start the demo once in the life of a home folder; nothing where there is any training.

    A demo that cannot be started is no reason to disturb anyone: it is a gift.

    Args:
        open_first: open the simulated data where nobody has looked at it yet; otherwise the demo
            waits until somebody has.

    Returns:
        Whether it was started now.
    """
    note = home() / "demo.json"
    if note.exists():
        return False
    runs = store()
    try:
        project = projects().load(FIRST)
        if project is None and open_first:
            project = open_data(DataConfig(source=FIRST))
        if project is None:
            return False
        run_id = ""
        if all(run.task != "train" for run in runs.list()):
            config = project.change(preset="quick", name=say("demo.name")).train_config()
            run_id = runs.create(config)
        write_json(note, {"run": run_id})
        if run_id:
            launcher.start(runs, run_id)
    except FairGenError:
        return False
    return bool(run_id)
