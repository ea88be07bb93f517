"""What can be asked about leads, deals, stages, activities and the pipeline."""

from __future__ import annotations

from typing import Any

MODELS: list[Any] = []
