"""Figures of the sources for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator

from farol.engines.sources.models import SourceDay, SourceStand
from farol.engines.sources.stands import lag
from farol.platform.operation.metrics import Gauge


def _lags() -> Iterator[tuple[tuple[str, ...], float]]:
    for row in SourceStand.objects.filter(entity="", until__isnull=False):
        behind = lag(row)
        if behind is not None:
            yield (row.source,), behind.total_seconds()


def _good() -> Iterator[tuple[tuple[str, ...], float]]:
    for row in SourceStand.objects.filter(entity=""):
        yield (row.source,), float(row.state == "ok")


def _gaps() -> Iterator[tuple[tuple[str, ...], float]]:
    for source in SourceStand.objects.filter(entity="").values_list("source", flat=True):
        yield (source,), SourceDay.objects.filter(source=source, state="gap").count()


GAUGES = [
    Gauge("farol_source_lag_seconds", "How far the data of a source is behind", ("source",), _lags),
    Gauge("farol_source_ok", "1 if the last load of a source ended well", ("source",), _good),
    Gauge("farol_source_gap_days", "Days on which a source has other records than Farol", ("source",), _gaps),
]
