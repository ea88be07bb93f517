"""A group of child processes that stands and falls together.

`python -m farol.cli.group PLAN` is a process of its own that loads nothing of the product: it only watches.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import NoReturn

import click

from farol.cli.children import MARK

STOP_WITHIN = 55.0
LONGEST_WAIT = 30.0
GIVE_UP_AFTER = 5  # deaths within CALM seconds of each other
CALM = 120.0


@dataclass
class Child:
    """`farol <arguments>` as a process; a dead one is started again, each time a little later."""

    name: str
    arguments: list[str]
    process: subprocess.Popen | None = None
    deaths: list[float] = field(default_factory=list)
    start_at: float = 0.0

    def start(self, shared: dict[str, str]) -> None:
        command = [sys.executable, "-m", "farol.cli", *self.arguments]
        # the pipe is never written to: it breaks when this process ends, and that is the signal
        self.process = subprocess.Popen(command, env={**os.environ, **shared, MARK: "1"}, stdin=subprocess.PIPE)

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def bury(self) -> None:
        """Note the death and when to start again."""
        now = time.monotonic()
        self.deaths = [at for at in self.deaths if now - at < CALM] + [now]
        self.start_at = now + min(LONGEST_WAIT, 2.0 ** (len(self.deaths) - 1))
        self.process = None

    @property
    def hopeless(self) -> bool:
        return len(self.deaths) >= GIVE_UP_AFTER


@dataclass(frozen=True)
class Plan:
    """What to start (`name: arguments of farol`), what it shares, and what answers when all is ready."""

    children: dict[str, list[str]]
    shared: dict[str, str]
    host: str
    port: int
    address: str


def watch(plan: Plan) -> NoReturn:
    """Become the process that starts and watches the group."""
    command = [sys.executable, "-m", "farol.cli.group", json.dumps(asdict(plan))]
    if sys.platform == "win32":  # there exec would leave the console at once
        sys.exit(run_group(plan))
    os.execv(sys.executable, command)  # noqa: S606


def run_group(plan: Plan) -> int:
    """Run until a signal (0) or until a child keeps dying (1)."""
    children = [Child(name, arguments) for name, arguments in plan.children.items()]
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: asked.append(got))
    told = False
    try:
        while not asked:
            for child in children:
                _tend(child, plan.shared)
                if child.hopeless:
                    return _give_up(child)
            if not told and _answers(plan.host, plan.port):
                click.echo(f"Farol: {plan.address}", err=True)
                told = True
            time.sleep(0.2)
    finally:
        stop(children)
    return 0


def _tend(child: Child, shared: dict[str, str]) -> None:
    if child.died() and child.process:
        click.echo(f"farol: {child.name} ended with code {child.process.returncode}", err=True)
        child.bury()
    if child.process is None and not child.hopeless and time.monotonic() >= child.start_at:
        child.start(shared)


def _give_up(child: Child) -> int:
    text = f"{child.name} ended {GIVE_UP_AFTER} times in a short while; everything stops. See the log above."
    click.echo(f"farol: {text}", err=True)
    return 1


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host if host not in ("0.0.0.0", "") else "127.0.0.1", port), timeout=1):  # noqa: S104
            return True
    except OSError:
        return False


def stop(children: list[Child]) -> None:
    """Ask all to end, wait, and end by force what is left."""
    running = [child.process for child in children if child.process and child.process.poll() is None]
    for process in running:
        process.terminate()
    until = time.monotonic() + STOP_WITHIN
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(run_group(Plan(**json.loads(sys.argv[1]))))
