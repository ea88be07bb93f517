"""What Prometheus reads. Counters of requests live in memory (or in files that the page processes share); everything
that the database knows is read at the moment of asking. Other rooms add figures as `GAUGES` in their `gauges.py`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count
from prometheus_client import REGISTRY as OWN
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from farol.platform.apps import collect
from farol.platform.jobs.models import Presence, Schedule
from farol.platform.outbox.models import OutboxMessage

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10)
REQUESTS = Counter("farol_requests", "Answered requests", ["route", "method", "status"])
SECONDS = Histogram("farol_request_seconds", "Time to answer", ["route"], buckets=BOUNDS)


@dataclass(frozen=True)
class Gauge:
    """A figure of a room: `read` yields `(label values, figure)`."""

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[], Iterable[tuple[tuple[str, ...], float]]]


def observe(route: str, method: str, status: int, seconds: float) -> None:
    REQUESTS.labels(route, method, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def exposition() -> bytes:
    """The whole page in Prometheus' text format."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(OWN)
    registry.register(Stored())
    return generate_latest(registry)


class Stored:
    """The collector of everything that is read from the database."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in (*GAUGES, *collect("gauges", "GAUGES")):
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
            for labels, value in gauge.read():
                family.add_metric(labels, value)
            yield family


def _last_done() -> Iterator[tuple[tuple[str, ...], float]]:
    for row in Schedule.objects.exclude(last_done_at=None):
        yield (row.name,), row.last_done_at.timestamp()


def _failing() -> Iterator[tuple[tuple[str, ...], float]]:
    for row in Schedule.objects.exclude(last_outcome=""):
        yield (row.name,), float(row.last_outcome in ("failed", "lost"))


def _running() -> Iterator[tuple[tuple[str, ...], float]]:
    for row in Schedule.objects.all():
        yield (row.name,), float(bool(row.holder))


def _outbox() -> Iterator[tuple[tuple[str, ...], float]]:
    for row in OutboxMessage.objects.order_by().values("channel", "state").annotate(n=Count("id")):
        yield (row["channel"], row["state"]), row["n"]


def _workers() -> Iterator[tuple[tuple[str, ...], float]]:
    for row in Presence.objects.filter(kind="worker"):
        yield (row.host, str(row.pid)), time.time() - row.beat_at


GAUGES = [
    Gauge("farol_job_last_done_timestamp_seconds", "When the job last ended well", ("job",), _last_done),
    Gauge("farol_job_failing", "1 if the last run failed or broke off", ("job",), _failing),
    Gauge("farol_job_running", "1 while the job runs", ("job",), _running),
    Gauge("farol_outbox_messages", "Messages by state", ("channel", "state"), _outbox),
    Gauge("farol_worker_silence_seconds", "Since the worker's last sign of life", ("host", "pid"), _workers),
]
