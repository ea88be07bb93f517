"""Looks after a doubt, arrivals in the marking transaction, a way that is shut, and what records see of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, OperationalError

from farol.core import clock
from farol.core.errors import Refused
from farol.platform.accounts.principal import SYSTEM
from farol.platform.outbox import Permanent, Retry, Shut, delivery, endings, enqueue, services, states
from farol.platform.outbox.models import OutboxMessage, Rest, State

NOON = dt.datetime(2026, 11, 21, 15, tzinfo=dt.UTC)
LOOKS = (45.0, 135.0, 420.0)


class Side:
    """The other side: stores under a key, may lose the answer, and its index may be late."""

    def __init__(self) -> None:
        self.stored: list[str] = []
        self.visible = True
        self.trouble: list[Exception] = []
        self.searches = 0
        self.arrivals: list[tuple[str, object]] = []
        self.told: list[tuple[str, str]] = []

    def deliver(self, message):
        if self.trouble and not isinstance(self.trouble[0], OSError):
            raise self.trouble.pop(0)
        self.stored.append(message.key)
        if self.trouble:
            raise self.trouble.pop(0)
        return {"id": len(self.stored)}

    def find(self, message):
        self.searches += 1
        return {"id": 1} if message.key in self.stored and self.visible else None

    def options(self, **more):
        return {
            "find": self.find,
            "find_first": True,
            "looks": LOOKS,
            "arrived": lambda message, result: self.arrivals.append((message.key, result)),
            "told": lambda _message, state, sentence: self.told.append((state, sentence)),
            **more,
        }


@pytest.fixture
def side():
    return Side()


def only() -> OutboxMessage:
    return OutboxMessage.objects.get()


def walk(channel, life, seconds: float) -> int:
    """Deliver whatever is due while the clock goes on; how many attempts there were."""
    attempts = 0
    for second in range(0, int(seconds) + 1, 15):
        with clock.frozen(NOON + dt.timedelta(seconds=second)):
            while delivery.deliver_next(channel, life):
                attempts += 1
    return attempts


def test_a_search_precedes_even_the_first_sending_and_what_is_there_is_adopted(life, declare, side):
    channel = declare(side.deliver, **side.options())
    side.stored.append("k")
    enqueue("test", "k", {})
    delivery.deliver_next(channel, life)
    assert side.stored == ["k"]
    assert side.arrivals == [("k", {"id": 1})]
    assert (only().state, only().result) == (State.DONE, {"id": 1})


def test_a_late_index_is_waited_for(life, declare, side):
    channel = declare(side.deliver, **side.options())
    enqueue("test", "k", {})
    side.trouble.append(ConnectionResetError())
    side.visible = False
    assert walk(channel, life, 200) == 3
    assert side.stored == ["k"]
    side.visible = True
    assert walk(channel, life, 700) == 1
    assert side.stored == ["k"]
    assert side.arrivals == [("k", {"id": 1})]


def test_not_found_by_any_look_it_is_sent_once_more_and_then_a_person_decides(life, declare, side):
    channel = declare(side.deliver, **side.options())
    enqueue("test", "k", {})
    side.visible = False
    side.trouble += [ConnectionResetError(), ConnectionResetError()]
    walk(channel, life, 590)
    assert len(side.stored) == 1
    walk(channel, life, 605)
    assert len(side.stored) == 2
    walk(channel, life, 3000)
    assert only().state == State.UNKNOWN
    assert [state for state, _sentence in side.told] == ["unknown"]
    assert len(side.stored) == 2
    assert side.searches == 7


def test_a_person_allows_one_sending_more_and_a_search_precedes_it(life, declare, side):
    channel = declare(side.deliver, **side.options())
    enqueue("test", "k", {})
    OutboxMessage.objects.update(state=State.UNKNOWN, doubts=2, looks=3, attempts=9)
    services.try_again(only(), SYSTEM)
    side.trouble.append(ConnectionResetError())
    side.visible = False
    walk(channel, life, 3000)
    assert (only().state, len(side.stored)) == (State.UNKNOWN, 1)


def test_what_is_found_later_is_adopted_without_a_sending(life, declare, side):
    channel = declare(side.deliver, **side.options())
    enqueue("test", "k", {})
    OutboxMessage.objects.update(state=State.UNKNOWN, doubts=2, looks=3, attempts=9)
    assert delivery.look_again(channel) == 0
    side.stored.append("k")
    assert delivery.look_again(channel) == 1
    assert (only().state, side.arrivals) == (State.DONE, [("k", {"id": 1})])


def test_arrival_and_mark_are_one(life, declare, side):
    def arrived(message, result):
        Rest.objects.create(channel="a trace of the record")
        if message.attempt < 3:
            raise Refused("the record is busy")

    channel = declare(side.deliver, **side.options(arrived=arrived))
    enqueue("test", "k", {})
    with clock.frozen(NOON):
        delivery.deliver_next(channel, life)
    assert only().state == State.QUEUED
    assert only().error == "the record is busy"
    assert not Rest.objects.exists()
    walk(channel, life, 120)
    assert (only().state, side.stored, side.searches) == (State.DONE, ["k"], 1)
    assert Rest.objects.count() == 1


@pytest.mark.parametrize("error", [Refused("the record is cancelled"), IntegrityError("taken"), KeyError("number")])
def test_a_record_that_never_takes_the_answer_is_for_a_person_and_keeps_it(life, declare, side, error):
    def arrived(_message, _result):
        raise error

    channel = declare(side.deliver, **side.options(arrived=arrived, attempts=3))
    enqueue("test", "k", {})
    walk(channel, life, 300)
    assert (only().state, only().result, side.stored) == (State.UNKNOWN, {"id": 1}, ["k"])


def test_a_database_that_fails_at_the_mark_leaves_a_doubt_that_this_very_process_frees(life, declare, side):
    def arrived(_message, _result):
        if len(side.arrivals) < 1:
            side.arrivals.append(("failed", None))
            raise OperationalError("gone")

    channel = declare(side.deliver, **side.options(arrived=arrived))
    enqueue("test", "k", {})
    with pytest.raises(OperationalError):
        delivery.deliver_next(channel, life)
    assert (only().state, delivery.recover()) == (State.SENDING, 0)
    assert delivery.recover(life) == 1
    assert (only().state, only().doubts) == (State.QUEUED, 1)


def test_a_shut_way_rests_and_blames_no_message(life, declare, side):
    channel = declare(side.deliver, **side.options(attempts=2))
    enqueue("test", "k1", {})
    enqueue("test", "k2", {})
    side.trouble += [Shut("no token", after=300) for _ in range(5)]
    assert walk(channel, life, 1499) == 5
    assert Rest.objects.get().reason == "no token"
    assert side.told == []
    walk(channel, life, 1600)
    assert side.stored == ["k1", "k2"]
    assert Rest.objects.get().reason == ""


def test_a_death_while_searching_leaves_no_doubt_and_one_while_sending_does(life, declare, side):
    declare(side.deliver, **side.options())
    enqueue("test", "k", {})
    delivery.claim("test", "dead")
    delivery.recover()
    assert (only().state, only().doubts) == (State.QUEUED, 0)
    endings.about_to_send(delivery.claim("test", "dead"))
    with clock.frozen(NOON):
        delivery.recover()
    assert (only().doubts, only().next_at) == (1, NOON + dt.timedelta(seconds=45))


def test_who_lost_the_message_does_not_send_it(life, declare, side):
    def find(message):
        OutboxMessage.objects.update(owner="somebody else")

    channel = declare(side.deliver, **side.options(find=find))
    enqueue("test", "k", {})
    delivery.deliver_next(channel, life)
    assert side.stored == []


def test_a_refusal_tells_the_record_in_words(life, declare, side):
    channel = declare(side.deliver, **side.options())
    enqueue("test", "k", {})
    side.trouble.append(Permanent("the city is unknown"))
    delivery.deliver_next(channel, life)
    assert side.told == [("failed", "the city is unknown")]
    assert states("test", ["k", "other"])["k"].error == "the city is unknown"
    assert set(states("test", ["k", "other"])) == {"k"}


def test_a_search_that_breaks_is_no_doubt(life, declare, side):
    def find(_message):
        raise Retry("slow")

    channel = declare(side.deliver, **side.options(find=find, attempts=2))
    enqueue("test", "k", {})
    walk(channel, life, 100)
    assert (only().state, only().doubts, side.stored) == (State.FAILED, 0, [])


@pytest.mark.parametrize(("stored", "shown"), [("held", "unknown"), ("discarded", "failed"), ("done", "done")])
def test_what_a_record_sees(life, declare, side, stored, shown):
    declare(side.deliver)
    enqueue("test", "k", {})
    OutboxMessage.objects.update(state=stored)
    assert states("test", ["k"])["k"].state == shown


def test_a_bound_channel_has_so_many_under_way_in_order(life, declare, side):
    declare(side.deliver, **side.options(parallel=1))
    for number in range(3):
        enqueue("test", f"k{number}", {})
    assert delivery.claim("test", "one", 1).key == "k0"
    assert delivery.claim("test", "two", 1) is None
    OutboxMessage.objects.filter(key="k0").update(state=State.DONE)
    assert delivery.claim("test", "two", 1).key == "k1"


def test_content_that_cannot_be_read_is_a_dead_letter(life, declare, side):
    channel = declare(side.deliver, **side.options())
    enqueue("test", "k", {})
    OutboxMessage.objects.update(payload=b"rubbish")
    delivery.deliver_next(channel, life)
    assert only().state == State.FAILED


def test_the_reference_of_the_record_is_kept(life, declare, side):
    declare(side.deliver, record=lambda payload: f"warranties:{payload['n']}")
    enqueue("test", "k", {"n": 17})
    assert only().record == "warranties:17"


def test_what_certainly_never_left_can_be_taken_back_and_what_is_in_doubt_cannot(life, declare, side):
    channel = declare(side.deliver, **side.options())
    enqueue("test", "doubtful", {})
    side.trouble.append(ConnectionResetError())
    with clock.frozen(NOON):
        delivery.deliver_next(channel, life)
    enqueue("test", "waits", {})
    assert services.withhold("test", "waits")
    assert not services.withhold("test", "waits")
    assert not services.withhold("test", "doubtful")


def test_a_pause_leaves_no_doubt(life, declare, side):
    channel = declare(side.deliver, **side.options())
    enqueue("test", "k", {})
    side.trouble.append(Shut("busy", after=60))
    with clock.frozen(NOON):
        delivery.deliver_next(channel, life)
    assert services.withhold("test", "k")


def test_what_was_held_is_searched_for_before_it_is_sent(life, declare, side):
    channel = declare(side.deliver, **side.options(find_first=False))
    enqueue("test", "k", {})
    OutboxMessage.objects.update(state=State.HELD)
    side.stored.append("k")
    services.try_again(only(), SYSTEM)
    delivery.deliver_next(channel, life)
    assert (only().state, side.stored) == (State.DONE, ["k"])
