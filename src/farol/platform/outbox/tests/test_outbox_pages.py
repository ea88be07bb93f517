"""The page of the outbox, through the door."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from farol.platform.accounts.models import Role, User
from farol.platform.audit.models import Entry
from farol.platform.outbox.models import OutboxMessage, State

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
