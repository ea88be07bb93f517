"""Tokens that run out: refreshed once, by one process, and never lost."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest

from farol.core import clock
from farol.engines.sources.errors import Unauthorised, Unreachable
from farol.engines.sources.models import OAuthToken
from farol.engines.sources.tests.source_processes import Answer, processes, serving
from farol.engines.sources.tokens import Tokens, TokenStore, keep
from farol.platform.audit.models import Entry

NOW = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
NAME = "made-up:default"


class Issuer:
    """The token endpoint: a refresh token works once; an access token runs out when each of so many `people` used it.
    Who asks again before that waits for the others, so that all of them meet the end of every token.
    """

    def __init__(self, people: int) -> None:
        self.number, self.refused, self.served = 0, 0, 0
        self._people, self._seen = people, set[str]()
        self._turn = threading.Condition()

    @property
    def pair(self) -> list[str]:
        return [f"access-{self.number}", f"refresh-{self.number}"]

    @property
    def _over(self) -> bool:
        return len(self._seen) >= self._people

    def answer(self, path: str, headers: dict[str, str], body: Any) -> Answer:
        with self._turn:
            return self._token(body) if path == "/token" else self._thing(path, headers)

    def _token(self, body: Any) -> Answer:
        if body["refresh_token"] != self.pair[1]:
            self.refused += 1
            return 400, {}, {}
        self.number, self._seen = self.number + 1, set()
        access, refresh = self.pair
        return 200, {}, {"access_token": access, "refresh_token": refresh, "first": True}

    def _thing(self, person: str, headers: dict[str, str]) -> Answer:
        current = f"Bearer {self.pair[0]}"
        if headers["authorization"] == current and person in self._seen:
            self._turn.wait_for(lambda: self._over, timeout=20)
        if headers["authorization"] != current or self._over:
            return 401, {}, {}
        self._seen.add(person)
        self._turn.notify_all()
        self.served += 1
        return 200, {}, {}


def expiries(tmp_path: Path, times: int) -> None:
    issuer = Issuer(people=8)
    with serving(issuer.answer) as url, processes(tmp_path) as ask:
        said = ask("renew", url=url, processes=8, questions=times, pair=issuer.pair, lease=25, kill=False)
    assert [(row["done"], row["error"]) for row in said] == [(times, "")] * 8
    assert (issuer.served, issuer.number, issuer.refused) == (8 * times, times - 1, 0)


@pytest.mark.alone
def test_eight_processes_refresh_each_token_once(tmp_path: Path):
    expiries(tmp_path, 8)


@pytest.mark.night
@pytest.mark.alone
def test_fifty_expiries(tmp_path: Path):
    expiries(tmp_path, 50)


def killed(tmp_path: Path, times: int) -> None:
    issuer = Issuer(people=0)
    with serving(issuer.answer) as url, processes(tmp_path) as ask:
        for _time in range(times):
            before = issuer.refused
            said = ask("renew", url=url, processes=3, questions=1, pair=issuer.pair, lease=0.5, kill=True)
            assert sum("killed" in row for row in said) == 1
            left = [row for row in said if "killed" not in row]
            assert {row["error"] for row in left} == {"consent_needed"}
            assert issuer.refused == before + 1  # one process tried the old token once more, nobody after it
            assert all(row["seconds"] < 60 for row in left)


@pytest.mark.alone
def test_who_dies_with_the_new_pair_leaves_a_consent_to_be_given_again(tmp_path: Path):
    killed(tmp_path, 3)


@pytest.mark.night
@pytest.mark.alone
def test_twenty_deaths(tmp_path: Path):
    killed(tmp_path, 20)


@pytest.mark.django_db
class TestOneProcess:
    @pytest.fixture(autouse=True)
    def pair(self):
        with clock.frozen(NOW):
            keep(NAME, Tokens("a0", "r0", 86_400), "loja.kommo.com")
            yield

    def store(self, *answers: Any, **options: Any) -> TokenStore:
        left, self.asked = list(answers), []

        def refresh(token: str) -> Tokens:
            self.asked.append(token)
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return TokenStore(NAME, refresh, **options)

    def test_a_token_is_used_until_five_minutes_before_its_end(self):
        store = self.store(Tokens("a1", "r1", 86_400))
        with clock.frozen(NOW + dt.timedelta(hours=23, minutes=54)):
            assert store.header() == "Bearer a0"
        with clock.frozen(NOW + dt.timedelta(hours=23, minutes=56)):
            assert store.header() == "Bearer a1"
            assert store.header() == "Bearer a1"
        assert self.asked == ["r0"]

    def test_neither_token_is_readable_in_the_database(self):
        row = OAuthToken.objects.get()
        assert b"a0" not in bytes(row.access)
        assert b"r0" not in bytes(row.refresh)

    def test_a_refusal_refreshes_unless_somebody_else_has(self):
        store = self.store(Tokens("a1", "r1", 86_400))
        assert store.refused("Bearer a0") is True
        assert store.refused("Bearer a0") is True
        assert store.header() == "Bearer a1"
        assert self.asked == ["r0"]

    def test_a_spent_token_asks_for_consent_once_and_for_all(self):
        store = self.store(Unauthorised("spent"))
        with pytest.raises(Unauthorised):
            store.refused("Bearer a0")
        with pytest.raises(Unauthorised):
            store.header()
        assert self.asked == ["r0"]
        assert Entry.objects.filter(code="sources.consent_lost").count() == 1
        keep(NAME, Tokens("b0", "s0", 86_400), "loja.kommo.com")
        assert store.header() == "Bearer b0"

    def test_who_does_not_reach_the_other_side_lets_go(self):
        store = self.store(Unreachable("down"), Tokens("a1", "r1", 86_400))
        with pytest.raises(Unreachable):
            store.refused("Bearer a0")
        assert OAuthToken.objects.get().state == "ok"
        assert store.refused("Bearer a0")
        assert self.asked == ["r0", "r0"]

    def test_a_pair_that_comes_after_a_new_consent_is_thrown_away(self):
        def refresh(_token: str) -> Tokens:
            keep(NAME, Tokens("b0", "s0", 86_400), "loja.kommo.com")
            return Tokens("late", "late", 86_400)

        store = TokenStore(NAME, refresh)
        store.refused("Bearer a0")
        assert store.header() == "Bearer b0"

    def test_nobody_connected(self):
        OAuthToken.objects.all().delete()
        with pytest.raises(Unauthorised):
            self.store().header()
