"""The page "Início": a work list that rooms add panels to, in their `home.py`.

    PANELS = [Panel("alerts", _("Alerts to judge"), "alerts/home.html", open_alerts, 20, ("alerts.judge",))]

`context(request)` gives the template's context (plus `title` and `more_url` for the heading's link), or None when there
is nothing to show. A refusal raised in it is shown in its panel and leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from farol.core.errors import FarolError
from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect

Context = Callable[[HttpRequest], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """Shown to holders of one of the permissions, or to everybody without any."""

    name: str
    title: Any
    template: str
    context: Context
    order: int = 50
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    name: str
    title: Any
    more_url: str
    body: SafeString


@dataclass(frozen=True)
class Step:
    """Something to do in a fresh installation."""

    title: str
    text: str
    label: str
    url: str


def panels_for(request: HttpRequest, principal: Principal) -> list[Shown]:
    """The panels that have something to say, in their order."""
    panels = [p for p in collect("home", "PANELS") if not p.permissions or any(principal.may(n) for n in p.permissions)]
    shown = (_show(request, panel) for panel in sorted(panels, key=lambda panel: panel.order))
    return [panel for panel in shown if panel]


def _show(request: HttpRequest, panel: Panel) -> Shown | None:
    try:
        context = panel.context(request)
    except FarolError as error:
        body = render_to_string("web/components/error.html", {"title": panel.title, "text": error.detail}, request)
        return Shown(panel.name, panel.title, "", body)
    if context is None:
        return None
    body = render_to_string(panel.template, context, request)
    return Shown(panel.name, context.get("title", panel.title), context.get("more_url", ""), body)


def first_steps(principal: Principal) -> list[Step]:
    """What brings a fresh installation to its first number, as far as the person may do it."""
    steps = [
        (
            ("upload", "upload.payments"),
            "sources:list",
            _("Load your file"),
            _(
                "A CSV or Excel file with one row per day and product is enough. Farol recognises its form and shows"
                " every row it can't read."
            ),
            _("Open data sources"),
        ),
        (
            ("administration",),
            "accounts:people",
            _("Create people"),
            _("Each person has their own log-in and one or more roles, which decide what they see and do."),
            _("Open people"),
        ),
        (
            ("administration",),
            "jobs:jobs",
            _("Set up e-mail"),
            _("With an e-mail server in the settings, the report of the day before leaves every morning at six."),
            _("See scheduled jobs"),
        ),
    ]
    return [
        Step(title, text, label, url)
        for permissions, name, title, text, label in steps
        if any(principal.may(p) for p in permissions) and (url := _url(name))
    ]


def _url(name: str) -> str:
    """The address of a room that may not be part of this installation."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
