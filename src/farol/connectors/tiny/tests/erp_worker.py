"""The worker of the kill tests: one prepared process that forks workers, which die at a named point.

Commands come as JSON lines on stdin, answers leave on stdout: `prepare`, `run` (a worker until it dies), `stand`,
`person` (somebody presses “try again”).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import django

django.setup()

import httpx  # noqa: E402
from django.db import connection, connections  # noqa: E402

from farol.connectors.tiny import Document, ErpBusy, Order, Payable, deliver, erp_channel, gateway  # noqa: E402
from farol.connectors.tiny.client import Client  # noqa: E402
from farol.connectors.tiny.models import Allowance  # noqa: E402
from farol.platform.jobs import presence  # noqa: E402
from farol.platform.jobs.models import Presence  # noqa: E402
from farol.platform.outbox import channels, delivery, endings, enqueue  # noqa: E402
from farol.platform.outbox.models import OutboxMessage, Rest, State  # noqa: E402

presence.BEAT = 0.3
POINTS = (
    "claimed",
    "before search",
    "after search",
    "before mark",
    "after mark",
    "on the wire",
    "answered",
    "understood",
    "before end",
    "inside end",
    "before commit",
    "committed",
    "in vain",
    "recovering",
)
LEADER = os.getpid()
point, countdown = "", 1


def reach(name: str) -> None:
    """Die here by SIGKILL if this is the point, when it is passed for the n-th time."""
    global countdown
    if name == point:
        countdown -= 1
        if countdown <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def arrived(payload: dict[str, Any], document: Document) -> None:
    reach("inside end")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO arrivals VALUES (%s, %s)", [payload["key"], document.id])
    reach("before commit")


CHANNELS = (
    erp_channel("tiny.order", "orders", Order.from_json, arrived),
    erp_channel("tiny.payable", "payables", Payable.from_json, arrived),
)
channels.collect = lambda *_names: CHANNELS  # type: ignore[assignment]


def around(holder: Any, name: str, before: str = "", after: str = "", only: Any = lambda *_args: True) -> None:
    whole = getattr(holder, name)

    def wrapped(*args: Any, **options: Any) -> Any:
        if before and only(*args):
            reach(before)
        answer = whole(*args, **options)
        if after and only(*args):
            reach(after)
        return answer

    setattr(holder, name, wrapped)


def on_the_wire(whole: Any) -> Any:
    """The request leaves, and nobody is there any more to hear the answer."""

    def post(self: Client, service: str, params: dict[str, str], longest: float) -> Any:
        if point == "on the wire" and "incluir" in service and countdown <= 1:
            url = urlsplit(f"{self._url}/{service}")
            request = httpx.Request("POST", f"{self._url}/{service}", data={"token": self._token, **params})
            head = f"POST {url.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(request.content)}\r\n\r\n"
            with socket.create_connection((url.hostname, url.port)) as line:
                line.sendall(head.encode() + request.content)
                reach("on the wire")
        return whole(self, service, params, longest)

    return post


def plant() -> None:
    """Put the points into the way of a message."""
    around(delivery, "claim", after="claimed", only=lambda *_a: OutboxMessage.objects.filter(state="sending").exists())
    around(Client, "read", before="before search", after="after search")
    around(endings, "about_to_send", before="before mark", after="after mark")
    Client._post = on_the_wire(Client._post)  # type: ignore[method-assign]
    around(Client, "_post", after="answered", only=lambda _self, service, *_rest: "incluir" in service)
    around(Client, "write", after="understood")
    around(endings, "arrive", before="before end", after="committed")
    around(endings, "looked_in_vain", before="in vain")
    around(delivery, "_free", before="recovering")


def prepare(orders: int, payables: int, mutant: str) -> dict[str, Any]:
    with connection.schema_editor() as editor:
        for model in (Presence, OutboxMessage, Rest, Allowance):
            editor.create_model(model)
        editor.execute("CREATE TABLE arrivals (key varchar(40), document varchar(40))")
    party = {"name": "Ana Lima", "document": "529.982.247-25"}
    item = {"sku": "SKU-1", "description": "Módulo", "quantity": "1", "unit_value": "0"}
    for number in range(orders):
        key = f"GT-2026-{number:06}"
        enqueue("tiny.order", key, {"key": key, "customer": party, "items": [item]})
    for number in range(payables):
        key = f"CP-2026-{number:06}"
        due = f"2027-{number % 12 + 1:02}-{number // 12 % 28 + 1:02}"
        enqueue("tiny.payable", key, {"key": key, "supplier": party, "amount": "10.00", "due_on": due})
    plant()
    if mutant == "no search":
        deliver._find = lambda _document: None  # type: ignore[assignment]
    if mutant == "no looks":
        for channel in CHANNELS:
            object.__setattr__(channel, "looks", ())
    return {"points": POINTS}


def work(seconds: float) -> None:
    """Deliver until killed, or until nothing is left or `seconds` have passed."""
    until = time.monotonic() + seconds
    with presence.living("worker", lambda life: delivery.recover(life.id)) as life:
        delivery.recover(life.id)
        while time.monotonic() < until and under_way():
            if not sum(delivery.deliver_next(channel, life.id) for channel in CHANNELS):
                time.sleep(0.01)


def under_way() -> bool:
    return OutboxMessage.objects.filter(state__in=(State.QUEUED, State.SENDING)).exists()


def run(at: str, passes: int, seconds: float, beside: bool = False) -> dict[str, Any]:
    """Fork a worker, with another `beside` it, and wait for its end: killed at the point, or by chance."""
    connections.close_all()
    other = fork("", 1, seconds + 0.5) if beside else 0
    child = fork(at, passes, 60 if at == "chance" else seconds)
    if at == "chance":
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    Presence.objects.filter(pid=child).delete()  # what the other workers would find out after half a minute
    connections.close_all()
    if other:
        assert os.waitpid(other, 0)[1] == 0
    return {"killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL}


def fork(at: str, passes: int, seconds: float) -> int:
    global point, countdown
    child = os.fork()
    if child == 0:
        point, countdown = at, passes
        work(seconds)
        connections.close_all()
        os._exit(0)
    return child


def stand() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, document FROM arrivals ORDER BY key")
        arrivals = [list(row) for row in cursor.fetchall()]
    messages = {state.value: OutboxMessage.objects.filter(state=state).count() for state in State}
    errors = list(OutboxMessage.objects.exclude(error="").values_list("error", flat=True))
    return {
        "arrivals": arrivals,
        "messages": {state: count for state, count in messages.items() if count},
        "errors": errors,
    }


def person() -> dict[str, Any]:
    """Somebody has looked, and presses “try again” on everything that waits."""
    waiting = OutboxMessage.objects.filter(state__in=(State.UNKNOWN, State.FAILED))
    found = [message.error for message in waiting]
    for message in waiting:
        OutboxMessage.objects.filter(pk=message.pk).update(
            state=State.QUEUED, attempts=min(message.attempts, 1), tries=0, doubts=min(message.doubts, 1)
        )
    return {"again": found}


def spend(processes: int, seconds: float, mutant: str) -> dict[str, Any]:
    """So many processes ask as often as they may."""
    connections.close_all()
    children = [os.fork() for _ in range(processes) if os.getpid() == LEADER]
    if os.getpid() != LEADER:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            erp = gateway()
            if mutant == "each for itself":
                erp._client.limiter.account = str(os.getpid())  # type: ignore[attr-defined]
            try:
                erp.check()
            except ErpBusy:
                time.sleep(0.02)
        connections.close_all()
        os._exit(0)
    return {"ends": [os.waitpid(child, 0)[1] for child in children]}


def main() -> None:
    commands = {"spend": spend, "prepare": prepare, "run": run, "stand": stand, "person": person}
    for line in sys.stdin:
        order = json.loads(line)
        answer = commands[order.pop("do")](**order)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
