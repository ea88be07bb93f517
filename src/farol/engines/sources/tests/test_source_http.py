"""What the one HTTP client does with every kind of answer."""

from __future__ import annotations

import logging
from email.utils import formatdate
from itertools import pairwise
from typing import Any

import httpx
import pytest

from farol.engines.sources import errors
from farol.engines.sources.http import Http
from farol.engines.sources.limiter import Limit, Limiter
from farol.engines.sources.models import Allowance

pytestmark = pytest.mark.django_db
CANARY = "canary-91c2f7"
JSON = {"content-type": "application/hal+json"}
LIMIT = Limit("made-up", 6.5, 7, parallel=4)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 1_800_000_000.0, []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


class Credentials:
    def __init__(self, *values: str) -> None:
        self.values = [f"Bearer {CANARY}", *values]

    def header(self) -> str:
        return self.values[0]

    def refused(self, used: str) -> bool:
        assert used == self.values.pop(0)
        if not self.values:
            self.values.append("none")
            return False
        return True


class Other:
    """The other side: its answers, one after the other; the last one stays."""

    def __init__(self, *answers: Any, time: Time | None = None, auth: Any = None, **options: Any) -> None:
        self.time, self.answers, self.seen = time or Time(), list(answers), []
        transport = httpx.MockTransport(self._answer)
        self.http = Http(
            "https://loja.kommo.com/api/v4",
            "Made-up",
            limit=LIMIT,
            auth=auth or Credentials(),
            transport=transport,
            sleep=self.time.sleep,
            now=self.time,
            **options,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((self.time.now, str(request.url), request.headers["authorization"]))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, headers, body = answer
        return httpx.Response(status, headers=headers, content=body)


GOOD = (200, JSON, b'{"a": 1}')
PASSING = {
    "refused": httpx.ConnectError("refused"),
    "connect timeout": httpx.ConnectTimeout("slow"),
    "read timeout": httpx.ReadTimeout("slow"),
    "reset": httpx.ReadError("reset"),
    "cut": httpx.RemoteProtocolError("cut"),
    "500": (500, JSON, b"{}"),
    "502": (502, {}, b"<html>"),
    "503": (503, {}, b""),
    "504": (504, {}, b""),
    "html": (200, {"content-type": "text/html"}, b"<html>"),
    "no type": (200, {}, b"{}"),
    "truncated": (200, JSON, b'{"a": [1, 2'),
    "nan": (200, JSON, b'{"a": NaN}'),
    "infinity": (200, JSON, b'{"a": 1e400}'),
    "not utf-8": (200, JSON, b'{"a": "\xff"}'),
    "deep": (200, JSON, b"[" * 100_000),
    "cut gzip": (200, {**JSON, "content-encoding": "gzip"}, b"\x1f\x8b\x08\x00garbage"),
    "too long": (200, JSON, b'"' + b"x" * 2000 + b'"'),
}


@pytest.mark.parametrize("fault", PASSING)
def test_what_may_pass_is_tried_again_and_not_for_ever(fault):
    other = Other(PASSING[fault], PASSING[fault], GOOD, most_bytes=1000)
    assert other.http.get("/leads").body == {"a": 1}
    assert len(other.seen) == 3
    assert len(other.time.slept) >= 2
    Allowance.objects.all().delete()
    for_ever = Other(PASSING[fault], most_bytes=1000)
    with pytest.raises((errors.Unreachable, errors.BadAnswer)) as raised:
        for_ever.http.get("/leads", (("q", "secret-question"),))
    assert len(for_ever.seen) == 5
    assert CANARY not in str(raised.value)
    assert "secret-question" not in str(raised.value)
    assert isinstance(raised.value, errors.Slow) == (fault in ("504", "read timeout"))


@pytest.mark.parametrize(
    ("status", "kind", "body", "error"),
    [
        (402, "application/json", b"{}", errors.Billing),
        (403, "application/problem+json", b"{}", errors.Forbidden),
        (403, "text/html", b"<html>403 Forbidden", errors.Blocked),
        (404, "application/json", b"{}", errors.Missing),
        (422, "application/json", b"{}", errors.Rejected),
        (301, "text/html", b"", errors.BadAnswer),
        (401, "application/json", b"{}", errors.Unauthorised),
    ],
)
def test_what_will_not_pass_ends_at_once(status, kind, body, error, caplog):
    headers = {"content-type": kind, "location": "https://evil.example/x", "x-request-id": "r-17"}
    other = Other((status, headers, body))
    with caplog.at_level(logging.WARNING), pytest.raises(error) as raised:
        other.http.get("/leads")
    assert len(other.seen) == 1
    assert all("evil" not in url for _at, url, _auth in other.seen)
    assert CANARY not in str(raised.value) + caplog.text
    if status not in (401,):
        assert "r-17" in caplog.text


def test_what_a_rejection_complains_of_is_named_without_values():
    body = (
        b'{"validation-errors": [{"request_id": "0", "errors":'
        b' [{"code": "InvalidType", "path": "price", "detail": "Ana"}]}]}'
    )
    with pytest.raises(errors.Rejected) as raised:
        Other((400, JSON, body)).http.get("/leads")
    assert raised.value.fields == ("price (InvalidType)",)
    assert "Ana" not in str(raised.value)


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"retry-after": "7"}, b"", 7),
        ({"retry-after": formatdate(1_800_000_009, usegmt=True)}, b"", 9),
        (
            {"retry-after": formatdate(1_800_000_109, usegmt=True), "date": formatdate(1_800_000_100, usegmt=True)},
            b"",
            9,
        ),
        ({**JSON}, b'{"retry_after": 11}', 11),
        ({"content-type": "text/plain"}, b'{"retry_after": 12}', 12),
    ],
)
def test_a_pause_is_kept_to_the_second_by_every_process(headers, body, wait):
    other = Other((429, headers, body), GOOD)
    other.http.get("/leads")
    first, second = (at for at, _url, _auth in other.seen)
    assert wait <= second - first < wait + 0.5
    shut, later = Other((429, {"retry-after": "30"}, b""), GOOD), Time()
    Allowance.objects.all().delete()
    with pytest.raises(errors.Busy):
        Other((429, {"retry-after": "30"}, b""), longest_wait=5).http.get("/leads")
    assert Limiter(LIMIT, now=later)._wait(Allowance.objects.get(), later.now) == pytest.approx(30, abs=0.1)
    assert shut.http.requests == 0


