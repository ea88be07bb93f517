"""`farol simulate kommo`."""

from __future__ import annotations

from typing import Any

SIMULATORS: list[Any] = []
