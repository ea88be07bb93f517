"""The stream as a browser meets it: a ticket, events, and the end when the right to listen ends."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from contextlib import AsyncExitStack, contextmanager

import httpx
import pytest
import uvicorn
from django.test import Client

from farol.platform.accounts.models import Role, SignIn, User
from farol.platform.stream import Topic, rounds, server, ticket, topic


@pytest.fixture
def number(monkeypatch):
    """Topic `number` says `number["n"]`; `secret` needs a right that only administrators hold."""
    state = {"n": 1}
    offered = (
        Topic("number", None, lambda principal: {"n": state["n"], "who": principal.user_id}),
        Topic("secret", "administration", lambda _principal: {"secret": True}),
    )
    monkeypatch.setattr(topic, "collect", lambda *_: offered)
    return state


@pytest.fixture
def person(db):
    user = User.objects.create_user("ouvinte@example.com", "uma senha comprida")
    client = Client()
    client.force_login(user)
    return user, client


def session_of(user) -> str:
    return SignIn.objects.get(user=user).session_key


def test_a_ticket_is_good_for_a_minute_and_for_nobody_else(settings, monkeypatch):
    text = ticket.issue(7, "session", ("jobs",))
    assert ticket.redeem(text).user == 7
    assert "session" not in text
    for damaged in ("", "x", text[:-4], text[:20] + "AAAA" + text[24:]):
        assert ticket.redeem(damaged) is None
    monkeypatch.setattr(ticket.time, "time", lambda: time.monotonic() + 10**10)
    assert ticket.redeem(text) is None


def test_the_page_gets_a_ticket_only_when_signed_in(person, number):
    _user, client = person
    body = client.get("/avisos/bilhete?topics=number,unknown").json()
    assert ticket.redeem(body["ticket"]).topics == ("number",)
    assert Client().get("/avisos/bilhete?topics=number").status_code in (302, 401, 403)


def test_a_look_sees_rights_as_they_are_now(person, number):
    user, _client = person
    listener = rounds.Listener(user.pk, session_of(user))
    wanted = {listener: {"number", "secret"}}
    assert rounds.look(wanted).keys() == {listener}
    assert set(rounds.look(wanted)[listener]) == {"number"}
    user.roles.add(Role.objects.get(slug="super_admin"))
    assert set(rounds.look(wanted)[listener]) == {"number", "secret"}
    user.roles.clear()
    assert set(rounds.look(wanted)[listener]) == {"number"}
    user.is_active = False
    user.save()
    assert rounds.look(wanted) == {}


def test_signing_out_ends_the_right_to_listen(person, number):
    user, client = person
    listener = rounds.Listener(user.pk, session_of(user))
    client.post("/sair")
    assert rounds.look({listener: {"number"}}) == {}


def test_a_broken_topic_leaves_the_others_alone(person, monkeypatch):
    user, _client = person
    offered = (Topic("broken", None, lambda _p: 1 / 0), Topic("fine", None, lambda _p: {"ok": True}))
    monkeypatch.setattr(topic, "collect", lambda *_: offered)
    listener = rounds.Listener(user.pk, session_of(user))
    assert set(rounds.look({listener: {"broken", "fine"}})[listener]) == {"fine"}


@contextmanager
def serving(look):
    """The real server in a thread, with its looks at the database replaced."""
    server.look, original = look, server.look
    config = uvicorn.Config(server.Application(), host="127.0.0.1", port=0, log_config=None, lifespan="on", ws="none")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    finally:
        running.should_exit = running.force_exit = True
        thread.join(10)
        server.look = original


def events(lines, count: int) -> list[tuple[str, dict]]:
    found, name = [], ""
    for line in lines:
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            found.append((name, json.loads(line[6:])))
        if len(found) == count:
            break
    return found


def test_changes_arrive_once_and_the_end_is_told():
    state = {"n": 1, "allowed": True}

    def look(wanted):
        return {one: {"number": json.dumps({"n": state["n"]})} for one in wanted} if state["allowed"] else {}

    with (
        serving(look) as url,
        httpx.stream("GET", f"{url}/stream?ticket={ticket.issue(1, 's', ('number',))}") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        lines = answer.iter_lines()
        assert events(lines, 1) == [("number", {"n": 1})]
        state["n"] = 2
        assert events(lines, 1) == [("number", {"n": 2})]
        state["allowed"], began = False, time.monotonic()
        assert events(lines, 1) == [("end", {})]
        assert list(lines) in ([], [""])
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "path", ["/stream", "/stream?ticket=", "/stream?ticket=abc", "/stream?ticket=%00%ff", "/other"]
)
def test_nobody_listens_without_a_ticket(path):
    with serving(lambda wanted: {}) as url:
        assert httpx.get(url + path).status_code in (403, 404)
        assert httpx.post(url + "/stream").status_code == 404


def test_one_person_cannot_take_all_the_streams():
    async def open_many(url: str) -> list[int]:
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(limits=limits, timeout=10) as client:
            codes = []
            async with AsyncExitStack() as stack:
                for _ in range(server.MOST_PER_PERSON + 2):
                    request = client.stream("GET", f"{url}/stream?ticket={ticket.issue(1, 's', ('number',))}")
                    codes.append((await stack.enter_async_context(request)).status_code)
            return codes

    with serving(lambda wanted: {one: {} for one in wanted}) as url:
        codes = asyncio.run(open_many(url))
    assert codes.count(200) == server.MOST_PER_PERSON
    assert codes[-2:] == [503, 503]


def test_a_hundred_streams_cost_one_look_a_round():
    looks = []

    def look(wanted):
        looks.append(len(wanted))
        return {one: {"number": "1"} for one in wanted}

    async def listen(url: str) -> None:
        limits = httpx.Limits(max_connections=200)
        async with httpx.AsyncClient(limits=limits, timeout=20) as client:

            async def one(user: int) -> None:
                address = f"{url}/stream?ticket={ticket.issue(user, 's', ('number',))}"
                async with client.stream("GET", address) as answer:
                    async for line in answer.aiter_lines():
                        if line.startswith("data: "):
                            break
                    await asyncio.sleep(5)

            await asyncio.gather(*(one(user) for user in range(50) for _tab in range(2)))

    with serving(look) as url:
        asyncio.run(listen(url))
    assert max(looks) == 50
    assert len(looks) < 60
