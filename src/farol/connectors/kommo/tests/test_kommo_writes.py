"""What is written into Kommo is there once, also where the line is cut or the process dies in the middle."""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from farol.connectors.kommo import writes
from farol.connectors.kommo.auth import CONNECTION
from farol.connectors.kommo.deliveries import CHANNELS
from farol.connectors.kommo.simulator.answers import problem
from farol.connectors.kommo.tests.kommo_run import Line
from farol.connectors.kommo.tests.kommo_told import Readers
from farol.core import clock
from farol.engines.sources.tokens import Tokens, keep
from farol.platform.outbox import delivery, states
from farol.platform.outbox.models import OutboxMessage, State

TASK, NOTE, LEAD = CHANNELS
DUE = dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)
LEAD_ID = "20100001"


@pytest.fixture
def asked(kommo, db):
    """A follow-up is in the outbox."""
    assert writes.enqueue_task(17, LEAD_ID, "Retornar", DUE, "9000002")
    return OutboxMessage.objects.get


def work(*, until: int = 12) -> None:
    """Let the outbox work, jumping to where it waits for."""
    at = clock.now()
    for _round in range(until):
        with clock.frozen(at):
            delivery.recover()
            for channel in CHANNELS:
                while delivery.deliver_next(channel, "test"):
                    pass
        at += dt.timedelta(minutes=8)


def made(kommo, entity="tasks"):
    texts = {"tasks": lambda r: r["text"], "notes": lambda r: r["params"].get("text"), "leads": lambda r: r["name"]}
    return [row for row in kommo.world.of(entity) if str(texts[entity](row) or "").endswith("[FAROL:17]")]


def test_a_task_is_made_for_its_owner(kommo, asked):
    work(until=1)
    (row,) = made(kommo)
    assert (row["entity_id"], row["responsible_user_id"], row["complete_till"]) == (20100001, 9000002, DUE.timestamp())
    assert asked().state == State.DONE
    assert asked().result == {"id": str(row["id"])}


def test_notes_and_leads_too(kommo, db):
    assert writes.enqueue_note(17, LEAD_ID, "Liguei")
    assert writes.enqueue_lead(17, "Indicação da Ana", price=900)
    work(until=1)
    assert len(made(kommo, "notes")) == len(made(kommo, "leads")) == 1
    assert not writes.enqueue_note(17, LEAD_ID, "Liguei")


@pytest.mark.parametrize("fault", ["reset", "hang", "truncated", "html200"])
def test_a_cut_answer_makes_no_twin(kommo, asked, fault, monkeypatch):
    quick = writes.client
    monkeypatch.setattr(writes, "client", lambda **options: quick(**options | {"read": 0.3, "sleep": lambda _s: None}))
    # the first request is the search, the second one makes it
    kommo.faults.plant(fault, entity="tasks", at=2, seconds=0.5)
    work(until=1)
    assert asked().state != State.DONE
    work()
    assert asked().state == State.DONE
    assert len(made(kommo)) == 1


def test_an_error_after_storing_makes_no_twin(kommo, asked):
    kommo.faults.plant("500", entity="tasks", method="POST", done=True)
    work(until=1)
    assert (asked().state, len(made(kommo))) == (State.QUEUED, 1)
    work()
    assert (asked().state, len(made(kommo))) == (State.DONE, 1)


def test_hours_without_kommo_cost_no_message_its_tries(kommo, asked, monkeypatch):
    line = Line()
    line.broken = [httpx.ConnectError] * 10_000
    quick, slept = writes.client, [0.0]
    ways = {"transport": line, "sleep": slept.append, "now": lambda: clock.now().timestamp() + sum(slept)}
    monkeypatch.setattr(writes, "client", lambda **options: quick(**options, **ways))
    work(until=45)  # six hours
    told = states("kommo.task", ["crm.task:17"])["crm.task:17"]
    assert (told.state, asked().tries, made(kommo)) == ("queued", 0, [])
    assert told.error.endswith(".")  # a sentence
    line.broken.clear()
    with clock.frozen(clock.now() + dt.timedelta(hours=7)):
        work(until=1)
    assert (asked().state, len(made(kommo))) == (State.DONE, 1)


@pytest.fixture
def consented(kommo, settings):
    """Connected by consent instead of a token; who looks after the sources."""
    settings.FAROL_KOMMO_TOKEN = ""
    settings.FAROL_KOMMO_CLIENT_ID = settings.FAROL_KOMMO_CLIENT_SECRET = "simulador"
    code = {"grant_type": "authorization_code", "code": kommo.oauth.new_code()}
    pair = kommo.oauth.exchange({"client_id": "simulador", "client_secret": "simulador", **code})
    keep(CONNECTION, Tokens(pair["access_token"], pair["refresh_token"], pair["expires_in"]), "127.0.0.1")
    return Readers()


def test_an_access_that_ends_in_the_middle_is_renewed(kommo, asked, consented):
    kommo.faults.plant("401", entity="tasks", method="POST")
    before = kommo.oauth.exchanges
    work(until=1)
    assert (asked().state, len(made(kommo)), kommo.oauth.exchanges) == (State.DONE, 1, before + 1)


def test_who_finds_the_consent_gone_tells_people_at_once(kommo, asked, consented):
    kommo.oauth.revoked = True
    work(until=3)
    assert (asked().state, asked().tries, kommo.oauth.exchanges) == (State.QUEUED, 0, 2)
    assert [notice.code for notice in consented.told(consented.keeper)] == ["sources.consent_needed"]
    assert consented.told(consented.reader) == []


def test_an_account_that_moved_is_said_in_words_and_keeps_its_consent(kommo, asked, consented, settings, monkeypatch):
    kommo.oauth.expire()
    monkeypatch.setattr(kommo, "_consent", lambda *_asked: problem(404, "Not Found"))
    work(until=1)
    assert "FAROL_KOMMO_URL" in OutboxMessage.objects.get().error
    monkeypatch.undo()
    work()
    assert len(made(kommo)) == 1


class Death(BaseException):
    """The process is gone."""


def test_a_process_that_dies_after_sending_makes_no_twin(kommo, asked, monkeypatch):
    class Deadly(httpx.HTTPTransport):
        def handle_request(self, request):
            answer = super().handle_request(request)
            if request.method == "POST":
                raise Death
            return answer

    quick = writes.client
    monkeypatch.setattr(writes, "client", lambda **options: quick(**options, transport=Deadly()))
    with pytest.raises(Death):
        delivery.deliver_next(TASK, "dead")
    assert asked().state == State.SENDING
    assert len(made(kommo)) == 1
    monkeypatch.setattr(writes, "client", quick)
    work()
    assert asked().state == State.DONE
    assert len(made(kommo)) == 1


def test_what_kommo_does_not_accept_is_for_a_person(kommo, db):
    assert writes.enqueue_task(17, "4711", "Retornar", DUE)
    work(until=1)
    message = OutboxMessage.objects.get()
    assert message.state == State.FAILED
    assert "entity_id" in message.error


@pytest.mark.parametrize("fault", ["401", "402", "html403", "busy_json"])
def test_a_shut_way_blames_no_message(kommo, asked, fault):
    kommo.faults.plant(fault, entity="tasks", at=1, seconds=600)
    work(until=1)
    assert asked().state == State.QUEUED
    assert asked().tries == 0
    assert made(kommo) == []


def test_without_an_account_it_waits(kommo, asked, settings):
    settings.FAROL_KOMMO_URL = ""
    work(until=1)
    assert asked().state == State.QUEUED
    settings.FAROL_KOMMO_URL = kommo.url
    work()
    assert len(made(kommo)) == 1
