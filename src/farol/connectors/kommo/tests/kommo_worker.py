"""Farol's processes beside a made-up Kommo: forked from one prepared process, told what to do as JSON lines.

`prepare` makes the tables and `more` puts messages into the outbox; `run` is a worker until it dies at a named point,
or by chance; `crowd` are processes that read and write at once; `renew` are some whose access has run out; `stand`
tells how things are, and `person` presses “try again” on what waits for one.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection, connections  # noqa: E402

from farol.connectors.kommo import account, auth, deliveries, writes  # noqa: E402
from farol.connectors.kommo.paging import pages  # noqa: E402
from farol.engines.sources import tokens  # noqa: E402
from farol.engines.sources.errors import SourceError  # noqa: E402
from farol.engines.sources.http import Http  # noqa: E402
from farol.engines.sources.limiter import Limit  # noqa: E402
from farol.engines.sources.models import Allowance, OAuthToken  # noqa: E402
from farol.platform.jobs import presence  # noqa: E402
from farol.platform.jobs.models import Presence  # noqa: E402
from farol.platform.outbox import channels, delivery, endings  # noqa: E402
from farol.platform.outbox.models import OutboxMessage, Rest, State  # noqa: E402

presence.BEAT = 0.3
tokens.audit.record = lambda *_args, **_params: None
tokens.stands.consent_lost = lambda *_told: None
DUE = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
CHANNELS = deliveries.CHANNELS
POINTS = (
    *("claimed", "before search", "after search", "before mark", "after mark", "on the wire", "answered"),
    *("before end", "inside end", "before commit", "committed", "recovering"),
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


def arrived(payload: dict[str, Any], result: dict[str, Any]) -> None:
    reach("inside end")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO arrivals VALUES (%s, %s)", [payload["record"], result["id"]])
    reach("before commit")


HOOKS = tuple((channel.name, arrived, lambda *_told: None) for channel in CHANNELS)
deliveries.collect = lambda *_names: HOOKS  # type: ignore[assignment]
channels.collect = lambda *_names: CHANNELS  # type: ignore[assignment]


def around(holder: Any, name: str, before: str = "", after: str = "", only: Any = lambda *_args: True) -> None:
    right = getattr(holder, name)

    def wrapped(*args: Any, **options: Any) -> Any:
        if before and only(*args):
            reach(before)
        answer = right(*args, **options)
        if after and only(*args):
            reach(after)
        return answer

    setattr(holder, name, wrapped)


def plant() -> None:
    """Put the points into the way of a message."""
    around(delivery, "claim", after="claimed", only=lambda *_a: OutboxMessage.objects.filter(state="sending").exists())
    around(writes, "_found", before="before search", after="after search")
    around(endings, "about_to_send", before="before mark", after="after mark")
    # the answer has begun to come when nobody is there any more to read it
    around(Http, "_content", before="on the wire", only=lambda _http, answer, _until: answer.request.method == "POST")
    around(Http, "post", after="answered")
    around(endings, "arrive", before="before end", after="committed")
    around(delivery, "_free", before="recovering")


def prepare(mutant: str = "") -> dict[str, Any]:
    with connection.schema_editor() as editor:
        for model in (Presence, OutboxMessage, Rest, Allowance, OAuthToken):
            editor.create_model(model)
        editor.execute("CREATE TABLE arrivals (record varchar(40), id varchar(40))")
    plant()
    if mutant == "no search":
        for channel in CHANNELS:
            object.__setattr__(channel, "find", lambda _message: None)
    if mutant == "no looks":
        for channel in CHANNELS:
            object.__setattr__(channel, "looks", ())
    return {"points": POINTS}


def more(kinds: list[str], since: int, count: int, first: int) -> dict[str, Any]:
    """The next `count` messages of each kind after number `since`; each has a lead of its own, from `first` on."""
    for number in range(since + 1, since + count + 1):
        if "tasks" in kinds:
            writes.enqueue_task(number, str(first + number), "Retornar", DUE)
        if "notes" in kinds:
            writes.enqueue_note(number, str(first + number), "Cliente avisado")
        if "leads" in kinds:
            writes.enqueue_lead(number, "Indicação")
    return {}


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
        cursor.execute("SELECT record, id FROM arrivals")
        arrivals = [list(row) for row in cursor.fetchall()]
    messages = {state.value: OutboxMessage.objects.filter(state=state).count() for state in State}
    return {"arrivals": arrivals, "messages": {state: count for state, count in messages.items() if count}}


def person() -> dict[str, Any]:
    """Somebody has looked, and presses “try again” on everything that waits."""
    waiting = OutboxMessage.objects.filter(state__in=(State.UNKNOWN, State.FAILED))
    found = [message.error for message in waiting]
    for message in waiting:
        OutboxMessage.objects.filter(pk=message.pk).update(
            state=State.QUEUED, attempts=min(message.attempts, 1), tries=0, doubts=min(message.doubts, 1)
        )
    return {"again": found}


def spread(processes: int, task: Any) -> list[Any]:
    """Fork, let each do `task(number)`, and gather what they say; a killed one says nothing."""
    connections.close_all()
    pipes = []
    for number in range(processes):
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(out)
            os.write(into, json.dumps(task(number)).encode())
            connections.close_all()
            os._exit(0)
        os.close(into)
        pipes.append((child, out))
    said = []
    for child, out in pipes:
        with os.fdopen(out) as stream:
            text = stream.read()
        os.waitpid(child, 0)
        said.append(json.loads(text) if text else "killed")
    return said


def crowd(processes: int, seconds: float, mutant: str = "") -> dict[str, Any]:
    """Every other process loads, the rest deliver; `mutant`: each keeps to a limit of its own."""

    def task(number: int) -> int:
        if mutant:
            right = account.limit()
            own = Limit(f"{right.account}{number}", right.per_second, right.most_in_window, parallel=right.parallel)
            account.limit = lambda: own
        if number % 2:
            work(seconds)
            return 0
        until, session, read = time.monotonic() + seconds, account.session("default"), 0
        while time.monotonic() < until:
            for path in ("/leads", "/tasks", "/users"):
                read += sum(len(rows) for rows in pages(session, path))
        return read

    return {"read": spread(processes, task)}


def renew(processes: int, pair: list[str], kill: bool = False) -> dict[str, Any]:
    """Each process asks one question with an access that ends; `kill`: who gets the new pair dies before keeping it."""
    tokens.keep(auth.CONNECTION, tokens.Tokens(pair[0], pair[1], 86_400), "host") if pair else None
    if kill:
        asked = auth._asked

        def deadly(grant: str, **more: str) -> tokens.Tokens:
            answer = asked(grant, **more)
            os.kill(os.getpid(), signal.SIGKILL)
            return answer

        auth.token_store = lambda: tokens.TokenStore(  # type: ignore[assignment]
            auth.CONNECTION, lambda refresh: deadly("refresh_token", refresh_token=refresh), lease=0.5
        )

    def task(_number: int) -> str:
        try:
            account.client().get("/account")
        except SourceError as error:
            return error.code
        return "answered"

    return {"said": spread(processes, task)}


def main() -> None:
    commands = {f.__name__: f for f in (prepare, more, run, stand, person, crowd, renew)}
    for line in sys.stdin:
        order = json.loads(line)
        answer = commands[order.pop("do")](**order)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
