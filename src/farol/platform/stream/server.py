"""`farol stream`: server-sent events by a bare ASGI application. However many listen, one look every two seconds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from farol.platform.stream.rounds import Listener, look
from farol.platform.stream.ticket import Ticket, redeem

log = logging.getLogger(__name__)
ROUND = 2.0
HEARTBEAT = 15.0
MOST = 1000
MOST_PER_PERSON = 20
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Connection:
    """One open stream. A slow reader gets the newest state of each topic, never a queue of old ones."""

    def __init__(self, ticket: Ticket) -> None:
        self.listener, self.topics = Listener.of(ticket), set(ticket.topics)
        self.waiting: dict[str, str] = {}
        self.sent: dict[str, str] = {}
        self.closed = False
        self.woken = asyncio.Event()

    def offer(self, state: dict[str, str] | None) -> None:
        """None: the person may not listen any more."""
        if state is None:
            self.closed = True
        else:
            self.waiting |= {n: text for n, text in state.items() if n in self.topics and self.sent.get(n) != text}
        if self.closed or self.waiting:
            self.woken.set()

    def take(self) -> bytes:
        """What is to be sent now, as events."""
        self.woken.clear()
        events, self.waiting = self.waiting, {}
        self.sent |= events
        return b"".join(f"event: {name}\ndata: {text}\n\n".encode() for name, text in events.items())


class Hub:
    """All open streams and the round that feeds them."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self.newcomer = asyncio.Event()

    def full_for(self, ticket: Ticket) -> bool:
        own = sum(connection.listener.user == ticket.user for connection in self.connections)
        return len(self.connections) >= MOST or own >= MOST_PER_PERSON

    async def run(self) -> None:
        while True:
            self.newcomer.clear()
            if self.connections:
                await self._round()
            try:  # the first state reaches a newcomer at once
                await asyncio.wait_for(self.newcomer.wait(), ROUND)
                await asyncio.sleep(0.05)
            except TimeoutError:
                continue

    async def _round(self) -> None:
        present = list(self.connections)
        wanted: dict[Listener, set[str]] = {}
        for connection in present:
            wanted.setdefault(connection.listener, set()).update(connection.topics)
        try:
            states = await asyncio.to_thread(_look, wanted)
        except DatabaseError as error:
            log.error("the database does not answer: %s", error)
            await asyncio.to_thread(connections.close_all)
            states = {}  # rights that cannot be checked are no rights
        for connection in present:
            connection.offer(states.get(connection.listener))


def _look(wanted: dict[Listener, set[str]]) -> dict[Listener, dict[str, str]]:
    close_old_connections()
    return look(wanted)


class Application:
    """`GET /stream?ticket=…` and `GET /healthz`."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self.hub = Hub()
        rounds = asyncio.create_task(self.hub.run())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        rounds.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["method"] == "GET" and scope["path"] == "/healthz":
            await _answer(send, 200, b"ok\n")
        elif scope["method"] == "GET" and scope["path"] == "/stream":
            await self._stream(scope, receive, send)
        else:
            await _answer(send, 404, b"")

    async def _stream(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        ticket = redeem(query.get("ticket", [""])[0])
        if ticket is None or self.hub is None:
            await _answer(send, 403, b"")
        elif self.hub.full_for(ticket):
            await _answer(send, 503, b"")
        else:
            await self._feed(self.hub, Connection(ticket), receive, send)

    async def _feed(self, hub: Hub, connection: Connection, receive: Receive, send: Send) -> None:
        hub.connections.add(connection)
        hub.newcomer.set()
        gone = asyncio.create_task(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _headers(b"text/event-stream")})
            await _pour(connection, gone, send)
            await send({"type": "http.response.body", "body": b""})
        finally:
            hub.connections.discard(connection)
            gone.cancel()


async def _pour(connection: Connection, gone: asyncio.Task, send: Send) -> None:
    quiet_since = time.monotonic()
    await _part(send, b"retry: 5000\n\n")
    while not gone.done():
        woken = asyncio.create_task(connection.woken.wait())
        await asyncio.wait({woken, gone}, timeout=ROUND, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()
        if connection.closed:
            await _part(send, b"event: end\ndata: {}\n\n")
            return
        events = connection.take()
        if not events and time.monotonic() - quiet_since >= HEARTBEAT:
            events = b": alive\n\n"
        if events and not gone.done():
            await _part(send, events)
            quiet_since = time.monotonic()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _part(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": _headers(b"text/plain")})
    await send({"type": "http.response.body", "body": body})


def _headers(kind: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", kind + b"; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
        # no cookie is read here; the ticket alone lets in, and only the page could get one
        (b"access-control-allow-origin", b"*"),
    ]


def serve_stream(port: int) -> None:
    """Serve until told to stop; open streams are closed at once, pages open them again."""
    uvicorn.run(
        Application(),
        host=settings.FAROL_BIND,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=1,
    )
