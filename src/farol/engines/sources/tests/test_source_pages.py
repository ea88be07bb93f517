"""Pages of a source: state, loading now, testing, days, people, consent."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from farol.core import clock
from farol.engines.sources import stands
from farol.engines.sources.errors import Unauthorised
from farol.engines.sources.models import LoadRun, OAuthToken, PersonLink, SourceDay, SourceStand
from farol.engines.sources.source import Entity, OAuth, Source
from farol.engines.sources.storing import Tally
from farol.engines.sources.tokens import Tokens
from farol.platform.accounts.models import Role, User
from farol.platform.audit.models import Entry
from farol.platform.jobs.models import Schedule
from farol.platform.notifications.models import Notification

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
HOSTILE = "<script>alert(1)</script>"


class MadeUp:
    """What the made-up source says; tests change it."""

    configured, answer, hosts = True, "Made-up answers.", []

    def test(self) -> str:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def exchange(self, host: str, code: str) -> Tokens:
        self.hosts = [*self.hosts, host]
        return Tokens(f"access-{code}", "refresh", 3600)


@pytest.fixture
def made_up() -> MadeUp:
    return MadeUp()


@pytest.fixture(autouse=True)
def source(made_up, settings, tmp_path, monkeypatch):
    settings.FAROL_HOME = tmp_path
    found = Source(
        name="made-up",
        label="Made-up",
        dataset="crm",
        entities=(Entity("leads", "Leads", "lead", lambda *_: iter(())),),
        configured=lambda: made_up.configured,
        session=lambda connection: None,  # type: ignore[arg-type,return-value]
        test=made_up.test,
        settings=("FAROL_MADE_UP_URL",),
        guide="fontes/made-up",
        oauth=OAuth(lambda state: f"https://example.com/consent?state={state}", made_up.exchange),
        people=lambda: [("1", HOSTILE, "ana@example.com"), ("2", "Bia", "bia@example.com")],
    )
    for module in ("queries", "stands", "source"):
        monkeypatch.setattr(f"farol.engines.sources.{module}.all_sources", lambda: (found,))
    with translation.override("en"), clock.frozen(NOW):
        yield found


@pytest.fixture
def person(client: Client) -> User:
    user = User.objects.create_user(email="ana@example.com", password="long enough 123", language="en")
    rights = ["sources.view", "sources.load", "sources.manage"]
    user.roles.add(Role.objects.create(slug="sources", name="Sources", rights=rights))
    client.force_login(user)
    return user


def page(client: Client, name: str, **options) -> str:
    return client.get(reverse(f"sources:{name}", args=["made-up"]), **options).content.decode()


def stand(state: str = "ok", hours: int = 1, **values) -> None:
    same = {"source": "made-up", "last_ok_at": NOW, "until": NOW - dt.timedelta(hours=hours)}
    SourceStand.objects.create(state=state, rows=1234, **same, **values)


def test_a_source_that_is_not_set_up_names_its_settings_and_guide(client, person, made_up):
    made_up.configured = False
    for text in (page(client, "source"), client.get(reverse("sources:list")).content.decode()):
        assert "FAROL_MADE_UP_URL" in text
        assert "docs/fontes/made-up.md" in text
        assert "Load now" not in text


def test_the_card_says_how_it_stands(client, person):
    stand()
    SourceStand.objects.create(source="made-up", entity="leads", state="ok", rows=77)
    text = page(client, "source")
    assert "1,234" in text
    assert "Up to date" in text
    assert "Load now" in text
    assert "Made-up" in client.get(reverse("sources:list")).content.decode()


def test_load_now_queues_one_run(client, person, monkeypatch):
    queued = []
    monkeypatch.setattr("farol.engines.sources.pages.run_sync", SimpleNamespace(enqueue=queued.append))
    answer = client.post(reverse("sources:sync", args=["made-up"]), {"full": "1"})
    run = LoadRun.objects.get()
    assert answer.url == reverse("sources:run", args=[run.pk])
    assert (run.kind, run.cause, run.full, run.status, queued) == ("sync", "person", True, "waiting", [run.pk])
    assert client.post(reverse("sources:sync", args=["made-up"])).status_code == 409
    run.step, run.entities = "fetch:leads", {"leads": Tally(read=4321).to_json()}
    run.save()
    text = client.get(reverse("sources:run-state", args=[run.pk])).content.decode()
    assert "Fetching: Leads" in text
    assert "4,321" in text
    assert "hx-trigger" in text


def test_the_connection_is_tested_and_audited(client, person, made_up):
    url = reverse("sources:test", args=["made-up"])
    assert "Made-up answers." in client.post(url, follow=True).content.decode()
    made_up.answer = Unauthorised("The consent is gone.")
    assert "The consent is gone." in client.post(url, follow=True).content.decode()
    results = [entry.params["result"] for entry in Entry.objects.filter(code="sources.tested").order_by("pk")]
    assert results == ["ok", "consent_needed"]


def test_days_show_gaps_first(client, person):
    for day, state, theirs in ((1, "gap", 5), (2, "complete", 3)):
        same = {"source": "made-up", "entity": "leads", "day": dt.date(2026, 11, day)}
        SourceDay.objects.create(**same, rows=3, source_rows=theirs, amount=12300, state=state)
    text = page(client, "days")
    assert "1 day differs" in text
    assert text.index("Differs") < text.index("Complete")
    assert "R$\xa0123.00" in text


def test_people_are_linked_by_hand_and_by_address(client, person):
    text = page(client, "people")
    assert HOSTILE not in text
    other = User.objects.create_user(email="bia@example.com", password="long enough 123")
    url = reverse("sources:people", args=["made-up"])
    client.post(url, {"external_id": "1", "user": str(other.pk)})
    client.post(url, {"external_id": "2", "user": str(other.pk)})  # one link for each side
    assert list(PersonLink.objects.values_list("external_id", "user_id")) == [("2", other.pk)]
    client.post(url, {"by_email": "1"})
    assert set(PersonLink.objects.values_list("external_id", "user_id")) == {("2", other.pk), ("1", person.pk)}
    client.post(url, {"external_id": "2", "user": ""})
    assert PersonLink.objects.count() == 1
    assert client.post(url, {"external_id": "1", "user": "x"}).status_code == 422
    assert Entry.objects.filter(code="sources.person_linked").count() == 4


def test_consent_comes_back_with_its_own_state_only(client, person, made_up):
    answer = client.post(reverse("sources:connect", args=["made-up"]))
    state = answer.url.partition("state=")[2]
    back = reverse("sources:callback", args=["made-up"])
    assert client.get(back, {"state": "made up", "code": "c", "referer": "loja.kommo.com"}).status_code == 422
    assert client.get(back, {"state": state, "code": "c", "referer": "loja.kommo.com"}).status_code == 422  # spent
    assert not OAuthToken.objects.exists()
    for bad in ("", "loja.kommo.com/x", "user@loja.kommo.com", "loja.kommo.com?x"):
        state = client.post(reverse("sources:connect", args=["made-up"])).url.partition("state=")[2]
        assert client.get(back, {"state": state, "code": "c", "referer": bad}).status_code == 422
    assert made_up.hosts == []
    state = client.post(reverse("sources:connect", args=["made-up"])).url.partition("state=")[2]
    assert client.get(back, {"state": state, "code": "c", "referer": "loja.kommo.com"}).status_code == 302
    row = OAuthToken.objects.get()
    assert (row.connection, row.host, row.generation) == ("made-up:default", "loja.kommo.com", 1)
    assert b"access-c" not in bytes(row.access)
    assert Entry.objects.filter(code="sources.connected").count() == 1


def test_a_refused_consent_changes_nothing(client, person):
    state = client.post(reverse("sources:connect", args=["made-up"])).url.partition("state=")[2]
    client.get(reverse("sources:callback", args=["made-up"]), {"state": state, "error": "access_denied"})
    assert not OAuthToken.objects.exists()


def test_the_api_says_what_the_command_says(client, person):
    stand("failed", error_code="blocked", error="Blocked.")
    from farol.engines.sources.queries import panels

    found = panels()[0].to_json()
    assert (found["state"], found["complete_until"], found["lag_seconds"]) == ("failed", "2026-11-19", 3600)
    assert found["error"] == {"code": "blocked", "detail": "Blocked."}


def test_a_source_that_stays_behind_is_told_once_a_day(person):
    stand(hours=30)
    assert "complete until" in stands.sentence("crm")
    assert [trouble.code for trouble in stands.health()] == ["stale"]
    stands.health()
    assert [notice.code for notice in Notification.objects.filter(person=person)] == ["sources.stale"]


def test_behind_is_measured_by_the_plan_that_a_person_set(person):
    stand(hours=30)
    plan = Schedule.objects.create(name="crm.sync", cron="0 9 * * *", own_cron="0 9 * * *")
    assert stands.sentence("crm") == ""
    SourceStand.objects.update(until=NOW - dt.timedelta(hours=100))
    assert "complete until" in stands.sentence("crm")
    SourceStand.objects.update(until=NOW - dt.timedelta(hours=30))
    plan.own_cron = ""
    plan.save()
    assert "complete until" in stands.sentence("crm")


def test_nothing_is_said_of_a_source_that_is_fine(person):
    stand()
    assert stands.sentence("crm") == ""
    assert stands.sentence("payments") == ""
    assert stands.health() == []
