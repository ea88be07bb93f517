"""Saved views: one's own and the team's; nobody changes another person's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from farol.platform.accounts.models import Role, User
from farol.platform.web import saved
from farol.platform.web.models import SavedView

pytestmark = pytest.mark.django_db


def person(name: str) -> Client:
    user = User.objects.create_user(email=f"{name}@farol.example", password="long enough 123", name=name)
    role, _new = Role.objects.get_or_create(slug="boss", defaults={"name": "Boss", "rights": ["administration"]})
    user.roles.add(role)
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def ana():
    return person("Ana")


@pytest.fixture
def bruno():
    return person("Bruno")


def page(client: Client, address: str = ""):
    return client.get(f"/componentes{address}")


def keep(client: Client, name: str, address: str, **data):
    ticket = data.pop("ticket", None) or page(client).context["list"].views.ticket
    data = {"ticket": ticket, "name": name, "address": address, "path": "/componentes", **data}
    return client.post(reverse("web:view_save"), data)


def tabs(client: Client, address: str = "") -> list[tuple[str, bool, bool]]:
    return [(t.view.name, t.current, t.mine) for t in page(client, address).context["list"].views.tabs]


def test_a_view_is_kept_opened_and_marked(ana):
    answer = keep(ana, "Failed ones", "state=failed&page=3&density=compact")
    assert answer.url == "/componentes?state=failed"
    assert tabs(ana) == [("Failed ones", False, True)]
    assert tabs(ana, "?state=failed") == [("Failed ones", True, True)]
    assert tabs(ana, "?state=failed&page=1&q=") == [("Failed ones", True, True)]
    html = page(ana).content.decode()
    assert 'href="?state=failed"' in html


def test_own_views_are_private_until_they_are_shared(ana, bruno):
    keep(ana, "Mine", "state=failed")
    keep(ana, "Team", "state=ready", shared="1")
    assert tabs(bruno) == [("Team", False, False)]
    keep(bruno, "Zebra", "sort=name")
    assert tabs(bruno) == [("Zebra", False, True), ("Team", False, False)]


def test_nobody_renames_or_deletes_the_view_of_another(ana, bruno):
    keep(ana, "Team", "state=ready", shared="1")
    view = SavedView.objects.get()
    for name, data in (("web:view_change", {"name": "Stolen"}), ("web:view_delete", {})):
        assert bruno.post(reverse(name, args=[view.pk]), data).status_code == 404
        assert bruno.post(reverse(name, args=[2**70]), data).status_code == 404
    view.refresh_from_db()
    assert view.name == "Team"


def test_renaming_and_deleting(ana):
    keep(ana, "One", "state=ready")
    keep(ana, "Two", "state=failed")
    one = SavedView.objects.get(name="One")
    assert ana.post(reverse("web:view_change", args=[one.pk]), {"name": "Two"}).status_code == 422
    ana.post(reverse("web:view_change", args=[one.pk]), {"name": " Uno\x00\n ", "shared": "1"})
    one.refresh_from_db()
    assert (one.name, one.shared) == ("Uno", True)
    ana.post(reverse("web:view_delete", args=[one.pk]), {"path": "/componentes"})
    assert [v.name for v in SavedView.objects.all()] == ["Two"]


def test_the_same_name_again_replaces_ones_own_view(ana):
    keep(ana, "One", "state=ready")
    keep(ana, "One", "state=failed")
    assert [v.address for v in SavedView.objects.all()] == ["state=failed"]


def test_a_view_can_be_kept_only_of_a_list_one_has_seen(ana, bruno):
    foreign = page(bruno).context["list"].views.ticket
    for ticket in ("", "people", foreign, foreign.replace("1:", "2:")):
        answer = ana.post(reverse("web:view_save"), {"ticket": ticket, "name": "x", "address": ""})
        assert answer.status_code == 422
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("path", ["//evil.example/x", "https://evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_the_way_back_stays_in_the_house(ana, path):
    assert keep(ana, "x", "state=ready", path=path).url == "/"


def test_limits_are_said(ana, monkeypatch):
    monkeypatch.setattr(saved, "MOST_VIEWS", 1)
    assert keep(ana, "", "state=ready").status_code == 422
    assert keep(ana, "x", "q=" + "a" * 1100).status_code == 422
    assert keep(ana, "x", "state=ready").status_code == 302
    assert keep(ana, "y", "state=ready").status_code == 422
    assert keep(ana, "x", "state=failed").status_code == 302
