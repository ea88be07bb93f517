"""Entries of the left rail, declared by each room in its `menu.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect

GROUPS = {
    "home": "",
    "aftersales": _("After-sales"),
    "registry": _("Registry"),
    "analyses": _("Analyses"),
    "alerts": "",
    "reports": "",
    "sources": "",
    "administration": _("Administration"),
}
PHONE_ENTRIES = 4


@dataclass(frozen=True)
class MenuItem:
    """`group` is one of `GROUPS`; shown only to holders of one of the permissions, or to everybody without any.
    `beside` names pages that belong to the entry although their addresses do not begin with its own."""

    label: Any
    url_name: str
    icon: str
    group: str
    order: int
    permissions: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @cached_property
    def url(self) -> str:
        return reverse(self.url_name)

    @cached_property
    def urls(self) -> tuple[str, ...]:
        return (self.url, *(reverse(name) for name in self.beside))


@dataclass(frozen=True)
class Group:
    name: str
    label: Any
    items: list[MenuItem]


@dataclass(frozen=True)
class Menu:
    """What one page shows: the rail's groups, the entries of the phone's bar, and the entry that is open."""

    groups: list[Group]
    phone: list[MenuItem]
    current: MenuItem | None


def items_for(principal: Principal) -> list[MenuItem]:
    """What the person may open, in the order of the rail."""
    allowed = [i for i in collect("menu", "ITEMS") if not i.permissions or any(principal.may(p) for p in i.permissions)]
    return sorted(allowed, key=lambda item: (list(GROUPS).index(item.group), item.order))


def menu_for(request: HttpRequest, principal: Principal) -> Menu:
    items = items_for(principal)
    groups = [Group(name, label, [i for i in items if i.group == name]) for name, label in GROUPS.items()]
    shown = [group for group in groups if group.items]
    return Menu(shown, phone_entries(shown), current_of(items, request.path))


def phone_entries(groups: list[Group]) -> list[MenuItem]:
    """The first entry of each group, then the second ones, as far as the bar has room."""
    ranked = [(at, place, item) for place, group in enumerate(groups) for at, item in enumerate(group.items)]
    ranked.sort(key=lambda found: found[:2])
    return [item for _at, _place, item in ranked[:PHONE_ENTRIES]]


def current_of(items: Iterable[MenuItem], path: str) -> MenuItem | None:
    """The entry with the longest address that the page's address begins with; home only for itself."""
    places = [(url, item) for item in items for url in item.urls]
    under = [p for p in places if path == p[0] or (p[0] != "/" and path.startswith(p[0].rstrip("/") + "/"))]
    return max(under, key=lambda place: len(place[0]), default=("", None))[1]


ITEMS = [MenuItem(_("Home"), "web:home", "home", "home", 0)]
