"""The page of the outbox, through the door."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client

from farol.core import clock
from farol.platform.accounts.models import Role, User
from farol.platform.audit.models import Entry
from farol.platform.notifications.models import Notification
from farol.platform.operation import doctor
from farol.platform.operation.checks import Level
from farol.platform.outbox import Channel, shown
from farol.platform.outbox import channels as module
from farol.platform.outbox.jobs import watch
from farol.platform.outbox.models import OutboxMessage, Rest, State
from farol.platform.outbox.notices import SHUT

PAGE = "/administracao/saida/"


@pytest.fixture
def administrator(db):
    user = User.objects.create_user("ti@example.com", "uma senha comprida")
    user.roles.add(Role.objects.get(slug="super_admin"))
    client = Client()
    client.force_login(user)
    return client


def message(state: State, **changes) -> OutboxMessage:
    payload = settings.KEYRING.encrypt(b'{"text": "canary-of-the-content"}')
    return OutboxMessage.objects.create(channel="slack", key=f"k-{state}", payload=payload, state=state, **changes)


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_page_without_the_content(administrator, state):
    row = message(state)
    for address in (PAGE, f"{PAGE}?state={state}", f"{PAGE}{row.pk}"):
        answer = administrator.get(address)
        assert answer.status_code == 200
        assert b"canary" not in answer.content


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN, State.HELD])
def test_try_again_queues_it_and_is_audited(administrator, state):
    row = message(state, attempts=12)
    assert administrator.post(f"{PAGE}{row.pk}/repetir").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.QUEUED, 1)
    assert Entry.objects.filter(code="outbox.again").count() == 1


@pytest.mark.parametrize("state", [State.DONE, State.SENDING, State.QUEUED, State.DISCARDED])
def test_what_has_left_is_not_sent_again(administrator, state):
    row = message(state)
    assert administrator.post(f"{PAGE}{row.pk}/repetir").status_code == 409
    row.refresh_from_db()
    assert row.state == state


def test_discard_needs_a_reason_and_deletes_the_content(administrator):
    row = message(State.FAILED)
    assert administrator.post(f"{PAGE}{row.pk}/descartar", {"reason": "  "}).status_code == 422
    assert administrator.post(f"{PAGE}{row.pk}/descartar", {"reason": "Endereço antigo"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.error, bytes(row.payload)) == (State.DISCARDED, "Endereço antigo", b"")
    assert Entry.objects.filter(code="outbox.discarded").count() == 1


def test_several_at_once_and_only_those_that_wait(administrator):
    rows = [message(State.HELD), message(State.DONE)]
    chosen = {"selected": [str(row.pk) for row in rows] + ["x", "-1", "9" * 30]}
    assert administrator.post(f"{PAGE}repetir", chosen).status_code == 302
    assert [OutboxMessage.objects.get(pk=row.pk).state for row in rows] == [State.QUEUED, State.DONE]


@pytest.mark.parametrize("key", ["0", "999999", "9" * 30])
def test_an_unknown_message_is_not_found(administrator, key):
    assert administrator.get(f"{PAGE}{key}").status_code == 404
    assert administrator.post(f"{PAGE}{key}/repetir").status_code == 404


def test_a_way_that_is_shut_is_said_and_administrators_hear_of_it_once(administrator):
    row = message(State.QUEUED)
    since = clock.now() - dt.timedelta(minutes=20)
    until = clock.now() + dt.timedelta(minutes=5)
    Rest.objects.create(channel="slack", since=since, until=until, reason="A chave não vale")
    for address in (PAGE, f"{PAGE}{row.pk}"):
        assert "A chave não vale" in administrator.get(address).content.decode()
    for _run in range(2):
        watch(None)
    assert [notice.code for notice in Notification.objects.all()] == [SHUT]
    assert [found.level for found in doctor.outbox()] == [Level.RED]
    Rest.objects.update(since=clock.now())
    assert [found.level for found in doctor.outbox()] == [Level.GREEN]


def test_the_page_names_the_record_and_the_other_side_s_number(administrator, monkeypatch):
    monkeypatch.setattr(shown, "collect", lambda *_names: [lambda ref: ("GT-2026-000001", f"/x/{ref}")])
    row = message(
        State.DONE, record="warranties:17", result={"id": "7", "number": "10001", "warnings": ["O nome foi cortado"]}
    )
    page = administrator.get(f"{PAGE}{row.pk}").content.decode()
    assert '<a href="/x/warranties:17">GT-2026-000001</a>' in page
    assert "10001" in page
    assert "O nome foi cortado" in page


def test_the_page_says_which_look_is_next(administrator, monkeypatch):
    channel = Channel("slack", print, find=lambda _m: None, looks=(45.0, 135.0, 420.0))
    monkeypatch.setattr(module, "collect", lambda *_names: (channel,))
    row = message(State.QUEUED, doubts=1, looks=1)
    assert shown.next_step(row)
    assert "2" in shown.next_step(row)
    assert shown.next_step(row) in administrator.get(f"{PAGE}{row.pk}").content.decode()
