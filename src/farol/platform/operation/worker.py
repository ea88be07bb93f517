"""`farol worker`: scheduler, outbox and background tasks in one process. Several may run at once."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import DatabaseError, close_old_connections, connections
from django.utils.translation import gettext as _

from farol.platform.jobs.presence import Life, living
from farol.platform.jobs.scheduler import Scheduler
from farol.platform.operation import tasks
from farol.platform.outbox import delivery
from farol.platform.outbox.channels import channels

log = logging.getLogger(__name__)
IDLE, TROUBLE, GRACE = 0.5, 2.0, 45.0
TASKS_AT_ONCE = 2


class Worker:
    """One loop per concern, each in a thread of its own, so that a slow mail server does not hold up the schedule."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._scheduler: Scheduler | None = None

    def run(self) -> None:
        """Work until `stop` is set; then let what runs come to its end, for `GRACE` seconds at most."""
        with living("worker", self._after_beat) as life:
            self._scheduler = scheduler = Scheduler(life)
            threads = [self._start(*loop) for loop in self._loops(life, scheduler)]
            log.info("worker %s at work", life.id)
            while not self.stop.wait(1):
                pass
            self._wind_up(threads, scheduler)

    def _loops(self, life: Life, scheduler: Scheduler) -> list[tuple[str, Callable[[], Any]]]:
        deliveries = [(f"outbox-{channel.name}", partial(_deliver, channel, life)) for channel in channels().values()]
        background = [(f"tasks-{number}", partial(tasks.run_next, life)) for number in range(TASKS_AT_ONCE)]
        return [("scheduler", scheduler.tick), *background, *deliveries]

    def _after_beat(self, life: Life) -> None:
        if self._scheduler:
            self._scheduler.supervise()
        delivery.recover(life.id)
        tasks.fail_orphans()

    def _start(self, name: str, step: Callable[[], Any]) -> threading.Thread:
        thread = threading.Thread(target=self._loop, args=(step,), name=name, daemon=True)
        thread.start()
        return thread

    def _loop(self, step: Callable[[], Any]) -> None:
        while not self.stop.is_set():
            try:
                close_old_connections()
                busy = step()
            except DatabaseError as error:
                log.error("the database does not answer: %s", error)
                connections.close_all()
                self.stop.wait(TROUBLE)
            except Exception:
                log.exception("a loop of the worker stumbled")
                self.stop.wait(TROUBLE)
            else:
                if not busy:
                    self.stop.wait(IDLE)
        connections.close_all()

    def _wind_up(self, threads: list[threading.Thread], scheduler: Scheduler) -> None:
        log.info("worker stops")
        until = time.monotonic() + GRACE
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        while scheduler.active and time.monotonic() < until:
            time.sleep(0.2)
        scheduler.interrupt(_("The worker was stopped."))


def _deliver(channel: delivery.Channel, life: Life) -> bool:
    return delivery.deliver_next(channel, life.id)


def work() -> None:
    """Run a worker until SIGTERM or Ctrl-C."""
    worker = Worker()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop.set())
    worker.run()
