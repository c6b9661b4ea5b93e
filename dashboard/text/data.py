"""Words of the Data page."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "data.title": "Data",
}
