"""Words that several pages share: the frame, run states, buttons."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "app.name": "FairGen",
    "app.tagline": "Fair synthetic tables, and the evidence. Your data stays on this machine.",
    "page.data": "Data",
    "page.train": "Train",
    "page.inspect": "Inspect",
    "state.queued": "Queued",
    "state.running": "Running",
    "state.done": "Done",
    "state.failed": "Failed",
    "state.stopped": "Stopped",
    "stage.read": "Reading the rows",
    "stage.compression": "Fair compression",
    "stage.labels": "Fair labels",
    "stage.generator": "Latent generation",
    "stage.decode": "Decoding to rows",
    "stage.evaluate": "Judging",
    "stage.audit": "Auditing",
    "number.missing": "not available",
    "left.seconds": "about {n} s left",
    "left.minutes": "about {n} min left",
    "left.hours": "about {n} h left",
    "sidebar.device": "Runs on {device}",
    "sidebar.cores": "{n} CPU cores",
    "sidebar.core": "1 CPU core",
    "sidebar.queue": "{n} waiting in the queue",
    "error.unexpected": "Something went wrong that FairGen did not foresee; nothing was lost. "
    "Reload the page. If it comes back, please report it with these words:",
}
