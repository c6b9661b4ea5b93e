"""Words that several pages share: the frame, run states, buttons."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "app.page_title": "{page} · FairGen",
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
    "time.left": "about {time} left",
    "time.expected": "starting, about {time} expected",
    "figure.real": "real data: {value}",
    "device.cores": "{n} CPU cores",
    "device.core": "1 CPU core",
    "device.gpu": "NVIDIA GPU",
    "device.gpus": "{n} × {name}",
    "demo.name": "Demo: fair hiring",
    "sidebar.queue": "{n} waiting in the queue",
    "chart.data": "Show the data behind this chart",
}
