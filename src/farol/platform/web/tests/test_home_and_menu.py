"""The rail, the home page's panels, the palette's search and the formats of templates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from farol.core import clock
from farol.core.errors import Unavailable
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.apps import collect
from farol.platform.web import home, search
from farol.platform.web.home import Panel, first_steps, panels_for
from farol.platform.web.menu import GROUPS, Group, MenuItem, current_of, items_for, phone_entries

NOBODY = Principal(frozenset())


def item(label: str, url_name: str = "web:home", group: str = "home") -> MenuItem:
    return MenuItem(label, url_name, "home", group, 0)


def test_every_entry_leads_somewhere_and_has_its_picture():
    for one in collect("menu", "ITEMS"):
        assert one.url.startswith("/"), one.label
        assert one.group in GROUPS, one.label
        assert draw(f'{{% icon "{one.icon}" %}}')


def test_only_what_the_person_may_open():
    assert [i.url_name for i in items_for(NOBODY)] == ["web:home"]
    assert len(items_for(SYSTEM)) == len(collect("menu", "ITEMS"))


def test_the_longest_address_is_the_open_entry():
    entries = [item("home"), item("parts", "web:components")]
    found = [current_of(entries, path) for path in ("/", "/componentes", "/componentes/x", "/componentesx", "/busca")]
    assert [entry and entry.label for entry in found] == ["home", "parts", "parts", None, None]


def test_the_phone_shows_each_group_before_a_second_entry():
    groups = [Group("a", "", [item("a1"), item("a2")]), Group("b", "", [item("b1")]), Group("c", "", [item("c1")])]
    assert [entry.label for entry in phone_entries(groups)] == ["a1", "b1", "c1", "a2"]


@pytest.fixture
def panels(monkeypatch):
    def offer(*offered):
        monkeypatch.setattr(home, "collect", lambda _module, _name: offered)
        request = RequestFactory().get("/")
        request.principal = SYSTEM
        return lambda principal=SYSTEM: panels_for(request, principal)

    return offer


def empty(_request):
    return {"title": "Found", "text": "body", "more_url": "/more"}


def broken(_request):
    raise Unavailable("The warehouse does not answer.")


EMPTY = "web/components/empty.html"


def test_panels_stand_in_order_and_a_broken_one_leaves_the_others_alone(panels):
    ask = panels(
        Panel("late", "Late", EMPTY, empty, 90),
        Panel("nothing", "Nothing", EMPTY, lambda _request: None, 20),
        Panel("broken", "Broken", EMPTY, broken, 10),
    )
    found = ask()
    assert [panel.name for panel in found] == ["broken", "late"]
    assert "The warehouse does not answer." in found[0].body
    assert (found[1].title, found[1].more_url) == ("Found", "/more")


def test_panels_ask_for_the_right(panels):
    ask = panels(Panel("closed", "Closed", EMPTY, empty, 10, ("administration",)))
    assert len(ask()) == 1
    assert ask(NOBODY) == []


def test_first_steps_are_those_the_person_may_take():
    assert first_steps(NOBODY) == []
    assert reverse("accounts:people") in [step.url for step in first_steps(SYSTEM)]


def test_search_asks_every_provider_and_stops_at_a_dozen(monkeypatch):
    def many(_principal, text):
        return [search.Hit(f"{text} {n}", f"/x/{n}") for n in range(20)]

    monkeypatch.setattr(search, "collect", lambda _module, _name: (many,))
    found = search.find(SYSTEM, "a")
    assert len(found) == search.MOST
    assert found[0] == {"label": "a 0", "url": "/x/0", "note": ""}


def draw(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


@pytest.mark.parametrize(
    ("text", "portuguese", "english"),
    [
        ("{{ x|brl }}", "R$\xa01.234,50", "R$\xa01,234.50"),
        ("{{ x|compact_brl }}", "R$\xa01,2\xa0mil", "R$\xa01.2K"),
        ("{{ x|number:1 }}", "1.234,5", "1,234.5"),
        ("{{ x|signed_percent }}", "+1.234,5\xa0%", "+1,234.5\xa0%"),
        ("{{ none|brl }}", "—", "—"),
        ("{{ day|localdate }}", "21/11/2026", "21 Nov 2026"),
        ("{{ at|localdate }}", "20/11/2026", "20 Nov 2026"),
        ("{{ at|localinstant }}", "20/11/2026 23:30", "20 Nov 2026 23:30"),
    ],
)
def test_figures_and_days_in_both_languages(text, portuguese, english):
    at = dt.datetime(2026, 11, 21, 2, 30, tzinfo=dt.UTC)
    context = {"x": Decimal("1234.5"), "none": None, "day": dt.date(2026, 11, 21), "at": at}
    with translation.override("pt-br"):
        assert draw(text, **context) == portuguese
    with translation.override("en"):
        assert draw(text, **context) == english


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "now"), (5, "5 min ago"), (-5, "in 5 min"), (125, "2 h ago"), (1500, "1 day ago"), (4400, "3 days ago")],
)
def test_distance_in_time_with_the_date_on_hover(minutes, text):
    with clock.frozen(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)), translation.override("en"):
        html = draw("{{ at|ago }}", at=clock.now() - dt.timedelta(minutes=minutes))
    assert f">{text}</time>" in html
    assert 'title="' in html


def test_long_ago_is_the_date_itself():
    with clock.frozen(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)), translation.override("pt-br"):
        assert ">01/01/2026 09:00</time>" in draw("{{ at|ago }}", at=dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC))


def test_an_unknown_picture_is_an_error():
    for name in ("nothing-like-it", "../views"):
        with pytest.raises(KeyError):
            draw(f'{{% icon "{name}" %}}')
