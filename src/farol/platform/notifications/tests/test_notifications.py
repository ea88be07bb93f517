"""Who is told what, in which language, by which way, and that nobody touches another's notices."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils.translation import override

from farol.core import clock
from farol.platform.accounts import tokens
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, principal_of
from farol.platform.notifications import jobs, notice, notify, people_with, reading, stream
from farol.platform.notifications.models import Mail, Notification
from farol.platform.notifications.notice import Notice
from farol.platform.outbox.models import OutboxMessage


class Run:
    def check(self) -> None: ...


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    found = {
        "t.verified": Notice("t.verified", "verification", "%(number)s conferida"),
        "t.voucher": Notice("t.voucher", "voucher", lambda params: f"R$ {params['amount']}"),
    }
    monkeypatch.setattr(notice, "notices", lambda: found)
    monkeypatch.setattr("farol.platform.notifications.telling.notices", lambda: found)


def person(name: str, role: str = "finance", **fields: object) -> User:
    user = User.objects.create(email=f"{name}@example.com", name=name, **fields)
    user.roles.add(Role.objects.get(slug=role))
    return user


@pytest.fixture
def ana(db) -> User:
    return person("ana")


@pytest.fixture
def bia(db) -> User:
    return person("bia")


def mails() -> list[dict]:
    return [row.opened() for row in OutboxMessage.objects.filter(channel="email").order_by("pk")]


def test_told_once_per_key_and_never_when_inactive(ana, bia):
    gone = person("gone", is_active=False)
    everybody = [ana.pk, bia.pk, bia.pk, gone.pk, 999]
    assert notify(everybody, "t.verified", params={"number": "GT-1"}, key="verified:1") == 2
    assert notify(everybody, "t.verified", params={"number": "GT-1"}, key="verified:1") == 0
    assert notify([ana.pk], "t.verified", params={"number": "GT-1"}) == 1
    assert notify([ana.pk], "t.verified", params={"number": "GT-1"}) == 1
    assert [str(row) for row in reading.of(ana.pk)] == ["GT-1 conferida"] * 3
    assert reading.unread(bia.pk) == 1


def test_a_deleted_notice_is_not_told_again(ana):
    notify([ana.pk], "t.verified", params={"number": "GT-1"}, key="k")
    assert reading.delete(ana.pk, [reading.of(ana.pk).get().pk]) == 1
    assert notify([ana.pk], "t.verified", params={"number": "GT-1"}, key="k") == 0
    assert not reading.of(ana.pk).exists()
    assert Notification.objects.get().params == {}


def test_it_goes_with_its_transaction(ana):
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
        notify([ana.pk], "t.verified", params={"number": "1"})
        raise RuntimeError
    assert not Notification.objects.exists()


def test_an_undeclared_code_and_missing_params_are_still_shown(ana):
    with pytest.raises(KeyError):
        notify([ana.pk], "t.unknown")
    assert notice.sentence("gone.code", {"number": "7"}) == "gone.code 7"
    assert notice.sentence("t.verified", {}) == "t.verified"


def test_people_with_a_right_be_it_for_their_own_rows(ana):
    seller, viewer = person("sel", "seller"), person("vi", "viewer")
    inactive = person("off", "finance", is_active=False)
    found = people_with("aftersales.view")
    assert {ana.pk, seller.pk} <= set(found)
    assert not {viewer.pk, inactive.pk} & set(found)
    assert people_with("redemptions.decide") == [ana.pk]
    with pytest.raises(KeyError):
        people_with("no.such.right")


def test_mail_at_once_daily_or_never(ana, bia, settings):
    settings.FAROL_SMTP_HOST = "mail.example.com"
    reading.wish(ana.pk, "voucher", shown=True, mail=Mail.NOW)
    reading.wish(bia.pk, "voucher", shown=False, mail=Mail.DAILY)
    notify([ana.pk, bia.pk], "t.voucher", params={"amount": "10"}, url="/vales/VC-1", key="v1")
    notify([ana.pk, bia.pk], "t.voucher", params={"amount": "10"}, url="/vales/VC-1", key="v1")
    assert [(m["to"], m["subject"]) for m in mails()] == [(["ana@example.com"], "R$ 10")]
    assert "/vales/VC-1" in mails()[0]["text"]
    assert (reading.unread(ana.pk), reading.unread(bia.pk)) == (1, 0)
    for _twice in range(2):
        jobs.digest(Run())
    assert [m["to"] for m in mails()] == [["ana@example.com"], ["bia@example.com"]]


def test_without_a_mail_server_nothing_queues(ana):
    reading.wish(ana.pk, "voucher", shown=True, mail=Mail.NOW)
    notify([ana.pk], "t.voucher", params={"amount": "10"})
    assert reading.unread(ana.pk) == 1
    assert not mails()


def test_somebody_who_wants_nothing_of_a_category_gets_nothing(ana):
    reading.wish(ana.pk, "voucher", shown=False, mail=Mail.NEVER)
    assert notify([ana.pk], "t.voucher", params={"amount": "10"}) == 0
    assert notify([ana.pk], "t.verified", params={"number": "1"}) == 1


def test_the_stream_asks_once_for_all(ana, bia, django_assert_num_queries):
    notify([ana.pk], "t.verified", params={"number": "1"})
    who = [principal_of(ana), principal_of(bia)]
    with django_assert_num_queries(1):
        found = stream.of_all(who)
    assert (found[ana.pk]["unread"], found[bia.pk]["unread"]) == (1, 0)


def test_old_ones_are_dropped(ana, settings):
    with clock.frozen(clock.now() - dt.timedelta(days=settings.FAROL_NOTIFICATION_DAYS + 1)):
        notify([ana.pk], "t.verified", params={"number": "1"})
    notify([ana.pk], "t.verified", params={"number": "2"})
    jobs.tidy(Run())
    assert [str(row) for row in reading.of(ana.pk)] == ["2 conferida"]


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_pages(ana, bia):
    notify([ana.pk], "t.verified", params={"number": "<b>1</b>"}, url="/perfil")
    notify([ana.pk], "t.voucher", params={"amount": "10"}, url="//evil.example")
    client = browser(ana)
    page = client.get("/avisos").content.decode()
    assert "&lt;b&gt;1&lt;/b&gt; conferida" in page
    assert "data-bell-count" in page
    assert "&lt;b&gt;" in client.get("/avisos/recentes").content.decode()
    assert "conferida" not in client.get("/avisos?categoria=voucher").content.decode()
    first, second = reading.of(ana.pk).order_by("pk")
    assert client.post(f"/avisos/{first.pk}/abrir").url == "/perfil"
    assert client.post(f"/avisos/{second.pk}/abrir").url == "/avisos"
    assert reading.unread(ana.pk) == 0
    assert browser(bia).post(f"/avisos/{first.pk}/abrir").status_code == 404
    assert browser(bia).post("/avisos/excluir", {"selected": [first.pk, "x", "9" * 30]}).status_code == 302
    assert reading.of(ana.pk).count() == 2
    client.post("/avisos/excluir", {"selected": [first.pk, second.pk]})
    assert not reading.of(ana.pk).exists()


def test_mark_all_of_a_category(ana):
    notify([ana.pk], "t.verified", params={"number": "1"})
    notify([ana.pk], "t.voucher", params={"amount": "10"})
    browser(ana).post("/avisos/lidos", {"all": "1", "category": "voucher"})
    assert [row.category for row in reading.of(ana.pk, unread=True)] == ["verification"]


def test_preferences_page(ana):
    client = browser(ana)
    fields = {f"{name}_mail": "daily" for name in notice.CATEGORIES}
    assert client.post("/perfil/avisos", {**fields, "voucher_shown": "on"}).status_code == 302
    wishes = reading.wishes(ana.pk)
    assert (wishes["voucher"].shown, wishes["stock"].shown, wishes["stock"].mail) == (True, False, "daily")
    assert client.post("/perfil/avisos", {**fields, "voucher_mail": "hourly"}).status_code == 422
    assert client.get("/perfil/avisos").status_code == 200


def test_rest(ana, bia):
    for number in range(3):
        notify([ana.pk], "t.verified", params={"number": number})
    token = tokens.create(OPERATOR, ana, "t")[0]
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def ask(method: str, path: str = "", body: object = None):
        return client.generic(
            method, f"/api/v1/notifications{path}", "" if body is None else __import__("json").dumps(body),
            content_type="application/json",
        )  # fmt: skip

    page = ask("GET", "?limit=2").json()
    assert [row["text"] for row in page["items"]] == ["2 conferida", "1 conferida"]
    rest = ask("GET", f"?limit=2&after={page['next']}").json()
    assert ([row["text"] for row in rest["items"]], rest["next"]) == (["0 conferida"], None)
    first = rest["items"][0]["id"]
    assert ask("POST", "/read", {"ids": [first, 12345, -1]}).json() == {"changed": 1}
    assert ask("GET", "?unread=true").json()["unread"] == 2
    assert ask("POST", "/read", {}).json() == {"changed": 2}
    assert ask("POST", "/read", {"ids": ["1"]}).status_code == 422
    assert ask("POST", "/delete", {}).status_code == 422
    assert ask("DELETE", f"/{first}").json() == {"changed": 1}
    foreign = notify([bia.pk], "t.verified", params={"number": 9}) and reading.of(bia.pk).get().pk
    for method in ("GET", "DELETE"):
        assert ask(method, f"/{foreign}").content == ask(method, "/999999").content
    assert ask("PATCH", "/preferences", {"voucher": {"shown": False, "mail": "now"}}).json()["voucher"] == {
        "shown": False,
        "mail": "now",
    }
    assert ask("PATCH", "/preferences", {"other": {"shown": False, "mail": "now"}}).status_code == 422


def test_words_follow_the_reader(ana):
    from django.utils.translation import gettext_lazy as _

    row = Notification(code="t.x", category="data", params={})
    notice.notices()["t.x"] = Notice("t.x", "data", _("Unread"))
    with override("pt-br"):
        portuguese = str(row)
    with override("en"):
        assert str(row) == "Unread"
    assert portuguese
