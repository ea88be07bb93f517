"""What Prometheus reads about the data."""

from __future__ import annotations

from collections.abc import Iterator

from farol.core import clock
from farol.engines.warehouse.dataset import all_datasets
from farol.engines.warehouse.versions import current_version
from farol.platform.operation.metrics import Gauge


def age() -> Iterator[tuple[tuple[str, ...], float]]:
    for dataset in all_datasets():
        version = current_version(dataset.name)
        if version and version.complete_until:
            yield (dataset.name,), float((clock.today() - version.complete_until).days)


GAUGES = [Gauge("farol_data_age_days", "Days since the last complete day of data", ("dataset",), age)]
