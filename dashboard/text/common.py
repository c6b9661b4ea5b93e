"""Words that several pages share: the frame, run states, buttons."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "app.name": "FairGen",
    "page.data": "Data",
    "page.train": "Train",
    "page.inspect": "Inspect",
    "page.compare": "Compare",
    "page.lessons": "Lessons",
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
    "time.left": "about {time} left",
    "figure.real": "real data: {value}",
    "device.cores": "{n} CPU cores",
    "device.core": "1 CPU core",
    "device.gpu": "NVIDIA GPU",
    "device.gpus": "{n} × {name}",
    "demo.name": "Demo: fair hiring",
    "sidebar.queue": "{n} waiting in the queue",
    "chart.data": "Show the data behind this chart",
}
