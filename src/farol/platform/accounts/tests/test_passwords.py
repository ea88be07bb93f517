"""Change, reset and invitation links."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from farol.core import clock
from farol.platform.accounts import deliveries, links
from farol.platform.accounts.models import User
from farol.platform.outbox import Message
from farol.platform.outbox.models import OutboxMessage

PASSWORD = "uma senha comprida 9"
NEW = {"new_password": "outra senha boa 77", "again": "outra senha boa 77"}


def path_of(link: str) -> str:
    return link.removeprefix("http://127.0.0.1:8000")


def test_change_ends_all_other_sessions_and_renews_ones_own(make, enter):
    make()
    mine, _ = enter("ana@example.com")
    other, _ = enter("ana@example.com")
    before = mine.cookies["farol_session"].value
    assert mine.post("/perfil/senha", {"current": "wrong", **NEW}).status_code == 422
    assert mine.post("/perfil/senha", {"current": PASSWORD, **NEW}).status_code == 302
    assert mine.cookies["farol_session"].value != before
    assert mine.get("/perfil").status_code == 200
    assert other.get("/perfil").status_code == 302
    replay = Client()
    replay.cookies["farol_session"] = before
    assert replay.get("/perfil").status_code == 302
    assert enter("ana@example.com", NEW["new_password"])[1].status_code == 302


def test_guessing_the_current_password_in_an_open_session_is_throttled(make, enter):
    make()
    client, _ = enter("ana@example.com")
    statuses = [client.post("/perfil/senha", {"current": "wrong", **NEW}).status_code for _ in range(6)]
    assert statuses == [422] * 4 + [429] * 2


@pytest.mark.parametrize("password", ["short", "password123", "1234567890", "ana@example.com"])
def test_weak_passwords_are_refused_with_the_field(make, password):
    link = path_of(links.make(make(), "reset"))
    answer = Client().post(link, {"new_password": password, "again": password})
    assert answer.status_code == 422
    assert "new_password" in answer.context["form"].errors


def test_reset_goes_through_the_outbox_and_says_the_same_for_everybody(make):
    make()
    gone = make("gone@example.com")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    pages = []
    for email in ("ana@example.com", "nobody@example.com", "gone@example.com"):
        answer = Client().post("/senha/esquecida", {"email": email})
        pages.append((answer.status_code, answer.content.decode().partition("plain-main")[2].partition("csrf")[0]))
    assert len(set(pages)) == 1
    waiting = OutboxMessage.objects.filter(channel="password_reset")
    assert waiting.count() == 3
    for message in waiting:
        deliveries.answer_reset(Message(message.key, message.opened(), 1))
    (mail,) = OutboxMessage.objects.filter(channel="email")
    assert mail.opened()["to"] == ["ana@example.com"]
    assert "http://127.0.0.1:8000/senha/nova/" in mail.opened()["text"]


def test_a_forged_host_changes_no_link(make):
    make()
    answer = Client(raise_request_exception=False).post(
        "/senha/esquecida", {"email": "ana@example.com"}, HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example"
    )
    assert answer.status_code == 400
    Client().post("/senha/esquecida", {"email": "ana@example.com"}, HTTP_X_FORWARDED_HOST="evil.example")
    (message,) = OutboxMessage.objects.filter(channel="password_reset")
    deliveries.answer_reset(Message(message.key, message.opened(), 1))
    assert "evil" not in OutboxMessage.objects.get(channel="email").opened()["text"]


def test_few_messages_per_name(make):
    make()
    for number in range(10):
        Client().post("/senha/esquecida", {"email": "ana@example.com"}, REMOTE_ADDR=f"10.0.0.{number}")
    assert OutboxMessage.objects.filter(channel="password_reset").count() == 3


def test_a_link_works_once(make, enter):
    user = make()
    first, second = links.make(user, "reset"), links.make(user, "reset")
    client = Client()
    assert client.get(path_of(first)).status_code == 200
    assert client.post(path_of(first), NEW).status_code == 302
    assert client.post(path_of(first), NEW).status_code == 404
    assert client.post(path_of(second), NEW).status_code == 404, "an older link survived the new password"
    assert enter("ana@example.com", NEW["new_password"])[1].status_code == 302


@pytest.mark.parametrize(("kind", "hours"), [("reset", 1), ("invitation", 72)])
def test_a_link_grows_old(make, kind, hours):
    user, start = make(), clock.now()
    with clock.frozen(start):
        token = links.make(user, kind).rpartition("/")[2]
    with clock.frozen(start + dt.timedelta(hours=hours, minutes=-1)):
        assert links.read(token) == user
    with clock.frozen(start + dt.timedelta(hours=hours, minutes=1)):
        assert links.read(token) is None


def test_forged_and_cut_links_open_nothing(make):
    token = links.make(make(), "reset").rpartition("/")[2]
    for forged in (token[:-1], token + "x", "x" + token, "", ":", "a:b", token.replace(":", ""), "é" * 9):
        assert links.read(forged) is None
        assert Client().get(f"/senha/nova/{forged or 'x'}").status_code == 404


def test_a_deactivated_person_cannot_come_back_by_a_link(make):
    user = make()
    token = links.make(user, "reset").rpartition("/")[2]
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert links.read(token) is None
