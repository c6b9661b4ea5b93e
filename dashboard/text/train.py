"""Words of the Train page."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "train.title": "Train",
}
