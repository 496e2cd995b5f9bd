"""Which checks passed since the kernel started, by question."""

from __future__ import annotations

outcomes: dict[str, bool] = {}