def test_a_pause_without_length_backs_off_and_ends():
    other = Other((429, {}, b"slow down"))
    with pytest.raises(errors.Busy):
        other.http.get("/leads")
    assert len(other.seen) == 5
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(other.seen)]
    assert all(gap >= 0.5 * 2**place for place, gap in enumerate(gaps))
    assert other.http.waited == pytest.approx(sum(other.time.slept))


def test_a_pause_that_is_too_long_ends_the_request():
    other = Other((429, {"retry-after": "901"}, b""), GOOD)
    with pytest.raises(errors.Busy) as busy:
        other.http.get("/leads")
    assert busy.value.after == 901
    assert other.time.slept == []


def test_a_block_stops_all_traffic_for_an_hour():
    other = Other((403, {"content-type": "text/html"}, b"<html>"), GOOD)
    with pytest.raises(errors.Blocked):
        other.http.get("/leads")
    with pytest.raises(errors.Busy):
        other.http.get("/leads")
    assert len(other.seen) == 1
    other.time.now += 3601
    assert other.http.get("/leads").status == 200


def test_new_credentials_are_tried_once():
    other = Other((401, JSON, b"{}"), GOOD, auth=Credentials("Bearer new"))
    assert other.http.get("/leads").body == {"a": 1}
    assert [auth for _at, _url, auth in other.seen] == [f"Bearer {CANARY}", "Bearer new"]
    never = Other((401, JSON, b"{}"), auth=Credentials("Bearer new", "Bearer newer"))
    with pytest.raises(errors.Unauthorised):
        never.http.get("/leads")
    assert len(never.seen) == 2


