"""Avisos: the list, the latest ones in the header, and what one wants to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farol.platform.accounts.access import signed_in
from farol.platform.accounts.principal import person_of
from farol.platform.accounts.views.profile import tabs
from farol.platform.notifications import reading
from farol.platform.notifications.forms import PreferencesForm
from farol.platform.notifications.notice import CATEGORIES

PAGE_SIZE = 50
UNREAD = "nao-lidos"


@dataclass(frozen=True)
class Choice:
    label: Any
    url: str
    current: bool
    count: int | None = None


@signed_in
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    category, unread = _category(request.GET.get("categoria", "")), request.GET.get("mostrar") == UNREAD
    rows = reading.of(_me(request), unread=unread, category=category)
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "tabs": _tabs(category, unread, reading.unread(_me(request))),
        "categories": _categories(category, unread),
        "category": category,
    }
    return render(request, "notifications/notices.html", context)


def _tabs(category: str, unread: bool, count: int) -> list[Choice]:
    return [
        Choice(_("All"), _url(category, False), not unread),
        Choice(_("Unread"), _url(category, True), unread, count),
    ]


def _categories(category: str, unread: bool) -> list[Choice]:
    chosen = [Choice(_("All categories"), _url("", unread), not category)]
    return chosen + [Choice(label, _url(name, unread), name == category) for name, label in CATEGORIES.items()]


def _url(category: str, unread: bool) -> str:
    query = {"categoria": category, "mostrar": UNREAD if unread else ""}
    return "?" + urlencode({name: value for name, value in query.items() if value})


@signed_in
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The part of the header that opens under the bell."""
    rows = reading.of(_me(request))[: reading.LATEST]
    return render(request, "notifications/latest.html", {"rows": rows})


@signed_in
@require_POST
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Opening a notice reads it and leads where it points."""
    notice = reading.one(_me(request), pk)
    reading.mark_read(_me(request), [notice.pk])
    inside = notice.url.startswith("/") and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if inside else reverse("notifications:notices"))


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """The chosen ones; all of them (of a category) by the button that says so."""
    ids = None if "all" in request.POST else _selected(request)
    count = reading.mark_read(_me(request), ids, _category(request.POST.get("category", "")))
    messages.success(request, ngettext("%(n)s notice is read.", "%(n)s notices are read.", count) % {"n": count})
    return redirect("notifications:notices")


@signed_in
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    count = reading.delete(_me(request), _selected(request))
    messages.success(request, ngettext("%(n)s notice is gone.", "%(n)s notices are gone.", count) % {"n": count})
    return redirect("notifications:notices")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, wishes=reading.wishes(_me(request)))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            for category, shown, mail in form.chosen():
                reading.wish(_me(request), category, shown=shown, mail=mail)
        messages.success(request, _("Saved."))
        return redirect("notifications:preferences")
    context = {"form": form, "tabs": tabs("notifications:preferences"), "mails": bool(settings.FAROL_SMTP_HOST)}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


def _selected(request: HttpRequest) -> list[int]:
    return [int(key) for key in request.POST.getlist("selected") if key.isascii() and key.isdigit() and len(key) < 19]


def _category(name: str) -> str:
    return name if name in CATEGORIES else ""


def _me(request: HttpRequest) -> int | None:
    return person_of(request).pk
