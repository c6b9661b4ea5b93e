"""Words of the Inspect page."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "inspect.title": "Inspect and take away",
}