def test_no_content_and_addresses_of_the_same_host():
    other = Other((204, {}, b""))
    assert other.http.get("/leads").body is None
    other.http.get("https://loja.kommo.com/api/v4/leads?page=2")
    assert other.seen[1][1] == "https://loja.kommo.com/api/v4/leads?page=2"
    for foreign in ("https://evil.example/leads", "http://loja.kommo.com/api", "//evil.example/x"):
        with pytest.raises(errors.BadAnswer):
            other.http.get(foreign)
    assert len(other.seen) == 2


@pytest.mark.parametrize("fault", ["read timeout", "reset", "500", "html", "504"])
def test_a_write_that_may_have_arrived_is_never_repeated(fault):
    other = Other(PASSING[fault], GOOD)
    with pytest.raises(errors.Doubt):
        other.http.post("/tasks", [{"text": "x"}])
    assert len(other.seen) == 1


def test_a_write_that_never_left_or_was_put_off_is_repeated():
    other = Other(httpx.ConnectError("refused"), (429, {"retry-after": "1"}, b""), (200, JSON, b"{}"))
    assert other.http.post("/tasks", []).status == 200
    assert len(other.seen) == 3


def test_the_circuit_opens_after_five_failures_and_lets_one_probe_through():
    time = Time()
    down = Other(httpx.ConnectError("refused"), time=time, tries=5)
    with pytest.raises(errors.Unreachable):
        down.http.get("/leads")
    assert Allowance.objects.get().failures == 5
    other = Other(GOOD, time=time, longest_wait=10)
    with pytest.raises(errors.Open) as opened:
        other.http.get("/leads")
    assert 55 < opened.value.after <= 60
    time.now += 61
    limiter = Limiter(LIMIT, now=time)
    with limiter.call() as probe:
        time.now += 1
        with pytest.raises(errors.Open), limiter.call():
            pass
        probe.answered = False
    with pytest.raises(errors.Open):
        other.http.get("/leads")
    time.now += 61
    assert other.http.get("/leads").status == 200
    assert Allowance.objects.get().failures == 0
    assert len(down.seen) == 5


def test_a_stopped_client_waits_for_nothing():
    other = Other((429, {"retry-after": "600"}, b""), GOOD)
    other.http.stop()
    with pytest.raises(errors.Stopped):
        other.http.get("/leads")
    assert other.time.slept == []


def test_no_window_holds_more_than_is_published_and_calls_are_paced():
    time, limit = Time(), Limit("paced", 6.5, 7, parallel=4)
    limiter, starts, running = Limiter(limit, now=time), [], []
    for number in range(200):
        while True:
            try:
                call = limiter.call()
                call.__enter__()
                break
            except errors.Busy as busy:
                time.now += busy.after
        starts.append(time.now)
        running.append(call)
        if number % 3 == 2:  # three at once, of different length
            time.now += 0.05
            for held in running:
                held.__exit__(None, None, None)
            running = []
    assert all(b - a >= 1 / 6.5 - 1e-6 for a, b in pairwise(starts))
    for start in starts:
        assert sum(start <= at < start + 1 for at in starts) <= 7


def test_a_call_whose_process_died_is_given_up_and_a_clock_set_back_does_not_shut_the_way():
    time = Time()
    limiter = Limiter(Limit("one", 6.5, 7, parallel=1), now=time)
    limiter._enter()
    with pytest.raises(errors.Busy), limiter.call():
        pass
    time.now += 151
    with limiter.call():
        pass
    time.now -= 100_000
    with limiter.call():
        pass
