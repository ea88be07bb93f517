"""The outbox: once per key, only what was committed, and never a blind repeat."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from farol.core import clock
from farol.platform.outbox import Permanent, Retry, delivery, endings, enqueue
from farol.platform.outbox.models import OutboxMessage, State

NOON = dt.datetime(2026, 11, 21, 15, tzinfo=dt.UTC)


def only() -> OutboxMessage:
    return OutboxMessage.objects.get()


def test_a_key_is_taken_once(db, declare):
    declare(lambda _message: None)
    assert enqueue("test", "report-2026-11-20", {"n": 1}) is True
    assert enqueue("test", "report-2026-11-20", {"n": 2}) is False
    assert only().opened() == {"n": 1}


def test_an_unknown_channel_is_refused_at_once(db, declare):
    declare(lambda _message: None)
    with pytest.raises(KeyError):
        enqueue("tset", "k", {})


def test_what_is_rolled_back_was_never_there(db, declare):
    declare(lambda _message: None)
    with transaction.atomic():
        enqueue("test", "k", {})
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


def test_payload_is_encrypted_and_gone_after_delivery(life, declare):
    got = []
    channel = declare(got.append)
    enqueue("test", "k", {"to": "maria@example.com"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM outbox_outboxmessage")
        assert b"maria" not in bytes(cursor.fetchone()[0])
    assert delivery.deliver_next(channel, life)
    assert got[0].payload == {"to": "maria@example.com"}
    assert only().state == State.DONE
    assert bytes(only().payload) == b""
    assert not delivery.deliver_next(channel, life)


def test_retries_wait_longer_each_time_and_end_with_a_person(life, declare):
    def refuse(_message):
        raise Retry("busy")

    channel = declare(refuse, attempts=3)
    enqueue("test", "k", {})
    instant = NOON
    waits = []
    for _attempt in range(3):
        with clock.frozen(instant):
            assert delivery.deliver_next(channel, life)
            assert not delivery.deliver_next(channel, life)
        if only().state == State.QUEUED:
            waits.append((only().next_at - instant).total_seconds())
            instant = only().next_at
    assert waits[0] <= 15
    assert 15 <= waits[1] <= 30
    assert only().state == State.FAILED
    assert only().error == "busy"


def test_the_other_side_names_the_wait(life, declare):
    def refuse(_message):
        raise Retry("slow down", after=42)

    enqueue_on = declare(refuse)
    enqueue("test", "k", {})
    with clock.frozen(NOON):
        delivery.deliver_next(enqueue_on, life)
    assert only().next_at == NOON + dt.timedelta(seconds=42)


def test_permanent_refusal_is_a_dead_letter(life, declare):
    def refuse(_message):
        raise Permanent("no such mailbox; token=abcdef123456")

    channel = declare(refuse)
    enqueue("test", "k", {})
    delivery.deliver_next(channel, life)
    assert only().state == State.FAILED
    assert "abcdef123456" not in only().error


def test_an_error_leaves_an_unsafe_channel_in_doubt(life, declare):
    sent = []

    def cut(message):
        sent.append(message)
        raise ConnectionResetError("cut after sending")

    channel = declare(cut)
    enqueue("test", "k", {})
    delivery.deliver_next(channel, life)
    assert only().state == State.UNKNOWN
    assert not delivery.deliver_next(channel, life)
    assert len(sent) == 1


def test_search_comes_before_every_repeat(life, declare):
    there, sent = [], []

    def cut(message):
        sent.append(message.key)
        there.append(message.key)
        raise ConnectionResetError("cut after sending")

    channel = declare(cut, find=lambda message: message.key in there)
    enqueue("test", "k", {})
    with clock.frozen(NOON):
        delivery.deliver_next(channel, life)
    with clock.frozen(NOON + dt.timedelta(minutes=1)):
        delivery.deliver_next(channel, life)
    assert only().state == State.DONE
    assert sent == ["k"]


@pytest.mark.parametrize(("options", "state"), [({}, State.UNKNOWN), ({"repeat_safe": True}, State.QUEUED)])
def test_a_sender_that_died_leaves_its_message_to_the_channel_s_rule(life, declare, options, state):
    declare(lambda _message: None, **options)
    enqueue("test", "k", {})
    assert endings.about_to_send(delivery.claim("test", "worker-that-died"))
    assert delivery.recover() == 1
    assert only().state == state


def test_a_sender_that_died_before_sending_leaves_no_doubt(life, declare):
    declare(lambda _message: None)
    enqueue("test", "k", {})
    assert delivery.claim("test", "worker-that-died")
    assert delivery.recover() == 1
    assert only().state == State.QUEUED


def test_a_living_sender_keeps_its_message(life, declare):
    declare(lambda _message: None)
    enqueue("test", "k", {})
    assert delivery.claim("test", life)
    assert delivery.recover() == 0
    assert delivery.claim("test", "worker-2") is None


def test_a_sender_that_comes_back_late_changes_nothing(life, declare):
    def slow(_message):
        OutboxMessage.objects.update(state=State.DISCARDED, owner="")

    channel = declare(slow)
    enqueue("test", "k", {})
    delivery.deliver_next(channel, life)
    assert only().state == State.DISCARDED


def test_a_clock_set_back_does_not_hold_a_message_for_days(life, declare):
    channel = declare(lambda _message: None)
    enqueue("test", "k", {})
    OutboxMessage.objects.update(next_at=NOON + dt.timedelta(days=3))
    with clock.frozen(NOON):
        assert delivery.deliver_next(channel, life)


@given(st.integers(1, 60))
def test_waits_are_bounded(attempt):
    assert 7.5 <= delivery.wait(attempt) <= 3600
