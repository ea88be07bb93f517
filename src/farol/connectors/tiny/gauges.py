"""Figures of the ERP for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator

from farol.connectors.tiny.models import Allowance
from farol.core import clock
from farol.platform.operation.metrics import Gauge


def _allowance() -> Iterator[tuple[tuple[str, ...], float]]:
    for row in Allowance.objects.all():
        yield (str(row),), row.per_minute


def _used() -> Iterator[tuple[tuple[str, ...], float]]:
    now = clock.now().timestamp()
    for row in Allowance.objects.all():
        yield (str(row),), sum(now - 60 < at <= now for at in row.calls) + len(row.running)


GAUGES = [
    Gauge("farol_tiny_allowance_per_minute", "Calls a minute that Tiny allows", ("account",), _allowance),
    Gauge("farol_tiny_calls_last_minute", "Calls of the last minute", ("account",), _used),
]
